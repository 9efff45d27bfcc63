"""Collectors of Google Workspace against a customer on loopback: what they see, what they ask, and what they may not."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

import checks.google_workspace
import checks.idp
from collectors.google_workspace import equivalent, least_privilege
from collectors.google_workspace.permissions import scopes
from core.model import Status
from core.plugins import Check, discover
from tests.collectors.google_workspace.conftest import COLLECTORS, place
from tests.collectors.rest_world import WAYS, Place, World, told
from tests.google_workspace_server import (
    ADA,
    ADMINS,
    ANSWERS,
    AUTH,
    BOB,
    CUSTOMER,
    DIRECTORY,
    EVE,
    GROUPS_ROLE,
    PASSWORDS,
    ROOT_UNIT,
    SALES_UNIT,
    SERVICE,
    SHARING,
    STAFF,
    alert,
    assignment,
    device,
    error,
    ordinary,
    policy,
    user,
)
from tests.https_server import Server

CHECKS = discover([checks.google_workspace, checks.idp], Check)
UNSAID = (
    "? value of setting of an entry of GET cloudidentity.googleapis.com/v1/policies has no warnForExternalSharing in the "
    "answer"
)
SAYS_NOTHING = ("GET alertcenter.googleapis.com/v1beta1/alerts",)
"""Of these `{}` is the documented word for an empty list: it tells that there is nothing, and hides nothing."""


@pytest.fixture(scope="module")
def world(running: Server) -> World:
    """The ordinary customer, as it is seen and judged."""
    found = place(running, ordinary()).world(CHECKS)
    assert {each.verb for each in running.asked if each.path != "/token"} == {"GET"}
    assert not [gap for unit in found.units.values() for gap in unit.unit.gaps]
    return found


def seen(world: World, name: str, kind: str) -> dict[str, dict[str, Any]]:
    return told(world.units[f"google_workspace.{name}"])[kind]


def test_users(world: World) -> None:
    found = seen(world, "users.users", "idp_user")
    ada, bob = found[ADA], found[BOB]
    assert (ada["login"], ada["name"], ada["enabled"], ada["service"]) == (
        "ada@example.org",
        "Ada Example",
        True,
        False,
    )
    assert ada["last_sign_in"] == datetime(2026, 11, 20, 8, tzinfo=UTC)
    assert ada["password_changed"] == "? Google does not tell when a password was changed"
    assert (bob["enabled"], bob["last_sign_in"], bob["created"]) == (
        False,
        None,
        datetime(2024, 2, 1, 9, 30, tzinfo=UTC),
    )
    assert found[SERVICE]["service"] is True
    assert world.units["google_workspace.users.users"].unit.principal == "service account, for annexa@example.org"


def test_second_steps(world: World) -> None:
    factors = seen(world, "users.users", "idp_factors")
    assert {name: each["enrolled"] for name, each in factors.items()} == {
        ADA: True,
        BOB: False,
        EVE: False,
        SERVICE: False,
    }
    assert factors[ADA]["factors"] == "? Google tells whether there is a second step, and not which"
    accounts = seen(world, "users.users", "google_workspace_account")
    assert {name: (each["administrator"], each["second_step_enforced"]) for name, each in accounts.items()} == {
        ADA: ("super", True), BOB: ("none", False), EVE: ("delegated", False), SERVICE: ("none", False),
    }  # fmt: skip


def test_grants(world: World) -> None:
    (grant,) = seen(world, "users.grants", "idp_grant").values()
    assert (grant["application_name"], grant["user"]) == ("Mail Sorter", ADA)
    assert grant["rights"] == ("https://mail.google.com/", "openid")
    assert grant["id"] == f"{ADA}/1.apps.googleusercontent.com"
    asked = [each.parameters.get("user") for each in world.units["google_workspace.users.grants"].unit.exchanges]
    assert sorted(filter(None, asked)) == [ADA, EVE, SERVICE]  # nobody signs in to the fourth account


def test_groups(world: World) -> None:
    groups = seen(world, "groups.groups", "idp_group")
    assert groups[STAFF]["members"] == (ADA, EVE, "999", "C012345")
    assert (groups["g3none"]["members"], groups[ADMINS]["name"]) == ((), "Admins")
    own = seen(world, "groups.groups", "google_workspace_group")
    assert own[STAFF] == {
        "id": STAFF, "email": "staff@example.org", "may_join": "ANYONE_CAN_JOIN", "may_read": "ALL_IN_DOMAIN_CAN_VIEW",
        "admits_outsiders": True, "outsiders": ("max@partner.example",),
    }  # fmt: skip
    assert own[ADMINS]["outsiders"] == own["g3none"]["outsiders"] == ()
    assert own[ADMINS]["admits_outsiders"] is False
    assert own["g3none"]["admits_outsiders"] == "? 'perhaps' is not known here as allowExternalMembers of a group"


def test_roles_and_domains(world: World) -> None:
    found = seen(world, "roles.roles", "idp_role_assignment").values()
    assert [(each["role"], each["privileged"], each["scope"], each["principal"]) for each in found] == [
        ("_SEED_ADMIN_ROLE", True, "", ADA), ("_GROUPS_ADMIN_ROLE", False, f"orgUnits/{SALES_UNIT}", EVE),
        ("_GROUPS_ADMIN_ROLE", False, "", ADMINS),
    ]  # fmt: skip
    domains = seen(world, "domains.domains", "idp_domain")
    assert {name: each["verified"] for name, each in domains.items()} == {"example.org": True, "old.example": False}


def test_devices_logs_and_alerts(world: World) -> None:
    devices = seen(world, "devices.devices", "google_workspace_device")
    assert devices["d1"] == {
        "id": "d1", "model": "Phone d1", "owners": ("ada@example.org",), "approved": True, "encrypted": True, "locked": True,
        "compromised": False,
    }  # fmt: skip
    assert (devices["d2"]["encrypted"], devices["d2"]["locked"], devices["d2"]["compromised"]) == (False, False, True)
    assert devices["d3"]["approved"] is False
    logs = seen(world, "watching.logs", "idp_audit_log")
    assert {name: each["newest"].day for name, each in logs.items()} == {"admin": 1, "login": 23}
    alerts = seen(world, "watching.alerts", "google_workspace_alert")
    assert {name: each["status"] for name, each in alerts.items()} == {
        "a1": "CLOSED", "a2": "NOT_STARTED", "a3": "IN_PROGRESS",
    }  # fmt: skip


def test_policies(world: World) -> None:
    passwords = seen(world, "policies.passwords", "idp_password_policy")
    assert sorted(passwords) == ["policies/p2", "policies/p3"]  # the first is overruled by the second
    root, sales = passwords["policies/p2"], passwords["policies/p3"]
    assert (root["name"], root["default"], root["minimum_length"], root["maximum_days"]) == (
        "passwords of /",
        True,
        12,
        0,
    )
    assert root["history"] == "? Google refuses former passwords, and does not tell how many"
    assert (sales["name"], sales["default"], sales["history"], sales["maximum_days"], sales["simple_refused"]) == (
        "passwords of /Sales", False, 0, 90, False,
    )  # fmt: skip
    (session,) = seen(world, "policies.sessions", "idp_session_policy").values()
    assert (session["everybody"], session["administrators"], session["longest_minutes"]) == (True, True, 720)
    sharing = seen(world, "policies.sharing", "google_workspace_drive_sharing")
    assert {each["name"]: (each["mode"], each["warns"]) for each in sharing.values()} == {
        "sharing of files of /": ("ALLOWED", True),
        "sharing of files of /Sales": (
            "DISALLOWED", UNSAID,
        ),
        "sharing of files of groups/01x0gk37": ("ALLOWED", False),
    }  # fmt: skip


def test_second_step_policies(world: World) -> None:
    found = seen(world, "second_steps.policies", "google_workspace_second_step_policy")
    since = datetime(2024, 2, 16, 23, 22, 21, tzinfo=UTC)
    root = {"everybody": True, "may_enrol": True, "enforced_from": since, "new_people_days": 7, "methods": "ALL",
            "trusts_devices": True, "suspended_days": 1}  # fmt: skip
    assert found == {
        ROOT_UNIT: {"id": ROOT_UNIT, "name": "/", **root},
        SALES_UNIT: {"id": SALES_UNIT, "name": "/Sales", **root, "everybody": False, "enforced_from": None},
        f"{ROOT_UNIT}/{ADMINS}": {
            "id": f"{ROOT_UNIT}/{ADMINS}", "name": f"groups/{ADMINS} in /", **root, "everybody": False, "methods": "PASSKEY_ONLY",
        },
    }  # fmt: skip


def test_administrators(world: World) -> None:
    found = seen(world, "administrators.administrators", "google_workspace_administrator")
    assert found == {
        ADA: {"id": ADA, "methods": "PASSKEY_ONLY", "security_keys": 1, "passkeys": 0, "keys_counted": "2026-11-20"},
        EVE: {"id": EVE, "methods": "ALL", "security_keys": 0, "passkeys": 0, "keys_counted": "2026-11-21"},
    }  # fmt: skip


VERDICTS = {
    ("google_workspace.administrators.key_is_demanded", ADA): Status.PASS,
    ("google_workspace.administrators.key_is_demanded", EVE): Status.FAIL,
    ("google_workspace.administrators.key_is_set_up", ADA): Status.PASS,
    ("google_workspace.administrators.key_is_set_up", EVE): Status.FAIL,
    ("google_workspace.second_steps.second_step_is_demanded", SALES_UNIT): Status.FAIL,
    ("google_workspace.second_steps.telephones_are_no_second_step", f"{ROOT_UNIT}/{ADMINS}"): Status.PASS,
    ("google_workspace.accounts.second_step_is_enforced", EVE): Status.FAIL,
    ("google_workspace.accounts.second_step_is_enforced", BOB): Status.NOT_APPLICABLE,
    ("google_workspace.groups.strangers_cannot_join", STAFF): Status.FAIL,
    ("google_workspace.groups.strangers_cannot_read", "g3none"): Status.FAIL,
    ("google_workspace.groups.outsiders_are_approved", STAFF): Status.FAIL,
    ("google_workspace.devices.device_is_encrypted", "d3"): Status.NOT_APPLICABLE,
    ("google_workspace.alerts.alert_is_handled", "a2"): Status.FAIL,
    ("google_workspace.sharing.sharing_outside_is_deliberate", "policies/d2"): Status.PASS,
    ("google_workspace.sharing.sharing_outside_is_deliberate", "policies/d3"): Status.FAIL,
    ("idp.applications.high_rights_are_approved", f"{ADA}/1.apps.googleusercontent.com"): Status.FAIL,
    ("idp.audit_logs.log_is_written", "admin"): Status.PASS,
    ("idp.audit_logs.log_is_exported", "login"): Status.UNKNOWN,
    ("idp.factors.administrator_cannot_be_phished", "1"): Status.UNKNOWN,
    ("idp.factors.second_factor_is_set_up", EVE): Status.FAIL,
    ("idp.roles.administrators_are_few", "google_workspace/acme"): Status.FAIL,
    ("idp.sessions.administrator_session_is_short", "policies/s1"): Status.PASS,
    ("idp.users.account_is_used", EVE): Status.FAIL,
}


def test_verdicts(world: World) -> None:
    statuses = {(check, resource): status for (check, _, resource), status in world.statuses(world.evidence).items()}
    assert {key: statuses[key] for key in VERDICTS} == VERDICTS


@pytest.mark.parametrize("way", WAYS)
def test_what_is_refused_makes_verdicts_unknown_and_nothing_else(world: World, way: str) -> None:
    operations = [each for each in world.operations if way != "nothing in it" or each not in SAYS_NOTHING]
    wrong = [complaint for operation in operations for complaint in world.complaints(operation, way)]
    assert not wrong, "\n".join(wrong)


def test_a_later_page_that_is_refused_is_no_end(world: World) -> None:
    wrong = [complaint for operation in world.operations for complaint in world.complaints(operation, "403", page=2)]
    assert not wrong, "\n".join(wrong)


def test_what_is_called_is_what_is_declared(world: World) -> None:
    assert world.asked == set(world.operations)
    declared = [read for each in COLLECTORS.values() for read in each.permissions]
    printed = least_privilege(declared)
    assert all(operation in printed for operation in world.operations)
    assert all(scope in printed for scope in scopes(declared))
    assert {scope.removeprefix(AUTH) for scope in scopes(declared) if not scope.endswith(".readonly")} == {
        "admin.directory.user.security", "apps.alerts", "apps.groups.settings",
    }, "Google has no scope for these that only reads"  # fmt: skip


def test_a_person_can_look_as_well(world: World) -> None:
    unit = world.units["google_workspace.users.grants"].unit
    said = [equivalent(unit, each) for each in unit.exchanges if ADA in each.parameters.values()]
    assert f"{DIRECTORY}/users/{ADA}/tokens" in said[0]


def listing(acme: Place, path: str, *found: dict[str, Any]) -> None:
    kind, items, _ = ANSWERS[path]
    acme.shows.answers[path] = (kind, items, list(found))


@pytest.mark.parametrize(("change", "kind", "name", "expected"), [
    ({"archived": True}, "idp_user", "enabled", False),
    ({"suspended": None}, "idp_user", "enabled", "? suspended of an entry of GET admin.googleapis.com/admin/directory/v1/users is null"),
    ({"lastLoginTime": "yesterday"}, "idp_user", "last_sign_in", "? lastLoginTime of an entry of GET admin.googleapis.com/admin/directory/v1/users is no time"),
    ({"isEnrolledIn2Sv": None}, "idp_factors", "enrolled", "? isEnrolledIn2Sv of an entry of GET admin.googleapis.com/admin/directory/v1/users is null"),
])  # fmt: skip
def test_what_is_odd_about_an_account(acme: Place, change: dict[str, Any], kind: str, name: str, expected: Any) -> None:
    listing(acme, f"{DIRECTORY}/users", user(ADA, "ada", **change))
    assert told(acme.unit("users.users"))[kind][ADA][name] == expected


@pytest.mark.parametrize(("path", "found", "unit", "kind", "name", "expected"), [
    (f"{CUSTOMER}/devices/mobile", device("d1", encryptionStatus="Perhaps"), "devices.devices", "google_workspace_device", "encrypted",
     "? 'Perhaps' is not known here as encryptionStatus of a device"),
    ("/v1beta1/alerts", alert("a1", "SNOOZED", "2026-10-01T00:00:00Z"), "watching.alerts", "google_workspace_alert", "status",
     "? SNOOZED is not known here as the state of an alert"),
    (f"{CUSTOMER}/roleassignments", assignment("1", "77", ADA), "roles.roles", "idp_role_assignment", "privileged",
     "? the role that was given is not among those that are shown to us"),
    (f"{CUSTOMER}/roleassignments", assignment("1", "77", ADA, "robot"), "roles.roles", "idp_role_assignment", "principal_kind",
     "? robot is not known here as who can have a role"),
    (f"{CUSTOMER}/roleassignments", assignment("1", "77", ADA, scopeType="MOON"), "roles.roles", "idp_role_assignment", "scope",
     "? MOON is not known here as a scope of roles"),
    (f"{DIRECTORY}/groups/{STAFF}/members", {"id": "1", "email": "a@example.org", "type": "GHOST"}, "groups.groups",
     "google_workspace_group", "outsiders", "? GHOST is not known here as a type of members"),
    ("/v1/policies", policy("p1", "security.password", PASSWORDS | {"allowedStrength": "STEEL"}), "policies.passwords",
     "idp_password_policy", "simple_refused", "? STEEL is not known here as a strength of passwords"),
    ("/v1/policies", policy("p1", "security.password", PASSWORDS, "nowhere"), "policies.passwords", "idp_password_policy", "default",
     "? the organizational unit of a policy is not among those that are shown to us"),
    ("/v1/policies", policy("s1", "security.session_controls", {"webSessionDuration": "long"}), "policies.sessions",
     "idp_session_policy", "longest_minutes", "? 'long' is no span of time"),
    ("/v1/policies", policy("d1", "drive_and_docs.external_sharing", {"externalSharingMode": "SOMETIMES"}), "policies.sharing",
     "google_workspace_drive_sharing", "mode", "? SOMETIMES is not known here as a way to share"),
])  # fmt: skip
def test_words_that_nobody_knows_are_unknown(
    acme: Place, path: str, found: dict[str, Any], unit: str, kind: str, name: str, expected: str
) -> None:
    listing(acme, path, found)
    seen = told(acme.unit(unit))[kind]
    one = seen[STAFF] if STAFF in seen else next(iter(seen.values()))
    assert one[name] == expected


def test_settings_of_one_group_that_are_hidden_hide_nothing_else(acme: Place) -> None:
    acme.shows.refused["/groups/v1/groups/staff@example.org"] = error(403, "forbidden", "no")
    found = told(acme.unit("groups.groups"))["google_workspace_group"]
    assert (
        found[STAFF]["may_join"] == "? GET www.googleapis.com/groups/v1/groups/{email} is answered with status 403 (no)"
    )
    assert found[STAFF]["outsiders"] == ("max@partner.example",)
    assert found[ADMINS]["may_join"] == "INVITED_CAN_JOIN"


def test_an_empty_list_is_told_by_its_kind(acme: Place) -> None:
    listing(acme, f"{CUSTOMER}/devices/mobile")
    unit = acme.unit("devices.devices")
    assert (unit.unit.gaps, told(unit)) == ((), {"google_workspace_device": {}})
    acme.shows.answers[f"{CUSTOMER}/devices/mobile"] = ("admin#directory#groups", "mobiledevices", [])
    (gap,) = acme.unit("devices.devices").unit.gaps
    assert gap.reason.endswith("is not of the kind admin#directory#mobiledevices")


def test_a_log_that_holds_nothing(acme: Place) -> None:
    path = "/admin/reports/v1/activity/users/all/applications/login"
    listing(acme, path)
    acme.shows.answers[path.replace("login", "admin")] = ("admin#reports#usageReports", "items", [])
    found = told(acme.unit("watching.logs"))["idp_audit_log"]
    assert found["login"]["newest"] is None
    assert found["admin"]["newest"].endswith("is not of the kind admin#reports#activities")


def test_without_a_policy_defaults_hold_that_nobody_tells(acme: Place) -> None:
    listing(acme, "/v1/policies", policy("s1", "security.session_controls", {"webSessionDuration": "43200s"}))
    (gap,) = acme.unit("policies.passwords").unit.gaps
    assert gap.reason == "no policy for passwords is shown, so that defaults hold which Google does not tell here"


def test_of_policies_for_the_same_people_the_last_counts(acme: Place) -> None:
    setting = "drive_and_docs.external_sharing"
    licences = {"query": "entity.licenses.exists(license, license in ['/product/Google-Apps'])"}
    listing(
        acme, "/v1/policies",
        policy("default", setting, SHARING), policy("for-some", setting, SHARING, sortOrder=3, **licences),
        policy("for-all", setting, SHARING, sortOrder=2), policy("never", setting, SHARING, sortOrder=1.5, **licences),
    )  # fmt: skip
    found = told(acme.unit("policies.sharing"))["google_workspace_drive_sharing"]
    assert {name: each["name"] for name, each in found.items()} == {
        "policies/for-some": "sharing of files of /, licensed", "policies/for-all": "sharing of files of /",
    }  # fmt: skip


def test_where_units_have_sessions_of_their_own_nobody_knows_which_is_for_administrators(acme: Place) -> None:
    setting, value = "security.session_controls", {"webSessionDuration": "43200s"}
    listing(acme, "/v1/policies", policy("s1", setting, value, ROOT_UNIT), policy("s2", setting, value, SALES_UNIT))
    found = told(acme.unit("policies.sessions"))["idp_session_policy"]
    assert [each["everybody"] for each in found.values()] == [True, False]
    assert all(each["administrators"].startswith("? some units") for each in found.values())


def test_a_role_without_a_mark_is_privileged_for_all_we_know_when_no_role_shows_one(acme: Place) -> None:
    listing(acme, f"{CUSTOMER}/roles", {"roleId": GROUPS_ROLE, "roleName": "_GROUPS_ADMIN_ROLE", "isSystemRole": True})
    found = told(acme.unit("roles.roles"))["idp_role_assignment"]
    assert found["2"]["privileged"].endswith("has no isSuperAdminRole in the answer")


def test_an_unverified_domain_is_not_ours(acme: Place) -> None:
    path, alias = f"{CUSTOMER}/domains", {"domainAliasName": "alias.example.org", "verified": False}
    listing(acme, path, {"domainName": "example.org", "verified": True, "domainAliases": [alias]},
            {"domainName": "partner.example", "verified": False})  # fmt: skip
    found = told(acme.unit("groups.groups"))["google_workspace_group"]
    assert found[STAFF]["outsiders"] == ("eve@alias.example.org", "max@partner.example")


@pytest.mark.parametrize("setting", ["password", "session_controls"])
def test_a_policy_for_one_unit_tells_nothing_of_the_others(acme: Place, setting: str) -> None:
    value = PASSWORDS | {"webSessionDuration": "43200s"}
    listing(acme, "/v1/policies", policy("p1", f"security.{setting}", value, SALES_UNIT))
    unit = acme.unit("policies.passwords" if setting == "password" else "policies.sessions")
    (gap,) = unit.unit.gaps
    assert "is seen to be for everybody, so that for some defaults hold" in gap.reason
    (found,) = next(iter(told(unit).values())).values()
    assert found.get("default") is False or found["administrators"].startswith("? some units")


def test_policies_for_several_units_at_once_do_not_overrule_one_another(acme: Place) -> None:
    several = [
        policy(name, "security.password", PASSWORDS, sortOrder=order, query=f"entity.org_units.exists({name})")
        for order, name in enumerate(("p1", "p2"), 2)
    ]
    for each in several:
        del each["policyQuery"]["orgUnit"]
    listing(acme, "/v1/policies", policy("root", "security.password", PASSWORDS), *several)
    found = told(acme.unit("policies.passwords"))["idp_password_policy"]
    assert {name: each["default"] is True for name, each in found.items()} == {
        "policies/p1": False, "policies/p2": False, "policies/root": True,
    }  # fmt: skip


@pytest.mark.parametrize(("words", "gaps"), [("Resource Not Found: userKey", 0), ("Not Found", 1)])
def test_an_account_that_was_deleted_since_it_was_listed_lets_no_program_in(acme: Place, words: str, gaps: int) -> None:
    acme.shows.refused[f"{DIRECTORY}/users/{EVE}/tokens"] = error(404, "notFound", words)
    unit = acme.unit("users.grants")
    assert len(unit.unit.gaps) == gaps
    assert list(told(unit)["idp_grant"]) == [f"{ADA}/1.apps.googleusercontent.com"]


def test_whoever_may_be_able_to_sign_in_is_asked_for(acme: Place) -> None:
    listing(acme, f"{DIRECTORY}/users", user(EVE, "eve", suspended=None), user(ADA, "ada"))
    assert list(told(acme.unit("users.grants"))["idp_grant"]) == [f"{ADA}/1.apps.googleusercontent.com"]


def test_an_empty_page_of_a_log_is_not_its_end(acme: Place) -> None:
    path = "/admin/reports/v1/activity/users/all/applications/login"
    acme.shows.answers[path] = ("admin#reports#activities", "", {"nextPageToken": "more"})
    found = told(acme.unit("watching.logs"))["idp_audit_log"]
    assert found["login"]["newest"].endswith("holds nothing, and says that there is more")
