"""Keys: the one that signs the log and those before it, and secrets that lie beside it."""
