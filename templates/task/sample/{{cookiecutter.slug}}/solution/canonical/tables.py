"""Tables for the command line."""

import re

GAP = "  "
MARK = "..."


def render(rows, width=None):
    """Return rows as a table under its header; cells are cut to a width if one is given."""
    cells = [[_cut(cell, width) for cell in row] for row in rows]
    columns = list(zip(*cells, strict=True))
    widths = [max(len(cell) for cell in column) for column in columns]
    align = [str.rjust if _is_numeric(column[1:]) else str.ljust for column in columns]
    rule = ["-" * size for size in widths]
    return "\n".join(_line(line, widths, align) for line in (cells[0], rule, *cells[1:]))


def _line(cells, widths, align):
    parts = (put(cell, size) for cell, size, put in zip(cells, widths, align, strict=True))
    return GAP.join(parts).rstrip()


def _cut(cell, width):
    if width is None or len(cell) <= width:
        return cell
    return cell[: width - len(MARK)] + MARK


def _is_numeric(cells):
    return all(re.fullmatch(r"-?[0-9]+", cell) for cell in cells)
