"""Installing agents: what goes wrong is said, what goes right runs wherever it is mounted."""

import base64
import hashlib
import json
import shutil
import subprocess
import sys
import zipfile

import pytest
from agents.support import SPECS, with_install

from awb_core.adapters.agent import AgentAdapter
from awb_core.adapters.agents.npm import install_npm
from awb_core.adapters.agents.pip import check_python, python_for
from awb_core.adapters.agents.spec import PipInstall
from awb_core.adapters.install import install_agent, installed_agent
from awb_core.errors import EnvironmentFailed

CODEX = SPECS["codex"]
PROGRAM = "node_modules/@openai/codex-linux-x64/vendor/x/bin/codex"

INSTALLS = f"""
echo "$@" >> "$LOG"
mkdir -p "$(dirname {PROGRAM})" node_modules/@openai/codex-linux-x64/vendor/x/codex-resources/voice
printf '#!/bin/sh\\nprintf "%%s;" "$@"\\n' > {PROGRAM}
chmod 755 {PROGRAM}
echo '{{"packages": {{}}}}' > package-lock.json
"""

FAILURES = {
    "no such version": (
        "echo 'npm error code ETARGET'; echo 'npm error notarget No matching version'; exit 1",
        "no such package or version",
    ),
    "no such package": ("echo 'npm error code E404'; exit 1", "no such package or version"),
    "unreachable": ("echo 'npm error code ENOTFOUND'; exit 1", "registry cannot be reached"),
    "refused": ("echo 'npm error code ECONNREFUSED'; exit 1", "registry cannot be reached"),
    "install script": (
        "echo 'npm error code 1'; echo 'npm error command failed'; exit 1",
        "an install script failed",
    ),
    "anything else": ("printf 'npm error code EWHAT\\n\\377'; exit 7", "EWHAT"),
    "scripts did not run": ("echo '{}' > package-lock.json", "names 0 files"),
}


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """Give every test a cache of its own."""
    monkeypatch.setenv("AWB_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("LOG", str(tmp_path / "log"))
    return tmp_path / "cache"


@pytest.fixture
def npm(tmp_path, monkeypatch):
    """Make a script that stands in for npm."""

    def make(source):
        folder = tmp_path / "bin"
        folder.mkdir(exist_ok=True)
        (folder / "npm").write_text(f"#!/bin/sh\n{source}\n")
        (folder / "npm").chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")

    return make


def silent(_):
    """Report nothing."""


def test_an_agent_is_installed_once(npm, tmp_path):
    npm(INSTALLS)
    said = []

    first = install_agent(CODEX, None, said.append)
    second = install_agent(CODEX, None, said.append)

    assert first == second == installed_agent(CODEX)
    assert said == ["installing Codex CLI 0.169.0"]
    assert len((tmp_path / "log").read_text().splitlines()) == 1
    assert len(first.digest) == 64
    assert not (first.root / PROGRAM).parents[1].joinpath("codex-resources/voice").exists()


def test_the_launcher_works_where_the_folder_is_moved_to(npm, tmp_path):
    npm(INSTALLS)
    installed = install_agent(CODEX, None, silent)
    moved = tmp_path / "else where"
    shutil.copytree(installed.root, moved)

    done = subprocess.run(
        [moved / "bin" / "codex", "a b", "$c"], capture_output=True, text=True, check=True
    )

    assert done.stdout == "a b;$c;"


def test_another_version_is_another_installation(npm):
    npm(INSTALLS)

    one, two = install_agent(CODEX, None, silent), install_agent(CODEX, "0.170.0", silent)

    assert one.root != two.root
    assert two.version == "0.170.0"
    assert installed_agent(CODEX, "0.171.0") is None


def test_everyone_may_read_it(npm, monkeypatch):
    npm("umask 077\n" + INSTALLS)

    installed = install_agent(CODEX, None, silent)

    assert (installed.root / PROGRAM).stat().st_mode & 0o777 == 0o755
    assert all(place.stat().st_mode & 0o044 == 0o044 for place in installed.root.rglob("*"))


def test_node_comes_along_for_agents_that_need_it(npm):
    npm(
        "mkdir -p node_modules/@google/gemini-cli/bundle\n"
        "touch node_modules/@google/gemini-cli/bundle/gemini.js\n"
        "cat package.json; echo '{}' > package-lock.json"
    )

    installed = install_agent(SPECS["gemini-cli"], None, silent)

    assert '"node-linux-' in (installed.root / "package.json").read_text()
    assert "/bin/node" in (installed.root / "bin" / "gemini").read_text()


@pytest.mark.parametrize("kind", FAILURES)
def test_a_failed_installation_says_why_and_leaves_nothing(npm, cache, kind):
    script, words = FAILURES[kind]
    npm(script)

    with pytest.raises(EnvironmentFailed, match=words) as caught:
        install_agent(CODEX, "0.1.2", silent)

    assert "@openai/codex" in str(caught.value)
    assert installed_agent(CODEX, "0.1.2") is None
    assert not list((cache / "agents").iterdir())


def test_without_npm_the_fix_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(EnvironmentFailed, match="apt-get install nodejs npm"):
        install_npm(CODEX.install, "1.0.0", tmp_path)
    assert AgentAdapter(CODEX).state().fix == "apt-get install nodejs npm"
    assert AgentAdapter(SPECS["aider"]).state().fix == ""


def test_the_state_is_what_is_installed(npm):
    npm(INSTALLS)
    adapter = AgentAdapter(CODEX)
    before = adapter.state()

    (mount,) = adapter.mounts(adapter.workflow(""), silent)

    assert (before.installed, before.version) == ("", "0.169.0")
    assert adapter.state().installed == "0.169.0"
    assert mount.target == "/opt/agent"
    assert (mount.source / "bin" / "codex").is_file()


@pytest.fixture
def index(tmp_path, monkeypatch):
    """Make a folder of packages the only index."""
    folder = tmp_path / "index" / "tiny-agent"
    folder.mkdir(parents=True)
    wheel(folder, "tiny-agent", "1.2.3", entry="[console_scripts]\ntiny = tiny_agent:main\n")
    wheel(folder, "tiny-agent", "1.2.4")
    links = [f'<a href="{place.name}">{place.name}</a>' for place in folder.iterdir()]
    (folder / "index.html").write_text("<!DOCTYPE html>" + "".join(links))
    monkeypatch.setenv("UV_DEFAULT_INDEX", folder.parent.as_uri())
    monkeypatch.setenv("UV_NO_CACHE", "1")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")


SOURCE = """
import json, os, sys

def main():
    print(json.dumps({"argv": sys.argv, "path": sys.path, "env": dict(os.environ)}))
    return 3
"""


def wheel(folder, name, version, entry=""):
    module = name.replace("-", "_")
    info = f"{module}-{version}.dist-info"
    files = {
        f"{module}.py": SOURCE,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    if entry:
        files[f"{info}/entry_points.txt"] = entry
    rows = []
    for path, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=")
        rows.append(f"{path},sha256={digest.decode()},{len(text.encode())}\n")
    files[f"{info}/RECORD"] = "".join(rows) + f"{info}/RECORD,,\n"
    with zipfile.ZipFile(folder / f"{module}-{version}-py3-none-any.whl", "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)


def python_agent(**values):
    recipe = PipInstall(
        package="tiny-agent", version="1.2.3", command="tiny", python_range=">=3.11", **values
    )
    return with_install(SPECS["aider"], **{n: getattr(recipe, n) for n in recipe.__slots__})


@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="agents are installed for 3.11")
def test_a_python_agent_sees_its_own_packages_only(index, tmp_path, monkeypatch):
    installed = install_agent(python_agent(), None, silent)
    (tmp_path / "python").mkdir()
    (tmp_path / "python" / "python3").symlink_to(sys.executable)
    env = {"PATH": f"{tmp_path}/python:/usr/bin:/bin", "PYTHONPATH": "/evil"}

    done = subprocess.run(
        [installed.root / "bin" / "tiny", "a b"],
        capture_output=True,
        text=True,
        env=env,
        check=False,
    )
    version = subprocess.run(
        [installed.root / "bin" / "tiny", "--agent-version"],
        capture_output=True,
        text=True,
        env=env,
        check=True,
    )

    assert done.returncode == 3, done.stderr
    seen = json.loads(done.stdout)
    assert seen["argv"] == ["tiny", "a b"]
    assert str(installed.root / "site") in seen["path"]
    assert not any("site-packages" in place or place == "/evil" for place in seen["path"])
    # What it starts itself finds the task's packages, not the agent's.
    assert seen["env"]["PYTHONPATH"] == "/evil"
    assert version.stdout == "1.2.3\n"
    assert "--hash=sha256:" in (installed.root / "requirements.lock").read_text()


def test_a_python_package_without_the_command_is_refused(index):
    with pytest.raises(EnvironmentFailed, match="no console script tiny"):
        install_agent(python_agent(), "1.2.4", silent)


def test_a_python_package_that_is_not_there_is_named(index):
    with pytest.raises(EnvironmentFailed, match="no such package or version"):
        install_agent(python_agent(), "9.9", silent)


def test_an_index_out_of_reach_is_said(index, monkeypatch):
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://127.0.0.1:9/simple")

    with pytest.raises(EnvironmentFailed, match="package index cannot be reached"):
        install_agent(python_agent(), None, silent)


@pytest.mark.parametrize(
    ("condition", "python"), [(">=3.10,<3.13", "3.11"), ("==3.12", "3.12"), (">=3.12", "3.12")]
)
def test_the_usual_python_is_taken_where_it_fits(condition, python):
    recipe = PipInstall(package="p", version="1", command="c", python_range=condition)

    assert python_for(recipe) == python
    check_python(recipe, python)


def test_a_python_that_no_sandbox_has_is_refused():
    recipe = PipInstall(package="p", version="1", command="c", python_range="<3.9")

    with pytest.raises(EnvironmentFailed, match="no sandbox has"):
        python_for(recipe)
