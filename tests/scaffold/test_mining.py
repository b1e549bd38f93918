"""`awb new-task --from-git`: a task from two commits."""

import json
import os
import subprocess
import tomllib

import pytest
from scaffold.conftest import files_of

from awb_core.errors import UsageError
from awb_core.scaffold.mining.repository import read_range

BEFORE = {
    "pyproject.toml": '[project]\nname = "shop"\nversion = "1"\ndependencies = []\n',
    "src/shop/__init__.py": "",
    "src/shop/legacy.py": "VERSION = 1\n",
    "src/shop/cart.py": "class Cart:\n    def __init__(self):\n        self.lines = []\n\n"
    "    def add(self, name, count=1):\n        self.lines.append((name, count))\n\n"
    "    def count(self):\n        return len(self.lines)\n",
    "src/shop/prices.py": "def total(cart, prices):\n    return sum(prices[name] for name, _ in cart.lines)\n",
    "tests/conftest.py": "import json\nfrom pathlib import Path\n\nimport pytest\n\n\n@pytest.fixture\n"
    "def prices():\n    return json.loads((Path(__file__).parent / 'data/prices.json').read_text())\n",
    "tests/data/prices.json": json.dumps({"fig": 30, "kiwi": 50, "melon": 200, "unsold": "x" * 80}),
    "tests/test_cart.py": "from shop.cart import Cart\n\n\ndef test_empty():\n    assert Cart().count() == 0\n",
    "tests/test_prices.py": "from shop.cart import Cart\nfrom shop.prices import total\n\n\n"
    "def test_total(prices):\n    cart = Cart()\n    cart.add('fig')\n    assert total(cart, prices) == 30\n",
}
AFTER = {
    **BEFORE,
    "src/shop/cart.py": BEFORE["src/shop/cart.py"]
    .replace(
        "        self.lines.app",
        "        if count < 1:\n            raise ValueError(count)\n        self.lines.app",
    )
    .replace("len(self.lines)", "sum(count for _, count in self.lines)"),
    "src/shop/prices.py": BEFORE["src/shop/prices.py"].replace(
        "[name] for name, _", "[name] * n for name, n"
    ),
    "tests/test_cart.py": BEFORE["tests/test_cart.py"].replace("\n\n\n", "\nimport pytest\n\n\n", 1)
    + "\n\ndef test_pieces():\n    cart = Cart()\n    cart.add('fig', 3)\n    assert cart.count() == 3\n"
    "\n\n@pytest.mark.parametrize('count', [0, -1])\ndef test_refused(count):\n"
    "    with pytest.raises(ValueError):\n        Cart().add('fig', count)\n",
    "tests/test_prices.py": "import pytest\n"
    + BEFORE["tests/test_prices.py"]
    + "\n\n@pytest.mark.parametrize('n', [2, 3])\ndef test_many(prices, n):\n    cart = Cart()\n"
    "    cart.add('melon', n)\n    assert total(cart, prices) == 200 * n\n",
}
del AFTER["src/shop/legacy.py"]
MESSAGE = """Counts matter: "pieces", not lines

A cart counts pieces:

* a total multiplies;
* a count below 1 is refused.

Signed-off-by: Ada <ada@example.org>
"""


def commit(folder, files, message):
    for name in subprocess.run(
        ["git", "-C", folder, "ls-files"], capture_output=True, text=True, check=True
    ).stdout.split():
        (folder / name).unlink()
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    run = ["git", "-C", folder, "-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    subprocess.run([*run, "add", "-A"], check=True, capture_output=True)
    subprocess.run([*run, "commit", "-qm", message], check=True, capture_output=True)
    tag = f"v{len(list((folder / '.git/refs/tags').iterdir())) + 1}"
    subprocess.run([*run, "tag", tag], check=True, capture_output=True)
    return tag


@pytest.fixture
def repository(tmp_path):
    """A repository with a start, `v1`, and a fix, `v2`."""
    folder = tmp_path / "repository"
    subprocess.run(["git", "init", "-q", folder], check=True)
    commit(folder, BEFORE, "Start")
    commit(folder, AFTER, MESSAGE)
    return folder


@pytest.fixture
def pack(new, tmp_path):
    new("new-pack", "mined", "--dimension", "debugging")
    return tmp_path / "awb-pack-mined"


def mine(new, pack, repository, commits, *arguments):
    source = ["--from-git", repository, commits]
    return new("new-task", "m-counts", "--pack", pack, *source, "--sandbox", "local", *arguments)


def test_a_fix_that_divides_makes_a_green_task(new, pack, repository, install, site):
    done = mine(new, pack, repository, "v1..v2")

    assert done.exit_code == 0, done.output
    task = pack / "src/awb_pack_mined/tasks/m-counts"
    install(pack)
    checked = json.loads(site.awb("check", "m-counts", "--sandbox", "local", "--json").stdout)
    assert checked["tasks"][0]["problems"] == []
    assert files_of(task / "workspace") == set(BEFORE)
    assert (task / "workspace/tests/test_cart.py").read_text() == BEFORE["tests/test_cart.py"]
    assert not (task / "workspace/.git").exists()
    assert files_of(task / "tests/suite") == {
        *("conftest.py", "tests/conftest.py", "tests/test_cart.py", "tests/test_prices.py")
    }
    assert (task / "tests/fixed_ids.txt").read_text().splitlines() == [
        "suite/tests/test_cart.py::test_pieces",
        "suite/tests/test_cart.py::test_refused[-1]",
        "suite/tests/test_cart.py::test_refused[0]",
        "suite/tests/test_prices.py::test_many[2]",
        "suite/tests/test_prices.py::test_many[3]",
    ]
    assert (task / "tests/kept_ids.txt").read_text().splitlines() == [
        "suite/tests/test_cart.py::test_empty",
        "suite/tests/test_prices.py::test_total",
    ]
    assert files_of(task / "solution/canonical") == {"src/shop/cart.py", "src/shop/prices.py"}
    assert 'remove("src/shop/legacy.py")' in (task / "solution/canonical.py").read_text()
    manifest = tomllib.loads((task / "task.toml").read_text())
    assert manifest["title"] == 'Counts matter: "pieces", not lines'
    assert "tests must start to pass" in done.output
    assert "TODO" in (task / "instruction.md").read_text()
    assert "Signed-off-by" not in (task / "instruction.md").read_text()


def test_a_fix_that_does_not_divide_says_what_the_author_must_write(
    new, pack, repository, install, site
):
    prices = {n: AFTER[n] for n in ("src/shop/prices.py", "tests/test_prices.py")}
    subprocess.run(["git", "-C", repository, "checkout", "-q", "v1"], check=True)
    fix = commit(repository, {**BEFORE, **prices}, "A total multiplies")

    done = mine(new, pack, repository, f"v1..{fix}")

    assert done.exit_code == 0, done.output
    yours = [line for line in done.output.splitlines() if line.startswith("yours: ")]
    places = [line.partition(": ")[2].partition(": ")[0] for line in yours]
    assert [os.path.basename(place) for place in places] == [
        "instruction.md",
        "partial.py",
        "minimal.py",
    ]
    assert all(os.path.isfile(place) for place in places)
    install(pack)
    checked = json.loads(site.awb("check", "m-counts", "--sandbox", "local", "--json").stdout)
    assert any("minimal: must pass" in problem for problem in checked["tasks"][0]["problems"])
    assert not any("canonical: " in problem for problem in checked["tasks"][0]["problems"])


@pytest.mark.parametrize(
    ("commits", "words"),
    [
        ("v1", "is no range of commits"),
        ("v1...v2", "is no range of commits"),
        ("v1..", "is no range of commits"),
        ("v1..v9", "there is no commit 'v9'"),
        ("--all..v2", "there is no commit '--all'"),
        ("v2..v1", "v2 does not come before v1"),
        ("v2..v2^{}", "both are the same commit"),
    ],
)
def test_commits_must_make_a_range(repository, commits, words):
    with pytest.raises(UsageError) as caught:
        read_range(str(repository), commits)

    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("nowhere", "no such folder"),
        (".", "is no git repository"),
        ("file:///nowhere/at/all", "cannot be cloned"),
    ],
)
def test_a_repository_must_be_there(tmp_path, monkeypatch, source, words):
    monkeypatch.chdir(tmp_path)

    with pytest.raises(UsageError, match=words):
        read_range(source, "a..b")


def test_an_address_is_cloned_and_messages_are_read(repository):
    found = read_range(f"file://{repository}", "v1..v2")

    assert set(found.before) == set(BEFORE)
    assert found.messages[0].startswith('Counts matter: "pieces"')
    assert "Signed-off" not in found.messages[0]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"src/shop/cart.py": "X = 1\n"}, "changes and adds no test file"),
        ({"tests/test_new.py": "def test_x():\n    assert 1\n"}, "changes nothing but tests"),
        (
            {"README.md": "# Shop\n", "tests/test_new.py": "def test_x():\n    assert 1\n"},
            "no test fails before the fix and passes after it",
        ),
        (
            {
                "README.md": "# Shop\n",
                "tests/test_new.py": "import nowhere\n\n\ndef test_x():\n    pass\n",
            },
            "No module named 'nowhere'",
        ),
    ],
)
def test_commits_that_make_no_task_write_nothing(new, pack, repository, change, words):
    fix = commit(repository, {**AFTER, **change}, "More")
    before = files_of(pack)

    done = mine(new, pack, repository, f"v2..{fix}")

    assert words in str(done.exception)
    assert done.exception.exit_code == 2
    assert files_of(pack) == before


def test_links_and_submodules_are_left_out(repository):
    (repository / "link").symlink_to("/etc/passwd")
    fix = commit(repository, {**AFTER, "a b.txt": "x"}, "More")

    found = read_range(str(repository), f"v1..{fix}")

    assert found.left_out == ("link",)
    assert "link" not in found.after
    assert found.after["a b.txt"].data == b"x"
