"""People in evidence: whatever names one is replaced by a token before it is hashed, and read back with that one's key.

A token is the very bytes it replaces, encrypted under the key of one person alone. So an auditor verifies every seal
without a key, whoever holds the keys reads names, and destroying a key erases a person although nothing sealed changes.
The encryption (AES-SIV, RFC 5297) gives equal bytes for equal names: unchanged evidence stays unchanged.

    ~p1.SUBJECT-AND-CIPHERTEXT~    base64url without padding: 12 bytes of subject, then the ciphertext
    ~p1.~                          stands for the four bytes `~p1.` themselves, where evidence held them
"""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from unicodedata import normalize
from urllib.parse import quote

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

MARK = b"~p1."
SUBJECT_BYTES = 12
KEY_BYTES = 64
"""AES-256-SIV takes two keys of 256 bits."""
SHORTEST = 2
"""Characters of an identifier that can be told from other words: a single letter is everywhere."""

_SHORTEST_TOKEN = SUBJECT_BYTES + 16 + 1
_TOKEN = re.compile(rb"~p1\.([A-Za-z0-9_-]*)~")
# A letter of UTF-8 is part of a word; dashes, quotes, spaces and signs beyond ASCII are not.
_WORD = (
    rb"(?:[A-Za-z0-9_]+|[\xc3-\xdf][\x80-\xbf]|[\xe0\xe1\xe4-\xef][\x80-\xbf]{2}|\xe2[\xb0-\xbf][\x80-\xbf]"
    rb"|\xe3[\x81-\xbf][\x80-\xbf]|[\xf0-\xf4][\x80-\xbf]{3})+"
)
_WORDS = re.compile(_WORD)
_PIECES = re.compile(rb"~p1\.|" + _WORD)
_PIECES_IN_JSON = re.compile(rb"~p1\.|\\(?:u[0-9a-fA-F]{4}|.)|" + _WORD)
_STRING = re.compile(rb'"([^"\\]*(?:\\.[^"\\]*)*)"(:?)')
_ESCAPE = re.compile(rb"u[0-9a-fA-F]{4}|[bfnrt]")
_NO_PART = re.compile(r"[\x00-\x1f\x7f\"\\]+")
_PLAIN = re.compile(r"[A-Za-z0-9_.-]+")


@dataclass(frozen=True, slots=True)
class Person:
    """One person as one identifier names them: a random `subject`, and the key of all their tokens."""

    subject: bytes
    identifier: str = field(repr=False)
    key: bytes = field(repr=False)


def identifiers(names: Iterable[str]) -> frozenset[str]:
    """What of these names can be found again in evidence: pieces without quotes, backslashes and control characters,
    that begin and end as words do. E-mail addresses are the same in any case."""
    pieces = (_trimmed(piece.encode(errors="ignore")).decode() for name in names for piece in _NO_PART.split(name))
    return frozenset(normal(piece) for piece in pieces if len(piece) >= SHORTEST)


def normal(identifier: str) -> str:
    """The one spelling of an identifier by which a person is looked up."""
    composed = normalize("NFC", identifier)
    return composed.encode().lower().decode() if "@" in composed else composed  # ASCII alone, as bytes are compared


def reveal(data: bytes, read: Callable[[bytes, bytes], bytes | None]) -> bytes:
    """`data` with what `read` makes of each token's subject and ciphertext; where it says `None`, the token stays."""
    if MARK not in data:
        return data

    def back(token: re.Match[bytes]) -> bytes:
        if not token[1]:
            return MARK
        payload = urlsafe_b64decode(token[1] + b"=" * (-len(token[1]) % 4)) if len(token[1]) % 4 != 1 else b""
        found = read(payload[:SUBJECT_BYTES], payload[SUBJECT_BYTES:]) if len(payload) >= _SHORTEST_TOKEN else None
        return token[0] if found is None else found

    return _TOKEN.sub(back, data)


def token(person: Person, spelling: bytes) -> bytes:
    """What stands for a person in evidence."""
    sealed = person.subject + AESSIV(person.key).encrypt(spelling, [person.subject])
    return MARK + urlsafe_b64encode(sealed).rstrip(b"=") + b"~"


def spelling(person: Person, ciphertext: bytes) -> bytes | None:
    """What a token of this person stands for; `None` when it is none of theirs."""
    try:
        return AESSIV(person.key).decrypt(ciphertext, [person.subject])
    except InvalidTag:
        return None


def beginning(subject: bytes) -> bytes:
    """How every token of one person begins, and no other: the subject fills whole characters of base64."""
    return MARK + urlsafe_b64encode(subject)


def subjects(data: bytes) -> set[bytes]:
    """Whose tokens are in these bytes."""
    if b"~" not in data or MARK not in data:  # one rare byte is found ten times as fast as four
        return set()
    payloads = (found for found in _TOKEN.findall(data) if found)
    return {urlsafe_b64decode(each[: SUBJECT_BYTES * 4 // 3]) for each in payloads}


def tokens(data: bytes) -> set[bytes]:
    """Every token in these bytes, and what stands for the characters that tokens begin with."""
    return {found[0] for found in _TOKEN.finditer(data)} if MARK in data else set()


def without_tokens(data: bytes) -> bytes:
    """What is left of sealed bytes to be searched for names."""
    return _TOKEN.sub(b"", data)


def beside_tokens(data: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """`data` with what `change` makes of all that is not a token; tokens stay as they are, where they are."""
    tokens = [found[0] for found in _TOKEN.finditer(data)]
    if not tokens:
        return change(data)
    hole = b"\x1a\x1a"
    while hole in data:
        hole += b"\x1a\x00"
    there = iter(tokens)
    changed = change(_TOKEN.sub(lambda _: hole, data))
    return re.sub(re.escape(hole), lambda _: next(there), changed)


class Concealment:
    """Replaces what names the people it knows, each time as a whole word. Takes time linear in what it reads."""

    def __init__(self, people: Iterable[Person] = ()) -> None:
        self._exact: dict[bytes, Person] = {}
        self._folded: dict[bytes, Person] = {}
        self._lengths: dict[bytes, tuple[int, ...]] = {}
        self._tokens: dict[tuple[bytes, bytes], bytes] = {}
        for person in people:
            self.add(person)

    def add(self, person: Person) -> None:
        """Know one more person."""
        for spelling in _spellings(person.identifier):
            folded = "@" in person.identifier
            (self._folded if folded else self._exact)[spelling.lower() if folded else spelling] = person
            first = _first_word(spelling)
            lengths = {*self._lengths.get(first, ()), len(spelling)}
            self._lengths[first] = tuple(sorted(lengths, reverse=True))  # the longest name there is the one meant

    def text(self, text: str) -> str:
        """A piece of text without names."""
        data = text.encode()
        return self._replace(data, _PIECES).decode() if self.concerns(data) else text

    def body(self, data: bytes) -> bytes:
        """The bytes of an answer without names, whatever their format."""
        return self._replace(data, _PIECES, escapes=True) if self.concerns(data) else data

    def lines(self, data: bytes, fields: Collection[bytes], values: Collection[bytes] = ()) -> bytes:
        """Lines of canonical JSON without names, still JSON: numbers, the `fields` of our own types and strings that
        are one of the fixed `values` of such fields stay as they are."""
        if not self.concerns(data):
            return data

        def conceal(string: re.Match[bytes]) -> bytes:
            content, colon = string[1], string[2]
            if content in (fields if colon else values):
                return string[0]
            return b'"' + self._replace(content, _PIECES_IN_JSON) + b'"' + colon

        return b"\n".join(_STRING.sub(conceal, line) if self.concerns(line) else line for line in data.split(b"\n"))

    def concerns(self, data: bytes) -> bool:
        """Whether there may be something to replace: said quickly, for nearly always there is not."""
        if MARK in data:
            return True
        return bool(self._lengths) and not self._lengths.keys().isdisjoint(self._beginnings(data))

    @staticmethod
    def _beginnings(data: bytes) -> set[bytes]:
        """Words, and what is left of them when their first characters belong to an escape before them."""
        words = set(_WORDS.findall(data.lower()))
        if b"\\" in data:
            words |= {_ESCAPE.sub(b"", word, count=1) for word in words if _ESCAPE.match(word)}
        return words

    def _replace(self, data: bytes, pieces: re.Pattern[bytes], *, escapes: bool = False) -> bytes:
        result: list[bytes] = []
        done = 0
        for piece in pieces.finditer(data):
            if piece.start() < done:
                continue
            if piece[0] == MARK:
                result += data[done : piece.start()], MARK, b"~"
                done = piece.end()
                continue
            for start in _starts(data, piece):
                end, person = self._named(data, start, piece.end(), escapes=escapes)
                if person is not None:
                    result += data[done:start], self._token(person, data[start:end])
                    done = end
                    break
        result.append(data[done:])
        return b"".join(result)

    def _named(self, data: bytes, start: int, end: int, *, escapes: bool) -> tuple[int, Person | None]:
        """Who is named where this word begins, and where the name ends."""
        for length in self._lengths.get(data[start:end].lower(), ()):
            spelling = data[start : start + length]
            person = self._exact.get(spelling) or self._folded.get(spelling.lower())
            if person is None or _WORDS.match(data, start + length) or (b"\\" in spelling and not escapes):
                continue
            return start + length, person
        return start, None

    def _token(self, person: Person, spelling: bytes) -> bytes:
        known = self._tokens.get((person.subject, spelling))
        if known is None:
            known = token(person, spelling)
            self._tokens[person.subject, spelling] = known
        return known


def _starts(data: bytes, word: re.Match[bytes]) -> Iterator[int]:
    """Where a name may begin: with the word (`DOMAIN\\bob`), or behind what an escape takes of it (`\\nbob`)."""
    yield word.start()
    if data[word.start() - 1 : word.start()] == b"\\" and (escape := _ESCAPE.match(data, word.start(), word.end())):
        yield escape.end()


def _spellings(identifier: str) -> set[bytes]:
    """The ways in which formats write an identifier: as it is, in JSON, in JSON within JSON, and in addresses."""
    if _PLAIN.fullmatch(identifier):
        return {identifier.encode()}
    found: set[str] = set()
    for form in (normalize("NFC", identifier), normalize("NFD", identifier)):
        escaped = json.dumps(form)[1:-1]
        upper = re.sub(r"\\u[0-9a-f]{4}", lambda code: "\\u" + code[0][2:].upper(), escaped)
        found |= {form, escaped, upper, escaped.replace("\\", "\\\\"), upper.replace("\\", "\\\\")}
        for percent in (quote(form, safe=""), quote(form, safe="@")):
            lower = re.sub("%..", lambda code: code[0].lower(), percent)
            found |= {percent, lower, percent.replace("%20", "+"), lower.replace("%20", "+")}
    return {_trimmed(text.encode()) for text in found}


def _trimmed(data: bytes) -> bytes:
    """From where its first word begins to where its last one ends."""
    words = [word.span() for word in _WORDS.finditer(data)]
    return data[words[0][0] : words[-1][1]] if words else b""


def _first_word(spelling: bytes) -> bytes:
    first: bytes = _WORDS.findall(spelling)[0]
    return first.lower()
