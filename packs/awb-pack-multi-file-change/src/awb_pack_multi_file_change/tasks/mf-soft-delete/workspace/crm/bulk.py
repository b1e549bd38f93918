"""The same for many rows: each on its own, so that one that does not work does not stop the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .errors import CrmError, Invalid
from .fields import Field, anything, for_create, text, whole
from .services.base import Service

if TYPE_CHECKING:
    from .app import Crm

MAX_ROWS = 100


def ids(value: object) -> list[int]:
    if not isinstance(value, list) or not 1 <= len(value) <= MAX_ROWS:
        raise Invalid(f"1 to {MAX_ROWS} ids expected")
    return [whole(each) for each in value]


FIELDS = {
    "action": Field(text),
    "entity": Field(text),
    "ids": Field(ids),
    "values": Field(anything, None),
    "tag": Field(anything, None),
}


def bulk(crm: Crm, body: object) -> dict:
    """Do something to rows in the order of their ids in the request; tell which worked and why the others did not."""
    order = for_create(FIELDS, body)
    step = _step(crm, order)
    answer = {"done": [], "failed": []}
    for number in order["ids"]:
        try:
            step(number)
            answer["done"].append(number)
        except CrmError as error:
            answer["failed"].append({"id": number, "error": error.code})
    return answer


def _step(crm: Crm, order: dict) -> Callable[[int], object]:
    service = crm.services.named(order["entity"])
    if service is None or order["action"] not in ACTIONS:
        raise Invalid("entity or action")
    return ACTIONS[order["action"]](service, order)


def _update(service: Service, order: dict) -> Callable[[int], object]:
    values = order["values"]
    if not isinstance(values, dict) or not values:
        raise Invalid("values")
    return lambda number: service.update(number, values)


def _delete(service: Service, order: dict) -> Callable[[int], object]:
    return service.delete


def _tag(service: Service, order: dict) -> Callable[[int], object]:
    contacts, name = _tagging(service, order)
    return lambda number: contacts.tag(number, name)


def _untag(service: Service, order: dict) -> Callable[[int], object]:
    contacts, name = _tagging(service, order)
    return lambda number: contacts.untag(number, name)


def _tagging(service: Service, order: dict) -> tuple[Service, str]:
    if service.entity != "contacts":
        raise Invalid("only contacts have tags")
    return service, text(order["tag"])


ACTIONS = {"update": _update, "delete": _delete, "tag": _tag, "untag": _untag}
