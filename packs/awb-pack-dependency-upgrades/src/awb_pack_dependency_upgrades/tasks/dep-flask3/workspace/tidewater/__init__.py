"""Tidewater: the booking desk of a boat hire in a small harbour."""

from .app import create_app

__all__ = ["create_app"]
