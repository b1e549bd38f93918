"""A cache of rendered pages, in files that survive a restart."""

from __future__ import annotations

import hashlib
import pickle
from pathlib import Path
from typing import Any

from quire.signing import BadSignature, Signer


class RenderCache:
    """Values by key; a file that we did not write ourselves is ignored."""

    def __init__(self, folder: Path, signer: Signer) -> None:
        self._folder = folder
        self._signer = signer
        folder.mkdir(parents=True, exist_ok=True)

    def get(self, key: str) -> Any:
        try:
            sealed = self._path(key).read_bytes()
            stored_key, value = pickle.loads(self._signer.unseal(sealed))
        except (OSError, BadSignature):
            return None
        return value if stored_key == key else None

    def put(self, key: str, value: Any) -> None:
        data = self._signer.seal(pickle.dumps((key, value), protocol=4))
        path = self._path(key)
        scratch = path.with_suffix(".new")
        scratch.write_bytes(data)
        scratch.replace(path)

    def _path(self, key: str) -> Path:
        return self._folder / f"{hashlib.sha256(key.encode()).hexdigest()}.bin"

    def clear(self) -> int:
        files = list(self._folder.glob("*.bin"))
        for path in files:
            path.unlink(missing_ok=True)
        return len(files)


def etag(*parts: object) -> str:
    """A short name for a version of something; not a secret and not a proof."""
    text = "\0".join(str(part) for part in parts)
    return f'"{hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()[:20]}"'
