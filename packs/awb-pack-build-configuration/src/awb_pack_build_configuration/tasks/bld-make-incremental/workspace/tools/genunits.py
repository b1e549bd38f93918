"""usage: genunits.py UNITS_TBL OUT_C OUT_H

Reads UNITS_TBL and, from the same folder, prefixes.tbl.
"""

import sys
from pathlib import Path

import emit


def records(path: Path) -> list[list[str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.split() for line in lines if line.strip() and not line.startswith("#")]


def expand(table: Path) -> dict[str, tuple[str, str, str]]:
    powers = {symbol: int(power) for symbol, power in records(table.with_name("prefixes.tbl"))}
    units: dict[str, tuple[str, str, str]] = {}
    for name, dimension, factor, offset, prefixes in records(table):
        units[name] = (dimension, factor, offset)
        for symbol in "" if prefixes == "-" else prefixes:
            if symbol not in powers:
                emit.fail(f"{name}: unknown prefix {symbol}")
            units[symbol + name] = (dimension, repr(float(factor) * 10.0 ** powers[symbol]), offset)
    return dict(sorted(units.items()))


def main(source: str, out_c: str, out_h: str) -> None:
    units = expand(Path(source))
    rows = [
        f"    [UNIT_{name}] = {{{emit.quote(name)}, DIM_{dimension.upper()}, {factor}, {offset}}},"
        for name, (dimension, factor, offset) in units.items()
    ]
    emit.save(
        out_c,
        emit.banner("units.tbl")
        + '#include "units.h"\n\nconst struct unit_def unit_table[UNIT_COUNT] = {\n'
        + "\n".join(rows)
        + "\n};\n",
    )
    emit.save(
        out_h,
        emit.banner("units.tbl")
        + '#ifndef GAUGE_UNITS_H\n#define GAUGE_UNITS_H\n\n#include "unit_base.h"\n\nenum unit_id {\n'
        + "".join(f"    UNIT_{name},\n" for name in units)
        + "    UNIT_COUNT\n};\n\nextern const struct unit_def unit_table[UNIT_COUNT];\n\n#endif\n",
    )


main(*sys.argv[1:])
