"""Forward ports on loopback to unix sockets, inside a sandbox that has no other way out.

`awb_forward.py PORT=SOCKET,... SECONDS` forwards for that long. `awb_forward.py PORT=SOCKET,... 0 COMMAND...` runs a
command and forwards until it ends; its exit code becomes this one's. This module is copied into sandboxes; it uses the
standard library only.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys

CHUNK = 1 << 16


async def forward(port: int, path: str) -> asyncio.Server:
    """Accept connections on loopback and join each with one to the socket."""

    async def join(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_unix_connection(path)
        except OSError:
            writer.close()
            return
        # The command may end before its connections do.
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))
        for end in (writer, far_writer):
            end.close()

    return await asyncio.start_server(join, "127.0.0.1", port)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()
        writer.write_eof()


async def main(ways: str, seconds: str, *command: str) -> int:
    """Forward for a time, or as long as a command runs."""
    async with contextlib.AsyncExitStack() as stack:
        for way in ways.split(","):
            port, _, path = way.partition("=")
            await stack.enter_async_context(await forward(int(port), path))
        if not command:
            await asyncio.sleep(float(seconds))
            return 0
        try:
            process = await asyncio.create_subprocess_exec(*command)
        except OSError as error:
            print(f"{command[0]}: {error.strerror}", file=sys.stderr)
            return 127
        code = await process.wait()
        return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(asyncio.run(main(*sys.argv[1:])))
