"""Render a matrix."""

REPORTERS = ()
