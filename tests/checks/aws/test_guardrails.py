"""Truth tables of the checks of organizations."""

from __future__ import annotations

from typing import Any

import pytest

from checks.aws import guardrails
from core.plugins import Check
from core.population import Population
from core.resource import NotObservedError, unobserved
from core.resources.aws.guardrails import Organization, OrganizationAccount, OrganizationPolicy
from tests.checks.aws.making import ACCOUNT, OTHER, allow, deny, membership, policy, status
from tests.twins import population

LEAVING = ("organizations:LeaveOrganization",)
NEVER = deny(*LEAVING)
FULL = allow("*")
KEEPERS = "arn:aws:iam::*:role/keepers"


def organization(**changes: Any) -> Organization:
    given: dict[str, Any] = {
        "id": "o-abcdefghij",
        "delegates": (),
        "root_features": ("RootCredentialsManagement",),
    }
    return Organization(**{**given, **changes})


def member(**changes: Any) -> OrganizationAccount:
    given: dict[str, Any] = {
        "id": OTHER,
        "name": "shop",
        "status": "ACTIVE",
        "is_management_account": False,
        "above": ("r-1", "ou-1", OTHER),
    }
    return OrganizationAccount(**{**given, **changes})


def bounding(*found: dict[str, Any], **changes: Any) -> OrganizationPolicy:
    given: dict[str, Any] = {
        "id": "p-1",
        "name": "guard",
        "targets": ("ou-1",),
        "statements": policy(*found),
    }
    return OrganizationPolicy(**{**given, **changes})


def policies(*found: OrganizationPolicy, missing: str = "") -> Population[OrganizationPolicy]:
    return population(*found, kind="aws_organization_policy", missing=missing)


EVERYTHING = bounding(FULL, name="FullAWSAccess", targets=("r-1", "ou-1", OTHER))


@pytest.mark.parametrize(
    ("check", "changes", "expected"),
    [
        (guardrails.account_belongs_to_an_organization, {}, "pass"),
        (guardrails.account_belongs_to_an_organization, {"organization": ""}, "fail"),
        (guardrails.organization_has_all_features, {}, "pass"),
        (guardrails.organization_has_all_features, {"all_features": False}, "fail"),
        (guardrails.organization_has_all_features, {"organization": ""}, "not_applicable"),
        (guardrails.ai_services_may_not_keep_content, {}, "pass"),
        (guardrails.ai_services_may_not_keep_content, {"ai_use": ""}, "fail"),
        (guardrails.ai_services_may_not_keep_content, {"ai_use": "optIn"}, "fail"),
        (guardrails.ai_services_may_not_keep_content, {"ai_use_allowed": ("rekognition",)}, "fail"),
        (guardrails.tag_policy_prescribes_labels, {}, "pass"),
        (guardrails.tag_policy_prescribes_labels, {"tag_keys": ()}, "fail"),
        (guardrails.tag_policy_prescribes_labels, {"organization": ""}, "not_applicable"),
    ],
)
def test_memberships(check: Check[...], changes: dict[str, Any], expected: str) -> None:
    assert status(check(membership(**changes))) == expected


def test_services_may_be_approved_to_keep_content() -> None:
    found = membership(ai_use_allowed=("lex",))
    assert status(guardrails.ai_services_may_not_keep_content(found, approved=("lex",))) == "pass"


def test_a_policy_that_was_not_seen_is_unknown() -> None:
    with pytest.raises(NotObservedError):
        guardrails.ai_services_may_not_keep_content(membership(ai_use=unobserved("denied")))


@pytest.mark.parametrize(
    ("changes", "found", "expected"),
    [
        ({}, (EVERYTHING, bounding(NEVER)), "pass"),
        ({}, (bounding(allow("s3:*")),), "pass"),
        ({}, (bounding(allow("*", Condition={"StringEquals": {"aws:RequestedRegion": "eu-west-1"}})),), "pass"),
        ({}, (EVERYTHING,), "fail"),
        ({}, (EVERYTHING, bounding(NEVER, targets=("ou-2",))), "fail"),
        ({}, (), "fail"),
        ({"is_management_account": True}, (EVERYTHING,), "not_applicable"),
        ({"status": "SUSPENDED"}, (EVERYTHING,), "not_applicable"),
    ],
)
def test_account_is_bounded(changes: dict[str, Any], found: tuple[OrganizationPolicy, ...], expected: str) -> None:
    assert status(guardrails.account_is_bounded(member(**changes), policies(*found))) == expected


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ((EVERYTHING, bounding(NEVER)), "pass"),
        ((EVERYTHING, bounding(deny("organizations:*"))), "pass"),
        ((EVERYTHING, bounding(NEVER, targets=(OTHER,))), "pass"),
        ((EVERYTHING, bounding(deny(*LEAVING, Resource="arn:aws:s3:::records"))), "fail"),
        ((EVERYTHING, bounding(deny("organizations:DescribeOrganization"))), "fail"),
        ((EVERYTHING, bounding(deny(*LEAVING, Condition={"ArnNotLike": {"aws:PrincipalArn": KEEPERS}}))), "pass"),
        ((EVERYTHING, bounding(deny(*LEAVING, Condition={"ArnNotLike": {"aws:PrincipalArn": "*"}}))), "fail"),
        (
            (EVERYTHING, bounding(deny(*LEAVING, Condition={"ArnNotLike": {"aws:PrincipalArn": [KEEPERS, "arn:*"]}}))),
            "fail",
        ),
        ((EVERYTHING, bounding(deny(*LEAVING, Condition={"ArnLike": {"aws:PrincipalArn": KEEPERS}}))), "fail"),
        (
            (EVERYTHING, bounding(deny(*LEAVING, Condition={"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}))),
            "fail",
        ),
        ((EVERYTHING,), "fail"),
        ((bounding(FULL, targets=("r-1",)), bounding(allow("s3:*"))), "pass"),  # the unit's level does not allow it
        ((bounding(FULL, targets=("r-1",)), bounding(allow("s3:*")), bounding(FULL)), "fail"),
        ((), "fail"),
    ],
)
def test_account_cannot_undo_guardrails(found: tuple[OrganizationPolicy, ...], expected: str) -> None:
    verdict = guardrails.account_cannot_undo_guardrails(member(), policies(*found), actions=LEAVING)
    assert status(verdict) == expected


def test_the_management_account_is_bound_by_nothing() -> None:
    found = member(id=ACCOUNT, is_management_account=True)
    assert status(guardrails.account_cannot_undo_guardrails(found, policies())) == "not_applicable"


def test_policies_that_were_not_seen_may_forbid_it() -> None:
    with pytest.raises(NotObservedError):
        guardrails.account_cannot_undo_guardrails(member(), policies(EVERYTHING, missing="denied"))
    with pytest.raises(NotObservedError):
        guardrails.account_is_bounded(member(), policies(bounding(targets=unobserved("denied"))))


@pytest.mark.parametrize(
    ("delegates", "approved", "expected"),
    [((), (), "pass"), ((OTHER,), (), "fail"), ((OTHER,), (OTHER,), "pass"), ((OTHER, ACCOUNT), (OTHER,), "fail")],
)
def test_delegated_administrators_are_approved(
    delegates: tuple[str, ...], approved: tuple[str, ...], expected: str
) -> None:
    found = organization(delegates=delegates)
    assert status(guardrails.delegated_administrators_are_approved(found, approved=approved)) == expected


def test_root_users_are_managed_centrally() -> None:
    assert status(guardrails.root_users_are_managed_centrally(organization())) == "pass"
    only_sessions = organization(root_features=("RootSessions",))
    assert status(guardrails.root_users_are_managed_centrally(only_sessions)) == "fail"
