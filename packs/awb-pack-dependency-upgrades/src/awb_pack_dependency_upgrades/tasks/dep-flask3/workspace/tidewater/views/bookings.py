"""Bookings: make, show, pay, cancel."""

import datetime

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for

from ..auth import login_required, member
from ..errors import DeskError
from ..models import Status, price_of
from ..signals import booking_changed

blueprint = Blueprint("bookings", __name__, url_prefix="/bookings")


def _own(number):
    booking = current_app.store.booking(number) or abort(404)
    if booking.member is not current_app.store.member(member.login) and not member.staff:
        abort(403)
    return booking


def _changed(booking, change):
    booking_changed.send(current_app._get_current_object(), booking=booking, change=change)


def parse_request(values):
    """Return the day, the number of days and the remark of a form or of a JSON object."""
    try:
        start = datetime.date.fromisoformat(values["start"])
        days = int(values.get("days", 1))
    except (TypeError, ValueError):
        raise DeskError(422, "A start day and a number of days are needed.")
    if not 1 <= days <= 28:
        raise DeskError(422, "A boat can be hired for 1 to 28 days.", days=days)
    if start < current_app.clock().date():
        raise DeskError(422, "That day has passed.", start=start)
    return start, days, (values.get("remark") or "").strip()


@blueprint.route("/")
@login_required
def index():
    mine = current_app.store.bookings_of(current_app.store.member(member.login))
    return render_template("bookings/index.html", bookings=mine)


@blueprint.route("/new/<slug>", methods=["GET", "POST"])
@login_required
def new(slug):
    boat = current_app.store.boat(slug) or abort(404)
    if request.method == "GET":
        days = request.args.get("days", default=1, type=int)
        return render_template("bookings/new.html", boat=boat, days=days, price=price_of(boat, days))
    start, days, remark = parse_request(request.form)
    booking = current_app.store.book(boat, current_app.store.member(member.login), start, days, remark)
    _changed(booking, "booked")
    flash("Booked %s for %d days." % (boat.name, days), "info")
    return redirect(url_for("bookings.show", number=booking.number))


@blueprint.route("/<int:number>")
@login_required
def show(number):
    return render_template("bookings/show.html", booking=_own(number))


@blueprint.route("/<int:number>/pay", methods=["POST"])
@login_required
def pay(number):
    booking = _own(number)
    if booking.status is not Status.OPEN:
        raise DeskError(409, "Only an open booking can be paid.")
    booking.status = Status.PAID
    _changed(booking, "paid")
    return redirect(url_for("bookings.show", number=number), code=303)


@blueprint.route("/<int:number>/cancel", methods=["POST"])
@login_required
def cancel(number):
    booking = _own(number)
    current_app.store.cancel(booking)
    _changed(booking, "cancelled")
    flash("Booking %d is cancelled." % number, "warning")
    return redirect(url_for("bookings.index"))


@blueprint.route("/wait/<slug>", methods=["POST"])
@login_required
def wait(slug):
    boat = current_app.store.boat(slug) or abort(404)
    place = current_app.store.wait_for(boat, current_app.store.member(member.login))
    flash("You are number %d on the list for %s." % (place, boat.name), "info")
    return redirect(url_for("boats.show", slug=slug))
