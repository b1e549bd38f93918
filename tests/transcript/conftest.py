"""The gateway in front of a scripted model server, as its own tests use it."""

from gateway.conftest import open_gateway, server

__all__ = ["open_gateway", "server"]
