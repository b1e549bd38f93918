"""Record goldens.json: run in an environment with the old versions, from the workspace of the task.

Flask 1.1.4, Werkzeug 1.0.1, Jinja2 2.11.3, MarkupSafe 2.0.1, itsdangerous 1.1.0, click 7.1.2, blinker 1.6.

awb-canary c2f5b9de-3a0e-4e53-8a43-7d0d6b3e9a64
"""

import base64
import hashlib
import hmac
import importlib.util
import json
import sys
import types
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
sys.path.insert(0, ".")
sys.modules["awb_worker"] = types.SimpleNamespace(serve=lambda *args, **kwargs: None)

import normal  # noqa: E402

spec = importlib.util.spec_from_file_location("desk_worker", HERE / "desk_worker.py")
worker = importlib.util.module_from_spec(spec)
spec.loader.exec_module(worker)

ISSUED = 1614589200.0  # 1 March 2021


def issue():
    """Cookies and tokens of old."""
    import time

    from flask.sessions import TaggedJSONSerializer
    from itsdangerous import TimedJSONWebSignatureSerializer

    from tidewater import create_app, tokens

    real = time.time
    time.time = lambda: ISSUED
    try:
        app = create_app()
        app.test_client().get("/")
        sessions = app.session_interface.get_signing_serializer(app)
        assert isinstance(sessions.serializer, TaggedJSONSerializer)
        import datetime

        since = datetime.datetime(2021, 3, 1, 9, 0)
        found = {
            "bo": sessions.dumps({"login": "bo", "since": since}),
            "cleo": sessions.dumps({"login": "cleo", "since": since, "_permanent": True}),
            "ada": sessions.dumps({"login": "ada", "since": since, "staff": True}),
            "flashes": sessions.dumps({"login": "dag", "_flashes": [("warning", "Höhe <1m> & falling " * 12)]}),
        }
        with app.app_context():
            store = app.store
            found["remember"] = tokens.remember_value("cleo")
            for login in ("bo", "cleo", "ada"):
                found[login + "-read"] = tokens.issue_api_token(store.member(login))
                found[login + "-write"] = tokens.issue_api_token(store.member(login), ["read", "write"])
            short = TimedJSONWebSignatureSerializer("harbour-master", expires_in=60, salt="tidewater-api")
            found["expired"] = short.dumps({"sub": "bo", "scopes": ["read"]}).decode()
            found["list"] = short.dumps(["bo"]).decode()
            names = {"alg": "HS256", "iat": int(ISSUED), "exp": int(ISSUED) + 20 * 365 * 24 * 3600}
            for name, missing in (("hs256", "typ"), ("endless", "exp")):
                header = dict(names, alg="HS256" if name == "hs256" else "HS512")
                header.pop(missing, None)
                found[name] = signed(header, {"sub": "bo", "scopes": ["read"]})
            found["calendar"] = tokens.calendar_key(store.member("bo"))
    finally:
        time.time = real
    head, payload, signature = found["bo-read"].split(".")
    found["forged"] = ".".join([head, found["ada-read"].split(".")[1], signature])
    return found


def signed(header, claims):
    """A token with a right signature and any header."""
    encoded = [base64.urlsafe_b64encode(json.dumps(part, separators=(",", ":")).encode()).rstrip(b"=") for part in (header, claims)]
    key = hashlib.sha1(b"tidewater-api" + b"signer" + b"harbour-master").digest()
    digest = hmac.new(key, b".".join(encoded), hashlib.sha512).digest()
    return b".".join([*encoded, base64.urlsafe_b64encode(digest).rstrip(b"=")]).decode()


def get(path, **more):
    return dict(more, path=path)


def post(path, form=None, **more):
    return dict(more, method="POST", path=path, form=form or {})


def all_cases(old):
    """The cases, by what they are about."""
    bearer = lambda name: {"Authorization": "Bearer " + old.get(name, name)}  # noqa: E731
    session = lambda name: {"tw_session": old[name]}  # noqa: E731
    firefox = {"User-Agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:88.0) Gecko/20100101 Firefox/88.0"}
    chrome = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
                            "Chrome/90.0.4430.93 Safari/537.36"}
    safari = {"User-Agent": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 "
                            "(KHTML, like Gecko) Version/14.0.3 Safari/605.1.15"}
    iphone = {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 14_4 like Mac OS X) AppleWebKit/605.1.15 "
                            "(KHTML, like Gecko) Version/14.0.3 Mobile/15E148 Safari/604.1"}
    crios = {"User-Agent": "Mozilla/5.0 (iPad; U; CPU OS 14_4) CriOS/90.0.4430.78 Mobile/15E148 (iOS)"}
    http = {
        # pages and templates
        "http-page-index": [get("/"), get("/?kind=kayak&q=a%20b&seats=2")],
        "http-page-query": [get("/?seats=x&q=%3C%2Fscript%3E%27"), get("/?kind=keelboat")],
        "http-page-boat": [get("/boats/gannet/"), get("/boats/skua/")],
        "http-page-day": [get("/boats/gannet/on/2021-06-12"), get("/boats/skua/on/2021-06-05"),
                          get("/boats/skua/on/2021-02-30")],
        "http-page-sign": [get("/berths/C/1/7/sign"), get("/berths/A/3/sign")],
        "http-page-static": [get("/static/desk.css")],
        # redirects
        "http-redirect-slash": [get("/boats/gannet"), get("/boats/gannet?x=1")],
        "http-redirect-berth": [get("/berths/C/1/7"), get("/berths/B/2"), get("/berths/Z/9")],
        "http-redirect-old": [get("/fleet/kayak"), get("/fleet")],
        "http-redirect-login": [get("/bookings/"), get("/bookings/?a=1&b=%26")],
        "http-redirect-next": [post("/sign-in", {"login": "cleo", "password": "halyard", "next": "/bookings/?x=1"}),
                               post("/sign-in", {"login": "cleo", "password": "halyard", "next": "//evil.test/x"}),
                               post("/sign-in", {"login": "cleo", "password": "halyard", "next": "/boats/teal/"})],
        # error pages
        "http-error-404": [get("/nope"), get("/no/<b>/pe"), get("/boats/none/")],
        "http-error-405": [post("/"), get("/bookings/1001/pay"), get("/api/v1/boats", method="DELETE")],
        "http-error-410": [get("/boats/auk/")],
        "http-error-key": [post("/sign-in", {"login": "bo"}), get("/api/v1/boats/teal/price")],
        "http-error-500": [get("/api/v1/crash"), get("/api/v1/boats/teal/price?days=x"),
                           get("/api/v1/boats/none/price?days=1")],
        "http-error-413": [post("/sign-in", {"login": "x" * 70000, "password": "y"})],
        "http-error-json": [get("/nope", headers={"Accept": "application/json"}),
                            get("/nope", headers={"Accept": "text/html, application/json;q=0.5"})],
        "http-error-api": [get("/api/v1/boats?kind=raft"), get("/api/v1/boats/none"), get("/api/v1/none")],
        # signing in
        "http-sign-in": [get("/sign-in?next=%2Fbookings%2F"),
                         post("/sign-in", {"login": " CLEO ", "password": "halyard"}), get("/members/me"),
                         get("/members/me"), post("/sign-out"), get("/members/me")],
        "http-sign-in-wrong": [post("/sign-in", {"login": "bo", "password": "x"}), get("/sign-in"),
                               post("/sign-in", {"login": "none", "password": "x", "next": "/a"})],
        "http-sign-in-old-hash": [post("/sign-in", {"login": "bo", "password": "bowline"}), get("/bookings/"),
                                  post("/sign-out"), post("/sign-in", {"login": "bo", "password": "bowline"}),
                                  get("/bookings/")],
        "http-sign-in-remember": [post("/sign-in", {"login": "cleo", "password": "halyard", "remember": "1"}),
                                  get("/bookings/")],
        "http-sign-in-staff": [post("/sign-in", {"login": "ada", "password": "sextant"}), get("/office/"),
                               get("/api/v1/crash"), get("/office/counters.json")],
        # booking
        "http-book": [get("/bookings/new/petrel?days=9"),
                      post("/bookings/new/petrel", {"start": "2021-06-06", "days": "9", "remark": " a\r\n<b>&"}),
                      get("/bookings/1005"), get("/bookings/")],
        "http-book-refused": [post("/bookings/new/gannet", {"start": "2021-06-17", "days": "2"}),
                              post("/bookings/new/teal", {"start": "2020-01-01"}),
                              post("/bookings/new/teal", {"start": "soon"}),
                              post("/bookings/new/teal", {"start": "2021-08-01", "days": "29"})],
        "http-book-foreign": [get("/bookings/1002"), get("/bookings/1002/receipt.txt"), get("/bookings/9")],
        "http-pay": [post("/bookings/1003/pay"), post("/bookings/1003/pay"), get("/bookings/1003")],
        "http-cancel": [post("/bookings/1001/cancel"), get("/bookings/"), get("/bookings/")],
        "http-wait": [post("/bookings/wait/gannet"), post("/bookings/wait/gannet"), get("/boats/gannet/")],
        "http-password": [post("/members/me/password", {"old": "x", "new": "y", "again": "y"}),
                          post("/members/me/password", {"old": "bowline", "new": "sheepshank", "again": "sheepshänk"}),
                          post("/members/me/password", {"old": "bowline", "new": "sheepshänk", "again": "sheepshänk"}),
                          post("/sign-in", {"login": "bo", "password": "sheepshänk"})],
        # sessions and tokens issued before
        "http-old-session": [get("/bookings/"), get("/members/me"), get("/bookings/1003")],
        "http-old-session-staff": [get("/"), get("/office/"), get("/bookings/1002"), get("/office/audit.json")],
        "http-old-session-permanent": [get("/members/me"), post("/sign-out"), get("/")],
        "http-old-session-flashes": [get("/"), get("/")],
        "http-old-session-broken": [get("/bookings/")],
        "http-old-remember": [get("/members/me"), get("/bookings/")],
        "http-old-remember-broken": [get("/members/me")],
        "http-old-token": [get("/api/v1/bookings", headers=bearer("bo-read")),
                           get("/api/v1/bookings/1003", headers=bearer("bo-read")),
                           get("/api/v1/bookings/1002", headers=bearer("bo-read"))],
        "http-old-token-refused": [get("/api/v1/bookings"), get("/api/v1/bookings", headers=bearer("expired")),
                                   get("/api/v1/bookings", headers=bearer("forged")),
                                   get("/api/v1/bookings", headers=bearer("abc")),
                                   get("/api/v1/bookings", headers=bearer("a.b.c")),
                                   get("/api/v1/bookings", headers=bearer("list")),
                                   get("/api/v1/bookings", headers=bearer("hs256")),
                                   get("/api/v1/bookings", headers=bearer("endless")),
                                   get("/api/v1/bookings", headers={"Authorization": "Basic x"})],
        "http-old-calendar": [get("/members/calendar/" + old["calendar"] + ".ics"),
                              get("/members/calendar/x" + old["calendar"] + ".ics")],
        # the API
        "http-api-boats": [get("/api/v1/boats"), get("/api/v1/boats?kind=kayak"), get("/api/v1/boats/skua"),
                           get("/api/v1/boats/teal/price?days=15")],
        "http-api-book": [dict(method="POST", path="/api/v1/bookings", headers=bearer("cleo-write"),
                               json={"boat": "petrel", "start": "2021-09-01", "days": 7, "remark": "ü"}),
                          dict(method="POST", path="/api/v1/bookings", headers=bearer("cleo-write"),
                               json={"boat": "petrel", "start": "2021-09-03"}),
                          get("/api/v1/bookings", headers=bearer("cleo-write"))],
        "http-api-book-type": [dict(method="POST", path="/api/v1/bookings", headers=bearer("cleo-write"),
                                    raw='{"boat": "petrel"}', type="text/plain"),
                               dict(method="POST", path="/api/v1/bookings", headers=bearer("cleo-write"),
                                    raw='{"boat": "petrel", "start": "2021-09-01"}', type="application/vnd.desk+json"),
                               dict(method="POST", path="/api/v1/bookings", headers=bearer("cleo-write"), form={"a": "b"})],
        "http-api-book-body": [dict(method="POST", path="/api/v1/bookings", headers=bearer("cleo-write"),
                                    raw='{"boat": ', type="application/json"),
                               dict(method="POST", path="/api/v1/bookings", headers=bearer("cleo-write"), json=[1]),
                               dict(method="POST", path="/api/v1/bookings", headers=bearer("cleo-write"),
                                    json={"boat": "auk"}),
                               dict(method="POST", path="/api/v1/bookings", headers=bearer("cleo-read"),
                                    json={"boat": "petrel"})],
        # files
        "http-file-documents": [get("/documents/rules.html"), get("/documents/tides.csv"),
                                get("/documents/gannet/2019-checklist.txt"), get("/documents/none.txt")],
        "http-file-outside": [get("/documents/../seed.json"), get("/documents/%2e%2e/seed.json"),
                              get("/documents/gannet/../../seed.json"), get("/documents/../latest")],
        "http-file-latest": [get("/documents/gannet/latest"), get("/documents/none/latest")],
        "http-file-range": [get("/documents/gannet/2019-checklist.txt", headers={"Range": "bytes=0-5"})],
        "http-file-receipt": [get("/bookings/1004/receipt.txt")],
        "http-file-table": [get("/"), get("/office/bookings.csv")],
        # the trail of changes
        "http-audit-firefox": [post("/bookings/1003/pay", headers=firefox), get("/office/audit.json")],
        "http-audit-others": [post("/bookings/1002/pay", headers=chrome), post("/bookings/1003/pay", headers=safari),
                              post("/bookings/1002/cancel", headers=iphone),
                              post("/bookings/1003/cancel", headers={"User-Agent": "curl/7.68.0"}),
                              post("/bookings/1001/cancel", headers={"User-Agent": "tool"}),
                              post("/bookings/1004/cancel", headers=crios), get("/office/audit.json"),
                              get("/office/")],
    }
    cookies = {
        "http-book": session("bo"), "http-book-refused": session("bo"), "http-book-foreign": session("bo"),
        "http-pay": session("bo"), "http-cancel": session("bo"), "http-wait": session("cleo"),
        "http-password": session("bo"), "http-old-session": session("bo"), "http-old-session-staff": session("ada"),
        "http-old-session-permanent": session("cleo"), "http-old-session-flashes": session("flashes"),
        "http-old-session-broken": {"tw_session": old["bo"][:-2] + "xx"},
        "http-old-remember": {"tw_remember": old["remember"]},
        "http-old-remember-broken": {"tw_remember": "ada" + old["remember"][4:]},
        "http-file-receipt": session("flashes"), "http-file-table": session("ada"),
        "http-audit-firefox": session("ada"), "http-audit-others": session("ada"),
    }
    for name, steps in http.items():
        yield name, {"kind": "http", "steps": steps, "cookies": cookies.get(name, {})}
    yield "cli-fleet", {"kind": "cli", "commands": [{"args": ["desk", "fleet"]},
                                                   {"args": ["desk", "fleet", "--kind", "kayak"]}]}
    yield "cli-fleet-json", {"kind": "cli", "commands": [{"args": ["desk", "fleet", "--kind", "keelboat", "--json"]}]}
    yield "cli-token", {"kind": "cli", "commands": [{"args": ["desk", "token", "bo", "--scope", "read", "--scope",
                                                              "write"]}, {"args": ["desk", "token", "cleo"]}]}
    yield "cli-token-unknown", {"kind": "cli", "commands": [{"args": ["desk", "token", "nobody"]}]}
    yield "cli-passwd", {"kind": "cli", "commands": [{"args": ["desk", "passwd", "bo", "--password", "x"]}]}
    yield "cli-reload", {"kind": "cli", "commands": [{"args": ["desk", "reload", "--yes"]}]}
    yield "cli-rules", {"kind": "cli", "commands": [{"args": ["desk", "fleet", "--kind", "launch"]},
                                                   {"args": ["rules"]}]}
    book = post("/bookings/new/petrel", {"start": "2021-06-06", "days": "2"})
    yield "probe-signals", {"kind": "probe", "name": "signals", "cookies": session("bo"), "steps": [
        get("/static/desk.css"), get("/nope"), get("/"), get("/"), book, book, post("/bookings/1005/cancel"),
        post("/sign-in", {"login": "eve", "password": "x"})]}
    yield "probe-opening", {"kind": "probe", "name": "signals", "steps": [get("/boats/teal/"), get("/office/")]}
    yield "probe-json", {"kind": "probe", "name": "json"}
    yield "probe-urls", {"kind": "probe", "name": "urls", "path": "/?q=x+y&kind=kayak&a=%C3%BC&kind=dinghy", "targets": [
        "/boats/", "boats/x?y=1&z=%20", "http://evil.test/", "//evil.test", "http://localhost/in", "javascript:x", "", None]}
    yield "probe-passwords", {"kind": "probe", "name": "passwords", "pairs": [
        ["sha256$kJ2dP0wq$" + OLD_BOWLINE, "bowline"], ["sha256$kJ2dP0wq$" + OLD_BOWLINE, "Bowline"],
        ["sha256$kJ2dP0wq$" + OLD_BOWLINE, ""], ["sha256$kJ2dP0wq$" + OLD_BOWLINE, None],
        ["sha256$kJ2dP0wq$" + OLD_UMLAUT, "sheepshänk"], ["plain$$sheepshänk", "sheepshänk"],
        ["plain$$open", "open"], ["plain$$open", "opem"],
        ["md5$salt$c0ffee", "x"], ["", ""], ["nonsense", "nonsense"], [PBKDF2, "sextant"], [PBKDF2, "sextan"]],
        "same": [["a", "a"], ["a", "b"], ["ä", "ä"], ["", None], [None, None], ["a", "ä"]]}
    yield "probe-contexts", {"kind": "probe", "name": "contexts", "cookie": "tw_session=" + old["bo"]}
    yield "probe-config", {"kind": "probe", "name": "config"}


def _member(login):
    data = json.loads(Path("tidewater/data/seed.json").read_text(encoding="utf-8"))
    return next(item["password"] for item in data["members"] if item["login"] == login)


OLD_BOWLINE = _member("bo").split("$")[2]
OLD_UMLAUT = hmac.new(b"kJ2dP0wq", "sheepshänk".encode(), hashlib.sha256).hexdigest()
PBKDF2 = _member("ada")


def main():
    """Write goldens.json beside this file."""
    recorded = []
    for name, case in all_cases(issue()):
        value = json.loads(json.dumps(worker.handle(case)))
        want = json.loads(json.dumps(normal.normal(case["kind"], value)))
        recorded.append({"id": name, "input": case, "want": want})
    head = {"canary": "awb-canary c2f5b9de-3a0e-4e53-8a43-7d0d6b3e9a64", "cases": recorded}
    (HERE / "goldens.json").write_text(json.dumps(head, indent=1, ensure_ascii=True) + "\n", encoding="utf-8")
    print(len(recorded), "cases")


main()
