"""A trial ends in a record, whatever went wrong in it."""

import contextlib

import pytest
from tests_support import JUDGE, TASK, write_task

from awb_core.engine.trial import Services, run_trial
from awb_core.manifest import load_task
from awb_core.model import Trial
from awb_core.registry import discover
from awb_core.sandbox.local import LocalProvider
from awb_core.store import RunStore


@pytest.fixture
def run(tmp_path, executable):
    """Return a function that runs one trial of a script and returns its committed record."""

    def run(script, **task):
        registry, provider = discover(), LocalProvider()
        schemas = {name: oracle.schema for name, oracle in registry.oracles.items()}
        loaded = load_task(write_task(tmp_path / "tasks", **task), "pack", schemas)
        (workflow,) = registry.workflows(f"command:{executable('#!/bin/sh' + chr(10) + script)}")
        store = RunStore.create(tmp_path / "run", {})
        services = Services(
            adapters=registry.adapters,
            oracles=registry.oracles,
            provider=provider,
            status=provider.probe(),
            agent_slot=contextlib.nullcontext(),
            verify_slot=contextlib.nullcontext(),
            phase=lambda _trial, _phase: None,
        )
        trial = Trial(id="t", task=loaded.id, workflow=workflow, repeat=1, seed=1)
        store.commit(run_trial(trial, loaded, services, store.artifacts("t")))
        return next(store.records())

    return run


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("truncate -s 20M a; cp a b", "bytes of content"),
        ("i=0; p=.; while [ $i -lt 60 ]; do p=$p/d; i=$((i+1)); done; mkdir -p $p", "too deep"),
    ],
)
def test_a_workspace_that_cannot_be_collected_scores_0_and_says_why(run, script, words):
    record = run(script)

    assert (record["outcome"], record["passed"], record["score"]) == ("agent_error", False, 0.0)
    assert record["note"].startswith("the workspace cannot be collected")
    assert words in record["note"]
    assert record["measurements"] == record["parts"] == record["gates"] == []
    assert record["progress"] is None


def test_half_a_surrogate_pair_in_an_answer_does_not_spoil_the_record(run):
    judge = JUDGE.replace(
        'return answer.get("value") == sum(case["input"])',
        "return False, f\"got {answer['value']}\"",
    )

    record = run("echo 'def add(a, b): return chr(0xd800)' > sums.py", judge=judge)

    assert record["outcome"] == "finished"
    assert record["measurements"][0]["items"][0]["note"] == "got \\ud800"


def test_an_environment_that_cannot_be_had_is_an_invalid_trial_without_a_score(run):
    needs = '[environment]\ncommands = ["no-such-command"]\n\n[limits]'

    record = run("exit 0", toml=TASK.replace("[limits]", needs))

    assert record["outcome"] == "infra_error"
    assert "no-such-command" in record["note"]
    assert (record["passed"], record["score"]) == (None, None)
