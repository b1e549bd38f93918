"""What the generators share: the banner, and quoting for C."""

import sys


def banner(source: str) -> str:
    return f"/* Generated from {source}. Do not edit. */\n"


def quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def fail(message: str) -> None:
    sys.exit(f"{sys.argv[0]}: {message}")


def save(path: str, text: str) -> None:
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
