"""Truth tables of the checks of who may do what."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from checks.gcp.containers import rules_for
from checks.gcp.credentials import (
    api_key_is_restricted,
    api_key_is_rotated,
    service_account_key_is_rotated,
    service_accounts_have_no_keys,
)
from checks.gcp.guardrails import (
    buckets_cannot_be_made_public,
    keys_of_accounts_cannot_be_made,
    only_approved_domains_can_be_let_in,
    security_contacts_are_named,
    staff_of_google_need_approval,
)
from checks.gcp.iam_duties import (
    keys_are_managed_and_used_by_others,
    organization_has_few_administrators,
    service_accounts_are_made_and_used_by_others,
)
from checks.gcp.iam_members import (
    acting_as_accounts_is_granted_one_by_one,
    default_accounts_are_no_editors,
    people_have_no_basic_roles,
    policy_lets_in_no_strangers,
    policy_lets_in_only_our_own,
    service_accounts_are_no_administrators,
)
from checks.gcp.iam_roles import custom_role_leads_to_no_other_rights
from checks.gcp.survey import project_belongs_to_an_organization, project_is_looked_at
from core.resource import NotObservedError, unobserved
from core.resources.gcp.hierarchy import Container
from core.resources.gcp.iam import (
    AccessApproval,
    ApiKey,
    CloudGroup,
    CustomRole,
    Denials,
    EssentialContact,
    IamPolicy,
    OrganizationPolicy,
    ServiceAccountKey,
)
from tests.checks.gcp.making import (
    AS_OF,
    FOLDER,
    ORGANIZATION,
    SHOP,
    all_of,
    binding,
    container,
    containers,
    organization_policy,
    policy,
    rule,
    status,
)

ADA, BOB, EVE = "user:ada@example.org", "user:bob@example.org", "user:eve@example.com"
OURS = "serviceAccount:build@projects-124.iam.gserviceaccount.com"
DEFAULT, ENGINE = (
    "serviceAccount:123-compute@developer.gserviceaccount.com",
    "serviceAccount:example-shop@appspot.gserviceaccount.com",
)
AGENT = "serviceAccount:service-123@compute-system.iam.gserviceaccount.com"
LEFT_OUT: dict[str, Any] = {"looked_at": False, "left_out": "excluded by the configuration"}
NO_DENIALS = (all_of(Denials), containers())
BUCKET: dict[str, Any] = {"kind": "storage.googleapis.com/Bucket", "name": "//storage.googleapis.com/b"}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [({}, "pass"), (LEFT_OUT, "fail"), ({"state": "DELETE_REQUESTED", **LEFT_OUT}, "not_applicable"),
     ({"type": "folder"}, "not_applicable")],
)  # fmt: skip
def test_project_is_looked_at(changes: dict[str, Any], expected: str) -> None:
    assert status(project_is_looked_at(container(**changes))) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "pass"),
        ({"above": ()}, "fail"),
        ({"type": "folder"}, "not_applicable"),
        ({"state": "DELETE_REQUESTED"}, "not_applicable"),
    ],
)
def test_project_belongs_to_an_organization(changes: dict[str, Any], expected: str) -> None:
    assert status(project_belongs_to_an_organization(container(**changes), containers())) == expected


def test_an_organization_outside_the_scope_is_one() -> None:
    verdict = project_belongs_to_an_organization(container(), containers(SHOP))
    assert verdict.reason == "example-shop belongs to organizations/900, which is outside the scope"


@pytest.mark.parametrize("member", ["allUsers", "allAuthenticatedUsers"])
def test_policy_lets_in_no_strangers(member: str) -> None:
    public = policy(binding("roles/storage.objectViewer", ADA, member, condition="request.time < x"), **BUCKET)
    assert status(policy_lets_in_no_strangers(public, *NO_DENIALS)) == "fail"
    assert status(policy_lets_in_no_strangers(public, *NO_DENIALS, approved=("//storage.googleapis.com/b",))) == "pass"
    assert status(policy_lets_in_no_strangers(policy(binding("roles/viewer", ADA)), *NO_DENIALS)) == "pass"


def test_a_reason_names_a_few_members_and_counts_the_others() -> None:
    many = policy(binding("roles/owner", *(f"user:{number}@example.org" for number in range(7))))
    assert people_have_no_basic_roles(many).reason.endswith("user:4@example.org has roles/owner and 2 more")


@pytest.mark.parametrize(
    ("member", "expected"),
    [
        (ADA, "pass"), ("user:Ada@Example.org", "pass"), (EVE, "fail"), ("group:all@example.com", "fail"), ("domain:example.org", "pass"),
        ("domain:example.com", "fail"), (OURS, "pass"), ("serviceAccount:x@elsewhere-123.iam.gserviceaccount.com", "fail"),
        (AGENT, "pass"), ("serviceAccount:service-999@compute-system.iam.gserviceaccount.com", "fail"),
        (DEFAULT, "pass"), ("serviceAccount:999-compute@developer.gserviceaccount.com", "fail"),
        (ENGINE, "pass"), ("serviceAccount:elsewhere@appspot.gserviceaccount.com", "fail"),
        ("serviceAccount:123@cloudservices.gserviceaccount.com", "pass"),
        ("serviceAccount:x@old.example.org.iam.gserviceaccount.com", "pass"),
        ("principalSet://iam.googleapis.com/projects/123/locations/global/workloadIdentityPools/p/*", "pass"),
        ("principal://iam.googleapis.com/projects/999/locations/global/workloadIdentityPools/p/subject/x", "fail"),
        ("principalSet://iam.googleapis.com/locations/global/workforcePools/p/*", "unknown"),
        ("serviceAccount:cloud-logs@system.gserviceaccount.com", "unknown"),
        ("serviceAccount:service-org-900@security-center-api.iam.gserviceaccount.com", "pass"),
        ("serviceAccount:service-org-901@security-center-api.iam.gserviceaccount.com", "fail"),
        ("serviceAccount:service-folder-800@gcp-sa-x.iam.gserviceaccount.com", "pass"),
        ("serviceAccount:p123-456@gcp-sa-logging.iam.gserviceaccount.com", "pass"),
        ("serviceAccount:p999-456@gcp-sa-logging.iam.gserviceaccount.com", "fail"),
        ("serviceAccount:o900-456@gcp-sa-logging.iam.gserviceaccount.com", "pass"),
        ("serviceAccount:project-123@storage-transfer-service.iam.gserviceaccount.com", "pass"),
        ("serviceAccount:p123@elsewhere-123.iam.gserviceaccount.com", "fail"),
        ("serviceAccount:example-shop.svc.id.goog[space/name]", "pass"), ("serviceAccount:elsewhere.svc.id.goog[space/name]", "fail"),
        ("deleted:user:eve@example.com?uid=1", "pass"), ("projectOwner:example-shop", "pass"), ("allUsers", "pass"),
    ],
)  # fmt: skip
def test_policy_lets_in_only_our_own(member: str, expected: str) -> None:
    ours = containers(SHOP, "projects/124", FOLDER, ORGANIZATION)
    found = policy(binding("roles/viewer", member))
    assert status(policy_lets_in_only_our_own(found, ours, all_of(Denials))) == expected
    assert status(policy_lets_in_only_our_own(found, ours, all_of(Denials), approved=(member,))) == "pass"


def test_whose_domain_is_ours_must_be_known() -> None:
    found = policy(binding("roles/viewer", EVE))
    assert status(policy_lets_in_only_our_own(found, containers(SHOP), all_of(Denials))) == "unknown"
    assert (
        status(policy_lets_in_only_our_own(found, containers(SHOP), all_of(Denials), approved=("example.com",)))
        == "pass"
    )
    with pytest.raises(NotObservedError):
        policy_lets_in_only_our_own(
            policy(binding("roles/viewer", OURS)), containers(SHOP, missing="denied"), all_of(Denials)
        )


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (binding("roles/viewer", ADA), "pass"), (binding("roles/owner", ADA), "fail"), (binding("roles/editor", "group:x@example.org"), "fail"),
        (binding("roles/admin", ADA), "fail"), (binding("roles/writer", ADA), "fail"), (binding("roles/reader", ADA), "pass"),
        (binding("roles/owner", DEFAULT), "pass"), (binding("roles/owner", BOB), "pass"),
        (binding("roles/editor", "principal://iam.googleapis.com/x"), "fail"),
    ],
)  # fmt: skip
def test_people_have_no_basic_roles(found: Any, expected: str) -> None:
    assert status(people_have_no_basic_roles(policy(found), approved=(BOB,))) == expected
    assert status(people_have_no_basic_roles(policy(found, **BUCKET))) == "not_applicable"


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (binding("roles/viewer", OURS), "pass"), (binding("roles/owner", OURS), "fail"), (binding("roles/storage.admin", OURS), "fail"),
        (binding("roles/iam.serviceAccountAdmin", OURS), "fail"), (binding("roles/owner", ADA), "pass"), (binding("roles/editor", AGENT), "pass"),
        (binding("roles/compute.instanceAdmin.v1", OURS), "fail"), (binding("roles/securitycenter.adminEditor", OURS), "fail"),
        (binding("roles/securitycenter.adminViewer", OURS), "pass"), (binding("roles/administration.viewer", OURS), "pass"),
        (binding("roles/admin", "serviceAccount:p123-456@gcp-sa-logging.iam.gserviceaccount.com"), "pass"),
    ],
)  # fmt: skip
def test_service_accounts_are_no_administrators(found: Any, expected: str) -> None:
    assert status(service_accounts_are_no_administrators(policy(found), *NO_DENIALS)) == expected
    assert status(service_accounts_are_no_administrators(policy(found), *NO_DENIALS, approved=(OURS,))) == "pass"
    assert status(service_accounts_are_no_administrators(policy(found, **BUCKET), *NO_DENIALS)) == "not_applicable"


def test_default_accounts_are_no_administrators_either() -> None:
    assert (
        status(service_accounts_are_no_administrators(policy(binding("roles/storage.admin", DEFAULT)), *NO_DENIALS))
        == "fail"
    )


@pytest.mark.parametrize(
    ("found", "expected"),
    [(binding("roles/editor", DEFAULT), "fail"), (binding("roles/owner", ENGINE), "fail"), (binding("roles/viewer", DEFAULT), "pass"),
     (binding("roles/editor", "serviceAccount:123@cloudservices.gserviceaccount.com"), "pass")],
)  # fmt: skip
def test_default_accounts_are_no_editors(found: Any, expected: str) -> None:
    assert status(default_accounts_are_no_editors(policy(found))) == expected
    assert status(default_accounts_are_no_editors(policy(found, **BUCKET))) == "not_applicable"


@pytest.mark.parametrize(
    ("found", "expected"),
    [(binding("roles/iam.serviceAccountUser", ADA), "fail"), (binding("roles/iam.serviceAccountTokenCreator", OURS), "fail"),
     (binding("roles/iam.serviceAccountTokenCreator", AGENT), "pass"), (binding("roles/viewer", ADA), "pass")],
)  # fmt: skip
def test_acting_as_accounts_is_granted_one_by_one(found: Any, expected: str) -> None:
    assert status(acting_as_accounts_is_granted_one_by_one(policy(found), *NO_DENIALS)) == expected
    of_one = policy(found, kind="iam.googleapis.com/ServiceAccount")
    assert status(acting_as_accounts_is_granted_one_by_one(of_one, *NO_DENIALS)) == "not_applicable"


@pytest.mark.parametrize(
    ("permissions", "changes", "expected"),
    [
        (("storage.buckets.list",), {}, "pass"), (("iam.serviceAccounts.actAs",), {}, "fail"), (("pubsub.topics.setIamPolicy",), {}, "fail"),
        (tuple(f"x{number}.y.setIamPolicy" for number in range(7)), {}, "fail"), (("iam.roles.update",), {"id": "//approved"}, "pass"),
        (("iam.roles.update",), {"stage": "DISABLED"}, "not_applicable"), ((), {"title": ""}, "pass"),
    ],
)  # fmt: skip
def test_custom_role_leads_to_no_other_rights(
    permissions: tuple[str, ...], changes: dict[str, Any], expected: str
) -> None:
    given: dict[str, Any] = {
        "id": "//role",
        "container": SHOP,
        "title": "Helper",
        "permissions": permissions,
        "stage": "GA",
    }
    assert (
        status(custom_role_leads_to_no_other_rights(CustomRole(**{**given, **changes}), approved=("//approved",)))
        == expected
    )


ADMIN, USER = "roles/iam.serviceAccountAdmin", "roles/iam.serviceAccountUser"


@pytest.mark.parametrize(
    ("policies", "scope", "expected"),
    [
        ([policy(binding(ADMIN, ADA), binding(USER, BOB))], (), "pass"),
        ([policy(binding(ADMIN, ADA), binding(USER, ADA))], (), "fail"),
        ([policy(binding(ADMIN, ADA)), policy(binding(USER, ADA), of=ORGANIZATION)], (), "fail"),
        ([policy(binding(ADMIN, ADA)), policy(binding(USER, ADA), of="projects/999")], (), "pass"),
        (
            [
                policy(binding(ADMIN, ADA)),
                policy(binding(USER, ADA), of=SHOP, kind="iam.googleapis.com/ServiceAccount"),
            ],
            (),
            "pass",
        ),
        ([policy(binding(ADMIN, ADA), binding(USER, "group:x@example.org"))], (), "unknown"),
        ([policy(binding(USER, "group:x@example.org"))], (), "pass"),
        ([policy(binding(ADMIN, "deleted:user:a@b.c?uid=1"), binding(USER, "deleted:user:a@b.c?uid=1"))], (), "pass"),
        ([], (), "pass"),
        ([], (SHOP,), "unknown"),
        ([policy(binding(ADMIN, ADA), binding(USER, ADA))], (SHOP,), "unknown"),  # who is above may deny it
    ],
)
def test_service_accounts_are_made_and_used_by_others(
    policies: list[IamPolicy], scope: tuple[str, ...], expected: str
) -> None:
    found = service_accounts_are_made_and_used_by_others(
        container(), containers(*scope), all_of(IamPolicy, *policies), all_of(CloudGroup), all_of(Denials)
    )
    assert status(found) == expected


@pytest.mark.parametrize("check", [service_accounts_are_made_and_used_by_others, keys_are_managed_and_used_by_others])
def test_duties_are_judged_in_projects_that_are_looked_at(check: Any) -> None:
    nothing = all_of(IamPolicy)
    rest = (nothing, all_of(CloudGroup), all_of(Denials))
    assert status(check(container(FOLDER), containers(), *rest)) == "not_applicable"
    assert status(check(container(**LEFT_OUT), containers(), *rest)) == "not_applicable"
    with pytest.raises(NotObservedError):
        check(container(), containers(), all_of(IamPolicy, missing="denied"), all_of(CloudGroup), all_of(Denials))


@pytest.mark.parametrize(
    ("of", "kind", "expected"),
    [
        (SHOP, "", "fail"),
        (SHOP, "cloudkms.googleapis.com/CryptoKey", "fail"),
        ("projects/999", "cloudkms.googleapis.com/CryptoKey", "pass"),
    ],
)
def test_keys_are_managed_and_used_by_others(of: str, kind: str, expected: str) -> None:
    above = policy(binding("roles/cloudkms.admin", ADA), of=ORGANIZATION)
    use = policy(binding("roles/cloudkms.cryptoKeyDecrypter", ADA), of=of, kind=kind, name="//x/key")
    assert (
        status(
            keys_are_managed_and_used_by_others(
                container(), containers(), all_of(IamPolicy, above, use), all_of(CloudGroup), all_of(Denials)
            )
        )
        == expected
    )


@pytest.mark.parametrize(
    ("members", "expected"),
    [((ADA, BOB), "pass"), ((ADA,), "fail"), ((), "fail"), (tuple(f"user:{n}@example.org" for n in range(5)), "fail"),
     ((ADA, BOB, "group:admins@example.org"), "unknown"), (("domain:example.org",), "unknown")],
)  # fmt: skip
def test_organization_has_few_administrators(members: tuple[str, ...], expected: str) -> None:
    granted = policy(binding("roles/resourcemanager.organizationAdmin", *members), of=ORGANIZATION)
    assert (
        status(
            organization_has_few_administrators(container(ORGANIZATION), all_of(IamPolicy, granted), all_of(CloudGroup))
        )
        == expected
    )
    assert (
        status(organization_has_few_administrators(container(), all_of(IamPolicy, granted), all_of(CloudGroup)))
        == "not_applicable"
    )


def group(name: str, *members: str) -> CloudGroup:
    return CloudGroup(id=name, members=members)


HIDDEN = CloudGroup(id="x@example.org", members=unobserved("not ours to see"))


@pytest.mark.parametrize(
    ("groups", "few", "apart"),
    [
        ([group("x@example.org", ADA, BOB)], "pass", "fail"), ([group("x@example.org", BOB)], "fail", "pass"), ([HIDDEN], "unknown", "unknown"),
        ([group("x@example.org", ADA, "group:y@example.org"), group("y@example.org", BOB, "group:x@example.org")], "pass", "fail"),
        ([group("x@example.org", BOB, "group:y@example.org")], "unknown", "unknown"), ([], "unknown", "unknown"),
    ],
)  # fmt: skip
def test_groups_are_opened_where_the_directory_says_who_is_in_them(
    groups: list[CloudGroup], few: str, apart: str
) -> None:
    administrators = policy(binding("roles/resourcemanager.organizationAdmin", "group:x@example.org"), of=ORGANIZATION)
    found = organization_has_few_administrators(
        container(ORGANIZATION), all_of(IamPolicy, administrators), all_of(CloudGroup, *groups)
    )
    assert status(found) == few
    duties = all_of(IamPolicy, policy(binding(ADMIN, ADA), binding(USER, "group:x@example.org")))
    assert (
        status(
            service_accounts_are_made_and_used_by_others(
                container(), containers(), duties, all_of(CloudGroup, *groups), all_of(Denials)
            )
        )
        == apart
    )


def key(**changes: Any) -> ServiceAccountKey:
    given: dict[str, Any] = {
        "id": "//iam/keys/aa", "container": SHOP, "account": "1001", "managed_by": "USER_MANAGED", "disabled": False,
        "made": AS_OF - timedelta(days=10), "expires": datetime(9999, 12, 31, tzinfo=AS_OF.tzinfo),
    }  # fmt: skip
    return ServiceAccountKey(**{**given, **changes})


OLD = AS_OF - timedelta(days=91)


@pytest.mark.parametrize(
    ("changes", "there", "rotated"),
    [
        ({}, "fail", "pass"), ({"made": OLD}, "fail", "fail"), ({"disabled": True, "made": OLD}, "pass", "not_applicable"),
        ({"managed_by": "SYSTEM_MANAGED"}, "not_applicable", "not_applicable"),
        ({"expires": AS_OF - timedelta(days=1)}, "pass", "not_applicable"),
    ],
)  # fmt: skip
def test_keys_of_service_accounts(changes: dict[str, Any], there: str, rotated: str) -> None:
    assert status(service_accounts_have_no_keys(key(**changes), as_of=AS_OF)) == there
    assert status(service_account_key_is_rotated(key(**changes), as_of=AS_OF)) == rotated


@pytest.mark.parametrize(
    ("services", "callers", "expected"),
    [
        (("maps.googleapis.com",), "browser", "pass"),
        ((), "browser", "fail"),
        (("cloudapis.googleapis.com",), "browser", "fail"),
        (("maps.googleapis.com",), "any", "fail"),
        ((), "any", "fail"),
    ],
)
def test_api_key_is_restricted(services: tuple[str, ...], callers: Any, expected: str) -> None:
    found = ApiKey(id="//k", container=SHOP, name="", made=AS_OF, services=services, callers=callers)
    assert status(api_key_is_restricted(found)) == expected


@pytest.mark.parametrize(("made", "expected"), [(AS_OF, "pass"), (OLD, "fail")])
def test_api_key_is_rotated(made: datetime, expected: str) -> None:
    found = ApiKey(id="//k", container=SHOP, name="maps", made=made, services=(), callers="any")
    assert status(api_key_is_rotated(found, as_of=AS_OF)) == expected


ENFORCED, NOT_ENFORCED = rule(enforce=True), rule(enforce=False)
CONDITIONAL = rule(enforce=True, condition="resource.matchTag('x', 'y')")
KEYS, PUBLIC, DOMAINS = (
    "iam.disableServiceAccountKeyCreation",
    "storage.publicAccessPrevention",
    "iam.allowedPolicyMemberDomains",
)


@pytest.mark.parametrize(
    ("set_", "scope", "expected"),
    [
        ([], (), "fail"),
        ([(ORGANIZATION, [ENFORCED], {})], (), "pass"),
        ([(ORGANIZATION, [NOT_ENFORCED], {})], (), "fail"),
        ([(ORGANIZATION, [ENFORCED], {}), (SHOP, [NOT_ENFORCED], {})], (), "fail"),
        ([(ORGANIZATION, [NOT_ENFORCED], {}), (FOLDER, [ENFORCED], {})], (), "pass"),
        ([(ORGANIZATION, [ENFORCED], {}), (FOLDER, [], {"resets": True})], (), "fail"),
        ([(ORGANIZATION, [ENFORCED], {}), (FOLDER, [], {"inherits": True})], (), "pass"),
        ([(ORGANIZATION, [ENFORCED], {}), (FOLDER, [], {})], (), "fail"),
        ([(ORGANIZATION, [ENFORCED, CONDITIONAL], {})], (), "unknown"),
        ([(ORGANIZATION, [ENFORCED], {})], (SHOP,), "unknown"),
        ([(SHOP, [ENFORCED], {})], (SHOP,), "pass"),
        ([], (SHOP, FOLDER), "unknown"),
    ],
)
def test_rules_of_the_organization(set_: list[Any], scope: tuple[str, ...], expected: str) -> None:
    for check, constraint in ((keys_of_accounts_cannot_be_made, KEYS), (buckets_cannot_be_made_public, PUBLIC)):
        policies = [organization_policy(constraint, *rules, of=of, **more) for of, rules, more in set_]
        assert status(check(container(), containers(*scope), all_of(OrganizationPolicy, *policies))) == expected


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([rule(allowed=("C0example",))], "pass"), ([rule(deny_all=True)], "pass"), ([rule(allow_all=True)], "fail"), ([], "fail"),
        ([rule(allowed=("C0example",), condition="x")], "unknown"), ([rule(denied=("C1",))], "fail"),
    ],
)  # fmt: skip
def test_only_approved_domains_can_be_let_in(rules: list[Any], expected: str) -> None:
    found = all_of(OrganizationPolicy, organization_policy(DOMAINS, *rules))
    assert status(only_approved_domains_can_be_let_in(container(), containers(), found)) == expected
    merged = all_of(OrganizationPolicy, organization_policy(DOMAINS, rule(allowed=("C0example",)), inherits=True))
    assert status(only_approved_domains_can_be_let_in(container(), containers(), merged)) == "unknown"
    managed = all_of(OrganizationPolicy, organization_policy("iam.managed.allowedPolicyMembers", ENFORCED))
    assert status(only_approved_domains_can_be_let_in(container(), containers(), managed)) == "pass"


@pytest.mark.parametrize(
    "check", [keys_of_accounts_cannot_be_made, buckets_cannot_be_made_public, only_approved_domains_can_be_let_in]
)
def test_rules_count_for_projects_and_must_all_be_seen(check: Any) -> None:
    assert status(check(container(ORGANIZATION), containers(), all_of(OrganizationPolicy))) == "not_applicable"
    with pytest.raises(NotObservedError):
        check(container(), containers(), all_of(OrganizationPolicy, missing="denied"))
    assert rules_for("x", container(), all_of(OrganizationPolicy), containers()).policy is None


def approval(of: str = SHOP, services: tuple[str, ...] = ("all",), *, inherits: bool = False) -> AccessApproval:
    return AccessApproval(id=f"//{of}/settings", container=of, services=services, inherits=inherits)


@pytest.mark.parametrize(
    ("found", "scope", "expected"),
    [
        ([approval()], (), "pass"), ([approval(ORGANIZATION)], (), "pass"), ([approval(services=(), inherits=True)], (), "pass"),
        ([approval(services=())], (), "fail"), ([], (), "fail"), ([approval("projects/999")], (), "fail"), ([], (SHOP,), "unknown"),
    ],
)  # fmt: skip
def test_staff_of_google_need_approval(found: list[AccessApproval], scope: tuple[str, ...], expected: str) -> None:
    assert (
        status(staff_of_google_need_approval(container(), containers(*scope), all_of(AccessApproval, *found)))
        == expected
    )


def test_approvals_that_could_not_be_seen_are_not_missing() -> None:
    with pytest.raises(NotObservedError):
        staff_of_google_need_approval(container(), containers(), all_of(AccessApproval, missing="denied"))
    assert (
        status(staff_of_google_need_approval(container(FOLDER), containers(), all_of(AccessApproval)))
        == "not_applicable"
    )


def contact(*categories: str, of: str = ORGANIZATION, valid: bool = True) -> EssentialContact:
    return EssentialContact(
        id=f"//{of}/{categories}", container=of, email="a@example.org", categories=categories, valid=valid
    )


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([contact("SECURITY"), contact("TECHNICAL_INCIDENTS")], "pass"), ([contact("ALL")], "pass"), ([contact("SECURITY")], "fail"),
        ([contact("ALL", of=SHOP)], "fail"), ([contact("ALL", valid=False)], "fail"), ([], "fail"),
    ],
)  # fmt: skip
def test_security_contacts_are_named(found: list[EssentialContact], expected: str) -> None:
    organization: Container = container(ORGANIZATION)
    assert status(security_contacts_are_named(organization, all_of(EssentialContact, *found))) == expected
    assert status(security_contacts_are_named(container(), all_of(EssentialContact, *found))) == "not_applicable"


def test_who_was_not_seen_is_nobody() -> None:
    hidden = {"email": unobserved("x"), "categories": (), "valid": True}
    assert not list(EssentialContact(id="//c", container=ORGANIZATION, **hidden).persons())


def test_contacts_that_could_not_be_seen_are_not_missing() -> None:
    with pytest.raises(NotObservedError):
        security_contacts_are_named(container(ORGANIZATION), all_of(EssentialContact, missing="denied"))
