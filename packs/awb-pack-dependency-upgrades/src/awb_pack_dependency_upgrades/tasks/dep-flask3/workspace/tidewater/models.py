"""What the desk works with. Money is `Decimal`, days are `date`."""

import datetime
import enum
import uuid
from dataclasses import dataclass, field
from decimal import Decimal
from typing import List, Optional

from werkzeug.utils import cached_property

NAMESPACE = uuid.UUID("8d3f0f1e-5c3b-4c1e-9b0a-0f7f7a5a1c11")


class Kind(enum.Enum):
    DINGHY = "dinghy"
    KEELBOAT = "keelboat"
    KAYAK = "kayak"
    LAUNCH = "launch"

    @property
    def label(self):
        return {"launch": "Motor launch"}.get(self.value, self.value.capitalize())


class Status(enum.Enum):
    OPEN = "open"
    PAID = "paid"
    CANCELLED = "cancelled"


@dataclass
class Boat:
    slug: str
    name: str
    kind: Kind
    seats: int
    daily: Decimal
    berth: str
    notes: str = ""
    retired: bool = False
    tags: List[str] = field(default_factory=list)

    @property
    def uid(self):
        return uuid.uuid5(NAMESPACE, "boat:" + self.slug)


@dataclass
class Member:
    login: str
    name: str
    password: str
    email: str = ""
    staff: bool = False
    joined: Optional[datetime.date] = None

    @property
    def initials(self):
        return "".join(part[0] for part in self.name.split()).upper()


@dataclass
class Booking:
    number: int
    boat: Boat
    member: Member
    start: datetime.date
    days: int
    created: datetime.datetime
    status: Status = Status.OPEN
    remark: str = ""

    @property
    def end(self):
        return self.start + datetime.timedelta(days=self.days - 1)

    @property
    def uid(self):
        return uuid.uuid5(NAMESPACE, "booking:%d" % self.number)

    def overlaps(self, start, days):
        last = start + datetime.timedelta(days=days - 1)
        return self.status is not Status.CANCELLED and self.start <= last and start <= self.end

    @cached_property
    def price(self):
        return price_of(self.boat, self.days)


def price_of(boat, days):
    """A seventh of the price is let off per full week."""
    total = boat.daily * days
    discount = boat.daily * (days // 7)
    return (total - discount).quantize(Decimal("0.01"))
