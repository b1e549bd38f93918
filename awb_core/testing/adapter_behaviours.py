"""What an adapter of an agent must do, one function a behaviour; each looks and says what it saw."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from awb_core.engine.model_use import COMPARED, MODEL_CALLS
from awb_core.gateway.summary import summarise
from awb_core.model import Outcome
from awb_core.testing.adapter_bench import EXECUTABLE, AdapterBench, Ran
from awb_core.testing.conversation import Usage, texts
from awb_core.testing.scripts import WHERE, Fails, Hangs, Loops, Misbehaviour, Script, Shell
from awb_core.testing.solutions import script_for_solution
from awb_core.tree import digest_file, matches, walk

PRINTED_BYTES = 20_000_000
KEPT_BYTES = 10 << 20
"""How much output a transcript may keep: two streams of 4 MiB, and some words."""

AWKWARD = (
    "-v --help is how this begins\n"
    "then come \"double\" and 'single' quotes\n"
    "and `ticks`, $HOME, $(id), a back\\slash, %s, {braces} and a*star\n"
    "\tünïcödé, 漢字 and 🙂 after a tab; the last line ends without an end"
)
OVERLAY = {"home/.overlay-note": "note in HOME\n", "workspace/OVERLAY.md": "note in work\n"}
READ_ONLY_WORDS = ("Read-only file system", "EROFS", "Permission denied", "EACCES")


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What was seen of a behaviour."""

    holds: bool
    detail: str = ""
    observed: bool = True
    """False where this adapter gives no occasion to see it."""


Behaviour = Callable[[AdapterBench], Observation]

NO_SHELL = Observation(
    holds=True, observed=False, detail="the agent lets its model run no commands"
)


def installs(bench: AdapterBench) -> Observation:
    """The tool is installed, at the version the adapter pins, and there is something to mount."""
    tool = bench.adapter.install(None, lambda _: None)
    state = bench.adapter.state()
    missing = [
        str(mount.source)
        for mount in bench.adapter.mounts(bench.workflow, lambda _: None)
        if not mount.source.exists()
    ]
    if missing:
        return _broken(f"cannot be mounted, for it is not there: {', '.join(missing)}")
    if tool.version != state.installed:
        return _broken(f"installed {tool.version}, but state() says {state.installed or 'nothing'}")
    return _holds(tool.version)


def reports_version(bench: AdapterBench) -> Observation:
    """The tool says its version in the sandbox, and it is the pinned one, where the adapter pins one."""
    pinned, said = bench.adapter.state().version, bench.ordinary.end.transcript.version
    if not pinned:
        return Observation(holds=True, observed=bool(said), detail=said or "it says none")
    if said != pinned:
        return _broken(f"it says {said or 'nothing'}; {pinned} is pinned")
    return _holds(said)


def asks_through_the_gateway(bench: AdapterBench) -> Observation:
    """It finds its model where nothing but the gateway can be reached, at the upstream that it names."""
    ran = bench.ordinary
    calls = _calls(ran.requests)
    if not calls:
        return _broken(f"no model request came to the gateway; it ended {ran.ending}; {ran.tail}")
    named = bench.adapter.upstream(bench.workflow)
    asked = sorted({one.path.split("/")[3] for one in ran.served})
    if asked != [named]:
        return _broken(f"upstream() names {named}, and it asked {', '.join(asked) or 'none'}")
    refused = sorted({f"{one['path']} ({one['denied']})" for one in ran.requests if one["denied"]})
    beside = f"; refused: {', '.join(refused)}" if refused else ""
    return _holds(f"{len(calls)} model requests{beside}")


def edits_files(bench: AdapterBench) -> Observation:
    """The workspace is solved exactly: contents, executable bits and removed files."""
    ran = bench.ordinary
    wrong = sorted(_differences(bench, ran))
    if wrong:
        return _broken(f"not as the model made it: {', '.join(wrong)}; it ended {ran.ending}")
    if ran.end.outcome is not Outcome.FINISHED and not _is_locked_out(ran):
        return _broken(f"it solved the task and ended {ran.ending}; {ran.tail}")
    return _holds("" if bench.has_shell else "text files only: no shell")


def is_metered_exactly(bench: AdapterBench) -> Observation:
    """What the gateway measured is what the model served, to the token."""
    served = sum((one.usage for one in bench.ordinary.served), Usage())
    tokens = summarise(bench.ordinary.requests)["tokens"]
    measured = Usage(
        input_tokens=tokens["input_tokens"],
        cached_tokens=tokens["cached_read_tokens"],
        output_tokens=tokens["output_tokens"],
        reasoning_tokens=served.reasoning_tokens,
    )
    if measured != served:
        return _broken(f"measured {measured}, served {served}")
    return _holds(f"{served.input_tokens} tokens in, {served.output_tokens} out")


def makes_claims(bench: AdapterBench) -> Observation:
    """Its own figures, if it has any, beside the gateway's; a difference is no failure."""
    end = bench.ordinary.end
    claims = end.transcript.claims or {}
    if not any(claims.get(name) is not None for name in COMPARED):
        return Observation(holds=True, observed=False, detail="it claims no tokens")
    differ = ", ".join(f"{name} {value:+g}" for name, value in end.claims_differ.items())
    return _holds(f"claimed minus measured: {differ}" if differ else "equal to the measured")


def keeps_to_its_places(bench: AdapterBench) -> Observation:
    """It works under a read-only root, and leaves nothing but its work in the workspace."""
    ran = bench.ordinary
    if _is_locked_out(ran):
        return _broken(f"it ended {ran.ending}; {ran.tail}")
    own = tuple(getattr(bench.adapter, "own_files", ()))
    known = {*walk(bench.start), *walk(bench.solved)}
    refused = [name for name, _ in ran.end.refused]
    extra = [n for n in (*_walked(ran), *refused) if n not in known and not matches(n, own)]
    if extra:
        return _broken(f"left in the workspace: {', '.join(sorted(extra))}")
    return _holds(f"own files: {', '.join(own)}" if own else "")


def obeys_its_limit(bench: AdapterBench) -> Observation:
    """An agent whose model never finishes is killed at the time limit."""
    if not bench.has_shell:
        return NO_SHELL
    limit = bench.times.limit_seconds
    ran = bench.run(Script(steps=(WHERE,)), Loops(), seconds=limit)
    took = f"{ran.seconds:.1f} s at a limit of {limit:g} s"
    if ran.overran:
        return _broken(f"it went on for {took}")
    if ran.error or ran.end.outcome is not Outcome.AGENT_TIMEOUT:
        return _broken(f"it ended {ran.ending} after {took}; {ran.tail}")
    return _holds(took)


def survives_a_refused_key(bench: AdapterBench) -> Observation:
    """A key that the provider refuses is no result."""
    return _fails(bench, Fails(401), bench.times.error_seconds, "auth_failed")


def survives_errors(bench: AdapterBench) -> Observation:
    """A provider that fails to the end is no result."""
    return _fails(bench, Fails(500), bench.times.error_seconds, "api_errors")


def survives_silence(bench: AdapterBench) -> Observation:
    """A model that never answers is no result."""
    return _fails(bench, Hangs(600), bench.times.limit_seconds, "no_answer")


def dies_when_killed(bench: AdapterBench) -> Observation:
    """Killed from outside, the run ends at once, without an exception."""
    ran = bench.run(Script(steps=(WHERE,)), Hangs(600), kill=True)
    if ran.error:
        return _broken(f"run() raised {ran.error}")
    if ran.overran or ran.lingered_seconds > bench.times.late_seconds:
        return _broken(f"it went on for {ran.lingered_seconds:.1f} s")
    if "the adapter raised" in ran.end.transcript.note:
        return _broken(ran.end.transcript.note)
    left = _left(ran)
    return _broken(left) if left else _holds(f"over {ran.lingered_seconds:.1f} s later")


def leaves_nothing(bench: AdapterBench) -> Observation:
    """No process and no container outlives the sandbox of an ordinary run."""
    left = _left(bench.ordinary)
    return _broken(left) if left else _holds()


def bounds_its_output(bench: AdapterBench) -> Observation:
    """A command that prints without end does not end in the transcript."""
    if not bench.has_shell:
        return NO_SHELL
    ran = bench.run(Script(steps=(WHERE, Shell(f"yes awb | head -c {PRINTED_BYTES}"))))
    kept = len(ran.end.transcript.output)
    if kept > KEPT_BYTES:
        return _broken(f"the transcript keeps {kept} bytes, more than {KEPT_BYTES}")
    if ran.error or ran.end.outcome is not bench.ordinary.end.outcome:
        return _broken(f"it ended {ran.ending}; {ran.tail}")
    return _holds(f"kept {kept} bytes")


def passes_the_instruction_on(bench: AdapterBench) -> Observation:
    """An instruction with a leading dash, quotes, newlines and unicode reaches the model."""
    ran = bench.run(Script(), instruction=AWKWARD)
    prompts = ["\n".join(_texts(one.body)) for one in ran.served]
    lines = [line.strip() for line in AWKWARD.splitlines()]
    if any(all(line in prompt for line in lines) for prompt in prompts):
        return _holds()
    lost = [line for line in lines if not any(line in prompt for prompt in prompts)]
    return _broken(
        f"of the instruction did not arrive: {lost or 'all of it at once'}; it ended {ran.ending};"
        f" {ran.tail}"
    )


def sees_its_overlay(bench: AdapterBench) -> Observation:
    """Files that a workflow lays into HOME and into the workspace are there."""
    if not bench.has_shell:
        return NO_SHELL
    read = Shell("cat ~/.overlay-note OVERLAY.md > found.txt 2>&1")
    ran = bench.run(Script(steps=(WHERE, read)), overlay=bench.overlay(OVERLAY))
    found = ran.finished / "found.txt"
    words = found.read_text("utf-8", errors="replace") if found.is_file() else "nothing"
    if words != "".join(OVERLAY.values()):
        return _broken(f"found {words!r}; it ended {ran.ending}")
    return _holds()


def _fails(
    bench: AdapterBench, misbehaviour: Misbehaviour, seconds: float, cause: str
) -> Observation:
    ran = bench.run(Script(), misbehaviour, seconds=seconds)
    took = f"{ran.seconds:.1f} s, {len(_calls(ran.requests))} requests"
    if ran.overran:
        return _broken(f"it went on for {took} at a limit of {seconds:g} s")
    if ran.error or (ran.end.outcome, ran.end.cause) != (Outcome.INFRA_ERROR, cause):
        return _broken(f"it must end infra_error: {cause}, and ended {ran.ending}; {took}")
    return _holds(took)


def _differences(bench: AdapterBench, ran: Ran) -> Iterator[str]:
    """Yield the files that are not as the script makes them; without a shell only text can be edited."""
    edits = script_for_solution(bench.start, bench.solved).edits
    names = set(walk(bench.solved)) if bench.has_shell else {edit.path for edit in edits}
    for name in names:
        place = ran.finished / name
        if not place.is_file() or digest_file(place) != digest_file(bench.solved / name):
            yield name
        elif name == EXECUTABLE and not place.stat().st_mode & 0o100:
            yield f"{name} (not executable)"
    if bench.has_shell:
        gone = set(walk(bench.start)) - names
        yield from (f"{name} (not removed)" for name in gone & set(_walked(ran)))


def _walked(ran: Ran) -> Iterable[str]:
    return walk(ran.finished) if ran.finished.is_dir() else ()


def _is_locked_out(ran: Ran) -> bool:
    """Say whether it failed, and its words are those of a write that was refused."""
    words = ran.end.transcript.output.decode(errors="replace")
    failed = ran.end.outcome is not Outcome.FINISHED
    return failed and any(one in words for one in READ_ONLY_WORDS)


def _left(ran: Ran) -> str:
    return f"left behind: {', '.join(ran.left)}" if ran.left else ""


def _calls(requests: Iterable[Mapping[str, object]]) -> list[Mapping[str, object]]:
    return [one for one in requests if one["operation"] in MODEL_CALLS]


def _texts(body: bytes) -> Iterator[str]:
    with contextlib.suppress(ValueError):
        yield from texts(json.loads(body))


def _holds(detail: str = "") -> Observation:
    return Observation(holds=True, detail=detail)


def _broken(detail: str) -> Observation:
    return Observation(holds=False, detail=detail)
