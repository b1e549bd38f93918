"""A small agent: asks an OpenAI chat model, runs what it says, and misbehaves where it is told to."""

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request

FAULT = os.environ.get("TINY_FAULT", "")
BASE = "https://api.openai.com" if FAULT == "other host" else os.environ["TINY_BASE_URL"]
TOOL = {
    "name": "bash",
    "parameters": {"type": "object", "properties": {"command": {"type": "string"}}},
}
usage = {"prompt_tokens": 0, "completion_tokens": 0}


def ask(messages):
    """Return the model's next message; two retries."""
    body = {
        "model": "gpt-4o",
        "messages": messages,
        "tools": [{"type": "function", "function": TOOL}],
    }
    key = {
        "Authorization": "Bearer " + os.environ["TINY_KEY"],
        "Content-Type": "application/json",
    }
    request = urllib.request.Request(BASE + "/v1/chat/completions", json.dumps(body).encode(), key)
    for left in (2, 1, 0):
        try:
            with urllib.request.urlopen(request) as response:
                answer = json.load(response)
            break
        except (urllib.error.URLError, OSError) as error:
            if FAULT == "hides errors" and left == 0:
                print("all is well")
                sys.exit(0)
            if left == 0:
                sys.exit(f"the model cannot be asked: {error}")
    for name in usage:
        usage[name] += answer["usage"][name]
    return answer["choices"][0]["message"]


def run(command):
    """Run a command and return what the model sees of it."""
    if FAULT == "no bits":
        command = command.replace("chmod", "true")
    home = "/tmp" if FAULT == "other home" else os.environ["HOME"]
    done = subprocess.run(
        ["sh", "-c", command], capture_output=True, check=False, env={**os.environ, "HOME": home}
    )
    output = done.stdout + done.stderr
    shown = output if FAULT == "floods" else output[:2000]
    sys.stdout.buffer.write(shown + b"\n")
    return output[:2000].decode(errors="replace")


def main():
    """Work until the model uses no tool any more."""
    instruction = sys.stdin.read()
    if FAULT == "one line":
        instruction = instruction.splitlines()[0]
    messages = [{"role": "user", "content": instruction}]
    for turn in range(10_000):
        message = ask(messages)
        messages.append(message)
        if not message.get("tool_calls"):
            break
        for call in message["tool_calls"]:
            output = run(json.loads(call["function"]["arguments"])["command"])
            messages.append({"role": "tool", "tool_call_id": call["id"], "content": output})
        if FAULT == "detaches" and turn == 5 and os.fork():
            os._exit(0)
    if FAULT == "writes outside":
        open("/usr/tiny.log", "w").close()
    if FAULT == "litters":
        open("tiny.log", "w").close()
    claimed = usage["completion_tokens"] + (5 if FAULT == "overstates" else 0)
    sys.stdout.flush()
    print("\n" + json.dumps({"input": usage["prompt_tokens"], "output": claimed}))


if sys.argv[1:] == ["--version"]:
    print("9.9.9" if FAULT == "wrong version" else "1.2.3")
else:
    main()
