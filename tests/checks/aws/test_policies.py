"""What policies come to."""

from __future__ import annotations

from typing import Any

import pytest

from checks.aws.grants import allows_everywhere, allows_whole_service, fits, is_administrator
from checks.aws.policies import accounts_let_in, denies_plain_text, everybody_may
from tests.checks.aws.making import OTHER, account, allow, deny, everybody, policy

ARN = "arn:aws:s3:::records"


@pytest.mark.parametrize(
    ("pattern", "value", "expected"),
    [
        ("s3:Get*", "s3:GetObject", True),
        ("S3:get*", "s3:GetObject", True),
        ("s3:Ge?Object", "s3:GetObject", True),
        ("s3:Get*", "s3:PutObject", False),
        ("*", "s3:*", True),
        ("s3:*", "*", False),
        ("a.c", "abc", False),
    ],
)
def test_wildcards(pattern: str, value: str, expected: bool) -> None:
    assert fits(pattern, value) is expected


@pytest.mark.parametrize(
    ("conditions", "open_to_all"),
    [
        ({}, True),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}, False),
        ({"StringEquals": {"aws:PrincipalOrgID": ["o-abcdefghij", "*"]}}, True),
        ({"StringEquals": {"AWS:SourceAccount": "123456789012"}}, False),
        ({"StringLike": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/*"}}, False),
        ({"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/admin"}}, True),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::records"}}, False),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::rec*"}}, True),
        ({"ArnLike": {"aws:SourceArn": "arn:*"}}, True),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:*:*:records"}}, False),  # as S3's guide writes it: names are unique
        ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:*:*:rec*"}}, True),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:*:*:accesspoint/records"}}, True),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:records"}}, True),
        ({"StringEquals": {"SNS:Endpoint": "https://example.com/in"}}, False),
        ({"StringLike": {"SNS:Endpoint": "*@example.com"}}, True),
        ({"StringEquals": {"aws:ResourceAccount": "123456789012"}}, True),  # says nothing of who asks
        ({"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}, False),
        ({"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}, True),
        ({"IpAddress": {"aws:SourceIp": ["192.0.2.0/24", "::/0"]}}, True),
        ({"IpAddress": {"aws:SourceIp": "2001:db8::/32"}}, False),
        ({"IpAddress": {"aws:SourceIp": "${aws:VpcSourceIp}"}}, True),
        ({"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}}, True),
        ({"StringNotEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}, True),
        ({"StringEqualsIfExists": {"aws:SourceVpce": "vpce-1"}}, True),
        ({"ForAllValues:StringEquals": {"aws:PrincipalOrgPaths": "o-a/r-b/"}}, True),
        ({"ForAnyValue:StringEquals": {"aws:PrincipalOrgPaths": "o-a/r-b/"}}, False),
        ({"Bool": {"aws:SecureTransport": "true"}}, True),
        ({"StringEquals": {"aws:SourceVpce": []}}, True),
        ({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/*"}}, False),
        ({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-*/r-ab12/*"}}, True),
        ({"StringLike": {"aws:userid": "AROAEXAMPLE:*"}}, False),
        ({"StringLike": {"aws:userid": ["AROAEXAMPLE:*", "*:session"]}}, True),
        ({"StringEquals": {"sts:ExternalId": "agreed"}}, True),
    ],
)
def test_conditions_that_confine(conditions: dict[str, Any], open_to_all: bool) -> None:
    assert bool(everybody_may(policy(everybody("s3:GetObject", Condition=conditions)))) is open_to_all


def test_everybody_but_some_is_everybody() -> None:
    but_one = {"Effect": "Allow", "NotPrincipal": {"AWS": "arn:aws:iam::1:root"}, "Action": "s3:*", "Resource": "*"}
    assert everybody_may(policy(but_one))
    assert not everybody_may(policy({**but_one, "Effect": "Deny"}))
    assert not everybody_may(policy(account(OTHER, "s3:*")))
    assert everybody_may(policy(allow("s3:*", Principal={"AWS": ["*"]})))


@pytest.mark.parametrize(
    ("denial", "open_to_all"),
    [
        ({}, False),
        ({"Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}}, False),
        ({"Condition": {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-abcdefghij"}}}, False),
        ({"Condition": {"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}}}, False),
        ({"Condition": {"ForAllValues:StringNotLike": {"aws:PrincipalOrgPaths": "o-abcdefghij/*"}}}, False),
        (
            {
                "Condition": {
                    "StringNotEquals": {"aws:SourceVpce": "vpce-1"},
                    "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
                }
            },
            False,
        ),
        ({"Condition": {"Bool": {"aws:PrincipalIsAWSService": "true"}}}, True),
        ({"Condition": {"NotIpAddress": {"aws:SourceIp": "0.0.0.0/0"}}}, True),
        ({"Condition": {"ForAnyValue:StringNotLike": {"aws:PrincipalOrgPaths": "o-abcdefghij/*"}}}, True),
        ({"Condition": {"Bool": {"aws:SecureTransport": "false"}}}, True),
        ({"Action": "s3:PutObject"}, True),
        ({"Action": "s3:Get*", "Resource": f"{ARN}/*"}, False),
        ({"Resource": f"{ARN}/private/*"}, True),
        ({"Principal": {"AWS": "arn:aws:iam::1:root"}}, True),
        ({"Principal": None, "NotPrincipal": {"AWS": "arn:aws:iam::1:root"}}, False),
        ({"Principal": None, "NotPrincipal": {"AWS": "*"}}, True),
        ({"Action": None, "NotAction": "s3:GetObject"}, True),
        ({"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::1:root"}}, True),
    ],
)
def test_what_one_statement_opens_another_takes_back(denial: dict[str, Any], open_to_all: bool) -> None:
    allowed = everybody("s3:GetObject", Resource=f"{ARN}/*")
    denied = {**everybody("s3:*", Resource="*"), "Effect": "Deny", **denial}
    assert bool(everybody_may(policy(allowed, denied))) is open_to_all


def test_all_but_some_is_taken_back_by_a_denial_of_all() -> None:
    allowed = {"Effect": "Allow", "Principal": "*", "NotAction": "s3:PutObject", "NotResource": f"{ARN}/private/*"}
    denied = {**everybody("s3:*"), "Effect": "Deny"}
    assert not everybody_may(policy(allowed, denied))
    assert everybody_may(policy(allowed, {**denied, "Action": "s3:GetObject"}))
    assert everybody_may(policy(allowed, {**denied, "Resource": f"{ARN}/*"}))


def test_accounts_let_in() -> None:
    named = policy(
        account(OTHER, "s3:*"),
        allow("s3:*", Principal={"AWS": ["111111111111", "arn:aws-cn:iam::222222222222:role/x"], "Service": "a.b"}),
        allow("s3:*", Principal={"AWS": "arn:aws:sts::333333333333:assumed-role/x/y"}),
        {**account("444444444444", "s3:*"), "Effect": "Deny"},
        everybody("s3:*"),
    )
    assert accounts_let_in(named) == {OTHER, "111111111111", "222222222222", "333333333333"}


ROLE = "arn:aws:iam::222222222222:role/x"


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({"StringEquals": {"aws:PrincipalAccount": [OTHER, "111111111111"]}}, {OTHER, "111111111111"}),
        ({"ArnLike": {"aws:PrincipalArn": ROLE}}, {"222222222222"}),
        ({"ArnLike": {"aws:SourceArn": f"arn:aws:sns:eu-west-1:{OTHER}:*"}}, {OTHER}),
        ({"StringEquals": {"AWS:SourceOwner": OTHER, "aws:PrincipalOrgID": "o-abcdefghij"}}, {OTHER}),
        ({"StringEquals": {"kms:CallerAccount": OTHER}, "ArnEquals": {"aws:PrincipalArn": ROLE}}, set()),
        ({"StringEquals": {"aws:SourceAccount": OTHER}, "ArnLike": {"aws:SourceArn": "arn:aws:s3:::x"}}, {OTHER}),
        ({"StringNotEquals": {"aws:PrincipalAccount": OTHER}}, set()),
        ({"StringEquals": {"lambda:EventSourceToken": OTHER}}, set()),
        ({}, set()),
    ],
)
def test_accounts_let_in_by_conditions(conditions: dict[str, Any], expected: set[str]) -> None:
    assert accounts_let_in(policy(everybody("s3:*", Condition=conditions))) == expected


@pytest.mark.parametrize(
    ("denial", "expected"),
    [
        ({"Principal": "*", "Condition": {"StringNotEquals": {"aws:PrincipalAccount": OTHER}}}, {OTHER}),
        ({"NotPrincipal": {"AWS": f"arn:aws:iam::{OTHER}:root"}}, {OTHER}),
        ({"Principal": "*", "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}}, set()),
        ({"Principal": "*", "Condition": {"StringEquals": {"aws:PrincipalAccount": OTHER}}}, set()),
    ],
)
def test_accounts_that_a_denial_leaves(denial: dict[str, Any], expected: set[str]) -> None:
    assert accounts_let_in(policy(everybody("s3:*"), deny("s3:*", **denial))) == expected


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([allow("*")], True),
        ([allow("*:*")], True),
        ([allow("iam:*")], False),
        ([allow("*", Resource="arn:aws:s3:::records")], False),
        ([allow("*", Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})], True),
        ([allow("*", Condition={"StringEquals": {"aws:ResourceTag/project": "x"}})], False),
        ([allow("*", Resource="arn:aws:*:*:*:*")], True),
        ([allow("*", Resource="arn:aws:*")], True),
        ([allow("*", Resource="arn:*")], True),
        ([allow("*"), deny("iam:*", Resource="arn:aws:iam::*:role/*")], True),
        ([allow("*"), {"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}], False),
        ([allow("*"), deny("*")], False),
        ([allow("*"), deny("*", Condition={"Bool": {"aws:MultiFactorAuthPresent": "false"}})], True),
        ([allow("*"), deny("*", Resource="arn:aws:s3:::records")], True),
        ([allow("*"), deny("iam:*")], False),
        ([allow("*"), deny("aws-portal:*")], True),
        ([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], False),
        ([{"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::records"}], True),
        ([{"Effect": "Allow", "Action": "*", "NotResource": "*"}], False),
        ([{"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}], True),
        ([{"Effect": "Allow", "NotAction": "s3:*", "Resource": "arn:aws:s3:::records"}], False),
        ([{"Effect": "Allow", "NotAction": "iam:CreateUser", "Resource": "*"}], False),
        ([{"Effect": "Allow", "NotAction": ["iam:*", "account:*"], "Resource": "*"}, allow("iam:*")], True),
        ([{"Effect": "Allow", "NotAction": "*", "Resource": "*"}, allow("iam:*")], False),
        ([{"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}, allow("iam:*")], False),
        ([], False),
    ],
)
def test_administrators(statements: list[dict[str, Any]], expected: bool) -> None:
    assert is_administrator(policy(*statements)) is expected


def test_all_but_some_actions_is_the_rest() -> None:
    rest = policy({"Effect": "Allow", "NotAction": ["iam:*"], "Resource": "*"})
    assert allows_everywhere(rest, "kms:Decrypt")
    assert allows_whole_service(rest, "kms")
    assert not allows_everywhere(rest, "iam:PassRole")
    assert not allows_whole_service(policy({"Effect": "Allow", "NotAction": "iam:Get*", "Resource": "*"}), "iam")
    assert not allows_whole_service(policy(allow("kms:*"), deny("kms:*")), "kms")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"Condition": {"BoolIfExists": {"aws:SecureTransport": False}}}, True),
        ({"Condition": {"StringEquals": {"aws:securetransport": "False"}}}, True),
        ({"Action": "*"}, True),
        ({"Resource": "*"}, True),
        ({"Resource": f"{ARN}*"}, True),
        ({"Resource": f"{ARN}/*"}, False),
        ({"Action": "s3:GetObject"}, False),
        ({"Principal": {"AWS": "arn:aws:iam::1:root"}}, False),
        ({"Effect": "Allow"}, False),
        ({"Condition": {"Bool": {"aws:SecureTransport": "true"}}}, False),
        ({"Condition": {"Bool": {"aws:ViaAWSService": "false"}}}, False),
        ({"Condition": {"Null": {"aws:SecureTransport": "false"}}}, False),
        ({"Condition": {"Bool": {"aws:SecureTransport": "false"}, "StringEquals": {"aws:userid": "x"}}}, False),
    ],
)
def test_plain_text_is_denied(changes: dict[str, Any], expected: bool) -> None:
    statement = {
        "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": [ARN, f"{ARN}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}}, **changes,
    }  # fmt: skip
    assert denies_plain_text(policy(statement), "s3", (ARN, f"{ARN}/*")) is expected


def test_no_statement_denies_nothing() -> None:
    assert not denies_plain_text((), "s3", (ARN,))
