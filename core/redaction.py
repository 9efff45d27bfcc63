"""Redaction: masks what can be a secret before anybody parses, hashes or stores it.

It happens first, so that a live run and a replay of what was kept see the same bytes, and a check about a secret
judges the mark, never the secret. A mark gives kind and length: `[redacted: password, 12 bytes]`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

_WORDS = rb"passw(?:or)?d|passphrase|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?"
_NAME = rb"(?:[\w.-]{0,64}?(?:" + _WORDS + rb")[\w-]{0,64})"
_PEM = rb"PRIVATE KEY-----"
_PROVIDER_TOKENS = (
    rb"gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abposr]-[\w-]{10,}|sk_live_\w{16,}|AIza[\w-]{30,}"
    rb"|(?:AKIA|ASIA)[A-Z0-9]{16}|pypi-[\w-]{16,}|npm_\w{30,}"
)
_HASHES = rb"\$(?:1|2[abxy]?|5|6|7|y|gy|argon2(?:id?|d)|scrypt|pbkdf2[\w-]*)\$[^\s:'\"]{8,}"


def _pattern(expression: bytes, flags: int = re.IGNORECASE) -> re.Pattern[bytes]:
    return re.compile(expression, flags)


# The first group is kept, the named one is masked. Order matters: whole blocks before the lines inside them. Every
# run of characters is anchored or bounded, so that hostile input costs linear time.
_PATTERNS: tuple[tuple[str, re.Pattern[bytes]], ...] = (
    (
        "private key",
        _pattern(
            rb"()(?P<secret>-----BEGIN [A-Z0-9 ]{0,40}" + _PEM + rb".*?(?:-----END [A-Z0-9 ]{0,40}" + _PEM + rb"|\Z))",
            re.DOTALL,
        ),
    ),
    ("password hash", _pattern(rb"()(?P<secret>" + _HASHES + rb")", 0)),
    (
        "password in URL",
        _pattern(rb"((?<![a-z0-9+.-])[a-z][a-z0-9+.-]{0,20}://[^\s/:@'\"]{0,200}:)(?P<secret>[^\s/@'\"]{1,500})(?=@)"),
    ),
    (
        "bearer token",
        _pattern(
            rb"(authorization['\"]?\s{0,9}[:=]\s{0,9}['\"]?(?:bearer|basic|token|ssws)\s{1,9})(?P<secret>[^\s'\"]+)"
        ),
    ),
    ("bearer token", _pattern(rb"(\bbearer\s{1,9})(?P<secret>[\w.~+/=-]{16,})")),
    ("JSON web token", _pattern(rb"()(?P<secret>\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*)", 0)),
    ("provider token", _pattern(rb"()(?P<secret>\b(?:" + _PROVIDER_TOKENS + rb"))", 0)),
    # `name = value`, `"name": "value"`; not `name:value` without a space, which is how passwd(5) looks.
    (
        "value",
        _pattern(
            rb"((?<![\w.-])" + _NAME + rb"['\"]?\s{0,9}(?:=|:(?=\s))\s{0,9})"
            rb"(?P<secret>\"[^\"\n]*\"|'[^'\n]*'|[^\s,;'\"\]})]+)"
        ),
    ),
    ("value", _pattern(rb"((?<!\S)--?" + _NAME + rb"[ \t]{1,9})(?P<secret>[^\s-][^\s]*)")),
)

# Settings whose names look like secrets but whose values are switches, numbers or paths that checks read.
_HARMLESS = re.compile(
    rb"['\"]?(?:yes|no|true|false|none|null|on|off|default|required|requisite|sufficient|optional|files|compat|systemd|sss|ldap|\d{1,3}|/(?:etc|var|usr|run|root|home|opt|srv|proc|dev|boot|lib)/[\w./%-]*)['\"]?\Z",
    re.IGNORECASE,
)
_MARK = re.compile(rb"\[redacted: ")


def redact(data: bytes) -> tuple[bytes, dict[str, int]]:
    """`data` without what can be a secret, and how often each kind was masked."""
    counts: Counter[str] = Counter()

    def mask(kind: str) -> Callable[[re.Match[bytes]], bytes]:
        def replace(match: re.Match[bytes]) -> bytes:
            secret = match["secret"]
            if _MARK.search(secret) or (kind == "value" and _HARMLESS.match(secret)):
                return match[0]
            counts[kind] += 1
            return match[1] + f"[redacted: {kind}, {len(secret)} bytes]".encode()

        return replace

    for kind, pattern in _PATTERNS:
        data = pattern.sub(mask(kind), data)
    return data, dict(counts)
