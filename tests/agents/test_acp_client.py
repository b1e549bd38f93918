"""The client of the Agent Client Protocol: with an agent of the protocol's own package, and with odd ones."""

import json

import pytest
from agents.acp_support import ODD, SDK, command, events, run, said

from awb_core.model import Outcome

FINISHED, FAILED, LATE = Outcome.FINISHED, Outcome.AGENT_ERROR, Outcome.AGENT_TIMEOUT


def test_an_agent_of_the_protocols_own_package_is_understood(tmp_path):
    settings = command(SDK, "end_turn", auth_method="key", mode="fast")

    transcript, sandbox = run(tmp_path, settings, instruction="Grüß 'dich'\n- 🙂 -")

    assert (transcript.outcome, transcript.note) == (FINISHED, ""), transcript.output.decode()
    assert transcript.version == "1.2.3"
    instruction, allowed, folder, hello = json.loads(said(transcript))
    assert instruction == "Grüß 'dich'\n- 🙂 -"
    assert allowed == "o-allow_once"
    assert folder == sandbox.workspace
    version, capabilities, client, *rest = hello
    assert (version, client, rest) == (1, "awb", ["key", "fast", -32601])
    assert capabilities["fs"]["read_text_file"] is capabilities["terminal"] is False


def test_what_it_did_is_reported_in_order_and_pieces_are_joined(tmp_path):
    transcript, _ = run(tmp_path, command(SDK, "end_turn"))

    found = events(transcript)
    assert [event["type"] for event in found] == [
        *("start", "thought", "tool_call", "permission", "tool_call_update", "declined"),
        *("message", "end"),
    ]
    assert found[1]["text"] == "Thinking hard."
    assert found[2]["rawInput"] == {"path": "a"}
    assert transcript.claims == {
        "input_tokens": 14,
        "cached_tokens": 4,
        "output_tokens": 5,
        "cost_usd": 0.25,
        "tool_calls": 1,
        "reason": "end_turn",
    }


@pytest.mark.parametrize("reason", ["max_tokens", "max_turn_requests", "refusal", "cancelled"])
def test_an_agent_that_stops_before_the_end_has_failed_and_says_why(tmp_path, reason):
    transcript, _ = run(tmp_path, command(ODD, f"stops: {reason}"))

    assert (transcript.outcome, transcript.note) == (FAILED, f"the agent stopped: {reason}")
    assert transcript.claims["reason"] == reason


ODD_ENDS = {
    "another version": (FAILED, "speaks version 7 of the protocol, and 1 is needed"),
    "exits early": (FAILED, "ended with exit status 1 before it answered initialize"),
    "exits in its turn": (FAILED, "ended with exit status 7 before it answered session/prompt"),
    "hangs": (FAILED, "did not answer initialize in 0.7 s"),
    "speaks no protocol": (FAILED, "did not answer initialize in 0.7 s"),
    "closes its output in its turn": (FAILED, "closed its output before it answered session/pro"),
    "endless message": (FAILED, "sent a message of more than 32 MiB"),
    "no session": (FAILED, "the agent named no session"),
    "is refused": (FAILED, 'session/prompt: Authentication required ({"why": "no key"})'),
    "no reason": (FAILED, "the agent ended its turn without a reason"),
    "junk": (FINISHED, ""),
    "no end of line": (FINISHED, ""),
    "floods": (FINISHED, ""),
    "asks for a terminal": (FINISHED, ""),
    "asks with no way to allow": (FINISHED, ""),
    "late news": (FINISHED, ""),
}


@pytest.mark.parametrize("how", ODD_ENDS)
def test_an_odd_agent_ends_as_it_should_and_the_reason_is_told(tmp_path, how):
    outcome, words = ODD_ENDS[how]
    waits = {"start_seconds": 0.7} if words.endswith("0.7 s") else {}

    transcript, _ = run(tmp_path, command(ODD, how, **waits))

    assert transcript.outcome is outcome, transcript.output[-2000:]
    assert words in transcript.note
    assert bool(words) == bool(transcript.note)
    assert transcript.claims.get("error", "") == transcript.note
    assert len(transcript.output) < 3 << 20


def test_an_agent_that_is_at_work_to_the_end_of_its_time_is_late(tmp_path):
    transcript, _ = run(tmp_path, command(ODD, "hangs in its turn"), seconds=3)

    assert (transcript.outcome, transcript.note) == (LATE, "killed at its time limit")
    assert transcript.version == "3.2.1"
    assert transcript.claims["problems"] == ["no end"]


def test_a_program_that_is_not_there_is_told(tmp_path):
    settings = {"command": ["/nowhere/agent"], "upstream": "openai"}

    transcript, _ = run(tmp_path, settings)

    assert transcript.outcome is FAILED
    assert transcript.note == "/nowhere/agent cannot be started: No such file or directory"


def test_lines_that_are_no_messages_are_counted_and_shown(tmp_path):
    transcript, _ = run(tmp_path, command(ODD, "junk"))

    assert transcript.claims["problems"] == ["4 lines of the agent were no messages"]
    junk = events(transcript)[-1]["junk"]
    assert junk[0] == "warning: this is no message"
    assert len(junk[3]) == 200
    assert said(transcript) == "half a pair: \ud83d"


def test_a_flood_of_updates_is_cut_and_the_end_is_kept(tmp_path):
    transcript, _ = run(tmp_path, command(ODD, "floods"))

    end = events(transcript)[-1]
    assert (end["type"], end["stop_reason"], end["tool_calls"]) == ("end", "end_turn", 3000)
    assert end["dropped"] > 2000


def test_what_the_client_does_not_serve_is_declined(tmp_path):
    transcript, _ = run(tmp_path, command(ODD, "asks for a terminal"))

    assert said(transcript) == "-32601"
    declined = [event for event in events(transcript) if event["type"] == "declined"]
    assert declined == [{"type": "declined", "method": "terminal/create"}]


def test_a_question_that_cannot_be_allowed_is_cancelled(tmp_path):
    transcript, _ = run(tmp_path, command(ODD, "asks with no way to allow"))

    assert said(transcript) == "cancelled"


def test_what_comes_after_the_turn_is_still_read(tmp_path):
    transcript, _ = run(tmp_path, command(ODD, "late news"))

    assert transcript.claims["cost_usd"] == 0.5
