"""The gateway between agents and model providers: it holds the keys, counts, prices, bounds, records and replays."""
