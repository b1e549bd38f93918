"""The touch-matrix: after each change exactly what depends on it is built again, in parallel.

awb-canary 0a86c0a8-0305-4da3-b5e8-02ad952af735
"""

import random

from expectations import (
    ALL, CONFIG, GENERATORS, LIB, OF, append, case, exists, make, members, replace, run, units,
    strays, verdict, wanted, write,
)

IDLE = wanted(idle=True)


def cases(seed):
    draw = random.Random(seed)
    n = draw.randrange(100, 900)
    tag = "rc" + str(draw.randrange(1, 90))
    word = "w" + "".join(draw.choices("abcdefghij", k=6))
    note = f"\n/* {word} */\n"
    csv = ["--format", "csv", "tests/logs/plant.log"]

    def header(name, path, users):
        return case(f"header-{name}", "headers", "built", append(path, note),
                    make(wanted(users, None), light=True))

    def source(name, path):
        return case(f"source-{name}", "sources", "built", append(path, note),
                    make(wanted(units(name), None), light=True))

    return [
        # Nothing to do.
        case("idle", "idle", "built", make(IDLE), make(IDLE)),
        case("idle-stray-files", "idle", "built",
             write("src/lib/.stats.c.swp", word), write("build/gen/notes.txt", word),
             write("build/bin/core.1", word), make(IDLE)),
        case("idle-check", "idle", "built", make(IDLE, "check"), make(IDLE, "check")),
        # From nothing, in parallel.
        case("parallel-all", "parallel", "clean", make(wanted(ALL, GENERATORS)),
             run(csv, holds="boiler,K,3,"), make(IDLE)),
        case("parallel-object", "parallel", "clean",
             make({"cc": units("cli/options"), "link": [], "ar": False}, "build/obj/cli/options.o"),
             exists("build/obj/cli/options.o", True), exists("build/bin/gauge", False)),
        case("parallel-library", "parallel", "clean",
             make({"cc": sorted([*(f"src/lib/{name}.c" for name in LIB), "gen/units.c"]),
                   "link": [], "ar": True}, "build/lib/libgauge.a")),
        # Single sources.
        source("lib/stats", "src/lib/stats.c"),
        source("cli/main", "src/cli/main.c"),
        source("check", "tests/check.c"),
        # Headers and files that act as such.
        header("clock", "src/lib/clock.h", OF["clock.h"]),
        header("strbuf", "src/lib/strbuf.h", OF["strbuf.h"]),
        header("series", "src/lib/series.h", OF["series.h"]),
        header("error", "src/lib/error.h", OF["error.h"]),
        header("about", "src/cli/about.h", OF["about.h"]),
        header("unit-base", "src/lib/unit_base.h", OF["unit_base.h"]),
        case("header-alarm-kinds", "headers", "built",
             replace("src/lib/alarm_kinds.def", '"above"', f'"{word}"'), make(wanted(OF["alarm.h"], None)),
             run(["--limit", "tank:max:1", *csv], code=1, holds=f",{word}\n")),
        case("header-columns", "headers", "built",
             replace("src/cli/columns.def", '"p90"', f'"{word}"'), make(wanted(OF["columns"], None)),
             run(csv, holds=f",p50,{word},alarm\n")),
        # Generated files.
        case("config-value", "generated", "built",
             replace("config.ini", "decimals = 2", "decimals = 4"),
             make(wanted([*CONFIG], ["genconfig.py"])),
             run(csv, holds="mix,ratio,2,0.1250,0.1300,"), make(IDLE)),
        case("config-comment", "generated", "built", append("config.ini", f"; {word}\n"),
             make(wanted(gen=["genconfig.py"])), make(IDLE)),
        case("units-factor", "generated", "built",
             replace("data/units.tbl", "0.0254 ", f"0.{n}"),
             make(wanted(["gen/units.c"], ["genunits.py"])), make(IDLE)),
        case("units-new", "generated", "built",
             append("data/units.tbl", "zz length 2 0 -\n"),
             make(wanted(OF["units.h"], ["genunits.py"])), make(IDLE)),
        case("units-comment", "generated", "built", append("data/units.tbl", f"# {word}\n"),
             make(wanted(gen=["genunits.py"])), make(IDLE)),
        case("units-prefixes", "generated", "built",
             replace("data/prefixes.tbl", "u  -6", "u  -5"),
             make(wanted(["gen/units.c"], ["genunits.py"])), make(IDLE)),
        case("help-text", "generated", "built", append("data/help.txt", word + "\n"),
             make(wanted(units("cli/options"), ["embed.py"])), run(["--help"], holds=word),
             make(IDLE)),
        case("version", "generated", "built", write("VERSION", f"2.{n}.0\n"),
             make(wanted(units("cli/about"), ["genversion.py"])),
             run(["--version"], output=f"gauge 2.{n}.0\n"), make(IDLE)),
        case("generator-script", "generated", "built", append("tools/genunits.py", f"# {word}\n"),
             make(wanted(gen=["genunits.py"])), make(IDLE)),
        case("generator-shared", "generated", "built", append("tools/emit.py", f"# {word}\n"),
             make(wanted(gen=GENERATORS)), make(IDLE)),
        case("generator-output", "generated", "built",
             replace("tools/embed.py", "line.rstrip()", f"line.rstrip() + '{word}'"),
             make(wanted(units("cli/options"), ["embed.py"])), run(["--help"], holds=word)),
        case("generated-removed", "generated", "built",
             {"do": "remove", "path": "build/gen/units.h"},
             make({"gen": ["genunits.py"]}), exists("build/gen/units.h", True), make(IDLE)),
        # Settings.
        case("tag", "settings", "built",
             make(wanted(units("cli/about"), ["genversion.py"]), f"BUILD_TAG={tag}"),
             run(["--version"], output=f"gauge 1.4.0 ({tag})\n"),
             make(IDLE, f"BUILD_TAG={tag}"),
             make(wanted(units("cli/about"), ["genversion.py"])),
             run(["--version"], output="gauge 1.4.0\n")),
        case("cflags", "settings", "built",
             make(wanted(ALL), "CFLAGS=-std=c11 -O0", light=True), make(IDLE, "CFLAGS=-std=c11 -O0")),
        case("cppflags", "settings", "built",
             make(wanted(ALL), f"CPPFLAGS=-DNOTE='\"{word}\"'", light=True),
             make(IDLE, f"CPPFLAGS=-DNOTE='\"{word}\"'")),
        case("ldflags", "settings", "built",
             make({"cc": [], "gen": [], "link": ["gauge", "gauge-check"], "ar": False},
                  "LDFLAGS=-Wl,-O1", light=True),
             make(IDLE, "LDFLAGS=-Wl,-O1"),
             make({"cc": [], "gen": [], "link": ["gauge", "gauge-check"], "ar": False},
                  "LDFLAGS=-Wl,-O1", "LDLIBS=-lm", light=True)),
        case("compiler", "settings", "built",
             make({"cc": sorted(ALL), "gen": [], "link": ["gauge", "gauge-check"]},
                  "CC=@TOOLS@/cc2", light=True),
             make(IDLE, "CC=@TOOLS@/cc2")),
        case("build-folder", "settings", "built",
             make(wanted(ALL, GENERATORS), "check", "BUILD=out"),
             run(csv, path="out/bin/gauge", holds="boiler,K,3,"), make(IDLE),
             make(IDLE, "BUILD=out"), strays()),
        # Files that come and go.
        case("source-added", "files", "built",
             write("src/cli/extra.c", f'#include "about.h"\nconst char *extra(void);\n'
                                      f'const char *extra(void) {{ return "{word}"; }}\n'),
             make(wanted(units("cli/extra"), None)), make(wanted(gen=None)),
             {"do": "remove", "path": "src/cli/extra.c"},
             make({"cc": [], "link": ["gauge"], "ar": False}), make(wanted(gen=None))),
        case("member-removed", "files", "built",
             write("src/lib/extra.c", "int extra(void);\nint extra(void) { return 1; }\n"),
             make(wanted(units("lib/extra"), None)),
             members("build/lib/libgauge.a", [*LIB, "extra", "units"]),
             {"do": "remove", "path": "src/lib/extra.c"},
             make({"cc": [], "ar": True}),
             members("build/lib/libgauge.a", [*LIB, "units"]), make(wanted(gen=None))),
        case("header-renamed", "files", "built",
             {"do": "rename", "path": "src/cli/about.h", "to": "src/cli/title.h"},
             replace("src/cli/about.c", '"about.h"', '"title.h"'),
             replace("src/cli/main.c", '"about.h"', '"title.h"'),
             make(wanted(OF["about.h"], None)), append("src/cli/title.h", note),
             make(wanted(OF["about.h"], None), light=True)),
        case("object-removed", "files", "built", {"do": "remove", "path": "build/obj/cli/render.o"},
             make(wanted(units("cli/render"), None)), make(wanted(gen=None))),
        case("names", "files", "built", write("check", word), write("clean", word),
             write("all", word), write("install", word),
             append("src/cli/main.c", note), make(wanted(units("cli/main"), None), "all"),
             make("ok", "install", f"PREFIX=/{word}", "DESTDIR=build/stage"),
             exists(f"build/stage/{word}/bin/gauge", True), make("ok", "clean"),
             exists("build/bin/gauge", False)),
        # A tool that fails half way.
        case("compiler-fails", "failures", "built", append("src/lib/clock.c", note),
             make("fails", fail="clock.c"), make(wanted(units("lib/clock"), None)), make(wanted(gen=None))),
        case("generator-fails", "failures", "built", write("VERSION", f"3.{n}.1\n"),
             make("fails", fail="genversion.py"),
             make(wanted(units("cli/about"), ["genversion.py"])),
             run(["--version"], output=f"gauge 3.{n}.1\n"), make(IDLE)),
        case("generator-fails-first", "failures", "clean",
             make("fails", "build/obj/gen/units.o", fail="genunits.py"),
             make({"cc": ["gen/units.c", "src/lib/convert.c"]}, "build/obj/gen/units.o",
                  "build/obj/lib/convert.o"),
             make({"cc": [], "gen": []}, "build/obj/gen/units.o", "build/obj/lib/convert.o")),
    ]


judge = verdict
