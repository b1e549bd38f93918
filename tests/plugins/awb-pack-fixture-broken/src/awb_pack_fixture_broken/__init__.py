"""A plugin that raises when it is imported."""

raise RuntimeError("this pack is broken on purpose")
