"""Lists for spreadsheets and other programs."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

from .errors import Invalid

if TYPE_CHECKING:
    from .app import Crm

QUERIES = {
    "accounts": """
        SELECT a.id, a.name, a.domain, u.email AS owner, count(c.id) AS contacts
        FROM accounts a
        JOIN users u ON u.id = a.owner_id
        LEFT JOIN contacts c ON c.account_id = a.id
        GROUP BY a.id
        ORDER BY a.id
    """,
    "contacts": """
        SELECT c.id, a.name AS account, c.name, c.email, c.phone,
               (SELECT group_concat(name, ';')
                FROM (SELECT t.name FROM contact_tags x JOIN tags t ON t.id = x.tag_id
                      WHERE x.contact_id = c.id ORDER BY t.name)) AS tags
        FROM contacts c
        JOIN accounts a ON a.id = c.account_id
        ORDER BY c.id
    """,
    "deals": """
        SELECT d.id, d.number, a.name AS account, d.title, d.stage, u.email AS owner,
               coalesce((SELECT sum(i.quantity * i.price_cents) FROM line_items i WHERE i.deal_id = d.id), 0) AS cents,
               (SELECT group_concat(sku, ';')
                FROM (SELECT p.sku FROM line_items i JOIN products p ON p.id = i.product_id
                      WHERE i.deal_id = d.id ORDER BY p.sku)) AS products
        FROM deals d
        JOIN accounts a ON a.id = d.account_id
        JOIN users u ON u.id = d.owner_id
        ORDER BY d.id
    """,
    "activities": """
        SELECT v.id, a.name AS account, c.name AS contact, d.number AS deal, v.kind, v.subject, v.done,
               (SELECT group_concat(filename, ';')
                FROM (SELECT f.filename FROM attachments f WHERE f.activity_id = v.id ORDER BY f.filename)) AS files
        FROM activities v
        JOIN accounts a ON a.id = v.account_id
        LEFT JOIN contacts c ON c.id = v.contact_id
        LEFT JOIN deals d ON d.id = v.deal_id
        ORDER BY v.id
    """,
}

BACKUP = {
    "users": "SELECT id, email, name, role FROM users ORDER BY id",
    "accounts": "SELECT id, name, domain, owner_id FROM accounts ORDER BY id",
    "contacts": "SELECT id, account_id, name, email, phone FROM contacts ORDER BY id",
    "products": "SELECT id, sku, name, price_cents FROM products ORDER BY id",
    "deals": "SELECT id, account_id, number, title, stage, owner_id FROM deals ORDER BY id",
    "line_items": "SELECT id, deal_id, product_id, quantity, price_cents FROM line_items ORDER BY id",
    "activities": "SELECT id, account_id, contact_id, deal_id, kind, subject, done FROM activities ORDER BY id",
    "attachments": "SELECT id, activity_id, filename, size FROM attachments ORDER BY id",
    "tags": "SELECT id, name FROM tags ORDER BY id",
    "contact_tags": """
        SELECT x.contact_id, x.tag_id
        FROM contact_tags x
        JOIN contacts c ON c.id = x.contact_id
        JOIN tags t ON t.id = x.tag_id
        ORDER BY x.contact_id, x.tag_id
    """,
}

FORMATS = ("csv", "json")


def export(crm: Crm, kind: str, form: str = "csv") -> str:
    """One of the lists as CSV or JSON, or everything as a JSON backup."""
    if form not in FORMATS:
        raise Invalid("format")
    if kind == "backup":
        if form != "json":
            raise Invalid("a backup is JSON")
        return _json({table: crm.db.all(query) for table, query in BACKUP.items()})
    if kind not in QUERIES:
        raise Invalid("kind")
    cursor = crm.db.execute(QUERIES[kind])
    names = [column[0] for column in cursor.description]
    rows = [dict(row) for row in cursor]
    return _json(rows) if form == "json" else _csv(names, rows)


def _json(value: object) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def _csv(names: list[str], rows: list[dict]) -> str:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()
