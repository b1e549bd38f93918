"""The adapter `rules`: writes what it knows, and asks nobody."""

from __future__ import annotations

from importlib.metadata import version

from awb_core.errors import UsageError
from awb_core.model import Outcome, Workflow, digest_of
from awb_core.protocols import AgentSession, Command, Transcript

STRICT = '''"""Where an upload is stored."""

import re

REFUSED = re.compile(r"[:\\x00-\\x1f\\x7f]|^/|(^|/)\\.\\.(/|$)|[. ](/|$)|(^|/)(con|nul|aux|prn)(\\.|/|$)", re.I)


def clean_path(name):
    """Return the path below the upload folder for the name that a client sent."""
    name = name.replace("\\\\", "/")
    kept = "/".join(part for part in name.split("/") if part not in ("", "."))
    long = any(len(part.encode()) > 255 for part in kept.split("/"))
    if not kept or long or name.startswith("/") or REFUSED.search(kept):
        raise ValueError(name)
    return kept
'''
KNOWN = {"none": "", "strict": STRICT}


class RulesAdapter:
    """Writes `paths.py` as one of its rules has it."""

    name = "rules"
    summary = "writes what it knows; needs no model"
    privileged = False

    def workflow(self, argument: str) -> Workflow:
        """Return the workflow of a rule; what the rule writes is part of its identity.

        Raises:
            UsageError: there is no such rule.
        """
        if argument not in KNOWN:
            raise UsageError(f"the adapter 'rules' knows {', '.join(KNOWN)}, not {argument!r}")
        parts = {"adapter": self.name, "rule": argument, "writes": KNOWN[argument]}
        return Workflow(
            name=f"{self.name}:{argument}",
            adapter=self.name,
            argument=argument,
            identity=digest_of({**parts, "version": version("awb-adapter-fixture")}),
            factors={"harness": self.name, "model": "none"},
        )

    def run(self, session: AgentSession) -> Transcript:
        """Write the file."""
        text = KNOWN[session.workflow.argument]
        if not text:
            return Transcript(note="nothing was to be done")
        result = session.sandbox.run(
            Command(
                argv=["sh", "-c", "cat > paths.py"],
                stdin=text.encode(),
                seconds=session.brief.limits.agent_seconds,
            )
        )
        return Transcript(
            outcome=Outcome.AGENT_ERROR if result.exit_code else Outcome.FINISHED,
            exit_code=result.exit_code,
            output=result.stdout + result.stderr,
            version=version("awb-adapter-fixture"),
        )
