"""Small agents, one for each protocol: they send what real ones send, and do what the model says."""

from __future__ import annotations

import http.client
import json
import re
import subprocess
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from awb_core.testing import Usage

COMMAND = {
    "type": "object",
    "properties": {"command": {"type": "string"}, "description": {"type": "string"}},
    "required": ["command"],
}
FILE = {
    "type": "object",
    "properties": {"file_path": {"type": "string"}, "content": {"type": "string"}},
    "required": ["file_path", "content"],
}
TURNS = 60


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def events(self):
        """The data of server-sent events."""
        data = re.findall(r"^data: (.*?)\r?$", self.body.decode(), re.MULTILINE)
        return [json.loads(one) for one in data if one != "[DONE]"]


def send(url, body=None, *, method="POST", headers=()):
    """Send one request on a connection of its own."""
    parts = urlsplit(url)
    raw = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    with closing(http.client.HTTPConnection(parts.hostname, parts.port, timeout=20)) as connection:
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(method, target, raw, dict(headers))
        with connection.getresponse() as answer:
            return Reply(answer.status, dict(answer.getheaders()), answer.read())


@dataclass
class Player:
    """Plays one conversation in a folder."""

    url: str
    folder: Path
    stream: bool
    usage: Usage = field(default_factory=Usage)
    history: list = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    used: list[str] = field(default_factory=list)

    def play(self, task="Do it."):
        """Go on until the model calls no more tools."""
        self.history.append(self.opening(task))
        for _ in range(TURNS):
            text, calls = self.turn()
            if text:
                self.said.append(text)
            if not calls:
                return self
            for name, arguments, key in calls:
                self.used.append(name)
                self.history.append(self.result(name, key, self.run(arguments)))
        raise AssertionError("never ends")

    def opening(self, task):
        return {"role": "user", "content": task}

    def turn(self):
        reply = send(self.url + self.path(), self.body())
        assert reply.status == 200, reply.body
        return self.take(reply)

    def run(self, arguments):
        if isinstance(arguments, str):
            arguments = json.loads(re.search(r"exec_command\((.*)\)\);$", arguments)[1])
        command = arguments.get("command") or arguments.get("cmd")
        if command is None:
            Path(arguments["file_path"]).write_text(arguments["content"])
            return "written"
        done = subprocess.run(["bash", "-c", command], cwd=self.folder, capture_output=True)
        assert not done.returncode, (command[:300], done.stderr)
        return done.stdout.decode()


class Anthropic(Player):
    def path(self):
        return "/anthropic/v1/messages?beta=true"

    def body(self):
        tools = [{"name": "Bash", "input_schema": COMMAND}, {"name": "Write", "input_schema": FILE}]
        return {
            "model": "claude-sonnet-4-5",
            "stream": self.stream,
            "system": [{"type": "text", "text": "You work in /somewhere/else."}],
            "tools": tools,
            "messages": self.history,
        }

    def take(self, reply):
        message = self.joined(reply.events) if self.stream else reply.json
        counts = message["usage"]
        self.usage += Usage(
            input_tokens=counts["input_tokens"] + counts["cache_read_input_tokens"],
            cached_tokens=counts["cache_read_input_tokens"],
            output_tokens=counts["output_tokens"],
        )
        content = message["content"]
        self.history.append({"role": "assistant", "content": content})
        calls = [(b["name"], b["input"], b["id"]) for b in content if b["type"] == "tool_use"]
        assert message["stop_reason"] == ("tool_use" if calls else "end_turn")
        return "".join(b["text"] for b in content if b["type"] == "text"), calls

    def joined(self, events):
        assert events[-1]["type"] == "message_stop"
        message = events[0]["message"]
        for event in events:
            match event["type"]:
                case "content_block_start":
                    message["content"].append({**event["content_block"], "partial": ""})
                case "content_block_delta":
                    delta = event["delta"]
                    part = delta.get("text") or delta.get("partial_json", "")
                    message["content"][event["index"]]["partial"] += part
                case "message_delta":
                    message |= event["delta"]
                    message["usage"] = event["usage"]
        for block in message["content"]:
            partial = block.pop("partial")
            if block["type"] == "text":
                block["text"] = partial
            else:
                block["input"] = json.loads(partial)
        return message

    def result(self, name, key, output):
        block = {"type": "tool_result", "tool_use_id": key, "content": output}
        return {"role": "user", "content": [block]}


class Chat(Player):
    def path(self):
        return "/openai/v1/chat/completions"

    def body(self):
        tools = [
            {"type": "function", "function": {"name": name, "parameters": schema}}
            for name, schema in (("bash", COMMAND), ("write", FILE))
        ]
        body = {"model": "gpt-4o", "stream": self.stream, "tools": tools, "messages": self.history}
        return body | ({"stream_options": {"include_usage": True}} if self.stream else {})

    def take(self, reply):
        if self.stream:
            assert b"data: [DONE]" in reply.body
            message, counts = self.joined(reply.events)
        else:
            message, counts = reply.json["choices"][0]["message"], reply.json["usage"]
        self.usage += openai_usage(counts, "prompt", "completion")
        self.history.append(message)
        calls = message.get("tool_calls") or []
        return message["content"], [
            (c["function"]["name"], json.loads(c["function"]["arguments"]), c["id"]) for c in calls
        ]

    def joined(self, events):
        message = {"role": "assistant", "content": ""}
        for event in events[:-1]:
            delta = event["choices"][0]["delta"]
            message["content"] += delta.get("content") or ""
            for part in delta.get("tool_calls", ()):
                known = message.setdefault("tool_calls", [])
                if "id" in part:
                    known.append(part)
                else:
                    known[part["index"]]["function"]["arguments"] += part["function"]["arguments"]
        return message, events[-1]["usage"]

    def result(self, name, key, output):
        return {"role": "tool", "tool_call_id": key, "content": output}


class Responses(Player):
    def path(self):
        return "/openai/v1/responses"

    def tools(self):
        schema = {"type": "object", "properties": {"cmd": {"type": "string"}}, "required": ["cmd"]}
        return [
            {"type": "function", "name": "exec_command", "parameters": schema},
            {"type": "custom", "name": "apply_patch", "format": {"type": "grammar"}},
        ]

    def body(self):
        return {
            "model": "gpt-5.5",
            "stream": self.stream,
            "instructions": "Work.",
            "tools": self.tools(),
            "input": self.history,
        }

    def take(self, reply):
        whole = reply.json if not self.stream else reply.events[-1]["response"]
        if self.stream:
            done = [e["item"] for e in reply.events if e["type"] == "response.output_item.done"]
            assert done == whole["output"]
            numbers = [e["sequence_number"] for e in reply.events]
            assert numbers == list(range(len(numbers)))
        self.usage += openai_usage(whole["usage"], "input", "output")
        self.history += whole["output"]
        text, calls = "", []
        for item in whole["output"]:
            match item["type"]:
                case "message":
                    text += item["content"][0]["text"]
                case "function_call":
                    calls.append((item["name"], json.loads(item["arguments"]), item["call_id"]))
                case "custom_tool_call":
                    assert item.get("namespace") == "functions"
                    calls.append((item["name"], item["input"], item["call_id"]))
        return text, calls

    def result(self, name, key, output):
        return {"type": "function_call_output", "call_id": key, "output": output}


class CodeMode(Responses):
    """Tools come as an input item, and commands are run by JavaScript."""

    def tools(self):
        return []

    def opening(self, task):
        tools = [{"type": "custom", "name": "exec"}, {"type": "function", "name": "wait"}]
        namespace = {"type": "namespace", "name": "functions", "tools": tools}
        self.history.append({"type": "additional_tools", "tools": [namespace]})
        return super().opening(task)

    def result(self, name, key, output):
        parts = [{"type": "input_text", "text": output}]
        return {"type": "custom_tool_call_output", "call_id": key, "output": parts}


class Continued(Responses):
    """Sends only what is new, and the id of the response before."""

    earlier = None

    def body(self):
        body = super().body() | {"previous_response_id": self.earlier}
        self.history = []
        return body

    def take(self, reply):
        whole = reply.json if not self.stream else reply.events[-1]["response"]
        self.earlier = whole["id"]
        answer = super().take(reply)
        self.history = []
        return answer


class Gemini(Player):
    query = "?alt=sse"

    def path(self):
        ask = f"streamGenerateContent{self.query}" if self.stream else "generateContent"
        return f"/gemini/v1beta/models/gemini-2.5-pro:{ask}"

    def opening(self, task):
        return {"role": "user", "parts": [{"text": task}]}

    def body(self):
        declared = [
            {"name": "run_shell_command", "parametersJsonSchema": COMMAND},
            {"name": "write_file", "parametersJsonSchema": FILE},
        ]
        return {"contents": self.history, "tools": [{"functionDeclarations": declared}]}

    def chunks(self, reply):
        if not self.stream:
            return [reply.json]
        return reply.events if self.query else reply.json

    def take(self, reply):
        chunks = self.chunks(reply)
        counts = chunks[-1]["usageMetadata"]
        thought = counts["thoughtsTokenCount"]
        self.usage += Usage(
            input_tokens=counts["promptTokenCount"],
            cached_tokens=counts["cachedContentTokenCount"],
            output_tokens=counts["candidatesTokenCount"] + thought,
            reasoning_tokens=thought,
        )
        assert chunks[-1]["candidates"][0]["finishReason"] == "STOP"
        parts = [p for c in chunks for p in c["candidates"][0]["content"]["parts"]]
        self.history.append({"role": "model", "parts": parts})
        calls = [p["functionCall"] for p in parts if "functionCall" in p]
        text = "".join(p["text"] for p in parts if "text" in p and not p.get("thought"))
        return text, [(call["name"], call["args"], None) for call in calls]

    def result(self, name, key, output):
        response = {"name": name, "response": {"output": output}}
        return {"role": "user", "parts": [{"functionResponse": response}]}


class GeminiList(Gemini):
    """Streams as a JSON list."""

    query = ""


def openai_usage(counts, given, made):
    return Usage(
        input_tokens=counts[f"{given}_tokens"],
        cached_tokens=counts[f"{given}_tokens_details"]["cached_tokens"],
        output_tokens=counts[f"{made}_tokens"],
        reasoning_tokens=counts[f"{made}_tokens_details"]["reasoning_tokens"],
    )


PLAYERS = (Anthropic, Chat, Responses, CodeMode, Continued, Gemini, GeminiList)
