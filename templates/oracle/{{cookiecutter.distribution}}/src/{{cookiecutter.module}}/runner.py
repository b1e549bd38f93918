"""Run a program once for each question, and tell what it printed; this runs in the sandbox.

The questions come as JSON on stdin; each answer is a line of JSON on stdout, after one that says that it started.
"""

import json
import subprocess
import sys

SECONDS = 10
MOST = 1 << 20


def main():
    """Answer every question."""
    questions = json.load(sys.stdin)
    print(json.dumps({"ready": True}), flush=True)
    for question in questions:
        command = [sys.executable, sys.argv[1], *question["arguments"]]
        try:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=False
            )
            text = done.stdout[:MOST].decode(errors="replace")
        except (OSError, ValueError, subprocess.TimeoutExpired) as error:
            text = f"{type(error).__name__}"
        print(json.dumps({"id": question["id"], "stdout": text}), flush=True)


if __name__ == "__main__":
    main()
