"""Verification: everything recomputed that can be, and what is wrong named."""
