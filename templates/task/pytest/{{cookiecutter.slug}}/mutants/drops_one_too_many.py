# {{ cookiecutter.canary }}
"""The cache shrinks one entry below its limit."""

from awb_edit import replace

replace("cache.py", "len(self._values) > self._limit", "len(self._values) >= self._limit")
