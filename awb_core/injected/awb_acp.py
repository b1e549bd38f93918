"""Speak the Agent Client Protocol with an agent inside a sandbox: one session, one prompt, one report.

On standard input comes a JSON object: `command`, `folder`, `instruction`, `start_seconds`, `version`, and perhaps
`auth_method` and `mode`. On standard output go JSON Lines: what the agent did, bounded, and last a line of the type
`end`. The exit code is 0 if the agent ended its turn. This module is copied into sandboxes with `awb_acp_pipe`; both
use the standard library only.
"""

from __future__ import annotations

import contextlib
import json
import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from awb_core.injected.awb_acp_pipe import Failed, Pipe
else:
    from awb_acp_pipe import Failed, Pipe

PROTOCOL = 1
TEXT = 16_384
"""Most characters that are kept of one text."""

KEPT_BYTES = 2 << 20
"""Most bytes of the report; later events are only counted."""

LINGER_SECONDS = 1.0
"""How long the agent may go on reporting after its turn."""

ALLOWING = ("allow_once", "allow_always")
"""Answers to a question for permission, the preferred one first."""

_CANCELLED = {"outcome": "cancelled"}

NO_SUCH_METHOD = -32601


class Report:
    """Lines on standard output, as many as may be kept."""

    def __init__(self) -> None:
        self.dropped = 0
        self._left = KEPT_BYTES
        self._kind, self._text = "", ""

    def chunk(self, kind: str, text: str) -> None:
        """Take a piece of a text; pieces of one kind that follow each other are one event."""
        if kind != self._kind:
            self.flush()
            self._kind = kind
        if len(self._text) <= TEXT:
            self._text += text[: TEXT + 1]

    def event(self, event: str, values: dict[str, Any]) -> None:
        """Take an event; values that are not there are left out."""
        self.flush()
        kept = {name: _cut(value) for name, value in values.items() if value is not None}
        self._write({"type": event, **kept})

    def end(self, **values: Any) -> None:
        """Write the last line, in any case."""
        self.flush()
        self._left = 1 << 62
        self._write({"type": "end", "dropped": self.dropped, **values})

    def flush(self) -> None:
        """Write the text that was collected."""
        if self._text:
            kind, text = self._kind, self._text
            self._kind = self._text = ""
            self._write({"type": kind, "text": _cut(text)})

    def _write(self, event: dict[str, Any]) -> None:
        line = json.dumps(event) + "\n"
        if len(line) > self._left:
            self.dropped += 1
            return
        self._left -= len(line)
        sys.stdout.write(line)
        sys.stdout.flush()


class Client:
    """One conversation with an agent."""

    def __init__(self, pipe: Pipe, report: Report) -> None:
        self._pipe, self._report = pipe, report
        self._asked = 0
        self.tool_calls = 0
        self.usage_updates: dict[str, Any] = {}
        self.message_usage: dict[str, int] = {}
        """Sums of what some agents report beside each message."""

    def ask(self, method: str, params: dict[str, Any], seconds: float | None) -> dict[str, Any]:
        """Ask the agent and return its answer; what it asks and tells meanwhile is served.

        Raises:
            Failed: it refuses, ends, or does not answer in time.
        """
        self._asked += 1
        self._pipe.send({"id": self._asked, "method": method, "params": params})
        deadline = float("inf") if seconds is None else time.monotonic() + seconds
        while True:
            try:
                message = self._pipe.receive(deadline)
            except EOFError:
                raise Failed(self._ended(method)) from None
            if message is None:
                raise Failed(f"the agent did not answer {method} in {seconds:g} s")
            if self._serve(message) or message.get("id") != self._asked:
                continue
            if "error" in message:
                raise Failed(f"{method}: {_error_words(message['error'])}")
            result = message.get("result")
            return result if isinstance(result, dict) else {}

    def linger(self, seconds: float) -> None:
        """Serve what the agent still has to say."""
        deadline = time.monotonic() + seconds
        with contextlib.suppress(EOFError, Failed):
            while True:
                message = self._pipe.receive(deadline)
                if message is None:
                    return
                self._serve(message)

    def _ended(self, method: str) -> str:
        status = self._pipe.status(LINGER_SECONDS)
        how = "closed its output" if status is None else f"ended with exit status {status}"
        return f"the agent {how} before it answered {method}"

    def _serve(self, message: dict[str, Any]) -> bool:
        """Take a request or a notification of the agent; return whether it was one."""
        method = message.get("method")
        if not isinstance(method, str):
            return False
        params = message.get("params")
        params = params if isinstance(params, dict) else {}
        if "id" not in message:
            if method == "session/update":
                self._note(params.get("update"))
        elif method == "session/request_permission":
            self._allow(message["id"], params)
        else:
            # Files and terminals are the agent's own: it lives where they are.
            error = {"code": NO_SUCH_METHOD, "message": f"{method} is not served"}
            self._pipe.send({"id": message["id"], "error": error})
            self._report.event("declined", {"method": method})
        return True

    def _allow(self, identity: Any, params: dict[str, Any]) -> None:
        options = params.get("options")
        found = {
            str(option.get("kind")): option.get("optionId")
            for option in (options if isinstance(options, list) else ())
            if isinstance(option, dict)
        }
        chosen = next((found[kind] for kind in ALLOWING if found.get(kind)), None)
        outcome = (
            {"outcome": "selected", "optionId": chosen} if chosen else {"outcome": "cancelled"}
        )
        self._pipe.send({"id": identity, "result": {"outcome": outcome}})
        call = params.get("toolCall")
        title = call.get("title") if isinstance(call, dict) else None
        self._report.event("permission", {"title": title, "answer": chosen})

    def _note(self, update: Any) -> None:
        if not isinstance(update, dict):
            return
        kind, meta = str(update.get("sessionUpdate")), update.get("_meta")
        usage = meta.get("usage") if isinstance(meta, dict) else None
        for name, count in usage.items() if isinstance(usage, dict) else ():
            if type(count) is int:
                self.message_usage[name] = self.message_usage.get(name, 0) + count
        if kind in {"agent_message_chunk", "agent_thought_chunk"}:
            content = update.get("content")
            text = content.get("text") if isinstance(content, dict) else None
            name = "message" if kind == "agent_message_chunk" else "thought"
            self._report.chunk(name, text if isinstance(text, str) else "")
        elif kind in {"tool_call", "tool_call_update"}:
            self.tool_calls += kind == "tool_call"
            kept = ("toolCallId", "title", "kind", "status", "rawInput", "rawOutput", "content")
            self._report.event(kind, {name: update.get(name) for name in kept})
        elif kind == "plan":
            self._report.event("plan", {"entries": update.get("entries")})
        elif kind == "usage_update":
            self.usage_updates.update(
                {name: update[name] for name in ("used", "size", "cost") if name in update}
            )


def converse(job: dict[str, Any], client: Client, report: Report) -> dict[str, Any]:
    """Hold the conversation and return the agent's answer to the prompt.

    Raises:
        Failed: it came to no end.
    """
    seconds = job["start_seconds"]
    none = {"readTextFile": False, "writeTextFile": False}
    hello = {
        "protocolVersion": PROTOCOL,
        "clientCapabilities": {"fs": none, "terminal": False},
        "clientInfo": {"name": "awb", "version": job["version"]},
    }
    agent = client.ask("initialize", hello, seconds)
    names = {"agent": "agentInfo", "protocol": "protocolVersion", "auth_methods": "authMethods"}
    report.event("start", {name: agent.get(field) for name, field in names.items()})
    spoken = agent.get("protocolVersion")
    if spoken != PROTOCOL:
        raise Failed(f"the agent speaks version {spoken} of the protocol, and {PROTOCOL} is needed")
    if job.get("auth_method"):
        client.ask("authenticate", {"methodId": job["auth_method"]}, seconds)
    begun = client.ask("session/new", {"cwd": job["folder"], "mcpServers": []}, seconds)
    session = begun.get("sessionId")
    if not isinstance(session, str):
        raise Failed("session/new: the agent named no session")
    if job.get("mode"):
        client.ask("session/set_mode", {"sessionId": session, "modeId": job["mode"]}, seconds)
    prompt = [{"type": "text", "text": job["instruction"]}]
    return client.ask("session/prompt", {"sessionId": session, "prompt": prompt}, None)


def main() -> int:
    """Do what standard input says."""
    job = json.loads(sys.stdin.buffer.read())
    report, answer, error = Report(), {}, ""
    client, pipe = None, None
    try:
        pipe = Pipe(job["command"], job["folder"])
        client = Client(pipe, report)
        answer = converse(job, client, report)
        pipe.close()
        client.linger(LINGER_SECONDS)
    except Failed as failure:
        error = str(failure)
    reason = answer.get("stopReason")
    if not error and not isinstance(reason, str):
        error = "the agent ended its turn without a reason"
    report.end(
        stop_reason=_cut(reason),
        error=error[:TEXT],
        usage=_cut(answer.get("usage")),
        meta=_cut(answer.get("_meta")),
        usage_update=_cut(client.usage_updates if client else {}),
        message_usage=_cut(client.message_usage if client else {}),
        tool_calls=client.tool_calls if client else 0,
        agent_status=pipe.status(0) if pipe else None,
        junk=pipe.junk if pipe else [],
        junk_lines=pipe.junk_lines if pipe else 0,
    )
    if pipe:
        pipe.kill()
    return 0 if reason == "end_turn" and not error else 1


def _error_words(error: Any) -> str:
    if not isinstance(error, dict):
        return str(error)[:TEXT]
    data = error.get("data")
    details = f" ({_text(data)[:1000]})" if data else ""
    return f"{error.get('message') or error.get('code')}{details}"[:TEXT]


def _cut(value: Any) -> Any:
    """Return a JSON value that is no longer than what is kept of one."""
    if isinstance(value, str):
        return value if len(value) <= TEXT else value[:TEXT] + " ..."
    if value is None or isinstance(value, (int, float)):
        return value
    text = _text(value)
    return value if len(text) <= TEXT else text[:TEXT] + " ..."


def _text(value: Any) -> str:
    try:
        return json.dumps(value)
    except RecursionError:
        return "x" * (TEXT + 1)


if __name__ == "__main__":
    sys.exit(main())
