"""Keep a key out of what an upstream says, should it ever repeat it."""

from __future__ import annotations


class Redactor:
    """Replaces a key in a stream by as many asterisks; a piece is held back only where it may end within the key."""

    def __init__(self, key: str) -> None:
        self._key = key.encode()
        self._held = b""

    def feed(self, chunk: bytes) -> bytes:
        """Return what of the stream may be passed on."""
        if not self._key:
            return chunk
        data = self._clean(self._held + chunk)
        longest = min(len(self._key) - 1, len(data))
        held = next((n for n in range(longest, 0, -1) if data.endswith(self._key[:n])), 0)
        self._held = data[len(data) - held :]
        return data[: len(data) - held]

    def close(self) -> bytes:
        """Return what was held back."""
        held, self._held = self._held, b""
        return held

    def text(self, value: str) -> str:
        """Return a header's value without the key."""
        return self._clean(value.encode("utf-8", "surrogateescape")).decode("utf-8", "replace")

    def _clean(self, data: bytes) -> bytes:
        return data.replace(self._key, b"*" * len(self._key)) if self._key else data
