"""Contacts from a spreadsheet."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from .errors import CrmError, Invalid, NotFound

if TYPE_CHECKING:
    from .app import Crm

COLUMNS = {"domain", "name", "email", "phone"}


def import_contacts(crm: Crm, text: object) -> dict:
    """Create the contacts that are new and update the others; a row that does not fit does not stop the rest."""
    if not isinstance(text, str):
        raise Invalid("csv")
    reader = csv.DictReader(io.StringIO(text))
    if set(reader.fieldnames or ()) != COLUMNS:
        raise Invalid(f"the columns must be {', '.join(sorted(COLUMNS))}")
    done = {"created": 0, "updated": 0, "failed": []}
    for number, row in enumerate(reader, 1):
        try:
            with crm.db.transaction():
                done[_import_row(crm, row)] += 1
        except CrmError as error:
            done["failed"].append({"row": number, "error": error.code})
    return done


def _import_row(crm: Crm, row: dict[str, str]) -> str:
    account = crm.repositories.accounts.by_domain((row["domain"] or "").strip().lower())
    if account is None:
        raise NotFound(f"account {row['domain']}")
    email = (row["email"] or "").strip().lower()
    values = {"name": row["name"], "phone": row["phone"] or None}
    found = crm.repositories.contacts.by_email(account["id"], email)
    if found is not None:
        crm.services.contacts.update(found["id"], values)
        return "updated"
    crm.services.contacts.create({"account_id": account["id"], "email": email, **values})
    return "created"
