"""What is made of answers that come in several shapes: policy states, retentions, slots, databases of several kinds."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from collectors.azure import operations
from collectors.azure.reading import Answer
from collectors.azure.sql_defence import managed_scans, threat_alerts, vulnerability_scans
from core.resource import Resource, Unobserved, missing_fields
from core.resources.azure.applications import WebApp
from core.resources.azure.backup import BackupPolicy
from core.resources.azure.databases import RedisCluster
from core.resources.azure.policy import PolicyCompliance, PolicyDeviation
from tests.azure_server import AzureServer
from tests.collectors.azure.estate import BAD, GOOD, child, estate, item, path
from tests.collectors.azure.world import judged, seen_by, world

BENCHMARK = f"/subscriptions/{GOOD}/providers/microsoft.authorization/policyassignments/benchmark"
TLS = f"/subscriptions/{BAD}/providers/microsoft.authorization/policyassignments/tls"
COUNTED = "azure.policy.policy_compliances"
MORNING = datetime(2026, 11, 22, 3, tzinfo=UTC)


def of(kind: type[Resource]) -> list[Any]:
    """What the world shows of a kind."""
    return [each for one in world().evidence for each in one.resources if isinstance(each, kind)]


def test_comparisons_are_counted_by_assignment_and_subscription() -> None:
    found = {each.id: (each.assignment, each.subscription, each.states, each.latest) for each in of(PolicyCompliance)}
    assert found == {
        f"{BENCHMARK};{GOOD}": (BENCHMARK, GOOD, {"compliant": 1, "exempt": 1}, MORNING),
        f"{TLS};{BAD}": (TLS, BAD, {"noncompliant": 1}, MORNING),
    }


def test_deviations_name_the_resource_and_the_policy() -> None:
    (found,) = of(PolicyDeviation)
    assert (found.assignment, found.subscription) == (TLS, BAD)
    assert found.resource == path(BAD, "Microsoft.Storage/storageAccounts", "badstore").lower()
    assert found.policy == "404c3081-a854-4457-ae30-26a93ef643f9"


def test_counting_is_asked_about_few_subscriptions_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "FEW_SUBSCRIPTIONS", 1)
    azure = estate()
    with AzureServer(azure) as server:
        (evidence,) = seen_by(server.url, COUNTED)
    assert azure.calls["POST"] == 2
    assert {each.id for each in evidence.resources} == {each.id for each in of(PolicyCompliance)}


def test_groups_that_were_cut_off_are_a_gap() -> None:
    azure = estate()
    azure.groups = 2
    with AzureServer(azure) as server:
        (evidence,) = seen_by(server.url, COUNTED)
    assert "was truncated: 2 of 3 rows came" in evidence.gaps[0].reason
    assert evidence.gaps[0].retryable


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"comparisons": "many"}, "how many comparisons"),
        ({"comparisons": None}, "how many comparisons"),
        ({"state": None}, "no state"),
        ({"assignment": ""}, "no assignment"),
    ],
)
def test_counts_of_another_shape_are_a_gap(said: dict[str, Any], reason: str) -> None:
    row = {"id": "x", "assignment": TLS, "subscription": BAD, "state": "compliant", "comparisons": 1, "newest": None}
    azure = estate()
    azure.graph_says = {"data": [{**row, **said}], "totalRecords": 1}
    with AzureServer(azure) as server:
        (evidence,) = seen_by(server.url, COUNTED)
    assert evidence.resources == ()
    assert reason in evidence.gaps[0].reason


def test_a_comparison_of_unknown_time_is_of_no_time() -> None:
    row = {"id": "x", "assignment": TLS, "subscription": BAD, "state": "compliant", "comparisons": "2", "newest": None}
    azure = estate()
    azure.graph_says = {"data": [row], "totalRecords": 1}
    with AzureServer(azure) as server:
        (evidence,) = seen_by(server.url, COUNTED)
    (found,) = evidence.resources
    assert isinstance(found, PolicyCompliance)
    assert found.states == {"compliant": 2}
    assert missing_fields(found).keys() == {"latest"}


def kept(count: Any, unit: str) -> dict[str, Any]:
    return {"retentionDuration": {"count": count, "durationType": unit}}


RETENTIONS: dict[str, tuple[dict[str, Any], int | None]] = {
    "simple": ({"retentionPolicy": kept(30, "Days")}, 30),
    "yearly": ({"retentionPolicy": {"dailySchedule": kept(7, "Days"), "yearlySchedule": kept(2, "Years")}}, 730),
    "strange": ({"retentionPolicy": kept(30, "Decades")}, None),
    "empty": ({}, None),
    "database": (
        {
            "subProtectionPolicy": [
                {"policyType": "Full", "retentionPolicy": {"monthlySchedule": kept(3, "Months")}},
                {"policyType": "Log", "retentionPolicy": kept(100, "Years")},
            ]
        },
        90,
    ),
}


def test_copies_are_kept_as_long_as_the_longest_schedule_says() -> None:
    azure, kind = estate(), "Microsoft.RecoveryServices/vaults/backupPolicies"
    below = f"{path(GOOD, 'Microsoft.RecoveryServices/vaults', 'copies')}/backupPolicies"
    for name, (said, _) in RETENTIONS.items():
        azure.add({"id": f"{below}/{name}", "name": name, "type": kind, "properties": said})
    with AzureServer(azure) as server:
        (evidence,) = seen_by(server.url, "azure.backup.backup_policies")
    found = {each.name: each for each in evidence.resources if isinstance(each, BackupPolicy)}
    for name, (_, days) in RETENTIONS.items():
        assert "days" in missing_fields(found[name]) if days is None else found[name].days == days


def test_a_slot_has_a_configuration_of_its_own() -> None:
    azure = estate()
    with AzureServer(azure) as server:
        found = judged(
            server.url, "azure.applications.web_apps", by="azure.applications.web_app_takes_no_publishing_passwords"
        )
    assert (found["good-app"], found["next"]) == ("pass", "fail")
    assert {each.name for each in of(WebApp) if each.functions} == {"good-app/next"}


def test_a_tool_of_which_azure_does_not_speak_takes_unknown_passwords() -> None:
    azure = estate()
    azure.items = {key: each for key, each in azure.items.items() if not key.endswith("credentialspolicies/scm")}
    with AzureServer(azure) as server:
        found = judged(
            server.url, "azure.applications.web_apps", by="azure.applications.web_app_takes_no_publishing_passwords"
        )
    assert set(found.values()) == {"unknown"}


def test_a_server_in_a_network_of_ours_is_not_asked_for_its_firewall() -> None:
    azure, kind = estate(), "Microsoft.DBforMySQL/flexibleServers"
    azure.add(item(GOOD, kind, "inside", {"network": {"publicNetworkAccess": "Disabled"}}))
    azure.denied = ["inside/firewallrules"]
    with AzureServer(azure) as server:
        found = judged(
            server.url, "azure.databases.mysql_servers", by="azure.database_networks.mysql_is_not_open_to_everybody"
        )
    assert found["inside"] == "pass"


def test_a_protocol_that_nobody_knows_is_no_tls() -> None:
    azure, kind = estate(), "Microsoft.Cache/redisEnterprise"
    azure.add(item(GOOD, kind, "new", {"publicNetworkAccess": None}))
    azure.add(child(path(GOOD, kind, "new"), "databases", "default", {"clientProtocol": "Sealed"}))
    with AzureServer(azure) as server:
        found = [each for one in seen_by(server.url, "azure.redis.redis_clusters") for each in one.resources]
    (new,) = (each for each in found if isinstance(each, RedisCluster) and each.name == "new")
    assert missing_fields(new).keys() == {"public"}
    assert missing_fields(new.databases[0]).keys() == {"encrypted", "keys_work"}


def test_one_question_that_leaves_something_out_hides_no_other() -> None:
    azure = estate()
    azure.roles = {**azure.roles}
    for role in azure.roles.values():
        role["properties"]["permissions"][0]["notActions"] = ["Microsoft.ServiceBus/*"]
    with AzureServer(azure) as server:
        (evidence,) = seen_by(server.url, "azure.services.called_services")
    seen = {each.id.partition("/providers/")[2].partition("/")[0] for each in evidence.resources}
    assert {"microsoft.eventhub", "microsoft.search", "microsoft.cognitiveservices"} <= seen
    assert "Microsoft.ServiceBus/namespaces/read is not allowed" in evidence.gaps[0].reason


@pytest.mark.parametrize(
    ("said", "on"),
    [
        ([], False),
        ([{"state": "Disabled"}], False),
        ([{"state": "Disabled"}, {"state": "Enabled"}], True),
        ([{"state": "Perhaps"}, {"state": "Enabled"}], True),
        ([{"state": "Perhaps"}, {"state": "Disabled"}], None),
        ([{}], None),
    ],
)
def test_a_server_is_searched_where_one_setting_says_so(said: list[dict[str, Any]], on: bool | None) -> None:
    found = managed_scans(Answer({"properties": each}) for each in said)
    assert isinstance(found, Unobserved) if on is None else found is on


def test_scans_that_nobody_scheduled_are_none() -> None:
    said = vulnerability_scans(False, [Answer({"properties": {"recurringScans": {"emails": ["", "dba@example.org"]}}})])
    assert (said.managed, said.scheduled, said.addresses) == (False, False, ("dba@example.org",))
    assert missing_fields(vulnerability_scans(False, [Answer({})])).keys() == {"scheduled"}


def test_an_empty_list_of_azure_holds_one_empty_text() -> None:
    """github.com/Azure/azure-rest-api-specs: the examples of `serverSecurityAlertPolicies` have `"emailAddresses": [""]`."""
    said = threat_alerts(Answer({"properties": {"state": "Enabled", "emailAddresses": [""], "disabledAlerts": [""]}}))
    assert (said.addresses, said.silenced, said.administrators) == ((), (), False)
