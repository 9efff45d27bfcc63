"""Truth tables of the checks of DynamoDB and its caches."""

from __future__ import annotations

from typing import Any

import pytest

from checks.aws.dynamodb import (
    cache_is_encrypted,
    cache_needs_tls,
    cache_survives_its_zone,
    table_can_be_restored,
    table_is_backed_up,
    table_is_encrypted_with_our_key,
    table_is_guarded_against_deletion,
    table_is_not_open_to_everybody,
    table_lets_in_approved_accounts,
)
from core.plugins import Check
from core.population import Population
from core.resource import NotObservedError, unobserved
from core.resources.aws.backup import ProtectedResource
from core.resources.aws.dynamodb import DaxCluster, Table
from core.resources.aws.kms import KmsKey
from tests.checks.aws.making import ACCOUNT, AS_OF, OTHER, account, everybody, policy, status
from tests.checks.aws.test_kms import ARN, key
from tests.twins import population

NO_KEYS: Population[KmsKey] = population(kind="aws_kms_key")
NOT_PROTECTED: Population[ProtectedResource] = population(kind="aws_backup_protected_resource")


def table(**changes: Any) -> Table:
    given: dict[str, Any] = {
        "id": f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/orders",
        "name": "orders",
        "account": ACCOUNT,
        "key": ARN,
        "guarded": True,
        "restorable_days": 35,
        "statements": (),
    }
    return Table(**{**given, **changes})


def cache(**changes: Any) -> DaxCluster:
    given: dict[str, Any] = {
        "id": f"arn:aws:dax:eu-west-1:{ACCOUNT}:cache/orders",
        "name": "orders",
        "encrypted": True,
        "needs_tls": True,
        "zones": ("eu-west-1a", "eu-west-1b", "eu-west-1b"),
    }
    return DaxCluster(**{**given, **changes})


def test_table_is_encrypted_with_our_key() -> None:
    check, ours = table_is_encrypted_with_our_key, population(key())
    assert status(check(table(), ours)) == "pass"
    assert status(check(table(), population(key(manager="AWS")))) == "fail"
    assert check(table(key=""), ours).reason == "orders is encrypted with a key that AWS owns"
    assert status(check(table(key=""), ours)) == "fail"
    assert status(check(table(), NO_KEYS)) == "unknown"
    with pytest.raises(NotObservedError):
        check(table(), population(kind="aws_kms_key", missing="denied"))
    with pytest.raises(NotObservedError):
        check(table(key=unobserved("denied")), ours)


def test_table_is_backed_up() -> None:
    assert status(table_is_backed_up(table(), NOT_PROTECTED, AS_OF)) == "pass"
    assert status(table_is_backed_up(table(restorable_days=0), NOT_PROTECTED, AS_OF)) == "fail"
    hidden: Population[ProtectedResource] = population(kind="aws_backup_protected_resource", missing="denied")
    assert status(table_is_backed_up(table(), hidden, AS_OF)) == "pass"
    with pytest.raises(NotObservedError):
        table_is_backed_up(table(restorable_days=0), hidden, AS_OF)


@pytest.mark.parametrize(
    ("check", "changes", "expected"),
    [
        (table_can_be_restored, {"restorable_days": 7}, "pass"),
        (table_can_be_restored, {"restorable_days": 6}, "fail"),
        (table_can_be_restored, {"restorable_days": 0}, "fail"),
        (table_is_guarded_against_deletion, {"guarded": False}, "fail"),
        (table_is_not_open_to_everybody, {"statements": policy(everybody("dynamodb:*"))}, "fail"),
        (table_is_not_open_to_everybody, {"statements": policy(account(OTHER, "dynamodb:*"))}, "pass"),
        (table_lets_in_approved_accounts, {"statements": policy(account(OTHER, "dynamodb:*"))}, "fail"),
        (table_lets_in_approved_accounts, {"statements": policy(account(ACCOUNT, "dynamodb:*"))}, "pass"),
    ],
)
def test_table(check: Check[...], changes: dict[str, Any], expected: str) -> None:
    assert status(check(table())) == "pass"
    assert status(check(table(**changes))) == expected


def test_approved_accounts() -> None:
    shared = table(statements=policy(account(OTHER, "dynamodb:*")))
    assert status(table_lets_in_approved_accounts(shared, approved=(OTHER,))) == "pass"


@pytest.mark.parametrize(
    ("check", "changes"),
    [
        (cache_is_encrypted, {"encrypted": False}),
        (cache_needs_tls, {"needs_tls": False}),
        (cache_survives_its_zone, {"zones": ("eu-west-1a", "eu-west-1a")}),
        (cache_survives_its_zone, {"zones": ()}),
    ],
)
def test_cache(check: Check[...], changes: dict[str, Any]) -> None:
    assert status(check(cache())) == "pass"
    assert status(check(cache(**changes))) == "fail"
