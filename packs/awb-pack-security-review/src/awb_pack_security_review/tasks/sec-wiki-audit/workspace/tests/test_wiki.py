"""A walk through the wiki; run with `python -m unittest discover tests`."""

import io
import json
import tempfile
import unittest
from pathlib import Path
from urllib.parse import urlencode

from quire.app import create_app
from quire.settings import Settings


class Browser:
    def __init__(self, app):
        self.app = app
        self.cookie = ""

    def open(self, method, path, **fields):
        path, _, query = path.partition("?")
        body = urlencode(fields).encode()
        environ = {
            "REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query,
            "CONTENT_TYPE": "application/x-www-form-urlencoded" if fields else "",
            "CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body),
            "HTTP_COOKIE": self.cookie, "REMOTE_ADDR": "192.0.2.7",
        }
        seen = {}

        def start(status, headers):
            seen["status"] = int(status[:3])
            seen["headers"] = dict(headers)
            for name, value in headers:
                if name == "Set-Cookie":
                    self.cookie = value.split(";")[0]

        text = b"".join(self.app(environ, start)).decode("utf-8", "replace")
        return seen["status"], text, seen["headers"]

    def post(self, path, **fields):
        token = json.loads(self.open("GET", "/session.json")[1])["csrf"]
        return self.open("POST", path, csrf_token=token, **fields)

    def login(self, name, password="correct horse 1"):
        return self.post("/login", name=name, password=password)


class WikiTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.app = create_app(
            Settings(data_dir=Path(folder.name), secret_key="x" * 32, password_rounds=1000)
        )
        self.addCleanup(self.app.db.close)
        for name, role in (("ann", "editor"), ("bob", "member")):
            self.app.accounts.create(name, f"{name}@example.org", "correct horse 1", role)
        self.ann, self.bob = Browser(self.app), Browser(self.app)
        self.ann.login("ann")
        self.bob.login("bob")

    def test_write_and_read(self):
        status, _, headers = self.ann.post("/new", title="Boiler room", text="''warm'' [[Tanks]]")
        self.assertEqual((status, headers["Location"]), (303, "/page/boiler-room"))
        status, text, _ = self.bob.open("GET", "/page/boiler-room")
        self.assertEqual(status, 200)
        self.assertIn("<i>warm</i>", text)

    def test_private_pages_stay_private(self):
        self.ann.post("/new", title="Plan", text="secret", visibility="private")
        self.assertEqual(self.bob.open("GET", "/page/plan")[0], 403)
        self.assertNotIn("Plan", self.bob.open("GET", "/pages")[1])

    def test_wrong_password(self):
        visitor = Browser(self.app)
        self.assertEqual(visitor.login("ann", "wrong")[0], 403)
        self.assertEqual(visitor.open("GET", "/profile")[2]["Location"], "/login")

    def test_search(self):
        self.ann.post("/new", title="Valves", text="the red valve")
        self.assertIn("<mark>red</mark>", self.bob.open("GET", "/search?q=red")[1])


if __name__ == "__main__":
    unittest.main()
