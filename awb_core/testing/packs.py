"""Tests every pack must pass; they need no sandbox and run in a second."""

from __future__ import annotations

from awb_core.manifest import rungs_of
from awb_core.model import Pack, Task
from awb_core.registry import Registry, discover
from awb_core.tree import walk


class PackTests:
    """Inherit from it in the pack's own tests and name the distribution.

    The proof that the tasks measure what they say is `awb check`, which needs a sandbox.
    """

    distribution: str
    """The installed distribution, for example `awb-pack-security`."""

    def registry(self) -> Registry:
        """Return what is installed."""
        return discover()

    def pack(self) -> Pack:
        """Return the pack under test."""
        found = [p for p in self.registry().packs if p.distribution == self.distribution]
        assert found, f"{self.distribution} is not installed, or cannot be read: {self.problems()}"
        return found[0]

    def tasks(self) -> tuple[Task, ...]:
        """Return the pack's tasks."""
        return self.pack().tasks

    def problems(self) -> list[str]:
        """Return what is wrong with the pack."""
        return [b.reason for b in self.registry().broken if self.distribution in b.distribution]

    def test_nothing_is_broken(self) -> None:
        """Every manifest of the pack can be read."""
        assert self.problems() == []

    def test_it_has_tasks(self) -> None:
        """A pack without tasks measures nothing."""
        assert self.tasks()

    def test_dimensions_are_known(self) -> None:
        """Each task's dimension is registered."""
        unknown = {task.dimension for task in self.tasks()} - set(self.registry().dimensions)
        assert not unknown

    def test_ladder_is_complete(self) -> None:
        """Each task ships a partial, a minimal and a canonical solution."""
        for task in self.tasks():
            assert {"partial", "minimal", "canonical"} <= set(rungs_of(task.root)), task.id

    def test_hidden_scripts_carry_the_canary(self) -> None:
        """A leaked copy of hidden Python can be found by the task's canary."""
        for task in self.tasks():
            for name in walk(task.tests):
                if name.endswith(".py"):
                    text = (task.tests / name).read_text("utf-8")
                    assert task.canary in text, f"{task.id}: tests/{name}"

    def test_instruction_says_enough(self) -> None:
        """An instruction is more than a title."""
        for task in self.tasks():
            assert len(task.instruction.split()) >= 80, task.id
