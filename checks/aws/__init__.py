"""Checks about AWS, one file per service."""
