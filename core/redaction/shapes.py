"""Secrets that are known by their own shape, wherever they stand."""

from __future__ import annotations

import re

from core.redaction.pattern import Pattern, follows, pattern

EXACT = 0
"""Flags of an expression in which capital and small letters differ."""

_PRIVATE = rb"PRIVATE KEY(?: BLOCK)? ?-{4,5}"

BLOCKS: tuple[Pattern, ...] = (
    # One that was cut off is masked to the end: what follows may well be the key.
    pattern(
        "private key",
        "private key",
        rb"(?P<secret>-{4,5} ?BEGIN [A-Z0-9 ]{0,40}"
        + _PRIVATE
        + rb".*?(?:-{4,5} ?END [A-Z0-9 ]{0,40}"
        + _PRIVATE
        + rb"|\Z))",
        re.DOTALL,
    ),
    pattern(
        "private key",
        "private-lines:",
        rb"^Private-Lines: ?\d{1,5}\r?\n(?P<secret>(?:[A-Za-z0-9+/=]{1,80}\r?\n?)+)",
        re.MULTILINE,
    ),
    pattern(
        "age key",
        "age-secret-key-|age-plugin-",
        rb"(?P<secret>\bAGE-(?:SECRET-KEY|PLUGIN-[A-Z0-9]{1,40})-1\w{20,})",
        long=True,
    ),
    pattern(
        "Ansible vault",
        "$ansible_vault;",
        rb"\$ANSIBLE_VAULT;[\w.;-]{1,80}(?:\\n|\s){1,99}(?P<secret>[0-9a-f]{16,}(?:(?:\\n|\s){1,99}[0-9a-f]{16,})*)",
    ),
    pattern(
        "SAML assertion",
        "assertion",
        rb"(?P<secret><(?:saml2?p?:)?Assertion\b.*?(?:</(?:saml2?p?:)?Assertion>|\Z))",
        re.DOTALL,
    ),
    pattern("SAML assertion", "samlresponse", rb"\bSAMLResponse['\"]?{s}[=:]{s}['\"]?(?P<secret>[\w%+/=-]{16,})"),
)

_TOKENS = rb"|".join(
    (
        rb"gh[pousr]_\w{20,}|github_pat_\w{20,}",
        rb"gl(?:pat|dt|rt|ptt|cbt|oas|soat|ft|imt|agent)-[\w-]{16,}|GR1348941[\w-]{16,}",
        rb"xox[abeoprs]-[\w-]{10,}|xapp-[\w-]{10,}",
        rb"[sr]k_(?:live|test)_\w{16,}|whsec_[\w+/=]{16,}",
        rb"npm_\w{30,}|pypi-[\w-]{16,}|dckr_(?:pat|oat)_[\w-]{16,}|rubygems_[0-9a-f]{40,}",
        rb"hf_\w{30,}|sk-(?!ssh-|ecdsa-)[\w-]{20,}",
        rb"hv[sbr]\.[\w-]{20,}|[A-Za-z0-9]{14}\.atlasv1\.[\w-]{40,}",
        rb"AIza[\w-]{30,}|GOCSPX-[\w-]{20,}|ya29\.[\w-]{20,}|1//0[\w-]{20,}",
        rb"do[opr]_v1_[0-9a-f]{40,}|dapi[0-9a-f]{32}|shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}|ATATT3[\w=-]{20,}",
        rb"glsa_\w{30,}|glc_[\w+/=]{30,}|NRAK-[A-Z0-9]{20,}|lin_api_\w{30,}|dp\.(?:pt|st|ct|sa)\.\w{30,}",
        rb"sntrys_[\w+/=-]{30,}|tskey-[\w-]{16,}|pscale_(?:tkn|pw|oauth)_[\w.-]{20,}|sq0(?:atp|csp)-[\w-]{20,}",
        rb"HRKU-[0-9a-f-]{30,}|LTAI[A-Za-z0-9]{12,}",
    )
)
_BEGINNINGS = (
    "ghp_|gho_|ghu_|ghs_|ghr_|github_pat_|glpat-|gldt-|glrt-|glptt-|glcbt-|gloas-|glsoat-|glft-|glimt-|glagent-"
    "|gr1348941|xox|xapp-|k_live_|k_test_|whsec_|npm_|pypi-|dckr_|rubygems_|hf_|sk-|hvs.|hvb.|hvr.|.atlasv1.|aiza"
    "|gocspx-|ya29.|1//0|_v1_|dapi|shpat_|shpca_|shppa_|shpss_|atatt3|glsa_|glc_|nrak-|lin_api_|dp.pt.|dp.st.|dp.ct."
    "|dp.sa.|sntrys_|tskey-|pscale_|sq0|hrku-|ltai"
)
"""How those tokens begin, or what is in them, in small letters."""

_PLAIN_TOKENS = (
    rb"SG\.[\w.-]{30,}|key-[0-9a-f]{32}\b|[0-9a-f]{32}-us\d{1,2}\b|[sb]\.[A-Za-z0-9]{24}\b|SK[0-9a-f]{32}\b"
    rb"|\d{8,10}:AA[\w-]{33}\b"
)
"""Tokens that begin as much else does."""

_HASHES = rb"|".join(
    (
        rb"\$(?:1|2[abxy]?|5|6|7|8|9|14|y|gy|sm3|apr1|sha1|md5|argon2(?:id?|d)|scrypt)\$[^\s:'\"]{8,}",
        rb"\$(?:pbkdf2[\w-]{0,12}|bcrypt-sha256)\$[^\s:'\"]{8,}",
        rb"\{(?:S?SHA\d{0,3}|S?MD5|CRYPT|ARGON2|PBKDF2[\w-]{0,12}|X-[\w-]{1,12})\}[^\s:'\"]{8,}",
        rb"\b(?:pbkdf2_sha\d{1,3}|scrypt|bcrypt_sha256|argon2)\$[^\s:'\"]{16,}",
        rb"\bgrub\.pbkdf2\.sha512\.\d{1,9}\.[0-9A-Fa-f.]{32,}",
        rb"\bSCRAM-SHA-(?:1|256)\$\d{1,9}:[^\s'\"]{16,}",
    )
)

SHAPED: tuple[Pattern, ...] = (
    pattern(
        "password hash",
        "$|{|grub.pbkdf2",
        rb"(?P<secret>" + _HASHES + rb")",
        EXACT,
        hint=follows("$|{|grub.pbkdf2", rb"[^\s'\"]{8}"),
    ),
    # The hash of shadow(5) before there were dollars, of smbpasswd(5), of MySQL and of PostgreSQL.
    pattern("password hash", ":", rb"^[\w.-]{1,32}:!?(?P<secret>[./0-9A-Za-z]{13}):\d{0,7}:\d{0,7}:", re.MULTILINE),
    pattern(
        "password hash", "lct-|:[", rb"^[^:\s]{1,64}:\d{1,10}:(?P<secret>[0-9A-FX]{32}:[0-9A-FX]{32}):", re.MULTILINE
    ),
    pattern("password hash", "*", rb"(?<![\w*])(?P<secret>\*[0-9A-F]{40})\b", EXACT, long=True),
    pattern("password hash", "md5", rb"['\"](?P<secret>md5[0-9a-f]{32})['\"]", EXACT),
    # Before the URL is looked at by itself, for the secret of a webhook is in its path.
    pattern(
        "webhook",
        "hooks.slack.com/|/api/webhooks/|.webhook.office.com/|hooks.zapier.com/|events.pagerduty.com/",
        rb"(?:hooks\.slack\.com/(?:services|workflows|triggers)/|discord(?:app)?\.com/api/webhooks/\d{1,30}/"
        rb"|[\w-]{1,63}\.webhook\.office\.com/webhookb2/|hooks\.zapier\.com/hooks/catch/"
        rb"|events\.pagerduty\.com/integration/)(?P<secret>[\w@./-]{8,500})",
        long=True,
    ),
    pattern(
        "TOTP secret",
        "otpauth",
        rb"\botpauth(?:-migration)?://[^\s'\"]{0,300}?[?&](?:secret|data)=(?P<secret>[\w%+/=-]{4,2000})",
        long=True,
    ),
    pattern(
        "password in URL",
        "://",
        rb"(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{0,40}://[^\s/:@'\"]{0,200}:(?P<secret>[^\s/'\"]{1,500})(?=@)",
    ),
    pattern(
        "password in URL",
        "jdbc:oracle:",
        rb"\bjdbc:oracle:[a-z]{1,9}:[^\s/@'\"]{1,100}/(?P<secret>[^\s/@'\"]{1,200})(?=@)",
        long=True,
    ),
    pattern("token in URL", "://", rb"(?<![a-z0-9+.-])https?://(?P<secret>[\w.~%-]{20,200})(?=@)", long=True),
    pattern(
        "signature",
        "sig=|signature",
        rb"(?:[?&;]|\b)(?:sig|X-(?:Amz|Goog)-Signature|Signature)=(?P<secret>[\w%+/=-]{20,500})",
        long=True,
    ),
    pattern(
        "bearer token",
        "authorization|www-authenticate",
        rb"authorization\\?['\"]?\]?{s}(?:=>|[:=]){s}\\?['\"]?"
        rb"(?:(?:bearer|basic|token|ssws|negotiate|ntlm|apikey|genie[a-z]{0,9}|splunk|digest|aws4-hmac-sha256)\s{1,9})?"
        rb"(?P<secret>(?!(?:bearer|basic|token|ssws|negotiate|ntlm|digest)\b)[^\s'\"\\]{8,}(?:{b}[^\s'\"\\]+)*)",
    ),
    pattern("bearer token", "bearer", rb"\bbearer\s{1,9}(?P<secret>[\w.~+/=-]{16,})"),
    pattern(
        "cookie",
        "cookie",
        rb"\b(?:set-)?cookie\\?['\"]?{s}:{o}\\?['\"]?(?P<secret>[^\r\n'\"\\]+)",
        hint=follows("cookie", rb"\\?['\"]?{s}:"),
    ),
    pattern(
        "cookie",
        "sessid=|sess_id=|session=|sessionid=|session_id=|connect.sid=",
        rb"\b(?:[A-Z]{0,10}SESS(?:ION)?_?ID|[\w-]{0,30}session|connect\.sid)=(?P<secret>[\w.%+/:-]{12,500})",
        long=True,
    ),
    pattern("X11 cookie", "mit-magic-cookie-1", rb"\bMIT-MAGIC-COOKIE-1\s{1,20}(?P<secret>[0-9a-f]{32})"),
    pattern(
        "JSON web token", "eyj", rb"(?P<secret>\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*(?:\.[\w-]*){0,2})", EXACT, long=True
    ),
    # With its id beside it the secret is known; by itself it looks like any forty characters.
    pattern(
        "AWS secret key",
        "akia|asia",
        rb"\b(?:AKIA|ASIA)[A-Z0-9]{16}\\?['\"]?[\s,:;|]{1,20}\\?['\"]?(?P<secret>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])",
        EXACT,
    ),
    # The provider's own field names a key to those who ask about it, and opens nothing.
    pattern(
        "AWS access key id",
        "akia|asia",
        rb"(?<!AccessKeyId>)(?<!ccessKeyId\": \")(?<!ccessKeyId\":\")(?P<secret>\b(?:AKIA|ASIA)[A-Z0-9]{16})\b",
        EXACT,
        long=True,
    ),
    pattern(
        "Azure client secret",
        "q~",
        rb"(?<![\w.~-])(?P<secret>[\w.~-]{3}\dQ~[\w.~-]{31,34})(?![\w.~-])",
        EXACT,
        long=True,
    ),
    pattern("provider token", _BEGINNINGS, rb"(?P<secret>(?<![\w.-])(?:" + _TOKENS + rb"))", EXACT, long=True),
    pattern(
        "provider token",
        "sg.|key-|-us|s.|b.|sk|:aa",
        rb"(?P<secret>(?<![\w.-])(?:" + _PLAIN_TOKENS + rb"))",
        EXACT,
        hint=follows("sg.|key-|-us|s.|b.|sk|:aa", rb"[\w.-]{24}|(?<=-us)\d", long=True),
        long=True,
    ),
    pattern(
        "Kerberos key",
        "(0x",
        rb"\((?:DEPRECATED:|UNSUPPORTED:)?(?:aes|des|arcfour|camellia)[\w-]{1,40}\)\s{1,9}\("
        rb"(?P<secret>0x[0-9a-f]{16,128})\)",
    ),
    pattern(
        "Kerberos key",
        "-hmac-|arcfour|des-cbc",
        rb"\b(?:aes\d{3}|arcfour|des|des3|camellia\d{3})-[\w-]{1,40}\s{1,40}\S{1,200}@\S{1,200}\s{1,40}"
        rb"(?P<secret>[0-9a-f]{16,128})\b",
    ),
)
