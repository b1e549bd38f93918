"""Make a workflow with its identity: a digest over everything that decides what it does."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version

from awb_core.errors import UsageError
from awb_core.model import Workflow, digest_of


def make_workflow(
    adapter: str, argument: str = "", *, content: str = "", name: str = ""
) -> Workflow:
    """Return the workflow of a built-in adapter; its own version is part of the identity."""
    spec = f"{adapter}:{argument}" if argument else adapter
    return Workflow(
        name=name or spec,
        adapter=adapter,
        argument=argument,
        identity=digest_of(
            {
                "adapter": adapter,
                "argument": "" if content else argument,
                "content": content,
                "core": _core_version(),
            }
        ),
        factors={"harness": adapter, "model": "none"},
    )


@cache
def _core_version() -> str:
    try:
        return version("awb-core")
    except PackageNotFoundError:
        return "unknown"


def no_argument(adapter: str, argument: str) -> None:
    """Refuse an argument where there is none.

    Raises:
        UsageError: there is one.
    """
    if argument:
        message = f"the adapter {adapter!r} takes no argument, got {argument!r}"
        raise UsageError(message)
