"""Checks of the sites that web servers of a host are configured to serve."""

from __future__ import annotations

import re

from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.population import Population
from core.resources.host.cryptography import OpenSsl
from core.resources.host.web import WebSite

NO_TLS = not_applicable("the site speaks no TLS")
WITHDRAWN = ("SSLv3", "TLSv1", "TLSv1.1")
"""RFC 7568 and RFC 8996."""
WEAK = frozenset({
    "NULL", "ENULL", "ANULL", "ADH", "AECDH", "EXPORT", "EXP", "LOW", "DES", "3DES", "RC2", "RC4", "IDEA", "SEED",
    "MD5", "ALL", "COMPLEMENTOFDEFAULT", "COMPLEMENTOFALL",
})  # fmt: skip
"""Names of ciphers(1) for groups that hold broken ciphers, or that let anybody pose as the server."""
WEAK_IN_ALL = "ANULL"
"""What `ALL` brings in that is weak; the other weak ones have left OpenSSL."""
_WEAK_PART = re.compile(r"NULL|EXP|RC[24]|DES-CBC3?|MD5|ADH|AECDH|IDEA|SEED", re.IGNORECASE)


@check(objective="cryptography-is-strong", severity=Severity.HIGH)
def site_refuses_old_tls(site: WebSite, libraries: Population[OpenSsl]) -> Verdict:
    """The web site speaks no TLS below 1.2.

    TLS 1.0 and 1.1 rest on MD5 and SHA-1 and have been withdrawn (RFC 8996). Where the configuration allows them but
    the OpenSSL of the host does not, the site is safe until somebody lowers the security level.

    Remediation: nginx: `ssl_protocols TLSv1.2 TLSv1.3;` in the `http` block. Apache: `SSLProtocol -all +TLSv1.2
    +TLSv1.3` in the main server and in no virtual host. Then reload the service.
    """
    if not site.tls:
        return NO_TLS
    old = [name for name in site.protocols if name in WITHDRAWN]
    observed = f"{site.protocols_from} allows {', '.join(site.protocols) or 'nothing'}"
    if not old:
        return passed(observed)
    library = next(iter(libraries.here), None)
    if library is None:
        return unknown(f"{observed}; whether the library does is not known: there is no openssl to ask")
    level = re.search(r"@SECLEVEL=(\d)", site.ciphers)
    strict = int(level[1]) >= 1 if level else library.security_level >= 1
    # Since 3.0 every level but 0 forbids the SHA-1 signatures that TLS 1.0 and 1.1 need.
    if strict and int(library.version.partition(".")[0]) >= 3:  # noqa: PLR2004
        named = f"security level {level[1] if level else library.security_level}"
        return passed(f"{observed}, of which OpenSSL {library.version} rules out {', '.join(old)} at {named}")
    return failed(observed)


@check(objective="cryptography-is-strong", severity=Severity.HIGH)
def site_ciphers_are_strong(site: WebSite) -> Verdict:
    """The web site offers no broken cipher.

    RC4, 3DES and export ciphers can be broken; with an anonymous cipher anybody can pose as the site.

    Remediation: nginx: `ssl_ciphers HIGH:!aNULL:!MD5:!3DES;`. Apache: `SSLCipherSuite HIGH:!aNULL:!MD5:!3DES`. Check
    with `openssl ciphers -v 'HIGH:!aNULL:!MD5:!3DES'`, then reload the service.
    """
    if not site.tls:
        return NO_TLS
    if not site.ciphers:
        return passed("the ciphers are the default of OpenSSL")
    weak = weak_ciphers(site.ciphers)
    return failed(f"the ciphers {site.ciphers} hold {', '.join(weak)}") if weak else passed(f"{site.ciphers}")


@check(objective="keys-are-guarded", severity=Severity.HIGH)
def site_key_is_private(site: WebSite) -> Verdict:
    """Only its service and root can read the private key of the web site.

    Whoever can read the key can pose as the site.

    Remediation: `chown root:root KEY` and `chmod 600 KEY`: nginx and Apache read it as root before they change user.
    If others could read it, have a new key certified.
    """
    if not site.keys:
        return not_applicable("the site has no key of its own")
    open_ = [
        f"{key.path} has mode {key.mode:04o}"
        for key in site.keys
        if key.mode & 0o022 or (key.mode & 0o004 and not key.closed_folder)
    ]
    if open_:
        return failed("; ".join(open_))
    return passed("; ".join(f"{key.path} has mode {key.mode:04o} and belongs to {key.owner}" for key in site.keys))


@check(objective="data-in-transit-is-protected", severity=Severity.MEDIUM)
def site_is_encrypted(site: WebSite) -> Verdict:
    """Other hosts reach the web site through TLS only.

    What is sent plainly, passwords and session cookies among it, can be read and changed on its way.

    Remediation: Add a certificate and let the plain address only lead to the other: nginx
    `return 301 https://$host$request_uri;`, Apache `Redirect permanent / https://NAME/`. Where a proxy before this host
    ends TLS, listen on loopback, or accept the risk with that reason.
    """
    if site.serves != "http":
        return not_applicable(f"this is no web site: it serves {site.serves}")
    if site.local:
        return not_applicable(f"only this host reaches {', '.join(site.addresses)}")
    if not site.plain:
        return passed(f"TLS is spoken on {', '.join(site.addresses)}")
    if site.redirects:
        return passed(f"the site leads from {', '.join(site.addresses)} to https")
    return failed(f"the site is configured to be served without TLS on one of {', '.join(site.addresses)}")


@check(objective="use-is-logged", severity=Severity.MEDIUM)
def site_logs_requests(site: WebSite) -> Verdict:
    """Requests to the web site are logged.

    Without the log nobody can tell what was asked for, by whom, and what an attacker tried.

    Remediation: nginx: remove `access_log off;`. Apache: `CustomLog ${APACHE_LOG_DIR}/access.log combined`.
    """
    if site.serves != "http":
        return not_applicable(f"this is no web site: it serves {site.serves}")
    return passed("requests are logged") if site.logs_access else failed("requests are not logged")


@check(objective="use-is-logged", severity=Severity.LOW)
def site_logs_errors(site: WebSite) -> Verdict:
    """Errors of the web site are logged.

    Failed attacks show as errors first.

    Remediation: nginx: `error_log /var/log/nginx/error.log;`. Apache: `ErrorLog ${APACHE_LOG_DIR}/error.log`.
    """
    return passed("errors are logged") if site.logs_errors else failed("errors go to /dev/null")


@check(objective="systems-are-hardened", severity=Severity.LOW)
def site_hides_version(site: WebSite) -> Verdict:
    """The web site does not tell the version of its program.

    A version in each answer tells whom it is worth attacking.

    Remediation: nginx: `server_tokens off;` in the `http` block. Apache: `ServerTokens Prod`.
    """
    if site.serves != "http":
        return not_applicable(f"this is no web site: it serves {site.serves}")
    directive = "server_tokens" if site.program == "nginx" else "ServerTokens"
    if site.hides_version:
        return passed(f"{directive} keeps the version back")
    return failed(f"{directive} lets {site.program} tell its version")


def weak_ciphers(text: str) -> list[str]:
    """The words of an OpenSSL cipher string that let weak ciphers in and are not taken out again (ciphers(1))."""
    words = [word for word in re.split(r"[:, ]+", text) if word]
    removed = {word[1:].upper() for word in words if word[0] in "!-"}
    removed |= {"DES-CBC3"} if "3DES" in removed else set()  # as single ciphers are called
    weak: list[str] = []
    for word in words:
        name = word.upper()
        if word[0] in "!-+@" or name in removed:
            continue
        parts = name.split("+")
        if name == "ALL":
            weak += [word] if WEAK_IN_ALL not in removed else []
        elif len(parts) > 1:
            weak += [word] if WEAK & {*parts} and not removed & {*parts} else []
        elif name in WEAK or ("-" in name and _WEAK_PART.search(name) and not any(each in name for each in removed)):
            weak.append(word)
    return weak + [word for word in words if word == "@SECLEVEL=0"]
