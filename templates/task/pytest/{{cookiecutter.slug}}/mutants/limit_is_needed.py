# {{ cookiecutter.canary }}
"""Whoever made a cache without a limit breaks."""

from awb_edit import replace

replace("cache.py", "limit=None, dropped", "limit, dropped")
