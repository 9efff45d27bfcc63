"""Secrets that are known by the file they stand in: its format says what they are, not a name beside them."""

from __future__ import annotations

import re

from core.redaction.pattern import Pattern, finds, follows, pattern

LINES = re.IGNORECASE | re.MULTILINE
EXACT_LINES = re.MULTILINE
_RECOVERY_CODES = "|".join(
    f"{what}{between}code" for what in ("recovery", "backup", "scratch", "emergency") for between in ("", " ", "_", "-")
)

PLACED: tuple[Pattern, ...] = (
    pattern(
        "password",
        "password",
        rb"\b(?:login|machine|account)\s{1,9}\S{1,200}\s{1,9}password\s{1,9}(?P<secret>\S+)",
        hint=follows("login|machine|account", rb"\s{1,9}\S{1,200}\s{1,9}password\s"),
    ),
    pattern(
        "password", "default", rb"^default\s{1,9}(?:login\s{1,9}\S{1,200}\s{1,9})?password\s{1,9}(?P<secret>\S+)", LINES
    ),
    pattern(  # pgpass(5): five fields
        "password",
        ":",
        rb"^(?!#)[^\s:]{1,253}:(?:\d{2,5}|\*):[^\s:]{1,64}:[^\s:]{1,64}:(?P<secret>(?:[^\s:\\]|\\.)+)[ \t]*\r?$",
        LINES,
    ),
    pattern(  # a line of one name and one value: msmtp, fetchmail, redis, LDAP, routers
        "password",
        "pass|masterauth|secret|bindpw|rootpw|key-string",
        rb"^[ \t]{0,99}(?:set{b})?(?:password|passwd|passphrase|secret|requirepass|masterauth|auth_pass|rootpw"
        rb"|bindpw|key-string"
        rb"|(?:\w{1,20}_)?pass|sentinel[ \t]auth-pass[ \t]\S{1,80}){b}"
        rb"(?P<secret>(?!\[)(?:{q}|[^\s'\"=:]\S*))[ \t]*\r?$",
        LINES,
    ),
    pattern(
        "password",
        "password|secret",
        rb"\b(?:neighbor{b}\S{1,100}|enable|username{b}\S{1,64}(?:{b}privilege{b}\d{1,2})?|user{b}\S{1,64})"
        rb"{b}(?:insecure-)?(?:password|secret){b}(?:\d{b})?(?P<secret>{w})",
        hint=follows(" password|\tpassword|-password| secret|\tsecret|-secret", rb"{b}"),
    ),
    pattern("password", "stats", rb"\bstats{b}auth{b}[^\s:]{1,64}:(?P<secret>\S+)"),
    pattern(
        "password",
        "poll|user",
        rb"\b(?:user|username|with){b}\S{1,100}{b}(?:there{b})?(?:with{b})?password{b}(?P<secret>{w})",
        hint=follows("user|username|with", rb"{b}\S{1,100}{b}(?:there{b})?(?:with{b})?password{b}"),
    ),
    pattern("password", "]:", rb"^\[[\w.-]{1,253}\](?::\d{1,5})?[ \t]{1,99}[^\s:]{1,100}:(?P<secret>\S+)", LINES),
    pattern("password", " on ", rb"^user{b}\S{1,64}{b}on\b[^\n]{0,200}?[ \t]>(?P<secret>\S+)", LINES),
    pattern(
        "pre-shared key",
        "psk|eap|xauth|ntlm",
        rb":{b}(?:PSK|EAP|XAUTH|NTLM){b}(?P<secret>{q}|0[sx][\w+/=]+)",
    ),
    pattern("key", "secret", rb"\bsecret{b}(?P<secret>{q}){o};"),
    pattern(
        "NTP key",
        "md5|sha|aes",
        rb"^[ \t]{0,20}\d{1,5}[ \t]{1,20}(?:MD5|SHA1|SHA256|SHA384|SHA512|AES128|AES256|M)[ \t]{1,20}"
        rb"(?P<secret>[^\s#]{4,200})",
        EXACT_LINES,
        hint=finds(rb"\d[ \t]{1,20}(?:md5|sha|aes|m)"),
    ),
    pattern(
        "password",
        "identified",
        rb"\bidentified\s{1,9}(?:with\s{1,9}\S{1,64}\s{1,9})?(?:by|as)\s{1,9}(?:password\s{1,9})?(?P<secret>{q})",
    ),
    pattern(
        "password",
        "password",
        rb"\b(?:role|user|login|with|encrypted|set)\s{1,9}(?:[^\s;]{1,64}\s{1,9}){0,4}?password{s}(?:={s})?"
        rb"(?:password{s}\({s})?(?P<secret>'(?:[^'\n]|'')*')",
        also="'",
        hint=follows("password", rb"{s}(?:={s})?(?:password{s}\({s})?'"),
    ),
    pattern(
        "password",
        "define(",
        rb"\bdefine\({s}['\"][\w-]{0,64}(?:PASS|SECRET|KEY|SALT|TOKEN)[\w-]{0,64}['\"]{s},{s}(?P<secret>{q})",
    ),
    # SNMP: snmpd.conf(5), and what routers write
    pattern(
        "SNMP community",
        "community",
        rb"^[ \t]{0,99}(?:r[ow]community6?|trapcommunity|snmp-server{b}community){b}(?P<secret>{w})",
        LINES,
    ),
    pattern(
        "SNMP community",
        "com2sec",
        rb"^[ \t]{0,99}com2sec6?{b}(?:-Cn{b}\S{1,64}{b})?\S{1,64}{b}\S{1,253}{b}(?P<secret>{w})",
        LINES,
    ),
    pattern("SNMP community", "trap", rb"^[ \t]{0,99}trap2?sink{b}\S{1,253}{b}(?P<secret>{w})", LINES),
    pattern(
        "SNMP password",
        "createuser|usmuser",
        rb"^[ \t]{0,99}(?:createUser|usmUser){b}(?:-e{b}\S{1,80}{b})?\S{1,80}{b}"
        rb"(?P<secret>(?:MD5|SHA\S{0,4})[ \t][^\r\n]+)",
        LINES,
    ),
    # One-time codes
    pattern(
        "recovery code",
        _RECOVERY_CODES,
        rb"(?:recovery|backup|scratch|emergency)[_ -]?codes?\\?[\"']?{s}[:=]{s}\[(?!redacted:)\s{0,99}"
        rb"(?P<secret>[^\[\]]{1,4000}?)(?=\s{0,99}\])",
        also="code",
    ),
    pattern(
        "recovery code",
        _RECOVERY_CODES,
        rb"(?:recovery|backup|scratch|emergency)[_ -]?codes?{o}(?:are{o})?[:=]?{o}\r?\n"
        rb"(?P<secret>(?:[ \t]{0,20}(?:[-*]{b}|\d{1,2}[.)]{b})?[A-Za-z0-9]{3,12}(?:-[A-Za-z0-9]{3,12}){0,5}{o}"
        rb"(?:\r?\n(?=[ \t]{0,20}[\w*-])|(?=\r?\n|\Z))){2,20})",
        also="code",
    ),
    pattern(
        "recovery code",
        _RECOVERY_CODES,
        rb"(?:recovery|backup|scratch|emergency)[_ -]?codes?{o}[:=]{b}(?P<secret>[A-Za-z0-9-]{6,40}"
        rb"(?:[ ,]{1,9}[A-Za-z0-9-]{6,40})*)",
        also="code",
    ),
    pattern(
        "TOTP secret",
        '" ',
        rb"^(?P<secret>[A-Z2-7]{16,128}\r?\n(?:\" [^\n]{1,200}\n){1,9}(?:\d{8}(?:\n|\Z)){0,20})",
        EXACT_LINES,
    ),
    # What is set when a machine is made
    pattern(
        "password",
        "chpasswd",
        rb"\bchpasswd:\s{1,99}(?:[a-z_]{1,20}:{o}\w{1,9}\s{1,99}){0,3}list:{o}[|>]?[-+]?{o}\r?\n"
        rb"(?P<secret>(?:[ \t]{1,99}(?:-{b})?['\"]?[\w.-]{1,64}:\S+[ \t]*(?:\r?\n|\Z)){1,200})",
    ),
    pattern(
        "Kubernetes secret",
        "kind:",
        rb"(?:^kind:{b}[\"']?(?:Sealed)?Secret\b[^\n]*\n(?:(?!data:|stringData:|---)[^\n]*\n){0,200}?)"
        rb"(?:data|stringData):[ \t]*\r?\n(?P<secret>(?:[ \t]{1,99}[^\n]*(?:\n|\Z)){1,2000})",
        EXACT_LINES,
    ),
    pattern(
        "Kubernetes secret",
        "kind:",
        rb"^(?:data|stringData):[ \t]*\r?\n(?P<secret>(?:[ \t]{1,99}[^\n]*\n){1,2000})"
        rb"(?=(?:(?!---)\S[^\n]*\n|[ \t]{1,99}[^\n]*\n){0,200}?kind:{b}[\"']?Secret\b)",
        EXACT_LINES,
    ),
    pattern("Docker login", '"auth"', rb"\"auth\"{s}:{s}(?P<secret>\"[A-Za-z0-9+/_=-]{6,4000}\")"),
    pattern(
        "Terraform secret",
        "random_|sensitive",
        rb"\"type\"{s}:{s}\"random_(?:password|string|bytes)\"[^\x00]{0,600}?\"result\"{s}:{s}(?P<secret>{q})",
    ),
    pattern(
        "Terraform secret",
        "sensitive",
        rb"\"sensitive\"{s}:{s}true{s},\s{0,99}"
        rb"(?:\"type\"{s}:{s}\"[^\"\n]{0,80}\"{s},\s{0,99})?\"value\"{s}:{s}(?P<secret>{q})",
    ),
    pattern(
        "Terraform secret",
        "sensitive",
        rb"\"value\"{s}:{s}(?P<secret>{q})"
        rb"(?={s},\s{0,99}(?:\"type\"{s}:{s}\"[^\"\n]{0,80}\"{s},\s{0,99})?\"sensitive\"{s}:{s}true)",
    ),
    pattern("authorization code", "code=", rb"[?&]code=(?P<secret>[\w%./~-]{12,2000})", long=True),
)
