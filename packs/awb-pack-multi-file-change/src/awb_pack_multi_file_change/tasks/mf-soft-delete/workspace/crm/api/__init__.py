"""Requests in, responses out; no sockets."""

from .handler import handle

__all__ = ["handle"]
