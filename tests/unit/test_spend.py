"""What workflows spent, and how reports say that it may be more."""

import json

import pytest

from awb_core.analysis.build import build_matrix
from awb_core.analysis.spend import spend_of
from awb_core.report import REPORTERS

RENDER = {reporter.name: reporter.render for reporter in REPORTERS}
AT_LEAST = "at least that much: some requests ended without saying what they used"


def trial(workflow="w", task="t", *, cost="0.25", passed=True, **usage):
    return {
        "id": f"{workflow}-{task}",
        "workflow": workflow,
        "workflow_identity": workflow,
        "dimension": "d",
        "task": task,
        "repeat": 1,
        "seconds": 1.0,
        "outcome": "finished",
        "note": "",
        "score": 0.95 if passed else 0.1,
        "passed": passed,
        "phases": {"agent": 8.0},
        "agent": {"version": "1.0"},
        "measurements": [],
        "parts": [],
        "gates": [],
        "workspace": dict.fromkeys(("added", "removed", "modified", "restored", "refused"), ()),
        "usage": {
            "requests": 3,
            "failed": 0,
            "tokens": {"input_tokens": 1000, "output_tokens": 50},
            "cost_usd": cost,
            "model_wait_seconds": 2.0,
            "models": ["m"],
            **usage,
        },
    }


UNSURE = {"requests_without_usage": 2, "is_lower_bound": True}


def test_sums_keep_what_is_known_and_say_that_it_is_not_all():
    spend = spend_of([trial(), trial(task="u", passed=False, **UNSURE)])

    assert (spend.cost_usd, spend.cost_per_solved_usd) == (0.5, 0.5)
    assert (spend.requests_without_usage, spend.is_lower_bound) == (2, True)
    assert spend.input_tokens == 2000


def test_records_without_the_mark_are_whole():
    spend = spend_of([trial(), trial(task="u")])

    assert (spend.requests_without_usage, spend.is_lower_bound) == (0, False)


def test_a_cost_that_is_unknown_stays_so():
    spend = spend_of([trial(cost=None, **UNSURE), trial(task="u")])

    assert spend.cost_usd is spend.cost_per_solved_usd is None


@pytest.mark.parametrize(
    ("report", "unsure", "sure"),
    [
        ("text", ">= $0.25", "$0.50"),
        ("markdown", "| cost | >= $0.25 | $0.50 |", "| cost per solved trial | >= $0.25 | $0.50 |"),
        ("html", "<td>&gt;= $0.25</td>", "<td>$0.50</td>"),
    ],
)
def test_reports_mark_a_lower_bound_and_nothing_else(report, unsure, sure):
    trials = [trial("a", **UNSURE), trial("b", cost="0.5")]
    whole = RENDER[report](build_matrix([trial("b", cost="0.5")], dimensions={"d": "D"}))

    text = RENDER[report](build_matrix(trials, dimensions={"d": "D"}))

    assert unsure in text
    assert sure in text
    assert (AT_LEAST in text) == (report != "markdown")
    assert AT_LEAST not in whole
    assert ">= $" not in whole
    assert "&gt;= " not in whole


def test_the_page_marks_tokens_and_cost_of_the_trial_as_well():
    page = RENDER["html"](build_matrix([trial(**UNSURE)], dimensions={"d": "D"}))

    assert "&gt;= 1,000 tokens in, &gt;= 50 out, &gt;= $0.2500" in page


def test_json_has_the_count_and_the_mark():
    text = RENDER["json"](build_matrix([trial(**UNSURE)], dimensions={"d": "D"}))

    (workflow,) = json.loads(text)["workflows"]
    assert workflow["spend"]["requests_without_usage"] == 2
    assert workflow["spend"]["is_lower_bound"] is True


def test_workflows_that_ask_no_model_have_no_cost():
    free = {**trial(), "usage": None}

    matrix = build_matrix([free], dimensions={"d": "D"})

    assert spend_of([free]) is None
    assert not any("cost" in RENDER[name](matrix) for name in ("text", "markdown"))
