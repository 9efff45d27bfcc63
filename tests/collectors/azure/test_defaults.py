"""What is made of what Azure leaves out, says as null, spells otherwise, or says for the first time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from collectors.azure.errors import MalformedAnswerError
from collectors.azure.reading import Answer, arm_id, last, subscription_of
from core.model import Status
from core.resource import Unobserved
from core.resources.azure.logging import ActivityAlert, SecurityContact
from tests.azure_server import AzureServer
from tests.collectors.azure.estate import BAD, GOOD, backed_up, child, estate, path
from tests.collectors.azure.estate import item as thing
from tests.collectors.azure.world import judge, judged, looked, seen_by, world

EMPTY: tuple[dict[str, Any], ...] = ({}, {"a": None}, {"a": {}}, {"a": {"b": None}})
GOOD_BY_DEFAULT = {
    "azure.inventory.resources_stand_where_they_may",  # where something stands is none of its properties
    "azure.network.network_is_watched",  # a watcher has nothing to say but where it is
    "azure.sql.server_is_not_open_to_everybody",  # without rules nobody comes in
    "azure.survey.subscription_is_looked_at",
}
"""Checks that pass a thing of which Azure says nothing: what is left out has a default that is documented and good."""
SAYS = {
    "targetResourceId",
    "sourceResourceId",
    "startIpAddress",
    "endIpAddress",
    "roleName",
}
"""Without these nothing can be said at all, or the thing is another."""


def without(value: Any) -> Any:
    """Properties of which nothing is left but what says which thing it is."""
    return {name: inner for name, inner in value.items() if name in ("targetResourceId", "sourceResourceId")}


def nulls(value: Any) -> Any:
    return {name: inner if name in SAYS else None for name, inner in value.items()}


@pytest.mark.parametrize("spoil", [without, nulls])
def test_nothing_passes_of_which_azure_says_nothing_but_by_a_documented_default(spoil: Callable[[Any], Any]) -> None:
    azure = estate()
    for item in azure.items.values():
        item["properties"] = spoil(item["properties"])
        item.pop("identity", None)
    with AzureServer(azure) as server:
        findings = judge(each for one in looked(server.url).values() for each in one.evidence)
    passed = {each.check for each in findings if each.verdict.status is Status.PASS}
    about_roles = {each for each in passed if each.startswith("azure.access.")}
    assert passed - GOOD_BY_DEFAULT - about_roles == set()
    assert not [each for each in findings if each.verdict.status is Status.ERROR]


def test_a_word_that_nobody_knows_yet_makes_no_verdict_better() -> None:
    azure = estate()
    for item in azure.items.values():
        item["properties"] = strange(item["properties"])
    with AzureServer(azure) as server:
        findings = judge(each for one in looked(server.url).values() for each in one.evidence)
    before = {(each.check, each.resource): each.verdict.status for each in judge(world().evidence)}
    better = [
        (each.check, each.resource)
        for each in findings
        if each.verdict.status is Status.PASS and before.get((each.check, each.resource)) is not Status.PASS
    ]
    assert better == []
    assert not [each for each in findings if each.verdict.status is Status.ERROR]


def strange(value: Any) -> Any:
    """The same with enumerations that say something new, and with members that nobody asked for."""
    if isinstance(value, dict):
        new = {"defaultAction", "keySource", "minimumTlsVersion", "minimalTlsVersion", "minTlsVersion", "ftpsState"}
        new |= {"serverKeyType", "pricingTier", "protectionState", "publicNetworkAccess", "state", "osType"}
        new |= {"complianceState", "softDeleteState", "clientProtocol", "accessKeysAuthentication", "passwordAuth"}
        new |= {
            "networkPolicy",
            "upgradeChannel",
            "securityType",
            "networkAccessPolicy",
            "scmMinTlsVersion",
            "minimalTlsVersion",
        }
        changed = {name: "NewWord" if name in new else strange(inner) for name, inner in value.items()}
        return {**changed, "somethingNew": {"x": 1}}
    return [strange(each) for each in value] if isinstance(value, list) else value


def test_ids_and_words_may_be_spelled_in_any_case() -> None:
    azure = estate()
    for item in azure.items.values():
        item["properties"] = shouted(item["properties"])
        item["id"] = item["id"].replace("/resourceGroups/rg/", "/RESOURCEGROUPS/RG/")
    azure.items = {item["id"].lower(): item for item in azure.items.values()}
    with AzureServer(azure) as server:
        findings = judge(each for one in looked(server.url).values() for each in one.evidence)
    assert {(each.check, each.resource): each.verdict.status for each in findings} == {
        (each.check, each.resource): each.verdict.status for each in judge(world().evidence)
    }


def shouted(value: Any) -> Any:
    """The same in capitals, but for times and what is compared by people's own spelling."""
    if isinstance(value, dict):
        kept = {"roleName", "assignableScopes", "creationTime", "keyCreationTime", "lastRecoveryPoint", "emails"}
        return {name: inner if name in kept else shouted(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [shouted(each) for each in value]
    return value.upper() if isinstance(value, str) else value


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Enabled", True),
        ("enabled", True),
        ("On", True),
        (True, True),
        ("Disabled", False),
        ("Off", False),
        (False, False),
    ],
)
def test_on_and_off_are_spelled_in_several_ways(said: Any, meant: bool) -> None:
    assert Answer({"a": {"b": said}}).switch("a.b") is meant


@pytest.mark.parametrize("read", ["text", "number", "flag", "switch", "moment"])
def test_what_is_not_there_is_unobserved_unless_its_meaning_is_documented(read: str) -> None:
    for found in EMPTY:
        assert isinstance(getattr(Answer(found), read)("a.b"), Unobserved)
        assert getattr(Answer(found), read)("a.b", absent="documented") == "documented"


@pytest.mark.parametrize(
    ("read", "said"),
    [("text", 1), ("number", "-1"), ("number", True), ("flag", "yes"), ("switch", "Perhaps"), ("moment", "x")],
)
def test_what_is_of_another_type_is_unobserved(read: str, said: Any) -> None:
    assert isinstance(getattr(Answer({"a": said}), read)("a", absent="documented"), Unobserved)


@pytest.mark.parametrize(
    "said", ["2026-11-22T17:00:00Z", "2026-11-22T17:00:00.0000000Z", "2026-11-22T18:00:00+01:00", "2026-11-22T17:00:00"]
)
def test_times_are_written_in_several_ways(said: str) -> None:
    assert Answer({"a": said}).moment("a") == datetime(2026, 11, 22, 17, tzinfo=UTC)
    assert Answer({"a": 1795366800}).moment("a") == datetime(2026, 11, 22, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    "read",
    [
        lambda: Answer([]),
        lambda: Answer({"a": "x"}).value("a.b"),
        lambda: Answer({"a": ""}).must("a"),
        lambda: Answer({"a": "x"}).texts("a"),
        lambda: Answer({"a": [1]}).texts("a"),
        lambda: list(Answer({"a": "x"}).parts("a")),
        lambda: list(Answer({"a": [1]}).parts("a")),
    ],
)
def test_another_shape_is_refused(read: Callable[[], object]) -> None:
    with pytest.raises(MalformedAnswerError):
        read()


def test_numbers_and_flags_may_be_written_as_text() -> None:
    assert Answer({"a": "90"}).number("a") == 90
    assert Answer({"a": "True"}).flag("a") is True
    assert Answer({"a": "false"}).flag("a") is False


def test_ids_are_compared_in_lower_case() -> None:
    assert arm_id("/Subscriptions/S/") == "/subscriptions/s"
    assert (arm_id(""), arm_id("/")) == ("", "")
    assert last("/a/B/") == "b"
    assert (subscription_of("/subscriptions/S/x"), subscription_of("/providers/x"), subscription_of("")) == (
        "s",
        "",
        "",
    )


ALLOW = {"priority": 200, "direction": "Inbound", "access": "Allow", "protocol": "*", "sourceAddressPrefix": "*"}
DENY = {**ALLOW, "priority": 100, "access": "Deny", "destinationPortRange": "22"}
RULES: list[tuple[list[dict[str, Any]], str]] = [
    ([{**ALLOW, "destinationPortRange": "22"}], "fail"),
    ([ALLOW], "unknown"),
    ([{**ALLOW, "sourceAddressPrefix": None, "destinationPortRange": "22"}], "unknown"),
    (
        [
            {
                **ALLOW,
                "sourceAddressPrefix": None,
                "sourceApplicationSecurityGroups": [{"id": "/a"}],
                "destinationPortRange": "22",
            }
        ],
        "pass",
    ),
    ([{**ALLOW, "access": "AllowIfAsked", "destinationPortRange": "22"}], "unknown"),
    ([DENY, {**ALLOW, "destinationPortRange": "22"}], "pass"),
    (
        [
            {**DENY, "destinationAddressPrefix": "VirtualNetwork", "sourcePortRange": "*"},
            {**ALLOW, "destinationPortRanges": ["22", "80"]},
        ],
        "pass",
    ),
    ([{**DENY, "destinationAddressPrefix": "10.0.0.4"}, {**ALLOW, "destinationPortRange": "*"}], "fail"),
    ([{**DENY, "sourcePortRanges": ["1024"]}, {**ALLOW, "destinationPortRange": "*"}], "fail"),
    (
        [{**DENY, "destinationApplicationSecurityGroups": [{"id": "/a"}]}, {**ALLOW, "destinationPortRange": "*"}],
        "fail",
    ),
]


def test_each_security_group_is_judged_by_what_its_own_rules_say() -> None:
    """learn.microsoft.com/rest/api/virtualnetwork/network-security-groups/list-all: `SecurityRule`."""
    azure = estate()
    for number, (rules, _) in enumerate(RULES):
        named = [{"name": f"r{each['priority']}", "properties": each} for each in rules]
        azure.add(thing(GOOD, "Microsoft.Network/networkSecurityGroups", f"nsg-{number}", {"securityRules": named}))
    with AzureServer(azure) as server:
        found = judged(server.url, "azure.network.security_groups", by="azure.network.ssh_is_not_open_to_everybody")
    assert [found[f"nsg-{number}"] for number in range(len(RULES))] == [status for _, status in RULES]


def test_contacts_come_as_a_bare_list_and_in_a_newer_shape() -> None:
    """The first is github.com/Azure/azure-rest-api-specs/issues/29458."""
    azure = estate()
    below = "providers/Microsoft.Security/securityContacts"
    whom = {"emails": "security@example.org", "notificationsByRole": {"state": "Off", "roles": []}}
    old = {**whom, "alertNotifications": {"state": "On", "minimalSeverity": "Medium"}}
    bare = [{"id": f"/subscriptions/{GOOD}/{below}/default", "name": "default", "properties": old}]
    azure.fails[f"/subscriptions/{GOOD}/{below}".lower()] = [(200, bare, {})]
    for name, sources in (("newer", [{"sourceType": "Alert", "minimalSeverity": "High"}]), ("paths", [])):
        new = {**whom, "isEnabled": True, "notificationsSources": [{"sourceType": "AttackPath"}, *sources]}
        kind = "Microsoft.Security/securityContacts"
        azure.add({"id": f"/subscriptions/{BAD}/{below}/{name}", "name": name, "type": kind, "properties": new})
    with AzureServer(azure) as server:
        seen = seen_by(server.url, "azure.defender.contacts")
    assert [gap for one in seen for gap in one.gaps] == []
    contacts = [each for one in seen for each in one.resources if isinstance(each, SecurityContact)]
    told = {each.id.rpartition("/")[2]: (each.alerts, each.least_severity) for each in contacts}
    assert told == {"default": (True, "Medium"), "newer": (True, "High"), "paths": (False, "")}


WRITE, DELETE = (f"Microsoft.Network/networkSecurityGroups/{verb}" for verb in ("write", "delete"))
CONDITIONS: dict[str, tuple[list[dict[str, Any]], tuple[str, tuple[str, ...]]]] = {
    "equals": ([{"field": "operationName", "equals": WRITE}], ("operationname", (WRITE.lower(),))),
    "contains": (
        [{"field": "operationName", "containsAny": [WRITE, DELETE]}],
        ("operationname", (WRITE.lower(), DELETE.lower())),
    ),
    "any": (
        [
            {
                "anyOf": [
                    {"field": "operationName", "equals": WRITE},
                    {"field": "operationName", "containsAny": [DELETE]},
                ]
            }
        ],
        ("operationname", (DELETE.lower(), WRITE.lower())),
    ),
    "mixed": (
        [{"anyOf": [{"field": "operationName", "equals": WRITE}, {"field": "level", "equals": "Error"}]}],
        ("any of several", ("error", WRITE.lower())),
    ),
    "empty": (
        [{"anyOf": [{"field": "operationName", "equals": WRITE}, {"field": "operationName"}]}],
        ("any of several", (WRITE.lower(),)),
    ),
}


def test_conditions_of_an_alert_are_written_in_several_ways() -> None:
    """learn.microsoft.com/rest/api/monitor/activity-log-alerts: `AlertRuleAnyOfOrLeafCondition`."""
    azure = estate()
    for name, (conditions, _) in CONDITIONS.items():
        about = {"condition": {"allOf": conditions}, "scopes": [f"/subscriptions/{GOOD}"], "actions": {}}
        azure.add(thing(GOOD, "Microsoft.Insights/activityLogAlerts", name, about))
    with AzureServer(azure) as server:
        seen = seen_by(server.url, "azure.logging.activity_alerts")
    alerts = {each.id.rpartition("/")[2]: each for one in seen for each in one.resources}
    for name, (_, meant) in CONDITIONS.items():
        alert = alerts[name]
        assert isinstance(alert, ActivityAlert)
        assert [(each.field, each.values) for each in alert.conditions] == [meant]


@pytest.mark.parametrize("hidden", ["permissions", "assignableScopes"])
def test_a_role_that_does_not_say_what_it_allows_or_where_is_not_harmless(hidden: str) -> None:
    azure = estate()
    ours = [each for each in azure.roles.values() if each["properties"]["roleName"] == "everything"]
    for each in ours:
        each["properties"] = {**each["properties"], hidden: None}
    with AzureServer(azure) as server:
        found = judged(server.url, "azure.access.custom_roles", by="azure.access.custom_role_is_no_owner")
    assert [found[each["name"]] for each in ours] == ["unknown"]


def test_an_audit_that_does_not_say_how_long_it_is_kept_is_not_kept_for_ever() -> None:
    azure = estate()
    (audit,) = (each for name, each in azure.items.items() if name.endswith("/good-sql/auditingsettings/default"))
    audit["properties"] = {**audit["properties"], "retentionDays": None}
    with AzureServer(azure) as server:
        found = judged(server.url, "azure.sql.servers", "azure.logging.workspaces", by="azure.sql.audit_is_kept")
    assert found["good-sql"] == "unknown"


def test_a_backup_that_was_deleted_softly_is_none() -> None:
    """learn.microsoft.com/azure/backup/query-backups-using-azure-resource-graph: `currentProtectionState`."""
    azure = estate()
    machines = {"now": "ProtectionConfigured", "gone": "SoftDeleted"}
    for name, state in machines.items():
        machine = path(GOOD, "Microsoft.Compute/virtualMachines", name)
        azure.add(thing(GOOD, "Microsoft.Compute/virtualMachines", name, {}))
        backed_up(azure, machine, name)
        (kept,) = (each for each in azure.items.values() if each["properties"].get("sourceResourceId") == machine)
        kept["properties"] = {**kept["properties"], "protectionState": None, "currentProtectionState": state}
    with AzureServer(azure) as server:
        found = judged(
            server.url, "azure.backup.backup_items", "azure.compute.machines", by="azure.backup.machine_is_backed_up"
        )
    assert (found["now"], found["gone"]) == ("pass", "fail")


def test_parameters_and_flags_may_be_spelled_otherwise() -> None:
    azure = estate()
    server_of = path(GOOD, "Microsoft.DBforPostgreSQL/flexibleServers", "good-db")
    azure.add(child(server_of, "configurations", "REQUIRE_SECURE_TRANSPORT", {"value": "ON"}))
    for each in azure.items.values():
        for log in each["properties"].get("logs", ()):
            log["enabled"] = str(log["enabled"])
    with AzureServer(azure) as server:
        tls = judged(server.url, "azure.databases.postgresql_servers", by="azure.databases.postgresql_demands_tls")
        logs = judged(server.url, "azure.logging.activity_log", by="azure.logging.activity_log_leaves_its_subscription")
    assert tls["good-db"] == "pass"
    assert logs[GOOD] == "pass"
