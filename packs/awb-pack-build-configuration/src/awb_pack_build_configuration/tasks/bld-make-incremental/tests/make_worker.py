"""Replay a scripted session with the delivered Makefile and say which tools it started.

awb-canary 0a86c0a8-0305-4da3-b5e8-02ad952af735
"""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

from awb_worker import serve
from recorders import DEPS, FAIL, LIGHT, LOG, SCRATCH, TOOLS, TREE, environment, prepare, reading

BASE = SCRATCH / "base"
SKIPPED = {".git", "build", "out", "__pycache__"}
STEP_SECONDS = 100
MAX_TIMEOUTS = 1


def fresh(source, target):
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, symlinks=True)


def is_folder(path):
    return path.is_dir() and not path.is_symlink()


class Copy:
    """A copy of a folder; made once, and then made like it again where it differs."""

    def __init__(self, target):
        self.target = target
        self.source = None
        self.known = {}

    def load(self, source):
        try:
            if source != self.source:
                raise OSError
            self.mend()
        except OSError:
            fresh(source, self.target)
        self.source = source
        self.known = self.look()

    def look(self):
        """Everything in it, with what no change leaves as it is."""
        found = {}
        for path in self.target.rglob("*"):
            s = path.lstat()
            state = (s.st_mode, s.st_ino, s.st_size, s.st_mtime_ns, s.st_ctime_ns)
            found[path.relative_to(self.target).as_posix()] = state
        return found

    def mend(self):
        now = self.look()
        changed = {name for name in {*self.known, *now} if self.known.get(name) != now.get(name)}
        for name in sorted(changed & {*now}, reverse=True):
            path = self.target / name
            if not is_folder(path):
                path.unlink()
            elif not is_folder(self.source / name):
                path.rmdir()
        for name in sorted(changed & {*self.known}):
            if is_folder(self.source / name):
                (self.target / name).mkdir(exist_ok=True)
            else:
                shutil.copy2(self.source / name, self.target / name, follow_symlinks=False)
        for name in [".", *filter(lambda name: is_folder(self.source / name), self.known)]:
            shutil.copystat(self.source / name, self.target / name)


class Bench:
    """The workspace, copied away from itself, and its first build."""

    def __init__(self):
        self.timeouts = 0
        self.built = None
        self.copies = [Copy(TREE), Copy(DEPS)]

    def load(self, kind):
        if self.built is None:
            self.build()
        for copy, name in zip(self.copies, (kind, "deps"), strict=True):
            copy.load(BASE / name)

    def build(self):
        clean = BASE / "clean"
        shutil.copytree(
            Path.cwd(), clean, symlinks=True, ignore=lambda _, names: SKIPPED.intersection(names)
        )
        past = time.time() - 3600
        for path in [clean, *clean.rglob("*")]:
            os.utime(path, (past, past), follow_symlinks=False)
        fresh(clean, TREE)
        DEPS.mkdir()
        self.built = self.make([], 1)["ok"]
        fresh(TREE, BASE / "built")
        fresh(DEPS, BASE / "deps")

    def make(self, arguments, jobs, fail=None, light=False):
        if self.timeouts > MAX_TIMEOUTS:
            return {"ok": False, "calls": [], "tail": "earlier calls did not end"}
        LOG.write_text("")
        FAIL.unlink(missing_ok=True)
        LIGHT.unlink(missing_ok=True)
        if fail:
            FAIL.write_text(fail)
        if light:
            LIGHT.write_text("")
        command = [shutil.which("make"), f"-j{jobs}", f"CC={TOOLS / 'cc'}", f"AR={TOOLS / 'ar'}"]
        command += [f"PYTHON={TOOLS / 'python'}", *arguments]
        code, tail = self.run(command, STEP_SECONDS)
        FAIL.unlink(missing_ok=True)
        calls = [reading(line.split("\x1f")) for line in LOG.read_text().splitlines()]
        return {"ok": code == 0, "calls": calls, "tail": tail[-600:]}

    def run(self, command, timeout):
        process = subprocess.Popen(
            [str(word) for word in command],
            cwd=TREE,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            output, _ = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            self.timeouts += 1
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            output, _ = process.communicate()
        return process.returncode, output.decode("utf-8", "replace")


def members(path):
    """Names of the members of an `ar` archive, without the symbol and string tables."""
    data = path.read_bytes()
    found, names, at = [], b"", 8
    while at + 60 <= len(data):
        name = data[at : at + 16].rstrip()
        size = int(data[at + 48 : at + 58])
        body = data[at + 60 : at + 60 + size]
        if name == b"//":
            names = body
        elif name[:1] == b"/" and name[1:].isdigit():
            found.append(names[int(name[1:]) :].split(b"/\n", 1)[0].decode("utf-8", "replace"))
        elif name not in (b"/", b"/SYM64/"):
            found.append(name.rstrip(b"/").decode("utf-8", "replace"))
        at += 60 + size + size % 2
    return sorted(Path(name).name for name in found)


def strays():
    """What a build left beside the files of the workspace, outside of its folders."""
    found = [path.relative_to(TREE).as_posix() for path in TREE.rglob("*") if not path.is_dir()]
    given = [name for name in found if (BASE / "clean" / name).exists()]
    return sorted(n for n in set(found) - set(given) if n.split("/")[0] not in ("build", "out"))


def step(bench, action):
    kind = action["do"]
    path = TREE / action.get("path", ".")
    if kind == "replace":
        text = path.read_text()
        if action["old"] not in text:
            raise ValueError(f"{action['path']} is not as shipped")
        path.write_text(text.replace(action["old"], action["new"]))
    elif kind == "append":
        path.write_text(path.read_text() + action["text"])
    elif kind == "write":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(action["text"])
    elif kind == "remove":
        path.unlink()
    elif kind == "rename":
        path.rename(TREE / action["to"])
    elif kind == "exists":
        return path.exists()
    elif kind == "strays":
        return strays()
    elif kind == "members":
        return members(path)
    elif kind == "make":
        arguments = [word.replace("@TOOLS@", str(TOOLS)) for word in action.get("args", [])]
        return bench.make(
            arguments, action.get("jobs", 8), action.get("fail"), action.get("light", False)
        )
    elif kind == "run":
        code, output = bench.run([path, *action.get("args", [])], 10)
        return {"code": code, "output": output[:20000]}
    return None


def play(bench, case):
    bench.load(case["start"])
    return [step(bench, action) for action in case["steps"]]


def main():
    prepare()
    bench = Bench()

    def handle(case):
        before = bench.timeouts
        answer = play(bench, case)
        if bench.timeouts > before:
            # A machine that stood still is no reason for a verdict: once more.
            answer = play(bench, case)
        return answer

    try:
        serve(handle, isolate=False)
    finally:
        shutil.rmtree(SCRATCH, ignore_errors=True)


main()
