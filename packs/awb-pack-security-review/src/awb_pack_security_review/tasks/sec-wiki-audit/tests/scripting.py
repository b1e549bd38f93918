"""Building blocks of the scripts that the judges of this task write.

awb-canary 06f1ae98-2f2c-4e8b-b8e3-902572775397
"""

import base64
import io
import json
import zipfile


def b64(data):
    return base64.b64encode(data).decode()


def get(who, path, **more):
    return {"as": who, "path": path, **more}


def post(who, path, **form):
    """A form as our own pages send it."""
    return {"as": who, "method": "POST", "path": path, "csrf": "form", "form": form}


def upload(who, path, filename, data, **form):
    return {"as": who, "method": "POST", "path": path, "csrf": "form", "form": form,
            "files": {"file": [filename, b64(data)]}}


def login(who, **more):
    return {"do": "login", "as": who, **more}


def new(who, title, text, **form):
    return post(who, "/new", title=title, text=text, **form)


def bundle(members, *, stored=False):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as file:
        for name, data in members:
            file.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), data,
                          zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED)
    return out.getvalue()


def manifest(*pages):
    return "manifest.json", json.dumps({"pages": list(pages)})


def results(answer):
    """The list of observations, or None."""
    value = answer.get("value") if isinstance(answer, dict) else None
    return value if isinstance(value, list) else None


def status(result):
    return result.get("status") if isinstance(result, dict) else None


def body(result):
    text = result.get("body") if isinstance(result, dict) else None
    return text if isinstance(text, str) else ""


def header(result, name):
    headers = result.get("headers") if isinstance(result, dict) else None
    return str(headers.get(name, "")) if isinstance(headers, dict) else ""


def location(result):
    text = result.get("location") if isinstance(result, dict) else None
    return text if isinstance(text, str) else ""
