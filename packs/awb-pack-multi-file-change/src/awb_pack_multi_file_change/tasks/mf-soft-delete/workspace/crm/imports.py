"""Accounts and contacts from a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import TYPE_CHECKING

from .errors import CrmError, Invalid, NotFound

if TYPE_CHECKING:
    from .app import Crm

ACCOUNT_COLUMNS = {"domain", "name", "owner"}
CONTACT_COLUMNS = {"domain", "name", "email", "phone"}


def import_accounts(crm: Crm, text: object) -> dict:
    """Create the accounts that are new and update the others, found by their domain; the owner is an e-mail address."""
    return _import(crm, text, ACCOUNT_COLUMNS, _import_account)


def import_contacts(crm: Crm, text: object) -> dict:
    """Create the contacts that are new and update the others, found by account and e-mail address."""
    return _import(crm, text, CONTACT_COLUMNS, _import_contact)


def _import(crm: Crm, text: object, columns: set[str], step: Callable[[Crm, dict], str]) -> dict:
    """Import each row in a transaction; a row that does not fit does not stop the rest."""
    if not isinstance(text, str):
        raise Invalid("csv")
    reader = csv.DictReader(io.StringIO(text))
    if set(reader.fieldnames or ()) != columns:
        raise Invalid(f"the columns must be {', '.join(sorted(columns))}")
    done = {"created": 0, "updated": 0, "failed": []}
    for number, row in enumerate(reader, 1):
        try:
            with crm.db.transaction():
                done[step(crm, row)] += 1
        except CrmError as error:
            done["failed"].append({"row": number, "error": error.code})
    return done


def _import_account(crm: Crm, row: dict[str, str]) -> str:
    owner = crm.repositories.users.by_email(_key(row["owner"]))
    if owner is None:
        raise NotFound(f"user {row['owner']}")
    values = {"name": row["name"], "owner_id": owner["id"]}
    found = crm.repositories.accounts.by_domain(_key(row["domain"]))
    if found is not None:
        crm.services.accounts.update(found["id"], values)
        return "updated"
    crm.services.accounts.create({"domain": row["domain"], **values})
    return "created"


def _import_contact(crm: Crm, row: dict[str, str]) -> str:
    account = crm.repositories.accounts.by_domain(_key(row["domain"]))
    if account is None:
        raise NotFound(f"account {row['domain']}")
    values = {"name": row["name"], "phone": row["phone"] or None}
    found = crm.repositories.contacts.by_email(account["id"], _key(row["email"]))
    if found is not None:
        crm.services.contacts.update(found["id"], values)
        return "updated"
    crm.services.contacts.create({"account_id": account["id"], "email": row["email"], **values})
    return "created"


def _key(text: str | None) -> str:
    return (text or "").strip().lower()
