"""Marks: what stands where a secret stood. `[redacted: password, 12 bytes, 3f9a0c1d2e4b]`.

Type, length, and the first twelve digits of HMAC-SHA-256 over the secret under a key that the store's agents share. So
two marks of one secret are alike and a changed secret shows as a change, but nobody without the key can try guesses.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

KEY_BYTES = 32
DIGEST_DIGITS = 12

_MARK = re.compile(rb"(?:\\?['\"])?\[redacted:(?: [^\]]*\])?(?:\\?['\"]|\\+r?n|\s)*\Z")
_key: ContextVar[bytes] = ContextVar("redaction key", default=b"")


@contextmanager
def marking_with(key: bytes) -> Iterator[bytes]:
    """Have marks made in this context carry digests under `key`. Without a key (in tests, in replay) they have none."""
    token = _key.set(key)
    try:
        yield key
    finally:
        _key.reset(token)


def marking_key() -> bytes:
    """The key of this context; empty when there is none."""
    return _key.get()


def key_name(key: bytes) -> str:
    """What a scan seals about the key it marked with: by it one sees that two scans' digests can be compared."""
    return hmac.new(key, b"annexa redaction key", hashlib.sha256).hexdigest()[:DIGEST_DIGITS] if key else ""


def mark(kind: str, secret: bytes, key: bytes) -> bytes:
    """What stands for a secret from now on."""
    digest = f", {hmac.new(key, secret, hashlib.sha256).hexdigest()[:DIGEST_DIGITS]}" if key else ""
    return f"[redacted: {kind}, {len(secret)} bytes{digest}]".encode()


def is_mark(secret: bytes) -> bool:
    """Whether nothing but a mark stands here, of this form or of the older one without a digest."""
    return bool(_MARK.match(secret))
