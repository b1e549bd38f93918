"""A plugin that hangs, or is made for another version of the API, is listed and holds nobody up."""

import json
import signal
import threading
import time

import pytest

from awb_core import builtins
from awb_core.registry import API, discover

HANGS = {
    "at import": "import time\ntime.sleep(60)",
    "in a loop": "while True:\n    pass",
    "catching errors": """
        import time
        while True:
            try:
                time.sleep(60)
            except Exception:
                pass
    """,
    "catching all, three times": """
        import time
        for _ in range(3):
            try:
                time.sleep(60)
            except BaseException:
                pass
        time.sleep(60)
    """,
    "when asked": """
        import time
        from awb_core import hookimpl

        @hookimpl
        def awb_packs():
            time.sleep(60)
    """,
}


@pytest.mark.parametrize("where", HANGS)
def test_a_plugin_that_hangs_is_given_up(tiny, where):
    tiny.add_plugin("awb-pack-slow", "awb_pack_slow", HANGS[where])

    done = tiny.awb("packs", "--json", env={"AWB_PLUGIN_SECONDS": "2"})

    rows = {row["distribution"]: row for row in json.loads(done.stdout)}
    assert done.returncode == 1
    assert "took longer than 2 s" in rows["awb-pack-slow"]["broken"][0]
    assert rows["awb-pack-tiny"]["broken"] == []


def test_the_core_itself_has_no_limit(monkeypatch):
    def slow():
        time.sleep(1)
        return oracles()

    oracles = builtins.awb_oracles
    monkeypatch.setenv("AWB_PLUGIN_SECONDS", "0.5")
    monkeypatch.setattr(builtins, "awb_oracles", slow)

    assert "program" in discover().oracles


@pytest.mark.parametrize(
    ("needs", "words"),
    [
        ("2", ["version 2 of the plugin API", f"awb-core has {API}", "update awb-core"]),
        ("0", ["version 0", "update the plugin"]),
        ("'new'", ["version 'new'"]),
    ],
)
def test_a_plugin_for_another_api_is_told_both_versions(tiny, needs, words):
    source = f"AWB_API = {needs}\nfrom awb_core import hookimpl\n@hookimpl\ndef awb_packages():\n    pass\n"
    tiny.add_plugin("awb-pack-other", "awb_pack_other", source)

    rows = json.loads(tiny.awb("packs", "--json").stdout)

    (reason,) = next(row["broken"] for row in rows if row["distribution"] == "awb-pack-other")
    assert all(word in reason for word in words)


def test_a_plugin_that_names_this_api_is_welcome(tiny):
    source = f"AWB_API = {API}\n"
    tiny.add_plugin("awb-pack-same", "awb_pack_same", source)

    assert tiny.awb("packs").returncode == 0


def test_two_packs_may_share_a_dimension_and_not_its_title(tiny):
    source = """
        from awb_core import hookimpl
        from awb_core.model import Dimension

        @hookimpl
        def awb_dimensions():
            return [Dimension(id="patience", title={!r})]
    """
    for name, title in (("a", "Patience"), ("b", "Patience"), ("c", "Other")):
        tiny.add_plugin(f"awb-pack-{name}", f"awb_pack_{name}", source.format(title))

    done = tiny.awb("dimensions", "--json")

    found = {row["id"]: row["title"] for row in json.loads(done.stdout)}
    assert found["patience"] == "Patience"
    assert "awb-pack-c" in done.stderr
    assert "awb-pack-a" in done.stderr
    assert "awb-pack-b" not in done.stderr


def test_a_limit_that_is_no_number_is_the_user_s_mistake(site):
    done = site.awb("packs", env={"AWB_PLUGIN_SECONDS": "soon"})

    assert done.returncode == 2
    assert "AWB_PLUGIN_SECONDS must be a number of seconds, is 'soon'" in done.stderr


def test_discovery_gives_the_alarm_back():
    rings = []
    before = signal.signal(signal.SIGALRM, lambda *_: rings.append(1))
    try:
        discover()
        assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
        signal.raise_signal(signal.SIGALRM)
    finally:
        signal.signal(signal.SIGALRM, before)
    assert rings == [1]


def test_discovery_works_in_other_threads():
    found = []
    thread = threading.Thread(target=lambda: found.append(discover().broken))
    thread.start()
    thread.join()
    assert found == [()]
