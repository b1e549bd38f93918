"""The fleet."""

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for

from ..models import Kind

blueprint = Blueprint("boats", __name__)


@blueprint.route("/")
def index():
    kind = request.args.get("kind")
    try:
        kind = Kind(kind) if kind else None
    except ValueError:
        abort(404)
    seats = request.args.get("seats", default=0, type=int)
    fleet = current_app.store.fleet(kind, seats, request.args.get("q", ""))
    return render_template("boats/index.html", fleet=fleet, kind=kind, seats=seats)


@blueprint.route("/boats/<slug>/")
def show(slug):
    boat = current_app.store.boat(slug) or abort(404)
    if boat.retired:
        abort(410)
    return render_template("boats/show.html", boat=boat, bookings=current_app.store.bookings_for(boat))


@blueprint.route("/boats/<slug>/on/<day:start>")
def on(slug, start):
    boat = current_app.store.boat(slug) or abort(404)
    taken = [booking for booking in current_app.store.bookings_for(boat) if booking.overlaps(start, 1)]
    return render_template("boats/on.html", boat=boat, start=start, taken=taken)


@blueprint.route("/berths/<berth:berth>")
def at_berth(berth):
    for boat in current_app.store.boats.values():
        if boat.berth == berth:
            return redirect(url_for("boats.show", slug=boat.slug))
    abort(404)


@blueprint.route("/berths/<berth:berth>/sign")
def sign(berth):
    return render_template("boats/sign.html", berth=berth), {"Content-Type": "text/plain; charset=utf-8"}


@blueprint.route("/fleet", defaults={"kind": None})
@blueprint.route("/fleet/<kind>")
def old_address(kind):
    return redirect(url_for("boats.index", kind=kind), code=301)
