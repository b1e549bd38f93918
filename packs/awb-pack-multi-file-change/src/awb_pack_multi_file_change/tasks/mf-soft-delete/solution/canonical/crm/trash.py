"""The trash: deleting, listing, restoring and purging, for all entities alike.

awb-canary 7023becb-6790-4dae-ac98-1a6c226f2225
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .below import ORDER, in_order, with_below
from .errors import Invalid, NotDeleted, NotFound, ParentDeleted, Referenced

if TYPE_CHECKING:
    from .app import Crm

# What a row refers to, in the order of its columns.
REFERENCES = {
    "accounts": (("owner_id", "users"),),
    "contacts": (("account_id", "accounts"),),
    "deals": (("account_id", "accounts"), ("owner_id", "users")),
    "line_items": (("deal_id", "deals"), ("product_id", "products")),
    "activities": (("account_id", "accounts"), ("contact_id", "contacts"), ("deal_id", "deals")),
    "attachments": (("activity_id", "activities"),),
}

# Rows of these do not hang below what refers to them: they cannot go while it is there.
HOLDERS = ("users", "products")


def _referring(entity: str) -> list[tuple[str, str]]:
    return [(below, column) for below in ORDER for column, above in REFERENCES.get(below, ()) if above == entity]


class Trash:
    def __init__(self, crm: Crm) -> None:
        self.crm = crm
        self.db = crm.db

    def delete(self, entity: str, number: int) -> None:
        """Put a live row and what hangs below it into the trash."""
        with self.db.transaction():
            if entity in HOLDERS:
                self._refuse_if_referenced(entity, number, "AND deleted_at IS NULL")
            gone = with_below(self.db, entity, number)
            now = self.crm.clock()
            for kind, each in gone:
                self.db.execute(
                    f"UPDATE {kind} SET deleted_at = ?, root_type = ?, root_id = ? WHERE id = ?",
                    (now, entity, number, each),
                )
            self.crm.events.record_all("deleted", gone)

    def items(self, kind: str | None) -> list[dict]:
        if kind is not None and kind not in ORDER:
            raise Invalid("type")
        found = []
        for entity in ORDER if kind is None else (kind,):
            rows = self.db.all(
                f"SELECT id, deleted_at, root_type, root_id FROM {entity} WHERE deleted_at IS NOT NULL ORDER BY id"
            )
            found += [
                {
                    "type": entity,
                    "id": row["id"],
                    "deleted_at": row["deleted_at"],
                    "root": {"type": row["root_type"], "id": row["root_id"]},
                }
                for row in rows
            ]
        return found

    def restore(self, entity: str, number: int) -> None:
        """Bring back the deletion that a row belongs to, but for rows that refer to something that stays in the trash."""
        with self.db.transaction():
            row = self._row(entity, number)
            if row["deleted_at"] is None:
                raise NotDeleted(f"{entity} {number}")
            if self._trashed_reference(entity, row) is not None:
                raise ParentDeleted(f"{entity} {number}")
            root = (row["root_type"], row["root_id"])
            back = []
            for kind in ORDER:
                for member in self.db.all(f"SELECT * FROM {kind} WHERE root_type = ? AND root_id = ? ORDER BY id", root):
                    if self._bring_back(kind, member):
                        back.append((kind, member["id"]))
            self.crm.events.record_all("restored", back)
            self.crm.figures.refresh(*self._accounts_of(back))

    def purge(self, entity: str, number: int) -> None:
        """Remove a row in the trash, and everything below it, for good."""
        with self.db.transaction():
            row = self._row(entity, number)
            if row["deleted_at"] is None:
                raise NotFound(f"{entity} {number}")
            if entity in HOLDERS:
                self._refuse_if_referenced(entity, number, "")
            gone = sorted(self._all_below(entity, number), key=in_order)
            self.db.execute(f"DELETE FROM {entity} WHERE id = ?", (number,))
            self.crm.events.record_all("purged", gone)

    def move(self, entity: str, column: str, old: int, new: int) -> None:
        """Let the rows in the trash that refer to one row refer to another."""
        self.db.execute(
            f"UPDATE {entity} SET {column} = ? WHERE {column} = ? AND deleted_at IS NOT NULL",
            (new, old),
        )

    def _row(self, entity: str, number: int) -> dict:
        row = self.db.one(f"SELECT * FROM {entity} WHERE id = ?", (number,))
        if row is None:
            raise NotFound(f"{entity} {number}")
        return row

    def _all_below(self, entity: str, number: int) -> set[tuple[str, int]]:
        """A row and everything below it, of whatever deletion."""
        found = {(entity, number)}
        for below, column in _referring(entity):
            for row in self.db.all(f"SELECT id FROM {below} WHERE {column} = ?", (number,)):
                found |= self._all_below(below, row["id"])
        return found

    def _bring_back(self, entity: str, row: dict) -> bool:
        above = self._trashed_reference(entity, row)
        if above is None:
            self.db.execute(
                f"UPDATE {entity} SET deleted_at = NULL, root_type = NULL, root_id = NULL WHERE id = ?",
                (row["id"],),
            )
            return True
        self.db.execute(
            f"UPDATE {entity} SET root_type = ?, root_id = ? WHERE id = ?",
            (above["root_type"], above["root_id"], row["id"]),
        )
        return False

    def _accounts_of(self, rows: list[tuple[str, int]]) -> set[int | None]:
        """The accounts whose figures live rows count for."""
        found = set()
        for entity, number in rows:
            service = self.crm.services.named(entity)
            found.add(service.account_of(service.get(number)))
        return found

    def _trashed_reference(self, entity: str, row: dict) -> dict | None:
        """The first row in the trash that this one refers to."""
        for column, above in REFERENCES.get(entity, ()):
            found = self.db.one(f"SELECT * FROM {above} WHERE id = ? AND deleted_at IS NOT NULL", (row[column],))
            if found is not None:
                return found
        return None

    def _refuse_if_referenced(self, entity: str, number: int, condition: str) -> None:
        for below, column in _referring(entity):
            if self.db.value(f"SELECT count(*) FROM {below} WHERE {column} = ? {condition}", (number,)):
                raise Referenced(f"{below} refer to {entity} {number}")
