"""The words and the small engine everything else is written in. Imports nothing of ours, touches nothing."""

__version__ = "0.1.0"
