"""Make a task of two commits: measure what the fix mends, and write what can be written of the ladder."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from awb_core.errors import UsageError
from awb_core.model import Environment
from awb_core.protocols import SandboxProvider
from awb_core.scaffold.mining.parts import Parts, Piece, is_test_module, parts_of
from awb_core.scaffold.mining.repository import Range, Tree, write_tree
from awb_core.scaffold.mining.requirements import pin_requirements
from awb_core.scaffold.mining.runs import SUITE, Ran, Runner
from awb_core.scaffold.mining.search import Tried, find_rungs, midpoint_below
from awb_core.scaffold.mining.task_files import Manifest, write_solutions, write_suite, write_texts
from awb_core.scaffold.mining.text import instruction_of
from awb_core.scaffold.names import new_canary
from awb_core.scaffold.render import refuse_existing
from awb_core.scaffold.tasks import NewTask
from awb_core.tree import matches

LEAST_SECONDS = 60.0
SLACK = 10
"""A check's time limit over what it took."""
FEW_TESTS = 4
"""Fewer required tests leave no room for the rungs between nothing and all."""
NO_MIDPOINT = 0.5
"""Stands in `task.toml` until there is a `minimal` to measure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the author says beside the commits."""

    globs: tuple[str, ...]
    requirements: Path | None = None
    python: str = "3.11"
    path: tuple[str, ...] = ()
    """Import path in the workspace; found out if empty."""
    arguments: tuple[str, ...] = ()
    """Further arguments of pytest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mined:
    """What came of it."""

    task: Path
    required: int
    kept: int
    missing: tuple[str, ...]
    """Rungs that the author must write."""
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tests:
    """Ids of tests, by what they say of the fix."""

    fixed: tuple[str, ...]
    kept: tuple[str, ...]
    kept_own: tuple[str, ...]
    modules: tuple[str, ...]
    seconds: float
    unsteady: int
    """Tests whose results differ from run to run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """All that is known of a task before it is written."""

    canary: str
    parts: Parts
    runner: Runner
    tests: _Tests
    rungs: Mapping[str, Tree | None]
    midpoint: float


def mine_task(
    new: NewTask,
    commits: Range,
    wanted: Wanted,
    folder: Path,
    provider: SandboxProvider,
    report: Callable[[str], None],
) -> Mined:
    """Write a task into the folder of a pack's tasks; whole or not at all.

    Raises:
        UsageError: the commits make no task, and why.
        AwbError: the tests cannot be run here.
    """
    target = folder / new.slug
    refuse_existing(target)
    parts = parts_of(commits.before, commits.after, wanted.globs)
    _refuse_useless(parts, commits)
    runner = _runner(parts, commits, wanted, provider, report)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".awb-new-", dir=folder) as scratch:
        made, canary = Path(scratch) / new.slug, new_canary()
        suite = write_suite(parts, canary, made / "tests" / SUITE)
        tests = _measure(parts, runner, suite, report)
        rungs, midpoint = _rungs(parts, runner, suite, tests, report)
        draft = _Draft(
            canary=canary,
            parts=parts,
            runner=runner,
            tests=tests,
            rungs=rungs,
            midpoint=midpoint,
        )
        _write(made, new, commits, draft)
        made.rename(target)
    return Mined(
        task=target,
        required=len(tests.fixed),
        kept=len(tests.kept) + len(tests.kept_own),
        missing=tuple(rung for rung, tree in rungs.items() if tree is None),
        notes=tuple(_notes(commits, tests)),
    )


def _runner(
    parts: Parts,
    commits: Range,
    wanted: Wanted,
    provider: SandboxProvider,
    report: Callable[[str], None],
) -> Runner:
    environment = Environment(
        python=wanted.python,
        requirements=pin_requirements(commits.after, wanted.requirements, wanted.python),
    )
    report("building the environment")
    provider.prepare(environment, report)
    return Runner(
        provider=provider,
        environment=environment,
        path=wanted.path or _import_path(parts.start),
        arguments=wanted.arguments,
    )


def _refuse_useless(parts: Parts, commits: Range) -> None:
    words = f"{commits.base[:12]}..{commits.fix[:12]}"
    if not any(is_test_module(name) for name in parts.hidden):
        raise UsageError(
            f"{words} changes and adds no test file; say which files are tests: --tests GLOB"
        )
    if not parts.pieces():
        raise UsageError(f"{words} changes nothing but tests: there is no work to do")


def _measure(parts: Parts, runner: Runner, suite: Path, report: Callable[[str], None]) -> _Tests:
    """Run the tests before and after the fix, twice after it, in another order."""
    after = parts.with_pieces(parts.pieces())
    report("running the fix's tests before and after it")
    old, new, again = (
        runner.suite(parts.start, suite),
        runner.suite(after, suite),
        runner.suite(after, suite, order=1),
    )
    steady = new.passed & again.passed
    fixed, kept = steady - old.passed, steady & old.passed
    if not fixed:
        words = "" if new.passed else runner.words(after, suite)
        raise UsageError(_nothing_fixed(old, new, words))
    modules = tuple(
        sorted(n for n in parts.start if is_test_module(n) and matches(n, parts.protected))
    )
    own: frozenset[str] = frozenset()
    seconds = max(old.seconds, new.seconds)
    if modules:
        report("running the workspace's own tests before and after the fix")
        careful = replace(runner, arguments=(*runner.arguments, "--confcutdir", "."))
        runs = [careful.own(parts.start, modules), careful.own(after, modules)]
        own = runs[0].passed & runs[1].passed
        own &= careful.own(after, modules, order=1).passed
        seconds = max(seconds, *(run.seconds for run in runs))
    return _Tests(
        fixed=tuple(sorted(fixed)),
        kept=tuple(sorted(kept)),
        kept_own=tuple(sorted(own)),
        modules=tuple(n for n in modules if any(test.startswith(f"{n}::") for test in own)),
        seconds=seconds,
        unsteady=len(new.passed ^ again.passed),
    )


def _nothing_fixed(old: Ran, new: Ran, said: str) -> str:
    words = f"of {len(new.reported)} tests {len(new.passed)} pass after the fix and {len(old.passed)} before it"
    if new.passed:
        return f"no test fails before the fix and passes after it: {words}"
    return (
        f"no test passes after the fix: {words}; the environment may lack something (--requirements), or the import"
        f" path may be another (--path)\n{said}"
    )


def _rungs(
    parts: Parts, runner: Runner, suite: Path, tests: _Tests, report: Callable[[str], None]
) -> tuple[dict[str, Tree | None], float]:
    """Return the trees of the ladder as far as they were found, and the midpoint."""
    pieces = parts.pieces()

    def measure(chosen: tuple[Piece, ...]) -> Tried:
        tree = parts.with_pieces(chosen)
        ran = runner.suite(tree, suite)
        share = len(ran.passed & set(tests.fixed)) / len(tests.fixed)
        keeps = ran.passed >= set(tests.kept)
        if keeps and tests.modules and 0 < share < 1:
            careful = replace(runner, arguments=(*runner.arguments, "--confcutdir", "."))
            keeps = careful.own(tree, tests.modules).passed >= set(tests.kept_own)
        report(f"part of the fix ({len(chosen)} of {len(pieces)} pieces): {share:.0%} of the tests")
        return Tried(pieces=chosen, share=share, keeps=keeps)

    found = find_rungs(pieces, measure)
    trees: dict[str, Tree | None] = {
        name: parts.with_pieces(tried.pieces) if tried else None
        for name, tried in (("partial", found.partial), ("minimal", found.minimal))
    }
    trees["canonical"] = parts.with_pieces(pieces)
    if found.minimal is None:
        return trees, NO_MIDPOINT
    return trees, midpoint_below(found.minimal.share, len(tests.fixed))


def _write(made: Path, new: NewTask, commits: Range, draft: _Draft) -> None:
    tests, runner = draft.tests, draft.runner
    gates = {
        check: ids for check, ids in (("kept", tests.kept), ("kept-own", tests.kept_own)) if ids
    }
    title, sentences = instruction_of(commits.messages, kept=tuple(gates))
    manifest = Manifest(
        slug=new.slug,
        title=new.title or title,
        dimension=new.dimension,
        difficulty=new.difficulty,
        canary=draft.canary,
        python=runner.environment.python,
        protected=draft.parts.protected,
        path=runner.path,
        arguments=runner.arguments,
        own_tests=tests.modules,
        ids={"fixed": tests.fixed, **gates},
        midpoint=draft.midpoint,
        seconds=max(LEAST_SECONDS, round(SLACK * tests.seconds)),
    )
    write_tree(draft.parts.start, made / "workspace")
    (made / "solution").mkdir()
    write_solutions(draft.parts, draft.canary, draft.rungs, made / "solution")
    write_texts(manifest, sentences, runner.environment.requirements, made)


def _import_path(tree: Tree) -> tuple[str, ...]:
    return ("src", ".") if any(name.startswith("src/") for name in tree) else (".",)


def _notes(commits: Range, tests: _Tests) -> list[str]:
    notes = []
    if commits.left_out:
        notes.append(f"links and submodules are left out: {', '.join(commits.left_out)}")
    if len(tests.fixed) < FEW_TESTS:
        notes.append(
            "so few required tests make a coarse score: add more to tests/suite and to the ids"
        )
    if tests.unsteady:
        notes.append(f"{tests.unsteady} tests that do not always pass are left out")
    return notes
