"""Reading goes through views of the live rows; the trash is one module for all entities.

awb-canary 7023becb-6790-4dae-ac98-1a6c226f2225
"""

import re
from pathlib import Path

from awb_edit import replace

ENTITIES = "users|accounts|contacts|products|deals|line_items|activities|attachments|tags"
READERS = [
    f"crm/{name}.py" for name in ("reports", "search", "exports", "below", "figures", "dashboard", "digest", "filters")
]
for path in [*Path("crm/repositories").glob("*.py"), *map(Path, READERS)]:
    if path.name != "base.py":
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(rf"\b(FROM|JOIN) ({ENTITIES})\b", r"\1 live_\2", text), encoding="utf-8")

replace(
    "crm/repositories/users.py",
    '"UPDATE accounts SET owner_id = ? WHERE owner_id = ?", (to',
    '"UPDATE accounts SET owner_id = ? WHERE owner_id = ? AND deleted_at IS NULL", (to',
)
replace(
    "crm/repositories/users.py",
    '"UPDATE deals SET owner_id = ? WHERE owner_id = ?", (to',
    '"UPDATE deals SET owner_id = ? WHERE owner_id = ? AND deleted_at IS NULL", (to',
)
replace("crm/repositories/base.py", "WHERE id = :id\"", 'WHERE id = :id AND deleted_at IS NULL"')
replace(
    "crm/repositories/base.py",
    """    def delete(self, number: int) -> bool:
        return self.db.execute(f"DELETE FROM {self.table} WHERE id = ?", (number,)).rowcount > 0

""",
    "",
)
replace(
    "crm/repositories/base.py",
    'WHERE {column} = ? ORDER BY id", (number,))',
    'WHERE {column} = ? AND deleted_at IS NULL ORDER BY id", (number,))',
)
replace("crm/services/base.py", "from ..below import with_below\n", "")
replace(
    "crm/services/base.py",
    """            gone = with_below(self.crm.db, self.entity, number)
            self.repository.delete(number)
            self.crm.events.record_all("deleted", gone)
""",
    "            self.crm.trash.delete(self.entity, number)\n",
)
replace(
    "crm/services/base.py",
    "    def check_new(self",
    """    def restore(self, number: int) -> dict:
        self.crm.trash.restore(self.entity, number)
        return self.get(number)

    def purge(self, number: int) -> None:
        self.crm.trash.purge(self.entity, number)

    def check_new(self""",
)
replace("crm/app.py", "from .services import Services\n", "from .services import Services\nfrom .trash import Trash\n")
replace("crm/app.py", "        self.services = Services(self)\n", "        self.trash = Trash(self)\n        self.services = Services(self)\n")
replace(
    "crm/errors.py",
    "class MethodNotAllowed",
    '''class NotDeleted(CrmError):
    """There is nothing to restore: the row is live."""

    status = 409
    code = "not_deleted"


class ParentDeleted(CrmError):
    """The row refers to something in the trash."""

    status = 409
    code = "parent_deleted"


class MethodNotAllowed''',
)
replace(
    "crm/api/routes.py",
    "def reassign(request):",
    """def restore(request):
    return 200, _service(request).restore(_id(request.parts[1]))


def trash(request):
    return _listing(request.crm.trash.items(request.query.get("type")))


def purge(request):
    _, entity, number = request.parts
    service = request.crm.services.named(entity)
    if service is None:
        raise NotFound(entity)
    service.purge(_id(number))
    return 204, None


def reassign(request):""",
)
replace(
    "crm/api/routes.py",
    '    ("POST", ("users", "*", "reassign"), reassign),\n',
    """    ("POST", ("users", "*", "reassign"), reassign),
    ("GET", ("trash",), trash),
    ("DELETE", ("trash", "*", "*"), purge),
    ("POST", ("*", "*", "restore"), restore),
""",
)
replace(
    "crm/cli.py",
    '    commands.add_parser("counts"',
    """    restore = commands.add_parser("restore", help="bring a row back from the trash, with what was deleted with it")
    restore.add_argument("entity", choices=ENTITIES)
    restore.add_argument("id", type=int)
    purge = commands.add_parser("purge", help="remove a row in the trash for good")
    purge.add_argument("entity", choices=ENTITIES)
    purge.add_argument("id", type=int)
    commands.add_parser("trash", help="what is in the trash")
    commands.add_parser("counts\"""",
)
replace(
    "crm/cli.py",
    '    elif options.command == "counts":',
    """    elif options.command == "restore":
        crm.services.named(options.entity).restore(options.id)
        print(f"restored {options.entity} {options.id}", file=out)
    elif options.command == "purge":
        crm.services.named(options.entity).purge(options.id)
        print(f"purged {options.entity} {options.id}", file=out)
    elif options.command == "trash":
        for item in crm.trash.items(None):
            print(f"{item['type']} {item['id']} {item['deleted_at']}", file=out)
    elif options.command == "counts":""",
)
replace("crm/events.py", '"untagged", "merged")', '"untagged", "merged", "restored", "purged")')
replace(
    "crm/merging.py",
    """    _move(crm, "deals", "account_id\"""",
    """    crm.trash.move("contacts", "account_id", duplicate["id"], account["id"])
    _move(crm, "deals", "account_id\"""",
)
replace(
    "crm/merging.py",
    '"""Let the rows that refer to the old row refer to the new one."""',
    '"""Let the rows that refer to the old row refer to the new one, those in the trash without an event."""',
)
replace(
    "crm/bulk.py",
    "def _tag(",
    """def _restore(service: Service, order: dict) -> Callable[[int], object]:
    return service.restore


def _purge(service: Service, order: dict) -> Callable[[int], object]:
    return service.purge


def _tag(""",
)
replace(
    "crm/bulk.py",
    'ACTIONS = {"update": _update, "delete": _delete, "tag": _tag, "untag": _untag}',
    """ACTIONS = {
    "update": _update,
    "delete": _delete,
    "restore": _restore,
    "purge": _purge,
    "tag": _tag,
    "untag": _untag,
}""",
)
replace("crm/db.py", "SCHEMA_VERSION = 1", "SCHEMA_VERSION = 2")
replace(
    "crm/db.py",
    """        if version != 0:
""",
    """        if version == 1:
            self._upgrade()
            return
        if version != 0:
""",
)
replace(
    "crm/db.py",
    "    def close(self) -> None:",
    '''    def _upgrade(self) -> None:
        """Build the tables anew, without the unique columns of version 1, and carry the rows and the next ids over."""
        script = SCHEMA.read_text(encoding="utf-8")
        tables = [row[0] for row in self.connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        tables = [table for table in tables if not table.startswith("sqlite_")]
        self.connection.execute("PRAGMA foreign_keys = OFF")
        self.connection.execute("PRAGMA legacy_alter_table = ON")
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            sequences = dict(self.connection.execute("SELECT name, seq FROM sqlite_sequence").fetchall())
            indexes = self.connection.execute("SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL").fetchall()
            for (index,) in indexes:
                self.connection.execute(f"DROP INDEX {index}")
            for table in tables:
                self.connection.execute(f"ALTER TABLE {table} RENAME TO v1_{table}")
            for statement in _statements(script):
                self.connection.execute(statement)
            for table in tables:
                columns = ", ".join(row[1] for row in self.connection.execute(f"PRAGMA table_info(v1_{table})"))
                self.connection.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM v1_{table}")
                self.connection.execute(f"DROP TABLE v1_{table}")
            self.connection.execute("DELETE FROM sqlite_sequence")
            self.connection.executemany("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", sequences.items())
            self.connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
            self.connection.execute("COMMIT")
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        finally:
            self.connection.execute("PRAGMA legacy_alter_table = OFF")
            self.connection.execute("PRAGMA foreign_keys = ON")

    def close(self) -> None:''',
)
replace(
    "crm/db.py",
    "class Database:",
    '''def _statements(script: str) -> list[str]:
    """The statements of a script, to be run inside a transaction."""
    found, text = [], ""
    for line in script.splitlines(keepends=True):
        text += line
        if sqlite3.complete_statement(text):
            found.append(text)
            text = ""
    return found


class Database:''',
)
