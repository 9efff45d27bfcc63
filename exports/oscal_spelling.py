"""How OSCAL spells properties, text, moments and long lists: what its schema asks for beyond JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from exports.words import visible

PROPERTIES = "urn:annexa:oscal"
"""Whose properties are meant: OSCAL asks for a URI."""
MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~&])")

Object = dict[str, Any]


def props(values: Mapping[str, object]) -> list[Object]:
    """Properties of ours; what is empty is left out, since OSCAL has no empty text."""
    spelt = {name: " ".join(visible(str(value)).split()) for name, value in values.items()}
    return [{"name": name, "ns": PROPERTIES, "value": value} for name, value in spelt.items() if value]


def line(text: str) -> str:
    """A line of Markdown that shows this text, never empty."""
    return MARKDOWN.sub(r"\\\1", " ".join(visible(text).split())) or "\N{EN DASH}"


def moment(at: datetime) -> str:
    """A moment with a zone, as OSCAL asks for it."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def members(value: Mapping[str, object]) -> bytes:
    """The members of an object, without its braces."""
    return _bytes(value)[1:-1]


def array(name: str, items: Iterable[Object]) -> Iterator[bytes]:
    """A member that is an array; none at all where it would be empty, which OSCAL does not allow."""
    written = False
    for piece in joined(items):
        if not written:
            yield f',"{name}":['.encode()
            written = True
        yield piece
    if written:
        yield b"]"


def joined(items: Iterable[Object]) -> Iterator[bytes]:
    for number, each in enumerate(items):
        yield (b"," if number else b"") + _bytes(each) + b"\n"


def _bytes(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
