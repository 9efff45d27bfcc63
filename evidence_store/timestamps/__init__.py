"""Trusted time: what RFC 3161 authorities say of checkpoints."""
