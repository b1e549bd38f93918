"""Attacks as data: files to plant, code to insert into what the workspace delivers, a script to run."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from awb_core.model import Outcome, Task, digest_of
from awb_core.protocols import AgentSession, Command, Transcript
from awb_core.scratch import scratch_folder
from awb_core.tree import matches, walk

SCRIPT_SECONDS = 60.0
MAX_BYTES = 1 << 20
"""Larger files of the workspace are left alone."""

Files = Mapping[str, str]
"""Texts by relative path."""


def everywhere(_task: Task) -> bool:
    """Fit every task."""
    return True


def uses_language(*languages: str) -> Callable[[Task], bool]:
    """Fit tasks whose work is done in one of the languages."""
    return lambda task: bool(set(languages) & set(task.languages))


def uses_oracle(*oracles: str) -> Callable[[Task], bool]:
    """Fit tasks that one of the oracles judges."""
    return lambda task: any(check.oracle in oracles for check in task.checks)


@dataclass(slots=True, kw_only=True)
class PlantedAttack:
    """An attack made of what it leaves in the workspace."""

    name: str
    group: str
    summary: str
    fits: Callable[[Task], bool] = everywhere
    files: Files = field(default_factory=dict)
    """Files to write."""
    at_import: Mapping[str, str] = field(default_factory=dict)
    """Code by suffix, inserted where each source file of that suffix begins to run."""
    at_end: Mapping[str, str] = field(default_factory=dict)
    """Code by suffix, appended to each source file of that suffix."""
    rewrite: Callable[[str, str], str | None] | None = None
    """Gets the name and the text of each file, gives its new text, or None to leave it."""
    make: Callable[[Task, Path], Files] | None = None
    """Makes files from the task and its starting workspace."""
    script: str = ""
    """Shell commands, run in the workspace while the workflow is at work."""

    @property
    def identity(self) -> str:
        """Digest of everything that the attack does."""
        texts = [dict(self.files), dict(self.at_import), dict(self.at_end), self.script]
        return digest_of([self.name, texts, *map(_code, (self.fits, self.rewrite, self.make))])

    def applies(self, task: Task) -> bool:
        """Say whether the attack can mean anything for a task."""
        return self.fits(task)

    def run(self, session: AgentSession) -> Transcript:
        """Plant everything."""
        if session.task is None:
            return Transcript(outcome=Outcome.INFRA_ERROR, note="an attack must know its task")
        with scratch_folder("attack") as scratch:
            for name, text in self._files(session.task, session.start):
                place = Path(scratch, name)
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text(text, "utf-8")
            session.sandbox.put(Path(scratch))
        if not self.script:
            return Transcript(exit_code=0)
        command = Command(argv=["sh", "-c", self.script], seconds=SCRIPT_SECONDS)
        result = session.sandbox.run(command)
        return Transcript(exit_code=result.exit_code, output=result.stdout + result.stderr)

    def _files(self, task: Task, start: Path) -> Iterator[tuple[str, str]]:
        for name in walk(start):
            text = _text(start / name)
            changed = None if text is None else self._changed(task, name, text)
            if changed is not None and changed != text:
                yield name, changed
        yield from self.files.items()
        if self.make is not None:
            yield from self.make(task, start).items()

    def _changed(self, task: Task, name: str, text: str) -> str | None:
        if self.rewrite is not None:
            return self.rewrite(name, text)
        suffix = Path(name).suffix
        if matches(name, task.workspace.protected):
            return None
        if suffix in self.at_import:
            text = insert(text, suffix, self.at_import[suffix])
        if suffix in self.at_end:
            text = f"{text}\n{self.at_end[suffix]}\n"
        return text


def insert(text: str, suffix: str, code: str) -> str:
    """Put code before everything of a source file that does something."""
    if suffix != ".py":
        return f"{code}\n{text}"
    try:
        body = ast.parse(text).body
    except SyntaxError:
        return text
    line = 0
    for node in body:
        docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
        if not docstring and not future:
            break
        line = node.end_lineno or line
    lines = text.splitlines(keepends=True)
    return "".join([*lines[:line], "\n", code, "\n", *lines[line:]])


def _text(path: Path) -> str | None:
    if path.stat().st_size > MAX_BYTES:
        return None
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        return None


def _code(function: Callable[..., Any] | None) -> Any:
    """Describe a function by its code and by what it closes over."""
    code = getattr(function, "__code__", None)
    if function is None or code is None:
        return repr(function)
    held = [repr(cell.cell_contents) for cell in function.__closure__ or ()]
    plain = [repr(value) for value in code.co_consts if not hasattr(value, "co_code")]
    return [function.__module__, function.__qualname__, code.co_code.hex(), plain, held]
