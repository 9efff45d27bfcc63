"""Truth tables of the checks of what identities are allowed."""

from __future__ import annotations

from typing import Any

import pytest

from checks.aws import iam_rights
from core.model import Status
from core.plugins import Check
from tests.checks.aws.identities import ADMIN, CLIMBS, a_policy, group, role, user
from tests.checks.aws.making import allow, attached, policy, status
from tests.twins import population


@pytest.mark.parametrize(
    ("check", "changes", "expected"),
    [
        (iam_rights.user_gets_rights_from_groups, {}, "pass"),
        (iam_rights.user_gets_rights_from_groups, {"policies": (attached("own", allow("s3:*")),)}, "fail"),
        (iam_rights.user_is_no_administrator, {}, "pass"),
        (iam_rights.user_is_no_administrator, {"statements": ADMIN}, "fail"),
        (iam_rights.user_is_no_administrator, {"statements": ADMIN, "boundary": policy(allow("s3:*"))}, "pass"),
        (iam_rights.user_is_no_administrator, {"statements": ADMIN, "boundary": ADMIN}, "fail"),
        (iam_rights.user_cannot_escalate, {}, "pass"),
        (iam_rights.user_cannot_escalate, {"statements": CLIMBS}, "fail"),
        (iam_rights.user_cannot_escalate, {"statements": CLIMBS, "boundary": policy(allow("s3:*"))}, "pass"),
        (iam_rights.user_cannot_escalate, {"statements": CLIMBS, "boundary": CLIMBS}, "fail"),
        (iam_rights.user_cannot_escalate, {"statements": CLIMBS, "boundary": ADMIN}, "fail"),
        (iam_rights.user_cannot_escalate, {"statements": ADMIN}, "not_applicable"),
    ],
)
def test_users(check: Check[...], changes: dict[str, Any], expected: str) -> None:
    assert status(check(user(**changes))) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "pass"),
        ({"policies": (attached("one", allow("iam:PassRole")), attached("two", allow("ec2:RunInstances")))}, "fail"),
        ({"policies": (attached("all", allow("sts:AssumeRole")),)}, "fail"),
        ({"policies": (attached("all", allow("sts:AssumeRole")),), "boundary": policy(allow("s3:*"))}, "pass"),
        ({"policies": (attached("all", allow("*")),)}, "not_applicable"),
        ({"is_service_linked": True}, "not_applicable"),
    ],
)
def test_role_cannot_escalate(changes: dict[str, Any], expected: str) -> None:
    assert status(iam_rights.role_cannot_escalate(role(**changes))) == expected


def test_approved_administrators() -> None:
    assert status(iam_rights.user_is_no_administrator(user(statements=ADMIN), approved=("ada",))) == "pass"
    assert status(iam_rights.user_is_no_administrator(user(statements=ADMIN), approved=("a*",))) == "pass"
    assert status(iam_rights.user_is_no_administrator(user(statements=ADMIN), approved=("grace",))) == "fail"
    every = (attached("everything", allow("*")),)
    assert status(iam_rights.group_is_no_administrator(group(policies=every))) == "fail"
    assert status(iam_rights.group_is_no_administrator(group())) == "pass"
    nearly = (attached("nearly everything", {"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}),)
    assert iam_rights.group_is_no_administrator(group(policies=nearly)).reason == (
        f"{group().name} is allowed nearly every action on every resource, all of IAM included"
    )
    assert status(iam_rights.role_is_no_administrator(role(policies=every))) == "fail"
    assert status(iam_rights.role_is_no_administrator(role())) == "pass"
    assert status(iam_rights.role_is_no_administrator(role(policies=every, is_service_linked=True))) == "not_applicable"


@pytest.mark.parametrize(
    ("check", "changes", "expected"),
    [
        (iam_rights.policy_does_not_allow_everything, {}, "pass"),
        (iam_rights.policy_does_not_allow_everything, {"statements": ADMIN}, "fail"),
        (iam_rights.policy_does_not_allow_everything, {"statements": ADMIN, "is_of_aws": True}, "not_applicable"),
        (iam_rights.policy_allows_no_escalation, {}, "pass"),
        (iam_rights.policy_allows_no_escalation, {"statements": CLIMBS}, "fail"),
        (iam_rights.policy_allows_no_escalation, {"statements": ADMIN}, "not_applicable"),
        (iam_rights.policy_does_not_open_guarded_services, {}, "pass"),
        (iam_rights.policy_does_not_open_guarded_services, {"statements": policy(allow("kms:*"))}, "fail"),
        (iam_rights.policy_does_not_open_guarded_services, {"is_of_aws": True}, "not_applicable"),
    ],
)
def test_policies(check: Check[...], changes: dict[str, Any], expected: str) -> None:
    assert status(check(a_policy(**changes))) == expected


INLINE = (attached("written", allow("kms:*")),)
NAMED = (attached("attached", allow("kms:*"), arn="arn:aws:iam::123456789012:policy/attached"),)


@pytest.mark.parametrize(("policies", "expected"), [((), "pass"), (INLINE, "fail"), (NAMED, "pass")])
def test_what_is_written_into_identities(policies: Any, expected: str) -> None:
    assert status(iam_rights.user_holds_no_guarded_service(user(policies=policies))) == expected
    assert status(iam_rights.group_holds_no_guarded_service(group(policies=policies))) == expected
    assert status(iam_rights.role_holds_no_guarded_service(role(policies=policies))) == expected


def test_roles_of_services_hold_what_their_service_needs() -> None:
    found = role(policies=INLINE, is_service_linked=True)
    assert status(iam_rights.role_holds_no_guarded_service(found)) == "not_applicable"


def test_group_has_members() -> None:
    assert status(iam_rights.group_has_members(group())) == "pass"
    assert status(iam_rights.group_has_members(group(members=0))) == "fail"


def test_somebody_may_audit() -> None:
    audit = attached("SecurityAudit", arn="arn:aws:iam::aws:policy/SecurityAudit")
    own = attached("SecurityAudit")
    assert status(iam_rights.somebody_may_audit(population(role(policies=(audit,))))) == "pass"
    assert status(iam_rights.somebody_may_audit(population(role(policies=(own,))))) == "fail"
    assert iam_rights.somebody_may_audit(population(kind="aws_iam_role")).status is Status.FAIL


def test_somebody_may_ask_for_support() -> None:
    support = attached("AWSSupportAccess", arn="arn:aws:iam::aws:policy/AWSSupportAccess")
    assert status(iam_rights.somebody_may_ask_for_support(population(role(policies=(support,))))) == "pass"
    own = attached("AWSSupportAccess")
    assert status(iam_rights.somebody_may_ask_for_support(population(role(policies=(own,))))) == "fail"
