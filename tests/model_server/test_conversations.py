"""Whole conversations in each protocol, whole and streamed."""

from __future__ import annotations

import json
import shutil
import threading

import pytest
from model_server.players import PLAYERS, Anthropic, Chat, CodeMode, Continued, Gemini, send

from awb_core.engine.workspaces import compare
from awb_core.testing import WHERE, Say, Script, Shell, Usage, Write, script_for_solution

MODES = pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
ALL = pytest.mark.parametrize("player", PLAYERS, ids=lambda one: one.__name__)


@ALL
@MODES
def test_script_drives_a_workspace_to_the_solution(server, trees, tmp_path, player, stream):
    start, solved = trees
    shutil.copytree(start, tmp_path / "work")
    script = script_for_solution(start, solved)
    server.script("t1", script)

    agent = player(f"{server.url}/any/t/t1", tmp_path / "work", stream).play()

    assert not compare(solved, tmp_path / "work")
    assert agent.said == [script.final]
    assert agent.usage == server.usage("t1")
    turns = len(script.steps)
    assert [one.step for one in server.served("t1")] == [*range(turns), None]


@ALL
@MODES
def test_same_request_gets_the_same_answer(server, tmp_path, player, stream):
    server.script("t1", Script((Shell("echo one"), Shell("echo two"))))
    agent = player(f"{server.url}/t/t1", tmp_path, stream)
    agent.play()
    last = server.served("t1")[1]
    path = last.path + agent.path().partition("?")[1] + agent.path().partition("?")[2]

    answers = [send(server.url + path, last.body).body for _ in range(2)]

    assert answers[0] == answers[1]
    assert [one.step for one in server.served("t1")] == [0, 1, None, 1, 1]


@ALL
def test_text_is_said_along_with_the_next_step(server, tmp_path, player):
    server.script("t1", Script((Say("First."), Shell("echo one"), Say("Now the end.")), "Done."))

    agent = player(f"{server.url}/t/t1", tmp_path, True).play()

    assert agent.said == ["First.", "Now the end.\nDone."]
    assert len(server.served("t1")) == 2


@pytest.mark.parametrize("player", [Anthropic, Chat, Gemini])
def test_file_is_written_by_the_agents_tool_where_the_agent_works(server, tmp_path, player):
    server.script("t1", Script((WHERE, Write("new.txt", "it's\nnew"))))

    agent = player(f"{server.url}/t/t1", tmp_path, True).play("Work in /tmp/elsewhere")

    assert (tmp_path / "new.txt").read_text() == "it's\nnew"
    assert "rite" in agent.used[1]


def test_folder_is_never_guessed(server, tmp_path):
    server.script("t1", Script((Write("sub/new.txt", "it's\nnew"),)))

    agent = Anthropic(f"{server.url}/t/t1", tmp_path, False).play("Work in AWB_CWD=/tmp=AWB")

    assert (tmp_path / "sub" / "new.txt").read_text() == "it's\nnew"
    assert agent.used == ["Bash"]


def test_trials_at_once_do_not_meet(server, trees, tmp_path):
    start, solved = trees
    agents = []
    for number, player in enumerate((Anthropic, CodeMode, Continued, Gemini)):
        work = tmp_path / str(number)
        shutil.copytree(start, work)
        pieces = script_for_solution(start, solved, step_bytes=10_000 + 1_000 * number)
        server.script(f"t{number}", pieces)
        agents.append(player(f"{server.url}/t/t{number}", work, bool(number % 2)))
    threads = [threading.Thread(target=agent.play) for agent in agents]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    for number, agent in enumerate(agents):
        assert not compare(solved, agent.folder)
        assert agent.usage == server.usage(f"t{number}") != Usage()


def test_prompt_picks_among_scripts_of_a_trial(server, tmp_path):
    server.script("", Script(final="any"))
    server.script("shared", Script(final="one"), when="task one")
    server.script("shared", Script(final="two"), when="task two")
    url = f"{server.url}/t/shared"

    said = [Chat(url, tmp_path, False).play(f"Do task {name}").said for name in ("one", "two", "x")]

    assert said == [["one"], ["two"], ["any"]]


def test_without_a_script_it_is_done_at_once(server, tmp_path):
    agent = Chat(server.url, tmp_path, True).play()

    assert agent.said == ["Done."]
    assert server.usage() == agent.usage


def test_usage_follows_its_formula(server, tmp_path):
    server.script("t1", Script((Shell("echo one"),), "x" * 400))

    Chat(f"{server.url}/t/t1", tmp_path, False).play()

    first, last = server.served("t1")
    assert (first.usage.input_tokens, first.usage.cached_tokens) == (len(first.body) // 4, 0)
    assert last.usage == Usage(
        input_tokens=len(last.body) // 4,
        cached_tokens=len(last.body) // 4 // 2,
        output_tokens=107,
        reasoning_tokens=7,
    )


def test_history_with_renamed_calls_still_counts(server, tmp_path):
    server.script("t1", Script((Shell("echo one"), Shell("echo two"))))
    agent = Chat(f"{server.url}/t/t1", tmp_path, False)
    agent.history = [
        {"role": "user", "content": "x"},
        {"role": "assistant", "tool_calls": [{"id": "r1"}]},
        {"role": "tool", "tool_call_id": "r1", "content": "one"},
    ]

    _, calls = agent.turn()

    assert calls[0][1]["command"] == "echo two"


def test_repeated_call_in_the_history_counts_once(server, tmp_path):
    server.script("t1", Script((Shell("echo one"), Shell("echo two"))))
    agent = Chat(f"{server.url}/t/t1", tmp_path, False)
    call = {"role": "assistant", "tool_calls": [{"id": "call_awb1"}]}
    agent.history = [{"role": "user", "content": "x"}, call, call]

    _, calls = agent.turn()

    assert calls[0][1]["command"] == "echo two"


def test_requests_are_kept_as_they_came(server, tmp_path):
    body = {"model": "m", "messages": [{"role": "user", "content": "hi"}]}
    send(f"{server.url}/t/a/v1/chat/completions", body, headers={"Authorization": "Bearer k"})

    (one,) = server.served("a")

    assert json.loads(one.body) == body
    assert one.headers["authorization"] == "Bearer k"
    assert (one.method, one.path) == ("POST", "/t/a/v1/chat/completions")
    assert (one.protocol, one.model, one.stream, one.status, one.did) == (
        *("chat", "m", False, 200),
        "text",
    )
