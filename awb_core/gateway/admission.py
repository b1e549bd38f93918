"""Decide whether a request is forwarded."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from awb_core.gateway.config import Configuration, Upstream
from awb_core.gateway.ledger import Ledger
from awb_core.gateway.policy import Policy, read_policy, token_of
from awb_core.gateway.pricing import PriceList
from awb_core.gateway.protocols import METERED, Target, operation_of, sent_tokens
from awb_core.gateway.records import Attempt


class Denied(Exception):
    """A request is refused; `reason` goes into its record."""

    def __init__(self, status: int, reason: str, message: str) -> None:
        self.status, self.reason, self.message = status, reason, message
        super().__init__(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """Knows who may ask what, and what is left to spend."""

    configuration: Configuration
    ledger: Ledger
    prices: PriceList
    policies: Path

    @property
    def upstreams(self) -> Mapping[str, Upstream]:
        """Upstreams by name."""
        return {upstream.name: upstream for upstream in self.configuration.upstreams}

    def check_head(
        self, attempt: Attempt, target: Target, headers: tuple[tuple[str, str], ...]
    ) -> tuple[Policy, Upstream]:
        """Check all that can be known without the body, and note it in the record.

        Raises:
            Denied: the request is refused.
        """
        names = {name.lower(): value for name, value in headers}
        policy = read_policy(self.policies, target.trial)
        if policy is None:
            raise Denied(403, "trial", "no such trial")
        tokens = sent_tokens(headers, target.query)
        expected = token_of(self.configuration.secret, target.trial)
        if not any(hmac.compare_digest(token.encode(), expected.encode()) for token in tokens):
            raise Denied(403, "token", "this key is not the trial's")
        attempt.trial, attempt.workflow = target.trial, policy.workflow
        if policy.closed:
            raise Denied(403, "closed", "the trial is over")
        if "upgrade" in names:
            raise Denied(426, "upgrade", "web sockets are not served; use HTTP requests")
        upstream = self.upstreams.get(target.upstream)
        if upstream is None:
            raise Denied(404, "upstream", f"no upstream {target.upstream!r}")
        attempt.protocol = upstream.protocol
        attempt.operation = operation_of(upstream.protocol, attempt.method, target.rest)
        if not attempt.operation:
            raise Denied(404, "path", "this path is not served")
        if (
            upstream.key_variable
            and upstream.name not in self.configuration.keys
            and not self.configuration.replay
        ):
            raise Denied(400, "key", f"the gateway has no key: {upstream.key_variable} is not set")
        return policy, upstream

    def check_body(self, attempt: Attempt, policy: Policy) -> None:
        """Check what the body asks for against the policy.

        Raises:
            Denied: the request is refused.
        """
        model = attempt.model_requested
        if policy.models and attempt.operation in METERED and model not in policy.models:
            raise Denied(403, "model", f"the model {model!r} is not the workflow's")
        if attempt.operation not in METERED:
            return
        priced = self.prices.has(attempt.upstream, model)
        if self.configuration.settings.refuse_unpriced and not priced:
            raise Denied(403, "price", f"the model {model!r} has no known price")

    async def check_budgets(self, attempt: Attempt, policy: Policy) -> None:
        """Check that something is left to spend; while requests in flight may spend it, wait for them.

        So the requests of one trial, and trials beside each other, go beyond a budget by what the
        last request costs, not by what all of them cost that were sent before it was known to be spent.

        Raises:
            Denied: the request is refused.
        """
        if attempt.operation not in METERED:
            return
        budgets = policy.budgets(self.configuration.budget_usd)
        while True:
            spent = self.ledger.spent(attempt.trial, policy.workflow)
            taken = self.ledger.in_flight(attempt.trial, policy.workflow)
            for name, budget in budgets.items():
                if spent[name] >= budget:
                    attempt.budget = name
                    # These words stop the agents at once; others are taken for a failure that may pass.
                    raise Denied(400, "budget", "trial budget exhausted")
            if all(spent[name] + taken[name] < budget for name, budget in budgets.items()):
                return
            await self.ledger.next_end()
