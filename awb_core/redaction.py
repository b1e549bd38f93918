"""Find what looks like a secret, and keep secrets out of what is shown and stored."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from awb_core.tree import walk

HIDDEN = "***"

SHORTEST = 6
"""Shorter values are too common to be taken out of a text."""

_TOKENS = re.compile(
    rb"sk-[A-Za-z0-9_-]{20,}|gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{40,}|AKIA[0-9A-Z]{16}"
    rb"|AIza[0-9A-Za-z_-]{30,}|xox[abprs]-[A-Za-z0-9-]{10,}|npm_[A-Za-z0-9]{30,}"
    rb"|-----BEGIN [A-Z ]*PRIVATE KEY-----"
)
_NAMES = re.compile(r"(TOKEN|SECRET|PASSWORD|PASSWD|PRIVATE|API_?KEY|CREDENTIAL)", re.IGNORECASE)

READ_BYTES = 1 << 20
"""How much of a file is searched."""


def looks_secret(name: str, value: str) -> bool:
    """Say whether a variable's name or value looks like a secret."""
    return bool(_NAMES.search(name) or _TOKENS.search(value.encode()))


def files_with_secrets(root: Path) -> Iterator[str]:
    """Yield the files of a folder that hold what looks like a secret."""
    for name in walk(root):
        with (root / name).open("rb") as stream:
            if _TOKENS.search(stream.read(READ_BYTES)):
                yield name


def redact(data: bytes, secrets: Iterable[str]) -> bytes:
    """Return the data with secrets taken out: the given values, and whatever looks like a token."""
    for secret in secrets:
        if len(secret) >= SHORTEST:
            data = data.replace(secret.encode(), HIDDEN.encode())
    return _TOKENS.sub(HIDDEN.encode(), data)
