"""The API: JSON in and out, with a token."""

from functools import wraps

from flask import Blueprint, current_app, json, jsonify, request, url_for

from .. import tokens
from ..encoding import booking_fields
from ..errors import DeskError
from ..models import Kind, price_of
from ..signals import booking_changed
from .bookings import parse_request

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")


def authorised(scope):
    """Let a request with a token of this scope pass."""

    def decorate(view):
        @wraps(view)
        def wrapped(*args, **kwargs):
            kind, _, token = request.headers.get("Authorization", "").partition(" ")
            if kind.lower() != "bearer":
                return refuse("missing")
            try:
                claims = tokens.read_api_token(token)
            except tokens.TokenError as error:
                return refuse(str(error))
            if scope not in claims["scopes"]:
                raise DeskError(403, "The token does not allow this.", needs=scope)
            request.desk_member = current_app.store.member(claims["sub"])
            return view(*args, **kwargs)

        return wrapped

    return decorate


def refuse(reason):
    response = jsonify(status=401, title="Unauthorized", detail="token " + reason)
    response.status_code = 401
    response.headers["WWW-Authenticate"] = 'Bearer realm="tidewater", error=%s' % reason
    return response


def sender():
    return request.desk_member


@blueprint.route("/boats")
def boats():
    kind = request.args.get("kind")
    try:
        fleet = current_app.store.fleet(Kind(kind) if kind else None)
    except ValueError:
        raise DeskError(400, "There is no such kind.", kinds={kind.value for kind in Kind})
    return jsonify(boats=fleet, count=len(fleet))


@blueprint.route("/boats/<slug>")
def boat(slug):
    found = current_app.store.boat(slug)
    if found is None:
        raise DeskError(404, "There is no such boat.", slug=slug)
    return jsonify(found)


@blueprint.route("/boats/<slug>/price")
def price(slug):
    found = current_app.store.boat(slug)
    days = request.args["days"]
    return jsonify({"days": int(days), "price": price_of(found, int(days))})


@blueprint.route("/bookings", methods=["GET"])
@authorised("read")
def bookings():
    mine = current_app.store.bookings_of(sender())
    return current_app.response_class(
        json.dumps({"bookings": mine, "links": {"self": url_for(".bookings", _external=True)}}),
        mimetype="application/json",
    )


@blueprint.route("/bookings", methods=["POST"])
@authorised("write")
def book():
    values = request.get_json()
    if not isinstance(values, dict):
        raise DeskError(422, "The body has to be a JSON object.")
    found = current_app.store.boat(values.get("boat"))
    if found is None or found.retired:
        raise DeskError(422, "There is no such boat.", boat=values.get("boat"))
    start, days, remark = parse_request(values)
    booking = current_app.store.book(found, sender(), start, days, remark)
    booking_changed.send(current_app._get_current_object(), booking=booking, change="booked")
    response = jsonify(booking)
    response.status_code = 201
    response.headers["Location"] = url_for(".booking", number=booking.number)
    return response


@blueprint.route("/bookings/<int:number>")
@authorised("read")
def booking(number):
    found = current_app.store.booking(number)
    if found is None or found.member is not sender():
        raise DeskError(404, "There is no such booking.")
    fields = booking_fields(found)
    return jsonify(dict(fields, boat=found.boat))


@blueprint.route("/crash")
def crash():
    return jsonify(1 // 0)
