"""Truth tables of the checks of APIs: API Gateway in both versions, and AppSync."""

from __future__ import annotations

from typing import Any

import pytest

from checks.aws import apigateway, apigatewayv2, appsync
from core.plugins import Check
from core.resource import NotObservedError, unobserved
from core.resources.aws.apigateway import ApiDomain, GraphqlApi, HttpApi, HttpApiStage, RestApi, RestApiStage
from tests.checks.aws.making import ACCOUNT, account, everybody, policy, status

OURS = policy(account(ACCOUNT, "execute-api:Invoke"))
EVERYBODYS = policy(everybody("execute-api:Invoke"))


def api(**changes: Any) -> RestApi:
    given: dict[str, Any] = {
        "id": "arn:aws:apigateway:eu-west-1::/restapis/1",
        "name": "shop",
        "is_private": False,
        "statements": (),
        "open_methods": (),
        "keyed_methods": (),
    }
    return RestApi(**{**given, **changes})


def stage(**changes: Any) -> RestApiStage:
    given: dict[str, Any] = {
        "id": "arn:aws:apigateway:eu-west-1::/restapis/1/stages/live",
        "name": "shop live",
        "is_private": False,
        "execution_log": "OFF",
        "access_log": "",
        "caches": False,
        "cache_is_encrypted": True,
        "web_acl": "",
    }
    return RestApiStage(**{**given, **changes})


@pytest.mark.parametrize(
    ("changes", "approved", "expected"),
    [
        ({}, (), "fail"),
        ({}, ("shop",), "pass"),
        ({"is_private": True}, (), "pass"),
        ({"statements": OURS}, (), "pass"),
        ({"statements": EVERYBODYS}, (), "fail"),
    ],
)
def test_rest_api_is_public_on_purpose(changes: dict[str, Any], approved: tuple[str, ...], expected: str) -> None:
    assert status(apigateway.rest_api_is_public_on_purpose(api(**changes), approved=approved)) == expected


OPEN = {"open_methods": ("GET /status",)}


@pytest.mark.parametrize(
    ("changes", "approved", "expected"),
    [
        ({}, (), "pass"),
        (OPEN, (), "fail"),
        (OPEN, ("GET /status",), "pass"),
        ({"keyed_methods": ("GET /status",)}, (), "fail"),
        ({"keyed_methods": ("GET /status",)}, ("GET /status",), "pass"),
        ({**OPEN, "is_private": True}, (), "pass"),
        ({**OPEN, "statements": OURS}, (), "pass"),
        ({**OPEN, "statements": EVERYBODYS}, (), "fail"),
    ],
)
def test_methods_ask_who_calls(changes: dict[str, Any], approved: tuple[str, ...], expected: str) -> None:
    assert status(apigateway.methods_ask_who_calls(api(**changes), approved=approved)) == expected


def test_a_policy_that_was_not_seen_is_unknown() -> None:
    with pytest.raises(NotObservedError):
        apigateway.rest_api_is_public_on_purpose(api(statements=unobserved("malformed")))


@pytest.mark.parametrize(
    ("check", "changes", "expected"),
    [
        (apigateway.stage_logs_requests, {}, "fail"),
        (apigateway.stage_logs_requests, {"access_log": "arn:aws:logs:x"}, "pass"),
        (apigateway.stage_logs_requests, {"execution_log": "ERROR"}, "pass"),
        (apigateway.stage_encrypts_its_cache, {}, "not_applicable"),
        (apigateway.stage_encrypts_its_cache, {"caches": True}, "pass"),
        (apigateway.stage_encrypts_its_cache, {"caches": True, "cache_is_encrypted": False}, "fail"),
        (apigateway.stage_has_a_web_acl, {}, "fail"),
        (apigateway.stage_has_a_web_acl, {"web_acl": "arn:aws:wafv2:x"}, "pass"),
        (apigateway.stage_has_a_web_acl, {"is_private": True}, "not_applicable"),
    ],
)
def test_a_stage(check: Check[...], changes: dict[str, Any], expected: str) -> None:
    assert status(check(stage(**changes))) == expected


@pytest.mark.parametrize(
    ("policy_name", "expected"),
    [
        ("TLS_1_2", "pass"),
        ("SecurityPolicy_TLS13_1_3_2025_09", "pass"),
        ("SecurityPolicy_TLS12_2018_EDGE", "pass"),
        ("TLS_1_0", "fail"),
        ("SecurityPolicy_TLS13_1_0_2027_01", "fail"),
        ("SomethingNew", "unknown"),
    ],
)
def test_domain_accepts_strong_tls(policy_name: str, expected: str) -> None:
    assert status(apigateway.domain_accepts_strong_tls(ApiDomain(id="1", name="a", policy=policy_name))) == expected


@pytest.mark.parametrize(("log", "expected"), [("arn:aws:logs:x", "pass"), ("", "fail")])
def test_a_stage_of_the_second_version(log: str, expected: str) -> None:
    given = HttpApiStage(id="1", name="orders live", access_log=log)
    assert status(apigatewayv2.stage_logs_requests(given)) == expected


@pytest.mark.parametrize(
    ("routes", "approved", "expected"),
    [((), (), "pass"), (("GET /status",), (), "fail"), (("GET /status",), ("GET /status",), "pass")],
)
def test_routes_ask_who_calls(routes: tuple[str, ...], approved: tuple[str, ...], expected: str) -> None:
    for open_ones, keyed in ((routes, ()), ((), routes)):
        given = HttpApi(id="1", name="orders", protocol="HTTP", open_routes=open_ones, keyed_routes=keyed)
        assert status(apigatewayv2.routes_ask_who_calls(given, approved=approved)) == expected


def graphql(**changes: Any) -> GraphqlApi:
    given: dict[str, Any] = {
        "id": "arn:aws:appsync:eu-west-1:1:apis/1",
        "name": "orders",
        "is_private": False,
        "log_level": "ERROR",
        "sign_in": ("AWS_IAM",),
        "web_acl": "arn:aws:wafv2:x",
    }
    return GraphqlApi(**{**given, **changes})


@pytest.mark.parametrize(
    ("check", "changes", "expected"),
    [
        (appsync.graphql_api_logs_fields, {}, "pass"),
        (appsync.graphql_api_logs_fields, {"log_level": "NONE"}, "fail"),
        (appsync.graphql_api_asks_who_calls, {}, "pass"),
        (appsync.graphql_api_asks_who_calls, {"sign_in": ("API_KEY", "AWS_IAM")}, "fail"),
        (appsync.graphql_api_has_a_web_acl, {}, "pass"),
        (appsync.graphql_api_has_a_web_acl, {"web_acl": ""}, "fail"),
        (appsync.graphql_api_has_a_web_acl, {"is_private": True}, "not_applicable"),
    ],
)
def test_a_graphql_api(check: Check[...], changes: dict[str, Any], expected: str) -> None:
    assert status(check(graphql(**changes))) == expected


def test_an_approved_api_may_take_a_key() -> None:
    given = appsync.graphql_api_asks_who_calls(graphql(sign_in=("API_KEY",)), approved=("orders",))
    assert status(given) == "pass"
