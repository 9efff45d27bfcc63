"""Checks about hosts, one file per subject."""
