"""The gate of admission: what a task must prove before its score means anything."""
