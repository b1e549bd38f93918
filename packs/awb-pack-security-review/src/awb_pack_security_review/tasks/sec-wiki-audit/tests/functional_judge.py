"""What the wiki is meant to do, which no repair may take away.

awb-canary 06f1ae98-2f2c-4e8b-b8e3-902572775397
"""

import base64
import hashlib
import hmac
import io
import json
import random
import re
import zipfile

from scripting import (
    b64, body, bundle, get, header, location, login, manifest, new, post, results, status, upload,
)

CHECKS = {}
SEEN = []
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
API = {"Authorization": "Bearer @token@"}


def token(who, scope):
    return {**post(who, "/profile/tokens", label="program", scope=scope),
            "save": {"token": r"quire_[0-9a-f]{64}"}}


def call(method, path, value=None, **more):
    action = {"as": "program", "method": method, "path": path, "headers": API, **more}
    return action if value is None else {**action, "json": value}


def codes(values, *wanted):
    return [status(value) for value in values] == list(wanted)


def slugs(value):
    """Pages linked in a list, in order."""
    main = body(value).split("<main>")[-1]
    return re.findall(r'href="/page/([a-z0-9-]+)"', main)


def cases(seed):
    draw = random.Random(seed)
    word = "w" + "".join(draw.choices("abcdefghijkmnp", k=8))
    found = []
    CHECKS.clear()
    SEEN[:] = [seed]

    def case(name, steps, check, **options):
        CHECKS[name] = check
        found.append({"id": name, "group": "functional", "input": {"steps": steps, "options": options}})

    accounts(case, word)
    pages(case, word)
    lists(case, word)
    files(case, word)
    transfer(case, word)
    programs(case, word)
    return [{**case, "seed": seed} for case in found]


def judge(case, answer):
    if SEEN != [case["seed"]]:
        # Judging happens in another process than drawing the cases.
        cases(case["seed"])
    check = CHECKS[case["id"]]
    values = results(answer)
    if values is None:
        return False, f"no answer: {str(answer)[:300]}"
    try:
        fine = check(values)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        return False, f"unusable answer: {error!r}"
    if fine:
        return True, ""
    seen = [(status(v), location(v)) if isinstance(v, dict) else v for v in values]
    return False, f"not as intended: {seen!r:.500}"


def accounts(case, word):
    case("login-logout", [
        login("bob"), get("bob", "/profile"), post("bob", "/logout", x="1"), get("bob", "/profile"),
    ], lambda v: codes(v, 303, 200, 303, 303) and location(v[0]) == "/" and location(v[3]) == "/login")
    case("login-wrong", [login("bob", password="wrong password"), get("bob", "/profile")],
         lambda v: codes(v, 403, 303))
    case("login-throttled", [*[login("bob", password="wrong password") for _ in range(8)], login("bob"),
                             {"do": "clock", "add": 1000}, login("bob")],
         lambda v: status(v[8]) == 429 and status(v[10]) == 303)
    case("login-next", [login("bob", form={"next": "/page/boiler?x=1&y=a%20b#top"}),
                        login("eve", form={"next": "https://evil.example/"}),
                        login("ann", form={"next": "/search?q=a/b"})],
         lambda v: codes(v, 303, 303, 303) and location(v[0]) == "/page/boiler?x=1&y=a%20b#top"
         and location(v[1]) == "/" and location(v[2]) == "/search?q=a/b")
    case("csrf-refused", [
        login("bob"), {"as": "bob", "method": "POST", "path": "/profile", "form": {"about": word}},
        {"as": "bob", "method": "POST", "path": "/profile",
         "form": {"about": word, "csrf_token": "x" * 32}}, get("bob", "/user/bob"),
    ], lambda v: codes(v, 303, 403, 403, 200) and word not in body(v[3]))
    case("csrf-header", [
        login("bob"), new("bob", "Notes", "x"),
        {"as": "bob", "method": "POST", "path": "/page/notes/edit", "csrf": "header",
         "form": {"text": word}},
        {"as": "bob", "method": "POST", "path": "/page/notes/delete", "csrf": "header"},
        get("bob", "/page/notes"),
    ], lambda v: codes(v, 303, 303, 303, 303, 404))
    case("session-kept", [
        login("bob"), get("bob", "/profile"), {"do": "clock", "add": 86400 * 10}, get("bob", "/profile"),
        {"do": "clock", "add": 86400 * 15}, get("bob", "/profile"),
    ], lambda v: status(v[1]) == 200 and status(v[3]) == 200 and status(v[5]) == 303
        and "HttpOnly" in header(v[0], "set-cookie") and "Secure" in header(v[0], "set-cookie")
        and "SameSite=None" in header(v[0], "set-cookie"))
    case("profile", [
        login("bob"), post("bob", "/profile", display_name=f"Bob <{word}>", about="a & b",
                           email="new@example.net", timezone="Asia/Tokyo", notify="0"),
        get("eve2", "/user/bob"), login("eve"), get("eve", "/user/bob"), get("bob", "/profile"),
        post("bob", "/profile", timezone="Mars"), post("bob", "/profile", email="ann@example.net"),
    ], lambda v: codes(v, 303, 303, 303, 303, 200, 200, 400, 409)
        and f"Bob &lt;{word}&gt;" in body(v[4]) and "a &amp; b" in body(v[4])
        and 'value="new@example.net"' in body(v[5]) and "<option selected>Asia/Tokyo" in body(v[5])
        and "<option selected>0" in body(v[5]))
    case("password", [
        login("bob"), login("bob2", name="bob", password="correct horse bob 1"),
        post("bob", "/profile/password", old="wrong", new="another horse 2"),
        post("bob", "/profile/password", old="correct horse bob 1", new="another horse 2"),
        get("bob", "/profile"), get("bob2", "/profile"), login("bob3", name="bob", password="another horse 2"),
    ], lambda v: codes(v, 303, 303, 403, 303, 200, 303, 303))
    case("reset", [
        login("bob"), post("visitor", "/lost", email="bob@example.net"),
        post("visitor", "/lost", email="nobody@example.net"),
        {"do": "outbox", "save": {"reset": r"https://wiki\.example\.net(/reset/[^\\\s\"]+)"}},
        get("visitor", "@reset@"), post("visitor", "@reset@", password="brand new pass 7"),
        get("bob", "/profile"), login("bob", password="brand new pass 7"),
        get("visitor", "@reset@"),
    ], lambda v: len(v[3]) == 1 and v[3][0]["to"] == "bob@example.net"
        and codes([v[1], v[2], *v[4:]], 303, 303, 200, 303, 303, 303, 403))
    case("reset-expires", [
        post("visitor", "/lost", email="bob@example.net"),
        {"do": "outbox", "save": {"reset": r"https://wiki\.example\.net(/reset/[^\\\s\"]+)"}},
        {"do": "clock", "add": 1900}, get("visitor", "@reset@"),
    ], lambda v: status(v[3]) == 403)
    case("registration", [
        get("visitor", "/register"),
        post("visitor", "/register", name="zoe", email="zoe@example.org", password="long enough 9"),
        login("zoe", password="long enough 9"), get("zoe", "/admin/users"), get("zoe", "/import"),
    ], lambda v: codes(v, 200, 303, 303, 403, 403), settings={"open_registration": True})
    case("administration", [
        login("root"), login("eve"), get("root", "/admin/users"), post("root", "/admin/users/4/role", role="editor"),
        get("eve", "/import"), get("eve", "/admin/users"), post("root", "/admin/users/4/lock", active="0"),
        get("eve", "/profile"), post("root", "/admin/users/1/role", role="member"),
        get("root", "/admin/audit?format=csv"), post("root", "/admin/users/4/lock", active="1"), login("eve"),
    ], lambda v: codes(v, 303, 303, 200, 303, 200, 403, 303, 303, 409, 200, 303, 303)
        and "role changed" in body(v[9]))
    case("frames", [get("visitor", "/login")],
         lambda v: "frame-ancestors 'self' https://portal.example.net" in header(v[0], "content-security-policy"),
         settings={"portal_origin": "https://portal.example.net"})


def pages(case, word):
    text = (f"= One =\n''it'' '''bold''' `code <x>`\n* a\n* b\n> quoted\n[[Other page|shown]] [[Self]]\n"
            f"[https://example.org/?a=1&b=2 site] [mailto:a@example.org] [javascript:alert(1) no]\n```py\n<b>{word}</b>\n```\n"
            "{{toc}} {{tagged \"pump\", 5}} {{recent 3}} {{recent nonsense(}} {{unknown}} <script>x</script>")
    case("markup", [login("bob"), new("bob", "Self", text, tags="pump, Heat"), get("bob", "/page/self")],
         lambda v: codes(v, 303, 303, 200) and all(piece in body(v[2]) for piece in (
             "<i>it</i>", "<b>bold</b>", "<code>code &lt;x&gt;</code>", "<ul><li>a</li><li>b</li></ul>",
             "<blockquote>quoted</blockquote>", 'href="/page/other-page" class="missing"', '<a href="/page/self">Self</a>',
             'href="https://example.org/?a=1&amp;b=2"', 'href="mailto:a@example.org"', "[javascript:alert(1) no]",
             f"&lt;b&gt;{word}&lt;/b&gt;", '<a href="#one">One</a>', "bad arguments", "{{unknown}}",
             "&lt;script&gt;", '<a href="/tag/heat">heat</a>')))
    case("images", [
        login("bob"), new("bob", "Photo", "{{image:a.png|caf&eacute; & bar}} {{image:b.png}}"),
        upload("bob", "/page/photo/files", "a.png", PNG), get("bob", "/page/photo"),
        get("bob", "/page/photo/file/a.png"),
    ], lambda v: codes(v, 303, 303, 303, 200, 200) and 'src="/page/photo/file/a.png"' in body(v[3])
        and re.search(r'alt="café (&|&amp;) bar"', body(v[3])) and 'alt="b.png"' in body(v[3])
        and header(v[4], "content-type") == "image/png" and v[4]["digest"] == hashlib.sha256(PNG).hexdigest())
    case("edit-conflict", [
        login("bob"), login("eve"), new("bob", "Shared", "one"),
        {**get("eve", "/page/shared/edit"), "save": {"base": r'name="base" value="(\d+)"'}},
        post("bob", "/page/shared/edit", text="two"), post("eve", "/page/shared/edit", text="three", base="@base@"),
        get("eve", "/page/shared/raw"),
    ], lambda v: codes(v, 303, 303, 303, 200, 303, 409, 200) and body(v[6]) == "two")
    case("history", [
        login("bob"), new("bob", "Diary", "alpha\nbeta"), post("bob", "/page/diary/edit", text="alpha\ngamma"),
        {**get("bob", "/page/diary/history"), "save": {"first": r"/page/diary/revision/(\d+)"}},
        get("bob", "/page/diary/revision/@first@"), get("bob", "/page/diary/diff?format=json"),
        get("bob", "/page/diary/diff?new=@first@"),
        post("bob", "/page/diary/restore/@first@", x="1"), get("bob", "/page/diary/raw"),
        get("bob", "/page/diary/diff?old=@first@&format=json"),
    ], lambda v: codes(v, 303, 303, 303, 200, 200, 200, 200, 303, 200, 200) and "beta" in body(v[4])
        and ["-", "beta"] in json.loads(body(v[5])) and ["+", "gamma"] in json.loads(body(v[5]))
        and "+alpha" in body(v[6]) and body(v[8]) == "alpha\nbeta" and json.loads(body(v[9])) == [])
    case("private", [
        login("ann"), login("bob"), login("eve"), login("root"),
        new("ann", "Plan", f"about {word}", visibility="private", tags="hush"),
        get("bob", "/page/plan"), get("bob", "/pages"), get("bob", f"/search?q={word}"), get("bob", "/tags"),
        get("bob", "/pages/select?slugs=plan"), get("bob", "/page/plan/history"), get("root", "/page/plan"),
        post("ann", "/page/plan/share", visibility="private", readers="bob"), get("bob", "/page/plan"),
        get("eve", "/page/plan/raw"), post("bob", "/page/plan/edit", text="no"), get("visitor", "/page/plan"),
        get("bob", "/page/plan/diff"),
    ], lambda v: codes([*v[4:6], *v[10:]], 303, 403, 403, 200, 303, 200, 403, 403, 303, 200)
        and not any("plan" in slugs(v[i]) or word in body(v[i]).split("<ul>")[-1] for i in (6, 7, 8))
        and json.loads(body(v[9])) == [])
    case("public", [
        login("ann"), new("ann", "Open", word, visibility="public"), new("ann", "Team", "x"),
        get("visitor", "/page/open"), get("visitor", "/page/team"), get("visitor", "/pages"),
        get("visitor", "/feed.atom"),
    ], lambda v: codes(v[3:], 200, 303, 200, 200) and slugs(v[5]) == ["open"]
        and "<title>Open</title>" in body(v[6]) and "Team" not in body(v[6]))
    case("rename", [
        login("bob"), login("eve"), new("bob", "Old name", "x"), post("eve", "/page/old-name/rename", title="Mine"),
        post("bob", "/page/old-name/rename", title="New name"), get("eve", "/page/old-name"),
        get("eve", "/page/new-name"), get("eve", "/pages"),
    ], lambda v: codes(v[3:], 403, 303, 301, 200, 200) and location(v[5]) == "/page/new-name"
        and slugs(v[7]) == ["new-name"])
    case("delete", [
        login("bob"), login("eve"), new("bob", "Gone", "x"), post("eve", "/page/gone/delete", x="1"),
        post("bob", "/page/gone/delete", x="1"), get("bob", "/page/gone"),
    ], lambda v: codes(v[3:], 403, 303, 404))
    case("preview", [
        login("bob"), new("bob", "Draft", "x"), post("bob", "/page/draft/preview", text=f"'''{word}'''"),
        get("bob", "/page/draft/raw"),
    ], lambda v: f"<b>{word}</b>" in body(v[2]) and body(v[3]) == "x")
    case("render-cache", [
        login("bob"), new("bob", "Kept", f"''{word}''"), get("bob", "/page/kept"), get("bob", "/page/kept"),
        {"do": "write", "path": "cache/*.bin", "data": b64(b"cposix\nmkdir\n(Vowned\ntR.")},
        get("bob", "/page/kept"), {"do": "exists", "path": "owned"},
    ], lambda v: all(f"<i>{word}</i>" in body(v[i]) for i in (2, 3, 5)) and v[6] is False
        and header(v[2], "etag") == header(v[5], "etag") != "")
    case("snippets", [
        login("ann"), login("bob"),
        post("ann", "/snippets", name="report",
             body="= {title} =\n{{recent}} {date} {user.name}/{user.display_name} {site.name} {site.url}"),
        {"as": "bob", "path": "/new", "query": {"snippet": "report", "title": "A <b>"}},
        post("bob", "/snippets", name="mine", body="x"), post("ann", "/snippets", name="bad", body="{nobody}"),
        get("bob", "/new?snippet=bad"), get("bob", "/snippets/report"), post("ann", "/snippets/bad/delete", x="1"),
        get("bob", "/snippets/bad"),
    ], lambda v: codes(v[2:], 303, 200, 403, 303, 400, 200, 303, 404)
        and "= A &lt;b&gt; =\n{recent} 2026-05-28 bob/bob Quire https://wiki.example.net" in body(v[3]))


def lists(case, word):
    setup = [login("bob"), new("bob", "Beta", f"zebra {word}", tags="x y"), {"do": "clock", "add": 10},
             new("bob", "alpha", "zebra 100% <tag>", tags="x"), {"do": "clock", "add": 10},
             new("bob", "Gamma", "zebra"), get("bob", "/page/beta"), get("bob", "/page/beta")]
    case("orders", [*setup, get("bob", "/pages"), get("bob", "/pages?order=recent"), get("bob", "/pages?order=views"),
                    get("bob", "/pages?order=title;drop"), get("bob", "/tag/x"), get("bob", "/pages/select?slugs=gamma,beta,none")],
         lambda v: [slugs(r) for r in v[8:13]] == [
             ["alpha", "beta", "gamma"], ["gamma", "alpha", "beta"], ["beta", "alpha", "gamma"],
             ["alpha", "beta", "gamma"], ["alpha", "beta"]]
         and [e["slug"] for e in json.loads(body(v[13]))] == ["beta", "gamma"])
    case("search", [*setup, get("bob", "/search?q=zebra"), get("bob", "/search?q=zebra&sort=updated"),
                    get("bob", "/search?q=zebra&sort=updated-desc"), get("bob", "/search?q=zebra&sort=views-desc"),
                    get("bob", "/search?q=zebra&sort=nonsense"), get("bob", "/search?q=zebra&tags=y"),
                    get("bob", "/search?q=100%25"), get("bob", "/search?q=zebra&author=eve"),
                    get("bob", "/search", query={"q": "<tag> zebra"}), get("bob", "/search?q=o'b\"%20--")],
         lambda v: [slugs(r) for r in v[8:11]] == [
             ["beta", "gamma", "alpha"], ["beta", "alpha", "gamma"], ["gamma", "alpha", "beta"]]
         and slugs(v[11])[0] == "beta" and status(v[12]) in (200, 400) and slugs(v[13]) == ["beta"]
         and slugs(v[14]) == ["alpha"] and slugs(v[15]) == [] and slugs(v[16]) == ["alpha"]
         and "<mark>&lt;tag&gt;</mark>" in body(v[16]) and "<mark>zebra</mark>" in body(v[16])
         and status(v[17]) == 200)
    case("suggest-links", [*setup, new("bob", "Index", "[[Beta]] and [[gamma|g]]"), get("bob", "/suggest?q=be"),
                           get("bob", "/page/gamma/links"), get("bob", "/page/alpha/links"), get("bob", "/random")],
         lambda v: json.loads(body(v[9])) == ["Beta"] and slugs(v[10]) == ["index"] and slugs(v[11]) == []
         and status(v[12]) == 303 and location(v[12]).startswith("/page/"))
    case("feed", [*setup, get("bob", "/feed.atom"), get("bob", "/feed.atom", headers={"If-None-Match": "x"})],
         lambda v: codes(v[8:], 200, 200) and re.findall(r"<title>(\w+)</title>", body(v[8])) == ["Quire", "Gamma", "alpha", "Beta"]
         and header(v[8], "etag") == header(v[9], "etag") != "")
    export = {**get("bob", "/searches/export"), "save": {"dump": r"(?s)(.+)"}}
    case("saved-searches", [
        *setup, post("bob", "/searches", name="Zeb <1>", query="zebra", tags="x", sort="updated-desc"),
        post("bob", "/searches", name="other", query="é", tags="", sort="title"),
        get("bob", "/searches/run?name=other"), export, login("eve"),
        {"as": "eve", "method": "POST", "path": "/searches/import", "csrf": "form",
         "form": {}, "files": {"file": ["s.txt", b64(b"nonsense")]}},
        get("eve", "/searches"), {"as": "eve", "path": "/searches/run?name=other"},
        {"as": "eve", "method": "POST", "path": "/searches/import", "csrf": "form",
         "form": {}, "files": {"file": ["s.txt", {"text": "@dump@"}]}},
        get("eve", "/searches/run?name=other"), get("eve", "/searches"),
    ], lambda v: codes(v[8:], 303, 303, 303, 200, 303, 400, 200, 404, 303, 303, 200)
        and location(v[17]) == location(v[10]) and "Zeb &lt;1&gt;" in body(v[18]) and location(v[10]).startswith("/search?q=%C3%A9")
        and header(v[11], "content-disposition").startswith("attachment"))


def files(case, word):
    data = word.encode() * 3
    case("attachments", [
        login("bob"), login("eve"), new("bob", "Box", "x", visibility="private"),
        upload("bob", "/page/box/files", "temp/plan (1).txt", data), get("bob", "/page/box"),
        get("bob", "/page/box/file/plan"), get("bob", "/page/box/file/plan (1).txt"),
        get("eve", "/page/box/file/plan (1).txt"), upload("bob", "/page/box/files", "..", b"x"),
        upload("bob", "/page/box/files", "big.bin", bytes(5000)), upload("eve", "/page/box/files", "a.txt", b"x"),
        upload("bob", "/page/box/files", "evil.html", b"<script>"), get("bob", "/page/box/file/evil.html"),
        post("bob", "/page/box/file/evil.html/delete", x="1"), get("bob", "/page/box/file/evil.html"),
    ], lambda v: codes(v[3:5], 303, 200) and codes(v[6:], 200, 403, 400, 413, 403, 303, 200, 303, 404)
        and v[6]["digest"] == hashlib.sha256(data).hexdigest()
        and header(v[12], "content-type") == "application/octet-stream"
        and header(v[12], "content-disposition").startswith("attachment"),
        settings={"max_attachment_bytes": 4000})
    digest = hashlib.sha256(data).hexdigest()
    case("blobs", [
        login("root"), login("bob"), new("bob", "Box", "x"), upload("bob", "/page/box/files", "a.txt", data),
        get("root", f"/blob/{digest}"), get("bob", f"/blob/{digest}"), get("root", "/blob/..%2f..%2fquire.db"),
        get("root", f"/blob/{'0' * 64}"), get("root", "/blob/quire.db"),
    ], lambda v: codes(v[4:], 200, 403, 404, 404, 404) and v[4]["digest"] == digest)
    case("shared-links", [
        login("bob"), login("eve"), new("bob", "Box", "x", visibility="private"),
        upload("bob", "/page/box/files", "a.txt", data),
        {**post("bob", "/page/box/file/a.txt/link", x="1"), "save": {"link": r"https://wiki\.example\.net([^\"]+)"}},
        get("visitor", "@link@"), get("visitor", "@link@x"), get("visitor", "/shared/nonsense"),
        post("eve", "/page/box/file/a.txt/link", x="1"), {"do": "clock", "add": 3700}, get("visitor", "@link@"),
    ], lambda v: codes([*v[4:9], v[10]], 200, 200, 403, 403, 403, 403)
        and v[5]["digest"] == digest)


def transfer(case, word):
    page = {"slug": "north", "title": "North hall", "visibility": "private", "tags": ["pump"], "files": ["a b.txt"]}
    good = bundle([manifest(page, {"slug": "there", "title": "There"}), ("pages/north.txt", f"''{word}''"),
                   ("pages/there.txt", "new"), ("files/north/a b.txt", word.encode()), ("notes/..readme", "x")])
    case("import-bundle", [
        login("ann"), login("bob"), new("ann", "There", "old"), upload("ann", "/import", "b.zip", good),
        get("ann", "/page/north"), get("ann", "/page/north/file/a b.txt"), get("ann", "/page/there/raw"),
        get("bob", "/page/north"), upload("bob", "/import", "b.zip", good),
    ], lambda v: codes(v[3:], 200, 200, 200, 200, 403, 403) and f"<i>{word}</i>" in body(v[4])
        and body(v[5]) == word and body(v[6]) == "old" and "1 pages and 1 files" in body(v[3]))
    case("import-limits", [
        login("ann"), upload("ann", "/import", "b.zip", bundle([manifest({"slug": "p", "title": "P", "files": ["a.bin"]}),
                                                               ("files/p/a.bin", bytes(900_000))])),
        get("ann", "/page/p/file/a.bin"),
        upload("ann", "/import", "b.zip", bundle([manifest(), *[(f"x/{i}", "x") for i in range(60)]])),
        upload("ann", "/import", "b.zip", b"PK\x03\x04 nonsense"),
        upload("ann", "/import", "b.zip", bundle([("pages/x.txt", "x")])),
    ], lambda v: codes(v[1:], 200, 200, 413, 400, 400)
        and v[2]["digest"] == hashlib.sha256(bytes(900_000)).hexdigest(),
        settings={"max_import_bytes": 1 << 20, "max_import_members": 50})

    def exported(v):
        with zipfile.ZipFile(io.BytesIO(base64.b64decode(v[5]["data"]))) as file:
            names = sorted(file.namelist())
            entries = json.loads(file.read("manifest.json"))["pages"]
            text = file.read("pages/box.txt").decode()
        return (names == ["files/box/a.txt", "manifest.json", "pages/box.txt"] and text == word
                and entries == [{"slug": "box", "title": "Box", "visibility": "members", "tags": ["t"],
                                 "files": ["a.txt"]}])

    case("export", [
        login("bob"), login("ann"), new("ann", "Hidden", "x", visibility="private"),
        new("bob", "Box", word, tags="t"), upload("bob", "/page/box/files", "a.txt", b"x"), get("bob", "/export"),
    ], lambda v: status(v[5]) == 200 and exported(v))
    xml = f'<?xml version="1.0"?><pages><page title="Pumps &amp; valves" tags="a b">{word} &lt;x&gt;</page><page title="Two">t</page></pages>'
    case("import-xml", [
        login("ann"), upload("ann", "/import", "p.xml", xml.encode()), get("ann", "/page/pumps-valves/raw"),
        upload("ann", "/import", "p.xml", b'<!DOCTYPE p [<!ENTITY a SYSTEM "file:///etc/passwd">]><pages><page title="Z">&a;</page></pages>'),
        get("ann", "/page/z"), upload("ann", "/import", "p.xml", b"<pages><page>"),
    ], lambda v: codes(v[1:], 200, 200, 400, 404, 400) and body(v[2]) == f"{word} <x>")


def programs(case, word):
    case("api-read", [
        login("bob"), token("bob", "read"), new("bob", "One", word, tags="t"), call("GET", "/api/me"),
        call("GET", "/api/pages/one"), call("POST", "/api/pages", {"title": "No"}), call("GET", "/api/pages?order=recent"),
        call("GET", f"/api/search?q={word}&sort=views-desc"), get("nobody", "/api/me"), get("bob", "/api/me"),
    ], lambda v: codes(v[3:], 200, 200, 403, 200, 200, 401, 401)
        and json.loads(body(v[3])) == {"name": "bob", "display_name": "bob", "role": "member"}
        and json.loads(body(v[4]))["text"] == word and [e["slug"] for e in json.loads(body(v[6]))] == ["one"]
        and [e["slug"] for e in json.loads(body(v[7]))] == ["one"])
    case("api-write", [
        login("bob"), token("bob", "write"), call("POST", "/api/pages", {"title": "Made", "text": "a", "tags": ["x"]}),
        call("PUT", "/api/pages/made", {"text": word}), get("bob", "/page/made/raw"), call("POST", "/api/pages", {"title": 5}),
        call("DELETE", "/api/pages/made"), call("GET", "/api/pages/made"), call("PATCH", "/api/pages/made", {}),
    ], lambda v: codes(v[2:], 201, 200, 200, 400, 200, 404, 405) and body(v[4]) == word)
    case("api-private", [
        login("ann"), login("bob"), token("bob", "write"), new("ann", "Plan", word, visibility="private"),
        call("GET", "/api/pages/plan"), call("PUT", "/api/pages/plan", {"text": "x"}), call("GET", "/api/pages"),
        {**get("bob", "/profile"), "save": {"id": r"/profile/tokens/(\d+)/revoke"}},
        post("bob", "/profile/tokens/@id@/revoke", x="1"), call("GET", "/api/me"),
    ], lambda v: codes(v[4:], 403, 403, 200, 200, 303, 401) and json.loads(body(v[6])) == [])

    def delivered(v):
        sent = v[-1]
        secret = json.loads(body(v[2]))["secret"]
        payloads = [json.loads(entry["body"]) for entry in sent]
        signed = all(
            entry["headers"]["X-Quire-Signature"]
            == "sha256=" + hmac.new(secret.encode(), entry["body"].encode(), hashlib.sha256).hexdigest()
            for entry in sent)
        return (signed and [p["event"] for p in payloads] == ["ping", "page.created", "page.edited"]
                and payloads[1]["slug"] == "news" and {e["address"] for e in sent} == {"93.184.216.34"}
                and {e["url"] for e in sent} == {"https://hooks.example.org:8443/a?b=c"})

    hook = {**post("bob", "/hooks", url="https://hooks.example.org:8443/a?b=c", events="page.created page.edited"),
            "save": {"hook": r'"id": (\d+)'}}
    case("webhooks", [
        login("bob"), login("ann"), hook, post("bob", "/hooks/@hook@/ping", x="1"), new("ann", "News", "x"),
        new("ann", "Quiet", "x", visibility="private"), post("ann", "/page/news/edit", text="y"),
        post("ann", "/hooks/@hook@/delete", x="1"), post("bob", "/hooks/@hook@/delete", x="1"), new("ann", "Late", "x"),
        {"do": "sent"},
    ], lambda v: codes(v[2:10], 201, 200, 303, 303, 303, 404, 303, 303) and delivered(v),
        resolve={"hooks.example.org": [["93.184.216.34"]]})
    case("webhook-targets", [
        login("bob"), *[post("bob", "/hooks", url=url, events="page.created") for url in (
            "http://localhost/", "http://127.0.0.1/", "http://192.168.1.5/x", "ftp://example.org/",
            "https://user:pw@example.org/", "https://example.org:22/", "http://db.internal/")],
        post("bob", "/hooks", url="https://example.org/", events="nonsense"),
        post("bob", "/hooks", url="https://[2606:2800:220:1:248:1893:25c8:1946]/x", events="page.created"),
        new("bob", "N", "x"), {"do": "sent"},
    ], lambda v: codes(v[1:9], *[400] * 8) and status(v[9]) == 201 and len(v[11]) == 1,
        resolve={"2606:2800:220:1:248:1893:25c8:1946": [["2606:2800:220:1:248:1893:25c8:1946"]],
                 "example.org": [["93.184.216.34"]], "localhost": [["127.0.0.1"]], "127.0.0.1": [["127.0.0.1"]]})
