"""Checks of Azure."""
