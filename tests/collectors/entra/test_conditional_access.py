"""The truth table of policies of Conditional Access: what narrows one, what it demands, and what nobody knows."""

from __future__ import annotations

from typing import Any

import pytest

from collectors.entra.conditional_access import LEGACY, MODERN, Policy
from collectors.entra.source import Entra
from collectors.rest_answers import Fields, RestError
from core.resources.idp import SessionPolicy
from tests.collectors.entra.conftest import Office
from tests.collectors.rest_world import told
from tests.entra_server import conditional, strength

ADMINISTRATORS = [
    "62e90394-69f5-4237-9190-012177145e10", "e8611ab8-c189-46e8-94e1-60213ab1f814",
    "7be44c8a-adaf-4e2a-84d6-ab2649e08a13",
]  # fmt: skip
STRENGTHS = {
    each["id"]: Fields(each, "a strength")
    for each in (
        strength("resistant", "fido2", "windowsHelloForBusiness", "x509CertificateMultiFactor"),
        strength("passwordless", "fido2", "deviceBasedPush"),
        strength("mfa", "password,microsoftAuthenticatorPush"),
        strength("single", "password", satisfies="none"),
        strength("new", "fido2", "telepathy", satisfies="telepathy"),
    )
}


def policy(*controls: str, **more: Any) -> Policy:
    return Policy(Fields(conditional("p", *controls, **more), "a policy"), lambda: STRENGTHS, lambda place: place)


def said(found: Policy, name: str) -> Any:
    try:
        return getattr(found, name)
    except RestError as error:
        return f"? {error}"


UNKNOWN = "? a policy demands a control that is not known here"


def demanding(operator: str, *controls: str, **grant: Any) -> Policy:
    return policy(*controls, grant={"operator": operator, **grant})


def named(name: str) -> dict[str, Any]:
    return {"authenticationStrength": {"id": name, "displayName": name}}


DEMANDS: list[tuple[Any, ...]] = [
    # second factor, phishing resistant, managed device
    (demanding("OR", "mfa"), True, False, False),
    (demanding("OR", "mfa", "compliantDevice"), False, False, False),
    (demanding("AND", "mfa", "compliantDevice"), True, False, True),
    (demanding("OR", "compliantDevice", "domainJoinedDevice"), False, False, True),
    (demanding("OR", "mfa", termsOfUse=["t"]), False, False, False),
    (demanding("AND", "mfa", termsOfUse=["t"]), True, False, False),
    (demanding("OR", "mfa", customAuthenticationFactors=["duo"]), UNKNOWN, False, False),
    (demanding("AND", "mfa", customAuthenticationFactors=["duo"]), True, UNKNOWN, False),
    (demanding("OR", "mfa", "unknownFutureValue"), UNKNOWN, False, False),
    (demanding("AND", "mfa", "unknownFutureValue"), True, UNKNOWN, UNKNOWN),
    (demanding("XOR", "mfa", "compliantDevice"), *["? XOR is not known here as what joins the controls of a policy"] * 3),
    (demanding("OR", "approvedApplication"), False, False, False),
    (demanding("AND", "passwordChange", "mfa"), True, False, False),
    (demanding("OR"), False, False, False),
    (Policy(Fields({**conditional("p"), "grantControls": None}, "a policy"), dict, str), False, False, False),
    (demanding("OR", **named("resistant")), True, True, False),
    (demanding("OR", "mfa", **named("resistant")), True, False, False),
    (demanding("AND", "compliantDevice", **named("resistant")), True, True, True),
    (demanding("OR", **named("passwordless")), True, False, False),
    (demanding("OR", **named("mfa")), True, False, False),
    (demanding("OR", **named("single")), False, False, False),
    (demanding("OR", **named("new")), "? telepathy is not known here as what an authentication strength satisfies",
     "? telepathy is not known here as a way to sign in", False),
    (demanding("OR", **named("gone")), *["? the authentication strength that a policy demands is not shown to us"] * 2, False),
    (demanding("AND", "mfa", "compliantDevice", **named("gone")), True,
     "? the authentication strength that a policy demands is not shown to us", True),
    (demanding("OR", authenticationStrength=strength("inline", "fido2")), True, True, False),
]  # fmt: skip


@pytest.mark.parametrize("row", DEMANDS, ids=[str(number) for number in range(len(DEMANDS))])
def test_what_a_policy_demands(row: tuple[Any, ...]) -> None:
    found, *wanted = row
    assert [said(found, name) for name in ("second_factor", "phishing_resistant", "managed_device")] == wanted


def people(**users: Any) -> Policy:
    return policy("mfa", conditions={"users": {**conditional("p")["conditions"]["users"], "includeUsers": [], **users}})


PEOPLE: list[tuple[Any, ...]] = [
    (people(includeUsers=["All"]), True, True, ()),
    (people(includeUsers=["All"], excludeUsers=["u"], excludeGroups=["g"], excludeRoles=["r"]), True, True, ("g", "r", "u")),
    (people(includeUsers=["All"], excludeUsers=["GuestsOrExternalUsers"]), True, True, ("GuestsOrExternalUsers",)),
    (people(includeUsers=["All"], excludeGuestsOrExternalUsers={"guestOrExternalUserTypes": "b2bCollaborationGuest"}),
     True, True, ("GuestsOrExternalUsers: b2bCollaborationGuest",)),
    (people(includeUsers=["All"], excludeGuestsOrExternalUsers={"guestOrExternalUserTypes": "b2bCollaborationGuest", "externalTenants": {
        "@odata.type": "#microsoft.graph.conditionalAccessAllExternalTenants", "membershipKind": "all"}}),
     True, True, ("GuestsOrExternalUsers: b2bCollaborationGuest",)),
    (people(includeUsers=["All"], excludeGuestsOrExternalUsers={"guestOrExternalUserTypes": "b2bCollaborationGuest", "externalTenants": {
        "@odata.type": "#microsoft.graph.conditionalAccessEnumeratedExternalTenants", "membershipKind": "enumerated", "members": ["t"]}}),
     True, True, ("GuestsOrExternalUsers: b2bCollaborationGuest from some tenants",)),
    (people(includeUsers=["All"], excludeAgents=[]), True, True, ()),
    (people(includeUsers=["All"], excludeAgents=["a"]), *["? the condition excludeAgents of a policy is not known here"] * 3),
    (people(includeUsers=["u"], includeGroups=["g"]), False, False, ()),
    (people(includeUsers=["None"]), False, False, ()),
    (people(includeRoles=ADMINISTRATORS), False, True, ()),
    (people(includeRoles=ADMINISTRATORS[:2]), False, False, ()),
    (people(includeUsers=["All"], excludeRoles=ADMINISTRATORS[:1]), True, False, (ADMINISTRATORS[0],)),
    (policy("mfa", conditions={"users": None, "clientApplications": {"includeServicePrincipals": ["ServicePrincipalsInMyTenant"]}}),
     False, False, ()),
]  # fmt: skip


@pytest.mark.parametrize("row", PEOPLE, ids=[str(number) for number in range(len(PEOPLE))])
def test_whom_a_policy_is_for(row: tuple[Any, ...]) -> None:
    found, *wanted = row
    assert [said(found, name) for name in ("everybody", "administrators", "exceptions")] == wanted


def conditions(**found: Any) -> Policy:
    return policy("mfa", conditions=found)


def applications(**found: Any) -> Policy:
    return conditions(applications={**conditional("p")["conditions"]["applications"], **found})


BY_FILTER = {"mode": "exclude", "rule": "device.isCompliant -eq True"}
NARROWED: list[tuple[Any, ...]] = [
    # what it leaves out, what it is limited to
    (conditions(), (), ()),
    (conditions(clientAppTypes=None), (), "? clientAppTypes of conditions of a policy is null"),
    (conditions(clientAppTypes=["browser", "mobileAppsAndDesktopClients"]), (), ("client browser", "client mobileAppsAndDesktopClients")),
    (conditions(clientAppTypes=["fax"]), (), "? fax is not known here as a kind of program"),
    (applications(excludeApplications=["a"]), ("application a",), ()),
    (applications(includeApplications=["Office365"]), (), ("application Office365",)),
    (applications(includeApplications=[], includeUserActions=["urn:user:registerdevice"]), (), ("action urn:user:registerdevice", "application none")),
    (applications(applicationFilter={"mode": "exclude", "rule": "x"}), ("applications by a filter",), ()),
    (applications(applicationFilter={"mode": "include", "rule": "x"}), (), ("applications by a filter",)),
    (conditions(locations={"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]}), ("location AllTrusted",), ()),
    (conditions(locations={"includeLocations": ["l"], "excludeLocations": []}), (), ("location l",)),
    (conditions(platforms={"includePlatforms": ["all"], "excludePlatforms": ["macOS"]}), ("platform macOS",), ()),
    (conditions(platforms={"includePlatforms": ["iOS"], "excludePlatforms": []}), (), ("platform iOS",)),
    (conditions(devices={"deviceFilter": BY_FILTER}), ("devices by a filter",), ()),
    (conditions(devices={"deviceFilter": {**BY_FILTER, "mode": "include"}}), (), ("devices by a filter",)),
    (conditions(devices={"deviceFilter": {**BY_FILTER, "mode": "maybe"}}), *["? maybe is not known here as how a filter works"] * 2),
    (conditions(devices={"includeDeviceStates": ["Compliant"]}), *["? the condition includeDeviceStates of a policy is not known here"] * 2),
    (conditions(signInRiskLevels=["medium", "high"]), (), ("sign-in risk high, medium",)),
    (conditions(insiderRiskLevels="elevated"), (), ("insider risk elevated",)),
    (conditions(authenticationFlows={"transferMethods": "deviceCodeFlow"}), (), ("flow deviceCodeFlow",)),
    (conditions(times={"include": ["nights"]}), *["? the condition times of a policy is not known here"] * 2),
    (conditions(authenticationFlows=None, **{"times@odata.x": 1}), (), ()),
    (conditions(authenticationFlows={"transferMethods": None}), (), ()),
]  # fmt: skip


@pytest.mark.parametrize("row", NARROWED, ids=[str(number) for number in range(len(NARROWED))])
def test_what_narrows_a_policy(row: tuple[Any, ...]) -> None:
    found, left_out, limited_to = row
    assert (said(found, "left_out"), said(found, "limited_to")) == (left_out, limited_to)
    if isinstance(limited_to, tuple):
        bare = not left_out and not limited_to
        assert found.whole({*MODERN, *LEGACY}) is bare
        assert found.whole(MODERN) is (bare or set(limited_to) == {f"client {each}" for each in MODERN})


@pytest.mark.parametrize(("word", "wanted"), [
    ("enabled", "enabled"), ("enabledForReportingButNotEnforced", "report only"), ("disabled", "disabled"),
    ("unknownFutureValue", "? the state unknownFutureValue of a policy is not known here"),
])  # fmt: skip
def test_states(word: str, wanted: str) -> None:
    assert said(policy("mfa", state=word), "state") == wanted


def policies(
    acme: Office, *found: dict[str, Any], name: str = "sign_in.sign_in"
) -> dict[str, dict[str, dict[str, Any]]]:
    acme.shows.answers["/identity/conditionalAccess/policies"] = list(found)
    return told(acme.unit(name))


MODERN_ONLY = {"clientAppTypes": sorted(MODERN)}
NO_LEGACY = conditional("no-legacy", "block", conditions={"clientAppTypes": sorted(LEGACY)})


def test_a_policy_for_modern_programs_is_for_everything_where_others_are_turned_away(acme: Office) -> None:
    mfa = conditional("mfa", "mfa", conditions=MODERN_ONLY)
    assert policies(acme, mfa)["idp_sign_in_policy"]["mfa"]["everything"] is False
    assert policies(acme, mfa, NO_LEGACY)["idp_sign_in_policy"]["mfa"]["everything"] is True
    reporting = {**NO_LEGACY, "state": "enabledForReportingButNotEnforced"}
    assert policies(acme, mfa, reporting)["idp_sign_in_policy"]["mfa"]["everything"] is False
    odd = policies(acme, mfa, {**NO_LEGACY, "state": "unknownFutureValue"})["idp_sign_in_policy"]
    assert odd["mfa"]["everything"] == odd["no-legacy"]["enforced"]


@pytest.mark.parametrize(("clients", "blocks", "expected"), [
    (MODERN_ONLY, [["scanner", "glass"]], ("glass", "scanner")),  # who may use old protocols is left out as well
    (MODERN_ONLY, [["scanner", "glass"], ["glass"]], ("glass",)),
    (MODERN_ONLY, [["glass", "printer"], ["scanner", "glass", "fax"]], ("glass", "printer")),
    (MODERN_ONLY, [], ("glass",)),
    ({}, [["scanner"]], ("glass",)),
])  # fmt: skip
def test_who_may_come_in_by_old_protocols_is_left_out(
    acme: Office, clients: dict[str, Any], blocks: list[list[str]], expected: tuple[str, ...]
) -> None:
    def but(policy: dict[str, Any], *left_out: str, **changes: Any) -> dict[str, Any]:
        users = {**policy["conditions"]["users"], "excludeUsers": [*left_out]}
        return {**policy, "conditions": {**policy["conditions"], "users": users}, **changes}

    stopping = [but(NO_LEGACY, *left_out, id=f"b{number}") for number, left_out in enumerate(blocks)]
    found = policies(acme, but(conditional("mfa", "mfa", conditions=clients), "glass"), *stopping)
    assert found["idp_sign_in_policy"]["mfa"]["exceptions"] == expected


def test_security_defaults_are_a_policy_that_says_when_it_demands(acme: Office) -> None:
    acme.shows.answers["/policies/identitySecurityDefaultsEnforcementPolicy"]["isEnabled"] = True
    found = policies(acme)["idp_sign_in_policy"]["security-defaults"]
    assert (found["enforced"], found["second_factor"], found["stops_legacy"]) == (True, True, True)
    assert "when Entra finds it necessary" in found["name"]


def session(**controls: Any) -> dict[str, Any]:
    frequency = {"isEnabled": True, "type": "hours", "value": 8, "frequencyInterval": "timeBased",
                 "authenticationType": "primaryAndSecondaryAuthentication"}  # fmt: skip
    return conditional("s", session={"signInFrequency": {**frequency, **controls}, "persistentBrowser": None})


def for_administrators(found: dict[str, Any]) -> dict[str, Any]:
    users = {**found["conditions"]["users"], "includeUsers": [], "includeRoles": ADMINISTRATORS}
    return {**found, "id": "admins", "conditions": {**found["conditions"], "users": users}}


SESSIONS: list[tuple[Any, ...]] = [
    ([], 0, 0),
    ([session()], 480, 480),
    ([session(type="days", value=2)], 2880, 2880),
    ([session(type="days", value=2), for_administrators(session())], 2880, 480),
    ([session(isEnabled=False)], 0, 0),
    ([session(frequencyInterval="everyTime", type=None, value=None)], 5, 5),
    ([session(authenticationType="secondaryAuthentication")], 0, 0),
    ([session(authenticationType=None, frequencyInterval=None)], 480, 480),
    ([session(authenticationType=None, frequencyInterval="everyTime")], *["? nothing is not known here as what is asked for again"] * 2),
    ([session(authenticationType="other")], *["? other is not known here as what is asked for again"] * 2),
    ([session(type="weeks")], *["? timeBased in weeks is not known here as how often people sign in"] * 2),
    ([{**session(), "state": "enabledForReportingButNotEnforced"}], 0, 0),
    ([{**session(), "state": "x"}], *["? the state x of a policy is not known here"] * 2),
]  # fmt: skip


@pytest.mark.parametrize("row", SESSIONS, ids=[str(number) for number in range(len(SESSIONS))])
def test_how_long_sessions_last(acme: Office, row: tuple[Any, ...]) -> None:
    found, everybody, administrators = row
    seen = policies(acme, *found, name="sessions.sessions")[SessionPolicy.kind]
    assert (seen["everybody"]["longest_minutes"], seen["administrators"]["longest_minutes"]) == (
        everybody,
        administrators,
    )


@pytest.mark.parametrize(("mode", "wanted"), [
    ("never", False), ("always", True), ("sometimes", "? sometimes is not known here as how long a browser remembers"),
])  # fmt: skip
def test_what_a_browser_remembers(acme: Office, mode: str, wanted: Any) -> None:
    found = conditional("s", session={"persistentBrowser": {"isEnabled": True, "mode": mode}})
    seen = policies(acme, found, name="sessions.sessions")[SessionPolicy.kind]
    assert seen["everybody"]["survives_browser"] == wanted


def test_hints_say_what_to_do(acme: Office) -> None:
    source = acme.source()
    assert isinstance(source, Entra)
    gap = source.explain(RestError("refused", status=403))
    assert gap is not None
    assert "annexa permissions entra" in gap.hint
    assert source.explain(ValueError("a bug")) is None
