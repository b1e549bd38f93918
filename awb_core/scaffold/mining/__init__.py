"""Mine a task from two commits of a repository: the state before a fix, and the tests that the fix brought."""
