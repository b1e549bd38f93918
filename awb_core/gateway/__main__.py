"""The gateway's process: reads its configuration on standard input, serves until SIGTERM."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import sys

from aiohttp import web

from awb_core.gateway.app import make_runner
from awb_core.gateway.config import Configuration, load


async def serve(configuration: Configuration) -> None:
    """Serve on the inherited sockets, say so on standard output, and end cleanly on SIGTERM."""
    runner, proxy = make_runner(configuration)
    await runner.setup()
    for descriptor in configuration.sockets:
        await web.SockSite(runner, socket.socket(fileno=descriptor), backlog=256).start()
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, over.set)
    print(json.dumps({"ready": True, "prices": proxy.prices.version}), flush=True)
    await over.wait()
    proxy.stopping = True
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(serve(load(sys.stdin.buffer.readline())))
