"""Pass one request on and its answer back, and know afterwards what happened."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import aiohttp
from aiohttp import web
from yarl import URL

from awb_core.gateway.config import KEY_PLACES, Upstream
from awb_core.gateway.meter import Meter
from awb_core.gateway.pricing import FREE
from awb_core.gateway.protocols import KEY_HEADERS, METERED, Target, upstream_url
from awb_core.gateway.recording import Recorded, Recorder
from awb_core.gateway.records import Attempt
from awb_core.gateway.redaction import Redactor

if TYPE_CHECKING:
    from awb_core.gateway.app import Proxy

NOT_SENT = KEY_HEADERS | {
    *("host", "connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"),
    *("proxy-authorization", "proxy-connection", "content-length", "accept-encoding", "cookie"),
    *("forwarded", "x-forwarded-for", "expect"),
}
"""Headers that end at the gateway: those of one connection, and whatever names the client or its key."""

NOT_RETURNED = frozenset(
    {"connection", "keep-alive", "transfer-encoding", "upgrade", "set-cookie", "alt-svc", "date"}
)


class Refused(Exception):
    """There is no answer to pass back; the client gets an error of the gateway's own."""

    def __init__(self, status: int, message: str) -> None:
        self.status, self.message = status, message
        super().__init__(message)


class Exchange:
    """One request that was admitted."""

    def __init__(
        self,
        proxy: Proxy,
        request: web.Request,
        attempt: Attempt,
        upstream: Upstream,
        clock: float,
        recorder: Recorder | None,
    ) -> None:
        self._proxy, self._request, self._attempt = proxy, request, attempt
        self._upstream, self._clock, self._recorder = upstream, clock, recorder
        self._redactor = Redactor(proxy.configuration.keys.get(upstream.name, ""))
        self._meter: Meter | None = None
        self._ended = False

    async def forward(self, target: Target, body: bytes) -> web.StreamResponse:
        """Send the request to the upstream and stream its answer back.

        Raises:
            Refused: the upstream cannot be reached or says nothing.
        """
        attempt, session = self._attempt, self._proxy.session
        assert session is not None
        sent = time.monotonic()
        try:
            async with session.request(
                attempt.method,
                URL(upstream_url(self._upstream.base_url, target), encoded=True),
                data=body or None,
                headers=self._headers(),
                allow_redirects=False,
            ) as answer:
                return await self._pass_back(answer, sent)
        except asyncio.CancelledError:
            attempt.error = "gateway_stopped" if self._proxy.stopping else "cut_by_client"
            raise
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            attempt.error = "timeout" if isinstance(error, TimeoutError) else "unreachable"
            attempt.provider_error = f"{type(error).__name__}: {error}"[:300]
            if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
                attempt.cost_usd, attempt.priced = "0", True
            status = 504 if attempt.error == "timeout" else 502
            raise Refused(status, f"the upstream is {attempt.error}") from error
        finally:
            if self._recorder is not None:
                self._recorder.close(attempt.error)
            # A refusal is written by who answers it, with the status that the client gets.
            if attempt.error not in {"timeout", "unreachable"}:
                self._end()

    async def replay(self, recorded: Recorded) -> web.StreamResponse:
        """Answer from a recording."""
        attempt = self._attempt
        attempt.replay = "replayed" if recorded.same_request else "diverged"
        attempt.replay_of, attempt.status = recorded.n, recorded.status
        try:
            response = web.StreamResponse(status=recorded.status, headers=dict(recorded.headers))
            await response.prepare(self._request)
            self._open_meter(recorded.headers)
            for chunk in recorded.chunks():
                self._take(chunk)
                await response.write(chunk)
            if recorded.error is not None:
                attempt.error = recorded.error
                self._abort()
        except (asyncio.CancelledError, ConnectionError):
            attempt.error = "cut_by_client"
            raise
        finally:
            self._end()
        return response

    async def _pass_back(self, answer: aiohttp.ClientResponse, sent: float) -> web.StreamResponse:
        attempt, clean = self._attempt, self._redactor
        attempt.status = answer.status
        names = ("request-id", "x-request-id")
        attempt.request_id = next((answer.headers[n] for n in names if n in answer.headers), "")
        returned = [(k, v) for k, v in answer.headers.items() if k.lower() not in NOT_RETURNED]
        kept = {name: clean.text(value) for name, value in returned}
        response = web.StreamResponse(status=answer.status, headers=kept)
        if self._recorder is not None:
            self._recorder.answer(answer.status, kept)
        self._open_meter(answer.headers)
        try:
            await response.prepare(self._request)
            async for chunk in answer.content.iter_any():
                if attempt.ttfb_seconds is None:
                    attempt.ttfb_seconds = round(time.monotonic() - sent, 4)
                await self._deliver(response, clean.feed(chunk), answer.content_length)
            await self._deliver(response, clean.close(), answer.content_length)
        except aiohttp.ClientPayloadError:
            self._cut()
            return response
        except TimeoutError:
            attempt.error = "timeout"
            self._abort()
            return response
        except ConnectionError:
            attempt.error = "cut_by_client"
            self._abort()
            return response
        if attempt.stream and attempt.status == 200 and not self._is_complete():
            self._cut()
            return response
        self._end()
        return response

    async def _deliver(
        self, response: web.StreamResponse, chunk: bytes, length: int | None
    ) -> None:
        if not chunk:
            return
        self._take(chunk)
        if self._recorder is not None:
            self._recorder.feed(chunk)
        if self._attempt.response_bytes == length:
            self._end()
        waited = time.monotonic()
        await response.write(chunk)
        self._attempt.client_seconds += time.monotonic() - waited

    def _cut(self) -> None:
        self._attempt.error = "cut_by_upstream"
        self._abort()

    def _abort(self) -> None:
        """Cut the client's connection, so that a cut answer does not look like a whole one."""
        self._end()
        if self._request.transport is not None:
            # What arrived before is still sent.
            self._request.transport.close()

    def _open_meter(self, headers: Mapping[str, str]) -> None:
        names = {name.lower(): value.lower() for name, value in headers.items()}
        self._meter = Meter(
            self._attempt.operation,
            names.get("content-type", ""),
            names.get("content-encoding", ""),
        )

    def _take(self, chunk: bytes) -> None:
        self._attempt.response_bytes += len(chunk)
        if self._meter is not None:
            self._meter.feed(chunk)

    def _is_complete(self) -> bool:
        if self._meter is None or self._attempt.operation not in METERED:
            return True
        self._meter.close()
        return self._meter.complete

    def _headers(self) -> list[tuple[str, str]]:
        named = self._request.headers.get("connection", "").lower().split(",")
        dropped = NOT_SENT | {name.strip() for name in named}
        if "content-encoding" in self._attempt.altered:
            dropped |= {"content-encoding"}
        headers = [(k, v) for k, v in self._request.headers.items() if k.lower() not in dropped]
        key = self._proxy.configuration.keys.get(self._upstream.name)
        if key is not None:
            header, prefix = KEY_PLACES[self._upstream.protocol]
            if self._upstream.key_prefix is not None:
                prefix = self._upstream.key_prefix
            headers.append((self._upstream.key_header or header, prefix + key))
        return headers

    def _end(self) -> None:
        """Write the record, once, and before the client can know that its answer is over."""
        if self._ended:
            return
        self._ended = True
        attempt, meter = self._attempt, self._meter
        attempt.seconds = round(time.monotonic() - self._clock, 4)
        attempt.client_seconds = round(attempt.client_seconds, 4)
        if meter is not None:
            meter.close()
            attempt.model_observed, attempt.stop_reason = meter.model, meter.stop_reason
            attempt.provider_error = attempt.provider_error or meter.provider_error
            self._price(meter)
        try:
            self._proxy.ledger.end(attempt)
        except OSError as error:
            # The client must not take an answer for whole of which there is no record.
            print(f"a record is lost: {error}", file=sys.stderr, flush=True)
            if self._request.transport is not None:
                self._request.transport.abort()

    def _price(self, meter: Meter) -> None:
        attempt = self._attempt
        attempt.price_version = self._proxy.prices.version
        if attempt.operation not in METERED or (attempt.status or 500) >= 400:
            cost = FREE
        elif not meter.usage:
            return
        else:
            attempt.raw_usage = dict(meter.usage)
            cost = self._proxy.prices.cost(
                upstream=attempt.upstream,
                operation=attempt.operation,
                models=(meter.model, attempt.model_requested),
                raw_usage=meter.usage,
                context=meter.context,
                time=datetime.now(UTC),
            )
        attempt.usage = dict(cost.usage) or None
        attempt.price_model = cost.price_model
        attempt.priced = cost.cost_usd is not None
        attempt.cost_usd = None if cost.cost_usd is None else str(cost.cost_usd)
