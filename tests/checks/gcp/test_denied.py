"""Truth tables of deny policies: what they take away from grants, and what stands."""

from __future__ import annotations

from typing import Any

import pytest

from checks.gcp.iam_duties import keys_are_managed_and_used_by_others, service_accounts_are_made_and_used_by_others
from checks.gcp.iam_members import (
    acting_as_accounts_is_granted_one_by_one,
    policy_lets_in_no_strangers,
    policy_lets_in_only_our_own,
    service_accounts_are_no_administrators,
)
from checks.gcp.storage import bucket_is_not_public
from core.population import Population
from core.resource import NotObservedError, unobserved
from core.resources.gcp.data import Bucket
from core.resources.gcp.iam import CloudGroup, Denials, DenyRule, IamPolicy, OrganizationPolicy
from tests.checks.gcp.making import (
    FOLDER,
    ORGANIZATION,
    SHOP,
    all_of,
    binding,
    common,
    container,
    containers,
    organization_policy,
    policy,
    rule,
    status,
)

ADA, BOB, EVE = "user:ada@example.org", "user:bob@example.org", "user:eve@example.com"
OURS = "serviceAccount:build@projects-124.iam.gserviceaccount.com"
ALL, ADA_DENIED = "principalSet://goog/public:all", "principal://goog/subject/ada@example.org"
ACT, TOKENS = "iam.googleapis.com/serviceAccounts.actAs", "iam.googleapis.com/serviceAccounts.*"


def deny(*principals: str, **changes: Any) -> DenyRule:
    given: dict[str, Any] = {
        "principals": principals or (ALL,), "spared_principals": (), "permissions": (TOKENS,), "spared_permissions": (), "condition": "",
    }  # fmt: skip
    return DenyRule(**{**given, **changes})


def denying(*rules: DenyRule, at: str = SHOP) -> Population[Denials]:
    return all_of(Denials, Denials(id=at, rules=rules))


@pytest.mark.parametrize(
    ("role", "member", "rules", "expected"),
    [
        ("User", ADA, [deny()], "pass"), ("User", ADA, [deny(ADA_DENIED)], "pass"), ("User", BOB, [deny(ADA_DENIED)], "fail"),
        ("User", ADA, [], "fail"), ("User", ADA, [deny(condition="x")], "fail"), ("User", ADA, [deny(condition=unobserved("x"))], "unknown"),
        ("User", ADA, [deny(permissions=(ACT,))], "pass"), ("TokenCreator", ADA, [deny(permissions=(ACT,))], "fail"),
        ("TokenCreator", ADA, [deny(permissions=("iam.googleapis.com/*.*",))], "pass"),
        ("TokenCreator", ADA, [deny(spared_permissions=("iam.googleapis.com/serviceAccounts.signJwt",))], "fail"),
        ("User", ADA, [deny(spared_principals=(ADA_DENIED,))], "fail"), ("User", BOB, [deny(spared_principals=(ADA_DENIED,))], "pass"),
        ("User", BOB, [deny(spared_principals=("principalSet://goog/group/x@example.org",))], "fail"),
        ("User", "group:x@example.org", [deny()], "pass"), ("User", "group:x@example.org", [deny(spared_principals=(ADA_DENIED,))], "fail"),
        ("User", "group:x@example.org", [deny("principalSet://goog/group/x@example.org")], "pass"),
        ("User", "domain:example.org", [deny()], "pass"), ("TokenCreator", OURS, [deny(ADA_DENIED)], "fail"),
        ("TokenCreator", OURS, [deny(f"principal://iam.googleapis.com/projects/-/serviceAccounts/{OURS.partition(':')[2]}")], "pass"),
    ],
)  # fmt: skip
def test_what_a_deny_policy_takes_away_is_not_granted(
    role: str, member: str, rules: list[DenyRule], expected: str
) -> None:
    granted = policy(binding(f"roles/iam.serviceAccount{role}", member))
    verdict = acting_as_accounts_is_granted_one_by_one(granted, denying(*rules), containers())
    assert status(verdict) == expected
    assert ("not read" in verdict.reason) == (expected == "unknown")


def test_nobody_knows_what_a_deny_policy_takes_away_that_cannot_be_read() -> None:
    granted = policy(binding("roles/iam.serviceAccountUser", ADA))
    closed = all_of(Denials, Denials(id=SHOP, rules=unobserved("denied")))
    verdict = acting_as_accounts_is_granted_one_by_one(granted, closed, containers())
    assert status(verdict) == "unknown"
    assert verdict.reason.endswith("unless deny policies of projects/123 say no, which were not read")
    outside = acting_as_accounts_is_granted_one_by_one(granted, all_of(Denials), containers(ORGANIZATION))
    assert outside.reason == verdict.reason
    with pytest.raises(NotObservedError):
        acting_as_accounts_is_granted_one_by_one(granted, all_of(Denials, missing="denied"), containers())
    assert not list(Denials(id=SHOP, rules=unobserved("denied")).persons())
    assert list(Denials(id=SHOP, rules=(deny(ALL, ADA_DENIED),)).persons()) == ["ada@example.org"]


READING = ("storage.googleapis.com/*.get", "storage.googleapis.com/*.list")
BELOW: dict[str, Any] = {"name": "//x/thing", "kind": "storage.googleapis.com/Bucket"}


def at(place: str, *rules: DenyRule) -> Population[Denials]:
    return all_of(Denials, Denials(id=place, rules=rules))


CLOSED = all_of(Denials, Denials(id=FOLDER, rules=unobserved("denied")))
"""Deny policies of a folder that may not be read."""


@pytest.mark.parametrize(
    ("role", "member", "denials", "expected"),
    [
        ("storage.objectViewer", "allUsers", at(ORGANIZATION, deny(permissions=READING)), "pass"),
        ("storage.objectViewer", "allUsers", at(FOLDER, deny(permissions=READING[:1]), deny(permissions=READING[1:])), "pass"),
        ("storage.objectViewer", "allUsers", at(SHOP, deny(permissions=("storage.googleapis.com/objects.*",))), "fail"),  # names of folders are left
        ("storage.objectViewer", "allUsers", at(SHOP, deny(permissions=READING, condition="resource.matchTag('x', 'y')")), "fail"),
        ("storage.objectViewer", "allUsers", at(SHOP, deny(permissions=READING, spared_principals=(ADA_DENIED,))), "fail"),
        ("storage.objectViewer", "allUsers", at("projects/124", deny(permissions=READING)), "fail"), ("storage.objectViewer", "allUsers", CLOSED, "unknown"),
        ("storage.admin", "allUsers", at(ORGANIZATION, deny(permissions=("storage.googleapis.com/*.*",))), "fail"), ("storage.admin", "allUsers", CLOSED, "fail"),
        ("viewer", "allUsers", CLOSED, "fail"), ("storage.objectViewer", ADA, CLOSED, "pass"),
    ],
)  # fmt: skip
def test_strangers_who_are_denied_what_they_were_granted(
    role: str, member: str, denials: Population[Denials], expected: str
) -> None:
    granted = policy(binding(f"roles/{role}", member), above=(FOLDER, ORGANIZATION), **BELOW)
    assert status(policy_lets_in_no_strangers(granted, denials, containers())) == expected
    bucket = Bucket(
        **common(uniform_access=True, public_access_prevention="inherited", key="", versioning=False,
                 retention_seconds=None, retention_locked=False)
    )  # fmt: skip
    free = all_of(OrganizationPolicy)
    assert status(bucket_is_not_public(bucket, all_of(IamPolicy, granted), containers(), free, denials)) == expected
    guardrail = all_of(OrganizationPolicy, organization_policy("storage.publicAccessPrevention", rule(enforce=True)))
    prevented = bucket_is_not_public(bucket, all_of(IamPolicy, granted), containers(), guardrail, denials)
    assert status(prevented) == "pass"


@pytest.mark.parametrize(
    ("roles", "denials", "expected"),
    [
        (("secretmanager.secretAccessor",), at(SHOP, deny(permissions=("secretmanager.googleapis.com/versions.access",))), "pass"),
        (("secretmanager.secretAccessor",), CLOSED, "unknown"), (("secretmanager.secretAccessor", "viewer"), CLOSED, "fail"),
        (("secretmanager.secretAccessor", "viewer"), at(SHOP, deny(permissions=("secretmanager.googleapis.com/*.*",))), "fail"), (("viewer",), at(SHOP, deny()), "fail"),
    ],
)  # fmt: skip
def test_outsiders_who_are_denied_what_they_were_granted(
    roles: tuple[str, ...], denials: Population[Denials], expected: str
) -> None:
    granted = policy(*(binding(f"roles/{each}", EVE, ADA) for each in roles), above=(FOLDER, ORGANIZATION))
    assert status(policy_lets_in_only_our_own(granted, containers(), denials)) == expected


@pytest.mark.parametrize(
    ("role", "denials", "expected"),
    [
        ("roles/iam.serviceAccountKeyAdmin", at(SHOP, deny(permissions=("iam.googleapis.com/serviceAccountKeys.*",))), "pass"),
        ("roles/iam.serviceAccountKeyAdmin", at(SHOP, deny(permissions=("iam.googleapis.com/serviceAccountKeys.create",))), "fail"),
        ("roles/iam.serviceAccountKeyAdmin", CLOSED, "unknown"), ("roles/owner", CLOSED, "fail"), ("roles/owner", at(SHOP, deny(permissions=("*",))), "fail"),
        ("roles/compute.admin", at(SHOP, deny(permissions=("compute.googleapis.com/*.*",))), "fail"),  # some permissions no policy denies
    ],
)  # fmt: skip
def test_accounts_that_are_denied_what_they_were_granted(
    role: str, denials: Population[Denials], expected: str
) -> None:
    granted = policy(binding(role, OURS), above=(FOLDER, ORGANIZATION))
    assert status(service_accounts_are_no_administrators(granted, denials, containers())) == expected


ADMIN, USER = "roles/iam.serviceAccountAdmin", "roles/iam.serviceAccountUser"
STAFF = CloudGroup(id="staff@example.org", members=(ADA,))


@pytest.mark.parametrize(
    ("denials", "direct", "by_group"),
    [
        (all_of(Denials), "fail", "fail"), (at(SHOP, deny(permissions=(ACT,))), "pass", "pass"), (at(ORGANIZATION, deny(ADA_DENIED, permissions=(ACT,))), "pass", "pass"),
        (at(FOLDER, deny("principalSet://goog/group/staff@example.org", permissions=(ACT,))), "fail", "pass"),
        (at(SHOP, deny()), "pass", "pass"), (at(SHOP, deny(permissions=("iam.googleapis.com/serviceAccounts.create",))), "fail", "fail"),
        (CLOSED, "unknown", "unknown"),
    ],
)  # fmt: skip
def test_duties_of_which_one_is_denied_do_not_come_together(
    denials: Population[Denials], direct: str, by_group: str
) -> None:
    for member, expected in ((ADA, direct), ("group:staff@example.org", by_group)):
        granted = all_of(IamPolicy, policy(binding(ADMIN, ADA), binding(USER, member)))
        verdict = service_accounts_are_made_and_used_by_others(
            container(), containers(), granted, all_of(CloudGroup, STAFF), denials
        )
        assert status(verdict) == expected


def test_keys_that_one_may_not_use_are_used_by_others() -> None:
    both = all_of(
        IamPolicy, policy(binding("roles/cloudkms.admin", ADA), binding("roles/cloudkms.cryptoKeyDecrypter", ADA))
    )
    for using, expected in (("useToDecrypt", "pass"), ("useToEncrypt", "fail")):
        denials = at(ORGANIZATION, deny(permissions=(f"cloudkms.googleapis.com/cryptoKeyVersions.{using}",)))
        verdict = keys_are_managed_and_used_by_others(container(), containers(), both, all_of(CloudGroup), denials)
        assert status(verdict) == expected
