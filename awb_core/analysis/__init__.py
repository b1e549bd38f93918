"""Numbers over many trials; the only place that loads numpy and scipy."""
