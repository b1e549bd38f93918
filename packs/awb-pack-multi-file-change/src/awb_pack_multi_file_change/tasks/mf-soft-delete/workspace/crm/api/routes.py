"""What each route does. Fixed names come before the general routes."""

from __future__ import annotations

from .. import events, exports, imports, reports
from ..bulk import bulk
from ..dashboard import dashboard, figures
from ..digest import digest
from ..errors import Invalid, NotFound
from ..merging import merge
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


def _optional_number(query: dict[str, str], name: str) -> int | None:
    return _number(query, name, 0) if name in query else None


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


def import_rows(request):
    text = request.body.get("csv") if isinstance(request.body, dict) else None
    imported = {"accounts": imports.import_accounts, "contacts": imports.import_contacts}.get(request.parts[1])
    if imported is None:
        raise NotFound(request.parts[1])
    return 200, imported(request.crm, text)


def history(request):
    entity, number, _ = request.parts
    return _listing(events.history(request.crm, entity, _id(number)))


def feed(request):
    query = request.query
    after, limit = _number(query, "after", 0), _number(query, "limit", 100)
    return 200, events.feed(request.crm, after, limit, query.get("entity"), query.get("action"))


def webhooks(request):
    return _listing(request.crm.webhooks.all())


def add_webhook(request):
    return 201, request.crm.webhooks.create(request.body)


def delete_webhook(request):
    request.crm.webhooks.delete(_id(request.parts[1]))
    return 204, None


def outbox(request):
    return 200, request.crm.webhooks.outbox(_id(request.parts[1]))


def acknowledge(request):
    return 200, request.crm.webhooks.acknowledge(_id(request.parts[1]), request.body)


def show_dashboard(request):
    return 200, dashboard(request.crm, _optional_number(request.query, "owner"))


def show_figures(request):
    return 200, figures(request.crm, _id(request.parts[1]))


def show_digest(request):
    return 200, digest(request.crm, _id(request.parts[1]), request.query.get("since", ""))


def merge_rows(request):
    entity, number, _ = request.parts
    return 200, merge(request.crm, entity, _id(number), request.body)


def bulk_step(request):
    return 200, bulk(request.crm, request.body)


def lists(request):
    return _listing(request.crm.lists.all())


def add_list(request):
    return 201, request.crm.lists.create(request.body)


def show_list(request):
    return 200, request.crm.lists.get(_id(request.parts[1]))


def update_list(request):
    return 200, request.crm.lists.update(_id(request.parts[1]), request.body)


def delete_list(request):
    request.crm.lists.delete(_id(request.parts[1]))
    return 204, None


def list_items(request):
    limit, offset = _number(request.query, "limit", 100), _number(request.query, "offset", 0)
    return 200, request.crm.lists.items(_id(request.parts[1]), limit, offset)


ROUTES = [
    ("GET", ("counts",), counts),
    ("GET", ("search",), find),
    ("GET", ("reports", "*"), report),
    ("GET", ("export", "*"), export),
    ("POST", ("import", "*"), import_rows),
    ("GET", ("events",), feed),
    ("GET", ("webhooks",), webhooks),
    ("POST", ("webhooks",), add_webhook),
    ("DELETE", ("webhooks", "*"), delete_webhook),
    ("GET", ("webhooks", "*", "outbox"), outbox),
    ("POST", ("webhooks", "*", "ack"), acknowledge),
    ("GET", ("dashboard",), show_dashboard),
    ("GET", ("accounts", "*", "figures"), show_figures),
    ("GET", ("users", "*", "digest"), show_digest),
    ("POST", ("bulk",), bulk_step),
    ("GET", ("lists",), lists),
    ("POST", ("lists",), add_list),
    ("GET", ("lists", "*"), show_list),
    ("PATCH", ("lists", "*"), update_list),
    ("DELETE", ("lists", "*"), delete_list),
    ("GET", ("lists", "*", "items"), list_items),
    ("POST", ("users", "*", "reassign"), reassign),
    ("POST", ("*", "*", "merge"), merge_rows),
    ("GET", ("*", "*", "history"), history),
    ("PUT", ("contacts", "*", "tags", "*"), tag),
    ("DELETE", ("contacts", "*", "tags", "*"), untag),
    ("POST", ("*",), create),
    ("GET", ("*",), page),
    ("GET", ("*", "*"), show),
    ("PATCH", ("*", "*"), update),
    ("DELETE", ("*", "*"), delete),
    ("GET", ("*", "*", "*"), nested),
]
