"""The agent: asks a chat model what to do, runs the commands that it wants, and reports what they printed.

It runs in the sandbox, on the task's own Python, with the standard library and the workspace as current folder. The
instruction comes on stdin.
"""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request

VERSION = "0.1.0"
SHOWN = 8000
"""Characters of a command's output that the model sees; head and tail of longer ones."""
TRIES = 3
SYSTEM = "You change the files of the current folder with the tool `bash`. Say what you did when you are done."
BASH = {
    "type": "function",
    "function": {
        "name": "bash",
        "description": "Run a command in the current folder.",
        "parameters": {
            "type": "object",
            "properties": {"command": {"type": "string"}},
            "required": ["command"],
        },
    },
}


def main():
    """Work until the model calls no tool any more."""
    talk = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": sys.stdin.read()}]
    tokens = {"input_tokens": 0, "output_tokens": 0}
    while True:
        answer = ask(talk)
        usage = answer.get("usage") or {}
        tokens["input_tokens"] += usage.get("prompt_tokens", 0)
        tokens["output_tokens"] += usage.get("completion_tokens", 0)
        message = answer["choices"][0]["message"]
        talk.append(message)
        if not message.get("tool_calls"):
            break
        for call in message["tool_calls"]:
            output = run(json.loads(call["function"]["arguments"])["command"])
            talk.append({"role": "tool", "tool_call_id": call["id"], "content": output})
    print(message.get("content") or "")
    print(json.dumps(tokens))


def ask(talk):
    """Return the model's answer; a request that fails is tried again, and in the end the agent gives up."""
    body = json.dumps({"model": os.environ["AGENT_MODEL"], "messages": talk, "tools": [BASH]})
    headers = {
        "Authorization": f"Bearer {os.environ['AGENT_KEY']}",
        "Content-Type": "application/json",
    }
    url = os.environ["AGENT_BASE_URL"] + "/chat/completions"
    request = urllib.request.Request(url, body.encode(), headers)
    for left in reversed(range(TRIES)):
        try:
            with urllib.request.urlopen(request) as response:
                return json.load(response)
        except (urllib.error.URLError, OSError, ValueError) as error:
            if not left or getattr(error, "code", 0) in (401, 403):
                sys.exit(f"the model cannot be asked: {error}")
            time.sleep(1)
    return None


def run(command):
    """Run a command and return what the model sees of its output."""
    done = subprocess.run(
        ["sh", "-c", command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    output = done.stdout.decode(errors="replace")
    if len(output) > SHOWN:
        output = f"{output[: SHOWN // 2]}\n[... left out ...]\n{output[-SHOWN // 2 :]}"
    print(f"$ {command}\n{output}", flush=True)
    return f"{output}\n[exit {done.returncode}]"


if __name__ == "__main__":
    if sys.argv[1:] == ["--version"]:
        print(VERSION)
    else:
        main()
