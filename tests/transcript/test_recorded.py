"""A whole conversation with the scripted model server, through a real gateway that keeps what is said."""

from functools import cache

import pytest
from model_server.players import PLAYERS, send

from awb_core.gateway.summary import summarise
from awb_core.testing import Script, Shell
from awb_core.transcript.recorded import bodies_of, log_of, read_exchanges
from awb_core.transcript.steps import make_transcript

SCRIPT = Script(
    steps=(Shell("echo one > a.txt"), Shell("echo two > b.txt"), Shell("cat a.txt b.txt")),
    final="All done.",
)


@cache
def through_a_gateway(player):
    """Return a player that sends the trial's token."""

    class Sender(player):
        token = ""

        def turn(self):
            headers = {"authorization": f"Bearer {self.token}"}
            reply = send(self.url + self.path(), self.body(), headers=headers.items())
            assert reply.status == 200, reply.body
            return self.take(reply)

    return Sender


@pytest.fixture
def played(tmp_path, server, open_gateway):
    """Return a function that lets a player work, and returns it with the transcript."""

    def play(player, *, stream):
        server.script("x", SCRIPT)
        work = tmp_path / "work"
        work.mkdir()
        with open_gateway(folder="run/gateway", record=True) as gateway:
            agent = through_a_gateway(player)(
                f"http://127.0.0.1:{gateway.port}/t/t.1", work, stream
            )
            agent.token = gateway.admit("t.1", workflow="w")
            agent.play("Write two files.")
        run = tmp_path / "run"
        made = make_transcript(read_exchanges(run, "t.1"), session="t.1", agent="player")
        return agent, made, run

    return play


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("player", PLAYERS, ids=lambda player: player.__name__)
def test_a_conversation_is_read_back_from_what_the_gateway_kept(played, server, player, stream):
    agent, made, run = played(player, stream=stream)

    agent_steps = [step for step in made.steps if step.source == "agent"]
    calls = [call for step in made.steps for call in step.calls]
    results = [result for step in made.steps for result in step.results]
    assert {step.conversation for step in made.steps} == {0}
    assert [step.text for step in made.steps if step.source == "user"] == ["Write two files."]
    assert len(calls) == 3
    assert [r.call for r in results] == [c.id for c in calls]
    assert "one\ntwo" in results[-1].text
    assert agent_steps[-1].text == "All done."
    assert [step.request for step in agent_steps] == [1, 2, 3, 4]
    assert [call.name.rpartition(".")[2] for call in calls] == agent.used
    assert all(call.arguments for call in calls)
    served = server.usage("x")
    assert made.total.prompt_tokens == served.input_tokens == agent.usage.input_tokens
    assert made.total.completion_tokens == served.output_tokens
    assert made.total.cached_tokens == served.cached_tokens
    assert sum(s.metrics.prompt_tokens for s in agent_steps) == served.input_tokens
    cost = summarise(log_of(run, "t.1"))["cost_usd"]
    assert made.total.cost_usd == (None if cost is None else float(cost))
    assert bodies_of(run, "t.1") is not None
