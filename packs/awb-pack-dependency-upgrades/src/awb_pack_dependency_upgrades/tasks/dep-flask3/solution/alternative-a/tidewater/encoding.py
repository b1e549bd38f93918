"""JSON of the desk's values."""

import datetime
import enum
from decimal import Decimal

from flask.json.provider import DefaultJSONProvider

from .models import Boat, Booking, Member


def desk_value(o):
    """Days and times in ISO 8601, money as text, records as objects.

    Everything else is left to Flask: UUIDs, dataclasses, objects with `__html__`.
    """
    if isinstance(o, Decimal):
        return "%.2f" % o
    if isinstance(o, (datetime.datetime, datetime.date)):
        return o.isoformat()
    if isinstance(o, enum.Enum):
        return o.value
    if isinstance(o, (set, frozenset)):
        return sorted(o)
    if isinstance(o, Boat):
        return boat_fields(o)
    if isinstance(o, Member):
        return {"login": o.login, "name": o.name, "staff": o.staff}
    if isinstance(o, Booking):
        return booking_fields(o)
    return DefaultJSONProvider.default(o)


class DeskJSON(DefaultJSONProvider):
    """JSON that is readable: in the order of the fields, with plain UTF-8, indented by `jsonify`."""

    default = staticmethod(desk_value)
    ensure_ascii = False
    sort_keys = False
    compact = False


def boat_fields(boat):
    fields = {
        "slug": boat.slug,
        "name": boat.name,
        "kind": boat.kind,
        "seats": boat.seats,
        "daily": boat.daily,
        "berth": boat.berth,
        "uid": boat.uid,
    }
    if boat.tags:
        fields["tags"] = set(boat.tags)
    return fields


def booking_fields(booking):
    return {
        "number": booking.number,
        "uid": booking.uid,
        "boat": booking.boat.slug,
        "member": booking.member,
        "start": booking.start,
        "end": booking.end,
        "price": booking.price,
        "status": booking.status,
        "created": booking.created,
        "remark": booking.remark or None,
    }
