"""The rule of coverage: every check names the sentence that demands it, and every sentence its checks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from awb_core.admission.measured import Measured
from awb_core.errors import ManifestError
from awb_core.manifest import read_toml
from awb_core.model import Task

FILE = "coverage.toml"
SHOWN = 5
"""Gaps that are shown; the rest are counted."""

_MARKS = re.compile(r"(?m)^\s*(?:[-*+]|\d+[.)])\s+|^\s*```.*$|^\s*\|?[\s:|-]+\|?\s*$")
_UNSAID = re.compile(r"(?ms)^#{1,6} [^\n]*$|<!--.*?-->")
"""Headings and comments demand nothing."""


def judge_coverage(task: Task, results: Iterable[Measured]) -> tuple[str, ...]:
    """Return what `coverage.toml` leaves open, or maps to nothing."""
    path = task.root / FILE
    if not path.is_file():
        return (f"{FILE} is missing: say which sentence of the instruction demands each check",)
    try:
        document = read_toml(path, "coverage")
    except ManifestError as error:
        return (str(error),)
    problems = [*_unmapped_text(task.instruction, document)]
    return (*problems, *_unmapped_checks(task, document, tuple(results)))


def _unmapped_text(instruction: str, document: Mapping[str, Any]) -> Iterator[str]:
    """Yield quotes that do not stand in the instruction, and what of it no quote has."""
    whole = _plain(_UNSAID.sub("\n", instruction))
    covered = [False] * len(whole)
    quotes = [entry["text"] for entry in document["requirements"]]
    for quote in (*quotes, *document.get("background", ())):
        words = _plain(quote)
        place = whole.find(words)
        if place < 0 or not words:
            yield f"{FILE}: does not stand in the instruction: {quote[:80]!r}"
        while place >= 0 and words:
            covered[place : place + len(words)] = [True] * len(words)
            place = whole.find(words, place + 1)
    rest = "".join(" " if on else letter for letter, on in zip(whole, covered, strict=True))
    open_ = [piece.strip() for piece in re.split(r"\s{2,}", rest) if re.search(r"\w", piece)]
    for piece in open_[:SHOWN]:
        yield f"{FILE}: neither a requirement nor background: {piece[:80]!r}"
    if len(open_) > SHOWN:
        yield f"{FILE}: {len(open_) - SHOWN} more pieces of the instruction are left out"


def _unmapped_checks(
    task: Task, document: Mapping[str, Any], results: tuple[Measured, ...]
) -> Iterator[str]:
    """Yield checks and items that no sentence demands, and demands that meet no check."""
    reported = _items(results)
    globs = [glob for entry in document["requirements"] for glob in entry["checks"]]
    known = {check.id for check in task.checks}
    for glob in globs:
        check, _, pattern = glob.partition("/")
        if check not in known:
            yield f"{FILE}: there is no check {check!r}"
        elif (
            pattern
            and reported
            and not any(_fits(glob, check, item) for item in reported.get(check, ()))
        ):
            yield f"{FILE}: {glob!r} meets no item of the check"
    for check in sorted(known):
        mine = [glob for glob in globs if glob.partition("/")[0] == check]
        items = reported.get(check, [])
        if not mine:
            yield f"check {check}: no sentence of the instruction demands it"
            continue
        lost = [item for item in items if not any(_fits(glob, check, item) for glob in mine)]
        if lost:
            some = ", ".join(lost[:SHOWN])
            yield f"check {check}: no sentence demands {len(lost)} of its items: {some}"


def _items(results: tuple[Measured, ...]) -> dict[str, list[str]]:
    """Return the items by check that the canonical solution was measured by."""
    for result in results:
        if result.name == "canonical" and result.repeat == 1:
            return {
                entry["check"]: [item["id"] for item in entry.get("items", ())]
                for entry in result.record["measurements"]
            }
    return {}


def _fits(glob: str, check: str, item: str) -> bool:
    name, _, pattern = glob.partition("/")
    return name == check and (not pattern or item == pattern or fnmatchcase(item, pattern))


def _plain(text: str) -> str:
    """Return a text without list marks, fences and line breaks."""
    return " ".join(_MARKS.sub(" ", text).split())
