"""Relate: which control objectives speak to which controls of a standard, how much, and why. See docs/mappings.md."""
