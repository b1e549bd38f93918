"""Tables for the command line."""


def render(rows):
    """Return rows as text, numbers aligned to the right."""
    columns = list(zip(*rows, strict=True))
    widths = [max(map(len, column)) for column in columns]
    numbers = [all(cell.lstrip("-").isdigit() for cell in column[1:]) for column in columns]
    lines = [rows[0], ["-" * width for width in widths], *rows[1:]]
    return "\n".join("  ".join(_aligned(line, widths, numbers)).rstrip() for line in lines)


def _aligned(line, widths, numbers):
    for cell, width, number in zip(line, widths, numbers, strict=True):
        yield cell.rjust(width) if number else cell.ljust(width)
