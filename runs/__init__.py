"""What the agent does: joins collectors, checks, mappings and the store."""
