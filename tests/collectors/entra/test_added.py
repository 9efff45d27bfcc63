"""What is asked of single accounts, of groups with roles, and of Azure: off, refused, odd, throttled, and not asked yet."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

import collectors.entra
from collectors.entra import least_privilege
from collectors.entra.group_access import JOINED, MAY_JOIN
from collectors.entra.logs import EXPORTS
from collectors.entra.per_user import OFF
from collectors.entra.source import AZURE, Questions
from collectors.rest import CONFIGURED, IN_A_ROW
from core.engine import Collected, collect
from tests.collectors.entra.conftest import COLLECTORS, Office
from tests.collectors.rest_world import clock, told
from tests.entra_server import (
    ACCESS,
    ADA,
    ADMINS,
    BOB,
    EVE,
    GIL,
    SYNC,
    TENANT_ID,
    error,
    exported,
    no_licence,
    place,
    user,
)
from tests.entra_server import EXPORTS as PATH
from tests.https_server import Answer, Said

DENIED = error(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
NO_ROLE = error(403, "AuthorizationFailed", "The client 'x' with object id 'y' does not have authorization.")


def states(unit: Collected) -> dict[str, str]:
    return {name: each["state"] for name, each in told(unit)["entra_per_user_mfa"].items()}


def test_each_account_that_is_not_switched_off_is_asked_about(acme: Office) -> None:
    acme.shows.states = {EVE: "enforced", GIL: "enabled", SYNC: "hovering"}
    acme.shows.answers["/users"].append(user("u-new", "new", accountEnabled=None))
    unit = acme.unit("per_user.per_user_mfa")
    assert states(unit) == {
        ADA: "disabled", EVE: "enforced", GIL: "enabled", "u-new": "disabled",
        SYNC: "? the state hovering of per-user MFA is not known here",
    }  # fmt: skip
    assert {each.verb for each in acme.server.asked} == {"GET"}
    assert not [each for each in acme.server.asked if BOB in each.path]


def test_an_account_that_was_deleted_meanwhile_is_none(acme: Office) -> None:
    path = f"/users/{EVE}/authentication/requirements"
    acme.shows.refused[path] = error(404, "Request_ResourceNotFound", f"Resource '{EVE}' does not exist")
    unit = acme.unit("per_user.per_user_mfa")
    assert set(states(unit)) == {ADA, GIL, SYNC}
    assert not unit.unit.gaps
    acme.shows.refused[path] = error(404, "NotFound", "The beta has no such segment")
    assert acme.unit("per_user.per_user_mfa").unit.gaps


def test_who_is_refused_stops_to_ask(acme: Office) -> None:
    acme.shows.answers["/users"] = [user(f"u{number}", f"u{number}") for number in range(60)]
    acme.shows.most = 60
    real: Answer = acme.shows.answer
    acme.server.answer = lambda asked: DENIED if asked.path.startswith("/beta") else real(asked)
    unit = acme.unit("per_user.per_user_mfa")
    assert not states(unit)
    (gap,) = unit.unit.gaps
    assert "annexa permissions entra" in gap.hint
    assert IN_A_ROW <= len([each for each in acme.server.asked if each.path.startswith("/beta")]) < 60


def test_questions_that_the_configuration_saves_leave_the_states_unobserved(acme: Office) -> None:
    unit = acme.unit("per_user.per_user_mfa", questions=Questions(per_user_mfa=False))
    assert states(unit) == dict.fromkeys((ADA, EVE, GIL, SYNC), f"? {OFF}")
    assert not unit.unit.gaps
    assert not [each for each in acme.server.asked if each.path.startswith("/beta")]


def assignments(unit: Collected) -> dict[str, dict[str, Any]]:
    return told(unit)["idp_role_assignment"]


def test_without_a_licence_nobody_takes_a_place_in_a_group(acme: Office) -> None:
    for name in ("eligibilityScheduleInstances", "assignmentScheduleInstances"):
        acme.shows.refused[ACCESS + name] = no_licence()
    unit = acme.unit("roles.roles")
    assert not unit.unit.gaps
    assert set(assignments(unit)) == {"a1", "a2", "a3", "eligible/e1"}


def test_without_the_right_to_see_who_may_take_a_place_the_rest_is_seen_and_there_may_be_more(acme: Office) -> None:
    acme.shows.refused[f"{ACCESS}eligibilityScheduleInstances"] = DENIED
    unit = acme.unit("roles.roles")
    assert [str(MAY_JOIN) in gap.reason for gap in unit.unit.gaps] == [True]
    assert set(assignments(unit)) == {"a1", "a2", "a3", "eligible/e1"}
    assert [each["principal"] for each in told(unit)["entra_group_term"].values()] == [EVE]


def test_a_place_in_a_group_brings_all_that_the_group_has_and_may_take(acme: Office) -> None:
    eligible = "/roleManagement/directory/roleEligibilityScheduleInstances"
    more = {"memberType": "Direct", "startDateTime": "2025-02-06T16:17:40Z", "endDateTime": None}
    acme.shows.answers[eligible].append({**acme.shows.answers[eligible][0], "id": "e3", "principalId": ADMINS, **more,
                                         "principal": {"@odata.type": "#microsoft.graph.group", "id": ADMINS}})  # fmt: skip
    acme.shows.answers[f"{ACCESS}eligibilityScheduleInstances"] = [place("p9", "g-x", "group", accessId="owner")]
    found = assignments(acme.unit("roles.roles"))
    assert {name: (each["role"], each["principal_kind"]) for name, each in found.items() if "p9" in name} == {
        "eligible/a2/p9": ("Role Giver", "group"), "eligible/e3/p9": ("Global Administrator", "group"),
    }  # fmt: skip


def test_a_role_that_the_beta_does_not_tell_of_is_not_guessed(acme: Office) -> None:
    acme.shows.beta["/roleManagement/directory/roleDefinitions"].pop()
    found = told(acme.unit("roles.defined"))["entra_role"]
    assert found["r-new"]["marked"] == "? the beta of Graph does not tell of this role"


def sent_to(unit: Collected) -> dict[str, Any]:
    return {name: each["exported_to"] for name, each in told(unit)["idp_audit_log"].items()}


def test_where_logs_are_sent(acme: Office) -> None:
    rule = "/subscriptions/s/resourceGroups/r/providers/Microsoft.EventHub/namespaces/Siem/authorizationRules/Send"
    everything = exported("siem", "x", eventHubAuthorizationRuleId=rule, storageAccountId="/y/storageAccounts/Old")
    everything["properties"]["logs"][0].update(category=None, categoryGroup="allLogs")
    off = exported("off", "AuditLogs", workspaceId="/never")
    off["properties"]["logs"][0]["enabled"] = False
    acme.shows.exports = [exported("one", "signinlogs", workspaceId="/w/workspaces/Central"), everything, off]
    unit = acme.unit("logs.logs")
    assert sent_to(unit) == {
        "directoryAudits": ("event hubs siem", "storage account old"),
        "signIns": ("event hubs siem", "storage account old", "workspace central"),
    }
    settings = told(unit)["azure_directory_log"][TENANT_ID]["settings"]
    assert [each.name for each in settings] == ["off", "one", "siem"]
    assert not settings[0].categories
    acme.shows.exports = []
    assert set(sent_to(acme.unit("logs.logs")).values()) == {()}


ELSEWHERE = {"properties": {"logs": None}, "name": "x"}


@pytest.mark.parametrize(("questions", "said", "words"), [
    (Questions(diagnostic_settings=False), None, "see diagnostic_settings of the source"),
    (Questions(diagnostic_settings=True), NO_ROLE, "give the application the role Reader at /providers/microsoft.aadiam"),
    (Questions(diagnostic_settings=True), Said({"value": [ELSEWHERE]}), "is null"),
    (Questions(diagnostic_settings=True), Said({}), "has no list of value"),
    (Questions(diagnostic_settings=True), Said({"value": [], "nextLink": "https://evil.example/x"}), "is not asked"),
])  # fmt: skip
def test_where_nobody_sees_where_logs_are_sent(
    acme: Office, questions: Questions, said: Said | None, words: str
) -> None:
    if said is not None:
        acme.shows.refused[PATH] = said
    unit = acme.unit("logs.logs", questions=questions)
    assert all(words in each for each in sent_to(unit).values())
    assert words in told(unit)["azure_directory_log"][TENANT_ID]["settings"]
    assert not unit.unit.gaps


def older(unit: Collected, *operations: str) -> Collected:
    """The unit as it would have been recorded before these were asked, again."""
    kept = [each for each in unit.unit.exchanges if each.operation not in operations]
    source = collectors.entra.replay(replace(unit.unit, exchanges=tuple(kept)), kept, unit.bodies, clock)
    return collect(COLLECTORS[unit.unit.collector], source, version="0", clock=clock)


def test_what_was_recorded_before_these_questions_can_still_be_replayed(acme: Office) -> None:
    roles = older(acme.unit("roles.roles"), str(MAY_JOIN), str(JOINED))
    assert [gap.reason for gap in roles.unit.gaps] == [f"{MAY_JOIN} was not asked yet when this was recorded"]
    assert set(assignments(roles)) == {"a1", "a2", "a3", "eligible/e1"}
    logs = older(acme.unit("logs.logs"), str(EXPORTS), CONFIGURED)
    assert all("is not asked for" in each for each in sent_to(logs).values())
    assert not logs.unit.gaps


def test_the_role_of_azure_is_printed_apart_from_the_permissions_of_graph() -> None:
    printed = least_privilege(read for each in COLLECTORS.values() for read in each.permissions)
    assert "\n# az role assignment create --role Reader --scope /providers/microsoft.aadiam \\\n" in printed
    assert "\nPrivilegedEligibilitySchedule.Read.AzureADGroup\n" in printed
    assert EXPORTS.needs not in [line for line in printed.splitlines() if not line.startswith("#")]


@pytest.mark.parametrize(("cloud", "graph", "azure"), [
    ("public", "https://graph.microsoft.com", "https://management.azure.com"),
    ("china", "https://microsoftgraph.chinacloudapi.cn", "https://management.chinacloudapi.cn"),
    ("us_government", "https://graph.microsoft.us", "https://management.usgovcloudapi.net"),
])  # fmt: skip
def test_each_cloud_has_its_own_addresses_and_audiences(cloud: Any, graph: str, azure: str) -> None:
    (source,) = collectors.entra.open_sources([collectors.entra.Settings(cloud=cloud)], [], clock)
    lines: dict[str, Any] = {"": source.line, AZURE: source._azure}  # type: ignore[attr-defined] # what is sent nowhere here
    for service, address in (("", graph), (AZURE, azure)):
        assert lines[service]._bases == {service: address}
        assert lines[service]._sender._credential._scope == f"{address}/.default"
