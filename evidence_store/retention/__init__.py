"""Keeping and throwing away: policy, tombstones, legal holds, and what the store takes."""
