"""What is logged and where it goes; what raises an alarm, and who hears it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any, cast

from collectors.azure.operations import Query, Read
from collectors.azure.parts import part_of
from collectors.azure.reading import Answer, arm_id, subscription_of
from collectors.azure.rows import itself, where
from collectors.azure.source import AzureSubscription, AzureTenant
from core.plugins import collector
from core.resource import Unobserved, unobserved
from core.resources.azure.logging import (
    ActionGroup,
    ActivityAlert,
    ActivityLog,
    Condition,
    DiagnosticSetting,
    DirectoryLog,
    Lock,
    LogWorkspace,
    ResourceLogging,
)

SETTINGS = Read(
    "{scope}/providers/Microsoft.Insights/diagnosticSettings",
    "2021-05-01-preview",
    "Microsoft.Insights/diagnosticSettings/read",
)
DIRECTORY_SETTINGS = Read(
    "/providers/microsoft.aadiam/diagnosticSettings", "2017-04-01", "microsoft.aadiam/diagnosticsettings/read"
)
LOCKS = Read("{scope}/providers/Microsoft.Authorization/locks", "2016-09-01", "Microsoft.Authorization/locks/read")
LEVELS = ("CanNotDelete", "ReadOnly", "NotSpecified")
SITES = Read("{scope}/providers/Microsoft.Web/sites", "2023-12-01", "Microsoft.Web/sites/read")
SLOTS = Read("{scope}/slots", "2023-12-01", "Microsoft.Web/sites/slots/read")
LOGGING = {
    Read("{scope}/providers/Microsoft.KeyVault/vaults", "2023-07-01", "Microsoft.KeyVault/vaults/read"): "",
    Read(
        "{scope}/providers/Microsoft.ContainerService/managedClusters",
        "2024-05-01",
        "Microsoft.ContainerService/managedClusters/read",
    ): "",
    SITES: "",
    Read(
        "{scope}/providers/Microsoft.Storage/storageAccounts", "2023-05-01", "Microsoft.Storage/storageAccounts/read"
    ): "/blobservices/default",
}
"""What is listed to be asked what it logs, and the part of each that logs."""
WORKSPACES = Query(
    "microsoft.operationalinsights/workspaces",
    "Microsoft.OperationalInsights/workspaces/read",
    {"days": "properties.retentionInDays"},
)
ALERTS = Query(
    "microsoft.insights/activitylogalerts",
    "Microsoft.Insights/activityLogAlerts/read",
    {
        "enabled": "properties.enabled",
        "scopes": "properties.scopes",
        "conditions": "properties.condition.allOf",
        "groups": "properties.actions.actionGroups",
    },
)
ACTION_GROUPS = Query(
    "microsoft.insights/actiongroups",
    "Microsoft.Insights/actionGroups/read",
    {
        "enabled": "properties.enabled",
        **{
            name: f"array_length(properties.{name}Receivers)"
            for name in (
                "email", "sms", "webhook", "itsm", "azureAppPush", "automationRunbook", "voice", "logicApp",
                "azureFunction", "armRole", "eventHub",
            )
        },
    },
)  # fmt: skip
"""Only how many receivers there are: who they are is nobody's business here, and some hold keys."""


@collector(permissions=(*LOGGING, SLOTS, SETTINGS))
def resource_logging(subscription: AzureSubscription) -> Iterator[ResourceLogging]:
    """What vaults, clusters, web apps with their slots and the blob services of storage accounts log, and where that
    goes."""
    for read, part in LOGGING.items():
        found = [each for each in subscription.listed(read) if not part or each.value("kind") != "FileStorage"]
        yield from subscription.each(lambda one: _resource_logging(subscription, one, part), found)  # noqa: B023 - now
        if read == SITES:
            slots = subscription.each(lambda one: list(subscription.pages(SLOTS, one.must("id"))), found)
            yield from subscription.each(
                lambda one: _resource_logging(subscription, one, ""), chain.from_iterable(slots)
            )


@collector(permissions=(SETTINGS,))
def activity_log(subscription: AzureSubscription) -> Iterator[ActivityLog]:
    """Where the activity log of the subscription goes."""
    yield ActivityLog(id=subscription.scope, settings=settings_in(subscription.pages(SETTINGS, subscription.path)))


@collector(permissions=(DIRECTORY_SETTINGS,))
def directory_log(tenant: AzureTenant) -> Iterator[DirectoryLog]:
    """Where the logs of the tenant's directory go."""
    settings = settings_in(tenant.pages(DIRECTORY_SETTINGS, ""))
    yield DirectoryLog(id=tenant.identify().tenant, settings=settings)


@collector(permissions=(LOCKS,))
def locks(subscription: AzureSubscription) -> Iterator[Lock]:
    """Every lock in the subscription, on whatever it is."""
    for found in subscription.listed(LOCKS):
        yield Lock(
            **where(found),
            scope=found.id().rpartition("/providers/microsoft.authorization/locks/")[0],
            level=found.word("properties.level", LEVELS),
        )


@collector(permissions=(WORKSPACES,))
def workspaces(tenant: AzureTenant) -> Iterator[LogWorkspace]:
    """Every workspace that keeps logs."""
    for row in tenant.rows(WORKSPACES):
        yield LogWorkspace(**itself(row), retention_days=row.number("days"))


@collector(permissions=(ALERTS,))
def activity_alerts(tenant: AzureTenant) -> Iterator[ActivityAlert]:
    """Every alert on what an activity log says."""
    for row in tenant.rows(ALERTS):
        yield ActivityAlert(
            **where(row),
            name=row.must("name"),
            enabled=row.flag("enabled", absent=True),
            scopes=tuple(map(arm_id, row.texts("scopes"))) if row.has("scopes") else unobserved("Azure says no scopes"),
            conditions=tuple(chain.from_iterable(map(_conditions, row.parts("conditions"))))
            if row.has("conditions")
            else unobserved("Azure says no conditions"),
            action_groups=tuple(each.id("actionGroupId") for each in row.parts("groups")),
        )


@collector(permissions=(ACTION_GROUPS,))
def action_groups(tenant: AzureTenant) -> Iterator[ActionGroup]:
    """Whom alerts reach: how many receivers each group has."""
    for row in tenant.rows(ACTION_GROUPS):
        counts = [row.number(name, absent=0) for name in ACTION_GROUPS.columns if name != "enabled"]
        unseen = [each for each in counts if isinstance(each, Unobserved)]
        yield ActionGroup(
            **where(row),
            name=row.must("name"),
            enabled=row.flag("enabled", absent=True),
            receivers=cast("int", unseen[0]) if unseen else sum(counts),
        )


def _resource_logging(subscription: AzureSubscription, found: Answer, part: str) -> ResourceLogging:
    resource = found.id() + part
    return ResourceLogging(
        id=resource,
        type=part_of(found.text("type", absent=""), str.lower),
        subscription=subscription_of(resource),
        settings=subscription.look(lambda: settings_in(subscription.pages(SETTINGS, resource))),
    )


def settings_in(found: Iterator[Answer]) -> tuple[DiagnosticSetting, ...]:
    """Diagnostic settings, by name."""
    return tuple(sorted(map(_setting, found), key=lambda each: each.name))


def _setting(found: Answer) -> DiagnosticSetting:
    logs = [
        (each.flag("enabled"), each.text("category", absent=""), each.text("categoryGroup", absent=""))
        for each in found.parts("properties.logs")
    ]
    hidden: list[Any] = [word for log in logs for word in log if isinstance(word, Unobserved)]
    if not hidden and not all(category or group for _, category, group in logs):
        hidden = [unobserved("Azure does not say of which category a log is")]
    return DiagnosticSetting(
        name=found.must("name"),
        categories=hidden[0] if hidden else tuple(sorted(category for on, category, _ in logs if on and category)),
        groups=hidden[0] if hidden else tuple(sorted(group for on, _, group in logs if on and group)),
        storage=found.link("properties.storageAccountId"),
        workspace=found.link("properties.workspaceId"),
        event_hub=found.link("properties.eventHubAuthorizationRuleId"),
        partner=found.link("properties.marketplacePartnerId"),
    )


def _conditions(found: Answer) -> Iterator[Condition]:
    """A condition on a field, or one of which any may hold; only those that name one field can be told as values."""
    if found.has("anyOf"):
        any_of = list(found.parts("anyOf"))
        fields = {each.must("field").lower() for each in any_of}
        values = [_values(each) for each in any_of]
        yield Condition(
            field=fields.pop() if len(fields) == 1 and all(values) else "any of several",
            values=tuple(sorted(chain.from_iterable(values))),
        )
        return
    wanted: tuple[str, ...] = _values(found) or unobserved("Azure does not say which values a condition wants")
    yield Condition(field=found.must("field").lower(), values=wanted)


def _values(found: Answer) -> tuple[str, ...]:
    """The values of which a condition wants one, in lower case."""
    values = (found.must("equals"),) if found.has("equals") else found.texts("containsAny")
    return tuple(each.lower() for each in values)
