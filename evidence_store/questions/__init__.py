"""Questions: what stands, what stood, and for how long, in the words of `states.py`."""
