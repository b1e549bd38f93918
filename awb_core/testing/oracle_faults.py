"""What every oracle must show of spoilt workspaces, spoilt hidden files and failing commands, a function each."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from awb_core.errors import SandboxFailed
from awb_core.model import OracleFailure
from awb_core.protocols import Command, CommandResult
from awb_core.testing.adapter_behaviours import Observation
from awb_core.testing.adapter_fuzz import ODD
from awb_core.testing.fakes import FakeProvider, FakeSandbox, write_files
from awb_core.testing.oracle_behaviours import insane
from awb_core.testing.oracle_bench import OracleBench, Seen
from awb_core.testing.sandbox_bench import seen
from awb_core.tree import walk

STEERING = {
    "conftest.py": "raise SystemExit(0)\n",
    "sitecustomize.py": "raise SystemExit(0)\n",
    "usercustomize.py": "raise SystemExit(0)\n",
    "steer.pth": "import os; os._exit(0)\n",
    "pytest.ini": "[pytest]\naddopts = --collect-only\n",
    "setup.cfg": "[tool:pytest]\naddopts = --co\n[importlinter]\nroot_package = none\n",
    "ruff.toml": 'exclude = ["*"]\n',
    ".gitignore": "*\n",
}
"""What a workflow may leave to steer a judge."""


def survives_an_empty_workspace(bench: OracleBench) -> Observation:
    """A workspace without any file raises nothing."""
    return _survives(bench, lambda root: None, source=None)


def survives_emptied_files(bench: OracleBench) -> Observation:
    """Files without a byte raise nothing."""
    return _survives(bench, lambda root: _rewrite(root, lambda _: b""))


def survives_junk(bench: OracleBench) -> Observation:
    """Random bytes in every file raise nothing."""
    draw = random.Random(0)
    return _survives(bench, lambda root: _rewrite(root, lambda _: draw.randbytes(3000)))


def survives_nesting(bench: OracleBench) -> Observation:
    """A hundred thousand brackets in every file raise nothing."""
    return _survives(bench, lambda root: _rewrite(root, lambda _: b"[" * 100_000))


def survives_odd_values(bench: OracleBench) -> Observation:
    """JSON of kinds that nobody expects raises nothing."""
    return _survives(bench, lambda root: _rewrite(root, lambda n: json.dumps(ODD[n]).encode()))


def survives_folders(bench: OracleBench) -> Observation:
    """Folders in the place of all files raise nothing."""
    return _survives(bench, _make_folders)


def survives_masses(bench: OracleBench) -> Observation:
    """A giant, many files, deep folders and strange names beside the work raise nothing."""
    return _survives(bench, _make_masses)


def is_not_steered(bench: OracleBench) -> Observation:
    """Configuration that is to steer the judge is worth nothing where no work was done."""
    without, canonical = bench.measure(bench.rung("noop")), bench.ordinary
    tree = bench.rung("noop")
    write_files(tree, {n: text for n, text in STEERING.items() if not (tree / n).exists()})
    steered = bench.measure(tree)
    if steered.error is not None:
        return seen(False, steered)
    low, high, got = without.value, canonical.value, steered.value
    if low is None or high is None:
        return seen(False, f"without the work: {without}; with it: {canonical}")
    if got is None:
        return seen(True)
    better = got > low + 1e-9 if high > low else got < low - 1e-9
    return seen(not better, f"without the work: {without}; steered: {steered}")


def misses_hidden_files(bench: OracleBench) -> Observation:
    """Without the hidden files that its options name it could not judge: no number."""
    return _without_hidden(bench, lambda _: None)


def mistrusts_hidden_junk(bench: OracleBench) -> Observation:
    """With junk in the hidden files that its options name it could not judge: no number."""

    def spoil(folder: Path) -> None:
        draw = random.Random(1)
        for name in walk(bench.task.tests):
            write_files(folder, {name: draw.randbytes(2000)})

    return _without_hidden(bench, spoil)


def mistrusts_silence(bench: OracleBench) -> Observation:
    """A command that ends well and says nothing is no result."""
    return _cannot_judge(bench, CommandResult(exit_code=0))


def mistrusts_death(bench: OracleBench) -> Observation:
    """A command that is killed before it says anything is no result."""
    return _cannot_judge(bench, CommandResult(exit_code=137, stderr=b"Killed\n"))


def mistrusts_hanging(bench: OracleBench) -> Observation:
    """A command that hangs to its limit and says nothing is no result."""
    return _cannot_judge(bench, CommandResult(exit_code=137, timed_out=True, seconds=20.0))


def mistrusts_floods(bench: OracleBench) -> Observation:
    """A command that prints without end is no result."""
    flood = b"y\n" * 50_000
    result = CommandResult(exit_code=137, stdout=flood, stdout_bytes=1 << 30, flooded=True)
    return _cannot_judge(bench, result)


def survives_any_output(bench: OracleBench) -> Observation:
    """Output of any form raises nothing, and what it measures of it is sane."""
    draw = random.Random(2)
    outputs = [json.dumps(value).encode() for value in ODD]
    nested = b"[" * 100_000
    outputs += [nested, b'{"ready": true}\n' + nested, draw.randbytes(400)]
    outputs.append(b"\n".join([b'{"ready": true}', *outputs, b'{"id": [], "answer": {}}', b""]))
    for output in outputs:
        done, used = _scripted(bench, CommandResult(exit_code=0, stdout=output))
        if not used:
            return NO_SANDBOX
        if done.error is not None or (done.value is not None and insane(done)):
            return seen(False, f"{done}: {insane(done)}; of the output {output[:80]!r}")
    return seen(True)


def passes_failures_on(bench: OracleBench) -> Observation:
    """A sandbox that fails is no result either."""

    def fail(box: FakeSandbox, command: Command) -> CommandResult:
        raise SandboxFailed(f"cannot run {command.argv[0]} in {box.workspace}")

    return _cannot_judge(bench, fail)


NO_SANDBOX = Observation(holds=True, observed=False, detail="it runs nothing in a sandbox")
NO_FILES = Observation(holds=True, observed=False, detail="its options name no hidden file")


def _survives(
    bench: OracleBench, spoil: Callable[[Path], None], *, source: str | None = "canonical"
) -> Observation:
    """Say whether it gives a sane answer for a spoilt workspace."""
    tree = bench.copy() if source is None else bench.rung(source)
    spoil(tree)
    done = bench.measure(tree)
    if done.error is not None or done.changed:
        return seen(False, f"{done}; changed: {done.changed}")
    return seen(done.value is None or not insane(done), insane(done))


def _without_hidden(bench: OracleBench, spoil: Callable[[Path], None]) -> Observation:
    if not any((bench.task.tests / name).exists() for name in _texts(bench.check.options)):
        return NO_FILES
    folder = bench.copy()
    spoil(folder)
    done = bench.measure(bench.canonical, hidden=folder)
    return seen(done.error is None and isinstance(done.measured, OracleFailure), done)


def _cannot_judge(
    bench: OracleBench,
    answer: CommandResult | Callable[[FakeSandbox, Command], CommandResult],
) -> Observation:
    done, used = _scripted(bench, answer)
    if not used:
        return NO_SANDBOX
    return seen(done.error is None and isinstance(done.measured, OracleFailure), done)


def _scripted(
    bench: OracleBench,
    answer: CommandResult | Callable[[FakeSandbox, Command], CommandResult],
) -> tuple[Seen, bool]:
    """Let it measure with a sandbox in which every command comes to one result."""
    provider = FakeProvider(answer if callable(answer) else lambda _box, _command: answer)
    done = bench.measure(bench.canonical, provider=provider)
    return done, any(box.commands for box in provider.opened)


def _rewrite(root: Path, content: Callable[[int], bytes]) -> None:
    """Give every file another content, which may depend on a number."""
    for number, name in enumerate([*walk(root)]):
        (root / name).write_bytes(content(number % len(ODD)))


def _make_folders(root: Path) -> None:
    for name in [*walk(root)]:
        (root / name).unlink()
        (root / name).mkdir()


def _make_masses(root: Path) -> None:
    deep = root.joinpath(*["d"] * 40)
    deep.mkdir(parents=True)
    names = ["a\nb", "-rf", "--help", "ünï 漢", "'quoted' \"twice\"", "$(id)", "%s{0}"]
    write_files(root, dict.fromkeys((*names, *(f"many/{n}.py" for n in range(300))), "x = 1\n"))
    with (root / "giant.bin").open("wb") as stream:
        stream.truncate(24 << 20)
    shutil.copy(root / "many/0.py", deep)


def _texts(value: Any) -> Iterator[str]:
    """Yield the strings in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _texts(inner)
