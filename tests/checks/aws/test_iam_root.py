"""Truth tables of the checks of the root user."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from checks.aws import iam_root
from core.plugins import Check
from core.resource import NotObservedError, unobserved
from core.resources.aws.guardrails import Membership
from tests.checks.aws.identities import LATELY, LONG_AGO, an_account
from tests.checks.aws.making import ACCOUNT, AS_OF, OTHER, membership, status
from tests.twins import population

NO_PASSWORD = {"root_has_mfa": False, "root_has_password": False}


@pytest.mark.parametrize(
    ("check", "changes", "expected"),
    [
        (iam_root.root_has_mfa, {}, "pass"),
        (iam_root.root_has_mfa, {"root_has_mfa": False}, "fail"),
        (iam_root.root_has_mfa, NO_PASSWORD, "not_applicable"),
        (iam_root.root_mfa_is_hardware, {}, "pass"),
        (iam_root.root_mfa_is_hardware, {"root_mfa_is_virtual": True}, "fail"),
        (iam_root.root_mfa_is_hardware, {"root_has_mfa": False}, "fail"),
        (iam_root.root_mfa_is_hardware, NO_PASSWORD, "not_applicable"),
        (iam_root.root_has_no_access_key, {}, "pass"),
        (iam_root.root_has_no_access_key, {"root_has_keys": True}, "fail"),
        (iam_root.root_has_no_signing_certificate, {}, "pass"),
        (iam_root.root_has_no_signing_certificate, {"root_signing_certificates": 1}, "fail"),
    ],
)
def test_root(check: Check[...], changes: dict[str, Any], expected: str) -> None:
    assert status(check(an_account(**changes))) == expected


def test_certificates_of_root_that_no_report_tells_are_unknown() -> None:
    with pytest.raises(NotObservedError):
        iam_root.root_has_no_signing_certificate(an_account(root_signing_certificates=unobserved("no row")))


def test_root_without_a_second_factor_is_unknown_where_nobody_says_whether_it_has_a_password() -> None:
    assert status(iam_root.root_has_mfa(an_account(root_has_password=unobserved("not told")))) == "pass"
    with pytest.raises(NotObservedError):
        iam_root.root_has_mfa(an_account(root_has_mfa=False, root_has_password=unobserved("not told")))


@pytest.mark.parametrize(("used", "expected"), [(None, "pass"), (LONG_AGO, "pass"), (LATELY, "fail")])
def test_root_is_not_used(used: datetime | None, expected: str) -> None:
    assert status(iam_root.root_is_not_used(an_account(root_last_used=used), as_of=AS_OF)) == expected


@pytest.mark.parametrize(
    ("has_password", "of", "expected"),
    [
        (False, membership(), "pass"),
        (True, membership(), "fail"),
        (True, membership(is_management_account=True), "pass"),
        (True, membership(organization=""), "not_applicable"),
        (True, membership(id=OTHER), "unknown"),
    ],
)
def test_only_root_of_the_management_account_has_a_password(has_password: bool, of: Membership, expected: str) -> None:
    account = an_account(id=ACCOUNT, root_has_password=has_password)
    assert status(iam_root.only_root_of_the_management_account_has_a_password(account, population(of))) == expected
