"""usage: embed.py TEXT_FILE C_NAME OUT_H"""

import sys
from pathlib import Path

import emit


def main(source: str, name: str, out: str) -> None:
    lines = Path(source).read_text(encoding="utf-8").splitlines()
    body = "\n".join(f"    {emit.quote(line.rstrip() + chr(10))}" for line in lines)
    emit.save(out, emit.banner(Path(source).name) + f"static const char {name}[] =\n{body};\n")


main(*sys.argv[1:])
