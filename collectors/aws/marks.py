"""What was masked in a text that people wrote: a check about secrets judges that, and never the secret."""

from __future__ import annotations

import re

_MARK = re.compile(r"\[redacted: ([^,\]]+)[^\]]*\]")


def kinds_of_secrets(text: str) -> tuple[str, ...]:
    """The kinds of all that was masked in a text, each once."""
    return tuple(sorted(set(_MARK.findall(text))))
