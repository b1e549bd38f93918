"""Documents of the boats, and tables for the office."""

import csv
import io
import os

from flask import Blueprint, abort, current_app, render_template, safe_join, send_file, send_from_directory

from ..auth import login_required, member, staff_required

blueprint = Blueprint("files", __name__)


@blueprint.route("/documents/<path:name>")
def document(name):
    return send_from_directory(current_app.config["DOCUMENTS"], name, as_attachment=name.endswith(".csv"))


@blueprint.route("/documents/<slug>/latest")
def latest(slug):
    """The document of a boat whose name is last in order."""
    folder = safe_join(current_app.config["DOCUMENTS"], slug)
    if not os.path.isdir(folder):
        abort(404)
    name = sorted(os.listdir(folder))[-1]
    return send_file(os.path.join(folder, name), attachment_filename="%s-latest.txt" % slug, as_attachment=True)


@blueprint.route("/bookings/<int:number>/receipt.txt")
@login_required
def receipt(number):
    booking = current_app.store.booking(number) or abort(404)
    if booking.member.login != member.login:
        abort(403)
    text = render_template("bookings/receipt.txt", booking=booking)
    return send_file(
        io.BytesIO(text.encode("utf-8")),
        mimetype="text/plain",
        as_attachment=True,
        attachment_filename="Quittung %s.txt" % booking.boat.name,
        add_etags=False,
        cache_timeout=0,
    )


@blueprint.route("/office/bookings.csv")
@staff_required
def table():
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(["number", "boat", "member", "start", "days", "price", "status"])
    for booking in sorted(current_app.store.bookings.values(), key=lambda booking: booking.number):
        writer.writerow([booking.number, booking.boat.name, booking.member.name, booking.start, booking.days,
                         booking.price, booking.status.value])
    data = io.BytesIO(stream.getvalue().encode("utf-8"))
    return send_file(data, mimetype="text/csv", as_attachment=True, attachment_filename="bookings.csv")
