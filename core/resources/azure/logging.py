"""What is logged, where it goes, what raises an alarm, and who hears it."""

from __future__ import annotations

from collections.abc import Iterator

from core.resource import Observed, Resource, part, resource


@part
class DiagnosticSetting(Observed):
    """Where some logs of a thing are sent."""

    name: str
    categories: tuple[str, ...]
    """Those that are switched on."""
    groups: tuple[str, ...]
    """Groups of categories that are switched on: `allLogs`, `audit`."""
    storage: str
    """The id of a storage account; empty for none."""
    workspace: str
    event_hub: str
    partner: str

    @property
    def arrives(self) -> bool:
        """Whether it sends anything anywhere."""
        return bool(self.storage or self.workspace or self.event_hub or self.partner)


@resource("azure_resource_logging")
class ResourceLogging(Resource):
    """What a resource logs. The id is that of the resource."""

    id: str
    type: str
    subscription: str
    settings: tuple[DiagnosticSetting, ...]


@resource("azure_activity_log")
class ActivityLog(Resource):
    """Where the activity log of a subscription goes. The id is the number of the subscription."""

    id: str
    settings: tuple[DiagnosticSetting, ...]


@resource("azure_directory_log")
class DirectoryLog(Resource):
    """Where the logs of the tenant's directory go. The id is that of the tenant."""

    id: str
    settings: tuple[DiagnosticSetting, ...]


@resource("azure_log_workspace")
class LogWorkspace(Resource):
    """A workspace that keeps logs."""

    id: str
    name: str
    location: str
    subscription: str
    retention_days: int


@part
class Condition(Observed):
    """One condition of an alert: a field of the event and the values of which one must hold, in lower case."""

    field: str
    values: tuple[str, ...]


@resource("azure_activity_alert")
class ActivityAlert(Resource):
    """An alert on what the activity log says. All its conditions must hold."""

    id: str
    name: str
    subscription: str
    enabled: bool
    scopes: tuple[str, ...]
    conditions: tuple[Condition, ...]
    action_groups: tuple[str, ...]


@resource("azure_action_group")
class ActionGroup(Resource):
    """Whom an alert reaches."""

    id: str
    name: str
    subscription: str
    enabled: bool
    receivers: int
    """How many there are of all kinds."""


@resource("azure_lock")
class Lock(Resource):
    """A lock that keeps something from being deleted or changed."""

    id: str
    subscription: str
    scope: str
    """What is locked, and all below it."""
    level: str
    """`CanNotDelete` or `ReadOnly`."""


@resource("azure_security_contact")
class SecurityContact(Resource):
    """Whom Defender for Cloud tells of what it finds in a subscription."""

    id: str
    subscription: str
    addresses: tuple[str, ...]
    alerts: bool
    least_severity: str
    """`High`, `Medium`, `Low`; of which on it tells."""
    roles: tuple[str, ...]
    """Who holds these is told as well."""

    def persons(self) -> Iterator[str]:
        yield from self.addresses


@resource("azure_defender_plan")
class DefenderPlan(Resource):
    """A plan of Defender for Cloud in a subscription."""

    id: str
    name: str
    subscription: str
    tier: str
    """`Free` or `Standard`."""
    coverage: str
    """`FullyCovered`, `PartiallyCovered` or `NotCovered`: a plan can be switched off for single resources. Empty where
    Azure says nothing."""
    deprecated: bool
