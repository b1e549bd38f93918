"""The gateway's process: reads its configuration on standard input, serves until SIGTERM or the end of that input."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys

from aiohttp import web

from awb_core.gateway.app import make_runner
from awb_core.gateway.config import Configuration, load
from awb_core.gateway.sockets import remove_sockets


async def serve(configuration: Configuration) -> None:
    """Serve on the inherited sockets, say so on standard output, and end cleanly on SIGTERM.

    Standard input stays open as long as the owner lives; a process with keys must not outlive it.
    """
    runner, proxy = make_runner(configuration)
    await runner.setup()
    sockets = [socket.socket(fileno=descriptor) for descriptor in configuration.sockets]
    for each in sockets:
        await web.SockSite(runner, each, backlog=256).start()
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, over.set)

    def owner_died() -> None:
        if not os.read(0, 1):
            remove_sockets(sockets)
            over.set()

    loop.add_reader(0, owner_died)
    print(json.dumps({"ready": True, "prices": proxy.prices.version}), flush=True)
    await over.wait()
    proxy.stopping = True
    loop.remove_reader(0)
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(serve(load(sys.stdin.buffer.readline())))
