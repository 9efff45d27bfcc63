"""Truth tables of the checks of KMS."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from checks.aws.kms import (
    key_is_enabled,
    key_is_not_going_to_be_destroyed,
    key_is_not_open_to_everybody,
    key_is_used,
    key_lets_in_approved_accounts,
    key_rotates,
    key_stays_in_its_region,
)
from core.resource import NotObservedError, unobserved
from core.resources.aws.kms import KeyUse, KmsKey
from tests.checks.aws.making import ACCOUNT, AS_OF, OTHER, account, everybody, policy, status

ARN = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1234"
OF_AWS = {"manager": "AWS"}
LEAVING = {"state": "PendingDeletion", "rotates": None}


USED = KeyUse(last=datetime(2026, 11, 1, tzinfo=UTC), since=datetime(2024, 1, 1, tzinfo=UTC))
LONG_AGO, LATELY = datetime(2024, 6, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)


def key(**changes: Any) -> KmsKey:
    given: dict[str, Any] = {
        "id": ARN,
        "key": "1234",
        "aliases": ("alias/data",),
        "manager": "CUSTOMER",
        "state": "Enabled",
        "spec": "SYMMETRIC_DEFAULT",
        "origin": "AWS_KMS",
        "multi_region": False,
        "primary": True,
        "created": datetime(2026, 1, 1, tzinfo=UTC),
        "deleted_on": None,
        "rotates": True,
        "rotation_days": 365,
        "use": USED,
        "statements": policy(account(ACCOUNT, "kms:*")),
    }
    return KmsKey(**{**given, **changes})


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "pass"),
        ({"rotation_days": None}, "pass"),
        ({"rotation_days": 400}, "fail"),
        ({"rotates": False}, "fail"),
        ({"rotates": False, "state": "Disabled"}, "not_applicable"),
        ({"rotates": True, "state": "Disabled"}, "not_applicable"),
        ({"rotates": None, "spec": "RSA_4096"}, "not_applicable"),
        ({"rotates": None, "origin": "EXTERNAL"}, "not_applicable"),
        (LEAVING, "not_applicable"),
        (OF_AWS, "not_applicable"),
    ],
)
def test_key_rotates(changes: dict[str, Any], expected: str) -> None:
    assert status(key_rotates(key(**changes))) == expected


def test_rotation_that_was_not_seen_is_unknown() -> None:
    with pytest.raises(NotObservedError):
        key_rotates(key(rotates=unobserved("denied")))


@pytest.mark.parametrize(
    ("changes", "approved", "expected"),
    [
        ({}, (), "pass"),
        ({"state": "Disabled", "aliases": ()}, (), "pass"),
        (LEAVING, (), "fail"),
        ({**LEAVING, "deleted_on": datetime(2026, 12, 1, tzinfo=UTC)}, (), "fail"),
        (LEAVING, ("alias/data",), "pass"),
        (OF_AWS, (), "not_applicable"),
    ],
)
def test_key_is_not_going_to_be_destroyed(changes: dict[str, Any], approved: tuple[str, ...], expected: str) -> None:
    assert status(key_is_not_going_to_be_destroyed(key(**changes), approved=approved)) == expected


def test_a_day_of_destruction_is_told() -> None:
    leaving = key(**LEAVING, deleted_on=datetime(2026, 12, 1, tzinfo=UTC))
    assert key_is_not_going_to_be_destroyed(leaving).reason == "alias/data is going to be destroyed on 2026-12-01"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "pass"),
        ({"statements": policy(everybody("kms:*"))}, "fail"),
        (
            {"statements": policy(everybody("kms:*", Condition={"StringEquals": {"kms:CallerAccount": ACCOUNT}}))},
            "pass",
        ),
        (OF_AWS, "not_applicable"),
    ],
)
def test_key_is_not_open_to_everybody(changes: dict[str, Any], expected: str) -> None:
    assert status(key_is_not_open_to_everybody(key(**changes))) == expected


@pytest.mark.parametrize(
    ("changes", "approved", "expected"),
    [
        ({}, (), "pass"),
        ({"statements": policy(account(OTHER, "kms:Decrypt"))}, (), "fail"),
        ({"statements": policy(account(OTHER, "kms:Decrypt"))}, (OTHER,), "pass"),
        (OF_AWS, (), "not_applicable"),
    ],
)
def test_key_lets_in_approved_accounts(changes: dict[str, Any], approved: tuple[str, ...], expected: str) -> None:
    assert status(key_lets_in_approved_accounts(key(**changes), approved=approved)) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [({}, "pass"), ({"state": "Disabled"}, "fail"), (LEAVING, "not_applicable"), (OF_AWS, "not_applicable")],
)
def test_key_is_enabled(changes: dict[str, Any], expected: str) -> None:
    assert status(key_is_enabled(key(**changes))) == expected


@pytest.mark.parametrize(
    ("changes", "approved", "expected"),
    [
        ({}, (), "pass"),
        ({"multi_region": True}, (), "fail"),
        ({"multi_region": True}, ("1234",), "pass"),
        (OF_AWS, (), "not_applicable"),
    ],
)
def test_key_stays_in_its_region(changes: dict[str, Any], approved: tuple[str, ...], expected: str) -> None:
    assert status(key_stays_in_its_region(key(**changes), approved=approved)) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "pass"),
        ({"use": KeyUse(last=LONG_AGO, since=LONG_AGO)}, "fail"),
        ({"use": KeyUse(last=None, since=LONG_AGO)}, "fail"),
        ({"use": KeyUse(last=None, since=LATELY), "created": LONG_AGO}, "unknown"),
        ({"use": KeyUse(last=None, since=LATELY), "created": LATELY}, "pass"),
        ({"use": None, "state": "Disabled"}, "not_applicable"),
        (OF_AWS, "not_applicable"),
    ],
)
def test_key_is_used(changes: dict[str, Any], expected: str) -> None:
    assert status(key_is_used(key(**changes), as_of=AS_OF)) == expected
