"""Secrets inside of something that is encoded: user data of a machine, the files in a manifest, a packed script."""

from __future__ import annotations

import base64
import re
import zlib
from codecs import utf_8_decode
from collections.abc import Callable

from core.redaction.pattern import Pattern, finds_long_word, pattern

MOST_PACKED = 10
"""How many times longer than its packed form text may be and still be looked at: a bomb costs no more than that."""

# Runs of base64, and blocks of lines as `base64` and MIME write them. Hexadecimal digits and paths are such runs as
# well: what comes out of them is no text.
ENCODED: tuple[Pattern, ...] = (
    pattern(
        "encoded secret",
        "",
        rb"(?<![A-Za-z0-9+/=_-])(?P<secret>"
        rb"(?:[A-Za-z0-9+/]{60,76}\r?\n[ \t]{0,40}){1,20000}[A-Za-z0-9+/]{1,76}={0,2})(?![A-Za-z0-9+/=_-])",
        0,
        hint=finds_long_word(rb"[a-z0-9+/]{60}"),
    ),
    pattern(
        "encoded secret",
        "",
        rb"(?<![A-Za-z0-9+/=_-])(?P<secret>[A-Za-z0-9+/_-]{24,}={0,2})(?![A-Za-z0-9+/=_-])",
        0,
        hint=finds_long_word(rb"[a-z0-9+/_-]{24}"),
    ),
)
_GZIP = b"\x1f\x8b"
_STANDARD = bytes.maketrans(b"-_", b"+/")
_NOT_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def holds_secret(encoded: bytes, has_secret: Callable[[bytes], bool]) -> bool:
    """Whether what comes out is text with a secret in it, or is packed so tightly that nobody can tell."""
    data = _decoded(encoded)
    if not data:
        return False
    if data.startswith(_GZIP):
        unpacking = zlib.decompressobj(wbits=31)
        try:
            data = unpacking.decompress(data, MOST_PACKED * len(encoded))
        except zlib.error:
            return False
        if unpacking.unconsumed_tail:
            return True
    return _is_text(data) and has_secret(data)


def _decoded(encoded: bytes) -> bytes:
    """What base64 stands for; empty when that begins neither as text does nor as something packed."""
    digits = b"".join(encoded.split()).translate(_STANDARD).rstrip(b"=")
    if len(digits) % 4 == 1:
        return b""
    head = _bytes(digits[:64])
    if not head.startswith(_GZIP) and not _is_text(head, whole=False):
        return b""  # nearly always: digests, keys and certificates need not be decoded to their end
    return _bytes(digits)


def _bytes(digits: bytes) -> bytes:
    return base64.b64decode(digits + b"=" * (-len(digits) % 4))


def _is_text(data: bytes, *, whole: bool = True) -> bool:
    """Whether this is text; a beginning may end within a character."""
    if _NOT_TEXT.search(data):
        return False
    try:
        utf_8_decode(data, "strict", whole)
    except UnicodeDecodeError:
        return False
    return True
