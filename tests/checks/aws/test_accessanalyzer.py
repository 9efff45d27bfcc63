"""Truth tables of the checks of Access Analyzer."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from checks.aws import accessanalyzer
from core.resource import NotObservedError, unobserved
from core.resources.aws.accessanalyzer import AccessFinding, ActiveAnalyzer, AnalyzedRegion, Analyzer
from core.resources.aws.guardrails import Membership
from tests.checks.aws.making import ACCOUNT, AS_OF, OTHER, status
from tests.checks.aws.test_alarms import membership
from tests.twins import population

HOME = "333333333333"
REGION = "eu-west-1"
ALONE = [membership(organization="", is_management_account=False)]
MEMBER = membership(is_management_account=False)
NEIGHBOUR = membership(id=OTHER, is_management_account=False)
STRANGER = membership(id=OTHER, organization="o-2", is_management_account=False)
MANAGEMENT = membership(id=HOME)


def region(*types: str, account: str = ACCOUNT, name: str = REGION, inactive: tuple[str, ...] = ()) -> AnalyzedRegion:
    active = tuple(ActiveAnalyzer(name=f"by-{each.lower()}", type=each) for each in types)
    return AnalyzedRegion(id=name, account=account, active=active, inactive=inactive)


@pytest.mark.parametrize(
    ("own", "others", "memberships", "expected"),
    [
        (region("ACCOUNT"), [], [], "pass"),
        (region("ORGANIZATION"), [], [], "pass"),
        (region("ACCOUNT_UNUSED_ACCESS"), [], ALONE, "fail"),
        (region(inactive=("old is DISABLED",)), [], ALONE, "fail"),
        (region(), [], [NEIGHBOUR], "fail"),
        (region(), [region("ORGANIZATION", account=OTHER)], [MEMBER, NEIGHBOUR], "pass"),
        (region(), [region("ORGANIZATION", account=OTHER)], [MEMBER, STRANGER], "unknown"),
        (region(), [region("ORGANIZATION", account=OTHER)], [MEMBER, MANAGEMENT], "fail"),
        (region(), [region("ACCOUNT", account=OTHER)], [MEMBER, NEIGHBOUR], "unknown"),
        (region(), [region("ORGANIZATION", account=OTHER, name="us-east-1")], [MEMBER, MANAGEMENT, NEIGHBOUR], "fail"),
        (region(), [], [MEMBER, MANAGEMENT], "fail"),
    ],
)
def test_outside_access_is_looked_for(
    own: AnalyzedRegion, others: list[AnalyzedRegion], memberships: list[Membership], expected: str
) -> None:
    known = population(*memberships, kind="aws_organization_membership")
    assert status(accessanalyzer.outside_access_is_looked_for(own, population(own, *others), known)) == expected


@pytest.mark.parametrize(
    ("own", "others", "memberships", "expected"),
    [
        ([region("ACCOUNT_UNUSED_ACCESS"), region(name="us-east-1")], [], [], "pass"),
        ([region("ACCOUNT")], [], ALONE, "fail"),
        ([region()], [region("ORGANIZATION_UNUSED_ACCESS", account=OTHER, name="x")], [MEMBER, NEIGHBOUR], "pass"),
        ([region()], [region("ORGANIZATION", account=OTHER, name="x")], [MEMBER, NEIGHBOUR, MANAGEMENT], "fail"),
        ([], [], ALONE, "fail"),
    ],
)
def test_unused_access_is_looked_for(
    own: list[AnalyzedRegion], others: list[AnalyzedRegion], memberships: list[Membership], expected: str
) -> None:
    kind = AnalyzedRegion.kind
    known = population(*memberships, kind=Membership.kind)
    verdict = accessanalyzer.unused_access_is_looked_for(
        population(*own, kind=kind), population(*own, *others, kind=kind), known
    )
    assert status(verdict) == expected


def test_where_some_account_could_not_be_looked_at_nobody_can_say_that_there_is_none() -> None:
    own = region()
    with pytest.raises(NotObservedError):
        accessanalyzer.outside_access_is_looked_for(
            own, population(own, missing="denied"), population(MEMBER, MANAGEMENT)
        )


def test_users_are_people() -> None:
    found = (finding(), finding(resource=f"arn:aws:iam::{ACCOUNT}:user/staff/ada"))
    known = Analyzer(id="arn", name="unused", type="ACCOUNT_UNUSED_ACCESS", findings=found, errors=0)
    assert list(known.persons()) == ["ada"]
    unseen = Analyzer(id="arn", name="unused", type="ACCOUNT_UNUSED_ACCESS", findings=unobserved("denied"), errors=0)
    assert list(unseen.persons()) == []


def finding(**changes: Any) -> AccessFinding:
    given: dict[str, Any] = {"id": "f1", "type": "ExternalAccess", "resource": "arn:aws:s3:::open", "owner": ACCOUNT}
    return AccessFinding(**{**given, "since": datetime(2026, 10, 1, tzinfo=UTC), **changes})


@pytest.mark.parametrize(
    ("type_", "findings", "errors", "outside", "unused"),
    [
        ("ACCOUNT", (), 0, "pass", "not_applicable"),
        ("ORGANIZATION", (finding(),), 0, "fail", "not_applicable"),
        ("ACCOUNT", (), 2, "unknown", "not_applicable"),
        ("ACCOUNT", (finding(resource="arn:aws:s3:::meant"),), 0, "pass", "not_applicable"),
        (
            "ACCOUNT",
            (finding(resource="arn:aws:s3:::meant"), finding(id="f2", resource="")),
            0,
            "fail",
            "not_applicable",
        ),
        ("ACCOUNT_UNUSED_ACCESS", (), 0, "not_applicable", "pass"),
        ("ACCOUNT_UNUSED_ACCESS", (finding(),), 0, "not_applicable", "fail"),
        ("ACCOUNT_UNUSED_ACCESS", (finding(since=datetime(2026, 11, 20, tzinfo=UTC)),), 0, "not_applicable", "pass"),
        ("ORGANIZATION_UNUSED_ACCESS", (), 1, "not_applicable", "unknown"),
    ],
)
def test_what_was_found(
    type_: str, findings: tuple[AccessFinding, ...], errors: int, outside: str, unused: str
) -> None:
    found = Analyzer(id="arn", name="analyzer", type=type_, findings=findings, errors=errors)
    assert status(accessanalyzer.outside_access_is_settled(found, approved=("arn:aws:s3:::m*",))) == outside
    assert status(accessanalyzer.unused_access_is_settled(found, as_of=AS_OF)) == unused
