"""Logs, alerts and Defender for Cloud: the truth tables."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from checks.azure import alerts, logging
from checks.azure.defender import plan_is_on_where_it_is_needed
from core.resource import NotObservedError
from core.resources.azure.inventory import AzureResource
from core.resources.azure.logging import ActionGroup, ActivityAlert, Condition, Lock, SecurityContact
from core.resources.azure.storage import StorageAccount
from tests.checks.azure import making
from tests.checks.azure.making import (
    action_group,
    activity_log,
    alert,
    contact,
    directory_log,
    lock,
    plan,
    population,
    setting,
    subscription,
    thing,
    workspace,
)

EVERY = ("Administrative", "Security", "Alert", "Policy")
STORE = making.account().id
ROLE = "microsoft.authorization/roleassignments/write"
LEFT_OUT = subscription(looked_at=False, left_out="excluded by the configuration")


@pytest.mark.parametrize(
    ("settings", "status", "words"),
    [
        ([setting(*EVERY)], "pass", "is sent by d"),
        ([setting(groups=("allLogs",))], "pass", "is sent by d"),
        ([setting(*EVERY[:2]), setting(*EVERY[2:])], "pass", "is sent by d, d"),
        ([setting(*EVERY[:3])], "fail", "sends Policy"),
        ([setting(*EVERY, workspace="")], "fail", "sends Administrative"),
        ([], "fail", "no diagnostic setting"),
    ],
)
def test_activity_log_leaves_its_subscription(settings: list[Any], status: str, words: str) -> None:
    verdict = logging.activity_log_leaves_its_subscription(activity_log(*settings))
    assert verdict.status == status
    assert words in verdict.reason


def test_directory_log_leaves_the_directory() -> None:
    check = logging.directory_log_leaves_the_directory
    assert check(directory_log(setting("AuditLogs", "SignInLogs"))).status == "pass"
    assert check(directory_log(setting(groups=("allLogs",)))).status == "pass"
    assert check(directory_log(setting("AuditLogs"))).status == "fail"
    assert check(directory_log()).status == "fail"


def test_workspace_keeps_logs() -> None:
    assert logging.workspace_keeps_logs(workspace(90)).status == "pass"
    assert logging.workspace_keeps_logs(workspace(30)).status == "fail"


@pytest.mark.parametrize(
    ("more", "public", "key"),
    [
        ({}, "pass", "pass"),
        ({"public_blobs": True, "key_source": "Microsoft.Storage"}, "fail", "fail"),
        ({"public_blobs": None, "key_source": "Elsewhere"}, "unknown", "unknown"),
        ({"public_blobs": None, "created": datetime(2022, 5, 1, tzinfo=UTC)}, "fail", "pass"),
    ],
)
def test_the_account_that_keeps_the_log(more: dict[str, Any], public: str, key: str) -> None:
    log = activity_log(setting(*EVERY, storage=STORE))
    accounts = population(StorageAccount, [making.account(**more)])
    assert logging.log_storage_is_not_public(log, accounts).status == public
    assert logging.log_storage_is_encrypted_with_our_key(log, accounts).status == key


def test_a_log_without_storage_has_none_to_judge() -> None:
    log, accounts = activity_log(setting(*EVERY)), population(StorageAccount)
    assert logging.log_storage_is_not_public(log, accounts).status == "not_applicable"
    assert logging.log_storage_is_encrypted_with_our_key(log, accounts).status == "not_applicable"
    assert logging.log_storage_is_locked(log, population(Lock)).status == "not_applicable"
    with pytest.raises(NotObservedError, match="in no subscription that we look at"):
        logging.log_storage_is_not_public(activity_log(setting(storage=STORE)), accounts)


@pytest.mark.parametrize(
    ("scope", "status"),
    [
        (STORE, "pass"),
        ("/subscriptions/s-1/resourcegroups/rg", "pass"),
        ("/subscriptions/s-1", "pass"),
        ("/subscriptions/s-2", "fail"),
    ],
)
def test_log_storage_is_locked(scope: str, status: str) -> None:
    log = activity_log(setting(storage=STORE))
    assert logging.log_storage_is_locked(log, population(Lock, [lock(scope)])).status == status


def test_a_lock_of_an_unknown_level_keeps_nothing() -> None:
    locks = population(Lock, [lock(STORE, "NotSpecified")])
    assert logging.log_storage_is_locked(activity_log(setting(storage=STORE)), locks).status == "fail"


def test_a_lock_that_may_be_hidden_makes_it_unknown() -> None:
    with pytest.raises(NotObservedError):
        logging.log_storage_is_locked(activity_log(setting(storage=STORE)), population(Lock, gap="denied"))


HEALTH = Condition(field="category", values=("servicehealth",))


def kinds(*values: str) -> Condition:
    return Condition(field="properties.incidenttype", values=values)


@pytest.mark.parametrize(
    ("found", "reached", "status"),
    [
        ([alert(conditions=(HEALTH,))], True, "pass"),
        ([alert(conditions=(HEALTH, kinds("incident", "security", "maintenance")))], True, "pass"),
        ([alert(conditions=(HEALTH, kinds("incident")))], True, "fail"),
        ([alert(conditions=(HEALTH, Condition(field="status", values=("active",))))], True, "fail"),
        ([alert(conditions=(HEALTH,), enabled=False)], True, "fail"),
        ([alert(conditions=(HEALTH,))], False, "fail"),
        ([alert(ROLE)], True, "fail"),
        ([], True, "fail"),
    ],
)
def test_troubles_of_azure_are_told(found: list[ActivityAlert], reached: bool, status: str) -> None:
    groups = population(ActionGroup, [action_group(receivers=int(reached))])
    check, told = alerts.troubles_of_azure_are_told, population(ActivityAlert, found)
    assert check(subscription(), told, groups).status == status
    assert check(LEFT_OUT, told, groups).status == "not_applicable"


def test_alerts_of_troubles_that_may_be_hidden_make_it_unknown() -> None:
    hidden, groups = population(ActivityAlert, gap="denied"), population(ActionGroup)
    with pytest.raises(NotObservedError):
        alerts.troubles_of_azure_are_told(subscription(), hidden, groups)


ALERTS = (
    (alerts.changed_public_addresses_are_told, "microsoft.network/publicipaddresses"),
    (alerts.changed_policies_are_told, "microsoft.authorization/policyassignments"),
    (alerts.changed_security_groups_are_told, "microsoft.network/networksecuritygroups"),
    (alerts.changed_security_solutions_are_told, "microsoft.security/securitysolutions"),
    (alerts.changed_sql_firewalls_are_told, "microsoft.sql/servers/firewallrules"),
)


@pytest.mark.parametrize(("check", "below"), ALERTS, ids=lambda value: getattr(value, "id", None))
def test_making_and_removing_are_told(check: Any, below: str) -> None:
    groups = population(ActionGroup, [action_group()])
    both = [alert(f"{below}/write"), alert(f"{below}/delete")]
    assert check(subscription(), population(ActivityAlert, both), groups).status == "pass"
    one = check(subscription(), population(ActivityAlert, both[:1]), groups)
    assert (one.status, one.reason) == ("fail", f"nobody is told of {below}/delete in prod")
    any_of = [alert(f"{below}/write", f"{below}/delete")]
    assert check(subscription(), population(ActivityAlert, any_of), groups).status == "pass"


def conditions(**fields: str) -> tuple[Condition, ...]:
    return tuple(Condition(field=name, values=(value,)) for name, value in fields.items())


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({}, "pass"),
        ({"enabled": False}, "fail"),
        ({"scopes": ("/subscriptions/other",)}, "fail"),
        ({"scopes": ("/subscriptions/s-1/resourcegroups/rg",)}, "fail"),
        ({"action_groups": ()}, "fail"),
        ({"action_groups": ("/off",)}, "fail"),
        ({"action_groups": ("/empty",)}, "fail"),
        ({"action_groups": ("/gone", "/g")}, "pass"),
        ({"conditions": conditions(category="administrative")}, "pass"),
        ({"conditions": conditions(operationname=ROLE)}, "fail"),
        ({"conditions": conditions(category="administrative", operationname=ROLE, caller="ada")}, "fail"),
        ({"conditions": conditions(category="administrative", operationname=ROLE, status="succeeded")}, "pass"),
        ({"conditions": conditions(category="administrative", operationname=ROLE, status="failed")}, "fail"),
        ({"conditions": conditions(category="administrative", operationname=ROLE, level="informational")}, "pass"),
        ({"conditions": conditions(category="administrative", operationname=ROLE, level="critical")}, "fail"),
        (
            {
                "conditions": conditions(
                    category="administrative", resourcetype="microsoft.authorization/roleassignments"
                )
            },
            "pass",
        ),
        ({"conditions": conditions(category="administrative", resourceprovider="microsoft.network")}, "fail"),
        (
            {"conditions": conditions(category="administrative", operationname=ROLE) + conditions(operationname="x")},
            "fail",
        ),
    ],
)
def test_new_roles_of_people_are_told(more: dict[str, Any], status: str) -> None:
    groups = [action_group(), action_group(id="/off", enabled=False), action_group(id="/empty", receivers=0)]
    found = population(ActivityAlert, [alert(ROLE, **more)])
    verdict = alerts.new_roles_of_people_are_told(subscription(), found, population(ActionGroup, groups))
    assert verdict.status == status


def test_alerts_and_groups_that_may_be_hidden_make_it_unknown() -> None:
    groups = population(ActionGroup, [action_group()])
    with pytest.raises(NotObservedError):
        alerts.new_roles_of_people_are_told(subscription(), population(ActivityAlert, gap="denied"), groups)
    with pytest.raises(NotObservedError):
        alerts.new_roles_of_people_are_told(
            subscription(), population(ActivityAlert, [alert(ROLE)]), population(ActionGroup, gap="denied")
        )
    left_out = alerts.new_roles_of_people_are_told(LEFT_OUT, population(ActivityAlert), groups)
    assert left_out.status == "not_applicable"


@pytest.mark.parametrize(
    ("contacts", "wanted", "status"),
    [
        ([contact()], "high", "pass"),
        ([contact(least_severity="low")], "medium", "pass"),
        ([contact(least_severity="High")], "medium", "fail"),
        ([contact(least_severity="")], "high", "fail"),
        ([contact(alerts=False)], "high", "fail"),
        ([contact(addresses=())], "high", "fail"),
        ([contact(addresses=(), roles=("Owner",))], "high", "pass"),
        ([contact(subscription="other")], "high", "fail"),
        ([], "high", "fail"),
    ],
)
def test_defender_tells_somebody(contacts: list[SecurityContact], wanted: str, status: str) -> None:
    found = population(SecurityContact, contacts)
    assert alerts.defender_tells_somebody(subscription(), found, least_severity=wanted).status == status


def test_a_contact_names_people() -> None:
    assert tuple(contact().persons()) == ("ada@example.org",)


def test_contacts_that_may_be_hidden_make_it_unknown() -> None:
    with pytest.raises(NotObservedError):
        alerts.defender_tells_somebody(subscription(), population(SecurityContact, gap="denied"))
    assert alerts.defender_tells_somebody(LEFT_OUT, population(SecurityContact)).status == "not_applicable"


@pytest.mark.parametrize(
    ("name", "tier", "types", "status"),
    [
        ("VirtualMachines", "Standard", [], "pass"),
        ("VirtualMachines", "Free", ["microsoft.compute/virtualmachines"], "fail"),
        ("VirtualMachines", "Free", ["microsoft.hybridcompute/machines"], "fail"),
        ("VirtualMachines", "Free", ["microsoft.compute/virtualmachinescalesets"], "fail"),
        ("SqlServers", "Free", ["microsoft.sql/managedinstances"], "fail"),
        ("VirtualMachines", "Free", ["microsoft.sql/servers"], "not_applicable"),
        ("VirtualMachines", "Gold", [], "unknown"),
        ("Arm", "Free", [], "fail"),
        ("CloudPosture", "Free", [], "not_applicable"),
    ],
)
def test_plan_is_on_where_it_is_needed(name: str, tier: str, types: list[str], status: str) -> None:
    resources = population(AzureResource, [thing(str(number), each) for number, each in enumerate(types)])
    assert plan_is_on_where_it_is_needed(plan(name, tier), resources).status == status


@pytest.mark.parametrize(
    ("coverage", "status"),
    [("FullyCovered", "pass"), ("PartiallyCovered", "fail"), ("NotCovered", "fail"), ("Foggy", "unknown")],
)
def test_a_plan_that_is_on_may_be_off_for_single_resources(coverage: str, status: str) -> None:
    found = plan_is_on_where_it_is_needed(plan("Arm", "Standard", coverage=coverage), population(AzureResource))
    assert found.status == status


def test_a_plan_without_anything_to_watch_needs_the_whole_inventory() -> None:
    with pytest.raises(NotObservedError):
        plan_is_on_where_it_is_needed(plan("KeyVaults", "Free"), population(AzureResource, gap="denied"))
    old = plan_is_on_where_it_is_needed(plan("Dns", "Free", deprecated=True), population(AzureResource))
    assert old.status == "not_applicable"
