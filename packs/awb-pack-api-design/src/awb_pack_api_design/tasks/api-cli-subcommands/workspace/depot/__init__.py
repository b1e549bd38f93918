"""Parts of a small workshop: what there is, where it lies, what it is worth."""

__version__ = "1.8.0"
