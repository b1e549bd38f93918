"""ATIF: what is written can be read back, and Harbor's own models accept it."""

import json
import shutil
import subprocess
import sys

import pytest
from tests_support import find_python
from transcript.bodies import conversation, exchanged, made_of
from transcript.protocols import PROTOCOLS

from awb_core.errors import UsageError
from awb_core.transcript.atif import read_atif, write_atif
from awb_core.transcript.model import Result, Step, Transcript

HARBOR = """
import json, sys
from harbor.models.trajectories import Trajectory

for text in json.load(sys.stdin):
    read = Trajectory.model_validate_json(text)
    print(read.schema_version, len(read.steps), read.final_metrics.total_prompt_tokens)
    assert read.to_json_dict() == json.loads(text)
"""


def documents():
    """Return transcripts with everything that one can hold."""
    yield from (conversation(operation, streamed=True) for operation in PROTOCOLS)
    request = {
        "messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]
    }
    error = {"type": "error", "error": {"message": "busy"}}
    yield made_of(
        exchanged(1, "messages", request, error, status=529, provider_error="busy"),
        exchanged(
            2, "chat", {"messages": [{"role": "tool", "tool_call_id": "?", "content": "c"}]}, {}
        ),
        exchanged(3, "messages", {"messages": [{"role": "user", "content": "new"}]}, b"\xff"),
    )
    yield with_sides()
    yield Transcript(
        session="s",
        agent="a",
        notes="by hand",
        steps=(Step(source="agent", text="é\u2028", results=(Result(text="x", is_error=True),)),),
    )


def test_what_is_written_is_read_back_equal():
    for made in documents():
        assert read_atif(write_atif(made), "x") == made


def test_a_document_has_the_fields_of_the_format():
    document = json.loads(write_atif(conversation("messages", streamed=False)))

    assert document["schema_version"] == "ATIF-v1.7"
    assert document["session_id"] == "t.1"
    assert document["agent"] == {"name": "tester", "version": "1.0", "model_name": "m-1"}
    assert [step["step_id"] for step in document["steps"]] == [1, 2, 3, 4]
    assert document["steps"][2] == {
        "step_id": 3,
        "source": "agent",
        "timestamp": "2026-01-01T00:00:01.000+00:00",
        "model_name": "m-1",
        "message": "Looking.",
        "reasoning_content": "I look.",
        "tool_calls": [
            {"tool_call_id": "toolu_1", "function_name": "Bash", "arguments": {"command": "ls"}}
        ],
        "observation": {"results": [{"source_call_id": "toolu_1", "content": "a.py"}]},
        "metrics": {
            "prompt_tokens": 10,
            "completion_tokens": 3,
            "cached_tokens": 4,
            "cost_usd": 0.25,
        },
        "llm_call_count": 1,
        "extra": {"request": 1, "seconds": 0.5},
    }
    assert document["final_metrics"] == {
        "total_prompt_tokens": 20,
        "total_completion_tokens": 6,
        "total_cached_tokens": 8,
        "total_cost_usd": 0.5,
        "total_steps": 4,
    }


def with_sides():
    """Return a transcript in which two requests belong to conversations of their own."""
    return made_of(
        exchanged(1, "chat", {"messages": [{"role": "user", "content": "A title?"}]}, {}),
        exchanged(2, "chat", request_with_tools("Do the task."), {}),
        exchanged(3, "chat", {"messages": [{"role": "user", "content": "Search."}]}, {}),
        exchanged(4, "chat", request_with_tools("Do the task."), {}),
    )


def test_side_conversations_are_trajectories_of_their_own():
    document = json.loads(write_atif(with_sides()))

    sides = document["subagent_trajectories"]
    assert [one["trajectory_id"] for one in sides] == ["conversation-1", "conversation-2"]
    said = [[step["message"] for step in one["steps"] if step["source"] == "user"] for one in sides]
    assert said == [["A title?"], ["Search."]]
    assert document["steps"][0]["message"] == "Do the task."


def request_with_tools(text):
    return {
        "messages": [{"role": "user", "content": text}],
        "tools": [{"type": "function", "function": {"name": "shell"}}],
    }


def test_documents_of_others_are_read_with_what_they_have():
    part = {"type": "image", "source": {"media_type": "image/png", "path": "a.png"}}
    document = {
        "schema_version": "ATIF-v1.6",
        "agent": {"name": "other", "version": "2"},
        "steps": [
            {"step_id": 1, "source": "user", "message": [{"type": "text", "text": "See"}, part]},
            {"step_id": 2, "source": "agent", "message": "Seen", "reasoning_effort": "high"},
        ],
    }

    made = read_atif(json.dumps(document), "x")

    assert [step.text for step in made.steps] == ["See\n[image/png]", "Seen"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "x: is not JSON"),
        ("[]", "$.schema_version"),
        ('{"schema_version": "ATIF-v2.0", "steps": []}', "'ATIF-v2.0'"),
        ('{"schema_version": "ATIF-v1.7"}', "$.steps: a list"),
        (
            '{"schema_version": "ATIF-v1.7", "steps": [], "subagent_trajectories": [{"steps": [1]}]}',
            "$.subagent_trajectories[0].steps[0]: must be an object",
        ),
        ('{"schema_version": "ATIF-v1.7", "steps": [1]}', "$.steps[0]: must be an object"),
        ('{"schema_version": "ATIF-v1.7", "steps": [{"source": "me"}]}', "$.steps[0].source"),
    ],
)
def test_what_is_no_document_is_refused_in_words(text, words):
    with pytest.raises(UsageError) as caught:
        read_atif(text, "x")

    assert words in str(caught.value)


@pytest.mark.network
def test_harbors_own_models_accept_what_is_written():
    uv = shutil.which("uv", path=f"{sys.prefix}/bin") or shutil.which("uv")
    assert uv, "needs uv"
    texts = [write_atif(made) for made in documents()]

    done = subprocess.run(
        [
            *(uv, "run", "--no-project", "--python", find_python("3.12") or "3.12"),
            *("--with", "harbor==0.25.0"),
            *("python", "-c", HARBOR),
        ],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        timeout=600,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == "ATIF-v1.7 4 20"
    assert len(done.stdout.splitlines()) == len(texts)
