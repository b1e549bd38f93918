"""The score: exact at its anchors, strictly monotone, and never at odds with the verdict."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awb_core.model import Anchors, Check, Measurement, Role
from awb_core.scoring import GateResult, Part, curve, inverse_curve, progress, score_checks
from awb_core.scoring.verdict import combine

LINEAR = Anchors(floor=0.2, midpoint=0.6, saturation=0.85)
LOG = Anchors(floor=1, midpoint=2, saturation=10, scale="log")
MINIMISE = Anchors(floor=400, midpoint=100, saturation=30, scale="log", goal="minimise")
COUNT = Anchors(floor=41, midpoint=8, saturation=0, scale="log", goal="minimise", offset=1)
EXPONENT = Anchors(floor=2.0, midpoint=1.4, saturation=1.1, goal="minimise")
ALL = (LINEAR, LOG, MINIMISE, COUNT, EXPONENT)


@pytest.mark.parametrize("anchors", ALL)
def test_anchors_hit_their_values_exactly(anchors):
    assert progress(anchors.floor, anchors) == 0
    assert progress(anchors.midpoint, anchors) == 0.5
    assert progress(anchors.saturation, anchors) == 1
    assert curve(0) == 0
    assert curve(0.5) == 0.5
    assert curve(1) == pytest.approx(0.95, abs=1e-12)
    assert curve(0.25) == pytest.approx(0.05, abs=1e-12)


@pytest.mark.parametrize(
    ("p", "score"), [(0.1, 0.001), (0.3, 0.102), (0.45, 0.390), (0.7, 0.807), (1.5, 0.991)]
)
def test_curve_has_the_tabled_values(p, score):
    assert curve(p) == pytest.approx(score, abs=5e-4)


@pytest.mark.parametrize("anchors", ALL)
def test_worse_than_the_floor_is_no_progress(anchors):
    worse = anchors.floor * 2 if anchors.goal == "minimise" else anchors.floor / 2
    assert progress(worse, anchors) == 0


@pytest.mark.parametrize("anchors", ALL)
def test_better_than_saturation_still_counts(anchors):
    better = {LINEAR: 0.99, LOG: 20.0, MINIMISE: 10.0, COUNT: -0.5, EXPONENT: 1.0}[anchors]
    assert progress(better, anchors) > 1


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_value_that_is_no_number_is_no_progress(value):
    assert progress(value, LINEAR) == 0


values = st.floats(0.21, 50, allow_nan=False)


@given(values, values, st.sampled_from((LINEAR, LOG)))
def test_progress_rises_with_the_value(a, b, anchors):
    low, high = sorted((a, b))
    if high - low > 1e-9 and low > anchors.floor:
        assert progress(low, anchors) < progress(high, anchors)


@given(st.floats(0.1, 399), st.floats(0.1, 399))
def test_progress_falls_with_a_quantity_to_minimise(a, b):
    low, high = sorted((a, b))
    if high - low > 1e-6:
        assert progress(low, MINIMISE) > progress(high, MINIMISE)


@given(st.floats(1e-6, 4), st.floats(1e-6, 4))
def test_curve_is_strictly_increasing(a, b):
    low, high = sorted((a, b))
    if high - low > 1e-6:
        assert curve(low) < curve(high)


@given(st.floats(0.0, 0.999))
def test_inverse_curve_undoes_the_curve(score):
    assert curve(inverse_curve(score)) == pytest.approx(score, abs=1e-9)


def test_inverse_curve_refuses_what_no_progress_reaches():
    with pytest.raises(ValueError, match="lies in"):
        inverse_curve(1.0)


@st.composite
def vectors(draw):
    """Draw required and quality parts with weights that sum to 1, and gates."""
    count = draw(st.integers(1, 5))
    required = draw(st.integers(1, count))
    weights = draw(st.lists(st.floats(0.05, 1), min_size=count, max_size=count))
    levels = st.one_of(st.floats(0, 2), st.sampled_from((0.0, 0.5, math.nextafter(0.5, 0), 1.0)))
    parts = tuple(
        Part(
            check=f"c{n}",
            role=Role.REQUIRED if n < required else Role.QUALITY,
            weight=weights[n] / sum(weights),
            value=0,
            progress=draw(levels),
        )
        for n in range(count)
    )
    gates = tuple(
        GateResult(check=f"g{n}", value=0, holds=draw(st.booleans()), integrity=draw(st.booleans()))
        for n in range(draw(st.integers(0, 2)))
    )
    return parts, gates


@given(vectors())
def test_verdict_and_score_agree(vector):
    scored = combine(*vector)
    assert scored.passed == (scored.score >= 0.5)
    assert 0 <= scored.score < 1


@given(vectors(), st.integers(0, 4), st.floats(0, 1))
def test_more_progress_never_lowers_the_score(vector, index, more):
    parts, gates = vector
    index %= len(parts)
    better = [
        Part(
            check=p.check,
            role=p.role,
            weight=p.weight,
            value=0,
            progress=p.progress + more * (n == index),
        )
        for n, p in enumerate(parts)
    ]
    assert combine(tuple(better), gates).score >= combine(parts, gates).score - 1e-12


@given(vectors())
def test_a_broken_gate_fails_and_caps(vector):
    scored = combine(*vector)
    if any(not gate.holds for gate in vector[1]):
        assert not scored.passed
        assert scored.score <= 0.05 + 1e-12
    if any(not gate.holds and gate.integrity for gate in vector[1]):
        assert scored.score == 0


def test_quality_lifts_a_pass_only():
    def score(required, quality):
        parts = (
            Part(check="r", role=Role.REQUIRED, weight=0.7, value=0, progress=required),
            Part(check="q", role=Role.QUALITY, weight=0.3, value=0, progress=quality),
        )
        return combine(parts, ()).score

    assert score(0.5, 0.0) == pytest.approx(0.5)
    assert score(0.5, 1.0) > 0.5
    assert score(0.4, 1.0) == pytest.approx(curve(0.4))


def test_one_required_part_at_zero_is_a_clear_failure():
    parts = tuple(
        Part(check=str(n), role=Role.REQUIRED, weight=w, value=0, progress=p)
        for n, (w, p) in enumerate(((0.5, 1.0), (0.3, 1.0), (0.2, 0.0)))
    )
    assert combine(parts, ()).score == 0


def test_checks_are_scored_from_their_measurements():
    checks = (
        Check(id="g", oracle="pytest", role=Role.GATE, at_least=1.0),
        Check(id="m", oracle="metric", role=Role.REQUIRED, weight=1.0, anchors=EXPONENT),
    )
    good = {"g": Measurement(value=1.0), "m": Measurement(value=1.1)}
    broken = {"g": Measurement(value=0.99), "m": Measurement(value=1.1)}

    assert score_checks(checks, good).score == pytest.approx(0.95)
    assert not score_checks(checks, broken).passed
    with pytest.raises(KeyError):
        score_checks(checks, {"g": Measurement(value=1.0)})
