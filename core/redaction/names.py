"""Secrets that are known by what names them: settings, variables, fields, elements, attributes and options."""

from __future__ import annotations

import re

from core.redaction.pattern import ESCAPED, Pattern, finds_word, follows, pattern

_WORDS = (
    rb"passw(?:or)?d|passphrase|passcode|secret|token|credentials?|authtok(?!_)"
    rb"|(?:api|access|account|private|secret|signing|encryption|master|license|storage|(?:pre[_-]?)?shared)[_-]?key"
    rb"|psk|wep[_-]?key\d?|(?:store|key|root|bind|imap|smtp|auth)[_-]?pass(?![a-z])|rootpw|bindpw|otp[_-]?seed"
    rb"|(?<![a-z])pass(?![a-z])|(?<![a-z])pwd(?![a-z]|{s}[=:]{s}/)"  # `$PWD` is a folder
)
_NAME = rb"(?P<name>[\w.-]{0,64}?(?:" + _WORDS + rb")[\w-]{0,64})"
_NEEDLES = "pass|secret|token|credential|key|psk|pwd|authtok|rootpw|bindpw|otp"

# A comma, semicolon or ampersand may begin the next setting, and is part of the secret where none begins.
_OPTIONS = (
    rb"(?:no)?(?:suid|dev|exec|auto|user|users|atime|diratime|fail|perm|brl|lock|soft|hard)|r[ow]|sync|_netdev|defaults"
)
_BARE = (
    rb"(?:\[redacted: [^\]\n]{0,99}\]"
    rb"|[^\s,;&'\"\\]|\\[^\s\"']|[,;&](?!\s|\Z|\s?[\w. -]{1,40}[=:]|(?:" + _OPTIONS + rb")\b))*"
)
_VALUE = (
    rb"(?:" + ESCAPED + rb"|(?:{q})+|\$\{[^\s{}]{1,99}\}(?=[\s,;]|\Z)"
    rb"|\\?['\"]?(?![\[{](?!redacted))[^\s,;'\"\])}\\]" + _BARE + rb"(?<![\])},{\[]))"
)
_OPERATOR = rb"(?:\\?['\"]\]?{s}(?:=>|:=|[=:]){s}|{o}(?:=>|[:+?]?={1,2}|:(?=[ \t])){o})"
# What follows a name is looked for first: most names are not followed by it, and the words in them need no look.
_BEFORE_COLON = rb"(?=[\w.-]{1,130}['\"]?{o}:[ \t])"
_BEFORE_EQUALS = rb"(?=[\w.-]{1,130}{o}[:+?]?=)"
_BEFORE_OPERATOR = rb"(?=[\w.-]{1,130}(?:\\?['\"]\]?)?{s}[:+?=])"
_AT_LINE_START = re.IGNORECASE | re.MULTILINE
# Between a word that names a secret and its value there is one of these.
_IS_SET = follows(_NEEDLES, rb"[\w-]{0,90}(?:\\?['\"]\]?)?{s}[:+?=]")
_IS_OPTION = finds_word(rb"-(?<![\w-]-)[\w.-]{0,90}?(?:" + _NEEDLES.encode() + rb")[\w-]{0,90}(?:\s|\Z)")
_IS_SET_WEAKLY = follows("key|auth|signature|seed|salt|dsn|hmac", rb"(?:\\?['\"]\]?)?{s}[:=]")

NAMED: tuple[Pattern, ...] = (
    # YAML: a block of lines, or the rest of the line. Without quotes a comma or blank does not end it.
    pattern(
        "",
        _NEEDLES,
        rb"^(?P<indent>[ \t]{0,99})(?:- )?['\"]?" + _BEFORE_COLON + _NAME + rb"['\"]?{o}:{b}[|>][-+\d]{0,2}{o}\r?\n"
        rb"(?P<secret>(?:(?P=indent)[ \t]{1,99}[^\n]*(?:\n|\Z))+)",
        _AT_LINE_START,
        hint=_IS_SET,
    ),
    pattern(
        "",
        _NEEDLES,
        rb"^[ \t]{0,99}(?:-{b})?" + _BEFORE_COLON + _NAME + rb"{o}:{b}"
        rb"(?!!(?:vault|secret|reference|Ref|Sub|GetAtt)\b)(?P<secret>(?:{q})+|[^\s'\"\[{|>][^\r\n]*(?<![\s,]))",
        _AT_LINE_START,
        hint=_IS_SET,
    ),
    # A line of its own goes on to its end: INI, TOML, properties, the shell.
    pattern(
        "",
        _NEEDLES,
        rb"^[ \t]{0,99}(?:(?:export|set|setenv|local|readonly|declare -\w){b})?"
        + _BEFORE_EQUALS
        + _NAME
        + rb"{o}[:+?]?={o}(?P<secret>(?:{q})+(?=[\s;,#]|\Z)|(?![\[{]{o}$)[^\s'\"=>][^\r\n]*(?<!\s))",
        _AT_LINE_START,
        hint=_IS_SET,
    ),
    # `"NAME=a value with blanks"`, as in units and on command lines.
    pattern(
        "",
        _NEEDLES,
        rb"(?P<quote>\\?[\"'])" + _BEFORE_EQUALS + _NAME + rb"=(?P<secret>[^\"'\\\n]{1,2000})(?=(?P=quote))",
        hint=_IS_SET,
    ),
    # `name = value`, `"name":"value"`; not `name:value` without a quote or a space, which is how passwd(5) looks.
    pattern(
        "",
        _NEEDLES,
        rb"(?<![\w.-])" + _BEFORE_OPERATOR + _NAME + _OPERATOR + rb"(?P<secret>" + _VALUE + rb")",
        hint=_IS_SET,
    ),
    pattern(
        "",
        _NEEDLES,
        rb"(?<![\w-])(?P<dashes>--?)(?=[\w.-]{1,130}[ \t])" + _NAME + rb"{b}"
        rb"(?P<secret>" + ESCAPED + rb"|(?:{q})+|\\\"[^\"\n]{0,500}\\\"|['\"]?[^\s'\"-][^\s\"]*)",
        hint=_IS_OPTION,
    ),
    # The same as a list of words: `["--token", "value"]`.
    pattern("", _NEEDLES, rb"[\"']--?" + _NAME + rb"[\"'],\s{0,99}(?P<secret>{q})", also="\"-|'-"),
    # XML elements, property lists, and pairs whose one half is the name and whose other half is the value.
    pattern(
        "",
        _NEEDLES,
        rb"<(?:\w{1,30}:)?(?=[\w.-]{1,130}[\s>])"
        + _NAME
        + rb"(?:\s[^<>]{0,300})?>\s{0,99}(?P<secret>[^<\s][^<]{0,8000}|<!\[CDATA\[.{0,8000}?\]\]>)(?=\s{0,99}</)",
    ),
    pattern(
        "",
        _NEEDLES,
        rb"<key>" + _NAME + rb"</key>\s{0,99}<(?:string|data)>\s{0,99}(?P<secret>[^<]{1,8000})(?=</)",
    ),
    pattern(
        "",
        _NEEDLES,
        rb"\b(?:parameter|option)?(?:name|key)\\?[\"']?{s}[:=]{s}\\?[\"']?" + _NAME + rb"\\?[\"']?(?:{s},|\s)\s{0,99}"
        rb"\\?[\"']?(?:parameter|option)?value\\?[\"']?{s}[:=]{s}(?P<secret>" + _VALUE + rb")",
        also="value",
        hint=follows("name|key", rb"\\?[\"']?{s}[:=]"),
    ),
    pattern(
        "",
        _NEEDLES,
        rb"[\"']value[\"']{s}:{s}(?P<secret>{q})(?={s},\s{0,99}[\"']name[\"']{s}:{s}[\"']" + _NAME + rb"[\"'])",
        also="\"value\"|'value'",
    ),
    # The outputs of a Terraform state, and attributes of an object that is named like a secret.
    pattern(
        "",
        _NEEDLES,
        rb"[\"'](?=[\w.-]{1,130}[\"']{s}:{s}\{)"
        + _NAME
        + rb"[\"']{s}:{s}\{\s{0,99}(?:[\"']sensitive[\"']{s}:{s}\w{4,5}{s},\s{0,99})?"
        rb"(?:[\"']type[\"']{s}:{s}[\"'][^\"'\n]{0,80}[\"']{s},\s{0,99})?"
        rb"[\"']value[\"']{s}:{s}(?P<secret>{q})",
        also="\"value\"|'value'|\"value'|'value\"",
    ),
    # Names that are weaker signs: only for values that look like chance.
    pattern(
        "",
        "key|auth|sign|seed|salt|dsn|hmac|code",
        rb"(?<![\w.-])"
        + _BEFORE_OPERATOR
        + rb"(?P<name>[\w.-]{0,64}?(?<![a-z])(?:key|auth|signature|seed|salt|dsn|hmac))(?:\\?['\"]\]?{s}(?:=>|[=:])"
        rb"|{s}(?:=>|=|:(?=\s))){s}\\?['\"]?(?P<secret>[A-Za-z0-9+/_=-]{20,400})(?![\w+/=.:-])",
        hint=_IS_SET_WEAKLY,
    ),
)

_WEAK = re.compile(rb"(?:.*[^a-z])?(?:key|auth|signature|seed|salt|dsn|hmac)\Z", re.IGNORECASE)
_STRONG = re.compile(_WORDS, re.IGNORECASE)

# Names that speak about a secret, and pages' tokens, without which nobody could read on.
_ABOUT_ENDS = (
    rb"age|algorithms?|arn|attempts|authentication|auto|changed?|complexity|count|created|date|days|description|dir|directory"
    rb"|disabled|duration|enabled|endpoint|expiration|expired|expires|expiry|file|format|history|interval|length|lifetime"
    rb"|limit|maps|max|maxage|metadata|min|minlen|mode|name|path|policies|policy|prevention|quality|quota|ref|required"
    rb"|retries|rotation|scopes?|size|source|state|status|stdin|strength|through|timeout|tries|ttl|types?|updated|uri|url"
    rb"|used|valid|validity|version|warn"
)
_ABOUT = re.compile(
    rb"(?i:(?:next|continuation|page|pagination|skip|sync|delta|starting)[_-]?(?:page)?[_-]?token)\Z"
    rb"|(?i:[_.-](?:" + _ABOUT_ENDS + rb"))\Z|(?<=[a-z])(?=[A-Z])(?i:" + _ABOUT_ENDS + rb")\Z"
    rb"|(?i:token_endpoint_auth_method)\Z"  # RFC 7591: how a client proves itself
    rb"|(?i:no|without|require|ask|prompt)[_-]"
    rb"|(?:Max|Min|Minimum|Maximum)[A-Z]"
)
# Values that are switches, numbers, moments, paths or the names of other places, and that checks read.
_HARMLESS = re.compile(
    rb"(?:yes|no|true|false|none|null|nil|on|off|never|default|required|requisite|sufficient|optional|enabled"
    rb"|disabled|prompt|stdin"
    rb"|files|compat|\d{1,3}[smhdwy]?|\*|!{1,2}"
    rb"|(?:(?:files|compat|systemd|sss|ldap|nis|nisplus|winbind|db|extrausers|centrify|\[[^\]\n]{1,40}\])\s{0,20})+"
    rb"|(?:(?:hash|file|lmdb|btree|texthash|regexp|pcre|cdb|dbm|proxy:\w{1,9}):)?"
    rb"(?:/|%\w/|~/)(?:etc|var|usr|run|root|home|opt|srv|proc|dev|boot|lib|tmp|mnt|data|secrets?)/[\w./%@:-]*"
    rb"|(?:env|fd):\w{1,80}|arn:[\w:/.*-]{5,300}|\$\{[\w.:-]{1,80}\}|\$[A-Z_][A-Z0-9_]*|%\(\w{1,80}\)s"
    rb"|\{\{[^{}\n]{1,200}\}\}"
    rb"|\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?)?)\Z",
    re.IGNORECASE,
)
_KINDS = (
    ("pre-shared key", re.compile(rb"psk|shared|wep", re.IGNORECASE)),
    ("token", re.compile(rb"token", re.IGNORECASE)),
    ("password", re.compile(rb"pass|pwd|pw\Z|authtok", re.IGNORECASE)),
    ("secret", re.compile(rb"secret", re.IGNORECASE)),
    ("key", re.compile(rb"key", re.IGNORECASE)),
)
_ACCESS_KEY_ID = re.compile(rb"A[A-Z]{3}[A-Z0-9]{16}\Z")
_PATHS = re.compile(rb"[/\w.-]*/[\w.-]+/[\w.-]*\Z")
_DIFFERENT = 10
"""Distinct characters that a value of twenty or more must have to look like chance."""


def kind_named(name: bytes) -> str:
    """What kind of secret has such a name."""
    return next((kind for kind, word in _KINDS if word.search(name)), "credential")


def is_harmless(name: bytes, value: bytes) -> bool:
    """Whether the name only speaks about a secret, or the value is a setting that checks read."""
    plain = value.strip(b"'\"\\ \t\r\n,")
    if _HARMLESS.match(plain) or _ABOUT.search(name):
        return True
    if name.endswith((b"ccessKeyId", b"ccess_key_id")) and _ACCESS_KEY_ID.match(plain):
        return True  # judged by its shape
    return bool(_WEAK.match(name)) and not _STRONG.search(name) and not _looks_like_chance(plain)


def _looks_like_chance(value: bytes) -> bool:
    mixed = re.search(rb"\d", value) and re.search(rb"[a-z]", value, re.IGNORECASE)
    return bool(mixed) and len(set(value)) >= _DIFFERENT and not _PATHS.match(value)
