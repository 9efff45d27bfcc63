"""Whether something is encrypted, with whose key, and by which versions of TLS."""

from __future__ import annotations

import re

from core.model import Verdict, failed, passed, unknown

TLS = re.compile(r"(?:TLS_?v?)?1[._]?([0-3])(?:_\d{4})?", re.IGNORECASE)
"""A version as the clouds spell it: `TLSv1.2`, `TLS_1_2`, `Tls12`, `1.2`, and CloudFront `TLSv1.2_2021`."""
OLDEST_STRONG = 2


def is_encrypted(what: str, *, on: bool, key: str = "") -> Verdict:
    """Whether something is encrypted where it is stored, and with which key where the provider names one."""
    if not on:
        return failed(f"{what} is not encrypted")
    return passed(f"{what} is encrypted with {key}" if key else f"{what} is encrypted")


def has_key_of_ours(what: str, key: str, *, ours: bool | None) -> Verdict:
    """Whether something is encrypted with a key that we control: `key` in words (`a key of Google's`), and whether that
    is `ours`. `None` where nobody here knows the word by which the provider says whose it is."""
    if ours is None:
        return unknown(f"{what} is encrypted with {key}, and nobody here knows whose key that is")
    said = f"{what} is encrypted with {key}"
    return passed(said) if ours else failed(said)


def is_strong_tls(version: str) -> bool | None:
    """Whether a version is TLS 1.2 or newer; `None` for what is no version of TLS."""
    found = TLS.fullmatch(version)
    return None if found is None else int(found[1]) >= OLDEST_STRONG
