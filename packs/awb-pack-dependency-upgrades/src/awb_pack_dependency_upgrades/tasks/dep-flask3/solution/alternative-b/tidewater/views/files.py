"""Documents of the boats, and tables for the office."""

import csv
import io
import os

from flask import Blueprint, abort, current_app, render_template, send_file, send_from_directory
from werkzeug.utils import safe_join

from ..auth import login_required, member, staff_required

blueprint = Blueprint("files", __name__)


def send_whole(file, name, **options):
    """A download that is always sent as a whole, whatever part of it or state of it a client asks for."""
    return send_file(file, as_attachment=True, download_name=name, conditional=False, **options)


@blueprint.route("/documents/<path:name>")
def document(name):
    return send_from_directory(current_app.config["DOCUMENTS"], name, as_attachment=name.endswith(".csv"))


@blueprint.route("/documents/<slug>/latest")
def latest(slug):
    """The document of a boat whose name is last in order."""
    folder = safe_join(current_app.config["DOCUMENTS"], slug)
    if folder is None or not os.path.isdir(folder):
        abort(404)
    name = sorted(os.listdir(folder))[-1]
    return send_whole(os.path.join(folder, name), "%s-latest.txt" % slug)


@blueprint.route("/bookings/<int:number>/receipt.txt")
@login_required
def receipt(number):
    booking = current_app.store.booking(number) or abort(404)
    if booking.member.login != member.login:
        abort(403)
    text = render_template("bookings/receipt.txt", booking=booking)
    data = io.BytesIO(text.encode("utf-8"))
    response = send_whole(data, "Quittung %s.txt" % booking.boat.name, mimetype="text/plain", etag=False, max_age=0)
    response.headers["Cache-Control"] = "public, max-age=0"
    return response


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
    return send_whole(data, "bookings.csv", mimetype="text/csv")
