"""What every kind of sandbox must show of the commands it runs, one function a behaviour."""

from __future__ import annotations

import json
import os
import random
from unittest import mock

from awb_core.errors import EnvironmentFailed
from awb_core.model import Environment
from awb_core.protocols import Command
from awb_core.testing.adapter_behaviours import Observation
from awb_core.testing.sandbox_bench import PROTECTIONS, SandboxBench, python, seen, sh, told

AWKWARD = ("", "-v", "two words", 'it\'s "quoted"', "$HOME `id`", "a\nb", "ünï 漢字", "*", "\\")


def says_what_it_is(bench: SandboxBench) -> Observation:
    """It is available here, names its isolation for the records, and states every protection as true or false."""
    status = bench.provider.probe()
    unsaid = [name for name in PROTECTIONS if not isinstance(status.protections.get(name), bool)]
    named = bool(status.summary and status.facts.get("isolation") and bench.provider.name)
    fixed = status.available and not status.fix if all(status.protections.values()) else True
    return seen(status.available and named and not unsaid and fixed, status)


def prepares_once(bench: SandboxBench) -> Observation:
    """An environment that is there is not built again, and is told by the same words."""
    told_of: list[str] = []
    names = {bench.provider.prepare(bench.environment, told_of.append) for _ in range(2)}
    return seen(len(names) == 1 and all(names) and not told_of, f"{names}, reported {told_of}")


def refuses_what_cannot_be_built(bench: SandboxBench) -> Observation:
    """An environment that cannot be built is an `EnvironmentFailed` that says why."""
    none = "awb-no-such-command"
    broken = Environment(python="0.0", requirements=f"{none} at all\n", commands=(none,))
    try:
        bench.make().prepare(broken, lambda _: None)
    except EnvironmentFailed as error:
        return seen(bool(str(error)), "it says nothing")
    return seen(False, "it was built")


def names_its_places(bench: SandboxBench) -> Observation:
    """Its places are absolute and apart, and without a gateway there is no address of one."""
    with bench.open() as box:
        places = [box.workspace, box.hidden, box.home, box.python]
        url = box.gateway_url
    apart = len(set(places)) == len(places) and all(one.startswith("/") for one in places)
    inside = any(one.startswith(f"{places[0]}/") for one in places[1:])
    return seen(apart and not inside and url == "", f"{places}, gateway {url!r}")


def starts_in_the_workspace(bench: SandboxBench) -> Observation:
    """A command starts in the workspace and finds there what was put."""
    with bench.open() as box:
        box.put(bench.folder({"file": "hello"}))
        result = sh(box, "pwd; cat file")
        wanted = f"{box.workspace}\nhello".encode()
    return seen(result.stdout == wanted, told(result))


def reports_the_end(bench: SandboxBench) -> Observation:
    """The exit code and both streams come back, each its own."""
    with bench.open() as box:
        result = sh(box, "echo good; echo problem >&2; exit 7")
    streams = (result.stdout, result.stderr) == (b"good\n", b"problem\n")
    calm = not (result.timed_out or result.flooded or result.out_of_memory)
    return seen(result.exit_code == 7 and streams and calm, told(result))


def reports_signals(bench: SandboxBench) -> Observation:
    """A command that a signal ended has the exit code 128 and its number, and is not late."""
    with bench.open() as box:
        results = [sh(box, f"kill -{number} $$") for number in (15, 6)]
    held = [r.exit_code for r in results] == [143, 134] and not any(r.timed_out for r in results)
    return seen(held, [told(result) for result in results])


def passes_arguments_on(bench: SandboxBench) -> Observation:
    """Arguments arrive as they are: empty, with blanks, quotes, newlines, dollars and unicode."""
    with bench.open() as box:
        code = "import json, sys; print(json.dumps(sys.argv[1:]))"
        result = python(box, code, *AWKWARD)
    return seen(result.exit_code == 0 and json.loads(result.stdout) == [*AWKWARD], told(result))


def passes_variables_on(bench: SandboxBench) -> Observation:
    """Environment variables of a command arrive, beside the others, and are gone for the next one."""
    script = 'printf %s "$AWB_GIVEN"; test -n "$PATH"'
    with bench.open() as box:
        given = sh(box, script, env={"AWB_GIVEN": "it's $HOME\nün"})
        after = sh(box, script)
    held = given.stdout == "it's $HOME\nün".encode() and given.exit_code == 0
    return seen(held and after.stdout == b"", f"{told(given)}, then {told(after)}")


def passes_stdin_on(bench: SandboxBench) -> Observation:
    """Standard input arrives whole, and all bytes come back."""
    data = random.Random(0).randbytes(300_000) + bytes(range(256))
    with bench.open() as box:
        result = box.run(Command(argv=["cat"], stdin=data, keep_bytes=1 << 20))
    return seen(result.stdout == data and result.stdout_bytes == len(data), told(result))


def closes_stdin(bench: SandboxBench) -> Observation:
    """Standard input is empty unless it is given."""
    with bench.open() as box:
        result = sh(box, "cat; echo end", seconds=10)
    return seen(result.stdout == b"end\n", told(result))


def misses_commands(bench: SandboxBench) -> Observation:
    """A command that is missing has the exit code 127."""
    with bench.open() as box:
        result = sh(box, "no-such-command-anywhere")
    return seen(result.exit_code == 127, told(result))


def has_its_python_first(bench: SandboxBench) -> Observation:
    """`python` is the environment's own, and so is the path that the sandbox names."""
    code = "import sys; print(sys.prefix)"
    with bench.open() as box:
        found = box.run(Command(argv=["python", "-c", code]))
        named = python(box, code)
    held = found.exit_code == 0 and found.stdout == named.stdout != b""
    return seen(held, f"{told(found)}, but {told(named)}")


def is_the_same_everywhere(bench: SandboxBench) -> Observation:
    """Hashes, time zone and encoding do not depend on this host."""
    code = "import sys, time; print(hash('awb'), time.tzname[0], sys.stdout.encoding, 'ü')"
    host = {"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LANG": "C", "LC_ALL": "C"}
    printed = []
    for _ in range(2):
        with mock.patch.dict(os.environ, host), bench.open() as box:
            printed.append(box.run(Command(argv=["python", "-c", code])))
    words = printed[0].stdout.decode(errors="replace").split()
    same = printed[0].stdout == printed[1].stdout and words[1:] == ["UTC", "utf-8", "ü"]
    return seen(same, [told(one) for one in printed])


def inherits_no_secrets(bench: SandboxBench) -> Observation:
    """Variables of this host are not inherited."""
    with mock.patch.dict(os.environ, AWB_BENCH_SECRET="hunter2"), bench.open() as box:
        result = sh(box, "env")
    return seen(b"hunter2" not in result.stdout and result.exit_code == 0, told(result))


def keeps_its_state(bench: SandboxBench) -> Observation:
    """What one command leaves in the workspace, in HOME and in TMPDIR, the next one finds; modes hold."""
    with bench.open() as box:
        sh(box, "echo '#!/bin/sh\necho ran' > tool; chmod +x tool; echo 1 > ~/kept; mkdir -p a/b")
        result = sh(box, "./tool; cat ~/kept; cd a/b && echo there")
    return seen(result.stdout == b"ran\n1\nthere\n", told(result))


def is_fresh(bench: SandboxBench) -> Observation:
    """Nothing of one sandbox is found in the next."""
    places = ". $HOME $TMPDIR"
    with bench.open() as box:
        sh(box, f'for d in {places}; do echo x > "$d/left" 2>/dev/null; done')
    with bench.open() as box:
        result = sh(box, f"ls -A {places} 2>/dev/null")
    return seen(b"left" not in result.stdout, told(result))


def keeps_sandboxes_apart(bench: SandboxBench) -> Observation:
    """Two sandboxes that are open at once do not see each other's files."""
    with bench.open() as one, bench.open(trial="other") as other:
        sh(one, "echo x > mine; echo x > ~/mine; echo x > $TMPDIR/mine")
        found = sh(other, "ls -A . ~ $TMPDIR; echo x > theirs")
        kept = sh(one, "ls -A .")
    held = b"mine" not in found.stdout and kept.stdout == b"mine\n"
    return seen(held, f"{told(found)}, {told(kept)}")


def has_a_home(bench: SandboxBench) -> Observation:
    """HOME is the place it names: fresh, empty, and writable; so is TMPDIR, outside the workspace."""
    with bench.open() as box:
        before = sh(box, "ls -A ~; ls -A $TMPDIR; echo $HOME")
        after = sh(
            box, "echo 1 > ~/kept && echo 2 > $TMPDIR/kept && cat ~/kept $TMPDIR/kept; ls -A"
        )
        home = box.home
    held = before.stdout.decode().split() == [home] and after.stdout == b"1\n2\n"
    return seen(held, f"{told(before)}, {told(after)}")
