"""The adapters behave: one on the bench of the kit, one with fakes."""

from pathlib import Path

import pytest
from awb_adapter_fixture.loop import LoopAdapter
from awb_adapter_fixture.rules import STRICT, RulesAdapter

from awb_core import AwbError
from awb_core.model import Brief, Limits, Outcome
from awb_core.protocols import AgentSession, Command, CommandResult, ModelAdapter
from awb_core.testing import AdapterTests, FakeSandbox, Times


class TestLoop(AdapterTests):
    """Every behaviour of the kit."""

    times = Times(limit_seconds=4, error_seconds=10, work_seconds=30, late_seconds=10)

    def adapter(self) -> ModelAdapter:
        """Return the adapter under test."""
        return LoopAdapter()


def session(box: FakeSandbox, rule: str) -> AgentSession:
    """Return what the engine would hand over."""
    return AgentSession(
        brief=Brief(task="any", instruction="", limits=Limits(agent_seconds=7)),
        workflow=RulesAdapter().workflow(rule),
        sandbox=box,
        start=Path(),
    )


def test_rules_writes_its_file_within_the_time_limit() -> None:
    """What it knows comes in through standard input."""

    def write(box: FakeSandbox, command: Command) -> CommandResult:
        box.files["paths.py"] = command.stdin
        return CommandResult(exit_code=0)

    box = FakeSandbox(write)

    end = RulesAdapter().run(session(box, "strict"))

    assert end.outcome is Outcome.FINISHED
    assert box.files == {"paths.py": STRICT.encode()}
    assert [command.seconds for command in box.commands] == [7]


def test_rules_says_that_it_could_not_write() -> None:
    """A command that fails is an error of the agent."""
    box = FakeSandbox(lambda _box, _command: CommandResult(exit_code=1, stderr=b"full"))

    end = RulesAdapter().run(session(box, "strict"))

    assert (end.outcome, end.output) == (Outcome.AGENT_ERROR, b"full")


def test_rules_knows_what_it_does_not_know() -> None:
    """A rule that does not exist is the user's mistake."""
    with pytest.raises(AwbError, match="knows none, strict"):
        RulesAdapter().workflow("lax")
