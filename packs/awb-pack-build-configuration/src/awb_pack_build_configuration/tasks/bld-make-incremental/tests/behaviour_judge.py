"""What the Makefile does already: a build from nothing, the tests, an installation, a clean tree.

awb-canary 0a86c0a8-0305-4da3-b5e8-02ad952af735
"""

from expectations import case, exists, make, replace, run, strays, verdict

PLANT_CSV = """\
sensor,unit,n,min,max,mean,dev,p50,p90,alarm
boiler,K,3,341.65,345.65,343.82,1.65,344.15,345.65,
feed,Pa,3,198000.00,225000.00,211000.00,11045.36,210000.00,225000.00,
mix,ratio,2,0.12,0.13,0.13,0.00,0.12,0.13,
tank,m,3,1.69,1.82,1.75,0.05,1.75,1.82,
"""


def cases(seed):
    return [
        case("builds", "behaviour", "built", make("ok", jobs=1), exists("build/bin/gauge", True),
             exists("build/bin/gauge-check", True), exists("build/lib/libgauge.a", True),
             exists("build/gen/units.h", True), exists("build/obj/lib/stats.o", True),
             exists("build/obj/gen/units.o", True), exists("build/obj/cli/main.o", True),
             exists("build/obj/tests/check.o", True), strays()),
        case("csv", "behaviour", "built",
             run(["--format", "csv", "tests/logs/plant.log"], output=PLANT_CSV)),
        case("json", "behaviour", "built",
             run(["--format", "json", "--limit", "tank:min:1.7", "tests/logs/plant.log"],
                 code=1, holds='"alarm": "below"')),
        case("faulty", "behaviour", "built",
             run(["tests/logs/faulty.log"],
                 holds="gauge: 6 of 8 lines skipped, first at line 1: malformed timestamp")),
        case("version", "behaviour", "built", run(["--version"], output="gauge 1.4.0\n")),
        case("help", "behaviour", "built", run(["--help"], holds="usage: gauge [--format")),
        case("check", "behaviour", "built", make("ok", "check", jobs=1),
             run(path="build/bin/gauge-check", holds=" 0 failed")),
        case("check-fails", "behaviour", "built", replace("tests/check.c", "near(stats.mean, 2.0)", "near(stats.mean, 2.5)"),
             make("fails", "check", jobs=1)),
        case("install", "behaviour", "built", {"do": "remove", "path": "build/bin/gauge"},
             make("ok", "install", "PREFIX=/opt/gauge", "DESTDIR=build/stage", jobs=1),
             run(["--version"], path="build/stage/opt/gauge/bin/gauge", output="gauge 1.4.0\n")),
        case("tag", "behaviour", "built", make("ok", "BUILD_TAG=rc9", jobs=1),
             run(["--version"], output="gauge 1.4.0 (rc9)\n")),
        case("clean", "behaviour", "built", make("ok", "clean", jobs=1), exists("build", False),
             exists("src/lib/stats.c", True)),
    ]


judge = verdict
