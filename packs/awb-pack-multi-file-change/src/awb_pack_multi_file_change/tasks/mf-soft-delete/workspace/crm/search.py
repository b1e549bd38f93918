"""One search over everything that has a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import Invalid

if TYPE_CHECKING:
    from .app import Crm

LIMIT = 50

QUERY = """
    SELECT 1 AS place, 'accounts' AS type, a.id, a.name AS label
    FROM accounts a
    WHERE a.name LIKE :like ESCAPE '\\' OR a.domain LIKE :like ESCAPE '\\'
    UNION ALL
    SELECT 2, 'contacts', c.id, c.name || ' <' || c.email || '> ' || a.name
    FROM contacts c JOIN accounts a ON a.id = c.account_id
    WHERE c.name LIKE :like ESCAPE '\\' OR c.email LIKE :like ESCAPE '\\'
    UNION ALL
    SELECT 3, 'deals', d.id, d.number || ' ' || d.title
    FROM deals d
    WHERE d.number LIKE :like ESCAPE '\\' OR d.title LIKE :like ESCAPE '\\'
    UNION ALL
    SELECT 4, 'products', p.id, p.sku || ' ' || p.name
    FROM products p
    WHERE p.sku LIKE :like ESCAPE '\\' OR p.name LIKE :like ESCAPE '\\'
    UNION ALL
    SELECT 5, 'activities', v.id, v.subject
    FROM activities v
    WHERE v.subject LIKE :like ESCAPE '\\'
    UNION ALL
    SELECT 6, 'attachments', f.id, f.filename
    FROM attachments f
    WHERE f.filename LIKE :like ESCAPE '\\'
    UNION ALL
    SELECT 7, 'tags', t.id, t.name
    FROM tags t
    WHERE t.name LIKE :like ESCAPE '\\'
    ORDER BY place, id
"""


def search(crm: Crm, text: str) -> dict:
    """What holds this text, in any case; at most fifty, and how many there are."""
    text = text.strip()
    if not text:
        raise Invalid("q")
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    rows = crm.db.all(QUERY, {"like": f"%{escaped}%"})
    items = [{"type": row["type"], "id": row["id"], "label": row["label"]} for row in rows]
    return {"items": items[:LIMIT], "total": len(items)}
