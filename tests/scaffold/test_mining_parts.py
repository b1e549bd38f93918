"""The parts of mining that are pure: pieces of a fix, rungs, the instruction; and the pins of what tests need."""

import tomllib

import pytest

from awb_core.model import Anchors
from awb_core.scaffold.mining.parts import TEST_GLOBS, Piece, parts_of
from awb_core.scaffold.mining.repository import File
from awb_core.scaffold.mining.requirements import pin_requirements
from awb_core.scaffold.mining.search import FEW, Tried, choices, find_rungs, midpoint_below
from awb_core.scaffold.mining.text import coverage_toml, instruction_of
from awb_core.scoring import curve, progress

MESSAGE = """Counts matter: "pieces", not lines

A cart counts pieces:

* a total multiplies;
* a count below 1 is refused.

Signed-off-by: Ada <ada@example.org>
"""


def tree(**files):
    return {name.replace("__", "."): File(data=text.encode()) for name, text in files.items()}


def test_a_fix_is_divided_into_hunks_and_whole_files():
    old, new = "1\n2\n3\n4\n5\n", "one\n2\n3\n4\nfive\n"
    parts = parts_of(
        {**tree(a__py=old, gone__py="x\n"), "b": File(data=b"\0a")},
        {**tree(a__py=new, added__py="y\n"), "b": File(data=b"\0b")},
        TEST_GLOBS,
    )

    pieces = parts.pieces()

    assert [(p.name, p.hunk) for p in pieces] == [
        ("a.py", 0),
        ("a.py", 1),
        ("added.py", None),
        ("b", None),
        ("gone.py", None),
    ]
    second = parts.with_pieces([pieces[1], pieces[4]])
    assert second["a.py"].text == "1\n2\n3\n4\nfive\n"
    assert set(second) == {"a.py", "b"}
    assert parts.with_pieces(pieces) == {
        **tree(a__py=new, added__py="y\n"),
        "b": File(data=b"\0b"),
    }


def test_what_lies_beside_tests_is_told_apart():
    before = tree(a__py="", conftest__py="c")
    before |= {
        f"tests/{n}": f for n, f in tree(helper__py="h", data__txt="d", test_old__py="o").items()
    }
    after = {**before, "tests/test_new.py": File(data=b"n"), "a.py": File(data=b"1")}

    parts = parts_of(before, after, TEST_GLOBS)

    assert set(parts.hidden) == {"tests/test_new.py"}
    assert set(parts.support) == {"conftest.py", "tests/helper.py"}
    assert parts.borrowed == ("tests/data.txt",)
    assert set(parts.fixed) == {"a.py"}


@pytest.mark.parametrize("count", [1, 2, 4, 5, 40])
def test_parts_of_a_fix_are_tried_once_each(count):
    pieces = tuple(Piece(name=f"f{n % 3}", hunk=n) for n in range(count))

    found = list(choices(pieces))

    assert len(set(found)) == len(found)
    assert all(0 < len(one) < count for one in found)
    assert len(found) == 2**count - 2 or count > FEW


@pytest.mark.parametrize(
    ("shares", "partial", "minimal"),
    [
        ({1: 0.5, 2: 0.75}, 1, 2),
        ({1: 0.5}, 1, None),
        ({1: 0.0, 2: 1.0}, None, None),
        ({1: 0.2, 2: 0.4, 3: 0.9}, 2, 3),
    ],
)
def test_rungs_are_two_heights(shares, partial, minimal):
    pieces = tuple(Piece(name=f"f{n}") for n in range(4))

    def measure(chosen):
        return Tried(pieces=chosen, share=shares.get(len(chosen), 0.0), keeps=True)

    found = find_rungs(pieces, measure)

    assert (found.partial and len(found.partial.pieces)) == partial
    assert (found.minimal and len(found.minimal.pieces)) == minimal


def test_a_part_that_breaks_something_is_no_rung():
    pieces = tuple(Piece(name=f"f{n}") for n in range(3))

    found = find_rungs(pieces, lambda chosen: Tried(pieces=chosen, share=0.5, keeps=False))

    assert found.partial is None


@pytest.mark.parametrize(("share", "tests"), [(0.5, 2), (0.75, 4), (0.9, 10), (0.98, 50)])
def test_the_midpoint_puts_minimal_into_its_band(share, tests):
    midpoint = midpoint_below(share, tests)

    score = curve(progress(share, Anchors(floor=0.0, midpoint=midpoint, saturation=1.0)))
    assert 0.5 <= score <= 0.6
    assert (
        curve(progress(share - 1 / tests, Anchors(floor=0.0, midpoint=midpoint, saturation=1.0)))
        < 0.5
    )


def test_instruction_and_coverage_are_of_one_piece():
    title, sentences = instruction_of(
        [MESSAGE, '# Odd \\ "first"\n\n---\n\n1. one\n2. two'], kept=("kept",)
    )

    coverage = tomllib.loads(coverage_toml("awb-canary x", sentences))

    demanded = {entry["text"]: entry["checks"] for entry in coverage["requirements"]}
    assert title == 'Counts matter: "pieces", not lines'
    assert demanded["a count below 1 is refused."] == ["fixed"]
    assert demanded['Odd \\ "first"'] == ["fixed"]
    assert {"one", "two"} <= set(demanded)
    assert sum("TODO" in text for text in coverage["background"]) == 3
    assert len(" ".join(one.text for one in sentences).split()) >= 80


def test_pinned_requirements_are_taken_as_they_are(tmp_path):
    text = "# mine\npytest==9.2.0 \\\n    --hash=sha256:00\n"
    (tmp_path / "pins.txt").write_text(text)

    assert pin_requirements({}, tmp_path / "pins.txt", "3.11") == text


@pytest.mark.network
def test_declared_requirements_are_pinned():
    project = (
        '[project]\nname = "shop"\ndependencies = ["iniconfig"]\n[project.optional-dependencies]\n'
        'test = ["shop[more]", "pluggy<2"]\n[dependency-groups]\ntests = [{include-group = "test"}]\ntest = ["packaging"]\n'
    )

    text = pin_requirements(tree(pyproject__toml=project), None, "3.11")

    for name in ("iniconfig", "pluggy", "packaging", "pytest"):
        assert f"\n{name}==" in f"\n{text}"
    assert "shop" not in text
    assert "--hash=sha256:" in text
