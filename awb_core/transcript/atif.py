"""The Agent Trajectory Interchange Format (ATIF): written as v1.7, read from v1.0 on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, get_args

from awb_core.errors import UsageError
from awb_core.transcript.model import Call, Cleaner, Metrics, Result, Source, Step, Transcript
from awb_core.transcript.pieces import content_text, mapping, maps, string

VERSION = "ATIF-v1.7"
STARTS = "ATIF-v1."
UNKNOWN = "unknown"
"""Where the format wants a name and there is none."""

_COUNTS = ("prompt_tokens", "completion_tokens", "cached_tokens")
_EXTRA = ("request", "seconds", "error")
"""Fields of a step for which the format has no place of its own."""


def write_atif(transcript: Transcript) -> str:
    """Return a transcript as an ATIF document."""
    return dump(as_atif(transcript))


def dump(value: Mapping[str, Any]) -> str:
    """Return a value as the text of a JSON file."""
    return json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def as_atif(transcript: Transcript) -> dict[str, Any]:
    """Return a transcript as the value of an ATIF document; side conversations are trajectories in it."""
    agent = {"name": transcript.agent or UNKNOWN, "version": transcript.version or UNKNOWN}
    agent |= _given(model_name=transcript.model)
    total = {f"total_{key}": value for key, value in _metrics(transcript.total).items()}
    steps = _steps(transcript, 0)
    document: dict[str, Any] = {
        "schema_version": VERSION,
        "session_id": transcript.session,
        "agent": agent,
        "steps": steps,
        # Of the whole trial: which call began a side conversation, no request says.
        "final_metrics": total | {"total_steps": len(steps)},
    }
    sides = [
        {
            "schema_version": VERSION,
            "trajectory_id": f"conversation-{number}",
            "agent": agent,
            "steps": _steps(transcript, number),
        }
        for number in sorted({step.conversation for step in transcript.steps} - {0})
    ]
    return document | _given(notes=transcript.notes, subagent_trajectories=sides)


def read_atif(text: str, name: str) -> Transcript:
    """Read an ATIF document; `name` says in errors where it is from.

    Raises:
        UsageError: it is none.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{name}: is not JSON: {error}") from error
    version = mapping(document).get("schema_version")
    if not string(version).startswith(STARTS):
        raise UsageError(f"{name}: $.schema_version: {STARTS}N is expected, not {version!r}")
    trajectories = list(_trajectories(document, "$"))
    problems = [problem for place, one in trajectories for problem in _problems(one, place)]
    if problems:
        raise UsageError("\n".join(f"{name}: {problem}" for problem in problems[:20]))
    cleaner = Cleaner()
    agent = mapping(document.get("agent"))
    total = _read_metrics(mapping(document.get("final_metrics")), "total_")
    steps = [
        _read_step(step, number, cleaner)
        for number, (_, one) in enumerate(trajectories)
        for step in one["steps"]
    ]
    return Transcript(
        session=cleaner.text(string(document.get("session_id"))),
        agent=cleaner.text(string(agent.get("name"))),
        version=_known(cleaner.text(string(agent.get("version")))),
        model=cleaner.text(string(agent.get("model_name"))),
        steps=_in_order(steps),
        total=total or Metrics(),
        notes=cleaner.text(string(document.get("notes"))),
    )


def _steps(transcript: Transcript, conversation: int) -> list[dict[str, Any]]:
    steps = [step for step in transcript.steps if step.conversation == conversation]
    # The format wants one step at least.
    some = steps or [Step(source="system", text="No request was made.")]
    return [_step(number, step) for number, step in enumerate(some, 1)]


def _step(number: int, step: Step) -> dict[str, Any]:
    value: dict[str, Any] = {"step_id": number, "source": step.source, "message": step.text}
    value |= _given(timestamp=step.time)
    if step.source == "agent":
        value |= _given(model_name=step.model, reasoning_content=step.reasoning)
        value |= _given(tool_calls=[_call(call) for call in step.calls])
        value["llm_call_count"] = 0 if step.is_history else 1
        if step.metrics:
            value["metrics"] = _metrics(step.metrics)
    if step.results:
        value["observation"] = {"results": [_result(result) for result in step.results]}
    extra = {name: getattr(step, name) for name in _EXTRA if getattr(step, name) not in (None, "")}
    return value | _given(extra=extra)


def _call(call: Call) -> dict[str, Any]:
    return {
        "tool_call_id": call.id,
        "function_name": call.name or UNKNOWN,
        "arguments": dict(call.arguments),
    }


def _result(result: Result) -> dict[str, Any]:
    extra = {"is_error": True} if result.is_error else {}
    return {"content": result.text} | _given(source_call_id=result.call, extra=extra)


def _metrics(metrics: Metrics) -> dict[str, Any]:
    counts: dict[str, Any] = {name: getattr(metrics, name) for name in _COUNTS}
    return counts if metrics.cost_usd is None else counts | {"cost_usd": metrics.cost_usd}


def _given(**fields: Any) -> dict[str, Any]:
    """Return the fields that are not empty."""
    return {name: value for name, value in fields.items() if value}


def _trajectories(document: Mapping[str, Any], place: str) -> Iterator[tuple[str, Any]]:
    """Yield a trajectory and all those in it, with their places."""
    yield place, document
    for number, side in enumerate(maps(document.get("subagent_trajectories"))):
        yield from _trajectories(side, f"{place}.subagent_trajectories[{number}]")


def _problems(trajectory: Mapping[str, Any], place: str) -> Iterator[str]:
    steps = trajectory.get("steps")
    if not isinstance(steps, list):
        yield f"{place}.steps: a list of steps is expected"
        return
    for number, step in enumerate(steps):
        if not isinstance(step, Mapping):
            yield f"{place}.steps[{number}]: must be an object"
        elif step.get("source") not in get_args(Source):
            yield f"{place}.steps[{number}].source: must be one of {', '.join(get_args(Source))}"


def _in_order(steps: list[Step]) -> tuple[Step, ...]:
    """Return the steps of all conversations as they happened, as far as is known."""
    if not any(step.conversation for step in steps):
        return tuple(steps)
    if all(step.request is not None for step in steps):
        return tuple(sorted(steps, key=lambda step: step.request or 0))
    if all(step.time for step in steps):
        return tuple(sorted(steps, key=lambda step: step.time))
    return tuple(steps)


def _read_step(step: Mapping[str, Any], conversation: int, cleaner: Cleaner) -> Step:
    extra = mapping(step.get("extra"))
    calls = [_read_call(call, cleaner) for call in maps(step.get("tool_calls"))]
    results = maps(mapping(step.get("observation")).get("results"))
    request, seconds = extra.get("request"), extra.get("seconds")
    return Step(
        source=step["source"],
        text=cleaner.text(content_text(step.get("message"))),
        reasoning=cleaner.text(string(step.get("reasoning_content"))),
        calls=tuple(calls),
        results=tuple(_read_result(result, cleaner) for result in results),
        time=cleaner.text(string(step.get("timestamp"))),
        model=cleaner.text(string(step.get("model_name"))),
        metrics=_read_metrics(mapping(step.get("metrics")), ""),
        request=request if isinstance(request, int) else None,
        conversation=conversation,
        seconds=seconds if isinstance(seconds, int | float) else None,
        error=cleaner.text(string(extra.get("error"))),
        is_history=step["source"] == "agent" and step.get("llm_call_count") == 0,
    )


def _read_call(call: Mapping[str, Any], cleaner: Cleaner) -> Call:
    return Call(
        id=cleaner.text(string(call.get("tool_call_id"))),
        name=cleaner.text(string(call.get("function_name"))),
        arguments=cleaner.value(mapping(call.get("arguments"))),
    )


def _read_result(result: Mapping[str, Any], cleaner: Cleaner) -> Result:
    return Result(
        call=cleaner.text(string(result.get("source_call_id"))),
        text=cleaner.text(content_text(result.get("content"))),
        is_error=mapping(result.get("extra")).get("is_error") is True,
    )


def _read_metrics(value: Mapping[str, Any], prefix: str) -> Metrics | None:
    if not value:
        return None
    cost = value.get(f"{prefix}cost_usd")
    counts = {name: _count(value.get(f"{prefix}{name}")) for name in _COUNTS}
    return Metrics(**counts, cost_usd=float(cost) if isinstance(cost, int | float) else None)


def _count(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _known(name: str) -> str:
    return "" if name == UNKNOWN else name
