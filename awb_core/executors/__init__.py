"""How trials run side by side."""

from awb_core.executors.threads import ThreadExecutor

__all__ = ["ThreadExecutor"]
