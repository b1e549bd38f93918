"""What hangs below a row."""

from __future__ import annotations

from .db import Database

# Parents come before what hangs below them; lists of rows of several entities are in this order.
ORDER = ("users", "accounts", "contacts", "products", "deals", "line_items", "activities", "attachments", "tags")

QUERIES = {
    "accounts": {
        "contacts": "SELECT c.id FROM contacts c WHERE c.account_id = ?",
        "deals": "SELECT d.id FROM deals d WHERE d.account_id = ?",
        "activities": "SELECT v.id FROM activities v WHERE v.account_id = ?",
    },
    "contacts": {
        "activities": "SELECT v.id FROM activities v WHERE v.contact_id = ?",
    },
    "deals": {
        "line_items": "SELECT i.id FROM line_items i WHERE i.deal_id = ?",
        "activities": "SELECT v.id FROM activities v WHERE v.deal_id = ?",
    },
    "activities": {
        "attachments": "SELECT f.id FROM attachments f WHERE f.activity_id = ?",
    },
}


def with_below(db: Database, entity: str, number: int) -> list[tuple[str, int]]:
    """A row and everything below it, each once, by entity and id."""
    found: set[tuple[str, int]] = set()
    waiting = [(entity, number)]
    while waiting:
        row = waiting.pop()
        if row in found:
            continue
        found.add(row)
        for below, query in QUERIES.get(row[0], {}).items():
            waiting += [(below, each["id"]) for each in db.all(query, (row[1],))]
    return sorted(found, key=in_order)


def in_order(row: tuple[str, int]) -> tuple[int, int]:
    """Sorts rows of several entities."""
    return ORDER.index(row[0]), row[1]
