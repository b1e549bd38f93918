"""usage: genversion.py VERSION_FILE TAG OUT_H (TAG may be empty)"""

import sys
from pathlib import Path

import emit


def main(source: str, tag: str, out: str) -> None:
    version = Path(source).read_text(encoding="utf-8").strip()
    emit.save(
        out,
        emit.banner("VERSION")
        + "#ifndef GAUGE_VERSION_H\n#define GAUGE_VERSION_H\n\n"
        + f"#define GAUGE_VERSION {emit.quote(version)}\n"
        + f"#define GAUGE_BUILD_TAG {emit.quote(tag)}\n\n#endif\n",
    )


main(*sys.argv[1:])
