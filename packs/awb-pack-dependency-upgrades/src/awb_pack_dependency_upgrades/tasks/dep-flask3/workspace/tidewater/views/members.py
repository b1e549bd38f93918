"""Members, and the calendar of each."""

from flask import Blueprint, Response, abort, current_app, render_template, request, stream_with_context, url_for
from flask.views import MethodView

from .. import passwords, tokens
from ..auth import login_required, member

blueprint = Blueprint("members", __name__, url_prefix="/members")


@blueprint.route("/me")
@login_required
def me():
    found = current_app.store.member(member.login)
    link = url_for("members.calendar", key=tokens.calendar_key(found), _external=True)
    return render_template("members/me.html", found=found, calendar=link)


@blueprint.route("/calendar/<key>.ics")
def calendar(key):
    try:
        found = current_app.store.member(tokens.read_calendar_key(key)) or abort(404)
    except tokens.TokenError:
        abort(404)

    @stream_with_context
    def lines():
        yield "BEGIN:VCALENDAR\r\n"
        for booking in current_app.store.bookings_of(found):
            yield "BEGIN:VEVENT\r\nUID:%s\r\nSUMMARY:%s\r\nDTSTART:%s\r\nURL:%s\r\nEND:VEVENT\r\n" % (
                booking.uid,
                booking.boat.name,
                booking.start.strftime("%Y%m%d"),
                url_for("bookings.show", number=booking.number, _external=True),
            )
        yield "END:VCALENDAR\r\n"

    return Response(lines(), mimetype="text/calendar")


class Password(MethodView):
    decorators = [login_required]

    def get(self):
        return render_template("members/password.html")

    def post(self):
        found = current_app.store.member(member.login)
        if not passwords.verify(found, request.form["old"]):
            return render_template("members/password.html", problem="The old password is wrong."), 400
        if not passwords.same(request.form["new"], request.form["again"]):
            return render_template("members/password.html", problem="The new passwords differ."), 400
        found.password = passwords.hash_password(request.form["new"])
        return "", 204


blueprint.add_url_rule("/me/password", view_func=Password.as_view("password"))
