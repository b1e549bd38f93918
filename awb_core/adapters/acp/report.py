"""Read what the injected client reports of a conversation; nothing here raises on bad input."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from awb_core.adapters.agents import claims
from awb_core.adapters.agents.spec import Claims

GOOD_END = "end_turn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What became of a conversation."""

    claims: Claims
    version: str
    """What the agent says of its own version."""

    @property
    def note(self) -> str:
        """Say why it came to no good end; empty if it came to one."""
        if self.claims.error:
            return self.claims.error
        reason = self.claims.reason
        return "" if reason in {"", GOOD_END} else f"the agent stopped: {reason}"


def read_report(stdout: bytes) -> Report:
    """Read the client's lines."""
    stream = claims.events(stdout)
    start, end = stream.last("start"), stream.last("end")
    usage = claims.group(end, "usage") or claims.group(end, "message_usage")
    quota = claims.group(end, "meta", "quota")
    counts = _tokens(usage) if usage else _quota_tokens(quota)
    junk = claims.count(end, "junk_lines") or 0
    problems = [f"{junk} lines of the agent were no messages"] if junk else []
    return Report(
        claims=replace(
            counts,
            cost_usd=_cost(claims.group(end, "usage_update", "cost")),
            tool_calls=claims.count(end, "tool_calls"),
            reason=claims.words(end, "stop_reason"),
            error=claims.words(end, "error"),
            models=claims.names(
                claims.words(row, "model") for row in claims.rows(quota, "model_usage")
            ),
            problems=(*problems, *stream.problems(end=not end)),
        ),
        version=claims.words(start, "agent", "version"),
    )


def _tokens(usage: Mapping[str, Any]) -> Claims:
    """Return the tokens of the protocol's own `usage`, ours including what was cached and what was thought.

    The protocol leaves open whether its parts overlap; the total tells.
    """
    fresh, said = claims.count(usage, "inputTokens"), claims.count(usage, "outputTokens")
    read, written = (claims.count(usage, f"cached{kind}Tokens") for kind in ("Read", "Write"))
    thought, total = claims.count(usage, "thoughtTokens"), claims.count(usage, "totalTokens")
    apart = total is not None and total >= sum(filter(None, (fresh, said, read, written, thought)))
    return Claims(
        input_tokens=claims.total((fresh, read, written)) if apart else fresh,
        cached_tokens=read,
        cache_write_tokens=written,
        output_tokens=claims.total((said, thought)) if apart else said,
        reasoning_tokens=thought,
    )


def _quota_tokens(quota: Mapping[str, Any]) -> Claims:
    """Return the tokens that Gemini CLI reports beside the protocol."""
    return Claims(
        input_tokens=claims.count(quota, "token_count", "input_tokens"),
        output_tokens=claims.count(quota, "token_count", "output_tokens"),
    )


def _cost(cost: Mapping[str, Any]) -> float | None:
    return claims.amount(cost, "amount") if cost.get("currency") == "USD" else None
