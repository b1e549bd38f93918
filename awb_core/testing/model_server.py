"""A model that follows a script, behind the HTTP interfaces of three providers, for tests of agents.

    with ModelServer() as server:
        server.script("t1", script_for_solution(start, solved))
        ...  # run an agent with the base URL f"{server.url}/t/t1/anthropic"
        print(server.usage("t1"))

It speaks Anthropic Messages, OpenAI Chat Completions, OpenAI Responses and Gemini, streaming and not; any URL prefix
will do, and the segment after `/t/` names the trial. A reply depends on the request alone: the step is the number of
our own tool calls in the history it holds, so retries and parallel trials are safe.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType

from awb_core.testing.conversation import Conversation, Reply, Usage, usage_of
from awb_core.testing.model_endpoints import (
    Endpoint,
    Unreadable,
    endpoint_of,
    is_model_list,
    json_response,
    model_list,
)
from awb_core.testing.model_http import Listener, Request, Response
from awb_core.testing.playing import reply_to
from awb_core.testing.scripts import (
    Cuts,
    Fails,
    Hangs,
    Loops,
    Misbehaviour,
    Overflows,
    Script,
    Slow,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """One request and what it got."""

    trial: str
    method: str
    path: str
    protocol: str
    """`anthropic`, `chat`, `responses`, `gemini`, or "" for a path of none of them."""

    model: str
    stream: bool
    status: int
    """The HTTP status; 0 if the connection is closed without an answer."""

    usage: Usage
    """What the answer took; of a cut one, what the client was told before that."""

    did: str
    """The name of the tool called, or `text`, `count`, `models`, `error`, `cut`, `hang`."""

    step: int | None
    """The step played; None for the final text, side requests and errors."""

    headers: Mapping[str, str]
    """With names in lower case."""

    body: bytes


@dataclass(slots=True, kw_only=True)
class _Part:
    """What is played to the conversations of a trial."""

    trial: str
    when: str
    script: Script
    misbehaviours: tuple[Misbehaviour, ...] = ()
    requests: int = 0


class ModelServer:
    """The server; use it in a `with` statement.

    Args:
        port: 0 takes a free one; the server listens on loopback only.
    """

    def __init__(self, port: int = 0) -> None:
        self._listener = Listener(self._respond, port)
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._parts: list[_Part] = []
        self._served: dict[str, list[Served]] = defaultdict(list)

    def __enter__(self) -> ModelServer:
        self._listener.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing.set()
        self._listener.close()

    @property
    def url(self) -> str:
        """Where it listens; add `/t/<trial>` and what the agent's base URL ends with."""
        return f"http://127.0.0.1:{self._listener.server_address[1]}"

    def script(
        self, trial: str, script: Script, *misbehaviours: Misbehaviour, when: str = ""
    ) -> None:
        """Play a script to a trial, with misbehaviours if given.

        Trial "" is every trial without a script of its own, and requests without `/t/`. Where many conversations
        share a URL, `when` picks those whose prompt contains it; the last script that fits is played.
        """
        part = _Part(trial=trial, when=when, script=script, misbehaviours=misbehaviours)
        with self._lock:
            self._parts = [p for p in self._parts if (p.trial, p.when) != (trial, when)]
            self._parts.append(part)

    def served(self, trial: str = "") -> tuple[Served, ...]:
        """Return the requests of a trial, in the order they were answered."""
        with self._lock:
            return tuple(self._served.get(trial, ()))

    def usage(self, trial: str = "") -> Usage:
        """Return the total of a trial."""
        return sum((one.usage for one in self.served(trial)), Usage())

    def _respond(self, request: Request) -> Response | None:
        endpoint = endpoint_of(request)
        if endpoint is None:
            return self._answer_other(request)
        try:
            talk = endpoint.read(request)
        except Unreadable as error:
            self._note(request, endpoint, status=400, did="error")
            return endpoint.error(400, str(error))
        part, earlier = self._part_for(_trial_of(request), talk.prompt)
        for one in part.misbehaviours:
            match one:
                case Fails(status, times) if times is None or earlier < times:
                    self._note(request, endpoint, talk, status=status, did="error")
                    return endpoint.error(status)
                case Overflows():
                    self._note(request, endpoint, talk, status=400, did="error")
                    return endpoint.error(400, overflow=True)
                case Hangs(seconds):
                    self._note(request, endpoint, talk, status=0, did="hang")
                    self._closing.wait(seconds)
                    return None
                case Slow(seconds):
                    self._closing.wait(seconds)
        return self._answer(request, endpoint, talk, part, earlier)

    def _answer(
        self, request: Request, endpoint: Endpoint, talk: Conversation, part: _Part, earlier: int
    ) -> Response:
        """Answer in earnest, or begin to."""
        reply = reply_to(talk, part.script, endless=Loops() in part.misbehaviours)
        usage = usage_of(request.body, reply, is_begun=talk.is_begun, reasons=endpoint.reasons)
        if endpoint.counts:
            self._note(request, endpoint, talk, did="count")
            return json_response(200, {endpoint.counts: usage.input_tokens})
        seed = hashlib.sha256(request.body).hexdigest()[:16]
        answer = endpoint.wire.answer(talk, reply, usage, seed)
        is_cut = any(
            isinstance(one, Cuts) and (one.times is None or earlier < one.times)
            for one in part.misbehaviours
        )
        if is_cut:
            told = answer.announced if talk.stream else Usage()
            self._note(request, endpoint, talk, did="cut", usage=told, reply=reply)
        else:
            did = reply.call.tool.name if reply.call else "text"
            self._note(request, endpoint, talk, did=did, usage=usage, reply=reply)
        return endpoint.answer(answer, stream=talk.stream, is_cut=is_cut)

    def _answer_other(self, request: Request) -> Response:
        if is_model_list(request):
            self._note(request, did="models")
            return model_list(request)
        self._note(request, status=404, did="error")
        return json_response(404, {"error": {"message": f"no such path: {request.path}"}})

    def _part_for(self, trial: str, prompt: str) -> tuple[_Part, int]:
        """Return what to play, and how many requests it had before this one."""
        with self._lock:
            fitting = [p for p in reversed(self._parts) if p.when in prompt]
            own = [p for p in fitting if p.trial == trial]
            part = next(iter(own or [p for p in fitting if not p.trial]), None)
            if part is None:
                part = _Part(trial="", when="", script=Script())
            part.requests += 1
            return part, part.requests - 1

    def _note(
        self,
        request: Request,
        endpoint: Endpoint | None = None,
        talk: Conversation | None = None,
        *,
        did: str,
        status: int = 200,
        usage: Usage | None = None,
        reply: Reply | None = None,
    ) -> None:
        """Record a request before it is answered, so that whoever has the answer finds it."""
        trial = _trial_of(request)
        one = Served(
            trial=trial,
            method=request.method,
            path=request.path,
            protocol=endpoint.protocol if endpoint else "",
            model=talk.model if talk else "",
            stream=talk.stream if talk else False,
            status=status,
            usage=usage or Usage(),
            did=did,
            step=reply.step if reply else None,
            headers=request.headers,
            body=request.body,
        )
        with self._lock:
            self._served[trial].append(one)


def _trial_of(request: Request) -> str:
    found = re.search(r"/t/([^/]+)(?:/|$)", request.path)
    return found[1] if found else ""
