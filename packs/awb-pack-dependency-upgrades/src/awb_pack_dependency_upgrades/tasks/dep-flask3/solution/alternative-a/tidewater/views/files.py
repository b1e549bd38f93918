"""Documents of the boats, and tables for the office."""

import csv
import io
import os

from flask import Blueprint, abort, current_app, render_template, send_file, send_from_directory
from werkzeug.security import safe_join

from ..auth import login_required, member, staff_required

blueprint = Blueprint("files", __name__)


def publicly(response):
    """Let a file be kept by everybody, even if only for no time at all; parts are not advertised."""
    response.headers["Cache-Control"] = "public, max-age=%d" % response.cache_control.max_age
    if response.status_code != 206:
        del response.headers["Accept-Ranges"]
    return response


def download(file, name, **options):
    """A whole file to be saved under a name, whatever the browser has of it."""
    return publicly(send_file(file, as_attachment=True, download_name=name, conditional=False, **options))


@blueprint.route("/documents/<path:name>")
def document(name):
    folder = current_app.config["DOCUMENTS"]
    return publicly(send_from_directory(folder, name, as_attachment=name.endswith(".csv")))


@blueprint.route("/documents/<slug>/latest")
def latest(slug):
    """The document of a boat whose name is last in order."""
    folder = safe_join(current_app.config["DOCUMENTS"], slug)
    if folder is None or not os.path.isdir(folder):
        abort(404)
    name = sorted(os.listdir(folder))[-1]
    return download(os.path.join(folder, name), "%s-latest.txt" % slug)


@blueprint.route("/bookings/<int:number>/receipt.txt")
@login_required
def receipt(number):
    booking = current_app.store.booking(number) or abort(404)
    if booking.member.login != member.login:
        abort(403)
    text = render_template("bookings/receipt.txt", booking=booking)
    data = io.BytesIO(text.encode("utf-8"))
    return download(data, "Quittung %s.txt" % booking.boat.name, mimetype="text/plain", etag=False, max_age=0)


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
    return download(data, "bookings.csv", mimetype="text/csv")
