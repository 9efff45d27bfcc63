"""Whether bytes name somebody: a short name also comes up by chance within a hash, a token or a packed file."""

from __future__ import annotations

import re

SHORT = 5


def names(name: bytes, data: bytes) -> bool:
    """Whether a name stands in data; a short one as a word, and not within a run of Base64 characters."""
    if len(name) > SHORT:
        return name in data
    return re.search(rb"(?<![\w+/=-])" + re.escape(name) + rb"(?![\w+/=-])", data, re.ASCII) is not None
