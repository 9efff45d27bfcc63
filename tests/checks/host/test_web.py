"""Truth tables of the checks of web sites."""

from __future__ import annotations

from typing import Any

import pytest

from checks.host import web as checks
from core.model import Status, failed
from core.population import Population
from core.resource import NotObservedError, unobserved
from core.resources.host.cryptography import OpenSsl
from core.resources.host.web import TlsKeyFile, WebSite
from tests.twins import population

P, F, N, U = Status.PASS, Status.FAIL, Status.NOT_APPLICABLE, Status.UNKNOWN
OLD = ("TLSv1", "TLSv1.1", "TLSv1.2")


def key(**changes: Any) -> TlsKeyFile:
    usual = {"path": "/k", "owner": "root", "group": "root", "mode": 0o600, "closed_folder": False}
    return TlsKeyFile(**{**usual, **changes})


def site(**changes: Any) -> WebSite:
    usual: dict[str, Any] = {
        "id": "nginx a 443",
        "program": "nginx",
        "version": "1.22.1",
        "serves": "http",
        "names": ("a",),
        "addresses": ("443",),
        "local": False,
        "tls": True,
        "plain": False,
        "redirects": False,
        "protocols": ("TLSv1.2", "TLSv1.3"),
        "protocols_from": "ssl_protocols",
        "ciphers": "HIGH:!aNULL:!MD5",
        "keys": (key(),),
        "logs_access": True,
        "logs_errors": True,
        "hides_version": True,
    }
    return WebSite(**{**usual, **changes})


def library(version: str = "3.0.15", level: int = 2) -> OpenSsl:
    return OpenSsl(
        id="web-1",
        version=version,
        minimum_protocol="",
        cipher_string="",
        security_level=level,
        security_level_source="built in",
    )


@pytest.mark.parametrize(
    ("changes", "openssl", "status", "reason"),
    [
        ({"tls": False}, library(), N, "the site speaks no TLS"),
        ({}, library(level=0), P, "ssl_protocols allows TLSv1.2, TLSv1.3"),
        ({"protocols": ()}, library(), P, "ssl_protocols allows nothing"),
        ({"protocols": OLD}, library(level=0), F, "ssl_protocols allows TLSv1, TLSv1.1, TLSv1.2"),
        ({"protocols": OLD}, library("1.1.1w"), F, "ssl_protocols allows TLSv1, TLSv1.1, TLSv1.2"),
        ({"protocols": OLD, "ciphers": "ALL:@SECLEVEL=0"}, library(), F, "ssl_protocols allows TLSv1, TLSv1.1"),
        (
            {"protocols": OLD},
            library(),
            P,
            ("ssl_protocols allows TLSv1, TLSv1.1, TLSv1.2, of which OpenSSL 3.0.15 rules out TLSv1, TLSv1.1 at security "
            "level 2"),
        ),
        ({"protocols": OLD, "ciphers": "ALL:@SECLEVEL=1"}, library(level=0), P, "at security level 1"),
    ],
)  # fmt: skip
def test_old_tls(changes: dict[str, Any], openssl: OpenSsl, status: Status, reason: str) -> None:
    verdict = checks.site_refuses_old_tls(site(**changes), population(openssl))
    assert verdict.status is status
    assert reason in verdict.reason


def test_old_tls_without_a_library_to_ask() -> None:
    nobody: Population[OpenSsl] = population(kind="host_openssl")
    assert checks.site_refuses_old_tls(site(protocols=OLD), nobody).status is U
    assert checks.site_refuses_old_tls(site(), nobody).status is P
    with pytest.raises(NotObservedError, match="not followed"):
        checks.site_refuses_old_tls(site(protocols=unobserved("not followed")), nobody)


@pytest.mark.parametrize(
    ("ciphers", "weak"),
    [
        ("HIGH:!aNULL:!MD5", []),
        ("DEFAULT@SECLEVEL=2", []),
        ("PROFILE=SYSTEM", []),
        ("ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL", []),
        ("ECDHE-RSA-AES128-GCM-SHA256:AES128-SHA", []),
        ("ALL:!aNULL", []),
        ("ALL", ["ALL"]),
        ("HIGH:RC4:!aNULL", ["RC4"]),
        ("HIGH:RC4:!RC4", []),
        ("RC4-SHA", ["RC4-SHA"]),
        ("kRSA+RC4:!MD5", ["kRSA+RC4"]),
        ("kRSA+RC4:!RC4", []),
        ("HIGH, DES-CBC3-SHA", ["DES-CBC3-SHA"]),
        ("ECDHE-RSA-DES-CBC3-SHA:!3DES", []),
        ("HIGH:+3DES:-LOW", []),
        ("eNULL", ["eNULL"]),
        ("HIGH:@SECLEVEL=0", ["@SECLEVEL=0"]),
    ],
)
def test_ciphers(ciphers: str, weak: list[str]) -> None:
    assert checks.weak_ciphers(ciphers) == weak
    verdict = checks.site_ciphers_are_strong(site(ciphers=ciphers))
    assert verdict.status is (F if weak else P)
    assert ciphers in verdict.reason


def test_sites_without_ciphers_of_their_own() -> None:
    assert checks.site_ciphers_are_strong(site(ciphers="")).status is P
    assert checks.site_ciphers_are_strong(site(tls=False)).status is N


@pytest.mark.parametrize(
    ("changes", "status", "reason"),
    [
        ({}, P, "/k has mode 0600 and belongs to root"),
        ({"mode": 0o640, "group": "ssl-cert"}, P, "/k has mode 0640 and belongs to root"),
        ({"mode": 0o644}, F, "/k has mode 0644"),
        ({"mode": 0o644, "closed_folder": True}, P, "/k has mode 0644 and belongs to root"),
        ({"mode": 0o620, "closed_folder": True}, F, "/k has mode 0620"),
    ],
)
def test_keys(changes: dict[str, Any], status: Status, reason: str) -> None:
    verdict = checks.site_key_is_private(site(keys=(key(**changes),)))
    assert (verdict.status, verdict.reason) == (status, reason)
    assert checks.site_key_is_private(site(keys=())).status is N


PLAIN = {"tls": False, "plain": True, "addresses": ("80",)}


@pytest.mark.parametrize(
    ("changes", "status", "reason"),
    [
        ({}, P, "TLS is spoken on 443"),
        (PLAIN, F, "the site is configured to be served without TLS on one of 80"),
        (
            {"plain": True, "addresses": ("80", "443")},
            F,
            "the site is configured to be served without TLS on one of 80, 443",
        ),
        ({**PLAIN, "redirects": True}, P, "the site leads from 80 to https"),
        ({"tls": False, "local": True, "addresses": ("127.0.0.1:80",)}, N, "only this host reaches 127.0.0.1:80"),
        ({**PLAIN, "serves": "stream"}, N, "this is no web site: it serves stream"),
    ],
)
def test_encryption(changes: dict[str, Any], status: Status, reason: str) -> None:
    verdict = checks.site_is_encrypted(site(**changes))
    assert (verdict.status, verdict.reason) == (status, reason)


def test_logs_and_versions() -> None:
    assert checks.site_logs_requests(site()).status is P
    assert checks.site_logs_requests(site(logs_access=False)).status is F
    assert checks.site_logs_requests(site(serves="mail", logs_access=False)).status is N
    assert checks.site_logs_errors(site()).status is P
    assert checks.site_logs_errors(site(logs_errors=False)).status is F
    assert checks.site_hides_version(site()).reason == "server_tokens keeps the version back"
    assert checks.site_hides_version(site(program="apache", hides_version=False)) == failed(
        "ServerTokens lets apache tell its version"
    )
    assert checks.site_hides_version(site(serves="stream")).status is N
