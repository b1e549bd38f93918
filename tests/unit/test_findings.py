"""The findings oracle: a report against facts, read as hostile data."""

import json

import pytest

from awb_core.model import OracleFailure

FINDINGS = {"report": "findings.sarif", "facts": "facts.json"}
FACTS = {
    "facts": [
        {"id": "sql", "rules": ["CWE-89", "CWE-943"], "file": "app/db.py", "line": 40},
        {"id": "path", "rules": ["CWE-22"], "file": "app/io.py", "line": 10, "end_line": 14},
    ],
    "decoys": [{"id": "quoted", "rules": ["CWE-89"], "file": "app/safe.py", "line": 5}],
}
SQL, PATH = ("cwe-89", "app/db.py", 40), ("CWE-22", "./app/io.py", 12)


def sarif(*results):
    entries = []
    for rule, uri, line, *end in results:
        region = {"startLine": line, **({"endLine": end[0]} if end else {})}
        place = {"artifactLocation": {"uri": uri}, "region": region}
        entries.append({"ruleId": rule, "locations": [{"physicalLocation": place}]})
    return json.dumps({"version": "2.1.0", "runs": [{"results": entries}]})


@pytest.mark.parametrize(
    ("report", "value", "note"),
    [
        (sarif(SQL, PATH), 1.0, "2 of 2 facts, 0 false results, 0 decoys"),
        (sarif(SQL), 2 / 3, "1 of 2 facts, 0 false"),
        (sarif(SQL, PATH, SQL, SQL), 1.0, "2 of 2 facts, 0 false"),  # duplicates are neutral
        (sarif(("CWE-943", "app/db.py", 40), PATH), 1.0, "2 of 2"),  # of the same family
        (sarif(("CWE-79", "app/db.py", 40), PATH), 0.5, "1 of 2 facts, 1 false"),
        (sarif(("CWE-89", "app/db.py", 45), PATH), 1.0, "2 of 2"),  # at the window's edge
        (sarif(("CWE-89", "app/db.py", 46), PATH), 0.5, "1 of 2 facts, 1 false"),
        (sarif(("CWE-89", "app/db.py", 30, 35), PATH), 1.0, "2 of 2"),
        (sarif(("CWE-89", "app/db.py", 1, 900), PATH), 0.5, "1 of 2 facts, 1 false"),
        (sarif(("CWE-89", "/work/app/db.py", 40), PATH), 1.0, "2 of 2"),
        (sarif(SQL, PATH, ("CWE-89", "app/safe.py", 5)), 0.8, "1 false results, 1 decoys"),
        (sarif(*(("CWE-89", "app/other.py", n) for n in range(6)), SQL), 2 / 9, "6 false"),
        (sarif(), 0.0, "0 of 2 facts, 0 false"),
        ('{"runs": [{"results": [1, null, {"locations": 3}]}]}', 0.0, "0 of 2 facts, 0 false"),
        ('{"runs": 7}', 0.0, "the report is not SARIF"),
        ('{"runs": [{"results": null}]}', 0.0, "the report is not SARIF"),
        ('{"runs": [{"results": {"a": 1}}]}', 0.0, "0 of 2 facts, 0 false"),
        (sarif(("CWE-89", "app/db.py", float("inf"))), 0.0, "0 of 2 facts, 0 false"),
        (sarif(("CWE-89", "app/db.py", 1, "9" * 5000)), 0.0, "0 of 2 facts, 0 false"),
        ("[" * 100_000, 0.0, "the report is not SARIF"),
        (b"\xff\xfe", 0.0, "the report is not SARIF"),
        (" " * (9 << 20), 0.0, "too large"),
        (None, 0.0, "there is no report"),
    ],
)
def test_findings_scores_a_report_against_the_facts(measure, report, value, note):
    workspace = {} if report is None else {"findings.sarif": report}

    measured = measure("findings", FINDINGS, workspace, {"facts.json": json.dumps(FACTS)})

    assert measured.value == pytest.approx(value)
    assert note in measured.note


def test_findings_does_not_follow_a_link(measure, tmp_path):
    (tmp_path / "finished").mkdir()
    (tmp_path / "elsewhere").write_text(sarif(SQL, PATH))
    (tmp_path / "finished/findings.sarif").symlink_to(tmp_path / "elsewhere")

    measured = measure("findings", FINDINGS, {}, {"facts.json": json.dumps(FACTS)})

    assert measured.value == 0.0


def test_findings_weighs_recall_by_beta_and_shows_decoys_without_weight(measure):
    tests = {"facts.json": json.dumps(FACTS)}

    measured = measure("findings", {**FINDINGS, "beta": 2}, {"findings.sarif": sarif(SQL)}, tests)

    assert measured.value == pytest.approx(5 / 9)
    assert {(i.id, i.credit, i.weight) for i in measured.items} == {
        ("sql", 1.0, 1.0),
        ("path", 0.0, 1.0),
        ("quoted", 1.0, 0.0),
    }


def test_findings_fails_on_facts_that_cannot_be_read(measure):
    measured = measure("findings", FINDINGS, {}, {"facts.json": '{"facts": [{"id": "x"}]}'})

    assert isinstance(measured, OracleFailure)
