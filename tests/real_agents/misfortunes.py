"""Run a real agent through several misfortunes side by side: most of their time is waiting."""

import time
from concurrent.futures import ThreadPoolExecutor

from awb_core.engine.agent_phase import AgentEnd, run_agent
from awb_core.testing import Script
from awb_core.testing.adapter_bench import SERVER_TRIAL, AdapterBench
from awb_core.testing.watched import WatchedProvider

SIDE_BY_SIDE = 4
PATIENCE_SECONDS = 3
"""How long an agent may go on after its first request; then it is killed if it has not ended by itself."""
TURNS_SECONDS = 5
"""How long a conversation without an end may go on once the agent has started, until its time limit."""
LONGEST_SECONDS = 120


class MisfortuneBench(AdapterBench):
    """A bench with one gateway and one model for several runs at once; their instructions tell them apart."""

    def all(self, misfortunes, endless):
        """Let all happen and return how each ended, by name.

        The endless one comes last: how long the others took to start is how much its time limit must leave for that.
        """
        self.starts = []
        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            ends = dict(pool.map(lambda item: (item[0], self._one(*item)), misfortunes.items()))
        return ends | {"loop": self._one("loop", endless, max(self.starts) + TURNS_SECONDS)}

    def _one(self, name, what, limit_seconds=None):
        instruction = f"{name}: mend the greeting."
        self._server.script(SERVER_TRIAL, Script(), what, when=instruction)
        seconds = limit_seconds or LONGEST_SECONDS
        began, asked = time.monotonic(), []

        def is_due():
            if not asked and self._gateway.requests(name):
                asked.append(time.monotonic())
                self.starts.append(asked[0] - began)
            waited = time.monotonic() - asked[0] if asked else 0
            return limit_seconds is None and waited > PATIENCE_SECONDS

        provider = WatchedProvider(self._provider, seconds=seconds + 30, is_due=is_due)
        trial, task, end = self._trial(name, None), self._task(instruction, seconds), AgentEnd()
        run_agent(trial, task, self._services(provider), self._root / name, end, name)
        return end
