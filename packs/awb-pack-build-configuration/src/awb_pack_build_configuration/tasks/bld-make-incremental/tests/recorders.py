"""The tools that the Makefile is given: each notes that it was started, then does its work.

awb-canary 0a86c0a8-0305-4da3-b5e8-02ad952af735
"""

import os
import platform
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

import ziglang

SCRATCH = Path(tempfile.mkdtemp(prefix="matrix-")).resolve()
TREE = SCRATCH / "tree"
TOOLS = SCRATCH / "tools"
LOG = SCRATCH / "calls.log"
FAIL = SCRATCH / "fail"
LIGHT = SCRATCH / "light"
DEPS = SCRATCH / "deps"
ZIG = Path(ziglang.__file__).parent / "zig"
MACHINE = {"x86_64": "x86_64", "AMD64": "x86_64", "aarch64": "aarch64", "arm64": "aarch64"}
TARGET = f"{MACHINE.get(platform.machine(), platform.machine())}-linux-gnu"
GLIBC = 28

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
saved={deps}/$(IFS=/; set -- $out; IFS=_; printf %s "$*")
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
    {compiler} "$@" -O0 -g0 || exit
    [ -n "$deps" ] && [ -f "$deps" ] && cp "$deps" "$saved"
    exit 0
fi
exec {zig} cc -target {target}.2.{glibc} -nostdlib -nostartfiles -fno-sanitize=undefined -pie \\
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


def compiler():
    """The compiler below `zig cc`, given the headers that `zig cc` gives it; a third cheaper to call."""
    command = [ZIG, "cc", "-target", f"{TARGET}.2.{GLIBC}", "-v", "-E", "-x", "c", os.devnull]
    lines = subprocess.run(
        command, check=True, env=environment(), cwd=SCRATCH, capture_output=True, text=True
    ).stderr.splitlines()
    first = lines.index("#include <...> search starts here:") + 1
    folders = [line.strip() for line in lines[first : lines.index("End of search list.")]]
    words = [ZIG, "clang", "-target", TARGET, f"-D__GLIBC_MINOR__={GLIBC}", "-fPIC", "-nostdinc"]
    for folder in folders:
        words += ["-isystem", folder]
    return shlex.join(map(str, words))


def prepare():
    TOOLS.mkdir()
    names = {
        "us": "\x1f",
        "log": LOG,
        "fail": FAIL,
        "light": LIGHT,
        "deps": DEPS,
        "zig": ZIG,
        "compiler": compiler(),
        "target": TARGET,
        "glibc": GLIBC,
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
    command = f"{names['compiler']} -c start.c -o start.o"
    subprocess.run(
        shlex.split(command), check=True, env=environment(), cwd=TOOLS, stdout=sys.stderr
    )


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
