"""Filters: conditions on the rows of an entity, as saved lists use them, and the SQL that finds the rows."""

from __future__ import annotations

from dataclasses import dataclass

from .db import Database
from .errors import Invalid
from .fields import flag, text, whole

TESTS = {
    "text": ("is", "is_not", "contains"),
    "number": ("is", "at_least", "at_most"),
    "flag": ("is",),
    "names": ("has", "has_not"),
}

SQL = {
    "is": "({0}) IS {1}",
    "is_not": "({0}) IS NOT {1}",
    "contains": "instr({0}, {1}) > 0",
    "at_least": "({0}) >= {1}",
    "at_most": "({0}) <= {1}",
    "has": "{1} IN ({0})",
    "has_not": "{1} NOT IN ({0})",
}


@dataclass(frozen=True)
class Column:
    """Something a condition can be about: its type, and the SQL that gives it for a row `r`."""

    type: str
    sql: str


OWNER = Column("text", "SELECT lower(u.email) FROM users u WHERE u.id = r.owner_id")

COLUMNS = {
    "accounts": {
        "name": Column("text", "lower(r.name)"),
        "domain": Column("text", "lower(r.domain)"),
        "owner": OWNER,
        "contacts": Column("number", "SELECT count(*) FROM contacts c WHERE c.account_id = r.id"),
        "deals": Column("number", "SELECT count(*) FROM deals d WHERE d.account_id = r.id"),
        "tag": Column(
            "names",
            """
            SELECT lower(t.name)
            FROM contacts c
            JOIN contact_tags x ON x.contact_id = c.id
            JOIN tags t ON t.id = x.tag_id
            WHERE c.account_id = r.id
            """,
        ),
    },
    "contacts": {
        "name": Column("text", "lower(r.name)"),
        "email": Column("text", "lower(r.email)"),
        "domain": Column("text", "SELECT lower(a.domain) FROM accounts a WHERE a.id = r.account_id"),
        "activities": Column("number", "SELECT count(*) FROM activities v WHERE v.contact_id = r.id"),
        "tag": Column(
            "names",
            "SELECT lower(t.name) FROM contact_tags x JOIN tags t ON t.id = x.tag_id WHERE x.contact_id = r.id",
        ),
    },
    "deals": {
        "number": Column("text", "lower(r.number)"),
        "title": Column("text", "lower(r.title)"),
        "stage": Column("text", "lower(r.stage)"),
        "owner": OWNER,
        "cents": Column(
            "number",
            "SELECT coalesce(sum(i.quantity * i.price_cents), 0) FROM line_items i WHERE i.deal_id = r.id",
        ),
        "product": Column(
            "names",
            "SELECT lower(p.sku) FROM line_items i JOIN products p ON p.id = i.product_id WHERE i.deal_id = r.id",
        ),
    },
    "activities": {
        "kind": Column("text", "lower(r.kind)"),
        "subject": Column("text", "lower(r.subject)"),
        "contact": Column("text", "SELECT lower(c.email) FROM contacts c WHERE c.id = r.contact_id"),
        "deal": Column("text", "SELECT lower(d.number) FROM deals d WHERE d.id = r.deal_id"),
        "done": Column("flag", "r.done"),
        "file": Column("names", "SELECT lower(f.filename) FROM attachments f WHERE f.activity_id = r.id"),
    },
}

ROWS = {
    "accounts": "FROM accounts r",
    "contacts": "FROM contacts r",
    "deals": "FROM deals r",
    "activities": "FROM activities r",
}

CHECKS = {"text": text, "number": whole, "flag": flag, "names": text}


def checked(entity: str, conditions: object) -> list[dict]:
    """Conditions as they are kept; all of them must hold."""
    if not isinstance(conditions, list):
        raise Invalid("where")
    return [_checked_one(COLUMNS[entity], condition) for condition in conditions]


def _checked_one(columns: dict[str, Column], condition: object) -> dict:
    if not isinstance(condition, dict) or set(condition) != {"field", "test", "value"}:
        raise Invalid("field, test and value expected")
    column = columns.get(condition["field"]) if isinstance(condition["field"], str) else None
    if column is None or condition["test"] not in TESTS[column.type]:
        raise Invalid("unknown field or test")
    return {**condition, "value": CHECKS[column.type](condition["value"])}


def find(db: Database, entity: str, conditions: list[dict], limit: int, offset: int) -> list[int]:
    """The ids of the rows for which all conditions hold, in order."""
    query, values = _query(entity, conditions)
    rows = db.all(f"SELECT r.id {query} ORDER BY r.id LIMIT ? OFFSET ?", (*values, limit, offset))
    return [row["id"] for row in rows]


def count(db: Database, entity: str, conditions: list[dict]) -> int:
    query, values = _query(entity, conditions)
    return db.value(f"SELECT count(*) {query}", values)


def _query(entity: str, conditions: list[dict]) -> tuple[str, tuple]:
    parts, values = [], []
    for condition in conditions:
        column = COLUMNS[entity][condition["field"]]
        sql = f"({column.sql})" if column.type != "names" else column.sql
        mark = "lower(?)" if isinstance(condition["value"], str) else "?"
        parts.append(SQL[condition["test"]].format(sql, mark))
        values.append(condition["value"])
    where = f" WHERE {' AND '.join(parts)}" if parts else ""
    return f"{ROWS[entity]}{where}", tuple(values)
