"""The `attack` adapter: tries to be scored without doing the work."""

from __future__ import annotations

from collections.abc import Mapping

from awb_core.adapters.identity import make_workflow
from awb_core.errors import UsageError
from awb_core.model import Outcome, Workflow
from awb_core.protocols import AgentSession, Attack, Transcript
from awb_core.validation import did_you_mean


class AttackAdapter:
    """Drives the attack that its argument names; every task must defeat every attack."""

    name = "attack"
    summary = "tries to be scored without the work: attack:NAME, see `awb attacks`"
    privileged = True

    def __init__(self, attacks: Mapping[str, Attack]) -> None:
        """Know the installed attacks."""
        self._attacks = attacks

    def workflow(self, argument: str) -> Workflow:
        """Return the workflow that tries an attack.

        Raises:
            UsageError: there is no such attack.
        """
        if argument not in self._attacks:
            near = did_you_mean(argument, self._attacks)
            raise UsageError(f"unknown attack {argument!r}{near}; see `awb attacks`")
        return make_workflow(self.name, argument)

    def run(self, session: AgentSession) -> Transcript:
        """Let the attack leave what is to fool the judge."""
        attack = self._attacks[session.workflow.argument]
        if session.task is None or not attack.applies(session.task):
            note = f"the attack {attack.name} does not apply to {session.brief.task}"
            return Transcript(outcome=Outcome.INFRA_ERROR, note=note)
        return attack.run(session)
