"""Truth tables of the checks of credentials beside passwords and access keys."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from checks.aws import iam_credentials
from core.resource import NotObservedError, unobserved
from core.resources.aws.iam_credentials import ServerCertificate, ServiceCredential, SshKey
from tests.checks.aws.identities import LATELY, LONG_AGO, user
from tests.checks.aws.making import AS_OF, status

DAY = timedelta(days=1)


def credential(**changes: Any) -> ServiceCredential:
    given: dict[str, Any] = {
        "id": "ACCA1",
        "user": "ada",
        "service": "bedrock.amazonaws.com",
        "status": "Active",
        "created": LATELY,
        "expires": LATELY + 30 * DAY,
    }
    return ServiceCredential(**{**given, **changes})


@pytest.mark.parametrize(
    ("active", "uploaded", "expected"),
    [(True, LATELY, "pass"), (True, LONG_AGO, "fail"), (False, LONG_AGO, "not_applicable")],
)
def test_ssh_key_is_rotated(active: bool, uploaded: datetime, expected: str) -> None:
    key = SshKey(id="APKA1", user="ada", active=active, uploaded=uploaded)
    assert status(iam_credentials.ssh_key_is_rotated(key, as_of=AS_OF)) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [({}, "pass"), ({"created": LONG_AGO}, "fail"), ({"created": LONG_AGO, "status": "Inactive"}, "not_applicable")],
)
def test_service_credential_is_rotated(changes: dict[str, Any], expected: str) -> None:
    assert status(iam_credentials.service_credential_is_rotated(credential(**changes), as_of=AS_OF)) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "pass"),
        ({"expires": LATELY + 90 * DAY}, "pass"),
        ({"expires": LATELY + 91 * DAY}, "fail"),
        ({"expires": None}, "fail"),
        ({"expires": None, "status": "Expired"}, "not_applicable"),
    ],
)
def test_service_credential_expires(changes: dict[str, Any], expected: str) -> None:
    assert status(iam_credentials.service_credential_expires(credential(**changes))) == expected


def test_whose_keys_they_are_is_a_person() -> None:
    assert list(credential().persons()) == ["ada"]
    assert list(SshKey(id="APKA1", user="grace", active=True, uploaded=LATELY).persons()) == ["grace"]


def test_user_has_no_signing_certificate() -> None:
    assert status(iam_credentials.user_has_no_signing_certificate(user())) == "pass"
    assert status(iam_credentials.user_has_no_signing_certificate(user(signing_certificates=1))) == "fail"
    with pytest.raises(NotObservedError):
        iam_credentials.user_has_no_signing_certificate(user(signing_certificates=unobserved("not in the report")))


@pytest.mark.parametrize(
    ("expires", "expected", "reason"),
    [
        (AS_OF + 31 * DAY, "pass", "shop expires on 2026-12-23"),
        (AS_OF + 30 * DAY, "fail", "shop expires on 2026-12-22, within 30 days"),
        (AS_OF, "fail", "shop expired on 2026-11-22"),
        (datetime(2012, 5, 8, tzinfo=UTC), "fail", "shop expired on 2012-05-08"),
    ],
)
def test_server_certificate_is_valid(expires: datetime, expected: str, reason: str) -> None:
    certificate = ServerCertificate(id="ASCA1", name="shop", expires=expires)
    verdict = iam_credentials.server_certificate_is_valid(certificate, as_of=AS_OF)
    assert (status(verdict), verdict.reason) == (expected, reason)
