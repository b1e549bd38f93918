"""Write the folder of a mined task."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from awb_core.scaffold.mining.parts import Parts
from awb_core.scaffold.mining.repository import File, Tree, write_tree
from awb_core.scaffold.mining.runs import SUITE
from awb_core.scaffold.mining.text import Sentence, coverage_toml, instruction_md, toml

IDS = {"fixed": "fixed_ids.txt", "kept": "kept_ids.txt", "kept-own": "kept_own_ids.txt"}
"""Lists of test ids by check: what the fix must make pass, and what must go on passing."""

BORROW = """
# Files beside the tests that the fix did not change are taken from the workspace, where they are protected.
import shutil as _shutil
from pathlib import Path as _Path

for _name in {names}:
    _target = _Path(__file__).parent / _name
    _target.parent.mkdir(parents=True, exist_ok=True)
    if _Path(_name).is_file():
        _shutil.copy(_name, _target)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What stands in the `task.toml` of a mined task."""

    slug: str
    title: str
    dimension: str
    difficulty: str
    canary: str
    python: str
    protected: tuple[str, ...]
    path: tuple[str, ...]
    arguments: tuple[str, ...]
    own_tests: tuple[str, ...]
    """Test files of the workspace that must go on passing."""
    ids: Mapping[str, tuple[str, ...]]
    midpoint: float
    seconds: float


def write_suite(parts: Parts, canary: str, folder: Path) -> Path:
    """Write the hidden tests; every script carries the canary, and lies beside what it needs."""
    files = {
        name: _marked(file, name, canary)
        for name, file in {**parts.support, **parts.hidden}.items()
    }
    if parts.borrowed:
        before = files.get("conftest.py", File(data=f"# {canary}\n".encode())).data
        code = BORROW.format(names=toml(list(parts.borrowed)))
        files["conftest.py"] = File(data=before + code.encode())
    return write_tree(files, folder)


def write_solutions(
    parts: Parts, canary: str, rungs: Mapping[str, Tree | None], folder: Path
) -> None:
    """Write the rungs: what they change and add as files, what they remove as a script.

    A rung without a tree becomes a script that changes nothing and says what is to be done.
    """
    for rung, tree in rungs.items():
        if tree is None:
            words = f"TODO: write the rung {rung!r}; it changes nothing yet."
            (folder / f"{rung}.py").write_text(f'# {canary}\n"""{words}"""\n', "utf-8")
            continue
        write_tree({n: f for n, f in tree.items() if parts.start.get(n) != f}, folder / rung)
        removed = sorted(set(parts.start) - set(tree))
        if removed:
            lines = "".join(f"remove({toml(name)})\n" for name in removed)
            script = f'# {canary}\n"""Files that the solution removes."""\n\nfrom awb_edit import remove\n\n{lines}'
            (folder / f"{rung}.py").write_text(script, "utf-8")


def write_texts(
    manifest: Manifest, sentences: list[Sentence], requirements: str, folder: Path
) -> None:
    """Write the manifest, the instruction and its coverage, the pins and the lists of ids."""
    texts = {
        "task.toml": task_toml(manifest),
        "instruction.md": instruction_md(manifest.title, sentences),
        "coverage.toml": coverage_toml(manifest.canary, sentences),
        "requirements.txt": requirements,
    }
    for check, ids in manifest.ids.items():
        texts[f"tests/{IDS[check]}"] = "".join(f"{test}\n" for test in ids)
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")


def task_toml(manifest: Manifest) -> str:
    """Return the `task.toml`."""
    checks = "".join(_check(manifest, check) for check in manifest.ids)
    return f"""schema = 1
id = {toml(manifest.slug)}
title = {toml(manifest.title)}
dimension = {toml(manifest.dimension)}
difficulty = {toml(manifest.difficulty)}
languages = ["python"]
contamination = "public-fix" # "authored" if the repository never was public
canary = {toml(manifest.canary)}

[workspace]
protected = {toml(list(manifest.protected))}

[environment]
python = {toml(manifest.python)}
requirements = "requirements.txt"

[limits]
agent_seconds = 3600
verify_seconds = {manifest.seconds:g}
{checks}"""


def _check(manifest: Manifest, check: str) -> str:
    place = (
        f'suite = "{SUITE}"' if check != "kept-own" else f"tests = {toml(list(manifest.own_tests))}"
    )
    arguments = (*manifest.arguments, *(("--confcutdir", ".") if check == "kept-own" else ()))
    lines = [f'id = "{check}"', 'oracle = "pytest"']
    if check == "fixed":
        anchors = f"{{ floor = 0.0, midpoint = {manifest.midpoint:.4f}, saturation = 1.0 }}"
        lines += ['role = "required"', "weight = 1.0", f"anchors = {anchors}"]
    else:
        lines += ['role = "gate"', "at_least = 1.0"]
    lines += [
        "[checks.options]",
        place,
        f'expected = "{IDS[check]}"',
        f"path = {toml(list(manifest.path))}",
    ]
    lines += [f"args = {toml(list(arguments))}"] if arguments else []
    return "\n[[checks]]\n" + "\n".join(lines) + "\n"


def _marked(file: File, name: str, canary: str) -> File:
    if not name.endswith(".py") or canary.encode() in file.data:
        return file
    return File(data=f"# {canary}\n".encode() + file.data, executable=file.executable)
