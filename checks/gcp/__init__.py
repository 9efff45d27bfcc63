"""Checks of Google Cloud."""
