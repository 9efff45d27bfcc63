"""Truth tables of the checks of IAM Identity Center."""

from __future__ import annotations

from typing import Any

import pytest

from checks.aws import identity_center
from core.plugins import Check
from core.population import Population
from core.resource import NotObservedError, unobserved
from core.resources.aws.iam import IamPolicy
from core.resources.aws.iam_federation import SamlProvider
from core.resources.aws.identity_center import Assignment, CustomerPolicy, IdentityCenter, PermissionSet
from tests.checks.aws.identities import ADMIN, a_policy
from tests.checks.aws.making import ACCOUNT, OTHER, allow, looked_at, policy, status
from tests.checks.idp.samples import HIDDEN, seen, user, verdict
from tests.twins import population

ADMINISTRATOR = {"managed_policies": ("arn:aws:iam::aws:policy/AdministratorAccess",)}
OURS = {"customer_policies": (CustomerPolicy(name="own", path="/team/"),)}
OWN = f"arn:aws:iam::{ACCOUNT}:policy/team/own"
SOMEBODY = Assignment(account=ACCOUNT, who="USER", principal="1")
GROUP = Assignment(account=ACCOUNT, who="GROUP", principal="2")


def permission_set(**changes: Any) -> PermissionSet:
    given: dict[str, Any] = {
        "id": "arn:aws:sso:::permissionSet/ssoins-1/ps-1",
        "name": "Reader",
        "session_minutes": 60,
        "managed_policies": ("arn:aws:iam::aws:policy/ReadOnlyAccess",),
        "customer_policies": (),
        "statements": (),
        "is_bounded": False,
        "accounts": (ACCOUNT,),
        "assignments": (GROUP,),
    }
    return PermissionSet(**{**given, **changes})


def policies(*found: IamPolicy, missing: str = "") -> Population[IamPolicy]:
    return population(*found, kind="aws_iam_policy", missing=missing)


NONE = policies()


def instances(*statuses: str) -> Population[IdentityCenter]:
    found = [
        IdentityCenter(id=f"arn:{number}", owner=OTHER, status=each, made_here=False)
        for number, each in enumerate(statuses)
    ]
    return population(*found, kind="aws_identity_center")


def providers(*names: str, missing: str = "") -> Population[SamlProvider]:
    found = [SamlProvider(id=name, name=name, valid_until=None) for name in names]
    return population(*found, kind="aws_iam_saml_provider", missing=missing)


def test_people_sign_in_centrally() -> None:
    judge = identity_center.people_sign_in_centrally
    assert status(judge(instances("ACTIVE"), providers(), looked_at())) == "pass"
    assert status(judge(instances("CREATE_FAILED"), providers(), looked_at())) == "fail"
    assert status(judge(instances(), providers("directory"), looked_at())) == "pass"
    assert status(judge(instances(), providers(), looked_at())) == "fail"
    assert status(judge(instances(), providers(), looked_at(left_out="not configured"))) == "unknown"
    with pytest.raises(NotObservedError):
        judge(instances(), providers(missing="denied"), looked_at())


@pytest.mark.parametrize(("minutes", "expected"), [(60, "pass"), (480, "pass"), (481, "fail"), (720, "fail")])
def test_session_is_short(minutes: int, expected: str) -> None:
    assert status(identity_center.session_is_short(permission_set(session_minutes=minutes))) == expected


def test_hours_and_minutes_are_told() -> None:
    verdict = identity_center.session_is_short(permission_set(session_minutes=510))
    assert verdict.reason == "a session with Reader lasts 8 hours 30 minutes, more than 8"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "not_applicable"),
        (ADMINISTRATOR, "pass"),
        ({**ADMINISTRATOR, "session_minutes": 121}, "fail"),
        ({**ADMINISTRATOR, "session_minutes": 121, "is_bounded": True}, "not_applicable"),
    ],
)
def test_administrator_session_is_short(changes: dict[str, Any], expected: str) -> None:
    assert status(identity_center.administrator_session_is_short(permission_set(**changes), NONE)) == expected


@pytest.mark.parametrize(
    ("changes", "found", "expected"),
    [
        ({}, NONE, "pass"),
        (ADMINISTRATOR, NONE, "fail"),
        ({"managed_policies": ("arn:aws:iam::aws:policy/IAMFullAccess",)}, NONE, "fail"),
        ({**ADMINISTRATOR, "is_bounded": True}, NONE, "pass"),
        ({"statements": ADMIN}, NONE, "fail"),
        ({"statements": policy(allow("s3:*"))}, NONE, "pass"),
        (OURS, policies(a_policy(arn=OWN, statements=ADMIN)), "fail"),
        (OURS, policies(a_policy(arn=OWN)), "pass"),
        ({**OURS, "accounts": ()}, NONE, "pass"),
    ],
)
def test_permission_set_makes_no_administrator(
    changes: dict[str, Any], found: Population[IamPolicy], expected: str
) -> None:
    assert status(identity_center.permission_set_makes_no_administrator(permission_set(**changes), found)) == expected


def test_administrators_are_approved_by_pattern() -> None:
    judge = identity_center.permission_set_makes_no_administrator
    found = permission_set(**ADMINISTRATOR, name="Breakglass")
    assert judge(found, NONE, approved=("Break*",)).reason == (
        "Breakglass makes administrators by AdministratorAccess, in 1 accounts, which is approved"
    )


@pytest.mark.parametrize("found", [NONE, policies(missing="denied"), policies(a_policy(arn="arn:other"))])
def test_a_policy_of_an_account_that_was_not_seen_may_make_one(found: Population[IamPolicy]) -> None:
    with pytest.raises(NotObservedError):
        identity_center.permission_set_makes_no_administrator(permission_set(**OURS), found)


@pytest.mark.parametrize(
    ("check", "changes", "expected"),
    [
        (identity_center.permission_set_goes_to_groups, {}, "pass"),
        (identity_center.permission_set_goes_to_groups, {"assignments": (GROUP, SOMEBODY)}, "fail"),
        (identity_center.permission_set_is_given_to_somebody, {}, "pass"),
        (identity_center.permission_set_is_given_to_somebody, {"assignments": ()}, "fail"),
    ],
)
def test_assignments(check: Check[...], changes: dict[str, Any], expected: str) -> None:
    assert status(check(permission_set(**changes))) == expected
    with pytest.raises(NotObservedError):
        check(permission_set(assignments=unobserved("denied")))


@pytest.mark.parametrize(
    ("made_here", "users", "expected"),
    [
        (True, (user(synchronised_from="https://idp.example/"),), "pass: 1 users come from a directory"),
        (True, (user(), user("glass-1")), "fail: 1 users were made here by hand: ada"),
        (True, (user("glass-1"),), "pass: 0 users come from a directory"),
        (False, (user(),), f"not_applicable: its users are told in the account {OTHER} alone"),
        (True, (user(synchronised_from=HIDDEN),), "unknown: idp_user.synchronised_from was not observed: denied"),
    ],
)
def test_users_come_from_a_directory(made_here: bool, users: tuple[Any, ...], expected: str) -> None:
    center = IdentityCenter(id="c", owner=OTHER, status="ACTIVE", made_here=made_here)
    judge = identity_center.users_come_from_a_directory
    assert verdict(judge, seen(center), seen(*users), of="c", approved=("glass-*",)) == expected
