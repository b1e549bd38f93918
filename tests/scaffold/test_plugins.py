"""`awb new-adapter` and `awb new-oracle`: what they write is listed, behaves and is clean."""

import json

import pytest

QUICK = "installs or network or edits or usage or claims or version or identity"
"""Behaviours of an adapter that need one run; the rest of the kit takes its time limits to see."""


@pytest.mark.parametrize(("kind", "chosen"), [("adapter", QUICK), ("oracle", "")])
def test_it_is_listed_and_passes_its_tests_and_linters(
    new, install, site, tmp_path, run_tests, findings_of_ruff, kind, chosen
):
    done = new(f"new-{kind}", "house-thing", "--title", "Our thing", "--author", "Ada Lovelace")

    folder = tmp_path / f"awb-{kind}-house-thing"
    install(folder)
    listed = {one["name"]: one for one in json.loads(site.awb(f"{kind}s", "--json").stdout)}
    code, words = run_tests(folder, *(["-k", chosen] if chosen else []))
    assert done.exit_code == 0, done.output
    assert "house-thing" in listed
    assert findings_of_ruff(folder) == ""
    assert code == 0, words
    assert " passed" in words


@pytest.mark.parametrize(
    ("command", "arguments", "words"),
    [
        ("new-adapter", ["codex"], "there is an adapter 'codex' already"),
        ("new-adapter", ["awb-adapter-codex"], "there is an adapter 'codex' already"),
        ("new-oracle", ["program"], "there is an oracle 'program' already"),
        ("new-oracle", ["My Oracle"], "is no name for an oracle"),
        ("new-oracle", ["x", "--title", 'a "b"'], "must be one line of text"),
    ],
)
def test_wrong_input_writes_nothing(new, tmp_path, command, arguments, words):
    done = new(command, *arguments)

    assert done.exception.exit_code == 2
    assert words in str(done.exception)
    assert list(tmp_path.iterdir()) == []


def test_questions_have_defaults(new, tmp_path):
    done = new("new-oracle", "awb-oracle-x", answers="\n\n")

    assert done.exit_code == 0, done.output
    assert (tmp_path / "awb-oracle-x/src/awb_oracle_x/oracle.py").is_file()
