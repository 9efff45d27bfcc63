"""Redaction: masks what can be a secret before anybody parses, hashes or stores it.

It happens first, so that a live run and a replay of what was kept see the same bytes, and a check about a secret
judges the mark, never the secret. Masking what is masked already changes nothing.

Secrets are known by their own shape (`shapes.py`), by what names them (`names.py`), by the file or command they stand
in (`places.py`, `commands.py`), or by what comes out when they are decoded (`encoded.py`). Too much masked costs a
check its answer; too little costs somebody a password: where both cannot be had, it is masked.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

from core.redaction.clean import CleanTexts
from core.redaction.commands import COMMANDS
from core.redaction.encoded import ENCODED, holds_secret
from core.redaction.marks import is_mark, key_name, mark, marking_key, marking_with
from core.redaction.names import NAMED, is_harmless, kind_named
from core.redaction.pattern import Index, Pattern, Text, unquoted
from core.redaction.places import PLACED
from core.redaction.shapes import BLOCKS, SHAPED

__all__ = ["CLEAN", "key_name", "marking_with", "redact", "redact_message", "redact_text", "redact_written"]

# Whole blocks before the lines inside them, and the sure signs before the names that only hint.
_PLAIN = Index(*BLOCKS, *PLACED, *COMMANDS, *SHAPED, *NAMED)
_ENCODED = Index(*ENCODED)
CLEAN = CleanTexts()
"""What `redact` need not look through again."""
_VALUE = re.compile(rb"[\"'|>]|(?=\S*\d)(?=\S*[A-Za-z])\S{7}")
"""How a value begins that a person wrote after its name, and no sentence does: quoted, or with letters and digits."""
IsSaid = Callable[[re.Match[bytes]], bool]
DEPTH = 2
"""How often something encoded is looked into: a file in a manifest, and what is encoded in the file."""


def _never(_: re.Match[bytes]) -> bool:
    return False


def _is_said(match: re.Match[bytes]) -> bool:
    """Whether a name and a colon only begin what is said about it."""
    return match.string[match.end("name") : match.start("secret")].startswith(b": ")


def _is_sentence(match: re.Match[bytes]) -> bool:
    between = match.string[match.end("name") : match.start("secret")]
    return between == b": " and not _VALUE.match(match["secret"])


def redact(data: bytes) -> tuple[bytes, dict[str, int]]:
    """What a provider answered, without what can be a secret, and how often each kind was masked.

    Marks carry digests where `marking_with` gave a key.
    """
    digest = CLEAN.digest(data)
    if digest in CLEAN:
        return data, {}
    counts: Counter[str] = Counter()
    redacted = _redacted(data, marking_key(), counts, DEPTH)
    if redacted == data:
        CLEAN.add(digest)
    return redacted, dict(counts)


def redact_text(text: str) -> str:
    """Words of ours or of a library (an error, a line of a log) without what can be a secret.

    Their marks have no digests: a gap must read the same when its unit is replayed, where nobody has the key.
    """
    return _text_redacted(text, _never)


def redact_message(text: str) -> str:
    """The same for a sentence of ours, in which a name and a colon say what the sentence is about: `token: unknown`."""
    return _text_redacted(text, _is_said)


def redact_written(text: str) -> str:
    """The same for what a person wrote, where a sentence may follow a name and a colon, or the secret itself.

    `passwords: nobody changes them` stays, and of `password: hunter2` the last word does not.
    """
    return _text_redacted(text, _is_sentence)


def _text_redacted(text: str, is_said: IsSaid) -> str:
    data = _redacted(text.encode(errors="backslashreplace"), b"", Counter(), DEPTH, is_said)
    return data.decode(errors="backslashreplace")


def _redacted(data: bytes, key: bytes, counts: Counter[str], depth: int, is_said: IsSaid = _never) -> bytes:
    if not data:
        return data  # as most programs say nothing on their standard error
    text, plain = Text(data), data
    for pattern in _PLAIN.worth_trying(text):
        data = pattern.expression.sub(_masking(pattern, key, counts, is_said), data)
    if depth:
        for pattern in _ENCODED.worth_trying(text if data == plain else Text(data)):
            data = pattern.expression.sub(_masking_encoded(pattern, key, counts, depth), data)
    return data


def _masking(pattern: Pattern, key: bytes, counts: Counter[str], is_said: IsSaid) -> Callable[[re.Match[bytes]], bytes]:
    def masked(match: re.Match[bytes]) -> bytes:
        secret = match["secret"]
        if is_mark(secret):
            return match[0]
        kind = pattern.kind
        if pattern.named:
            if is_harmless(match["name"], secret) or is_said(match):
                return match[0]
            kind = kind_named(match["name"])
        return _replaced(match, kind, key, counts)

    return masked


def _masking_encoded(
    pattern: Pattern, key: bytes, counts: Counter[str], depth: int
) -> Callable[[re.Match[bytes]], bytes]:
    def has_secret(plain: bytes) -> bool:
        found: Counter[str] = Counter()
        _redacted(plain, b"", found, depth - 1)
        return bool(found)

    def masked(match: re.Match[bytes]) -> bytes:
        if holds_secret(match["secret"], has_secret):
            return _replaced(match, pattern.kind, key, counts)
        return match[0]

    return masked


def _replaced(match: re.Match[bytes], kind: str, key: bytes, counts: Counter[str]) -> bytes:
    """The match with a mark for its secret. Quotes stay, so that JSON is still JSON for those who parse it next."""
    secret = match["secret"]
    before = match.string[match.start() : match.start("secret")]
    after = match.string[match.end("secret") : match.end()]
    opening, plain, closing = unquoted(secret, before)
    if not plain:
        return match[0]  # an empty password is a fact, and no secret
    counts[kind] += 1
    return before + opening + mark(kind, plain, key) + closing + after
