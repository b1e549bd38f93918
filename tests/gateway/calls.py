"""A client of the gateway that speaks the four protocols."""

import http.client
import json
from dataclasses import dataclass

from awb_core.gateway.client import Gateway

KEY = "real-key-of-the-provider"
PROVIDERS = ("anthropic", "openai", "gemini")
TURN = {"role": "user", "content": "hello"}
CALLS = {
    "anthropic": (
        "/anthropic/v1/messages?beta=true",
        {"model": "claude-sonnet-4-5", "max_tokens": 9, "messages": [TURN]},
    ),
    "chat": ("/openai/v1/chat/completions", {"model": "gpt-5", "messages": [TURN]}),
    "responses": ("/openai/v1/responses", {"model": "gpt-5", "input": "hello"}),
    "gemini": (
        "/gemini/v1beta/models/gemini-2.5-pro:generateContent",
        {"contents": [{"role": "user", "parts": [{"text": "hello"}]}]},
    ),
}


@dataclass
class Answer:
    status: int
    headers: dict
    body: bytes


@dataclass
class Client:
    """An agent's side: sends the trial's token as its key."""

    gateway: Gateway
    trial: str = "t.1"
    token: str = ""

    def admit(self, trial="t.1", **policy):
        policy.setdefault("workflow", "w")
        return Client(self.gateway, trial, self.gateway.admit(trial, **policy))

    def call(self, protocol="chat", *, stream=False, timeout=60, **changes):
        path, body = CALLS[protocol]
        body = {**body, **changes}
        if protocol == "gemini" and stream:
            path = path.replace(":generateContent", ":streamGenerateContent") + "?alt=sse"
        elif stream:
            body["stream"] = True
        return self.send("POST", path, json.dumps(body).encode(), timeout=timeout)

    def send(self, method, path, body=b"", headers=None, token=None, timeout=60):
        connection = http.client.HTTPConnection("127.0.0.1", self.gateway.port, timeout=timeout)
        names = {"authorization": f"Bearer {self.token if token is None else token}"}
        try:
            connection.request(method, f"/t/{self.trial}{path}", body, {**names, **(headers or {})})
            response = connection.getresponse()
            return Answer(response.status, dict(response.headers), response.read())
        finally:
            connection.close()

    @property
    def records(self):
        return self.gateway.requests(self.trial)
