"""A small agent that speaks the protocol and asks an OpenAI chat model. Standard library only."""

import json
import os
import subprocess
import sys
import urllib.request

BASE, KEY = os.environ["TINY_BASE_URL"], os.environ["TINY_KEY"]
PARAMETERS = {"type": "object", "properties": {"command": {"type": "string"}}}
TOOL = {"type": "function", "function": {"name": "bash", "parameters": PARAMETERS}}
usage = {"inputTokens": 0, "outputTokens": 0, "totalTokens": 0}


def send(message):
    """Send a message."""
    print(json.dumps({"jsonrpc": "2.0", **message}), flush=True)


def tell(**update):
    """Send an update."""
    send({"method": "session/update", "params": {"sessionId": "tiny", "update": update}})


def ask(messages):
    """Return the model's next message."""
    body = {"model": os.environ["AWB_MODEL"], "messages": messages, "tools": [TOOL]}
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{BASE}/chat/completions", json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request) as response:
        answer = json.load(response)
    usage["inputTokens"] += answer["usage"]["prompt_tokens"]
    usage["outputTokens"] += answer["usage"]["completion_tokens"]
    usage["totalTokens"] = usage["inputTokens"] + usage["outputTokens"]
    return answer["choices"][0]["message"]


def work(instruction, folder):
    """Do what the model says until it uses no tool any more."""
    messages = [{"role": "user", "content": instruction}]
    while True:
        message = ask(messages)
        messages.append(message)
        for call in message.get("tool_calls") or ():
            command = json.loads(call["function"]["arguments"])["command"]
            tell(sessionUpdate="tool_call", toolCallId=call["id"], title=command)
            done = subprocess.run(["sh", "-c", command], cwd=folder, capture_output=True)
            output = (done.stdout + done.stderr).decode(errors="replace")
            content = [{"type": "content", "content": {"type": "text", "text": output}}]
            tell(sessionUpdate="tool_call_update", toolCallId=call["id"], content=content)
            found = {"role": "tool", "tool_call_id": call["id"], "content": output[:2000]}
            messages.append(found)
        if not message.get("tool_calls"):
            return


for line in sys.stdin:
    asked = json.loads(line)
    method, params = asked["method"], asked["params"]
    result = {"protocolVersion": 1, "agentInfo": {"name": "tiny", "version": "0.4"}}
    if method == "session/new":
        where, result = params["cwd"], {"sessionId": "tiny"}
    elif method == "session/prompt":
        work(params["prompt"][0]["text"], where)
        result = {"stopReason": "end_turn", "usage": usage}
    send({"id": asked["id"], "result": result})
