"""Redaction: masks what can be a secret before anybody parses, hashes or stores it.

It happens first, so that a live run and a replay of what was kept see the same bytes, and a check about a secret
judges the mark, never the secret. A mark gives kind and length: `[redacted: password, 12 bytes]`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

_WORDS = (
    rb"passw(?:or)?d|passphrase|secret|token|credentials?|(?:api|access|account|private|(?:pre[_-]?)?shared)[_-]?key|psk"
    rb"|(?<![a-z])pass(?![a-z])|(?<![a-z])pwd(?![a-z]|\s{0,9}[=:]\s{0,9}/)"  # `$PWD` is a folder
)
_NAME = rb"(?:[\w.-]{0,64}?(?:" + _WORDS + rb")[\w-]{0,64})"
_PEM = rb"PRIVATE KEY-----"
_PROVIDER_TOKENS = (
    rb"gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abposr]-[\w-]{10,}|sk_live_\w{16,}|AIza[\w-]{30,}"
    rb"|sk-(?!ssh-|ecdsa-)[\w-]{20,}|hf_\w{30,}|SG\.[\w.-]{30,}|AGE-SECRET-KEY-1\w{40,}"
    rb"|(?:AKIA|ASIA)[A-Z0-9]{16}|pypi-[\w-]{16,}|npm_\w{30,}"
)
_HASHES = (
    rb"\$(?:1|2[abxy]?|5|6|7|y|gy|apr1|sha1|argon2(?:id?|d)|scrypt|pbkdf2[\w-]*)\$[^\s:'\"]{8,}"
    rb"|\{(?:S?SHA\d{0,3}|S?MD5|CRYPT)\}[^\s:'\"]{8,}"
)
_QUOTED = rb"\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*'"


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
        _pattern(rb"((?<![a-z0-9+.-])[a-z][a-z0-9+.-]{0,20}://[^\s/:@'\"]{0,200}:)(?P<secret>[^\s/'\"]{1,500})(?=@)"),
    ),
    (
        "bearer token",
        _pattern(
            rb"(authorization['\"]?\s{0,9}[:=]\s{0,9}['\"]?(?:bearer|basic|token|ssws)\s{1,9})(?P<secret>[^\s'\"]+)"
        ),
    ),
    ("bearer token", _pattern(rb"(\bbearer\s{1,9})(?P<secret>[\w.~+/=-]{16,})")),
    ("cookie", _pattern(rb"(\b(?:set-)?cookie:[ \t]{0,9})(?P<secret>[^\r\n'\"]+)")),
    ("JSON web token", _pattern(rb"()(?P<secret>\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*)", 0)),
    ("provider token", _pattern(rb"()(?P<secret>\b(?:" + _PROVIDER_TOKENS + rb"))", 0)),
    # A line of its own: the value goes on to the next space. Elsewhere a comma may begin the next setting.
    (
        "value",
        _pattern(
            rb"(^[ \t]{0,99}(?:export[ \t]{1,9})?" + _NAME + rb"[ \t]{0,9}=[ \t]{0,9})"
            rb"(?P<secret>" + _QUOTED + rb"|[^\s'\"]\S*)",
            re.IGNORECASE | re.MULTILINE,
        ),
    ),
    # `name = value`, `"name":"value"`; not `name:value` without a quote or a space, which is how passwd(5) looks.
    (
        "value",
        _pattern(
            rb"((?<![\w.-])" + _NAME + rb"(?:\\?['\"]\s{0,9}[:=]|\s{0,9}(?:=|:(?=\s)))\s{0,9})"
            rb"(?P<secret>" + _QUOTED + rb"|\\?['\"]?[^\s,;'\"\]})]+)"
        ),
    ),
    # The ways of netrc(5), SQL and snmpd.conf(5), whose secrets follow a word and a space.
    ("value", _pattern(rb"(\blogin\s{1,9}\S{1,200}\s{1,9}password\s{1,9})(?P<secret>\S+)")),
    ("value", _pattern(rb"(\bidentified\s{1,9}by\s{1,9})(?P<secret>" + _QUOTED + rb")")),
    ("value", _pattern(rb"(^[ \t]{0,99}r[ow]community6?[ \t]{1,9})(?P<secret>\S+)", re.IGNORECASE | re.MULTILINE)),
    # What quotes it, such as the JSON around a command, stays.
    (
        "value",
        _pattern(
            rb"((?<!\S)--?" + _NAME + rb"[ \t]{1,9})"
            rb"(?P<secret>" + _QUOTED + rb"|\\\"[^\"\n]{0,500}\\\"|['\"]?[^\s'\"-][^\s\"]*)"
        ),
    ),
)

# Settings whose names look like secrets but whose values are switches, numbers or paths that checks read.
_HARMLESS = re.compile(
    rb"['\"]?(?:yes|no|true|false|none|null|on|off|default|required|requisite|sufficient|optional|files|compat|systemd|sss|ldap|\d{1,3}|/(?:etc|var|usr|run|root|home|opt|srv|proc|dev|boot|lib)/[\w./%-]*)['\"]?\Z",
    re.IGNORECASE,
)
_MARK = re.compile(rb"['\"]?\[redacted:(?: [^\]]*\])?['\"]?\Z")


def redact(data: bytes) -> tuple[bytes, dict[str, int]]:
    """`data` without what can be a secret, and how often each kind was masked."""
    counts: Counter[str] = Counter()

    def mask(kind: str) -> Callable[[re.Match[bytes]], bytes]:
        def replace(match: re.Match[bytes]) -> bytes:
            secret = match["secret"]
            if _MARK.match(secret) or (kind == "value" and _HARMLESS.match(secret)):
                return match[0]
            counts[kind] += 1
            # Quotes stay, so that JSON is still JSON for those who parse it next.
            quote = secret[:1] if len(secret) > 1 and secret[:1] == secret[-1:] and secret[:1] in (b'"', b"'") else b""
            length = len(secret) - 2 * len(quote)
            return match[1] + quote + f"[redacted: {kind}, {length} bytes]".encode() + quote

        return replace

    for kind, pattern in _PATTERNS:
        data = pattern.sub(mask(kind), data)
    return data, dict(counts)
