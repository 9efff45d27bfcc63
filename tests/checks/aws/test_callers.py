"""Whom policies of resources let in."""

from __future__ import annotations

import pytest

from checks.aws.callers import closed_to_everybody, lets_in_approved, serves_ours
from tests.checks.aws.making import ACCOUNT, OTHER, account, allow, deny, everybody, policy, status

ARN = f"arn:aws:sqs:eu-west-1:{ACCOUNT}:orders"
OURS = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (everybody("sqs:SendMessage"), "fail"),
        (everybody("sqs:SendMessage", Condition=OURS), "pass"),
        (account(ACCOUNT, "sqs:*"), "pass"),
        (deny("sqs:*", Principal="*"), "pass"),
    ],
)
def test_closed_to_everybody(statement: dict[str, object], expected: str) -> None:
    assert status(closed_to_everybody("orders", policy(statement))) == expected


@pytest.mark.parametrize(
    ("number", "approved", "expected"), [(ACCOUNT, (), "pass"), (OTHER, (), "fail"), (OTHER, (OTHER,), "pass")]
)
def test_lets_in_approved(number: str, approved: tuple[str, ...], expected: str) -> None:
    by_condition = everybody("sqs:*", Condition={"StringEquals": {"aws:PrincipalAccount": number}})
    for statement in (account(number, "sqs:*"), by_condition):
        assert status(lets_in_approved("orders", ARN, policy(statement), approved)) == expected


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (allow("sqs:SendMessage", Principal={"Service": "s3.amazonaws.com"}), "fail"),
        (allow("sqs:SendMessage", Principal={"Service": "s3.amazonaws.com"}, Condition=OURS), "pass"),
        (deny("sqs:SendMessage", Principal={"Service": "s3.amazonaws.com"}), "pass"),
        (account(OTHER, "sqs:SendMessage"), "pass"),
    ],
)
def test_serves_ours(statement: dict[str, object], expected: str) -> None:
    verdict = serves_ours("orders", policy(statement))
    assert status(verdict) == expected
    assert ("s3.amazonaws.com" in verdict.reason) == (expected == "fail")
