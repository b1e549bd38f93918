"""An agent that speaks the protocol badly: the first argument says how. Standard library only."""

import json
import os
import sys
import time

HOW = sys.argv[1]


def send(message):
    """Send a message."""
    print(json.dumps({"jsonrpc": "2.0", **message}), flush=True)


def tell(kind, **values):
    """Send an update."""
    update = {"sessionUpdate": kind, **values}
    send({"method": "session/update", "params": {"sessionId": "s", "update": update}})


def say(text):
    """Say a piece of a message."""
    tell("agent_message_chunk", content={"type": "text", "text": text})


def ask(method, params):
    """Ask the client, and return its answer."""
    send({"id": "a1", "method": method, "params": params})
    return json.loads(sys.stdin.readline())


def answer(message, result):
    """Answer a request."""
    send({"id": message["id"], "result": result})


def turn(message):
    """Do what a prompt is answered with."""
    if HOW == "exits in its turn":
        say("I am")
        os._exit(7)
    if HOW == "hangs in its turn":
        time.sleep(60)
    if HOW == "closes its output in its turn":
        os.close(1)
        time.sleep(60)
    if HOW == "endless message":
        sys.stdout.write("x" * (33 << 20))
        sys.stdout.flush()
        time.sleep(60)
    if HOW == "floods":
        for number in range(3000):
            tell("tool_call", toolCallId=str(number), title="x" * 3000)
        say("y" * 100_000)
    if HOW == "junk":
        print("warning: this is no message", flush=True)
        sys.stdout.buffer.write(b"\xff\xfe\n[1, 2]\n" + b"[" * 200_000 + b"\n\n")
        sys.stdout.flush()
        say("half a pair: \ud83d")
        send({"id": 999, "result": {}})
        send({"method": "session/update", "params": 7})
        send({"method": "session/update", "params": {"update": {"sessionUpdate": ["?"]}}})
        send({"method": "some/news"})
    if HOW == "asks for a terminal":
        say(str(ask("terminal/create", {"command": "ls"})["error"]["code"]))
    if HOW == "asks with no way to allow":
        options = [{"kind": "reject_once", "optionId": "no", "name": "No"}]
        found = ask("session/request_permission", {"options": options})
        say(found["result"]["outcome"]["outcome"])
    if HOW == "is refused":
        error = {"code": -32000, "message": "Authentication required", "data": {"why": "no key"}}
        send({"id": message["id"], "error": error})
        return
    reason = HOW.removeprefix("stops: ") if HOW.startswith("stops: ") else "end_turn"
    result = {} if HOW == "no reason" else {"stopReason": reason}
    text = json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result})
    if HOW == "no end of line":
        sys.stdout.write(text)
        sys.stdout.flush()
        os._exit(0)
    print(text, flush=True)
    if HOW == "late news":
        tell("usage_update", used=1, size=2, cost={"amount": 0.5, "currency": "USD"})


def main():
    """Answer requests until there are no more."""
    if HOW == "exits early":
        sys.exit("no config")
    if HOW == "hangs":
        time.sleep(60)
    if HOW == "speaks no protocol":
        print("Welcome! Type /help for help.", flush=True)
        time.sleep(60)
    for line in sys.stdin:
        message = json.loads(line)
        if message["method"] == "initialize":
            version = 7 if HOW == "another version" else 1
            answer(message, {"protocolVersion": version, "agentInfo": {"version": "3.2.1"}})
        elif message["method"] == "session/new":
            answer(message, {} if HOW == "no session" else {"sessionId": "s"})
        elif message["method"] == "session/prompt":
            turn(message)


main()
