"""Measures after clause 9.1: how the estate, its controls and what people owe came along over a period."""
