# {{ cookiecutter.canary }}
"""A tidy new name, and nobody who calls the old one was asked."""

from awb_edit import replace

replace("invoice.py", "def shipping(", "def shipping_costs(")
