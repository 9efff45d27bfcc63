"""Copies: backups, which are stores themselves, and the way back."""
