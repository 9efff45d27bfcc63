"""Collectors of Entra ID against a tenant on loopback: what they see, what they ask, and what they may not."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

import checks.entra
import checks.idp
from collectors._rest_line import LiveLine
from collectors._rest_sending import Wait
from collectors.entra import Settings, equivalent, least_privilege
from collectors.entra.permissions import application_permissions
from collectors.entra.roles import is_privileged
from collectors.entra.source import LICENCE_HINT, RATES, Entra, Extent
from collectors.rest_answers import Fields
from collectors.rest_credentials import Token
from core.engine import collect
from core.model import Status
from core.plugins import Check, discover
from tests.collectors.entra.conftest import COLLECTORS, Office, office
from tests.collectors.rest_world import WAYS, World, clock, told
from tests.entra_server import (
    ACCESS,
    ADA,
    ADMINS,
    BOB,
    EVE,
    GIL,
    SYNC,
    TENANT_ID,
    TOKEN,
    error,
    held,
    instance,
    no_licence,
    ordinary,
    registered,
    role,
    service,
    user,
)
from tests.https_server import Answer, Asked, Said, Server

CHECKS = discover([checks.idp, checks.entra], Check)
DENIED = error(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
DIRECTORY = "/roleManagement/directory/"


@pytest.fixture(scope="module")
def world(running: Server) -> World:
    """The ordinary tenant, as it is seen and judged."""
    found = office(running, ordinary()).world(CHECKS)
    assert {each.verb for each in running.asked} == {"GET"}
    assert {each.headers["prefer"] for each in running.asked} == {"include-unknown-enum-members"}
    assert not [gap for unit in found.units.values() for gap in unit.unit.gaps]
    return found


def seen(world: World, name: str, kind: str = "") -> dict[str, dict[str, Any]]:
    found = told(world.units[f"entra.{name}"])
    return found[kind] if kind else next(iter(found.values()))


def test_users(world: World) -> None:
    found = seen(world, "users.users")
    assert {name: (each["enabled"], each["service"], each["guest"], each["synchronised_from"]) for name, each in found.items()} == {
        ADA: (True, False, False, ""), BOB: (False, False, False, ""), EVE: (True, False, False, "corp.example.org"),
        GIL: (True, False, True, ""), SYNC: (True, True, False, ""),
    }  # fmt: skip
    assert found[ADA]["last_sign_in"] == datetime(2026, 11, 20, 17, 39, 19, tzinfo=UTC)
    assert found[GIL]["invited"] == datetime(2026, 11, 1, tzinfo=UTC)
    assert b"+49 30" not in b"".join(world.units["entra.users.users"].bodies.values())


def test_factors_of_everybody_also_of_whom_the_report_leaves_out(world: World) -> None:
    found = seen(world, "factors.factors")
    assert {name for name, each in found.items() if each["enrolled"] is True} == {ADA, EVE, SYNC}
    assert found[GIL]["factors"] == ()
    assert found[BOB]["enrolled"].startswith("? the report of registered methods leaves this account out")


def test_groups_and_roles(world: World) -> None:
    groups = seen(world, "groups.groups")
    assert groups[ADMINS]["members"] == ("g-nested", ADA, EVE)
    assert groups["g-hidden"]["members"] == "? who is in this group is hidden"
    roles = seen(world, "roles.roles", "idp_role_assignment")
    assert {name: (each["privileged"], each["principal_kind"], bool(each["ends"]), each["eligible"]) for name, each in roles.items()} == {
        "a1": (True, "user", True, False), "a2": (True, "group", False, False),
        "a3": (False, "application", False, False), "eligible/e1": (True, "user", True, True),
        "eligible/a2/p1": (True, "user", True, True),  # through a place in the group that has the role
    }  # fmt: skip
    assert roles["eligible/a2/p1"]["principal"] == GIL
    terms = seen(world, "roles.roles", "entra_group_term")
    assert {each["principal"]: bool(each["ends"]) for each in terms.values()} == {EVE: True}
    defined = seen(world, "roles.defined")
    assert {each["name"]: each["marked"] for each in defined.values()} == {
        "Global Administrator": True, "Directory Readers": False, "Role Giver": True,
    }  # fmt: skip


def test_applications_and_grants(world: World) -> None:
    found = seen(world, "applications.applications")
    held = {name: [(each.id, each.method) for each in one["credentials"]] for name, one in found.items()}
    assert held == {  # none of Graph's, of the machine's, nor those that sign for the wiki
        "app-nowhere": [], "app-sp-foreign": [("k5", "secret")], "app-sp-left": [("k10", "secret")],
        "app-sp-payroll": [("k1", "secret"), ("k2", "secret"), ("k3", "certificate"), ("k4", "secret")],
    }  # fmt: skip
    assert [found[name]["foreign"] for name in ("app-sp-payroll", "app-sp-foreign", "app-sp-left")] == [
        False,
        True,
        False,
    ]
    grants = seen(world, "grants.grants")
    assert {name: each["rights"] for name, each in grants.items()} == {
        "sp-payroll/sp-graph": ("Mail.ReadWrite", "role-gone"), "c1": ("Mail.Read", "User.Read"), "c2": ("openid",),
    }  # fmt: skip
    assert [grants[name]["foreign"] for name in ("sp-payroll/sp-graph", "c1")] == [False, True]


def test_verdicts(world: World) -> None:
    found = world.judge(world.evidence)
    statuses = {(each.check, each.resource): each.verdict.status for each in found}
    for check, resource, status in VERDICTS:
        assert statuses[check, resource] is status, (check, resource)
    reasons = {each.check: each.verdict.reason for each in found if each.resource == "entra/acme"}
    assert reasons["entra.roles.administrators_are_kept_here"] == (
        "entra/acme: another directory keeps eve@example.org (corp.example.org)"
    )


VERDICTS = [
    ("idp.sign_in_policies.second_factor_is_demanded", "entra/acme", Status.PASS),
    ("idp.sign_in_policies.legacy_protocols_are_stopped", "entra/acme", Status.PASS),
    ("idp.sign_in_policies.managed_devices_are_demanded", "entra/acme", Status.FAIL),  # the policy only reports
    ("idp.sign_in_policies.exceptions_are_approved", "mfa-for-everybody", Status.FAIL),
    ("idp.factors.administrator_cannot_be_phished", "a1", Status.PASS),
    ("idp.factors.administrator_cannot_be_phished", "a2", Status.FAIL),  # through the group
    ("idp.roles.administrators_are_few", "entra/acme", Status.PASS),
    ("idp.sessions.session_ends", "everybody", Status.PASS),
    ("idp.sign_in_methods.weak_method_is_off", "Voice", Status.FAIL),
    ("idp.sign_in_methods.weak_method_is_off", "Hologram", Status.UNKNOWN),
    ("idp.applications.application_credentials_end", "app-sp-payroll", Status.FAIL),
    ("idp.applications.high_rights_are_approved", "c2", Status.UNKNOWN),
    ("idp.audit_logs.log_is_written", "signIns", Status.PASS),
    ("idp.audit_logs.log_is_exported", "signIns", Status.PASS),
    ("entra.roles.privileged_roles_are_taken_for_a_while", "entra/acme", Status.FAIL),
    ("entra.second_factors.everybody_is_asked", "entra/acme", Status.PASS),
    ("entra.second_factors.nobody_rests_on_per_user_mfa", "entra/acme", Status.PASS),
    ("entra.methods.resistant_method_is_offered_to_everybody", "entra/acme", Status.PASS),
    ("entra.logs.background_sign_ins_leave_the_directory", TENANT_ID, Status.FAIL),
    ("entra.logs.exported_log_is_kept", TENANT_ID, Status.UNKNOWN),  # no source looks at the workspace
    ("entra.governance.guests_are_reviewed", "entra/acme", Status.PASS),
    ("entra.governance.roles_are_reviewed", "entra/acme", Status.FAIL),
    ("entra.governance.risk_is_dealt_with", EVE, Status.FAIL),
]


@pytest.mark.parametrize("way", WAYS)
def test_what_is_refused_makes_verdicts_unknown_and_nothing_else(world: World, way: str) -> None:
    wrong = [complaint for operation in world.operations for complaint in world.complaints(operation, way)]
    assert not wrong, "\n".join(wrong)


def test_a_later_page_that_is_refused_is_no_end(world: World) -> None:
    wrong = [complaint for operation in world.operations for complaint in world.complaints(operation, "403", page=2)]
    assert not wrong, "\n".join(wrong)


def test_what_is_called_is_what_is_declared(world: World) -> None:
    assert world.asked == set(world.operations)
    declared = [read for each in COLLECTORS.values() for read in each.permissions]
    assert not [read for read in declared if read.posts]
    printed = least_privilege(iter(declared))
    assert all(operation in printed for operation in world.operations)
    assert all(f"\n{each}\n" in printed for each in application_permissions(declared))
    assert all(".Read." in each and "Write" not in each for each in application_permissions(declared))


def test_a_person_can_look_as_well(world: World) -> None:
    unit = world.units["entra.groups.groups"].unit
    said = [equivalent(unit, each) for each in unit.exchanges if ADMINS in each.parameters.values()]
    assert f"/v1.0/groups/{ADMINS}/members" in said[0]
    assert "'$select=id'" in said[0]


def test_without_a_licence_the_rest_is_seen_and_nothing_is_assumed(acme: Office) -> None:
    for path in (
        "/auditLogs/signIns", "/reports/authenticationMethods/userRegistrationDetails", "/identityProtection/riskyUsers",
        f"{DIRECTORY}roleAssignmentScheduleInstances", f"{DIRECTORY}roleEligibilityScheduleInstances",
        f"{ACCESS}assignmentScheduleInstances", f"{ACCESS}eligibilityScheduleInstances",
    ):  # fmt: skip
        acme.shows.refused[path] = no_licence()
    real: Answer = acme.shows.answer
    acme.server.answer = lambda asked: (
        no_licence() if "signInActivity" in asked.query.get("$select", "") else real(asked)
    )
    found = told(acme.unit("users.users"))["idp_user"]
    assert found[ADA]["enabled"] is True
    assert "premium license" in found[ADA]["last_sign_in"]
    roles = acme.unit("roles.roles")
    assert not roles.unit.gaps  # without Privileged Identity Management nothing ends, and nothing can be taken
    assert {each["ends"] for each in told(roles)["idp_role_assignment"].values()} == {None}
    for name in ("factors.factors", "risks.risks"):
        (gap,) = acme.unit(name).unit.gaps
        assert gap.hint == LICENCE_HINT


def test_without_the_right_to_see_how_long_roles_hold_that_is_unknown(acme: Office) -> None:
    for path in ("roleAssignmentScheduleInstances", "roleEligibilityScheduleInstances"):
        acme.shows.refused[DIRECTORY + path] = DENIED
    unit = acme.unit("roles.roles")
    assert unit.unit.gaps
    held_now = [each for each in told(unit)["idp_role_assignment"].values() if not each["eligible"]]
    assert all(str(each["ends"]).startswith("? ") for each in held_now)


ACTIVITY = [
    ({"lastSuccessfulSignInDateTime": "2026-01-01T00:00:00Z"}, datetime(2026, 1, 1, tzinfo=UTC)),
    ({"lastSuccessfulSignInDateTime": "0001-01-01T00:00:00Z"}, None),
    ({"lastSignInDateTime": "2023-11-30T00:00:00Z", "lastSuccessfulSignInDateTime": None}, None),
    (
        {"lastSignInDateTime": "2026-11-01T00:00:00Z", "lastSuccessfulSignInDateTime": None},
        "? a sign-in was tried on 2026-11-01, and Graph does not tell whether one ever succeeded",
    ),
    ({"lastSuccessfulSignInDateTime": "soon"}, "? lastSuccessfulSignInDateTime of signInActivity of an entry of GET /v1.0/users is no time"),
]  # fmt: skip


def test_sign_ins_that_succeeded_are_told_from_attempts(acme: Office) -> None:
    acme.shows.answers["/users"] = [
        user(str(number), "x", signInActivity=said) for number, (said, _) in enumerate(ACTIVITY)
    ]
    found = told(acme.unit("users.users"))["idp_user"]
    assert [found[str(number)]["last_sign_in"] for number in range(len(ACTIVITY))] == [each for _, each in ACTIVITY]


CERTIFICATE = [{"id": "f", "issuerUri": "http://adfs.example.org/trust", "signingCertificate": "bm90IG9uZQ=="}]
ODD = [
    ("domains.domains", "/domains/corp.example.org/federationConfiguration", CERTIFICATE, "certificates_end",
     "? signingCertificate of the issuer is no certificate"),
    ("tenant.tenant", "/policies/authorizationPolicy", {"guestUserRoleId": "x"}, "guest_role", "? x is not known here as the role of guests"),
    ("tenant.tenant", "/policies/authorizationPolicy", {"allowInvitesFrom": "bots"}, "invitations", "? bots is not known here as who may invite guests"),
    ("tenant.tenant", "/policies/authorizationPolicy",
     {"defaultUserRolePermissions": {"permissionGrantPoliciesAssigned": ["managePermissionGrantsForSelf.microsoft-user-default-legacy"]}},
     "consent_by_everybody", ("microsoft-user-default-legacy",)),
    ("tenant.tenant", "/policies/authorizationPolicy",
     {"defaultUserRolePermissions": {"permissionGrantPoliciesAssigned": ["ManagePermissionGrantsForAll.x"]}},
     "consent_by_everybody", "? ManagePermissionGrantsForAll.x is not known here as a permission to consent"),
    ("tenant.tenant", "/organization",
     [{"id": "t", "assignedPlans": [{"servicePlanId": "41781fb2-bc02-4b7c-bd55-b576c07bb09d", "capabilityStatus": "Warning"}]}], "premium", True),
    ("tenant.tenant", "/organization",
     [{"id": "t", "assignedPlans": [{"servicePlanId": "41781fb2-bc02-4b7c-bd55-b576c07bb09d", "capabilityStatus": "LockedOut"}]}], "premium", False),
    ("tenant.tenant", "/organization", [], "premium", "? the tenant itself is not shown to us"),
    ("tenant.passwords", "/domains",
     [{"id": "trial.example", "isVerified": False, "authenticationType": "Managed", "passwordValidityPeriodInDays": None},
      {"id": "example.org", "isVerified": True, "authenticationType": "Managed", "passwordValidityPeriodInDays": 90}], "maximum_days", 90),
    ("tenant.passwords", "/domains",
     [{"id": "example.org", "isVerified": True, "authenticationType": "Managed", "passwordValidityPeriodInDays": None}], "maximum_days",
     "? passwordValidityPeriodInDays of an entry of GET /v1.0/domains is null"),
    ("roles.roles", f"{DIRECTORY}roleAssignmentScheduleInstances", [instance("i1", "", ADA, roleAssignmentOriginId=None)], "ends",
     "? Privileged Identity Management does not tell of this assignment"),
    ("tenant.passwords", "/domains",
     [{"id": "eu.example.org", "isVerified": True, "authenticationType": "Managed", "passwordValidityPeriodInDays": None},
      {"id": "example.org", "isVerified": True, "authenticationType": "Managed", "passwordValidityPeriodInDays": 90}], "maximum_days", 90),
    ("tenant.passwords", "/domains", [], "maximum_days", "? no domain of the tenant keeps passwords here"),
    ("tenant.passwords", "/groupSettings",
     [{"id": "1", "templateId": "5cf42378-d67d-4f36-ba46-e8b86229381d", "values": [{"name": "LockoutThreshold", "value": "many"}]}],
     "wrong_guesses", "? the setting LockoutThreshold is no number"),
    ("methods.methods", "/policies/authenticationMethodsPolicy",
     {"authenticationMethodConfigurations": [{"id": "1", "state": "perhaps"}]}, "enabled", "? the state perhaps of a method is not known here"),
    ("roles.roles", f"{DIRECTORY}roleAssignments", [held("1", "x", "robot")], "principal_kind",
     "? #microsoft.graph.robot is not known here as somebody who has a role"),
    ("roles.roles", f"{DIRECTORY}roleAssignments", [{**held("1", "x"), "principal": None}], "principal_kind", "? whoever has the role is not shown"),
    ("roles.roles", f"{DIRECTORY}roleAssignments", [held("1", "x", of="gone")], "privileged", "? the role is not among those that are defined"),
    ("roles.roles", f"{DIRECTORY}roleAssignments", [held("1", "x", directoryScopeId=None, appScopeId="/payroll")], "scope", "/payroll"),
    ("applications.applications", "/servicePrincipals", [service("1", "Odd", appId="1", keyCredentials=None)], "credentials",
     "? keyCredentials of an entry of GET /v1.0/servicePrincipals is null"),
    ("users.users", "/users", [user("1", "x", userType="Robot")], "guest", "? the type Robot of an account is not known here"),
    ("users.users", "/users", [user("1", "x", externalUserState="Lost")], "invited", "? the state Lost of an invitation is not known here"),
    ("users.users", "/users", [user("1", "x", onPremisesSyncEnabled=True)], "synchronised_from", "Active Directory"),
    ("domains.domains", "/domains", [{"id": "1", "isVerified": True, "authenticationType": "Magic"}], "federated_with",
     "? Magic is not known here as a way to sign people of a domain in"),
    ("risks.risks", "/identityProtection/riskyUsers", [{"id": "1", "riskState": "atRisk", "riskLevel": "hidden", "isDeleted": False}], "level",
     "? the level of risk hidden is not known here, or not shown"),
    ("sign_in.locations", "/identity/conditionalAccess/namedLocations",
     [{"@odata.type": "#microsoft.graph.ipNamedLocation", "id": "1", "ipRanges": [
         {"@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": "everywhere"}]}], "ranges",
     "? an address of the location is no network"),
    ("sign_in.locations", "/identity/conditionalAccess/namedLocations",
     [{"@odata.type": "#microsoft.graph.ipNamedLocation", "id": "1", "displayName": "X", "ipRanges": []}], "trusted",
     "? an entry of GET /v1.0/identity/conditionalAccess/namedLocations has no isTrusted in the answer"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "path", "said", "field", "wanted"), ODD, ids=[str(number) for number in range(len(ODD))]
)
def test_words_that_nobody_knows_are_not_guessed(
    acme: Office, name: str, path: str, said: Any, field: str, wanted: Any
) -> None:
    acme.shows.answers[path] = said
    kinds = sorted(told(acme.unit(name)).items(), key=lambda each: not each[0].startswith("idp_"))
    kind = next(each for _, each in kinds if each)
    assert (kind.get("1") or kind.get("corp.example.org") or next(iter(kind.values())))[field] == wanted


READING_ROLES = "microsoft.directory/roleAssignments/"


@pytest.mark.parametrize(("action", "wanted"), [
    ("allProperties/read", False), ("standard/read", False), ("read", False), ("create", True), ("allProperties/allTasks", True),
])  # fmt: skip
def test_who_only_reads_who_has_which_role_is_not_privileged(action: str, *, wanted: bool) -> None:
    """Global Reader reads all properties of role assignments."""
    assert is_privileged(Fields(role("r", "Global Reader", READING_ROLES + action), "a role")) is wanted


def test_risks_that_somebody_has_dealt_with_are_left_out_whatever_is_answered(acme: Office) -> None:
    words = ("atRisk", "confirmedCompromised", "remediated", "dismissed", "confirmedSafe", "none", "unknownFutureValue")
    entries = [
        {"id": word, "userPrincipalName": word, "riskLevel": "high", "riskState": word, "riskLastUpdatedDateTime": "2026-11-01T00:00:00Z", "isDeleted": False}
        for word in words
    ]  # fmt: skip
    acme.server.answer = lambda _: Said({"value": entries})
    found = told(acme.unit("risks.risks"))["entra_risky_user"]
    assert {name: each["level"] for name, each in found.items()} == {
        "atRisk": "high", "confirmedCompromised": "high",
        "unknownFutureValue": "? the state of risk unknownFutureValue is not known here",
    }  # fmt: skip


def test_a_guest_may_have_a_second_factor_at_home(acme: Office) -> None:
    acme.shows.answers["/reports/authenticationMethods/userRegistrationDetails"] = [
        {**registered(GIL, capable=False), "userType": "guest"}, {**registered(EVE, "fido2"), "userType": "guest"},
        registered(ADA, capable=False),
    ]  # fmt: skip
    found = told(acme.unit("factors.factors"))["idp_factors"]
    assert found[GIL]["enrolled"].startswith("? a guest may have set one up in its own organization")
    assert (found[EVE]["enrolled"], found[ADA]["enrolled"]) == (True, False)


def test_consent_for_whom_nobody_knows_is_a_gap(acme: Office) -> None:
    acme.shows.answers["/oauth2PermissionGrants"] = [{"id": "c", "clientId": "x", "consentType": "Everything"}]
    assert [each.reason for each in acme.unit("grants.grants").unit.gaps] == [
        "Everything is not known here as for whom consent was given"
    ]


def test_settings_that_were_never_changed_have_their_defaults(acme: Office) -> None:
    acme.shows.answers["/groupSettings"] = []
    (found,) = told(acme.unit("tenant.passwords"))["idp_password_policy"].values()
    assert (found["wrong_guesses"], found["locked_seconds"], found["maximum_days"]) == (10, 60, 0)
    (tenant,) = told(acme.unit("tenant.tenant"))["entra_tenant"].values()
    assert tenant["own_words_refused"] is False


def test_old_policies_may_offer_what_the_new_one_does_not(acme: Office) -> None:
    acme.shows.answers["/policies/authenticationMethodsPolicy"]["policyMigrationState"] = "preMigration"
    found = told(acme.unit("methods.methods"))["idp_sign_in_method"]
    assert found["Sms"]["enabled"] == "? older policies may still offer it, for their migration is at preMigration"
    assert found["Fido2"]["enabled"] is True
    acme.shows.answers["/policies/authenticationMethodsPolicy"]["policyMigrationState"] = None
    assert told(acme.unit("methods.methods"))["idp_sign_in_method"]["Sms"]["enabled"] is False


KIND, MODE = "#microsoft.graph.{}AuthenticationMethodConfiguration", "x509CertificateAuthenticationDefaultMode"
OFFERED: list[tuple[str, str, dict[str, Any], tuple[Any, Any]]] = [
    ("fido2", "Fido2", {"isSelfServiceRegistrationAllowed": False}, (True, False)),
    ("x509Certificate", "X509Certificate", {"authenticationModeConfiguration": {MODE: "x509CertificateMultiFactor"}}, (True, True)),
    ("x509Certificate", "X509Certificate", {"authenticationModeConfiguration": {MODE: "x509CertificateSingleFactor"}}, (False, True)),
    ("x509Certificate", "X509Certificate", {"authenticationModeConfiguration": {MODE: "unknownFutureValue"}},
     ("? unknownFutureValue is not known here as what a certificate counts as", True)),
    ("sms", "Sms", {}, (False, True)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "name", "entry", "expected"), OFFERED, ids=[str(each) for each in range(len(OFFERED))]
)
def test_what_is_offered_against_phishing(
    acme: Office, kind: str, name: str, entry: dict[str, Any], expected: tuple[Any, Any]
) -> None:
    acme.shows.answers["/policies/authenticationMethodsPolicy"]["authenticationMethodConfigurations"] = [
        {"@odata.type": KIND.format(kind), "id": name, "state": "enabled", "excludeTargets": [], **entry}
    ]
    (found,) = told(acme.unit("methods.methods"))["entra_offered_method"].values()
    assert (found["resists_phishing"], found["set_up_by_people"]) == expected


def test_a_role_that_privileged_identity_management_does_not_know_has_no_known_end(acme: Office) -> None:
    acme.shows.answers[f"{DIRECTORY}roleAssignmentScheduleInstances"] = [instance("i2", "a2", ADMINS)]
    found = told(acme.unit("roles.roles"))["idp_role_assignment"]
    assert found["a1"]["ends"] == "? Privileged Identity Management does not tell of this assignment"
    assert found["a2"]["ends"] is None


def test_pages_that_lead_elsewhere_are_not_followed(acme: Office) -> None:
    acme.server.answer = lambda _: Said({"value": [user(ADA, "ada")], "@odata.nextLink": "https://graph.evil.example/v1.0/users?$skiptoken=x"})  # fmt: skip
    unit = acme.unit("users.users")
    assert [each.reason for each in unit.unit.gaps] == [
        "GET /v1.0/users: the next page is said to be on another server, which is not asked"
    ]
    assert set(told(unit)["idp_user"]) == {ADA}


class Time:
    """Time that passes only by waiting."""

    def __init__(self) -> None:
        self.now = 0.0

    def pause(self, seconds: float) -> None:
        self.now += seconds


def simulated(acme: Office, tokens: list[str] | None = None) -> tuple[Entra, Time]:
    """The tenant at the documented rates, with waits that take no time. `tokens` are given one after the other."""
    waited, left = Time(), iter(tokens or [TOKEN])
    declared = {read for each in COLLECTORS.values() for read in each.permissions}
    line = LiveLine(
        {"": acme.server.url}, Token(lambda: next(left, TOKEN)), declared, clock,
        authority=str(acme.server.authority), rates=RATES, wait=Wait(lambda: waited.now, waited.pause),
    )  # fmt: skip
    return Entra("entra/acme", line, Extent()), waited


def test_five_thousand_users_take_as_long_as_the_documented_rate_says(acme: Office) -> None:
    acme.shows.answers["/users"] = [user(f"u{number}", f"u{number}") for number in range(5_000)]
    acme.shows.most = 500
    source, waited = simulated(acme)
    unit = collect(COLLECTORS["entra.users.users"], source, version="0", clock=clock)
    assert not unit.unit.gaps
    assert len(unit.evidence[0].resources) == 5_000
    assert len(acme.server.asked) == 10
    assert waited.now == 0  # ten a minute may come at once
    acme.shows.answers["/users"] = acme.shows.answers["/users"][:40]
    acme.shows.most = 2
    collect(COLLECTORS["entra.users.users"], source, version="0", clock=clock)
    assert waited.now == pytest.approx(20 * 6)


@pytest.mark.parametrize(("headers", "least"), [({"Retry-After": "7"}, 7), ({}, 1)])
def test_throttling_is_waited_for_with_and_without_a_time(acme: Office, headers: dict[str, str], least: int) -> None:
    real: Answer = acme.shows.answer
    left = [1, 2]

    def answer(asked: Asked) -> Said:
        return error(429, "TooManyRequests", "Too many requests", **headers) if left and left.pop() else real(asked)

    acme.server.answer = answer
    source, waited = simulated(acme)
    unit = collect(COLLECTORS["entra.risks.risks"], source, version="0", clock=clock)
    assert not unit.unit.gaps
    assert waited.now >= 2 * least
    assert sum(each.throttled for each in unit.unit.exchanges) == 2


def test_a_token_that_ends_in_the_middle_is_replaced(acme: Office) -> None:
    real: Answer = acme.shows.answer
    ended = [False]

    def answer(asked: Asked) -> Said:
        if "$skiptoken" in asked.query and not ended[0]:
            ended[0] = True
            return error(401, "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired.")
        return real(asked)

    acme.server.answer = answer
    source, _ = simulated(acme, ["first.token.that-ends"])
    unit = collect(COLLECTORS["entra.users.users"], source, version="0", clock=clock)
    assert not unit.unit.gaps
    assert len(unit.evidence[0].resources) == 5
    assert sorted({each.headers["authorization"][:12] for each in acme.server.asked}) == [
        "Bearer first",
        "Bearer given",
    ]


@pytest.mark.parametrize(("given", "words"), [
    ({"credential": "secret"}, "the credential secret needs tenant and client_id and secret"),
    ({"url": "http://graph.example.org"}, "should match pattern"),
])  # fmt: skip
def test_settings_that_do_not_fit_are_refused(given: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Settings(**given)
