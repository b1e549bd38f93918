"""Pages of the staff; hung in when the desk opens."""

from flask import Blueprint, current_app, jsonify, render_template

from ..auth import staff_required

office = Blueprint("office", __name__, url_prefix="/office")


@office.route("/")
@staff_required
def index():
    counter = current_app.extensions["counter"]
    return render_template("office/index.html", counter=counter, audit=list(reversed(current_app.store.audit)))


@office.route("/audit.json")
@staff_required
def audit():
    return jsonify(current_app.store.audit)


@office.route("/counters.json")
@staff_required
def counters():
    counter = current_app.extensions["counter"]
    return jsonify(pages=counter.pages, failed=counter.failed, last_error=current_app.extensions.get("last_error"))


@office.app_context_processor
def office_links():
    return {"office_open": True}
