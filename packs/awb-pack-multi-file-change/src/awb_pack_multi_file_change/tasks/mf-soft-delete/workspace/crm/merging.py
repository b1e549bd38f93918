"""Merging: one of two rows that mean the same takes over what the other has, and the other goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import Invalid, NotFound
from .fields import Field, for_create, whole

if TYPE_CHECKING:
    from .app import Crm


def merge(crm: Crm, entity: str, number: int, body: object) -> dict:
    """Merge the row that `from` names into this one."""
    if entity not in MERGES:
        raise NotFound(entity)
    service = crm.services.named(entity)
    with crm.db.transaction():
        row = service.get(number)
        duplicate = _duplicate(crm, entity, number, body)
        MERGES[entity](crm, row, duplicate)
        service.delete(duplicate["id"])
    return service.get(number)


def _duplicate(crm: Crm, entity: str, number: int, body: object) -> dict:
    other = for_create({"from": Field(whole)}, body)["from"]
    row = getattr(crm.repositories, entity).get(other)
    if other == number or row is None:
        raise Invalid("from")
    return row


def _merge_contacts(crm: Crm, contact: dict, duplicate: dict) -> None:
    if contact["account_id"] != duplicate["account_id"]:
        raise Invalid("of another account")
    _absorb(crm, contact, duplicate)


def _absorb(crm: Crm, contact: dict, duplicate: dict) -> None:
    """A contact takes over the activities and tags of another, and the telephone number if it has none."""
    _move(crm, "activities", "contact_id", duplicate["id"], contact["id"])
    crm.repositories.tags.copy(duplicate["id"], contact["id"])
    if contact["phone"] is None and duplicate["phone"] is not None:
        crm.services.contacts.update(contact["id"], {"phone": duplicate["phone"]})
    crm.events.record("merged", "contacts", contact["id"], {"from": duplicate["id"]})


def _merge_accounts(crm: Crm, account: dict, duplicate: dict) -> None:
    """An account takes over contacts, deals and activities; a contact that both have is merged, and goes with the account."""
    contacts = crm.repositories.contacts
    for theirs in contacts.of_account(duplicate["id"]):
        ours = contacts.by_email(account["id"], theirs["email"])
        if ours is not None:
            _absorb(crm, ours, theirs)
        else:
            contacts.update(theirs["id"], {"account_id": account["id"]})
            crm.events.record("updated", "contacts", theirs["id"], {"account_id": [duplicate["id"], account["id"]]})
    _move(crm, "deals", "account_id", duplicate["id"], account["id"])
    _move(crm, "activities", "account_id", duplicate["id"], account["id"])
    crm.events.record("merged", "accounts", account["id"], {"from": duplicate["id"]})
    crm.figures.refresh(account["id"])


def _move(crm: Crm, entity: str, column: str, old: int, new: int) -> None:
    """Let the rows that refer to the old row refer to the new one."""
    repository = getattr(crm.repositories, entity)
    for number in repository.referring(column, old):
        crm.events.record("updated", entity, number, {column: [old, new]})
    repository.move(column, old, new)


MERGES = {"accounts": _merge_accounts, "contacts": _merge_contacts}
