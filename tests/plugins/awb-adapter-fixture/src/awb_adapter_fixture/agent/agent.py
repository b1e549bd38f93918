"""Ask a chat model, run what it says, until it says nothing more. Arguments: the model, the most turns."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from typing import Any

Message = dict[str, Any]
TOOL = {
    "name": "bash",
    "parameters": {"type": "object", "properties": {"command": {"type": "string"}}},
}


def main() -> None:
    """Work until the model asks for nothing any more."""
    messages: list[Message] = [{"role": "user", "content": sys.stdin.read()}]
    for _ in range(int(sys.argv[2])):
        message = ask(messages)
        messages.append(message)
        if not message.get("tool_calls"):
            print(message.get("content"))
            break
        for call in message["tool_calls"]:
            output = run(json.loads(call["function"]["arguments"])["command"])
            messages.append({"role": "tool", "tool_call_id": call["id"], "content": output})


def ask(messages: list[Message]) -> Message:
    """Return the model's next message; it is asked twice."""
    tools = [{"type": "function", "function": TOOL}]
    body = json.dumps({"model": sys.argv[1], "messages": messages, "tools": tools}).encode()
    key = f"Bearer {os.environ['LOOP_KEY']}"
    headers = {"authorization": key, "content-type": "application/json"}
    request = urllib.request.Request(os.environ["LOOP_URL"], body, headers)
    try:
        return answer(request)
    except OSError:
        time.sleep(0.1)
    try:
        return answer(request)
    except OSError as error:
        sys.exit(f"the model cannot be asked: {error}")


def answer(request: urllib.request.Request) -> Message:
    """Return the message of one reply."""
    with urllib.request.urlopen(request) as response:
        message: Message = json.load(response)["choices"][0]["message"]
    return message


def run(command: str) -> str:
    """Run a command and return the beginning of its output."""
    done = subprocess.run(
        ["sh", "-c", command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    return done.stdout[:4000].decode(errors="replace")


main()
