"""Compare over time: what changed, what grew too old, and who is told."""
