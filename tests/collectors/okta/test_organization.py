"""Collectors of Okta against an organization on loopback: what they see, what they ask, and what they may not."""

from __future__ import annotations

from contextvars import copy_context
from datetime import UTC, datetime
from typing import Any

import pytest

import checks.idp
import checks.okta
from collectors.okta import Settings, equivalent, least_privilege
from collectors.okta.permissions import scopes
from core.engine import Collected
from core.model import Status
from core.plugins import Check, discover
from core.recording import tell_of_answers
from core.resource import missing_fields
from tests.collectors.okta.conftest import COLLECTORS, place
from tests.collectors.okta.server import (
    ADA,
    ADMINS,
    ANSWERS,
    BOB,
    CLIENT_SECRET,
    CONSOLE_POLICY,
    DEFAULT_POLICY,
    EVE,
    EVERYONE,
    NEW,
    RESISTANT,
    SERVICE,
    SESSION_POLICY,
    access_rule,
    client,
    ordinary,
    policy,
    session_rule,
)  # fmt: skip
from tests.collectors.rest_world import WAYS, Place, World, told
from tests.https_server import Asked, Said, Server

CHECKS = discover([checks.idp, checks.okta], Check)


@pytest.fixture(scope="module")
def world(running: Server) -> World:
    """The ordinary organization, as it is seen and judged."""
    found = place(running, ordinary()).world(CHECKS)
    asked_of_engine = list(running.asked)
    assert {each.verb for each in asked_of_engine} == {"GET"}
    assert not [gap for unit in found.units.values() for gap in unit.unit.gaps]
    return found


def seen(world: World, name: str) -> dict[str, dict[str, Any]]:
    (kind,) = told(world.units[f"okta.{name}"]).values()
    return kind


def test_users(world: World) -> None:
    found = seen(world, "users.users")
    states = {name: (each["enabled"], each["service"], each["synchronised_from"]) for name, each in found.items()}
    assert states == {
        ADA: (True, False, ""), BOB: (False, False, "ad.example.org"), EVE: (True, False, ""), NEW: (True, False, ""),
        SERVICE: (True, True, ""),
    }  # fmt: skip
    assert found[NEW]["invited"] == datetime(2026, 11, 21, tzinfo=UTC)
    assert (found[ADA]["invited"], found[BOB]["last_sign_in"], found[BOB]["password_changed"]) == (None, None, None)
    assert (found[ADA]["name"], found[ADA]["email"]) == ("Ada Example", "ada@example.org")


def test_factors(world: World) -> None:
    found = seen(world, "factors.factors")
    assert [each.name for each in found[ADA]["factors"]] == ["push", "webauthn"]
    assert (found[EVE]["enrolled"], found[NEW]["enrolled"]) == (True, False)
    assert found[BOB]["enrolled"] == "? nobody can sign in to this account, and its factors were not asked for"
    assert missing_fields(found[SERVICE]["factors"][0]) == {"method": "Okta's word hologram is not known here"}


def test_groups_and_roles(world: World) -> None:
    assert seen(world, "groups.groups")[ADMINS]["members"] == (ADA,)
    roles = {
        name: (each["role"], each["privileged"], each["scope"]) for name, each in seen(world, "groups.roles").items()
    }
    assert roles == {
        f"{ADMINS}/gra1": ("SUPER_ADMIN", True, ""), f"{EVE}/ra1": ("SUPER_ADMIN", True, ""),
        f"{ADA}/ra2": ("READ_ONLY_ADMIN", False, ""), f"{BOB}/ra3": ("APP_ADMIN", False, "its targets"),
        f"{BOB}/ra4": ("Help at night", False, "its targets"),
        "0oa3/JBC1": ("SUPER_ADMIN", True, ""),
        f"{BOB}/ra5": ("DEMIGOD", "? Okta's role DEMIGOD is not known here", "? Okta's role DEMIGOD is not known here"),
    }  # fmt: skip


def test_applications(world: World) -> None:
    found = seen(world, "applications.applications")
    catalogue = "? Okta does not tell who made an application out of its catalogue, or one of another kind"
    assert {name: (each["enabled"], each["foreign"]) for name, each in found.items()} == {
        "saasure": (True, True), "0oa2": (True, catalogue), "0oa3": (True, False), "0oa4": (False, False),
    }  # fmt: skip
    assert (found["saasure"]["credentials"], found["0oa2"]["credentials"]) == ((), ())
    keys = [(each.id, each.method, each.created.year, each.expires) for each in found["0oa3"]["credentials"]]
    assert keys == [("pks1", "key", 2024, None), ("pks2", "key", 2026, None)]
    (secret,) = found["0oa4"]["credentials"]
    assert (secret.method, secret.expires) == ("secret", None)
    assert "is not asked" in missing_fields(secret)["created"]
    assert seen(world, "groups.roles")["0oa3/JBC1"]["principal_kind"] == "application"


def test_the_secret_of_an_application_is_nowhere(world: World) -> None:
    bodies = [body for unit in world.units.values() for body in unit.bodies.values()]
    assert any(b"client-0oa3" in body for body in bodies)
    assert not any(CLIENT_SECRET.encode() in body for body in bodies)


APPLICATIONS: list[tuple[dict[str, Any], str, Any]] = [
    (client("x", "X", "tls_client_auth"), "credentials", "? tls_client_auth is not known here as how an application proves itself"),
    (client("x", "X", "private_key_jwt", settings={"jwks_uri": "https://x.example.org/keys"}), "credentials",
     "? its keys are kept at an address of its own, and not at Okta"),
    (client("x", "X", "private_key_jwt"), "credentials",
     "? GET /api/v1/apps/{app}/credentials/jwks is answered with status 404 (E0000007: Not found: /api/v1/apps/x/credentials/jwks)"),
    (client("x", "X", "none", status="PAUSED"), "enabled", "? PAUSED is not known here as a status"),
    (client("x", "X", "none", status="DELETED"), "enabled", False),
]  # fmt: skip


@pytest.mark.parametrize(("entry", "name", "expected"), APPLICATIONS)
def test_what_is_odd_about_an_application(acme: Place, entry: dict[str, Any], name: str, expected: Any) -> None:
    acme.shows.answers["/api/v1/apps"] = [entry]
    assert told(acme.unit("applications.applications"))["idp_application"]["x"][name] == expected


def test_policies(world: World) -> None:
    (password,) = seen(world, "policies.passwords").values()
    assert (password["minimum_length"], password["history"], password["wrong_guesses"], password["locked_seconds"]) == (
        14, 6, 5, 900,
    )  # fmt: skip
    sessions = {
        name: (each["longest_minutes"], each["idle_minutes"]) for name, each in seen(world, "policies.sessions").items()
    }
    assert sessions == {f"{SESSION_POLICY}/rul1": (720, 120), "admin-console": (720, 15)}


def test_tokens_and_grants(world: World) -> None:
    found = seen(world, "tokens.tokens")
    assert {name: each["network_bound"] for name, each in found.items()} == {"00T1": True, "00T2": False}
    assert found["00T1"]["last_used"] == datetime(2026, 11, 20, tzinfo=UTC)
    (grant,) = seen(world, "tokens.grants").values()
    assert (grant["application_name"], grant["rights"]) == ("Provisioner", ("okta.groups.read", "okta.users.manage"))


def test_the_organization(world: World) -> None:
    (log,) = seen(world, "organization.log").values()
    assert (log["exported_to"], log["newest"]) == (("SIEM",), datetime(2026, 11, 23, 11, 59, tzinfo=UTC))
    (found,) = seen(world, "organization.organization").values()
    assert (found["threat_insight"], found["blocklists"], found["support_access"]) == (
        "block",
        ("BlockedIpZone",),
        False,
    )
    methods = {name: each["enabled"] for name, each in seen(world, "authenticators.authenticators").items()}
    assert methods == {"aut2/webauthn": True, "aut3/sms": False, "aut3/voice": False, "aut4/email": False}


def test_verdicts(world: World) -> None:
    statuses = world.statuses(world.evidence)
    assert {check for (check, _, _), status in statuses.items() if status is Status.FAIL} >= FAILING
    assert (
        statuses["okta.admin_console.console_demands_what_cannot_be_phished", "okta/acme", "okta/acme"] is Status.PASS
    )
    assert statuses["idp.roles.administrators_are_few", "okta/acme", "okta/acme"] is Status.UNKNOWN  # a new role


FAILING = {
    "idp.api_tokens.token_has_no_privileged_role", "idp.api_tokens.token_is_bound_to_networks",
    "idp.api_tokens.token_is_replaced", "idp.applications.high_rights_are_approved",
    "idp.factors.administrator_cannot_be_phished", "idp.factors.second_factor_is_set_up",
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_what_is_refused_makes_verdicts_unknown_and_nothing_else(world: World, way: str) -> None:
    wrong = [complaint for operation in world.operations for complaint in world.complaints(operation, way)]
    assert not wrong, "\n".join(wrong)


def test_a_later_page_that_is_refused_is_no_end(world: World) -> None:
    wrong = [complaint for operation in world.operations for complaint in world.complaints(operation, "403", page=2)]
    assert not wrong, "\n".join(wrong)


def test_what_is_called_is_what_is_declared(world: World, acme: Place) -> None:
    acme.shows.answers["/.well-known/okta-organization"] = {"pipeline": "v1"}
    classic = acme.world()
    assert world.asked | classic.asked == set(world.operations)
    declared = [read for each in COLLECTORS.values() for read in each.permissions]
    printed = least_privilege(declared)
    assert all(operation in printed for operation in world.operations)
    assert all(scope in printed and scope.endswith(".read") for scope in scopes(declared))


def test_a_person_can_look_as_well(world: World) -> None:
    unit = world.units["okta.factors.factors"].unit
    said = [equivalent(unit, each) for each in unit.exchanges if ADA in each.parameters.values()]
    assert f"/api/v1/users/{ADA}/factors" in said[0]


def changed(acme: Place, name: str, **answers: Any) -> Collected:
    acme.shows.answers |= {path.replace("__", "/"): answer for path, answer in answers.items()}
    return acme.unit(name)


def rules(acme: Place, path: str, *found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    acme.shows.answers[f"/api/v1/policies/{path}/rules"] = list(found)
    return told(acme.unit("sign_in.sign_in"))["idp_sign_in_policy"]


def test_what_the_session_demands_already_is_demanded(acme: Place) -> None:
    weak = access_rule("weak", mode="1FA")
    assert rules(acme, DEFAULT_POLICY, weak)[f"{DEFAULT_POLICY}/weak"]["second_factor"] is False
    acme.shows.answers[f"/api/v1/policies/{SESSION_POLICY}/rules"] = [session_rule("rul1", requireFactor=True)]
    assert rules(acme, DEFAULT_POLICY, weak)[f"{DEFAULT_POLICY}/weak"]["second_factor"] is True
    chain = access_rule("chain")
    chain["actions"]["appSignOn"]["verificationMethod"] = {"type": "AUTH_METHOD_CHAIN", "chains": []}
    found = rules(acme, DEFAULT_POLICY, chain)[f"{DEFAULT_POLICY}/chain"]
    assert found["second_factor"] is True
    assert found["phishing_resistant"] == "? what rules of the type AUTH_METHOD_CHAIN demand is not known here"


def test_a_session_without_rules_demands_nothing(acme: Place) -> None:
    acme.shows.answers["/api/v1/policies?type=OKTA_SIGN_ON"] = []
    found = rules(acme, DEFAULT_POLICY, access_rule("weak", mode="1FA"))
    assert found[f"{DEFAULT_POLICY}/weak"]["second_factor"] is False


RULES: list[tuple[dict[str, Any], str, Any]] = [
    (access_rule("r", mode="1FA", constraints=[{"possession": {"userVerification": "REQUIRED"}}]), "second_factor", True),
    (access_rule("r", mode="1FA", constraints=[RESISTANT[1], {"knowledge": {"types": ["password"]}}]), "second_factor", False),
    (access_rule("r", mode="3FA"), "second_factor", "? 3FA is not known here as a number of factors"),
    (access_rule("r", constraints=[RESISTANT[0], {"knowledge": {}}]), "phishing_resistant", False),
    (access_rule("r", constraints=[{"possession": {"phishingResistant": "OPTIONAL"}}]), "phishing_resistant", False),
    (access_rule("r", access="MAYBE"), "admits", "? MAYBE is not known here as what a rule does"),
    (access_rule("r"), "everybody", True),
    ({**access_rule("r"), "conditions": {"people": {"users": {"include": [ADA]}}}}, "everybody", False),
    ({**access_rule("r"), "conditions": {"people": {"groups": {"include": [ADMINS]}, "users": None}}}, "everybody", False),
    ({**access_rule("r"), "conditions": {"userType": {"include": ["t"], "exclude": []}}}, "everybody", False),
    ({**access_rule("r"), "conditions": {"people": {"users": {"exclude": [EVE]}, "groups": {"exclude": [ADMINS]}}}},
     "exceptions", (ADMINS, EVE)),
    ({**access_rule("r"), "conditions": {"device": {"managed": True, "registered": True}}}, "managed_device", True),
    ({**access_rule("r"), "conditions": {"device": {"registered": True}}}, "managed_device", False),
    ({**access_rule("r"), "conditions": {"device": None}}, "managed_device", False),
    ({**access_rule("r"), "conditions": {"people": "everybody"}}, "everybody", "? people of conditions of an entry of GET /api/v1/policies/{policy}/rules is a text"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "name", "expected"), RULES)
def test_what_a_rule_demands(acme: Place, rule: dict[str, Any], name: str, expected: Any) -> None:
    assert rules(acme, DEFAULT_POLICY, rule)[f"{DEFAULT_POLICY}/r"][name] == expected


def test_without_the_console_nobody_knows_which_policy_is_for_administrators(acme: Place) -> None:
    acme.shows.answers['/api/v1/apps?filter=name eq "saasure"'] = []
    found = rules(acme, CONSOLE_POLICY, access_rule("r"))[f"{CONSOLE_POLICY}/r"]
    assert (
        found["administrators"] == "? the console of administrators is not among the applications that are shown to us"
    )


def test_policies_that_are_off_do_not_count(acme: Place) -> None:
    acme.shows.answers["/api/v1/policies?type=ACCESS_POLICY"] = [
        policy(DEFAULT_POLICY, "ACCESS_POLICY"), policy("rst9", "ACCESS_POLICY", status="INACTIVE"),
    ]  # fmt: skip
    found = rules(acme, DEFAULT_POLICY, access_rule("on"), {**access_rule("off"), "status": "INACTIVE"})
    assert list(found) == [f"{DEFAULT_POLICY}/on"]


ANYTHING = {
    "people": {"users": {"include": [], "exclude": []}, "groups": None}, "network": {"connection": "ANYWHERE"},
    "riskScore": {"level": "ANY"}, "userType": {"include": [], "exclude": []}, "elCondition": None,
}  # fmt: skip


@pytest.mark.parametrize(("conditions", "priority", "reached"), [
    (ANYTHING, 1, False),
    (None, 1, False),
    (..., 1, False),
    (ANYTHING, None, True),
    ({"people": {"groups": {"include": [ADMINS]}}}, 1, True),
    ({"people": {"users": {"exclude": [EVE]}}}, 1, True),
    ({"network": {"connection": "ZONE", "include": ["z1"]}}, 1, True),
    ({"elCondition": {"condition": "user.isMemberOf('x')"}}, 1, True),
    ({"riskScore": {"level": "LOW"}}, 1, True),
    ({"device": {"managed": True}}, 1, True),
    ({"platform": {"include": [{"type": "MOBILE", "os": {"type": "ANY"}}]}}, 1, True),
    ({"people": {"users": "everybody"}}, 1, True),
])  # fmt: skip
def test_behind_a_rule_that_fits_always_none_is_reached(
    acme: Place, conditions: Any, priority: int | None, *, reached: bool
) -> None:
    strict = {**access_rule("strict", RESISTANT), "conditions": conditions, "priority": priority}
    if conditions is ...:
        del strict["conditions"]
    found = rules(acme, DEFAULT_POLICY, access_rule("catch-all", mode="1FA"), strict)
    assert (f"{DEFAULT_POLICY}/catch-all" in found) is reached
    assert f"{DEFAULT_POLICY}/strict" in found


def test_a_session_that_nobody_gets_is_none(acme: Place) -> None:
    long = session_rule("rul2", session={"maxSessionLifetimeMinutes": 0})
    acme.shows.answers[f"/api/v1/policies/{SESSION_POLICY}/rules"] = [{**long, "priority": 2}, session_rule("rul1")]
    found = told(acme.unit("policies.sessions"))["idp_session_policy"]
    assert set(found) == {f"{SESSION_POLICY}/rul1", "admin-console"}


@pytest.mark.parametrize(("given_to", "place", "conditions", "reached"), [
    ({"groups": {"include": ["00gEVERY"]}}, 1, None, False),
    ({"groups": {"include": ["00gEVERY"]}}, None, None, True),
    ({"groups": {"include": ["00gEVERY"]}}, 1, {"network": {"connection": "ZONE", "include": ["z1"]}}, True),
    ({"groups": {"include": [ADMINS]}}, 1, None, True),
    ({"groups": "everybody"}, 1, None, True),
])  # fmt: skip
def test_behind_a_policy_that_holds_everybody_none_is_reached(
    acme: Place, given_to: Any, place: int | None, conditions: Any, *, reached: bool
) -> None:
    everybody = {"id": "00gEVERY", "profile": {"name": "Everyone"}, "type": "BUILT_IN"}
    acme.shows.answers['/api/v1/groups?filter=type eq "BUILT_IN"'] = [everybody]
    acme.shows.answers["/api/v1/policies?type=OKTA_SIGN_ON"] = [
        policy(SESSION_POLICY, "OKTA_SIGN_ON", priority=2),
        policy("pol9", "OKTA_SIGN_ON", system=False, priority=place, conditions={"people": given_to}),
    ]
    acme.shows.answers["/api/v1/policies/pol9/rules"] = [{**session_rule("rul9"), "conditions": conditions}]
    found = told(acme.unit("policies.sessions"))["idp_session_policy"]
    assert "pol9/rul9" in found
    assert (f"{SESSION_POLICY}/rul1" in found) is reached


def test_what_people_need_to_change_their_factors_is_no_sign_in(acme: Place) -> None:
    acme.shows.answers["/api/v1/policies?type=ACCESS_POLICY"] = [
        policy(DEFAULT_POLICY, "ACCESS_POLICY", _embedded={"resourceType": "APP"}),
        policy("rst9", "ACCESS_POLICY", _embedded={"resourceType": "END_USER_ACCOUNT_MANAGEMENT"}),
    ]  # fmt: skip
    acme.shows.answers["/api/v1/policies/rst9/rules"] = [access_rule("change", mode="1FA")]
    assert list(rules(acme, DEFAULT_POLICY, access_rule("in"))) == [f"{DEFAULT_POLICY}/in"]


def test_the_classic_engine(acme: Place) -> None:
    acme.shows.answers["/.well-known/okta-organization"] = {"pipeline": "v1"}
    found = told(acme.unit("sign_in.sign_in"))["idp_sign_in_policy"]
    assert {name: (each["admits"], each["second_factor"]) for name, each in found.items()} == {
        f"{SESSION_POLICY}/rul1": (True, False), f"{SESSION_POLICY}/rul0": (False, False),
    }  # fmt: skip
    methods = told(acme.unit("authenticators.authenticators"))["idp_sign_in_method"]
    assert {name: each["enabled"] for name, each in methods.items()} == {
        "okta_sms": True,
        "okta_otp": False,
        "other": True,
    }
    assert methods["other"]["method"] == "? Okta's word hologram is not known here"


@pytest.mark.parametrize(("given_to", "shown", "expected"), [
    ([EVERYONE], True, True), ([ADMINS, EVERYONE], True, True), ([ADMINS], True, False), (None, False, False),
    ([ADMINS], False, "? the group of everybody is not among those that are shown to us"),
])  # fmt: skip
def test_a_policy_for_the_group_of_everybody_is_for_all(acme: Place, given_to: Any, shown: bool, expected: Any) -> None:
    acme.shows.answers["/.well-known/okta-organization"] = {"pipeline": "v1"}
    conditions = {"people": {"groups": {"include": given_to}}}
    acme.shows.answers["/api/v1/policies?type=OKTA_SIGN_ON"] = [
        policy(SESSION_POLICY, "OKTA_SIGN_ON", system=False, conditions=conditions)
    ]
    if not shown:
        acme.shows.answers['/api/v1/groups?filter=type eq "BUILT_IN"'] = []
    for unit, kind in (("sign_in.sign_in", "idp_sign_in_policy"), ("policies.sessions", "idp_session_policy")):
        found = told(acme.unit(unit))[kind][f"{SESSION_POLICY}/rul1"]
        assert (found["everybody"], found["administrators"]) == (expected, expected)


def test_an_engine_that_is_not_known_is_a_gap(acme: Place) -> None:
    unit = changed(acme, "sign_in.sign_in", **{"/.well-known/okta-organization": {"pipeline": "v9"}})
    assert [gap.reason for gap in unit.unit.gaps] == [
        "the organization says that it runs on 'v9', which is not known here"
    ]


USERS: list[tuple[dict[str, Any], str, Any]] = [
    ({"status": "DREAMING"}, "enabled", "? the state DREAMING of an account is not known here"),
    ({"lastLogin": "yesterday"}, "last_sign_in", "? lastLogin of an entry of GET /api/v1/users is no time"),
    ({"profile": {"login": "a@b", "displayName": "A", "email": None}}, "email", "? email of profile of an entry of GET /api/v1/users is null"),
    ({"profile": {"login": "a@b", "displayName": "A B"}}, "name", "A B"),
    ({"profile": {"login": "a@b", "firstName": "A", "lastName": None}}, "name", "A"),
    ({"status": "DEPROVISIONED"}, "enabled", False),
]  # fmt: skip


@pytest.mark.parametrize(("change", "name", "expected"), USERS)
def test_what_is_odd_about_an_account(acme: Place, change: dict[str, Any], name: str, expected: Any) -> None:
    acme.shows.answers["/api/v1/users"] = [ANSWERS["/api/v1/users"][0] | change]
    assert told(acme.unit("users.users"))["idp_user"][ADA][name] == expected


def test_who_appears_on_two_pages_is_one(acme: Place) -> None:
    acme.shows.answers["/api/v1/users"] = [*ANSWERS["/api/v1/users"][:2], *ANSWERS["/api/v1/users"][1:2]]
    assert list(told(acme.unit("users.users"))["idp_user"]) == [ADA, BOB]


@pytest.mark.parametrize(("name", "questions", "things"), [
    ("factors.factors", 4, 5), ("groups.groups", 2, 2), ("groups.roles", 3 + 2 + 1, 7), ("tokens.grants", 3, 1),
    ("applications.applications", 4, 4),
])  # fmt: skip
def test_whoever_waits_hears_how_many_questions_there_are(acme: Place, name: str, questions: int, things: int) -> None:
    heard: list[int] = []

    def look() -> Collected:
        tell_of_answers(lambda: None, heard.append)
        return acme.unit(name)

    (found,) = told(copy_context().run(look)).values()
    assert set(heard) == {questions}
    assert len(found) == things


@pytest.mark.parametrize(("name", "path", "gap"), [
    ("policies.passwords", "/api/v1/policies?type=PASSWORD", "PAUSED is not known here as a status"),
    ("sign_in.sign_in", f"/api/v1/policies/{DEFAULT_POLICY}/rules", "PAUSED is not known here as a status"),
    ("groups.roles", f"/api/v1/users/{EVE}/roles", "PAUSED is not known here as a status"),
    ("tokens.grants", "/api/v1/apps/0oa3/grants", "PAUSED is not known here as a status"),
])  # fmt: skip
def test_a_status_that_nobody_knows_does_not_count_as_off(acme: Place, name: str, path: str, gap: str) -> None:
    acme.shows.answers[path][0]["status"] = "PAUSED"
    assert [each.reason for each in acme.unit(name).unit.gaps] == [gap]


@pytest.mark.parametrize(("name", "path", "field"), [
    ("factors.factors", f"/api/v1/users/{ADA}/factors", "enrolled"), ("organization.log", "/api/v1/logStreams", "exported_to"),
    ("authenticators.authenticators", "/api/v1/authenticators/aut2/methods", "enabled"),
    ("organization.organization", "/api/v1/zones", "blocklists"),
])  # fmt: skip
def test_a_status_that_nobody_knows_hides_what_hangs_on_it(acme: Place, name: str, path: str, field: str) -> None:
    acme.shows.answers[path][0] |= {"status": "PAUSED"} | ({"usage": "BLOCKLIST"} if path.endswith("zones") else {})
    (found,) = told(acme.unit(name)).values()
    assert "? PAUSED is not known here as a status" in [each[field] for each in found.values()]


def test_an_account_in_a_state_that_nobody_knows_is_not_asked_for_its_factors(acme: Place) -> None:
    acme.shows.answers["/api/v1/users"][0]["status"] = "DREAMING"
    found = told(acme.unit("factors.factors"))["idp_factors"][ADA]
    assert found["enrolled"] == "? the state DREAMING of an account is not known here"


def test_roles_that_are_hidden_of_one_hide_nobody_elses(acme: Place) -> None:
    acme.shows.refused[f"/api/v1/users/{ADA}/roles"] = Said({"errorCode": "E0000007", "errorSummary": "gone"}, 404)
    unit = acme.unit("groups.roles")
    assert {f"{EVE}/ra1", f"{ADMINS}/gra1"} <= set(told(unit)["idp_role_assignment"])
    assert [gap.reason for gap in unit.unit.gaps] == [
        "GET /api/v1/users/{user}/roles is answered with status 404 (E0000007: gone)"
    ]


def test_grants_that_are_hidden_of_one_application_hide_no_others(acme: Place) -> None:
    acme.shows.refused["/api/v1/apps/saasure/grants"] = Said({"errorCode": "E0000006", "errorSummary": "no"}, 403)
    unit = acme.unit("tokens.grants")
    assert list(told(unit)["idp_grant"]) == ["0oa3"]
    assert len(unit.unit.gaps) == 1


def test_factors_that_are_hidden_of_one_account_hide_nobody_elses(acme: Place) -> None:
    acme.shows.refused[f"/api/v1/users/{EVE}/factors"] = Said({"errorCode": "E0000006", "errorSummary": "no"}, 403)
    unit = acme.unit("factors.factors")
    found = told(unit)["idp_factors"]
    assert found[EVE]["enrolled"] == "? GET /api/v1/users/{user}/factors is answered with status 403 (E0000006: no)"
    assert found[ADA]["enrolled"] is True
    assert not unit.unit.gaps


@pytest.mark.parametrize(("network", "bound"), [
    (None, "? network of an entry of GET /api/v1/api-tokens is null"), ({"connection": "ZONE", "include": None}, False), ({"connection": "ZONE", "exclude": ["z"]}, False),
    ({"connection": "MOON"}, "? MOON is not known here as where a token is accepted"),
])  # fmt: skip
def test_where_tokens_are_accepted(acme: Place, network: Any, bound: Any) -> None:
    acme.shows.answers["/api/v1/api-tokens"] = [ANSWERS["/api/v1/api-tokens"][0] | {"network": network}]
    assert told(acme.unit("tokens.tokens"))["idp_api_token"]["00T1"]["network_bound"] == bound


@pytest.mark.parametrize(("zone", "expected"), [
    ({"type": "IP", "gateways": None, "proxies": None}, ()),  # as each organization has it from the start
    ({"type": "IP", "gateways": [], "proxies": [{"type": "CIDR", "value": "198.51.100.0/24"}]}, ("Z",)),
    ({"type": "IP"}, "? an entry of GET /api/v1/zones has no gateways in the answer"),
    ({"type": "DYNAMIC_V2", "ipServiceCategories": {"include": ["ALL_ANONYMIZERS"]}}, ("Z",)),
])  # fmt: skip
def test_a_blocklist_of_nobody_is_none(acme: Place, zone: dict[str, Any], expected: Any) -> None:
    acme.shows.answers["/api/v1/zones"] = [{"id": "z", "name": "Z", "usage": "BLOCKLIST", "status": "ACTIVE", **zone}]
    (found,) = told(acme.unit("organization.organization"))["okta_organization"].values()
    assert found["blocklists"] == expected


def test_settings_that_are_odd_are_unknown(acme: Place) -> None:
    acme.shows.answers |= {
        "/api/v1/threats/configuration": {"action": "ponder"}, "/api/v1/org/privacy/oktaSupport": {"support": "MAYBE"},
        "/api/v1/logs": [],
    }  # fmt: skip
    (found,) = told(acme.unit("organization.organization"))["okta_organization"].values()
    assert found["threat_insight"] == "? ponder is not known here as what ThreatInsight does"
    assert found["support_access"] == "? MAYBE is not known here as a state of access for support"
    assert told(acme.unit("organization.log"))["idp_audit_log"]["system-log"]["newest"] is None


@pytest.mark.parametrize(
    "onward", [{"href": 1}, "next", {"href": "https://thief.example.org/api/v1/iam/assignees/users"}]
)
def test_pages_of_roles_that_lead_astray_are_a_gap(acme: Place, onward: Any) -> None:
    real = acme.server.answer
    page = {"value": [{"id": ADA}], "_links": {"next": onward}}
    acme.server.answer = lambda asked: Said(page) if asked.path.endswith("assignees/users") else real(asked)
    assert len(acme.unit("groups.roles").unit.gaps) == 1


def test_a_link_header_serves_as_well(acme: Place) -> None:
    real = acme.server.answer

    def answer(asked: Asked) -> Said:
        if not asked.path.endswith("assignees/users"):
            return real(asked)
        if "after" in asked.query:
            return Said({"value": [{"id": EVE}]})
        return Said({"value": [{"id": ADA}]}, headers={"Link": f'<{asked.path}?after=1>; rel="next"'})

    acme.server.answer = answer
    assert not acme.unit("groups.roles").unit.gaps


@pytest.mark.parametrize("way", [
    {}, {"client_id": "0oa1"}, {"client_id": "0oa1", "private_key": {"env": "K"}, "token": {"env": "T"}},
    {"private_key": {"env": "K"}},
])  # fmt: skip
def test_there_is_one_way_in(way: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="give either client_id and private_key, or token"):
        Settings(name="a", url="https://a.okta.com", **way)
