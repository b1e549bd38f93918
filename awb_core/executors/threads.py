"""Run trials in threads of this process; the work itself happens in sandboxes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

POLL_SECONDS = 0.2
"""How often an interrupt is noticed."""


class ThreadExecutor:
    """A bounded pool of threads."""

    name = "threads"

    def run(
        self,
        jobs: Sequence[Callable[[], None]],
        *,
        workers: int,
        stopped: Callable[[], bool],
    ) -> None:
        """Start the jobs in order, at most `workers` at once."""
        waiting = list(reversed(jobs))
        failure: BaseException | None = None
        with ThreadPoolExecutor(max_workers=max(1, workers), thread_name_prefix="trial") as pool:
            running: set[Future[None]] = set()
            while running or (waiting and not stopped() and failure is None):
                while waiting and len(running) < workers and not stopped() and failure is None:
                    running.add(pool.submit(waiting.pop()))
                done, running = wait(running, POLL_SECONDS, return_when=FIRST_COMPLETED)
                failure = next((f.exception() for f in done if f.exception()), failure)
        if failure is not None:
            raise failure
