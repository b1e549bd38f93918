"""Sphinx configuration."""

project = "awb"
extensions = ["myst_parser"]
html_theme = "furo"
exclude_patterns = ["examples", "_build"]
myst_heading_anchors = 3
suppress_warnings = ["myst.header"]
