"""What a right build starts after which change, and the comparison with what was started.

awb-canary 0a86c0a8-0305-4da3-b5e8-02ad952af735
"""

LIB = ["alarm", "clock", "convert", "error", "parse", "series", "stats", "strbuf"]
CLI = ["about", "main", "options", "out_csv", "out_json", "out_text", "render"]
ALL = [*(f"src/lib/{name}.c" for name in LIB), "gen/units.c"]
ALL += [*(f"src/cli/{name}.c" for name in CLI), "tests/check.c"]
GENERATORS = ["embed.py", "genconfig.py", "genunits.py", "genversion.py"]


def units(text):
    """`lib/stats cli/main check gen/units` -> paths."""
    special = {"check": "tests/check.c", "gen/units": "gen/units.c"}
    return [special.get(word, f"src/{word}.c") for word in text.split()]


# Users of config.h, directly or through other headers.
CONFIG = units(
    "lib/series lib/parse lib/stats lib/alarm cli/main cli/options cli/render cli/out_text"
    " cli/out_csv cli/out_json check"
)
OF = {
    "error.h": units("lib/error lib/series lib/parse cli/main cli/options check"),
    "clock.h": [*CONFIG, "src/lib/clock.c"],
    "strbuf.h": units(
        "lib/strbuf cli/main cli/options cli/render cli/out_text cli/out_csv cli/out_json check"
    ),
    "series.h": CONFIG,
    "parse.h": units("lib/parse cli/main check"),
    "stats.h": units(
        "lib/stats lib/alarm cli/main cli/options cli/render cli/out_text cli/out_csv"
        " cli/out_json check"
    ),
    "alarm.h": units("lib/alarm cli/main cli/options check"),
    "columns": units("cli/main cli/options cli/render cli/out_text cli/out_csv cli/out_json"),
    "options.h": units("cli/main cli/options"),
    "about.h": units("cli/main cli/about"),
    "unit_base.h": [*CONFIG, "src/lib/convert.c", "gen/units.c"],
    "units.h": units("lib/convert gen/units"),
}


def wanted(cc=(), gen=(), **other):
    """A make that succeeds, compiles exactly `cc`, runs exactly `gen` (None: any); the rest follows."""
    cc = list(cc)
    lib = any(path.startswith(("src/lib/", "gen/")) for path in cc)
    links = []
    if lib or any(path.startswith("src/cli/") for path in cc):
        links.append("gauge")
    if lib or "tests/check.c" in cc:
        links.append("gauge-check")
    gen = None if gen is None else sorted(gen)
    return {"cc": sorted(cc), "gen": gen, "link": links, "ar": lib} | other


def difference(want, got):
    """Why this make is not the wanted one; empty when it is."""
    if not isinstance(got, dict) or not isinstance(got.get("calls"), list):
        return "no report"
    if want == "fails":
        return "ended well, although a tool failed" if got.get("ok") else ""
    if not got.get("ok"):
        return f"make failed: {got.get('tail', '')!s:.300}"
    calls = [call for call in got["calls"] if isinstance(call, dict)]
    seen = {
        "cc": sorted(str(path) for call in calls for path in call.get("cc") or []),
        "gen": sorted(call["gen"] for call in calls if call.get("gen") in GENERATORS),
        "link": sorted(str(call["link"]) for call in calls if "link" in call),
        "ar": any(call.get("ar") == "libgauge.a" for call in calls),
    }
    if want == "ok":
        return ""
    if want.get("idle") and calls:
        return f"nothing was to do, but: {calls[:4]}"
    for key, value in seen.items():
        if key in want and want[key] is not None and value != want[key]:
            return f"{key}: wanted {want[key]}, got {value}"
    return ""


def verdict(case, answer):
    """Whether every observed step is as expected."""
    value = answer.get("value") if isinstance(answer, dict) else None
    if not isinstance(value, list):
        return False, f"no answer: {str(answer)[:300]}"
    observed = [item for item in value if item is not None]
    expected = case["expect"]
    if len(observed) != len(expected):
        return False, "steps are missing"
    for number, (want, got) in enumerate(zip(expected, observed), start=1):
        note = compare(want, got)
        if note:
            return False, f"observation {number}: {note}"
    return True


def compare(want, got):
    kind, value = want
    if kind == "make":
        return difference(value, got)
    if kind == "run":
        if not isinstance(got, dict):
            return "no run"
        fine = got.get("code") == value.get("code", 0)
        if "output" in value:
            fine = fine and got.get("output") == value["output"]
        if "holds" in value:
            fine = fine and value["holds"] in str(got.get("output"))
        return "" if fine else f"wanted {value}, got {str(got)[:300]}"
    return "" if type(got) is type(value) and got == value else f"wanted {value}, got {got!r:.200}"


def case(identifier, group, start, *script):
    """Split (action, expectation) pairs; actions without an observation have none."""
    steps = [item[0] if isinstance(item, tuple) else item for item in script]
    expect = [item[1] for item in script if isinstance(item, tuple)]
    return {
        "id": identifier,
        "group": group,
        "input": {"start": start, "steps": steps},
        "expect": expect,
    }


def make(want, *args, jobs=8, fail=None, light=False):
    action = {"do": "make", "args": list(args), "jobs": jobs, "light": light}
    if fail:
        action["fail"] = fail
    return action, ("make", want)


def run(args=(), path="build/bin/gauge", **want):
    return {"do": "run", "path": path, "args": list(args)}, ("run", want)


def exists(path, answer):
    return {"do": "exists", "path": path}, ("exists", answer)


def strays(*names):
    return {"do": "strays"}, ("strays", list(names))


def members(path, names):
    return {"do": "members", "path": path}, ("members", sorted(f"{n}.o" for n in names))


def replace(path, old, new):
    return {"do": "replace", "path": path, "old": old, "new": new}


def append(path, text):
    return {"do": "append", "path": path, "text": text}


def write(path, text):
    return {"do": "write", "path": path, "text": text}
