"""Quire: a small wiki for teams, on the standard library alone."""

__version__ = "2.3.0"
