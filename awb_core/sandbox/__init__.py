"""Environments, starting workspaces and isolated places to run in."""
