"""Truth tables of the checks of Lambda."""

from __future__ import annotations

from typing import Any

import pytest

from checks.aws.awslambda import (
    function_address_answers_known_sites,
    function_address_needs_authentication,
    function_calls_are_recorded,
    function_is_not_public,
    function_keeps_no_secrets_in_its_environment,
    function_lets_in_approved_accounts,
    function_runs_signed_code_alone,
    function_runtime_gets_fixes,
    function_serves_our_resources,
    function_spans_zones,
)
from core.population import Population
from core.resource import NotObservedError, unobserved
from core.resources.aws.awslambda import Function, FunctionUrl
from core.resources.aws.cloudtrail import DataEvents, Trail
from core.resources.aws.vpc import Subnet
from tests.checks.aws.making import ACCOUNT, AS_OF, OTHER, account, allow, everybody, policy, status
from tests.checks.aws.test_cloudtrail import NO_SHADOWS, trail
from tests.twins import population

ARN = f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:orders"


def function(**changes: Any) -> Function:
    given: dict[str, Any] = {
        "id": ARN,
        "name": "orders",
        "runtime": "python3.13",
        "subnets": (),
        "secrets": (),
        "statements": (),
        "urls": (),
        "signing": "Enforce",
    }
    return Function(**{**given, **changes})


def url(auth: str = "AWS_IAM", *origins: str) -> FunctionUrl:
    return FunctionUrl(function=ARN, auth=auth, origins=origins)


def subnet(name: str, zone: str) -> Subnet:
    return Subnet(
        id=name,
        name="",
        vpc="vpc-1",
        of_this_account=True,
        zone=zone,
        public_by_default=False,
        reaches_internet=False,
    )


def test_who_may_call_a_function() -> None:
    assert status(function_is_not_public(function())) == "pass"
    assert status(function_is_not_public(function(statements=policy(everybody("lambda:InvokeFunction"))))) == "fail"
    alien = function(statements=policy(account(OTHER, "lambda:InvokeFunction")))
    assert status(function_lets_in_approved_accounts(alien)) == "fail"
    assert status(function_lets_in_approved_accounts(alien, approved=(OTHER,))) == "pass"
    anybody = allow("lambda:InvokeFunction", Principal={"Service": "s3.amazonaws.com"})
    assert status(function_serves_our_resources(function(statements=policy(anybody)))) == "fail"
    assert status(function_serves_our_resources(function())) == "pass"
    with pytest.raises(NotObservedError):
        function_is_not_public(function(statements=unobserved("denied")))


@pytest.mark.parametrize(
    ("urls", "authentication", "sites"),
    [
        ((), "pass", "not_applicable"),
        ((url(),), "pass", "pass"),
        ((url("AWS_IAM", "https://www.example.com"),), "pass", "pass"),
        ((url(), url("NONE", "*")), "fail", "fail"),
    ],
)
def test_addresses(urls: tuple[FunctionUrl, ...], authentication: str, sites: str) -> None:
    assert status(function_address_needs_authentication(function(urls=urls))) == authentication
    assert status(function_address_answers_known_sites(function(urls=urls))) == sites


@pytest.mark.parametrize(("secrets", "expected"), [((), "pass"), (("DB_PASSWORD (value)",), "fail")])
def test_function_keeps_no_secrets_in_its_environment(secrets: tuple[str, ...], expected: str) -> None:
    assert status(function_keeps_no_secrets_in_its_environment(function(secrets=secrets))) == expected


@pytest.mark.parametrize(
    ("runtime", "expected"),
    [
        ("python3.13", "pass"),
        ("python3.9", "fail"),
        ("nodejs20.x", "fail"),
        ("cobol85", "unknown"),
        ("", "not_applicable"),
    ],
)
def test_function_runtime_gets_fixes(runtime: str, expected: str) -> None:
    assert status(function_runtime_gets_fixes(function(runtime=runtime), as_of=AS_OF)) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "pass"),
        ({"signing": "Warn"}, "fail"),
        ({"signing": ""}, "fail"),
        ({"signing": "", "runtime": ""}, "not_applicable"),
    ],
)
def test_function_runs_signed_code_alone(changes: dict[str, Any], expected: str) -> None:
    assert status(function_runs_signed_code_alone(function(**changes))) == expected


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ((), "not_applicable"),
        (("subnet-1", "subnet-2"), "pass"),
        (("subnet-1", "subnet-3"), "fail"),
        (("subnet-1", "subnet-9"), "unknown"),
    ],
)
def test_function_spans_zones(names: tuple[str, ...], expected: str) -> None:
    subnets = population(subnet("subnet-1", "a"), subnet("subnet-2", "b"), subnet("subnet-3", "a"))
    assert status(function_spans_zones(function(subnets=names), subnets)) == expected


def test_subnets_that_were_not_seen_are_unknown() -> None:
    hidden: Population[Subnet] = population(kind="aws_subnet", missing="denied")
    with pytest.raises(NotObservedError):
        function_spans_zones(function(subnets=("subnet-1",)), hidden)


@pytest.mark.parametrize(
    ("trails", "expected"),
    [
        ([], "fail"),
        ([{"data": ()}], "fail"),
        ([{"data": [("AWS::Lambda::Function", True, True)]}], "pass"),
        ([{"data": [("AWS::Lambda::Function", True, True)], "logging": False}], "fail"),
        ([{"data": [("AWS::Lambda::Function", True, True)], "multi_region": False}], "fail"),
        ([{"data": [("AWS::Lambda::Function", True, False)]}], "fail"),
        ([{"data": [("AWS::Lambda::Function", False, True)]}], "fail"),
        ([{"data": [("AWS::S3::Object", True, True)]}], "fail"),
    ],
)
def test_function_calls_are_recorded(trails: list[dict[str, Any]], expected: str) -> None:
    found: Population[Trail] = population(*(_trail(**each) for each in trails), kind="aws_trail")
    assert status(function_calls_are_recorded(found, NO_SHADOWS)) == expected


def _trail(**changes: Any) -> Trail:
    data = tuple(
        DataEvents(kind=kind, reads=True, writes=writes, everywhere=everywhere)
        for kind, writes, everywhere in changes.pop("data")
    )
    return trail(data=data, **changes)
