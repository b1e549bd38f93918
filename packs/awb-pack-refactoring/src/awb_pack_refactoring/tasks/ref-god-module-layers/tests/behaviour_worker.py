"""awb-canary f52d3ef8-5ce3-4af1-ae3b-254163d5eb41

Carry out the steps of one scenario through the public interface and report every answer.
"""

import contextlib
import dataclasses
import glob
import hashlib
import io
import os
import sqlite3
import subprocess
import sys
import tempfile
import traceback

ROOT = os.path.join(os.getcwd(), "src")
sys.path.insert(0, ROOT)

from awb_worker import serve


def plain(value):
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {"$": type(value).__name__, **{field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}}
    if isinstance(value, dict):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [plain(entry) for entry in value]
    return value


def built(backoffice, value):
    if isinstance(value, dict) and "$make" in value:
        kind, fields = value["$make"]
        return getattr(backoffice, kind)(**fields)
    if isinstance(value, dict) and "$result" in value:
        name, args = value["$result"]
        return getattr(backoffice, name)(*args)
    if isinstance(value, dict):
        return {key: built(backoffice, entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [built(backoffice, entry) for entry in value]
    return value


def stored():
    """What another program sees in the databases of this folder now."""
    digest = hashlib.sha256()
    for name in sorted(glob.glob("*.db")):
        with contextlib.closing(sqlite3.connect(f"file:{name}?mode=ro", uri=True, timeout=0)) as other:
            tables = other.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
            for (table,) in tables:
                rows = other.execute(f"SELECT * FROM {table} ORDER BY rowid").fetchall()
                digest.update(repr((name, table, rows)).encode())
    return digest.hexdigest()[:12]


def run_call(backoffice, step):
    if step["call"] == "open_database":
        step = {**step, "args": ["state.db"]}
    try:
        function = getattr(backoffice, step["call"])
        return {"value": plain(function(*built(backoffice, step["args"]), **built(backoffice, step["kw"])))}
    except Exception as error:
        refused = {"raised": type(error).__name__, "message": str(error)}
        base = getattr(backoffice, "BackOfficeError", ())
        if not isinstance(error, base):
            traceback.print_exc()
        for name in ("field", "kind", "key", "sku", "wanted", "available"):
            if hasattr(error, name):
                refused[name] = plain(getattr(error, name))
        return refused


def run_cli(backoffice, step):
    for name, text in step["files"].items():
        with open(name, "w", encoding="utf-8") as stream:
            stream.write(text)
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = backoffice.main(step["cli"])
    shown = {}
    for folder in step["show"]:
        for name in sorted(os.listdir(folder)):
            with open(os.path.join(folder, name), encoding="utf-8") as stream:
                shown[name] = stream.read()
    usage = code == 2
    return {"code": code, "out": "" if usage else out.getvalue(), "err": "" if usage else err.getvalue(), "files": shown}


def run_program(step):
    environment = {**os.environ, "PYTHONPATH": ROOT, "COLUMNS": "100"}
    command = [sys.executable, "-m", "backoffice", *step["program"]]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=20, check=False)
    shown = "" if "--help" in step["program"] else done.stdout
    return {"code": done.returncode, "out": shown, "err": done.stderr}


def handle(case):
    import backoffice

    names = case["names"]
    if names:
        return sorted(name for name in names if not hasattr(backoffice, name) or name not in backoffice.__all__)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        answers = []
        for step in case["steps"]:
            if "call" in step:
                answers.append(run_call(backoffice, step))
            elif "cli" in step:
                answers.append(run_cli(backoffice, step))
            else:
                answers.append(run_program(step))
            answers[-1]["stored"] = stored()
        os.chdir("/")
        return answers


serve(handle, isolate=True, seconds=30)
