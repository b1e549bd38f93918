"""Keep the head and the tail of an output stream, and count the rest."""

from __future__ import annotations


class BoundedOutput:
    """Holds at most `keep` bytes of a stream: the first half and the last half."""

    def __init__(self, keep: int) -> None:
        self._half = keep // 2
        self._head = bytearray()
        self._tail = bytearray()
        self.total = 0
        """How many bytes were written in all."""

    def feed(self, data: bytes) -> None:
        """Take the next piece of the stream."""
        self.total += len(data)
        room = self._half - len(self._head)
        if room > 0:
            self._head += data[:room]
            data = data[room:]
        if data:
            self._tail += data
            if len(self._tail) > 2 * self._half:
                del self._tail[: -self._half]

    @property
    def value(self) -> bytes:
        """What was kept, with a line that says how much was dropped."""
        tail = bytes(self._tail[-self._half :])
        dropped = self.total - len(self._head) - len(tail)
        if dropped <= 0:
            return bytes(self._head) + tail
        return bytes(self._head) + f"\n[... {dropped} bytes dropped ...]\n".encode() + tail
