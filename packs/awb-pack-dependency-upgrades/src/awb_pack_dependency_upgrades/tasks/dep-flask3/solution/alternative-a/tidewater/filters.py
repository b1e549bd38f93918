"""Filters, tests and globals of the templates."""

from decimal import Decimal

from flask import current_app, url_for
from jinja2 import pass_context, pass_environment, pass_eval_context
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup, escape

from .models import Kind
from .routing import page_url

SIGNS = {"EUR": "€", "SEK": "kr", "GBP": "£"}


@pass_context
def money(context, value):
    """`€ 1,234.50`, in the currency of the page."""
    sign = SIGNS.get(context.get("currency"), context.get("currency"))
    return "%s\N{NO-BREAK SPACE}%s" % (sign, "{:,.2f}".format(Decimal(value)))


@pass_eval_context
def lines(eval_ctx, value):
    """Line breaks become `<br>`."""
    result = "<br>".join(str(escape(line)) for line in str(value).splitlines())
    return Markup(result) if eval_ctx.autoescape else result


@pass_environment
def listing(environment, values, attribute=None):
    """`a, b and c`."""
    if attribute:
        values = [environment.getattr(value, attribute) for value in values]
    values = [str(value) for value in values]
    if len(values) < 2:
        return "".join(values)
    return ", ".join(values[:-1]) + " and " + values[-1]


def day(value, style="long"):
    if style == "short":
        return value.strftime("%d.%m.")
    return value.strftime("%A, %d %B %Y").replace(" 0", " ")


def embed(value):
    """JSON for a `<script>` element."""
    return htmlsafe_json_dumps(value, dumps=current_app.json.dumps)


def stars(count):
    return Markup('<span class="seats" title="{0}">{1}</span>').format(count, "•" * count)


def init_app(app):
    app.jinja_env.filters.update(money=money, lines=lines, listing=listing, day=day, embed=embed, stars=stars)
    app.jinja_env.globals.update(page_url=page_url, kinds=list(Kind))
    # `tojson` keeps the order of the keys, as all JSON of the desk does
    app.jinja_env.policies["json.dumps_kwargs"] = {}
    app.jinja_env.tests["of_kind"] = lambda boat, kind: boat.kind.value == kind

    @app.template_global()
    def static_url(name):
        return url_for("static", filename=name)
