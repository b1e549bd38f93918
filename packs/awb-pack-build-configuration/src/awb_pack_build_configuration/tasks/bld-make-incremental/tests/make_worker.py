"""Replay a scripted session with the delivered Makefile and say which tools it started.

awb-canary 0a86c0a8-0305-4da3-b5e8-02ad952af735
"""

import contextlib
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import ziglang
from awb_worker import serve

SCRATCH = Path(tempfile.mkdtemp(prefix="matrix-")).resolve()
TREE = SCRATCH / "tree"
BASE = SCRATCH / "base"
TOOLS = SCRATCH / "tools"
LOG = SCRATCH / "calls.log"
FAIL = SCRATCH / "fail"
LIGHT = SCRATCH / "light"
DEPS = SCRATCH / "deps"
ZIG = Path(ziglang.__file__).parent / "zig"
MACHINE = {"x86_64": "x86_64", "AMD64": "x86_64", "aarch64": "aarch64", "arm64": "aarch64"}
TARGET = f"{MACHINE.get(platform.machine(), platform.machine())}-linux-gnu.2.28"
SKIPPED = {".git", "build", "out", "__pycache__"}
STEP_SECONDS = 100
MAX_TIMEOUTS = 1

START_C = """
extern int main(int, char **, char **);
extern int __libc_start_main(int (*)(int, char **, char **), int, char **, void (*)(void),
                             void (*)(void), void (*)(void), void *);
__attribute__((noreturn, used)) void awb_start(long *sp) {
    __libc_start_main(main, (int)sp[0], (char **)(sp + 1), 0, 0, 0, sp);
    __builtin_unreachable();
}
#if defined(__x86_64__)
__asm__(".globl _start\\n_start:\\n xor %ebp,%ebp\\n mov %rsp,%rdi\\n and $-16,%rsp\\n call awb_start\\n");
#else
__asm__(".globl _start\\n_start:\\n mov x29,#0\\n mov x0,sp\\n bl awb_start\\n");
#endif
"""

# The compiler: note the call, then compile for real. Linking goes straight to the C library that is already here, since
# a C run time of the compiler's own would first have to be built, which takes a quarter of a minute.
CC_SH = """#!/bin/sh
line=cc
mode=link
source=
out=
deps=
previous=
for word in "$@"; do
    line="$line{us}$word"
    case $word in
        -c) [ $mode = scan ] || mode=compile ;;
        -S|-E|-M|-MM|--version|-v|-dumpmachine|-print-*) mode=scan ;;
        -MD|-MMD) [ -n "$deps" ] || deps=beside ;;
        -MF?*) deps=${{word#-MF}} ;;
        -Wp,-MD,*|-Wp,-MMD,*) deps=${{word##*,}} ;;
        *.c) source=${{word##*/}} ;;
    esac
    [ "$previous" = -o ] && out=$word
    [ "$previous" = -MF ] && deps=$word
    previous=$word
done
[ "$deps" = beside ] && deps=${{out%.*}}.d
saved={deps}/$(printf %s "$out" | tr / _)
printf '%s\\n' "$line" >> {log}
if [ -f {fail} ] && [ "$source" = "$(cat {fail})" ]; then
    [ -n "$out" ] && printf 'half an object' > "$out"
    exit 1
fi
# A change that does not alter what an object depends on need not be compiled for real each time.
if [ -f {light} ] && [ $mode != scan ] && [ -f "$out" ] && {{ [ -z "$deps" ] || [ -f "$saved" ]; }}; then
    [ -z "$deps" ] || cp "$saved" "$deps"
    exec touch "$out"
fi
if [ $mode != link ]; then
    {zig} cc -target {target} -fPIC -fno-sanitize=undefined "$@" -O0 -g0 || exit
    [ -n "$deps" ] && [ -f "$deps" ] && cp "$deps" "$saved"
    exit 0
fi
exec {zig} cc -target {target} -nostdlib -nostartfiles -fno-sanitize=undefined -pie \\
    -Wl,-dynamic-linker,{loader} {start} "$@" {libc}
"""

AR_SH = """#!/bin/sh
line=ar
for word in "$@"; do line="$line{us}$word"; done
printf '%s\\n' "$line" >> {log}
exec {zig} ar "$@"
"""

# A slow generator shows an edge that is missing between a generated file and its users.
PYTHON_SH = """#!/bin/sh
line=python
last=
name=
for word in "$@"; do
    line="$line{us}$word"
    last=$word
    case $word in *.py) [ -z "$name" ] && name=${{word##*/}} ;; esac
done
printf '%s\\n' "$line" >> {log}
sleep 0.2
if [ -f {fail} ] && [ "$name" = "$(cat {fail})" ]; then
    {python} "$@"
    head -c 60 "$last" > {log}.half
    cat {log}.half > "$last"
    exit 1
fi
exec {python} "$@"
"""


def mapped(*names):
    """The path of a library that this process has mapped."""
    for line in Path("/proc/self/maps").read_text().splitlines():
        path = line.split(maxsplit=5)[-1]
        if path.startswith("/") and Path(path).name.startswith(names):
            return path
    raise RuntimeError(f"no {names[0]} in this process")


def environment():
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    cache = str(SCRATCH / "cache")
    return kept | {
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONDONTWRITEBYTECODE": "1",
        "ZIG_GLOBAL_CACHE_DIR": cache,
        "ZIG_LOCAL_CACHE_DIR": cache,
    }


def prepare():
    TOOLS.mkdir()
    names = {
        "us": "\x1f",
        "log": LOG,
        "fail": FAIL,
        "light": LIGHT,
        "deps": DEPS,
        "zig": ZIG,
        "target": TARGET,
        "python": sys.executable,
        "loader": mapped("ld-linux", "ld-2", "ld-musl"),
        "libc": mapped("libc.so", "libc-2", "ld-musl"),
        "start": TOOLS / "start.o",
    }
    for name, text in {"cc": CC_SH, "cc2": CC_SH, "ar": AR_SH, "python": PYTHON_SH}.items():
        path = TOOLS / name
        path.write_text(text.format(**names))
        path.chmod(0o755)
    (TOOLS / "start.c").write_text(START_C)
    command = [ZIG, "cc", "-target", TARGET, "-fPIC", "-fno-sanitize=undefined"]
    command += ["-fno-stack-protector", "-c", TOOLS / "start.c", "-o", TOOLS / "start.o"]
    subprocess.run(command, check=True, env=environment(), cwd=SCRATCH, stdout=sys.stderr)


def fresh(source, target):
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, symlinks=True)


class Bench:
    """The workspace, copied away from itself, and its first build."""

    def __init__(self):
        self.timeouts = 0
        self.built = None

    def load(self, kind):
        if self.built is None:
            self.build()
        fresh(BASE / kind, TREE)
        fresh(BASE / "deps", DEPS)

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


def reading(words):
    """What one recorded call was: a plain dictionary."""
    tool, arguments = words[0], words[1:]
    if tool == "python":
        scripts = [Path(word).name for word in arguments if word.endswith(".py")]
        return {"gen": scripts[0] if scripts else ""}
    if tool == "ar":
        archives = [Path(word).name for word in arguments if word.endswith(".a")]
        return {"ar": archives[0] if archives else ""}
    scans = {"-E", "-M", "-MM", "-S", "--version"}
    if scans.intersection(arguments) and "-c" not in arguments:
        return {"scan": ""}
    call = {"cc": [unit(word) for word in arguments if word.endswith(".c")]}
    if "-c" not in arguments:
        outputs = [after for before, after in zip(arguments, arguments[1:]) if before == "-o"]
        call["link"] = Path(outputs[0]).name if outputs else "a.out"
    return call


def unit(word):
    path = os.path.relpath(TREE / word, TREE)
    return "gen/" + Path(path).name if "/gen/" in path else path


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
    found = [
        path.relative_to(TREE).as_posix() for path in TREE.rglob("*") if not path.is_dir()
    ]
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
