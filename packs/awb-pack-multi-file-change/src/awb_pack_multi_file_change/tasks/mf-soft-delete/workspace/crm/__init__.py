"""A small customer database."""

from .app import Crm, open_crm

__all__ = ["Crm", "open_crm"]
