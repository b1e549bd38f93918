"""Write new packs, dimensions, tasks, adapters and oracles that are green at once."""
