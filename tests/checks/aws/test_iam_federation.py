"""Truth tables of the checks of outside directories, and of whom their word lets in."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from checks.aws import iam_federation
from checks.aws.trust import issuers, issuers_that_vouch_for_anybody
from core.resource import NotObservedError
from core.resources.aws.iam import IamRole
from core.resources.aws.iam_federation import OidcProvider, SamlProvider
from tests.checks.aws.identities import role
from tests.checks.aws.making import ACCOUNT, AS_OF, account, policy, status
from tests.twins import population

GITHUB = "token.actions.githubusercontent.com"
CLUSTER = "oidc.eks.eu-west-1.amazonaws.com/id/ABC"
AUDIENCE = {f"{GITHUB}:aud": "sts.amazonaws.com"}


def provider(issuer: str = GITHUB) -> OidcProvider:
    arn = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer}"
    return OidcProvider(id=arn, issuer=issuer)


def trusting(conditions: dict[str, Any], issuer: str = GITHUB, **changes: Any) -> IamRole:
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": provider(issuer).id},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": conditions,
        **changes,
    }
    return role(trust=policy(statement))


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({}, "fail"),
        ({"StringEquals": AUDIENCE}, "fail"),
        ({"StringEquals": {**AUDIENCE, f"{GITHUB}:sub": "repo:acme/shop:ref:refs/heads/main"}}, "pass"),
        ({"StringEquals": {f"{GITHUB}:sub": "repo:acme/*"}}, "pass"),  # there the asterisk is one
        ({"StringLike": {f"{GITHUB}:sub": "repo:acme/shop:*"}}, "pass"),
        ({"StringLike": {f"{GITHUB}:sub": "repo:acme/*"}}, "pass"),
        ({"StringLike": {f"{GITHUB}:sub": "repo:acme*"}}, "fail"),
        ({"StringLike": {f"{GITHUB}:sub": "repo:acme?/shop:ref:x"}}, "fail"),
        ({"StringLike": {f"{GITHUB}:sub": "repo:*"}}, "fail"),
        ({"StringLike": {f"{GITHUB}:sub": "*"}}, "fail"),
        ({"StringLike": {f"{GITHUB}:sub": ["repo:acme/shop:*", "repo:*"]}}, "fail"),
        ({"StringLike": {f"{GITHUB}:sub": []}}, "fail"),
        ({"StringNotLike": {f"{GITHUB}:sub": "repo:evil/*"}}, "fail"),
        ({"StringLike": {f"{GITHUB}:actor": "ada"}}, "fail"),
        ({"StringLike": {"gitlab.com:sub": "project_path:acme/shop:*"}}, "fail"),
        ({"ForAnyValue:StringLike": {f"{GITHUB}:sub": "repo:acme/shop:*"}}, "pass"),
        ({"StringLikeIfExists": {f"{GITHUB.upper()}:SUB": "repo:acme/shop:*"}}, "pass"),
        ({"StringLike": {f"{GITHUB}:repository": "acme/*"}}, "pass"),
        ({"StringEquals": {f"{GITHUB}:repository_owner": "acme"}}, "pass"),
        ({"StringLike": {f"{GITHUB}:repository_owner": "acme*"}}, "fail"),
        ({"StringEqualsIfExists": {f"{GITHUB}:enterprise": "acme"}}, "fail"),  # who has no enterprise gets in
        ({"ForAllValues:StringEquals": {f"{GITHUB}:repository": "acme/shop"}}, "fail"),
    ],
)
def test_role_names_whom_an_issuer_vouches_for(conditions: dict[str, Any], expected: str) -> None:
    assert status(iam_federation.role_names_whom_an_issuer_vouches_for(trusting(conditions))) == expected


def test_other_issuers() -> None:
    judge = iam_federation.role_names_whom_an_issuer_vouches_for
    assert status(judge(role())) == "not_applicable"
    assert status(judge(role(trust=policy(account(ACCOUNT, "sts:AssumeRole"))))) == "not_applicable"
    assert status(judge(trusting({}, Effect="Deny"))) == "not_applicable"
    saml = trusting({}, Principal={"Federated": f"arn:aws:iam::{ACCOUNT}:saml-provider/directory"})
    assert status(judge(saml)) == "not_applicable"
    named = {"StringEquals": {f"{CLUSTER}:sub": "system:serviceaccount:shop:web"}}
    assert status(judge(trusting(named, CLUSTER))) == "pass"
    google = {"Federated": "accounts.google.com"}
    ours = {"StringEquals": {"accounts.google.com:aud": "1234.apps.googleusercontent.com"}}
    assert status(judge(trusting(ours, Principal=google))) == "pass"
    assert status(judge(trusting({}, Principal=google))) == "fail"
    anybody = {"StringLike": {"accounts.google.com:aud": "*"}}
    assert judge(trusting(anybody, Principal=google)).reason == (
        "server lets in anybody that accounts.google.com vouches for"
    )


def test_one_open_statement_is_enough() -> None:
    closed = trusting({"StringLike": {f"{GITHUB}:sub": "repo:acme/shop:*"}}).trust
    opened = trusting({"StringEquals": AUDIENCE}).trust
    assert [each for one in (*closed, *opened) for each in issuers(one)] == [GITHUB, GITHUB]
    assert issuers_that_vouch_for_anybody(closed) == []
    assert issuers_that_vouch_for_anybody((*closed, *opened)) == [GITHUB]


def test_oidc_provider_is_needed() -> None:
    def roles(*found: IamRole, missing: str = "") -> Any:
        return population(*found, kind="aws_iam_role", missing=missing)

    judge = iam_federation.oidc_provider_is_needed
    assert judge(provider(), roles(trusting({}), role())).reason == f"server trusts {GITHUB}"
    assert status(judge(provider("gitlab.com"), roles(trusting({})))) == "fail"
    with pytest.raises(NotObservedError):
        judge(provider("gitlab.com"), roles(trusting({}), missing="denied"))


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        (None, "pass"),
        (AS_OF + timedelta(days=31), "pass"),
        (AS_OF + timedelta(days=30), "fail"),
        (AS_OF, "fail"),
    ],
)
def test_saml_provider_is_valid(until: datetime | None, expected: str) -> None:
    found = SamlProvider(id="arn", name="directory", valid_until=until)
    assert status(iam_federation.saml_provider_is_valid(found, as_of=AS_OF)) == expected
