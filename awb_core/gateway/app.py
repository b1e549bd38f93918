"""The proxy itself: one handler for every path."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from aiohttp import web

from awb_core.gateway.admission import Admission, Denied
from awb_core.gateway.asked import INCLUDE_USAGE, decoded, read_asked, with_usage
from awb_core.gateway.config import Configuration, Upstream
from awb_core.gateway.exchange import Exchange, Refused
from awb_core.gateway.ledger import Ledger
from awb_core.gateway.pricing import PriceList
from awb_core.gateway.protocols import Target, error_body, guess_protocol, parse_target
from awb_core.gateway.recording import Recorder, find_recorded
from awb_core.gateway.records import Attempt


class Proxy:
    """Holds what lasts from one request to the next."""

    def __init__(self, configuration: Configuration) -> None:
        folder = configuration.folder
        for name in ("log", "policies"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        self.configuration = configuration
        self.ledger = Ledger(folder / "log", configuration.instance, configuration.run)
        self.prices = PriceList(configuration.upstreams, configuration.prices)
        self.admission = Admission(
            configuration=configuration,
            ledger=self.ledger,
            prices=self.prices,
            policies=folder / "policies",
        )
        self.session: aiohttp.ClientSession | None = None
        self.stopping = False

    @property
    def bodies(self) -> Path | None:
        """Where requests and answers are kept whole; None if they are not."""
        return self.configuration.folder / "bodies" if self.configuration.record else None

    @asynccontextmanager
    async def connected(self, _: web.Application) -> AsyncIterator[None]:
        """Hold the connections to upstreams."""
        settings = self.configuration.settings
        timeout = aiohttp.ClientTimeout(
            total=None, sock_connect=settings.connect_seconds, sock_read=settings.read_seconds
        )
        async with aiohttp.ClientSession(
            timeout=timeout,
            auto_decompress=False,
            trust_env=True,
            connector=aiohttp.TCPConnector(limit=0),
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
        ) as self.session:
            yield

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one request; whatever becomes of it is one record."""
        attempt = Attempt(method=request.method)
        clock = time.monotonic()
        target = parse_target(request.raw_path)
        try:
            return await self._serve(request, attempt, target, clock)
        except Denied as denial:
            attempt.denied, attempt.status = denial.reason, denial.status
            return self._answer(attempt, target, denial.status, denial.message, clock)
        except Refused as refusal:
            attempt.status = refusal.status
            return self._answer(attempt, target, refusal.status, refusal.message, clock)

    async def _serve(
        self, request: web.Request, attempt: Attempt, target: Target | None, clock: float
    ) -> web.StreamResponse:
        if target is None:
            attempt.path = request.raw_path.partition("?")[0][:200]
            raise Denied(404, "path", "not a path of this gateway")
        attempt.upstream, attempt.path = target.upstream, target.path[:2000]
        policy, upstream = self.admission.check_head(
            attempt, target, tuple(request.headers.items())
        )
        body = await self._read_body(request, attempt, clock)
        attempt.request_bytes = len(body)
        attempt.body_digest = hashlib.sha256(body).hexdigest() if body else ""
        encoding = request.headers.get("content-encoding", "").lower()
        plain = decoded(body, encoding, self.configuration.settings.body_bytes)
        asked = read_asked(attempt.operation, target, plain)
        attempt.model_requested, attempt.stream = asked.model, asked.stream
        attempt.tools_digest, attempt.system_digest = asked.tools_digest, asked.system_digest
        self.admission.check_body(attempt, policy)
        with self._given_up(attempt, clock):
            await self.admission.check_budgets(attempt, policy)
        exchange = self._begin(request, attempt, upstream, body, clock)
        if asked.lacks_usage:
            body = with_usage(plain)
            attempt.altered = (INCLUDE_USAGE, "content-encoding") if encoding else (INCLUDE_USAGE,)
        replay = self.configuration.replay
        if replay is not None:
            account = self.ledger.account(attempt.trial)
            recorded = find_recorded(replay / "bodies", attempt, account.replayed)
            if recorded is None:
                attempt.replay, attempt.cost_usd, attempt.priced = "diverged", "0", True
                raise Refused(409, "the recording has no such request")
            account.replayed.add(recorded.n)
            return await exchange.replay(recorded)
        return await exchange.forward(target, body)

    async def _read_body(self, request: web.Request, attempt: Attempt, clock: float) -> bytes:
        try:
            with self._given_up(attempt, clock):
                return await request.read()
        except web.HTTPRequestEntityTooLarge:
            limit = self.configuration.settings.body_bytes >> 20
            raise Denied(413, "size", f"the request is larger than {limit} MiB") from None

    @contextlib.contextmanager
    def _given_up(self, attempt: Attempt, clock: float) -> Iterator[None]:
        """Write the record of a request whose client goes away before it is forwarded."""
        try:
            yield
        except (asyncio.CancelledError, ConnectionError, aiohttp.ClientError):
            attempt.error = "gateway_stopped" if self.stopping else "cut_by_client"
            attempt.cost_usd, attempt.priced = "0", True
            attempt.seconds = round(time.monotonic() - clock, 4)
            with contextlib.suppress(OSError):
                self.ledger.end(attempt)
            raise

    def _begin(
        self,
        request: web.Request,
        attempt: Attempt,
        upstream: Upstream,
        body: bytes,
        clock: float,
    ) -> Exchange:
        """Write that a request is about to be forwarded: what cannot be written down is not sent."""
        try:
            self.ledger.begin(attempt)
            recorder = None if self.bodies is None else Recorder(self.bodies, attempt, body)
        except OSError as error:
            raise Denied(
                503, "log", f"the gateway cannot write its records: {error.strerror}"
            ) from error
        return Exchange(self, request, attempt, upstream, clock, recorder)

    def _answer(
        self, attempt: Attempt, target: Target | None, status: int, message: str, clock: float
    ) -> web.Response:
        """Write the record of a request that is not forwarded, and say why in the protocol's own words."""
        attempt.seconds = round(time.monotonic() - clock, 4)
        try:
            self.ledger.end(attempt)
        except OSError as error:
            print(f"a record is lost: {error}", file=sys.stderr, flush=True)
        protocol = self.admission.upstreams.get(attempt.upstream)
        family = protocol.protocol if protocol else guess_protocol(target.rest if target else "")
        code = f"gateway_{attempt.denied or attempt.error or attempt.replay or 'error'}"
        return web.Response(
            status=status,
            body=error_body(family, status, message, code),
            content_type="application/json",
            headers={"x-should-retry": "false"} if status < 500 else {},
        )


def make_runner(configuration: Configuration) -> tuple[web.AppRunner, Proxy]:
    """Return what serves the gateway; requests are handed over as they were sent."""
    proxy = Proxy(configuration)
    app = web.Application(client_max_size=configuration.settings.body_bytes)
    app.cleanup_ctx.append(proxy.connected)
    app.router.add_route("*", "/{path:.*}", proxy.handle)
    runner = web.AppRunner(
        app, access_log=None, handler_cancellation=True, auto_decompress=False, shutdown_timeout=1.0
    )
    return runner, proxy
