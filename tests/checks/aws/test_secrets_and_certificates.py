"""Truth tables of the checks of Secrets Manager, Certificate Manager and private authorities."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from checks.aws.acm import certificate_does_not_expire_soon, certificate_is_used, certificate_key_is_strong
from checks.aws.acm_pca import (
    authority_can_revoke,
    authority_does_not_expire_soon,
    authority_lets_in_approved_accounts,
    authority_signs_without_sha1,
    root_authority_rests,
)
from checks.aws.secretsmanager import (
    secret_is_encrypted_with_our_key,
    secret_is_not_public,
    secret_is_used,
    secret_lets_in_approved_accounts,
    secret_rotates,
    secret_was_rotated_lately,
)
from core.resource import NotObservedError, unobserved
from core.resources.aws.acm import Certificate
from core.resources.aws.acm_pca import PrivateAuthority
from core.resources.aws.secretsmanager import Secret
from tests.checks.aws.making import ACCOUNT, AS_OF, OTHER, account, everybody, policy, status

LATELY, LONG_AGO = datetime(2026, 11, 1, tzinfo=UTC), datetime(2025, 11, 1, tzinfo=UTC)
LATER = AS_OF + timedelta(days=400)
ALIEN = policy(account(OTHER, "*"))


def secret(**changes: Any) -> Secret:
    given: dict[str, Any] = {
        "id": f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:database-AbCdEf",
        "name": "database",
        "owner": "",
        "replica": False,
        "key": f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1",
        "rotates": True,
        "rotated": LATELY,
        "created": LONG_AGO,
        "used": LATELY,
        "statements": (),
    }
    return Secret(**{**given, **changes})


def certificate(**changes: Any) -> Certificate:
    given: dict[str, Any] = {
        "id": f"arn:aws:acm:eu-west-1:{ACCOUNT}:certificate/1",
        "domain": "www.example.com",
        "status": "ISSUED",
        "type": "AMAZON_ISSUED",
        "algorithm": "RSA_2048",
        "in_use": True,
        "expires": LATER,
    }
    return Certificate(**{**given, **changes})


def authority(**changes: Any) -> PrivateAuthority:
    given: dict[str, Any] = {
        "id": f"arn:aws:acm-pca:eu-west-1:{ACCOUNT}:certificate-authority/1",
        "type": "SUBORDINATE",
        "status": "ACTIVE",
        "short_lived": False,
        "signing": "SHA512WITHRSA",
        "expires": LATER,
        "revokes_by": ("OCSP",),
        "statements": (),
    }
    return PrivateAuthority(**{**given, **changes})


@pytest.mark.parametrize(
    ("changes", "rotates", "lately"),
    [
        ({}, "pass", "pass"),
        ({"rotated": LONG_AGO}, "pass", "fail"),
        ({"rotated": None}, "pass", "fail"),
        ({"rotated": None, "created": LATELY}, "pass", "pass"),
        ({"rotates": False}, "fail", "not_applicable"),
        ({"replica": True, "rotates": False}, "not_applicable", "not_applicable"),
    ],
)
def test_rotation(changes: dict[str, Any], rotates: str, lately: str) -> None:
    assert status(secret_rotates(secret(**changes))) == rotates
    assert status(secret_was_rotated_lately(secret(**changes), as_of=AS_OF)) == lately


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "pass"),
        ({"used": LONG_AGO}, "fail"),
        ({"used": None}, "fail"),
        ({"used": None, "created": LATELY}, "pass"),
    ],
)
def test_secret_is_used(changes: dict[str, Any], expected: str) -> None:
    assert status(secret_is_used(secret(**changes), as_of=AS_OF)) == expected


def test_who_may_read_a_secret() -> None:
    assert status(secret_is_not_public(secret())) == "pass"
    assert status(secret_is_not_public(secret(statements=policy(everybody("*"))))) == "fail"
    assert status(secret_lets_in_approved_accounts(secret(statements=ALIEN))) == "fail"
    assert status(secret_lets_in_approved_accounts(secret(statements=ALIEN), approved=(OTHER,))) == "pass"
    with pytest.raises(NotObservedError):
        secret_is_not_public(secret(statements=unobserved("denied")))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "pass"),
        ({"key": ""}, "fail"),
        ({"key": "alias/aws/secretsmanager"}, "fail"),
        ({"key": "", "owner": "rds"}, "not_applicable"),
    ],
)
def test_secret_is_encrypted_with_our_key(changes: dict[str, Any], expected: str) -> None:
    assert status(secret_is_encrypted_with_our_key(secret(**changes))) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "pass"),
        ({"expires": AS_OF + timedelta(days=20)}, "fail"),
        ({"expires": AS_OF + timedelta(days=20), "in_use": False}, "fail"),
        ({"expires": LONG_AGO, "status": "EXPIRED"}, "fail"),
        ({"expires": None}, "unknown"),
        ({"expires": None, "status": "PENDING_VALIDATION"}, "not_applicable"),
    ],
)
def test_certificate_does_not_expire_soon(changes: dict[str, Any], expected: str) -> None:
    assert status(certificate_does_not_expire_soon(certificate(**changes), as_of=AS_OF)) == expected


@pytest.mark.parametrize(
    ("changes", "strong", "used"),
    [
        ({}, "pass", "pass"),
        ({"algorithm": "EC_prime256v1", "domain": ""}, "pass", "pass"),
        ({"algorithm": "RSA_1024", "in_use": False}, "fail", "fail"),
        ({"algorithm": "RSA-1024"}, "fail", "pass"),
        ({"algorithm": "RSA-2048"}, "pass", "pass"),
        ({"algorithm": "EC_new"}, "unknown", "pass"),
        ({"status": "REVOKED"}, "not_applicable", "not_applicable"),
    ],
)
def test_the_key_of_a_certificate_and_its_use(changes: dict[str, Any], strong: str, used: str) -> None:
    assert status(certificate_key_is_strong(certificate(**changes))) == strong
    assert status(certificate_is_used(certificate(**changes))) == used


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "pass"),
        ({"expires": AS_OF + timedelta(days=100)}, "fail"),
        ({"expires": LONG_AGO, "status": "EXPIRED"}, "fail"),
        ({"expires": None}, "unknown"),
        ({"expires": None, "status": "PENDING_CERTIFICATE"}, "not_applicable"),
    ],
)
def test_authority_does_not_expire_soon(changes: dict[str, Any], expected: str) -> None:
    assert status(authority_does_not_expire_soon(authority(**changes), as_of=AS_OF)) == expected


@pytest.mark.parametrize(
    ("changes", "revokes", "signs", "rests"),
    [
        ({}, "pass", "pass", "not_applicable"),
        ({"revokes_by": ()}, "fail", "pass", "not_applicable"),
        ({"revokes_by": (), "short_lived": True}, "not_applicable", "pass", "not_applicable"),
        ({"signing": "SHA1WITHRSA"}, "pass", "fail", "not_applicable"),
        ({"type": "ROOT"}, "pass", "pass", "fail"),
        ({"type": "ROOT", "status": "DISABLED"}, "not_applicable", "not_applicable", "pass"),
    ],
)
def test_authorities(changes: dict[str, Any], revokes: str, signs: str, rests: str) -> None:
    assert status(authority_can_revoke(authority(**changes))) == revokes
    assert status(authority_signs_without_sha1(authority(**changes))) == signs
    assert status(root_authority_rests(authority(**changes))) == rests


def test_authority_lets_in_approved_accounts() -> None:
    assert status(authority_lets_in_approved_accounts(authority())) == "pass"
    assert status(authority_lets_in_approved_accounts(authority(statements=ALIEN))) == "fail"
