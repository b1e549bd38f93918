"""Plugins are found, and a broken one breaks nothing else."""

import json
import time

import pytest
from tests_support import TASK, write_task


def test_a_pack_that_raises_at_import_is_listed_and_isolated(tiny, tmp_path):
    tiny.add_plugin("awb-pack-bad", "awb_pack_bad", "raise RuntimeError('boom at import')")

    packs = tiny.awb("packs", "--json")
    done = tiny.awb(
        "run", "-w", "noop", "--task", "tiny-add", "--sandbox", "local", "--out", tmp_path / "r"
    )

    rows = {row["name"]: row for row in json.loads(packs.stdout)}
    assert packs.returncode == 1
    assert "boom at import" in rows["awb_pack_bad"]["broken"][0]
    assert rows["awb-pack-tiny"]["broken"] == []
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("raise SystemExit(3)", "SystemExit"),
        ("import no_such_module_anywhere", "no_such_module_anywhere"),
        (
            "from awb_core import hookimpl\n@hookimpl\ndef awb_packs():\n    return 1 / 0",
            "ZeroDivisionError",
        ),
        ("from awb_core import hookimpl\n@hookimpl\ndef awb_pakcs():\n    return ()", "awb_pakcs"),
        (
            "from awb_core import hookimpl\n@hookimpl\ndef awb_packs(surprise):\n    return ()",
            "surprise",
        ),
    ],
)
def test_every_way_to_be_broken_has_its_reason(tiny, source, words):
    tiny.add_plugin("awb-pack-bad", "awb_pack_bad", source)
    rows = json.loads(tiny.awb("packs", "--json").stdout)
    assert any(words in reason for row in rows for reason in row["broken"])
    assert any(row["name"] == "awb-pack-tiny" and not row["broken"] for row in rows)


def test_a_run_refuses_only_what_is_broken(tiny):
    write_task(
        tiny.root / "awb_pack_tiny/tasks",
        "tiny-broken",
        toml=TASK.replace("dimension", "dimensoin"),
    )
    done = tiny.awb("run", "-w", "noop", "--task", "tiny-broken")
    assert done.returncode == 2
    assert "did you mean 'dimension'" in done.stderr


def test_duplicate_task_ids_name_both_distributions(tiny):
    write_task(tiny.add_pack("awb-pack-other"))
    done = tiny.awb("run", "-w", "noop", "--task", "tiny-add")
    assert done.returncode == 2
    assert "awb-pack-other" in done.stderr
    assert "awb-pack-tiny" in done.stderr


def test_duplicate_oracles_name_the_first_owner(tiny):
    tiny.add_plugin(
        "awb-oracle-twice",
        "awb_oracle_twice",
        """
        from awb_core import hookimpl

        class Program:
            name = "program"
            summary = "another"
            schema = {}

            def measure(self, context):
                return None

        @hookimpl
        def awb_oracles():
            return [Program()]
        """,
    )
    done = tiny.awb("oracles")
    assert "awb-core" in done.stderr
    assert "BROKEN" in done.stderr


def test_third_parties_add_dimensions_oracles_and_adapters(tiny, tmp_path):
    tiny.add_plugin(
        "awb-extra",
        "awb_extra",
        """
        from awb_core import hookimpl
        from awb_core.model import Dimension, Measurement, Workflow
        from awb_core.protocols import Transcript

        class Fixed:
            name = "fixed"
            summary = "always the same"
            schema = {"type": "object", "additionalProperties": False, "required": ["value"],
                      "properties": {"value": {"type": "number"}}}

            def measure(self, context):
                return Measurement(value=context.check.options["value"])

        class Quick:
            name = "quick"
            summary = "a third party's"
            privileged = False

            def workflow(self, argument):
                return Workflow(name="quick", adapter="quick", argument=argument, identity="q" + argument)

            def run(self, session):
                assert session.solution is None
                return Transcript()

        @hookimpl
        def awb_dimensions():
            return [Dimension(id="patience", title="Patience")]

        @hookimpl
        def awb_oracles():
            return [Fixed()]

        @hookimpl
        def awb_adapters():
            return [Quick()]
        """,
    )
    text = TASK.split("[[checks]]")[0].replace('"debugging"', '"patience"')
    text += (
        '[[checks]]\nid = "f"\noracle = "fixed"\nrole = "required"\nweight = 1.0\n'
        "anchors = {{ floor = 0.0, midpoint = 0.5, saturation = 1.0 }}\noptions = {{ value = 0.75 }}\n"
    )
    write_task(tiny.root / "awb_pack_tiny/tasks", "tiny-patience", toml=text)

    done = tiny.awb(
        "run",
        "-w",
        "quick",
        "--dimension",
        "patience",
        "--sandbox",
        "local",
        "--json",
        "--out",
        tmp_path / "r",
    )

    trial = json.loads(done.stdout)["trials"][0]
    assert (trial["dimension"], trial["passed"], round(trial["score"], 2)) == (
        "patience",
        True,
        0.85,
    )


def test_a_privileged_look_is_for_the_ladder_only(tiny):
    adapters = json.loads(tiny.awb("adapters", "--json").stdout)
    assert {a["name"] for a in adapters} >= {"noop", "reference", "command", "human"}


def test_import_of_the_core_is_light(site):
    code = (
        "import sys, awb_core; heavy = {'docker', 'numpy', 'scipy', 'jsonschema', 'cookiecutter', 'rich',"
        " 'click', 'requests'} & set(sys.modules); assert not heavy, heavy"
    )
    import subprocess
    import sys

    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("command", [["--help"], ["packs"], ["tasks"], ["adapters"]])
def test_listings_load_nothing_heavy(tiny, command):
    started = time.monotonic()
    done = tiny.awb(*command, env={"PYTHONPROFILEIMPORTTIME": "1"})
    assert time.monotonic() > started
    for heavy in ("docker.api", "numpy", "scipy", "cookiecutter", "requests"):
        assert f" {heavy}\n" not in done.stderr, heavy
