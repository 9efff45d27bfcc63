"""People: whatever names one is a token under a key of theirs, which can be destroyed."""
