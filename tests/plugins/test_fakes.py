"""The fakes do what they say: a task that can be read and run, an agent that writes, a sandbox in memory."""

import json

from awb_core.manifest import load_task
from awb_core.model import Brief, Environment, Limits, Outcome
from awb_core.protocols import AgentSession, Command, CommandResult, SandboxSpec
from awb_core.testing import FakeAdapter, FakeProvider, FakeSandbox, make_task

WORKER = """
import sys
sys.path.insert(0, ".")
from awb_worker import serve
serve(lambda case: __import__("work").answer(case))
"""
JUDGE = """
def cases(seed):
    return [{"id": f"c{n}", "input": n} for n in range(4)]

def judge(case, answer):
    return answer.get("value") == case["input"] + 1
"""
PLUGIN = """
from awb_core import hookimpl
from awb_core.testing import FakeAdapter

@hookimpl
def awb_adapters():
    return [FakeAdapter({"work.py": "def answer(n):\\n    return n + 1\\n"})]
"""


def spec():
    return SandboxSpec(
        run="r",
        trial="t",
        phase="agent",
        environment=Environment(),
        limits=Limits(),
        seconds=1,
    )


def test_a_made_task_is_run_and_a_fake_agent_solves_it(site, tmp_path):
    make_task(
        site.add_pack() / "made-here",
        oracle="program",
        options={"judge": "judge.py", "worker": "worker.py"},
        workspace={"work.py": "def answer(n):\n    return n\n"},
        tests={"judge.py": JUDGE, "worker.py": WORKER},
        rungs={"canonical": {"work.py": "def answer(n):\n    return n + 1\n"}},
    )
    site.add_plugin("awb-adapter-fake", "awb_adapter_fake", PLUGIN)
    workflows = ("-w", "fake", "-w", "noop", "-w", "reference:canonical")

    done = site.awb(
        *("run", *workflows, "--task", "made-here", "--sandbox", "local", "--json"),
        *("--out", tmp_path / "r"),
    )

    trials = {trial["workflow"]: trial for trial in json.loads(done.stdout)["trials"]}
    assert {name: trial["passed"] for name, trial in trials.items()} == {
        "fake": True,
        "noop": False,
        "reference:canonical": True,
    }


def test_options_of_every_form_are_read_as_they_were_written(tmp_path):
    options = {
        "text": 'it\'s "quoted"\n\\ünï 漢',
        "list": ["a", 1, 2.5, True],
        "nested": {"a key": {"deep": [{"x": "y"}]}, "empty": {}},
    }

    root = make_task(
        tmp_path / "odd-options",
        oracle="any",
        options=options,
        workspace={"bytes": b"\x00\xff"},
        tests={},
        rungs={"extra": {}},
    )

    task = load_task(root, "pack", {"any": {"type": "object"}})
    assert task.checks[0].options == options
    assert (root / "workspace/bytes").read_bytes() == b"\x00\xff"
    assert (root / "solution/extra").is_dir()


def test_a_fake_sandbox_keeps_files_and_answers_as_told(tmp_path):
    (tmp_path / "in/sub").mkdir(parents=True)
    (tmp_path / "in/sub/file").write_text("1")

    def answer(box, command):
        box.files["made"] = b"2"
        return CommandResult(exit_code=len(command.argv))

    provider = FakeProvider(answer)
    with provider.open(spec()) as box:
        box.put(tmp_path / "in")
        box.put(tmp_path / "in", hidden=True)
        result = box.run(Command(argv=["a", "b"]))
        found = box.collect(tmp_path / "out", Limits())

    assert result.exit_code == 2
    assert (found.files, found.bytes) == (2, 2)
    assert (tmp_path / "out/sub/file").read_text() == "1"
    assert box.hidden_files == {"sub/file": b"1"}
    assert provider.opened == [box]
    assert box.killed
    assert not any(provider.probe().protections.values())


def test_a_fake_agent_remembers_what_it_was_given_and_ends_as_told():
    adapter = FakeAdapter({"a/b": "text"}, Outcome.AGENT_ERROR)
    box = FakeSandbox(lambda _box, _command: CommandResult(exit_code=0))
    workflow = adapter.workflow("")
    session = AgentSession(
        brief=Brief(task="t", instruction="", limits=Limits()),
        workflow=workflow,
        sandbox=box,
        start=None,
    )

    end = adapter.run(session)

    assert end.outcome is Outcome.AGENT_ERROR
    assert box.files == {"a/b": b"text"}
    assert adapter.sessions == [session]
    assert FakeAdapter({"a/b": "other"}).workflow("").identity != workflow.identity
