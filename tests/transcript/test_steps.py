"""Recorded requests and answers become steps, whatever the protocol."""

import json

import pytest
from transcript.bodies import ask, conversation, events, exchanged, made_of, said, user
from transcript.protocols import PROTOCOLS

from awb_core.transcript.model import KEPT_CHARACTERS, Metrics

BOTH = pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
EACH = pytest.mark.parametrize("operation", PROTOCOLS)


@EACH
@BOTH
def test_a_conversation_becomes_its_steps_and_nothing_twice(operation, streamed):
    made = conversation(operation, streamed=streamed)

    assert [(s.source, s.text) for s in made.steps] == [
        ("system", "Be brief."),
        ("user", "List the files."),
        ("agent", "Looking."),
        ("agent", "Only a.py."),
    ]
    step = made.steps[2]
    assert step.reasoning == "I look."
    assert [(c.name, c.arguments) for c in step.calls] == [("Bash", {"command": "ls"})]
    assert [(r.call, r.text) for r in step.results] == [(step.calls[0].id, "a.py")]
    assert step.calls[0].id
    assert step.metrics == Metrics(
        prompt_tokens=10, completion_tokens=3, cached_tokens=4, cost_usd=0.25
    )
    assert {s.conversation for s in made.steps} == {0}
    assert made.total == Metrics(
        prompt_tokens=20, completion_tokens=6, cached_tokens=8, cost_usd=0.5
    )
    assert made.model == "m-1"


def test_side_requests_are_marked_and_the_main_one_is_that_with_tools():
    tools = [{"name": "Bash"}]
    made = made_of(
        exchanged(1, "messages", ask(user("Fix it."), system="Make a title."), said("A fix")),
        exchanged(2, "messages", ask(user("Fix it."), system="Work.", tools=tools), said("Done.")),
        exchanged(
            3,
            "messages",
            ask(
                user("Fix it."),
                {"role": "assistant", "content": "Done."},
                user("Sure?"),
                system="Work.",
            ),
            said("Yes."),
        ),
    )

    assert [(s.conversation, s.source, s.text) for s in made.steps] == [
        (1, "system", "Make a title."),
        (1, "user", "Fix it."),
        (1, "agent", "A fix"),
        (0, "system", "Work."),
        (0, "user", "Fix it."),
        (0, "agent", "Done."),
        (0, "user", "Sure?"),
        (0, "agent", "Yes."),
    ]


def test_two_conversations_side_by_side_are_kept_apart():
    def turn(name, *later):
        history = [user(f"task {name}")]
        for number in later:
            history += [{"role": "assistant", "content": f"{name} {number}"}, user(f"on {name}")]
        return ask(*history, system=f"agent {name}", tools=[{"name": "t"}])

    made = made_of(
        exchanged(1, "messages", turn("a"), said("a 1")),
        exchanged(2, "messages", turn("b"), said("b 1")),
        exchanged(3, "messages", turn("b", 1), said("b 2")),
        exchanged(4, "messages", turn("a", 1), said("a 2")),
        exchanged(5, "messages", turn("b", 1, 2), said("b 3")),
    )

    found = {n: [s.text for s in made.steps if s.conversation == n] for n in (0, 1)}
    assert found[0] == ["agent a", "task a", "a 1", "on a", "a 2"]
    assert found[1] == ["agent b", "task b", "b 1", "on b", "b 2", "on b", "b 3"]


def test_a_request_that_failed_and_was_tried_again_is_one_conversation():
    request = ask(user("Go."), system="S")
    error = {"type": "error", "error": {"type": "overloaded_error", "message": "busy"}}
    made = made_of(
        exchanged(
            1, "messages", request, error, status=529, provider_error="overloaded_error: busy"
        ),
        exchanged(2, "messages", request, b"", status=400, denied="budget", budget="trial"),
        exchanged(3, "messages", request, said("Gone.")),
    )

    assert [(s.source, s.text) for s in made.steps] == [
        ("system", "S"),
        ("user", "Go."),
        ("system", "Request 1 failed: 529 overloaded_error: busy"),
        ("system", "Request 2 failed: refused by the gateway: budget of the trial"),
        ("agent", "Gone."),
    ]
    assert {s.conversation for s in made.steps} == {0}


def test_a_cut_answer_keeps_what_had_come():
    stream = events(PROTOCOLS["messages"][2][0])[:900]
    made = made_of(
        exchanged(1, "messages", ask(user("Go.")), stream, error="cut_by_upstream", status=200)
    )

    assert made.steps[-1].source == "agent"
    assert made.steps[-1].error == "cut_by_upstream 200"
    assert made.steps[-1].reasoning


def test_a_summary_of_the_history_stays_in_its_conversation():
    summary = "The task was to fix the parser. " * 6
    made = made_of(
        exchanged(1, "messages", ask(user("Fix."), system="S"), said(summary)),
        exchanged(2, "messages", ask(user(f"Go on from this: {summary}"), system="S"), said("Ok.")),
    )

    assert [(s.conversation, s.source) for s in made.steps] == [
        *((0, source) for source in ("system", "user", "agent", "user", "agent")),
    ]


def test_a_history_that_the_provider_keeps_is_followed_by_its_id():
    first = {"instructions": "I", "input": "one"}
    second = {"instructions": "I", "input": "one", "previous_response_id": "r1"}
    made = made_of(
        exchanged(
            1,
            "responses",
            first,
            {"id": "r1", "output": [PROTOCOLS["responses"][1][1]["output"][0]]},
        ),
        exchanged(2, "responses", second, {"id": "r2", "output": []}),
    )

    assert [(s.conversation, s.text) for s in made.steps] == [
        (0, "I"),
        (0, "one"),
        (0, "Only a.py."),
        (0, "one"),
        (0, ""),
    ]


def test_what_the_tool_puts_into_the_models_mouth_is_marked():
    made = made_of(
        exchanged(
            1,
            "messages",
            ask(user("Context."), {"role": "assistant", "content": "Understood."}, user("Go.")),
            said("Going."),
        )
    )

    assert [(s.text, s.is_history) for s in made.steps] == [
        ("Context.", False),
        ("Understood.", True),
        ("Go.", False),
        ("Going.", False),
    ]


def test_a_freeform_call_and_an_output_of_an_unknown_call_are_shown():
    items = [
        {"type": "custom_tool_call", "call_id": "c", "name": "patch", "input": '{"a": 1}'},
        {"type": "local_shell_call", "call_id": "d", "action": {"command": ["ls"]}},
    ]
    stray = {"type": "function_call_output", "call_id": "gone", "output": "text"}
    made = made_of(exchanged(1, "responses", {"input": [stray]}, {"id": "r", "output": items}))

    assert made.steps[0].results[0].text == "text"
    assert [(c.name, c.arguments) for c in made.steps[1].calls] == [
        ("patch", {"input": '{"a": 1}'}),
        ("local_shell", {"command": ["ls"]}),
    ]


def test_secrets_are_taken_out_and_long_texts_are_shortened():
    token = "sk-" + "a1" * 20
    text = f"key {token} and hunter2-hunter2 " + "x" * 100_000
    call = {"type": "tool_use", "id": "1", "name": "t", "input": {"a": {"b": [text]}}}
    made = made_of(
        exchanged(1, "messages", ask(user(text)), {"type": "message", "content": [call]}),
        secrets=["hunter2-hunter2"],
    )

    words = json.dumps([made.steps[0].text, made.steps[1].calls[0].arguments])
    assert token not in words
    assert "hunter2" not in words
    assert "characters ...]" in words
    assert len(made.steps[0].text) < KEPT_CHARACTERS + 100
