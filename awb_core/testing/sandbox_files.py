"""What every kind of sandbox must show of the files that go in and come out, one function a behaviour."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from awb_core.model import Limits
from awb_core.protocols import Sandbox
from awb_core.sandbox.archive import ArchiveLimits, Refused
from awb_core.testing.adapter_behaviours import Observation
from awb_core.testing.sandbox_bench import LIMITS, SandboxBench, python, seen, sh, told
from awb_core.tree import digest_tree, walk

MANY = ArchiveLimits().members + 50
HOSTILE = (
    "ln -s /etc/passwd l; ln -s / root; mkfifo p; echo 1 > good; ln good hard;"
    " printf x > \"$(printf '\\377')\"; ln -s good loop1; ln -s loop2 loop3; ln -s loop3 loop2"
)
SOCKET = "import socket; socket.socket(socket.AF_UNIX).bind('socket'); open('file', 'w').close()"


def takes_files(bench: SandboxBench) -> Observation:
    """Files arrive with their folders, names, bytes and executable bits, and belong to the command."""
    data, tool = bytes(range(256)), b"#!/bin/sh\necho ran\n"
    source = bench.folder({"a/b/c": data, "tool": tool, "ünï 漢": "1\n", ".dot": ""})
    (source / "tool").chmod(0o755)
    (source / "empty").mkdir()
    with bench.open() as box:
        box.put(source)
        result = sh(box, 'test -d empty && ./tool && cat "ünï 漢" && echo 2 >> "ünï 漢" && rm .dot')
        found = box.collect(bench.folder(), LIMITS)
    names = {name: (found.root / name).read_bytes() for name in walk(found.root)}
    wanted = {"a/b/c": data, "tool": tool, "ünï 漢": b"1\n2\n"}
    return seen(result.stdout == b"ran\n1\n" and names == wanted, f"{told(result)}, {list(names)}")


def takes_files_twice(bench: SandboxBench) -> Observation:
    """What is put later is added, and stands in the place of what has its name."""
    with bench.open() as box:
        box.put(bench.folder({"kept": "1", "folder/old": "2"}))
        box.put(bench.folder({"folder/old": "3", "folder/new": "4"}))
        result = sh(box, "cat kept folder/old folder/new")
    return seen(result.stdout == b"134", told(result))


def leaves_the_source_alone(bench: SandboxBench) -> Observation:
    """What is done inside to a file that was put is not seen in the folder that it came from."""
    source = bench.folder({"file": "before", "other": "before"})
    before = digest_tree(source)
    with bench.open() as box:
        box.put(source)
        result = sh(box, "echo after > file; rm other; chmod 777 .; echo x > new; ls")
    held = result.stdout == b"file\nnew\n" and digest_tree(source) == before
    return seen(held, f"{told(result)}, the source holds {list(walk(source))}")


def keeps_links_as_links(bench: SandboxBench) -> Observation:
    """A link in what is put stays a link: nothing of this host is copied in through it."""
    outside = bench.folder({"private": "private"})
    source = bench.folder({"file": "1"})
    (source / "out").symlink_to(outside / "private")
    (source / "in").symlink_to("file")
    with bench.open() as box:
        box.put(source)
        result = sh(box, "readlink out in; cat in")
    wanted = f"{outside}/private\nfile\n1".encode()
    return seen(result.stdout == wanted, told(result))


def shows_hidden_files_late(bench: SandboxBench) -> Observation:
    """Hidden files are not there before they are put, and can then be read and run."""
    source = bench.folder({"secret": "42", "tool": "#!/bin/sh\necho ran\n"})
    (source / "tool").chmod(0o755)
    with bench.open() as box:
        before = sh(box, f"ls -A {box.hidden}; cat {box.hidden}/secret 2>/dev/null")
        box.put(source, hidden=True)
        after = sh(box, f"cat {box.hidden}/secret; {box.hidden}/tool")
    held = before.stdout == b"" and after.stdout == b"42ran\n"
    return seen(held, f"{told(before)}, then {told(after)}")


def protects_hidden_files(bench: SandboxBench) -> Observation:
    """Hidden files cannot be changed, removed, joined by others, or given away."""
    with bench.open() as box:
        box.put(bench.folder({"secret": "42"}), hidden=True)
        tries = (
            *("echo 43 > {0}/secret", "rm -f {0}/secret", "echo x > {0}/new", "chmod 777 {0}"),
            *("mv {0}/secret .", "mv {0} /tmp/moved", "rm -rf {0}"),
        )
        done = [one for one in tries if not sh(box, one.format(box.hidden)).exit_code]
        result = sh(box, f"ls -A {box.hidden}; cat {box.hidden}/secret")
    return seen(not done and result.stdout == b"secret\n42", f"worked: {done}; {told(result)}")


def gives_the_workspace_back(bench: SandboxBench) -> Observation:
    """What was added, changed and removed is found, with executable bits and a count."""
    with bench.open() as box:
        box.put(bench.folder({"sub/kept": "kept", "gone": "gone"}))
        sh(box, "rm gone; echo new > new; chmod +x new; mkdir -p a/b; echo deep > a/b/c")
        destination = bench.folder()
        found = box.collect(destination, LIMITS)
    names = sorted(walk(destination))
    executable = os.access(destination / "new", os.X_OK)
    held = names == ["a/b/c", "new", "sub/kept"] and found.root == destination and executable
    counted = found.files == 3 and found.bytes == len("kept" + "new\n" + "deep\n")
    return seen(held and counted and not found.refused, f"{names}, {found}")


def gives_nothing_else_back(bench: SandboxBench) -> Observation:
    """Neither hidden files nor what lies in HOME and TMPDIR is part of the workspace."""
    with bench.open() as box:
        box.put(bench.folder({"mine": "1"}))
        box.put(bench.folder({"secret": "42"}), hidden=True)
        sh(box, "echo x > ~/home; echo x > $TMPDIR/tmp")
        found = box.collect(bench.folder(), LIMITS)
    names = list(walk(found.root))
    return seen(names == ["mine"], names)


def gives_an_empty_workspace_back(bench: SandboxBench) -> Observation:
    """A workspace that was deleted collects as an empty one."""
    with bench.open() as box:
        box.put(bench.folder({"file": "1"}))
        sh(box, 'rm -rf ./* .[!.]*; rmdir "$PWD" 2>/dev/null')
        found = box.collect(bench.folder(), LIMITS)
    return seen(found.files == 0 and not any(found.root.iterdir()), found)


def refuses_links_and_devices(bench: SandboxBench) -> Observation:
    """Links, pipes and names that are not UTF-8 do not come out, and are told."""
    with bench.open() as box:
        sh(box, HOSTILE)
        found = box.collect(bench.folder(), LIMITS)
    names = {path.name for path in found.root.iterdir()}
    plain = all(path.is_file() and not path.is_symlink() for path in found.root.iterdir())
    refused = {name for name, _ in found.refused} >= {"l", "root", "p", "loop1", "loop2"}
    return seen(names <= {"good", "hard"} and "good" in names and plain and refused, found)


def refuses_sockets(bench: SandboxBench) -> Observation:
    """A socket does not come out, and spoils nothing."""
    with bench.open() as box:
        result = python(box, SOCKET)
        found = box.collect(bench.folder(), LIMITS)
    names = {path.name for path in found.root.iterdir()}
    return seen(names == {"file"}, f"{told(result)}, {names}")


def refuses_a_link_for_the_workspace(bench: SandboxBench) -> Observation:
    """Folders that were replaced by links lead nowhere."""
    with bench.open() as box:
        box.put(bench.folder({"folder/file": "1"}))
        sh(box, "rm -rf folder; ln -s /etc folder")
        found = box.collect(bench.folder(), LIMITS)
    return seen(found.files == 0 and not (found.root / "folder").exists(), found)


def refuses_a_giant(bench: SandboxBench) -> Observation:
    """A file that is huge and sparse is refused, and is not written out."""
    limits = Limits(memory_mb=128, pids=40, disk_mb=6000)
    return _refuses(bench, lambda box: sh(box, "truncate -s 5G giant").exit_code == 0, limits)


def refuses_too_much(bench: SandboxBench) -> Observation:
    """A workspace that holds more than the limits of its collection allow is refused."""
    small = replace(LIMITS, disk_mb=1)
    make = "for n in 1 2 3; do head -c 600K /dev/zero > f$n; done"
    return _refuses(bench, lambda box: sh(box, make).exit_code == 0, LIMITS, small)


def refuses_too_many(bench: SandboxBench) -> Observation:
    """Tens of thousands of entries are refused."""
    # Most of them are links, which are made and read in a fraction of the time of files.
    code = f"import os\nfor n in range({MANY}): os.symlink('x', f'f{{n}}') if n % 50 else os.mknod(f'f{{n}}')"
    # The kernel's own memory for so many counts too, on some machines until it is written back.
    limits = replace(LIMITS, memory_mb=1024)
    return _refuses(bench, lambda box: python(box, code, seconds=100).exit_code == 0, limits)


def refuses_too_deep(bench: SandboxBench) -> Observation:
    """Folders in folders beyond all measure are refused."""
    code = "import os; os.makedirs('/'.join('d' * 60))"
    return _refuses(bench, lambda box: python(box, code).exit_code == 0, LIMITS)


def _refuses(
    bench: SandboxBench,
    make: Callable[[Sandbox], bool],
    limits: Limits,
    bounds: Limits = LIMITS,
) -> Observation:
    """Say whether a workspace is refused as a whole, and little of it written."""
    destination = bench.folder()
    with bench.open(limits=limits) as box:
        if not make(box):
            return seen(False, "the workspace could not be made")
        try:
            found = box.collect(destination, bounds)
        except Refused:
            return seen(_size(destination) <= bounds.disk_mb << 20, "too much was written")
    return seen(False, f"it was collected: {found.files} files, {found.bytes} bytes")


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
