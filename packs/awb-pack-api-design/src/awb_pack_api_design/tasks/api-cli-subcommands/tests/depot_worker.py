"""Run command lines of the workspace's depot, each in a process of its own.

awb-canary aa66fce6-537e-4c8e-ae2c-cb97bf2a897d
"""

from __future__ import annotations

import argparse  # noqa: F401 - loaded here once, not in every child
import csv  # noqa: F401
import dataclasses  # noqa: F401
import datetime  # noqa: F401
import importlib.machinery
import io  # noqa: F401
import json  # noqa: F401
import os
import runpy
import signal
import sys
import tempfile
import traceback
from pathlib import Path

from awb_worker import serve

ROOT = Path.cwd()

# The children compile nothing: the code of the workspace is compiled here, and run only there.
COMPILED = {}
for source in ROOT.joinpath("depot").rglob("*.py"):
    try:
        COMPILED[str(source)] = compile(source.read_bytes(), str(source), "exec")
    except (SyntaxError, ValueError, OSError, RecursionError, MemoryError):
        continue


class Loader(importlib.machinery.SourceFileLoader):
    def get_code(self, fullname):
        found = COMPILED.get(self.get_filename(fullname))
        return found if found is not None else super().get_code(fullname)


sys.path_hooks.insert(0, importlib.machinery.FileFinder.path_hook((Loader, [".py"])))


def child(folder, argv, environment, out, err):
    """What `python -m depot` does."""
    signal.alarm(20)
    os.setsid()
    os.dup2(out, 1)
    os.dup2(err, 2)
    os.chdir(folder)
    os.environ.update(environment)
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = open(2, "w", encoding="utf-8", closefd=False, buffering=1)
    sys.path.insert(0, str(ROOT))
    sys.argv = ["depot", *argv]
    code = 0
    try:
        runpy.run_module("depot", run_name="__main__", alter_sys=True)
    except SystemExit as error:
        if error.code is None:
            code = 0
        elif isinstance(error.code, int):
            code = error.code & 0xFF
        else:
            print(error.code, file=sys.stderr)
            code = 1
    except BaseException:
        traceback.print_exc()
        code = 1
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


def run(folder, argv, environment):
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        pid = os.fork()
        if pid == 0:
            try:
                child(folder, argv, environment, out.fileno(), err.fileno())
            finally:
                os._exit(70)
        _, status = os.waitpid(pid, 0)
        texts = []
        for stream in (out, err):
            stream.seek(0)
            texts.append(stream.read(200_000).decode("utf-8", "replace"))
    return [os.waitstatus_to_exitcode(status), *texts]


def handle(case):
    seen = []
    with tempfile.TemporaryDirectory() as folder:
        for step in case["steps"]:
            for name, text in step.get("write", {}).items():
                Path(folder, name).write_text(text, encoding="utf-8")
            environment = {"DEPOT_NOW": step["now"], **step.get("env", {})}
            code, out, err = run(folder, step["argv"], environment)
            files = {}
            for name in step["files"]:
                path = Path(folder, name)
                files[name] = path.read_text(encoding="utf-8", errors="replace")[:200_000] if path.is_file() else None
            seen.append({"code": code, "out": out, "err": err, "files": files})
    return seen


# Each command line has a process of its own, and nothing of the workspace runs in this one.
serve(handle, isolate=False)
