"""Perform scripted requests against the delivered wiki and hand back what came of them.

awb-canary 06f1ae98-2f2c-4e8b-b8e3-902572775397
"""

# Some of these are here only to be loaded once, before the children fork.
import ast  # noqa: F401
import base64
import csv  # noqa: F401
import dataclasses  # noqa: F401
import difflib  # noqa: F401
import email.policy  # noqa: F401
import hashlib
import hmac  # noqa: F401
import html.parser  # noqa: F401
import http.client  # noqa: F401
import http.cookies  # noqa: F401
import io
import ipaddress  # noqa: F401
import json
import logging  # noqa: F401
import os
import pickle  # noqa: F401
import random
import re
import secrets  # noqa: F401
import shutil  # noqa: F401
import sqlite3  # noqa: F401
import ssl  # noqa: F401
import string  # noqa: F401
import subprocess
import sys
import tempfile
import unicodedata  # noqa: F401
import uuid  # noqa: F401
import xml.sax.saxutils  # noqa: F401
import zipfile  # noqa: F401
from email.parser import BytesParser  # noqa: F401
from pathlib import Path
from urllib.parse import urlencode, urlsplit  # noqa: F401
from xml.parsers import expat  # noqa: F401

from awb_worker import serve

WORKSPACE = Path.cwd()
SCRATCH = Path(tempfile.mkdtemp(prefix="wiki-")).resolve()
SECRET = "s3cr3t-of-the-site-0123456789abcdef"
PEOPLE = {"root": "admin", "ann": "editor", "bob": "member", "eve": "member"}
BODY_LIMIT = 40_000


def password(name):
    return f"correct horse {name} 1"


class World:
    """A wiki with four people, and their browsers."""

    def __init__(self, options):
        self.options = options
        self.clock = float(options.get("now", 1_780_000_000.25))
        self.folder = Path(tempfile.mkdtemp(prefix="data-", dir=SCRATCH))
        self.sent = []
        self.asked = {}
        self.saved = {}
        self.browsers = {}
        self.app = self.start()
        os.chdir(self.folder)

    def start(self):
        from quire.app import create_app
        from quire.settings import Settings

        settings = {
            "data_dir": self.folder,
            "secret_key": SECRET,
            "base_url": "https://wiki.example.net",
            "password_rounds": 1000,
            "now": lambda: self.clock,
            "resolve": self.resolve,
            "send": self.send,
            **self.options.get("settings", {}),
        }
        app = create_app(Settings(**settings))
        for name, role in PEOPLE.items():
            app.accounts.create(name, f"{name}@example.net", password(name), role)
        return app

    def resolve(self, host):
        answers = self.options.get("resolve", {}).get(host, [[]])
        at = self.asked.get(host, 0)
        self.asked[host] = at + 1
        return list(answers[min(at, len(answers) - 1)])

    def send(self, delivery):
        self.sent.append({"url": delivery.url, "address": delivery.address,
                          "headers": dict(delivery.headers),
                          "body": delivery.body.decode("utf-8", "replace")})
        return 204

    def browser(self, name):
        return self.browsers.setdefault(name, Browser(self))


class Browser:
    def __init__(self, world):
        self.world = world
        self.cookies = {}

    def request(self, action):
        path = action["path"]
        path, _, query = path.partition("?")
        if "query" in action:
            query = urlencode(action["query"])
        headers = dict(action.get("headers", {}))
        kind, body = "", b""
        form = dict(action.get("form", {}))
        if action.get("csrf") == "form":
            form["csrf_token"] = self.token()
        elif action.get("csrf") == "header":
            headers["X-CSRF-Token"] = self.token()
        if "files" in action:
            kind, body = multipart(form, action["files"])
        elif form:
            kind, body = "application/x-www-form-urlencoded", urlencode(form).encode()
        elif "json" in action:
            kind, body = "application/json", json.dumps(action["json"]).encode()
        elif "raw" in action:
            kind, body = action["raw"]["type"], base64.b64decode(action["raw"]["data"])
        return self.send(action.get("method", "GET"), path, query, headers, kind, body)

    def token(self):
        answer = self.send("GET", "/session.json", "", {}, "", b"")
        return json.loads(answer["body"])["csrf"]

    def send(self, method, path, query, headers, kind, body):
        environ = {
            "REQUEST_METHOD": method, "PATH_INFO": path.encode().decode("latin-1"),
            "QUERY_STRING": query, "CONTENT_TYPE": kind, "CONTENT_LENGTH": str(len(body)),
            "SERVER_NAME": "wiki.example.net", "SERVER_PORT": "443", "wsgi.url_scheme": "https",
            "HTTP_HOST": "wiki.example.net", "REMOTE_ADDR": "192.0.2.44",
            "wsgi.input": io.BytesIO(body), "wsgi.errors": sys.stderr, "wsgi.version": (1, 0),
            "wsgi.multithread": False, "wsgi.multiprocess": False, "wsgi.run_once": False,
        }
        if self.cookies:
            environ["HTTP_COOKIE"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        for name, value in headers.items():
            environ["HTTP_" + name.upper().replace("-", "_")] = value
        seen = {}

        def start_response(status, pairs, exc_info=None):
            seen["status"] = int(status.split()[0])
            seen["headers"] = [[str(name), str(value)] for name, value in pairs]

        data = b"".join(self.world.app(environ, start_response))
        for name, value in seen["headers"]:
            if name.lower() == "set-cookie":
                pair = value.split(";")[0]
                key, _, text = pair.partition("=")
                self.cookies[key.strip()] = text
        plain = {name.lower(): value for name, value in seen["headers"]}
        return {
            "status": seen["status"],
            "location": plain.get("location", ""),
            "headers": plain,
            "body": data[:BODY_LIMIT].decode("utf-8", "replace"),
            "digest": hashlib.sha256(data).hexdigest(),
            "data": base64.b64encode(data[:BODY_LIMIT]).decode() if b"\0" in data else "",
        }


def multipart(form, files):
    mark = "----awb-5f1c7d"
    parts = []
    for name, value in form.items():
        parts.append(f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode())
    for name, (filename, data) in files.items():
        head = f'--{mark}\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n'
        head += "Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\n\r\n"
        content = data["text"].encode() if isinstance(data, dict) else base64.b64decode(data)
        parts.append(head.encode() + content + b"\r\n")
    return f"multipart/form-data; boundary={mark}", b"".join(parts) + f"--{mark}--\r\n".encode()


def fill(value, saved):
    """Put saved values where `@name@` stands."""
    if isinstance(value, str):
        return re.sub(r"@(\w+)@", lambda match: saved.get(match[1], match[0]), value)
    if isinstance(value, dict):
        return {key: fill(item, saved) for key, item in value.items()}
    if isinstance(value, list):
        return [fill(item, saved) for item in value]
    return value


def play(world, action):
    action = fill(action, world.saved)
    kind = action.get("do", "request")
    if kind == "request":
        answer = world.browser(action["as"]).request(action)
    elif kind == "login":
        name = action.get("name", action["as"])
        answer = world.browser(action["as"]).request({
            "method": "POST", "path": "/login", "csrf": "form",
            "form": {"name": name, "password": action.get("password", password(name)),
                     **action.get("form", {})},
        })
    elif kind == "cookies":
        world.browser(action["as"]).cookies = dict(world.browser(action["from"]).cookies)
        answer = None
    elif kind == "forget":
        world.browsers.pop(action["as"], None)
        answer = None
    elif kind == "clock":
        world.clock += action["add"]
        answer = None
    elif kind == "seed":
        random.seed(action["value"])
        answer = None
    elif kind == "restart":
        world.folder = Path(tempfile.mkdtemp(prefix="data-", dir=SCRATCH))
        world.browsers.clear()
        world.app = world.start()
        answer = None
    elif kind == "outbox":
        answer = world.app.outbox.waiting()
    elif kind == "sent":
        answer = list(world.sent)
    elif kind == "exists":
        answer = (world.folder / action["path"]).exists()
    elif kind == "write":
        target = world.folder / action["path"]
        for path in [*target.parent.glob(target.name)]:
            path.write_bytes(base64.b64decode(action["data"]))
        answer = None
    else:
        raise ValueError(kind)
    for name, pattern in action.get("save", {}).items():
        text = json.dumps(answer) if not isinstance(answer, dict) else answer["body"]
        found = re.findall(pattern, text)
        world.saved[name] = found[-1] if found else "nothing"
    return answer


def handle(case):
    world = World(case.get("options", {}))
    return [play(world, action) for action in case["steps"]]


def compiled():
    """Compile the sources once, in a process of its own, so that each child only loads them."""
    prefix = str(SCRATCH / "pyc")
    command = [sys.executable, "-I", "-X", f"pycache_prefix={prefix}", "-m", "compileall", "-q"]
    subprocess.run([*command, str(WORKSPACE / "quire")], timeout=60, stdout=sys.stderr, check=False)
    sys.pycache_prefix = prefix


sys.path.insert(0, str(WORKSPACE))
compiled()
serve(handle, isolate=True, seconds=10)
