"""Truth tables of the checks of roles."""

from __future__ import annotations

from typing import Any

import pytest

from checks.aws import iam_roles
from core.resource import NotObservedError
from core.resources.aws.iam import IamAccount
from tests.checks.aws.identities import ELSEWHERE, HERE, LATELY, LONG_AGO, role
from tests.checks.aws.making import AS_OF, OTHER, account, everybody, policy, status
from tests.twins import population

TRUSTS_PARTNER = policy(account(OTHER, "sts:AssumeRole"))
NUMBER, AGREED = {"aws:PrincipalAccount": OTHER}, {"sts:ExternalId": "agreed"}
TRUSTS_BY_NUMBER = policy(everybody("sts:AssumeRole", Condition={"StringEquals": NUMBER}))
NUMBER_AND_ID = policy(everybody("sts:AssumeRole", Condition={"StringEquals": {**NUMBER, **AGREED}}))
ASKS_FOR_ID = policy(account(OTHER, "sts:AssumeRole", Condition={"StringEquals": {"sts:ExternalId": "agreed"}}))


def test_role_is_not_open_to_everybody() -> None:
    assert status(iam_roles.role_is_not_open_to_everybody(role(trust=policy(everybody("sts:AssumeRole"))))) == "fail"
    assert status(iam_roles.role_is_not_open_to_everybody(role(trust=TRUSTS_PARTNER))) == "pass"


@pytest.mark.parametrize(
    ("changes", "looked_at", "approved", "expected"),
    [
        ({}, (HERE,), (), "pass"),
        ({"trust": TRUSTS_PARTNER}, (HERE,), (), "fail"),
        ({"trust": TRUSTS_PARTNER}, (HERE,), (OTHER,), "pass"),
        ({"trust": TRUSTS_BY_NUMBER}, (HERE,), (), "fail"),
        ({"trust": TRUSTS_PARTNER}, (HERE, ELSEWHERE), (), "pass"),
        ({"is_service_linked": True}, (HERE,), (), "not_applicable"),
    ],
)
def test_role_trusts_approved_accounts(
    changes: dict[str, Any], looked_at: tuple[IamAccount, ...], approved: tuple[str, ...], expected: str
) -> None:
    verdict = iam_roles.role_trusts_approved_accounts(role(**changes), population(*looked_at), approved=approved)
    assert status(verdict) == expected


@pytest.mark.parametrize(
    ("trust", "looked_at", "expected"),
    [
        (TRUSTS_PARTNER, (HERE,), "fail"),
        (ASKS_FOR_ID, (HERE,), "pass"),
        (TRUSTS_BY_NUMBER, (HERE,), "fail"),
        (NUMBER_AND_ID, (HERE,), "pass"),
        ((*ASKS_FOR_ID, *TRUSTS_PARTNER), (HERE,), "fail"),
        (TRUSTS_PARTNER, (HERE, ELSEWHERE), "not_applicable"),
        ((), (HERE,), "not_applicable"),
    ],
)
def test_partner_needs_external_id(trust: Any, looked_at: tuple[IamAccount, ...], expected: str) -> None:
    assert status(iam_roles.partner_needs_external_id(role(trust=trust), population(*looked_at))) == expected


def test_an_account_that_could_not_be_looked_at_may_be_ours() -> None:
    with pytest.raises(NotObservedError):
        iam_roles.role_trusts_approved_accounts(role(trust=TRUSTS_PARTNER), population(HERE, missing="one was denied"))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "pass"),
        ({"last_used": LONG_AGO}, "fail"),
        ({"last_used": None}, "fail"),
        ({"last_used": None, "created": LATELY}, "pass"),
        ({"is_service_linked": True}, "not_applicable"),
    ],
)
def test_role_is_used(changes: dict[str, Any], expected: str) -> None:
    assert status(iam_roles.role_is_used(role(**changes), as_of=AS_OF)) == expected
