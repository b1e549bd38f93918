"""What each route does. Fixed names come before the general routes."""

from __future__ import annotations

from .. import exports, imports, reports
from ..errors import Invalid, NotFound
from ..search import search

NESTED = {
    ("accounts", "contacts"),
    ("accounts", "deals"),
    ("accounts", "activities"),
    ("contacts", "activities"),
    ("deals", "line_items"),
    ("deals", "activities"),
    ("activities", "attachments"),
    ("tags", "contacts"),
}


def _service(request):
    service = request.crm.services.named(request.parts[0])
    if service is None:
        raise NotFound(request.parts[0])
    return service


def _id(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise NotFound(text)
    return int(text)


def _number(query: dict[str, str], name: str, default: int) -> int:
    text = query.get(name)
    if text is None:
        return default
    if not text.isascii() or not text.isdigit():
        raise Invalid(name)
    return int(text)


def _listing(items: list) -> tuple[int, object]:
    return 200, {"items": items, "total": len(items)}


def create(request):
    return 201, _service(request).create(request.body)


def page(request):
    return 200, _service(request).page(_number(request.query, "limit", 100), _number(request.query, "offset", 0))


def show(request):
    return 200, _service(request).get(_id(request.parts[1]))


def update(request):
    return 200, _service(request).update(_id(request.parts[1]), request.body)


def delete(request):
    _service(request).delete(_id(request.parts[1]))
    return 204, None


def nested(request):
    entity, number, below = request.parts
    service = _service(request)
    if (entity, below) not in NESTED:
        raise NotFound(below)
    return _listing(getattr(service, below)(_id(number)))


def tag(request):
    request.crm.services.contacts.tag(_id(request.parts[1]), request.parts[3])
    return 204, None


def untag(request):
    request.crm.services.contacts.untag(_id(request.parts[1]), request.parts[3])
    return 204, None


def reassign(request):
    return 200, request.crm.services.users.reassign(_id(request.parts[1]), request.body)


def counts(request):
    return 200, reports.counts(request.crm)


def find(request):
    return 200, search(request.crm, request.query.get("q", ""))


def report(request):
    name = request.parts[1]
    if name == "pipeline":
        return 200, reports.pipeline(request.crm)
    if name == "owners":
        return 200, reports.owners(request.crm)
    if name == "activity":
        return 200, reports.activity(request.crm)
    if name == "duplicates":
        return 200, reports.duplicates(request.crm)
    if name == "mailing":
        return 200, reports.mailing(request.crm, request.query.get("tag"))
    raise NotFound(name)


def export(request):
    return 200, exports.export(request.crm, request.parts[1], request.query.get("format", "csv"))


def import_contacts(request):
    text = request.body.get("csv") if isinstance(request.body, dict) else None
    return 200, imports.import_contacts(request.crm, text)


ROUTES = [
    ("GET", ("counts",), counts),
    ("GET", ("search",), find),
    ("GET", ("reports", "*"), report),
    ("GET", ("export", "*"), export),
    ("POST", ("import", "contacts"), import_contacts),
    ("POST", ("users", "*", "reassign"), reassign),
    ("PUT", ("contacts", "*", "tags", "*"), tag),
    ("DELETE", ("contacts", "*", "tags", "*"), untag),
    ("POST", ("*",), create),
    ("GET", ("*",), page),
    ("GET", ("*", "*"), show),
    ("PATCH", ("*", "*"), update),
    ("DELETE", ("*", "*"), delete),
    ("GET", ("*", "*", "*"), nested),
]
