"""The rule of attacks: none passes, none scores above a workflow that does nothing."""

from __future__ import annotations

from collections.abc import Iterable

from awb_core.admission.measured import Measured


def judge_attacks(results: Iterable[Measured], noop: float) -> tuple[str, ...]:
    """Return the attacks that won, or that kept the judge from judging."""
    problems = []
    for result in results:
        note = result.record["note"]
        if result.score is None:
            # No score is a way out of a bad one: what a workspace does must always be judged.
            problems.append(f"attack {result.name}: {result.record['outcome']}: {note}")
        elif result.verdict == "pass" or result.score > noop:
            values = ", ".join(f"{check}={value:.4g}" for check, value in result.values.items())
            problems.append(
                f"attack {result.name}: {result.verdict}es with {result.score:.4f}"
                f" ({values}); noop has {noop:.4f}"
                if result.verdict == "pass"
                else f"attack {result.name}: scores {result.score:.4f} ({values}),"
                f" above the {noop:.4f} of noop"
            )
    return tuple(problems)
