"""Run a real agent, as a user would, against a scripted model server."""

import json
import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from tests_support import AWB

from awb_core.sandbox.workspace import solved_workspace, starting_workspace
from awb_core.testing import ModelServer, script_for_solution

PROVIDERS = {
    "openai": "OPENAI_API_KEY",
    "anthropic": "ANTHROPIC_API_KEY",
    "gemini": "GEMINI_API_KEY",
}
KEY = "key-of-the-provider-0123456789"


@dataclass
class Bench:
    """A workflow file whose providers are the server, and `awb run` on it."""

    root: Path
    server: ModelServer
    site: str = ""
    trials: list = field(default_factory=list)

    def script(self, task, rung, *misbehaviours):
        """Let the model deliver a rung of a task's ladder."""
        start, solved = starting_workspace(task), solved_workspace(task, rung)
        self.server.script("", script_for_solution(start, solved), *misbehaviours)

    def run(self, agent, task, *arguments, sandbox="docker", limits="", settings="", top=""):
        adapter, _, model = agent.partition(":")
        upstreams = "".join(
            f'[upstreams.{name}]\nbase_url = "{self.server.url}/{name}"\n' for name in PROVIDERS
        )
        file = self.root / "workflow.toml"
        named = f'model = "{model}"\n' if model else ""
        head = f'schema = 1\nname = "tested"\nadapter = "{adapter}"\n{named}{top}'
        file.write_text(f"{head}[settings]\n{settings}\n[limits]\n{limits}\n{upstreams}")
        out = self.root / f"run-{len(self.trials)}"
        options = ["--json", "--out", out, *arguments]
        done = subprocess.run(
            [*AWB, "run", "-w", file, "--task", task, "--sandbox", sandbox, *options],
            capture_output=True,
            text=True,
            env={**os.environ, **dict.fromkeys(PROVIDERS.values(), KEY), "PYTHONPATH": self.site},
            check=False,
        )
        assert done.stdout, done.stderr
        (trial,) = json.loads(done.stdout)["trials"]
        trial["folder"] = out
        self.trials.append(trial)
        return trial
