"""Truth tables of the checks of CloudWatch Logs."""

from __future__ import annotations

from typing import Any

import pytest

from checks.aws.cloudwatch import (
    log_group_ends,
    log_group_hides_sensitive_data,
    log_group_is_encrypted_with_kms,
    log_group_is_guarded,
    log_group_is_kept,
    log_policy_is_not_for_everybody,
    log_policy_lets_in_approved_accounts,
)
from core.resource import NotObservedError, unobserved
from core.resources.aws.logs import LogGroup, LogPolicy
from tests.checks.aws.making import ACCOUNT, OTHER, account, allow, everybody, policy, status

PASSES_ON = {"storage": "DELIVERY"}


def group(**changes: Any) -> LogGroup:
    given: dict[str, Any] = {
        "id": f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:/app/web",
        "name": "/app/web",
        "storage": "STANDARD",
        "days": 400,
        "key": "",
        "guarded": False,
        "masks": False,
    }
    return LogGroup(**{**given, **changes})


@pytest.mark.parametrize(
    ("changes", "shorter", "expected"),
    [
        ({}, (), "pass"),
        ({"days": None}, (), "pass"),
        ({"days": 365}, (), "pass"),
        ({"days": 90}, (), "fail"),
        ({"days": 90}, ("/app/*",), "pass"),
        ({"days": 90}, ("/other/*",), "fail"),
        (PASSES_ON, (), "not_applicable"),
    ],
)
def test_log_group_is_kept(changes: dict[str, Any], shorter: tuple[str, ...], expected: str) -> None:
    assert status(log_group_is_kept(group(**changes), shorter=shorter)) == expected


@pytest.mark.parametrize(
    ("changes", "for_ever", "expected"),
    [
        ({}, (), "pass"),
        ({"days": None}, (), "fail"),
        ({"days": None}, ("*web",), "pass"),
        (PASSES_ON, (), "not_applicable"),
    ],
)
def test_log_group_ends(changes: dict[str, Any], for_ever: tuple[str, ...], expected: str) -> None:
    assert status(log_group_ends(group(**changes), for_ever=for_ever)) == expected


@pytest.mark.parametrize(
    ("changes", "expected"), [({"key": "arn:aws:kms:x"}, "pass"), ({}, "fail"), (PASSES_ON, "not_applicable")]
)
def test_log_group_is_encrypted_with_kms(changes: dict[str, Any], expected: str) -> None:
    assert status(log_group_is_encrypted_with_kms(group(**changes))) == expected


@pytest.mark.parametrize(
    ("changes", "expected"), [({"guarded": True}, "pass"), ({}, "fail"), (PASSES_ON, "not_applicable")]
)
def test_log_group_is_guarded(changes: dict[str, Any], expected: str) -> None:
    assert status(log_group_is_guarded(group(**changes))) == expected


def test_protection_of_which_nothing_is_said_is_unknown() -> None:
    with pytest.raises(NotObservedError):
        log_group_is_guarded(group(guarded=unobserved("AWS does not say")))


@pytest.mark.parametrize(
    ("changes", "needed", "expected"),
    [({"masks": True}, (), "pass"), ({}, ("/app/*",), "fail"), ({}, (), "not_applicable")],
)
def test_log_group_hides_sensitive_data(changes: dict[str, Any], needed: tuple[str, ...], expected: str) -> None:
    assert status(log_group_hides_sensitive_data(group(**changes), needed=needed)) == expected


SERVICE = allow("logs:PutLogEvents", Principal={"Service": "es.amazonaws.com"})
CONFINED = everybody("logs:PutLogEvents", Condition={"StringEquals": {"aws:SourceAccount": ACCOUNT}})


@pytest.mark.parametrize(
    ("statement", "approved", "public", "accounts"),
    [
        (SERVICE, (), "pass", "pass"),
        (CONFINED, (), "pass", "pass"),
        (everybody("logs:PutLogEvents"), (), "fail", "pass"),
        (account(OTHER, "logs:PutLogEvents"), (), "pass", "fail"),
        (account(OTHER, "logs:PutLogEvents"), (OTHER,), "pass", "pass"),
    ],
)
def test_policies(statement: dict[str, Any], approved: tuple[str, ...], public: str, accounts: str) -> None:
    found = LogPolicy(id="writers", account=ACCOUNT, statements=policy(statement))
    assert status(log_policy_is_not_for_everybody(found)) == public
    assert status(log_policy_lets_in_approved_accounts(found, approved=approved)) == accounts
