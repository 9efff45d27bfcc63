"""Truth tables of the checks of services that speak TLS."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from checks.host import tls_listeners as checks
from core.model import Status
from core.resource import NotObservedError, unobserved
from core.resources.host.tls_listeners import ServedCertificate, TlsListener
from tests.twins import NOW

P, F, N = Status.PASS, Status.FAIL, Status.NOT_APPLICABLE


def certificate(begins: int = -10, ends: int = 10, subject: str = "CN=a") -> ServedCertificate:
    return ServedCertificate(
        subject=subject,
        issuer="CN=b",
        not_before=NOW + timedelta(days=begins),
        not_after=NOW + timedelta(days=ends),
    )


def listener(**changes: Any) -> TlsListener:
    usual: dict[str, Any] = {
        "id": "tcp 0.0.0.0:443",
        "port": 443,
        "protocols": ("TLSv1.2", "TLSv1.3"),
        "certificate": certificate(),
    }
    return TlsListener(**{**usual, **changes})


@pytest.mark.parametrize(
    ("protocols", "status", "reason"),
    [
        (("TLSv1.2", "TLSv1.3"), P, "the service agrees to TLSv1.2, TLSv1.3"),
        (("TLSv1.1", "TLSv1.2"), F, "the service agrees to TLSv1.1, TLSv1.2"),
        (("TLSv1",), F, "the service agrees to TLSv1"),
        ((), N, "the service speaks no TLS"),
    ],
)
def test_versions(protocols: tuple[str, ...], status: Status, reason: str) -> None:
    verdict = checks.service_refuses_old_tls(listener(protocols=protocols))
    assert (verdict.status, verdict.reason) == (status, reason)


@pytest.mark.parametrize(
    ("changes", "status", "reason"),
    [
        ({}, P, "CN=a is valid until 2026-02-10"),
        ({"certificate": certificate(ends=-1, subject="")}, F, "the certificate expired on 2026-01-30"),
        ({"certificate": certificate(begins=1)}, F, "CN=a is not valid before 2026-02-01"),
        ({"certificate": None}, N, "the service shows no certificate"),
        ({"certificate": None, "protocols": ()}, N, "the service speaks no TLS"),
    ],
)
def test_served_certificates(changes: dict[str, Any], status: Status, reason: str) -> None:
    verdict = checks.served_certificate_is_valid(listener(**changes), as_of=NOW)
    assert (verdict.status, verdict.reason) == (status, reason)


def test_versions_that_could_not_be_tried_are_never_judged() -> None:
    with pytest.raises(NotObservedError):
        checks.service_refuses_old_tls(listener(protocols=unobserved("silent")))
