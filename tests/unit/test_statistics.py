"""Estimates and intervals: hand-computed values, invariants, coverage by simulation."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from awb_core.analysis.build import build_matrix
from awb_core.analysis.statistics import Prior, fit_prior, logit_interval, moderate, spread

DIMENSIONS = {f"d{n}": f"Dimension {n}" for n in range(12)}


def trial(workflow, task, score, repeat=1, dimension="d0"):
    return {
        "id": f"{workflow}-{task}-{repeat}",
        "workflow": workflow,
        "workflow_identity": f"id-{workflow}",
        "dimension": dimension,
        "task": task,
        "repeat": repeat,
        "score": score,
        "passed": None if score is None else score >= 0.5,
    }


def matrix_of(scores, dimension_of=lambda task: "d0"):
    """Make a matrix from {workflow: {task: [scores]}}."""
    records = [
        trial(w, t, s, n, dimension_of(t))
        for w, tasks in scores.items()
        for t, values in tasks.items()
        for n, s in enumerate(values, 1)
    ]
    return build_matrix(records, dimensions=DIMENSIONS)


def test_a_cell_is_the_mean_over_tasks_of_the_means_over_repeats():
    matrix = matrix_of({"a": {"t1": [0.2, 0.4], "t2": [0.9]}})
    assert matrix.rows[0].cells[0].score.value == pytest.approx(0.6)
    assert matrix.rows[0].cells[0].tasks == 2
    assert matrix.rows[0].cells[0].trials == 3


def test_the_interval_of_two_tasks_is_the_hand_computed_one():
    # means .4 and .6: s^2 = .02, se = .1, df = 1, t = 12.706; logit(.5) = 0, width = 12.706 * .1 / .25
    cell = matrix_of({"a": {"t1": [0.4], "t2": [0.6]}}).rows[0].cells[0]
    width = 12.706204736 * 0.1 / 0.25
    assert cell.score.low == pytest.approx(1 / (1 + math.exp(width)))
    assert cell.score.high == pytest.approx(1 / (1 + math.exp(-width)))


def test_repeating_every_trial_does_not_narrow_the_interval():
    once = {"a": {f"t{n}": [0.1 * n] for n in range(1, 9)}}
    thrice = {"a": {task: values * 3 for task, values in once["a"].items()}}
    one, three = (matrix_of(data).rows[0].cells[0].score for data in (once, thrice))
    assert (three.low, three.high) == pytest.approx((one.low, one.high))


def test_all_zero_and_all_one_have_the_exact_bound_on_tasks():
    zero = matrix_of({"a": {f"t{n}": [0.0] for n in range(8)}}).rows[0].cells[0]
    one = matrix_of({"a": {f"t{n}": [1.0] for n in range(8)}}).rows[0].cells[0]
    assert (zero.score.low, zero.score.high) == (0.0, pytest.approx(1 - 0.025 ** (1 / 8)))
    assert (one.score.low, one.score.high) == (pytest.approx(0.631, abs=1e-3), 1.0)


def test_invalid_trials_are_missing_not_zero():
    matrix = matrix_of({"a": {"t1": [0.8], "t2": [None]}, "b": {"t1": [None], "t2": [None]}})
    rows = {row.name: row.cells[0] for row in matrix.rows}
    assert (rows["a"].score.value, rows["a"].tasks, rows["a"].invalid) == (0.8, 1, 1)
    assert (rows["b"].score, rows["b"].invalid) == (None, 2)
    assert matrix.invalid == 3


def test_two_workflows_with_one_name_are_never_merged():
    records = [
        trial("a", "t1", 0.2),
        {**trial("a", "t1", 0.8), "workflow_identity": "other-identity"},
    ]
    matrix = build_matrix(records, dimensions=DIMENSIONS)
    assert len(matrix.rows) == 2
    assert len({row.name for row in matrix.rows}) == 2


def test_dimensions_weigh_the_same_overall():
    scores = {"a": {"t1": [0.0], "t2": [1.0], "t3": [1.0], "t4": [1.0]}}
    matrix = matrix_of(scores, lambda task: "d0" if task == "t1" else "d1")
    assert matrix.rows[0].overall.score.value == pytest.approx(0.5)


def test_gap_to_best_is_paired_by_task():
    # b is always .1 below a, whatever the task: the paired difference has no spread
    scores = {"a": {}, "b": {}}
    for n in range(6):
        scores["a"][f"t{n}"] = [0.2 + 0.1 * n]
        scores["b"][f"t{n}"] = [0.1 + 0.1 * n]
    gaps = {row.name: row.cells[0].gap_best for row in matrix_of(scores).rows}
    assert gaps["a"].value == pytest.approx(0)
    assert gaps["b"].value == pytest.approx(0.1)
    assert gaps["b"].low == pytest.approx(0.1, abs=1e-6)
    assert gaps["b"].high == pytest.approx(0.1, abs=1e-6)


def test_one_task_a_dimension_borrows_the_spread_of_the_others():
    scores = {"a": {f"t{n}": [0.3 + 0.05 * n] for n in range(6)}}
    matrix = matrix_of(scores, lambda task: f"d{task[1]}")
    for cell in matrix.rows[0].cells:
        assert cell.method == "pooled"
        assert cell.score.low < cell.score.value < cell.score.high


def test_a_single_trial_has_no_interval_and_says_so():
    cell = matrix_of({"a": {"t1": [0.4]}}).rows[0].cells[0]
    assert (cell.score.low, cell.score.high) == (None, None)


@given(st.lists(st.floats(0, 1), min_size=2, max_size=12), st.randoms())
@settings(max_examples=40, deadline=None)
def test_the_order_of_records_does_not_matter(scores, random):
    records = [trial("a", f"t{n}", s) for n, s in enumerate(scores)]
    shuffled = list(records)
    random.shuffle(shuffled)
    one = build_matrix(records, dimensions=DIMENSIONS).rows[0].cells[0].score
    two = build_matrix(shuffled, dimensions=DIMENSIONS).rows[0].cells[0].score
    assert one.value == pytest.approx(two.value)
    assert 0 <= one.value <= 1 + 1e-12
    if one.low is not None:
        assert -1e-12 <= one.low <= one.value + 1e-6
        assert one.high >= one.value - 1e-6


def test_the_prior_is_recovered_from_many_variances():
    rng = np.random.default_rng(1)
    truth, d0, df = 0.04, 10.0, 7
    sigma2 = truth * d0 / rng.chisquare(d0, 20_000)
    s2 = sigma2 * rng.chisquare(df, 20_000) / df
    prior = fit_prior(s2, np.full(20_000, float(df)))
    assert prior.df == pytest.approx(d0, rel=0.1)
    assert prior.variance == pytest.approx(truth, rel=0.05)


def test_equal_variances_pool_completely_up_to_the_cap():
    assert fit_prior(np.full(10, 0.04), np.full(10, 7.0)).df == 50


def test_a_moderated_variance_lies_between_its_own_and_the_prior():
    variance, df = moderate(np.array([0.10]), np.array([7.0]), Prior(df=7.0, variance=0.04))
    assert variance[0] == pytest.approx(0.07)
    assert df[0] == 14


def test_spread_leaves_missing_values_out():
    mean, variance, count = spread(np.array([[1.0, np.nan, 3.0]]))
    assert (mean[0], variance[0], count[0]) == (2.0, 2.0, 2.0)


def test_an_interval_stays_within_bounds():
    low, high = logit_interval(np.array([0.99]), np.array([0.2]), np.array([3.0]), np.array([4]))
    assert 0 <= low[0] <= 0.99 <= high[0] <= 1


def test_coverage_is_at_least_nominal():
    """150 data sets of 12 dimensions x 8 tasks x 3 repeats x 4 workflows, truth known."""
    rng = np.random.default_rng(7)
    covered = total = 0
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    weights = weights / weights.sum()
    for _ in range(150):
        ability = rng.normal(0.3, 0.5, (4, 1)) + rng.normal(0, 0.3, (4, 12))
        records, truth = [], {}
        for w in range(4):
            for d in range(12):
                logits = ability[w, d] + math.sqrt(0.9**2 + 0.5**2 + 0.8**2) * nodes
                truth[f"w{w}", f"d{d}"] = float((weights / (1 + np.exp(-logits))).sum())
        difficulty = rng.normal(0, 0.9, (12, 8))
        for w in range(4):
            interaction = rng.normal(0, 0.5, (12, 8))
            for d in range(12):
                for t in range(8):
                    base = ability[w, d] + difficulty[d, t] + interaction[d, t]
                    for r in range(3):
                        score = 1 / (1 + math.exp(-(base + rng.normal(0, 0.8))))
                        records.append(trial(f"w{w}", f"t{d}-{t}", score, r + 1, f"d{d}"))
        for row in build_matrix(records, dimensions=DIMENSIONS).rows:
            for cell in row.cells:
                total += 1
                covered += cell.score.low <= truth[row.name, cell.dimension] <= cell.score.high
    assert total == 150 * 48
    assert 0.94 <= covered / total <= 0.985, covered / total
