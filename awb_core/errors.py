"""Errors a user can fix.

AwbError
  - ManifestError        a pack, task or workflow file is wrong (exit code 2)
  - UsageError           the command line asks for something that does not exist (exit code 2)
  - SandboxUnavailable   the chosen sandbox cannot be used here (exit code 3)
  - EnvironmentFailed    an environment could not be built (the trial is invalid)
  - WorkspaceFailed      a starting workspace could not be made (the trial is invalid)
  - SandboxFailed        our sandbox failed during a trial (the trial is invalid)
  - StoreError           a record could not be written or read
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class AwbError(Exception):
    """An error with a message for the user: what is wrong, where, and what to do."""

    exit_code = 1


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Problem:
    """One thing that is wrong in a file."""

    file: str
    path: str
    """Where in the file, as a JSON path such as `$.limits.cpus`."""
    message: str
    """What is wrong and, where it is known, how to mend it."""

    def __str__(self) -> str:
        return f"{self.file}: {self.path}: {self.message}"


class ManifestError(AwbError):
    """One or more files of a pack, task or workflow are wrong."""

    exit_code = 2

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class UsageError(AwbError):
    """The command line names something that does not exist or does not fit."""

    exit_code = 2


class SandboxUnavailable(AwbError):
    """The chosen sandbox cannot be used on this machine."""

    exit_code = 3


class EnvironmentFailed(AwbError):
    """An environment could not be built."""


class WorkspaceFailed(AwbError):
    """A starting workspace could not be made."""


class SandboxFailed(AwbError):
    """A sandbox failed through no fault of the workflow."""


class StoreError(AwbError):
    """A record could not be written or read."""
