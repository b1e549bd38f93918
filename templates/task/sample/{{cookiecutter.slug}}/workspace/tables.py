"""Tables for the command line."""


def render(rows):
    """Return rows as text."""
    return "\n".join(" ".join(row) for row in rows)
