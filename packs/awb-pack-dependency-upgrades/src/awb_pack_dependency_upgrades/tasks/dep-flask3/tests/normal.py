"""Bring an answer into a form that is the same under both versions if the behaviour is.

awb-canary c2f5b9de-3a0e-4e53-8a43-7d0d6b3e9a64
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import zlib
from html import unescape
from urllib.parse import parse_qsl, unquote, urlsplit

SECRET = b"harbour-master"
HEADERS = ("content-type", "location", "cache-control", "content-disposition", "allow", "www-authenticate", "vary",
           "x-frame-options", "x-desk-time")


def normal(kind: str, value: object) -> object:
    """Return the comparable form of a worker's answer."""
    if kind == "http":
        return [_step(step) for step in value]
    if kind == "cli":
        return [{**item, "output": _cli(item["output"])} for item in value]
    return value


def _cli(output: str) -> object:
    text = output.replace("\r\n", "\n").strip()
    if re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+", text):
        return jws(text)
    try:
        return ["json", json.loads(text, object_pairs_hook=lambda pairs: [list(pair) for pair in pairs])]
    except ValueError:
        return text


def _step(step: dict) -> dict:
    headers = {name.lower(): text for name, text in step["headers"] if name.lower() in HEADERS}
    if headers.get("content-disposition", "").lower().startswith("inline"):
        del headers["content-disposition"]
    found = {"status": step["status"], "headers": {name: _header(name, text) for name, text in sorted(headers.items())}}
    found["cookies"] = dict(_cookie(text) for text in step["cookies"])
    if not 300 <= step["status"] < 400:
        found["body"] = _body(headers.get("content-type", ""), step["body"])
    return found


def _body(kind: str, text: str) -> object:
    if "json" in kind:
        try:
            value = json.loads(text, object_pairs_hook=lambda pairs: [list(pair) for pair in pairs])
        except ValueError:
            return text
        return {"json": value, "indented": "\n " in text, "ascii": text.isascii()}
    return re.sub(r'(href|action)="([^"]*)"', lambda match: f'{match[1]}="{_address(unescape(match[2]))}"', text)


def _address(text: str) -> str:
    """An address without regard to which characters of its query are escaped though they need not be."""
    parts = urlsplit(text)
    query = parse_qsl(parts.query, keep_blank_values=True)
    origin = f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
    return origin + unquote(parts.path) + ("?" + repr(query) if query else "")


def _header(name: str, text: str) -> object:
    if name in ("cache-control", "allow", "vary"):
        found = sorted(part.strip().lower() for part in text.split(",") if part.strip())
        return ["max-age=0"] if name == "cache-control" and "max-age=0" in found else found
    if name == "location":
        return _address(text)
    if name == "content-type":
        return re.sub(r"\s+", "", text.lower()).replace('"', "")
    if name == "content-disposition":
        extended = re.search(r"filename\*=UTF-8''([^;]+)", text, re.IGNORECASE)
        plain = re.search(r'filename="?([^";]+)"?', text)
        name = unquote(extended[1]) if extended else plain[1] if plain else ""
        return [text.split(";")[0].strip().lower(), name]
    if name == "www-authenticate":
        scheme, _, rest = text.partition(" ")
        return [scheme.lower(), dict(sorted(re.findall(r'(\w+)="?([^",]*)"?', rest)))]
    return text


def _cookie(text: str) -> tuple[str, dict]:
    pair, *attributes = [part.strip() for part in text.split(";")]
    name, _, value = pair.partition("=")
    value = value.strip('"')
    known = {}
    for attribute in attributes:
        key, _, detail = attribute.partition("=")
        if key.lower() in ("max-age", "path", "samesite", "httponly", "secure", "domain"):
            known[key.lower()] = detail or True
    if known.get("max-age") == "0":
        return name, {"deleted": True, "path": known.get("path")}
    if name == "tw_session":
        return name, {"data": session(value), "attributes": known}
    if name == "tw_remember":
        return name, {"data": remember(value), "attributes": known}
    return name, {"data": value, "attributes": known}


def _b64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def session(value: str) -> object:
    """The content of a session cookie, if it is signed in the way of old."""
    signed, _, signature = value.rpartition(".")
    payload, _, stamp = signed.rpartition(".")
    key = hmac.new(SECRET, b"tidewater-session", hashlib.sha1).digest()
    if not stamp or _b64(signature) != hmac.new(key, signed.encode(), hashlib.sha1).digest():
        return "not signed"
    data = zlib.decompress(_b64(payload[1:])) if payload.startswith(".") else _b64(payload)
    return json.loads(data)


def remember(value: str) -> object:
    """The login in a remember cookie, if it is signed in the way of old."""
    signed, _, signature = value.rpartition(".")
    key = hashlib.sha1(b"tidewater-remember" + b"signer" + SECRET).digest()
    if _b64(signature) != hmac.new(key, signed.encode(), hashlib.sha1).digest():
        return "not signed"
    return signed.rpartition(".")[0]


def jws(token: str) -> object:
    """Header and claims of a token, if it is signed in the way of old."""
    signed, _, signature = token.rpartition(".")
    key = hashlib.sha1(b"tidewater-api" + b"signer" + SECRET).digest()
    if _b64(signature) != hmac.new(key, signed.encode(), hashlib.sha512).digest():
        return "not signed"
    header, _, payload = signed.partition(".")
    header = json.loads(_b64(header))
    times = [type(header.get(name)).__name__ for name in ("iat", "exp")]
    span = header["exp"] - header["iat"] if times == ["int", "int"] else None
    return {"alg": header.get("alg"), "times": times, "span": span, "claims": json.loads(_b64(payload))}
