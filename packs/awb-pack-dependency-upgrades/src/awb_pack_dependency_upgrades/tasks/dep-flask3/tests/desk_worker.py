"""Drive the application: requests, commands and a few direct questions.

awb-canary c2f5b9de-3a0e-4e53-8a43-7d0d6b3e9a64
"""

import sys
import warnings

import click  # noqa: F401 - loaded once, from the environment, for all cases
import flask.cli  # noqa: F401
import itsdangerous  # noqa: F401
import jinja2.ext  # noqa: F401
import werkzeug.test  # noqa: F401
from awb_worker import serve

sys.path.insert(0, ".")


def handle(case):
    if not case.get("strict"):
        return _handle(case)
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        _handle(case)
    return [f"{item.category.__name__}: {item.message}" for item in seen if item.category is not ResourceWarning]


def _handle(case):
    return {"http": _http, "cli": _cli, "probe": _probe, "versions": _versions}[case["kind"]](case)


def _app(case):
    from tidewater import create_app
    from tidewater.clock import from_text

    clock = from_text(case.get("now", "2021-06-05T10:00:00"))
    return create_app(dict(case.get("config", {}), CLOCK=clock))


def _http(case):
    app = _app(case)
    client = app.test_client(use_cookies=False)
    jar = dict(case.get("cookies", {}))
    return [_step(client, jar, step) for step in case["steps"]]


def _step(client, jar, step):
    headers = dict(step.get("headers", {}))
    if jar:
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in jar.items())
    options = {"method": step.get("method", "GET"), "headers": headers}
    if "form" in step:
        options["data"] = step["form"]
    elif "json" in step:
        options["json"] = step["json"]
    elif "raw" in step:
        options.update(data=step["raw"].encode(), content_type=step.get("type"))
    response = client.open(step["path"], **options)
    cookies = response.headers.getlist("Set-Cookie")
    for cookie in cookies:
        name, _, rest = cookie.partition("=")
        value = rest.partition(";")[0]
        if "max-age=0" in rest.lower():
            jar.pop(name, None)
        else:
            jar[name] = value.strip('"')
    body = response.data
    response.close()
    return {
        "status": response.status_code,
        "headers": [[name, value] for name, value in response.headers.items() if name != "Set-Cookie"],
        "cookies": cookies,
        "body": body.decode("utf-8", "replace"),
    }


def _cli(case):
    app = _app(case)
    outputs = []
    for command in case["commands"]:
        result = app.test_cli_runner().invoke(args=command["args"], input=command.get("input"))
        outputs.append({"exit": result.exit_code, "output": result.output,
                        "error": type(result.exception).__name__ if result.exception else None})
    return outputs


def _probe(case):
    return globals()["_probe_" + case["name"]](case)


def _probe_signals(case):
    from tidewater import signals

    events = []

    def opened(app, boats):
        events.append(["opened", boats, type(app).__name__])

    def changed(app, booking, change):
        events.append([change, booking.number])

    def failed(app, login):
        events.append(["failed", login])

    signals.desk_opened.connect(opened)
    signals.booking_changed.connect(changed)
    signals.sign_in_failed.connect(failed)
    app = _app(case)
    events.append("created")
    client = app.test_client(use_cookies=False)
    jar = dict(case.get("cookies", {}))
    for step in case["steps"]:
        events.append(_step(client, jar, step)["status"])
    counter = app.extensions["counter"]
    return {"events": events, "pages": counter.pages, "answers": {str(k): v for k, v in counter.answers.items()}}


def _probe_json(case):
    import datetime
    import decimal
    import uuid
    from dataclasses import dataclass

    from flask import json

    from tidewater.models import Kind

    @dataclass
    class Pair:
        left: int
        right: decimal.Decimal

    class Widget:
        def __html__(self):
            return "<b>w</b>"

    values = {
        "decimal": decimal.Decimal("12.5"), "day": datetime.date(2021, 6, 5),
        "time": datetime.datetime(2021, 6, 5, 10, 30), "uuid": uuid.UUID(int=7), "kind": Kind.KAYAK,
        "set": {"b", "a"}, "pair": Pair(1, decimal.Decimal("2")), "html": Widget(), "text": "ä<&>",
        "nested": {"z": 1, "a": [decimal.Decimal("0.1")]},
    }
    app = _app(case)
    with app.app_context():
        found = {name: json.dumps(value) for name, value in values.items()}
        try:
            json.dumps(object())
        except TypeError:
            found["object"] = "TypeError"
    return found


def _probe_urls(case):
    import datetime

    from flask import url_for

    from tidewater.routing import page_url, safe_target

    app = _app(case)
    found = []
    with app.test_request_context(case["path"]):
        found.append(url_for("boats.at_berth", berth="C/1/7"))
        found.append(url_for("boats.on", slug="gannet", start=datetime.date(2021, 6, 5)))
        found.append(url_for("boats.index", q="a b&ü", _external=True))
        found.append(url_for("files.document", name="gannet/2020 list.txt"))
        found.append(page_url(seats=4, kind=None))
        found.append(page_url(q="ü & /", z="1", a="2"))
        for target in case["targets"]:
            found.append(safe_target(target))
    return found


def _probe_passwords(case):
    from tidewater import passwords
    from tidewater.models import Member

    def verdict(stored, given):
        return bool(passwords.verify(Member("x", "X", stored), given))

    fresh = passwords.hash_password("boathook")
    return {
        "verdicts": [verdict(stored, given) for stored, given in case["pairs"]],
        "outdated": [bool(passwords.outdated(Member("x", "X", stored))) for stored, _ in case["pairs"]],
        "fresh": [fresh.split("$")[0], len(fresh.split("$")[1]), verdict(fresh, "boathook"), verdict(fresh, "other")],
        "same": [bool(passwords.same(one, other)) for one, other in case["same"]],
    }


def _probe_contexts(case):
    from tidewater.audit import trail
    from tidewater.auth import member

    app = _app(case)
    found = [bool(member)]
    app.test_client(use_cookies=False).get("/")
    with app.app_context():
        found.append(bool(member))
        trail().note("outer")
        with app.app_context():
            trail().note("inner")
            found.append([what for what, _ in trail().entries])
        found.append([what for what, _ in trail().entries])
    with app.test_request_context("/", headers={"Cookie": case["cookie"]}):
        app.preprocess_request()
        from flask import session

        found.append([type(session).__name__, session.login, session.staff])
        found.append(member.login if member else None)
        with app.test_request_context("/"):
            found.append(bool(member))
        found.append(member.login if member else None)
    return found


def _probe_config(case):
    import json
    import tempfile

    from tidewater import create_app

    with tempfile.NamedTemporaryFile("w", suffix=".json") as stream:
        json.dump({"CURRENCY": "SEK", "lower": 1, "EXTRA_BLUEPRINTS": []}, stream)
        stream.flush()
        app = create_app(config_file=stream.name)
    client = app.test_client(use_cookies=False)
    page = client.get("/boats/teal/").data.decode()
    return [app.config["CURRENCY"], "lower" in app.config, "kr" in page, client.get("/office/").status_code]


def _versions(case):
    import os
    from importlib import metadata

    import flask
    import werkzeug

    app = _app(case)
    here = os.path.realpath(".")
    response = app.test_client(use_cookies=False).get("/")
    files = [os.path.realpath(module.__file__) for module in (flask, werkzeug)]
    return {
        "flask": metadata.version("flask"), "werkzeug": metadata.version("werkzeug"),
        "outside": not any(file.startswith(here + os.sep) for file in files)
        and not any(os.path.exists(name) for name in ("flask", "werkzeug", "flask.py", "werkzeug.py")),
        "is_flask": isinstance(app, flask.Flask) and flask.Flask.__module__.startswith("flask."),
        "status": response.status_code,
        "about": app.test_cli_runner().invoke(args=["desk", "about"]).output.strip(),
    }


serve(handle, isolate=True, seconds=20)
