"""What a pattern for secrets is made of."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

QUOTED = rb"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\n]|'')*'"
"""A value in quotes, as JSON, shells and YAML write it."""

ESCAPED = rb"\\\"(?:[^\"\\\n]|\\\\(?:\\[\"\\]|[^\"\n]))*\\\""
"""A value in quotes within quotes: JSON in JSON."""

WORD = rb"(?:" + ESCAPED + rb"|" + QUOTED + rb"|[^\s'\"]+)"
"""A value that ends with the next blank, unless it is in quotes."""

_SHORT = {b"{b}": rb"[ \t]{1,9}", b"{o}": rb"[ \t]{0,9}", b"{s}": rb"\s{0,9}", b"{q}": QUOTED, b"{w}": WORD}
"""How expressions abbreviate: blanks, perhaps blanks, perhaps space, a value in quotes, a word or a value in quotes."""


LONG = 15
"""Characters of a word from which on it is a long one: most tokens are, and most words are not."""


Hint = Callable[["Text"], bool]
"""Whether a text may hold what a pattern is looking for."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way in which a secret shows. `expression` has a group `secret`; the rest of the match stays as it is.

    Nothing matches unless one of `needles`, in small letters, is there, one of `also` if there are any, and unless the
    much cheaper `hint` says of the text that something may: looking first is what makes masking fast. A `long` pattern
    matches within one word of `LONG` characters or more. Every run of characters in an expression is anchored or
    bounded, so that hostile input costs linear time. A pattern with a group `name` is judged by it: it gives the kind,
    and some names only speak about a secret.
    """

    kind: str
    needles: tuple[bytes, ...]
    expression: re.Pattern[bytes]
    named: bool = False
    also: tuple[bytes, ...] = ()
    hint: Hint | None = None
    long: bool = False


def pattern(
    kind: str,
    needles: str,
    expression: bytes,
    flags: int = re.IGNORECASE,
    *,
    also: str = "",
    hint: Hint | None = None,
    long: bool = False,
) -> Pattern:
    """A pattern. A bar stands between `needles`, and between what must be there `also`; `expression` abbreviates as
    `_SHORT` says."""
    compiled = re.compile(_long(expression), flags)
    if hint is None and flags & re.MULTILINE and expression.startswith(b"^"):
        hint = begins_line(expression.removeprefix(b"^"))
    return Pattern(kind, _fewest(needles), compiled, "name" in compiled.groupindex, _fewest(also), hint, long)


def _fewest(needles: str) -> tuple[bytes, ...]:
    """Words with a bar between them, without those that hold another."""
    words = [word.encode() for word in needles.split("|") if needles]
    return tuple(word for word in words if not any(other in word for other in words if other != word))


def finds(expression: bytes) -> Hint:
    """A hint that looks for a simple expression."""
    compiled = re.compile(_long(expression))
    return lambda text: compiled.search(text.small) is not None


def finds_word(expression: bytes) -> Hint:
    """The same for an expression that matches within a word, and perhaps tells its end by a blank."""
    compiled = re.compile(_long(expression))
    return lambda text: compiled.search(text.words) is not None


def finds_long_word(expression: bytes) -> Hint:
    """The same for an expression that matches within long words alone."""
    compiled = re.compile(expression)
    return lambda text: compiled.search(text.long_words) is not None


def begins_line(expression: bytes) -> Hint:
    """A hint that tries at line breaks, which are found much faster than beginnings of lines."""
    compiled = re.compile(rb"\n" + _long(expression), re.IGNORECASE | re.MULTILINE)
    return lambda text: compiled.search(text.lines) is not None


def follows(words: str, expression: bytes, *, long: bool = False) -> Hint:
    """A hint that looks for words, with a bar between them, and for what stands behind each, perhaps within long words
    alone. Its runs are bounded."""
    compiled = re.compile(_long(expression))

    def may_match(text: Text) -> bool:
        small = text.long_words if long else text.small
        for word in words.encode().split(b"|"):
            at = small.find(word)
            while at >= 0:
                if compiled.match(small, at + len(word)):
                    return True
                at = small.find(word, at + 1)
        return False

    return may_match


def _long(expression: bytes) -> bytes:
    for short, long in _SHORT.items():
        expression = expression.replace(short, long)
    return expression


class Text:
    """A text as patterns look at it first: in small letters, and each of its different words once."""

    def __init__(self, text: bytes) -> None:
        self.small = text.lower()
        self.lines = b"\n" + self.small
        words = set(self.small.split())
        self.words = b" ".join(words)
        self.long_words = b" ".join(word for word in words if len(word) >= LONG)


class Index:
    """Patterns by what must be there for them, so that each word is looked for once however many need it."""

    def __init__(self, *patterns: Pattern) -> None:
        self._patterns = patterns
        self._always = frozenset(number for number, each in enumerate(patterns) if not each.needles)
        self._of_needle: dict[bytes, list[int]] = {}
        self._of_long_needle: dict[bytes, list[int]] = {}
        for number, each in enumerate(patterns):
            for needle in each.needles:
                of_needle = self._of_long_needle if each.long else self._of_needle
                of_needle.setdefault(needle, []).append(number)
        words = {*self._of_needle, *(word for each in patterns for word in each.also)}
        self._with_blank = tuple(sorted(word for word in words if word.split() != [word]))
        self._by_word_within = _by_word_within(sorted(words.difference(self._with_blank), key=lambda w: (len(w), w)))

    def worth_trying(self, text: Text) -> list[Pattern]:
        """The patterns that may match, in the order they were given in."""
        there = self._there(text)
        numbers = self._always.union(
            *(self._of_needle.get(word, ()) for word in there),
            *(numbers for word, numbers in self._of_long_needle.items() if word in text.long_words),
        )
        said: dict[Hint | None, bool] = {None: True}
        found = []
        for each in (self._patterns[number] for number in sorted(numbers)):
            if not each.also or not there.isdisjoint(each.also):
                if each.hint and each.hint not in said:
                    said[each.hint] = each.hint(text)
                if said[each.hint]:
                    found.append(each)
        return found

    def _there(self, text: Text) -> set[bytes]:
        """The words that are in a text. One that holds another is only looked for where that one is: `chpasswd` where
        there is `pass`."""
        there = {word for word in self._with_blank if word in text.small}
        for within, words in self._by_word_within.items():
            if not within or within in there:
                there.update(word for word in words if word in text.words)
        return there


def _by_word_within(words: Sequence[bytes]) -> dict[bytes, list[bytes]]:
    """Words, the shortest first, by the first of them that they hold; those that hold none stand under nothing."""
    holding: dict[bytes, list[bytes]] = {b"": []}
    for number, word in enumerate(words):
        within = next((other for other in words[:number] if other in word), b"")
        holding.setdefault(within, []).append(word)
    return holding


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
