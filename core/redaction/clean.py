"""Texts in which nothing was masked: machines and accounts of one kind say the same again and again."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from hashlib import blake2b

MOST_TEXTS = 8_192
"""How many are remembered, those that were not seen for longest being forgotten: a megabyte."""
WORTH = 256
"""Bytes from which on it costs less to remember a text than to look through it."""


class CleanTexts:
    """They are known by digests under a key of this process, so that none is kept and nobody can prepare two alike.

    A text in which something was masked is not remembered: its marks depend on who asks.
    """

    def __init__(self, most: int = MOST_TEXTS) -> None:
        self._most = most
        self._key = secrets.token_bytes(32)
        self._lock = threading.Lock()
        self._digests: OrderedDict[bytes, None] = OrderedDict()

    def digest(self, text: bytes) -> bytes:
        """By which a text is known; empty for one that is not worth it."""
        return blake2b(text, key=self._key, digest_size=32).digest() if len(text) >= WORTH else b""

    def __contains__(self, digest: bytes) -> bool:
        with self._lock:
            if digest not in self._digests:
                return False
            self._digests.move_to_end(digest)
            return True

    def add(self, digest: bytes) -> None:
        """Remember a text."""
        if digest:
            with self._lock:
                self._digests[digest] = None
                if len(self._digests) > self._most:
                    self._digests.popitem(last=False)

    def forget(self) -> None:
        """Remember nothing any more."""
        with self._lock:
            self._digests.clear()
