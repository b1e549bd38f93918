"""Soft delete, restore and the list of the trash through the API; no purge, commands, upgrade, bulk actions and events of restores.

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


def reassign(request):""",
)
replace(
    "crm/api/routes.py",
    '    ("POST", ("users", "*", "reassign"), reassign),\n',
    """    ("POST", ("users", "*", "reassign"), reassign),
    ("GET", ("trash",), trash),
    ("POST", ("*", "*", "restore"), restore),
""",
)
replace(
    "crm/merging.py",
    """    _move(crm, "deals", "account_id\"""",
    """    crm.trash.move("contacts", "account_id", duplicate["id"], account["id"])
    _move(crm, "deals", "account_id\"""",
)
replace("crm/db.py", "SCHEMA_VERSION = 1", "SCHEMA_VERSION = 2")
