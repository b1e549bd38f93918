"""Tell what of two trees is the workspace, what is hidden, and what is the fix: pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import PurePosixPath

from awb_core.scaffold.mining.repository import File, Tree
from awb_core.tree import matches

TEST_GLOBS = ("**/tests/**", "**/test/**", "test_*.py", "*_test.py", "conftest.py")
"""What counts as a test file unless the author says otherwise; a glob without `/` fits at any depth."""
LONGEST = 20_000
"""Lines of a file that is divided into hunks; a longer one is changed whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of the fix that can be applied by itself: a hunk, or a whole file."""

    name: str
    hunk: int | None = None
    """Number of the hunk in its file; None for a file that is added, removed, or no text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What two trees are to a task."""

    start: Tree
    """The workspace: the tree before the fix."""
    hidden: Tree
    """Test files as the fix left them, where it changed or added them."""
    support: Tree
    """Python files that lie beside tests and did not change."""
    borrowed: tuple[str, ...]
    """Other files that lie beside tests and did not change."""
    fixed: Tree
    """Files that the fix changed or added, tests apart."""
    removed: tuple[str, ...]
    """Files that the fix removed, tests apart."""
    protected: tuple[str, ...]
    """Globs of test files in the workspace."""

    def pieces(self) -> tuple[Piece, ...]:
        """Return the parts of the fix, in order of files and lines."""
        names = sorted({*self.fixed, *self.removed})
        return tuple(piece for name in names for piece in self._pieces(name))

    def with_pieces(self, chosen: Iterable[Piece]) -> dict[str, File]:
        """Return the workspace with some parts of the fix applied."""
        wanted: dict[str, set[int | None]] = {}
        for piece in chosen:
            wanted.setdefault(piece.name, set()).add(piece.hunk)
        tree = dict(self.start)
        for name, hunks in wanted.items():
            if name in self.removed:
                del tree[name]
            elif None in hunks:
                tree[name] = self.fixed[name]
            else:
                data = "".join(self._lines(name, hunks)).encode("utf-8")
                tree[name] = File(data=data, executable=self.fixed[name].executable)
        return tree

    def _pieces(self, name: str) -> Iterator[Piece]:
        lines = self._texts(name)
        if lines is None:
            yield Piece(name=name)
            return
        count = sum(tag != "equal" for tag, *_ in _opcodes(*lines))
        yield from (Piece(name=name, hunk=number) for number in range(count))

    def _texts(self, name: str) -> tuple[list[str], list[str]] | None:
        if name in self.removed or name not in self.start:
            return None
        before, after = self.start[name].text, self.fixed[name].text
        if before is None or after is None or before == after:
            return None
        lines = before.splitlines(keepends=True), after.splitlines(keepends=True)
        return None if max(map(len, lines)) > LONGEST else lines

    def _lines(self, name: str, hunks: set[int | None]) -> Iterator[str]:
        texts = self._texts(name)
        assert texts is not None
        before, after = texts
        number = 0
        for tag, low, high, new_low, new_high in _opcodes(before, after):
            if tag == "equal":
                yield from before[low:high]
                continue
            yield from after[new_low:new_high] if number in hunks else before[low:high]
            number += 1


def parts_of(before: Tree, after: Tree, globs: Iterable[str]) -> Parts:
    """Divide two trees; `globs` say which files are tests."""
    protected = tuple(glob if "/" in glob else f"**/{glob}" for glob in globs)
    tests = {name: file for name, file in after.items() if matches(name, protected)}
    same = {name for name in tests if name in before and before[name] == tests[name]}
    beside = {name for name in same if not is_test_module(name)}
    changed = {name: file for name, file in after.items() if before.get(name) != file}
    return Parts(
        start=before,
        hidden={name: tests[name] for name in sorted(set(tests) - same)},
        support={name: tests[name] for name in sorted(beside) if name.endswith(".py")},
        borrowed=tuple(sorted(name for name in beside if not name.endswith(".py"))),
        fixed={name: changed[name] for name in sorted(set(changed) - set(tests))},
        removed=tuple(
            sorted(name for name in before if name not in after and not matches(name, protected))
        ),
        protected=protected,
    )


def is_test_module(name: str) -> bool:
    """Say whether pytest would look for tests in a file."""
    path = PurePosixPath(name)
    return path.match("test_*.py") or path.match("*_test.py")


def _opcodes(before: list[str], after: list[str]) -> Sequence[tuple[str, int, int, int, int]]:
    return SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
