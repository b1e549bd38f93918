"""Run programs of operations against the CRM of the workspace.

awb-canary 7023becb-6790-4dae-ac98-1a6c226f2225
"""

from __future__ import annotations

import argparse  # noqa: F401 - loaded here once, not in every child
import csv  # noqa: F401
import datetime  # noqa: F401
import importlib.machinery
import io
import json
import os
import sqlite3
import sys
import tempfile
import urllib.parse  # noqa: F401
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from awb_worker import serve  # noqa: E402

OLD_SCHEMA = Path(__file__).with_name("schema_v1.sql").read_text(encoding="utf-8")

# The children compile nothing: the code of the workspace is compiled here, and run only there.
COMPILED = {}
for source in Path.cwd().joinpath("crm").rglob("*.py"):
    try:
        COMPILED[str(source)] = compile(source.read_bytes(), str(source), "exec")
    except (SyntaxError, ValueError, OSError, RecursionError, MemoryError):
        continue


class Loader(importlib.machinery.SourceFileLoader):
    def get_code(self, fullname):
        found = COMPILED.get(self.get_filename(fullname))
        return found if found is not None else super().get_code(fullname)


sys.path_hooks.insert(0, importlib.machinery.FileFinder.path_hook((Loader, [".py"])))


def old_database(path, tables):
    """A database as the program wrote it before."""
    connection = sqlite3.connect(path)
    connection.executescript(OLD_SCHEMA + "\nPRAGMA user_version = 1;")
    for entry in tables.pop("bump"):
        connection.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :seq)", entry)
    for table, rows in tables.items():
        for row in rows:
            marks = ", ".join("?" * len(row))
            connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", list(row.values()))
    connection.commit()
    connection.close()


def handle(case):
    sys.path.insert(0, os.getcwd())
    from crm import open_crm
    from crm.api import handle as request
    from crm.cli import main

    now = [""]
    folder = tempfile.mkdtemp() if case["file"] else None
    path = os.path.join(folder, "crm.db") if folder else ":memory:"
    if case.get("old"):
        old_database(path, case["old"])
    crm = open_crm(path, clock=lambda: now[0])
    seen = []
    for operation in case["operations"]:
        now[0] = operation["now"]
        if operation["do"] == "request":
            try:
                status, value = request(crm, operation["method"], operation["path"], operation.get("body"))
                seen.append([status, value])
            except Exception as error:
                seen.append(["raised", f"{type(error).__name__}: {error}"[:200]])
        elif operation["do"] == "reopen":
            crm.close()
            crm = open_crm(path, clock=lambda: now[0])
            seen.append(["opened", None])
        else:
            crm.close()
            out = io.StringIO()
            try:
                code = main(["--database", path, *operation["argv"]], out)
            except SystemExit as error:
                code = error.code
            except Exception as error:
                code = f"{type(error).__name__}: {error}"[:200]
            seen.append([code, out.getvalue()])
            crm = open_crm(path, clock=lambda: now[0])
    crm.close()
    if folder:
        for name in os.listdir(folder):
            os.unlink(os.path.join(folder, name))
        os.rmdir(folder)
    return json.loads(json.dumps(seen))


serve(handle, isolate=True, seconds=20)
