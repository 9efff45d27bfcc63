"""Text that no program for spreadsheets takes for a formula, and back."""

from __future__ import annotations

import re

FORMULA = re.compile("^[=+\\-@\t\r\n|%'\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH HYPHEN-MINUS}"
                     "\N{FULLWIDTH COMMERCIAL AT}]")  # fmt: skip
"""How text begins that some program for spreadsheets takes for a formula, and the apostrophe that we put before it."""


def harmless(text: str) -> str:
    """Text that nothing runs: an apostrophe stands before what could be a formula, and before one that was there."""
    return f"'{text}" if FORMULA.match(text) else text


def as_before(text: str) -> str:
    """What `harmless` was given. Text with an apostrophe before what is no formula is not ours, and stays."""
    return text[1:] if text[:1] == "'" and FORMULA.match(text[1:]) else text
