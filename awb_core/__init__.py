"""AI Workflow Benchmark: scores a coding workflow on real tasks.

The names exported here, `awb_core.testing`, the hooks, the schemas and the command line are public; everything else
may change.
"""

from pluggy import HookimplMarker

from awb_core.errors import AwbError

__all__ = ["AwbError", "hookimpl"]

hookimpl = HookimplMarker("awb")
"""Marks a function of a plugin module as an implementation of a hook in `awb_core.hookspecs`."""
