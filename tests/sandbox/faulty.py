"""Sandboxes in which one thing is wrong each."""

import contextlib
import os
import shutil
import subprocess
from dataclasses import replace

from awb_core.errors import EnvironmentFailed, SandboxFailed
from awb_core.protocols import Collected
from awb_core.sandbox.archive import Refused
from awb_core.sandbox.local import LocalProvider


class FaultyProvider:
    """The local sandbox, with a fault."""

    name = "faulty"

    def __init__(self, fault):
        self.fault = fault
        self.real = LocalProvider()
        self.lost = []

    def probe(self):
        status = self.real.probe()
        if self.fault == "says nothing":
            return replace(status, protections={})
        if self.fault == "states less":
            return replace(status, protections=dict.fromkeys(status.protections, False))
        return status

    def prepare(self, environment, report):
        if self.fault == "builds again":
            report("building")
        try:
            return self.real.prepare(environment, report)
        except EnvironmentFailed:
            if self.fault == "builds anything":
                return "built"
            raise

    @contextlib.contextmanager
    def open(self, spec):
        if self.fault == "opens the network":
            spec = replace(spec, network="open")
        if self.fault == "is stingy":
            spec = replace(spec, limits=replace(spec.limits, memory_mb=24))
        if self.fault == "has no limits":
            spec = replace(spec, limits=replace(spec.limits, pids=400, memory_mb=4000, disk_mb=500))
        if self.fault == "mounts nothing":
            spec = replace(spec, mounts=())
        with self.real.open(spec) as box:
            if self.fault == "is not fresh":
                (box._work / "left").write_text("x")
            yield FaultySandbox(box, self.fault)
        if self.fault == "leaves a folder":
            box._root.mkdir()

    def stop(self):
        if self.fault == "trips when stopped":
            raise RuntimeError("nothing is open")
        self.real.stop()

    def reap(self):
        if self.fault == "reaps the living":
            for box in list(self.real._open):
                box.close()
        return 0 if self.fault == "reaps nothing" else self.real.reap()


class FaultySandbox:
    """Does one thing wrong."""

    def __init__(self, real, fault):
        self.real, self.fault = real, fault
        self.workspace, self.hidden, self.home = real.workspace, real.hidden, real.home
        self.python, self.gateway_url = real.python, real.gateway_url
        if fault == "names no gateway":
            self.gateway_url = "http://127.0.0.1:1"
        if fault == "hides in the workspace":
            self.hidden = f"{real.workspace}/hidden"
        if fault == "uses the host's python":
            self.python = "/usr/bin/python3"

    def put(self, source, *, hidden=False):
        if self.fault == "follows links":
            shutil.copytree(source, self.real._work, dirs_exist_ok=True)
        elif self.fault == "hides in the workspace" and hidden:
            shutil.copytree(source, self.real._work / "hidden", dirs_exist_ok=True)
        elif self.fault == "puts by links" and not hidden:
            shutil.copytree(source, self.real._work, copy_function=os.link, dirs_exist_ok=True)
        elif self.fault == "forgets bits":
            shutil.copytree(source, self.real._work, copy_function=shutil.copyfile)
        elif self.fault == "puts once" and any(self.real._work.iterdir()):
            return
        else:
            self.real.put(source, hidden=hidden)

    def run(self, command):
        if self.fault == "starts on the host" and "setsid" in command.argv[-1]:
            subprocess.run(command.argv, check=True, capture_output=True)
        result = self.real.run(ALTERED.get(self.fault, lambda same: same)(command))
        return TOLD.get(self.fault, lambda same: same)(result)

    def kill(self):
        self.real.kill()

    def collect(self, destination, limits):
        if self.fault == "trips over sockets" and any(
            p.is_socket() for p in self.real._work.iterdir()
        ):
            raise SandboxFailed("a socket")
        if self.fault == "follows links out":
            shutil.copytree(self.real._work / "folder", destination / "folder")
            return Collected(root=destination)
        if self.fault == "collects hidden files":
            shutil.copytree(self.real._hidden, self.real._work, dirs_exist_ok=True)
        try:
            return self.real.collect(destination, limits)
        except Refused as error:
            if self.fault == "collects anything":
                return Collected(root=destination)
            if self.fault == "fails to collect":
                raise SandboxFailed(str(error)) from error
            raise


def joined(command):
    return replace(command, argv=["sh", "-c", " ".join(command.argv)])


ALTERED = {
    "says more": lambda command: replace(command, stdin=command.stdin or b"more"),
    "drops stdin": lambda command: replace(command, stdin=b""),
    "joins arguments": joined,
    "inherits": lambda command: replace(command, env={**os.environ, **command.env}),
    "forgets variables": lambda command: replace(command, env={}),
    "keeps everything": lambda command: replace(command, keep_bytes=1 << 30, flood_bytes=1 << 23),
    "starts elsewhere": lambda command: replace(
        command, argv=["sh", "-c", 'cd /tmp; exec "$@"', "sh", *command.argv]
    ),
}
TOLD = {
    "hides exit codes": lambda result: replace(result, exit_code=0),
    "forgets output": lambda result: replace(result, stdout=b""),
    "prints more": lambda result: replace(result, stdout=result.stdout + b"\n/etc"),
    "mixes streams": lambda result: replace(result, stdout=result.stdout + result.stderr),
    "is never late": lambda result: replace(result, timed_out=False),
    "counts no output": lambda result: replace(result, stdout_bytes=0, flooded=False),
    "counts no time": lambda result: replace(result, seconds=0.0, cpu_seconds=0.0),
    "knows no memory": lambda result: replace(result, out_of_memory=False),
}
