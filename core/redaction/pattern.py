"""What a pattern for secrets is made of."""

from __future__ import annotations

import re
from dataclasses import dataclass

QUOTED = rb"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\n]|'')*'"
"""A value in quotes, as JSON, shells and YAML write it."""

ESCAPED = rb"\\\"(?:[^\"\\\n]|\\\\(?:\\[\"\\]|[^\"\n]))*\\\""
"""A value in quotes within quotes: JSON in JSON."""

WORD = rb"(?:" + ESCAPED + rb"|" + QUOTED + rb"|[^\s'\"]+)"
"""A value that ends with the next blank, unless it is in quotes."""

_SHORT = {b"{b}": rb"[ \t]{1,9}", b"{o}": rb"[ \t]{0,9}", b"{s}": rb"\s{0,9}", b"{q}": QUOTED, b"{w}": WORD}
"""How expressions abbreviate: blanks, perhaps blanks, perhaps space, a value in quotes, a word or a value in quotes."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way in which a secret shows. `expression` has a group `secret`; the rest of the match stays as it is.

    Nothing matches unless one of `needles`, in small letters, is there: looking for them first is what makes masking
    fast. Every run of characters in an expression is anchored or bounded, so that hostile input costs linear time. A
    pattern with a group `name` is judged by it: it gives the kind, and some names only speak about a secret.
    """

    kind: str
    needles: tuple[bytes, ...]
    expression: re.Pattern[bytes]
    named: bool = False


def pattern(kind: str, needles: str, expression: bytes, flags: int = re.IGNORECASE) -> Pattern:
    """A pattern. A bar stands between `needles`; `expression` abbreviates as `_SHORT` says."""
    for short, long in _SHORT.items():
        expression = expression.replace(short, long)
    compiled = re.compile(expression, flags)
    return Pattern(kind, tuple(needles.encode().split(b"|")), compiled, "name" in compiled.groupindex)


def unquoted(secret: bytes, before: bytes) -> tuple[bytes, bytes, bytes]:
    """A value without the quotes around it, and what must stand before and after its mark.

    A number behind a name in JSON gets quotes, else it would be no JSON any more.
    """
    for quote in (b'\\"', b'"', b"'"):
        if len(secret) >= 2 * len(quote) and secret.startswith(quote) and secret.endswith(quote):
            return quote, secret[len(quote) : -len(quote)], quote
    if named := re.search(rb"(\\?\")\s{0,9}:\s{0,9}\Z", before[-40:]):
        return named[1], secret, named[1]
    return b"", secret, b""
