"""Everything in memory, loaded from a JSON file."""

import datetime
import json
from decimal import Decimal

from werkzeug.datastructures import MultiDict

from .models import Boat, Booking, Kind, Member, Status


class Conflict(Exception):
    """The boat is not free on these days."""

    def __init__(self, other):
        super(Conflict, self).__init__("booking %d has the boat" % other.number)
        self.other = other


class Store(object):
    def __init__(self, clock):
        self.clock = clock
        self.boats = {}
        self.members = {}
        self.bookings = {}
        self.audit = []
        self.waiting = MultiDict()

    @classmethod
    def from_file(cls, app, path):
        store = cls(app.clock)
        with open(path, "rb") as stream:
            data = json.load(stream)
        for item in data["boats"]:
            item = dict(item, kind=Kind(item["kind"]), daily=Decimal(item["daily"]))
            store.boats[item["slug"]] = Boat(**item)
        for item in data["members"]:
            item = dict(item, joined=datetime.date.fromisoformat(item["joined"]))
            store.members[item["login"]] = Member(**item)
        for item in data["bookings"]:
            store._insert(item)
        return store

    def _insert(self, item):
        booking = Booking(
            number=item["number"],
            boat=self.boats[item["boat"]],
            member=self.members[item["member"]],
            start=datetime.date.fromisoformat(item["start"]),
            days=item["days"],
            created=datetime.datetime.fromisoformat(item["created"]),
            status=Status(item.get("status", "open")),
            remark=item.get("remark", ""),
        )
        self.bookings[booking.number] = booking

    # boats

    def boat(self, slug):
        return self.boats.get(slug)

    def fleet(self, kind=None, seats=0, query=""):
        found = [boat for boat in self.boats.values() if not boat.retired]
        if kind is not None:
            found = [boat for boat in found if boat.kind is kind]
        if query:
            found = [boat for boat in found if query.lower() in (boat.name + " " + " ".join(boat.tags)).lower()]
        return sorted((boat for boat in found if boat.seats >= seats), key=lambda boat: (boat.kind.value, boat.slug))

    # bookings

    def booking(self, number):
        return self.bookings.get(number)

    def bookings_of(self, member):
        return sorted((b for b in self.bookings.values() if b.member is member), key=lambda b: (b.start, b.number))

    def bookings_for(self, boat):
        return sorted((b for b in self.bookings.values() if b.boat is boat), key=lambda b: (b.start, b.number))

    def book(self, boat, member, start, days, remark=""):
        for other in self.bookings.values():
            if other.boat is boat and other.overlaps(start, days):
                raise Conflict(other)
        number = max(self.bookings, default=1000) + 1
        booking = Booking(number, boat, member, start, days, self.clock(), remark=remark)
        self.bookings[number] = booking
        return booking

    def cancel(self, booking):
        booking.status = Status.CANCELLED
        self.waiting.poplist(booking.boat.slug)

    def wait_for(self, boat, member):
        if member.login not in self.waiting.getlist(boat.slug):
            self.waiting.add(boat.slug, member.login)
        return self.waiting.getlist(boat.slug).index(member.login) + 1

    # members

    def member(self, login):
        return self.members.get(login)

    def record(self, entry):
        self.audit.append(entry)
        del self.audit[:-200]
