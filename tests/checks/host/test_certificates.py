"""Truth tables of the checks about certificates."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from checks.host import certificates as checks
from core.model import Status
from core.resources.host.certificates import Certificate
from tests.twins import NOW

P, F, N, U = Status.PASS, Status.FAIL, Status.NOT_APPLICABLE, Status.UNKNOWN


def certificate(**changed: Any) -> Certificate:
    fields: dict[str, Any] = {
        "id": "/etc/nginx/ssl/site.crt",
        "path": "/etc/nginx/ssl/site.crt",
        "subject": "CN=site.example",
        "issuer": "CN=Example Authority",
        "is_authority": False,
        "is_self_signed": False,
        "not_before": datetime(2025, 6, 1, tzinfo=UTC),
        "not_after": datetime(2026, 6, 1, tzinfo=UTC),
        "key_type": "ec",
        "key_bits": 256,
        "signature_hash": "sha256",
    }
    return Certificate(**{**fields, **changed})


@pytest.mark.parametrize(
    ("not_before", "not_after", "status", "date"),
    [
        (NOW - timedelta(days=1), NOW + timedelta(days=1), P, "2026-02-01"),
        (NOW - timedelta(days=9), NOW, P, "2026-01-31"),
        (NOW - timedelta(days=9), NOW - timedelta(seconds=1), F, "2026-01-31"),
        (NOW + timedelta(days=1), NOW + timedelta(days=9), F, "2026-02-01"),
    ],
)
def test_certificate_is_valid(not_before: datetime, not_after: datetime, status: Status, date: str) -> None:
    verdict = checks.certificate_is_valid(certificate(not_before=not_before, not_after=not_after), as_of=NOW)
    assert verdict.status is status
    assert verdict.reason.endswith(date)


def test_a_certificate_without_a_subject_is_named_by_its_file() -> None:
    assert checks.certificate_is_valid(certificate(subject=""), as_of=NOW).reason.startswith(
        "/etc/nginx/ssl/site.crt is"
    )


@pytest.mark.parametrize(("days_left", "status"), [(30, P), (29, F), (-5, F), (365, P)])
def test_certificate_is_renewed_in_time(days_left: int, status: Status) -> None:
    seen = certificate(not_after=NOW + timedelta(days=days_left))
    assert checks.certificate_is_renewed_in_time(seen, as_of=NOW).status is status
    assert checks.certificate_is_renewed_in_time(seen, as_of=NOW, days=-6).status is P


@pytest.mark.parametrize(
    ("kind", "bits", "status"),
    [
        ("rsa", 2048, P),
        ("rsa", 1024, F),
        ("ec", 256, P),
        ("ec", 192, F),
        ("ed25519", 0, P),
        ("dsa", 3072, F),
        ("other", 0, U),
    ],
)
def test_certificate_key_is_strong(kind: str, bits: int, status: Status) -> None:
    assert checks.certificate_key_is_strong(certificate(key_type=kind, key_bits=bits)).status is status


@pytest.mark.parametrize(("name", "status"), [("sha256", P), ("", P), ("sha1", F), ("md5", F)])
def test_certificate_signature_is_strong(name: str, status: Status) -> None:
    assert checks.certificate_signature_is_strong(certificate(signature_hash=name)).status is status
    assert checks.certificate_signature_is_strong(certificate(signature_hash=name, is_self_signed=True)).status is N
