"""Truth tables of the checks of Cognito."""

from __future__ import annotations

from typing import Any

import pytest

from checks.aws.cognito import (
    first_passwords_expire,
    identity_pool_chooses_the_role,
    identity_pool_needs_a_sign_in,
    pool_is_protected_from_deletion,
    pool_needs_a_second_factor,
    pool_passwords_resist_guessing,
    pool_stops_stolen_passwords,
    pool_users_are_invited,
)
from core.resource import NotObservedError, unobserved
from core.resources.aws.cognito import IdentityPool, PoolPasswords, UserPool
from tests.checks.aws.making import status


def passwords(**changes: Any) -> PoolPasswords:
    given = {"length": 12, "upper": True, "lower": True, "digits": True, "symbols": False, "days_of_first": 7}
    return PoolPasswords(**{**given, **changes})


def pool(**changes: Any) -> UserPool:
    given: dict[str, Any] = {
        "id": "eu-west-1_abc",
        "name": "employees",
        "passwords": passwords(),
        "mfa": "ON",
        "threats": "ENFORCED",
        "stolen_passwords": "BLOCK",
        "high_risk": "BLOCK",
        "protected": True,
        "open_sign_up": False,
    }
    return UserPool(**{**given, **changes})


@pytest.mark.parametrize(
    ("judge", "changes"),
    [
        (pool_passwords_resist_guessing, {"passwords": passwords(length=8)}),
        (pool_passwords_resist_guessing, {"passwords": passwords(upper=False)}),
        (pool_passwords_resist_guessing, {"passwords": passwords(upper=False, lower=False, digits=False)}),
        (first_passwords_expire, {"passwords": passwords(days_of_first=30)}),
        (pool_needs_a_second_factor, {"mfa": "OPTIONAL"}),
        (pool_needs_a_second_factor, {"mfa": "OFF"}),
        (pool_stops_stolen_passwords, {"threats": "AUDIT", "stolen_passwords": "", "high_risk": ""}),
        (pool_stops_stolen_passwords, {"stolen_passwords": "NO_ACTION"}),
        (pool_stops_stolen_passwords, {"high_risk": "NO_ACTION"}),
        (pool_stops_stolen_passwords, {"high_risk": "MFA_IF_CONFIGURED", "mfa": "OPTIONAL"}),
        (pool_is_protected_from_deletion, {"protected": False}),
        (pool_users_are_invited, {"open_sign_up": True}),
    ],
)
def test_pools(judge: Any, changes: dict[str, Any]) -> None:
    assert status(judge(pool())) == "pass"
    assert status(judge(pool(**changes))) == "fail"


@pytest.mark.parametrize("answer", ["MFA_REQUIRED", "MFA_IF_CONFIGURED"])
def test_a_second_factor_stops_a_strange_sign_in(answer: str) -> None:
    assert status(pool_stops_stolen_passwords(pool(high_risk=answer))) == "pass"


def test_a_pool_of_customers_may_be_open() -> None:
    assert status(pool_users_are_invited(pool(open_sign_up=True), approved=("employees",))) == "pass"


def test_what_was_not_seen_is_unknown() -> None:
    with pytest.raises(NotObservedError):
        pool_needs_a_second_factor(pool(mfa=unobserved("Cognito does not say")))
    with pytest.raises(NotObservedError):
        first_passwords_expire(pool(passwords=passwords(days_of_first=unobserved("Cognito does not say"))))


@pytest.mark.parametrize("bad", [False, True])
def test_identity_pools(bad: bool) -> None:
    found = IdentityPool(id="eu-west-1:1", name="shop", lets_anybody_in=bad, classic=bad)
    expected = "fail" if bad else "pass"
    assert status(identity_pool_needs_a_sign_in(found)) == expected
    assert status(identity_pool_chooses_the_role(found)) == expected
