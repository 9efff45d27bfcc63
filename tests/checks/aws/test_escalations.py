"""Ways to more rights, and what closes them."""

from __future__ import annotations

from typing import Any

import pytest

from checks.aws.escalations import WAYS, escalations
from tests.checks.aws.making import allow, deny, policy

PASSES = allow("iam:PassRole")
STARTS = allow("ec2:RunInstances")
AN_INSTANCE = "starts an instance with any role"
TAKES = "takes any role that trusts the account"


def to(service: str, operator: str = "StringEquals") -> dict[str, Any]:
    """A role may be passed to this service."""
    return allow("iam:PassRole", Condition={operator: {"iam:PassedToService": service}})


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([PASSES, allow("ec2:Run*")], [AN_INSTANCE]),
        ([PASSES, allow("ec2:RunInstances", Resource="arn:aws:ec2:::x")], []),
        ([STARTS], []),
        ([to("ec2.amazonaws.com"), STARTS], [AN_INSTANCE]),
        ([to("ec2.amazonaws.com.cn", "StringLike"), STARTS], [AN_INSTANCE]),
        ([to("*", "StringLikeIfExists"), STARTS], [AN_INSTANCE]),
        ([to("ecs-tasks.amazonaws.com"), STARTS], []),
        ([to("ecs-tasks.amazonaws.com", "StringNotEquals"), STARTS], [AN_INSTANCE]),
        ([to("ec2.amazonaws.com", "StringNotEquals"), STARTS], []),
        ([to("ec2.amazonaws.com", "Null"), STARTS], []),
        ([allow("iam:PassRole", Resource="arn:aws:iam::123456789012:role/*"), STARTS], [AN_INSTANCE]),
        ([allow("iam:PassRole", Resource="arn:aws:iam::123456789012:role/web-*"), STARTS], []),
        ([PASSES, allow("ec2:RunInstances", Resource="arn:aws:ec2:eu-west-1:*:*/*")], [AN_INSTANCE]),
        ([PASSES, STARTS, deny("iam:PassRole", Resource="arn:aws:iam::*:role/*")], []),
        ([PASSES, STARTS, deny("ec2:RunInstances", Resource="arn:aws:ec2:eu-west-1:*:instance/*")], [AN_INSTANCE]),
        ([PASSES, STARTS, deny("iam:PassRole", Condition={"Bool": {"aws:SecureTransport": "false"}})], [AN_INSTANCE]),
        ([allow("sts:AssumeRole", Resource="arn:aws:iam::*:role/*")], [TAKES]),
        ([allow("sts:AssumeRole", Resource="arn:aws:iam::999999999999:role/*")], []),
        ([allow("ssm:StartSession", Resource="arn:aws:ec2:*:*:instance/*")], ["opens a session on any instance"]),
        (
            [allow("iam:Put*Policy"), deny("iam:PutUserPolicy")],
            ["writes policies into groups", "writes policies into roles"],
        ),
        ([allow("iam:AttachRolePolicy", Condition={"ArnEquals": {"iam:PolicyARN": "arn:aws:iam::1:policy/x"}})], []),
        (
            [allow("iam:CreateAccessKey", Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})],
            ["makes access keys for others"],
        ),
        ([allow("iam:CreateAccessKey", Resource="arn:aws:iam::*:user/${aws:username}")], []),
        ([to("ecs-tasks.amazonaws.com"), allow("ecs:RunTask")], ["runs a task with any role"]),
        ([allow("cloudformation:UpdateStack")], ["changes stacks, with the role that they have"]),
        ([allow("states:UpdateStateMachine")], []),
        ([to("scheduler.amazonaws.com"), allow("scheduler:*")], ["has a schedule call anything with any role"]),
        ([allow("*")], []),
    ],
)
def test_ways_to_more_rights(statements: list[dict[str, Any]], expected: list[str]) -> None:
    assert list(escalations(policy(*statements))) == expected


def test_all_but_one_action_of_iam_opens_every_way() -> None:
    but_one = policy({"Effect": "Allow", "NotAction": "iam:CreateUser", "Resource": "*"})
    assert list(escalations(but_one)) == [way.words for way in WAYS]
    assert len({way.words for way in WAYS}) == len(WAYS)
