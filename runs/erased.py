"""Doing again what told of people who were erased since: they are called otherwise now, and nothing else is different.

A name that sorts elsewhere puts a sentence or a list in another order, and where a sentence of ours had a word that is
also somebody's login, that word was erased with them. Beyond that nobody can tell what the same code would have come to
with the names it once saw.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from evidence_store.people.keyring import ERASED, HIDDEN, PSEUDONYM_DIGITS

_PSEUDONYM = re.compile(rf"(?:{ERASED}|{HIDDEN})[0-9a-f]{{{PSEUDONYM_DIGITS}}}")
_WORDS = re.compile(rf"{_PSEUDONYM.pattern}|\w+|\S")

Erased = frozenset[str]
"""What people are called whose names are missing: erased, or withheld from whoever reads a bundle."""


def mention(texts: Iterable[str], erased: Erased) -> bool:
    """Whether some of these texts speak of somebody who was erased."""
    return bool(erased) and any(name in erased for text in texts for name in _PSEUDONYM.findall(text))


def same_but_for_names(sealed: str, now: str, erased: Erased) -> bool:
    """Whether two texts have the same words, in any order, but where the sealed one has somebody who was erased."""
    before, after = Counter(_WORDS.findall(sealed)), Counter(_WORDS.findall(now))
    gone = before - after
    return mention((sealed,), erased) and gone.keys() <= erased and gone.total() == (after - before).total()
