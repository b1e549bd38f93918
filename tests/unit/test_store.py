"""The folder of a run: records are committed once, whole, or not at all."""

import json
import multiprocessing
import signal
import subprocess
import sys
import threading
import time

import pytest

from awb_core.errors import StoreError, UsageError
from awb_core.store import RunStore

RACERS = 8


@pytest.fixture
def store(tmp_path):
    return RunStore.create(tmp_path / "run", {"plan": "p"})


def race(kind, store, action):
    """Let 8 threads or processes do one thing at the same moment; return what each got."""
    context = multiprocessing.get_context("fork")
    make = {"threads": threading, "processes": context}[kind]
    gate, results = make.Barrier(RACERS), context.Queue()

    def run(number):
        gate.wait(30)
        results.put((number, action(store, number)))

    name = {"threads": "Thread", "processes": "Process"}[kind]
    racers = [getattr(make, name)(target=run, args=(n,)) for n in range(RACERS)]
    for racer in racers:
        racer.start()
    found = dict(results.get(timeout=30) for _ in racers)
    for racer in racers:
        racer.join()
    return found


@pytest.mark.parametrize("kind", ["threads", "processes"])
def test_of_8_that_race_exactly_one_commits_and_its_record_is_whole(kind, store):
    def commit(store, number):
        return [
            store.commit({"id": f"t{turn}", "by": number, "data": "x" * 50_000})
            for turn in range(10)
        ]

    won = race(kind, store, commit)

    records = {record["id"]: record for record in store.records()}
    assert len(records) == 10
    for turn in range(10):
        winners = [number for number, results in won.items() if results[turn]]
        assert winners == [records[f"t{turn}"]["by"]]
        assert len(records[f"t{turn}"]["data"]) == 50_000
    assert sorted(p.name for p in (store.root / "trials").iterdir()) == [
        f"t{n}.json" for n in range(10)
    ]


@pytest.mark.parametrize("kind", ["threads", "processes"])
def test_attempts_that_race_get_folders_of_their_own(kind, store):
    found = race(kind, store, lambda store, _: store.artifacts("t").name)

    assert sorted(found.values()) == [str(n + 1) for n in range(RACERS)]


COMMIT = """
import sys
from pathlib import Path
from awb_core.store import RunStore
store = RunStore(Path(sys.argv[1]))
for number in range(1000):
    store.commit({"id": f"t{number}", "data": "x" * (8 << 20)})
"""


def test_a_kill_leaves_no_torn_record_and_the_next_run_clears_what_was_begun(store):
    trials = store.root / "trials"
    for _ in range(20):
        writer = subprocess.Popen([sys.executable, "-c", COMMIT, str(store.root)])
        deadline = time.monotonic() + 30
        while not list(trials.glob(".*")) and time.monotonic() < deadline:
            time.sleep(0.001)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        if list(trials.glob(".*")):
            break
    assert list(trials.glob(".*"))  # it was killed while it wrote
    assert all(len(record["data"]) == 8 << 20 for record in store.records())
    assert {record["id"] for record in store.records()} == store.committed()

    with store.running():
        left = {path.name for path in trials.iterdir()}

    assert left == {f"{name}.json" for name in store.committed()}


def test_a_record_is_never_replaced(store):
    assert store.commit({"id": "t", "score": 1})
    assert not store.commit({"id": "t", "score": 2})
    assert [record["score"] for record in store.records()] == [1]


def test_a_superseded_record_is_set_aside_and_its_trial_can_be_run_again(store):
    for score in (1, 2):
        store.commit({"id": "t", "score": score})
        store.supersede("t")
        assert store.committed() == set()
    assert store.commit({"id": "t", "score": 3})

    aside = [json.loads(p.read_text())["score"] for p in (store.root / "superseded").iterdir()]
    assert sorted(aside) == [1, 2]
    assert [record["score"] for record in store.records()] == [3]


def test_files_are_deterministic(store):
    store.commit({"id": "t", "b": 1, "a": "é"})

    text = (store.root / "trials/t.json").read_bytes()
    assert text == '{\n "a": "é",\n "b": 1,\n "id": "t"\n}\n'.encode()


def test_only_one_holds_a_run(store):
    with store.running(), pytest.raises(UsageError, match="another process"), store.running():
        pass
    with store.running():
        pass


def test_a_folder_holds_one_run_and_only_a_run_is_opened(store, tmp_path):
    with pytest.raises(UsageError, match="awb resume"):
        RunStore.create(store.root, {})
    with pytest.raises(UsageError, match=r"no run\.json"):
        RunStore.open(tmp_path)
    assert RunStore.open(store.root).lock == {"plan": "p"}


@pytest.mark.parametrize("text", ["", '{"id": ', "[]", "\xff"])
def test_a_record_that_cannot_be_read_is_named(store, text):
    (store.root / "trials/t.json").write_bytes(text.encode("latin-1"))

    with pytest.raises(StoreError, match=r"trials/t\.json"):
        list(store.records())


def test_scores_are_written_beside_the_records(store):
    assert store.scores() == {}
    store.write_scores({"t": {"score": 1}})
    store.write_scores({"t": {"score": 2}})

    assert store.scores() == {"t": {"score": 2}}
    assert not list(store.root.glob(".scores*"))
