"""Networks from Resource Graph: security groups, virtual networks, flow logs and what watches them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from collectors.azure.errors import MalformedAnswerError
from collectors.azure.operations import Query
from collectors.azure.parts import part_of
from collectors.azure.reading import Answer
from collectors.azure.rows import itself, where
from collectors.azure.source import AzureTenant
from core.plugins import collector
from core.resource import unobserved
from core.resources.azure.network import (
    FlowLog,
    NetworkWatcher,
    SecurityGroup,
    SecurityRule,
    Subnet,
    VirtualNetwork,
)

GROUPS = Query(
    "microsoft.network/networksecuritygroups",
    "Microsoft.Network/networkSecurityGroups/read",
    {
        "rules": "properties.securityRules",
        "subnets": "properties.subnets",
        "interfaces": "array_length(properties.networkInterfaces)",
    },
)
NETWORKS = Query(
    "microsoft.network/virtualnetworks", "Microsoft.Network/virtualNetworks/read", {"subnets": "properties.subnets"}
)
FLOW_LOGS = Query(
    "microsoft.network/networkwatchers/flowlogs",
    "Microsoft.Network/networkWatchers/flowLogs/read",
    {
        "target": "properties.targetResourceId",
        "enabled": "properties.enabled",
        "days": "properties.retentionPolicy.days",
        "limited": "properties.retentionPolicy.enabled",
    },
)
WATCHERS = Query("microsoft.network/networkwatchers", "Microsoft.Network/networkWatchers/read", {})


@collector(permissions=(GROUPS,))
def security_groups(tenant: AzureTenant) -> Iterator[SecurityGroup]:
    """Every network security group, with the rules of our own for what comes in."""
    for row in tenant.rows(GROUPS):
        yield SecurityGroup(
            **itself(row),
            rules=_rules(row) if row.has("rules") else unobserved("Azure does not say its rules"),
            subnets=tuple(each.id() for each in row.parts("subnets")),
            interfaces=row.number("interfaces", absent=0),
        )


@collector(permissions=(NETWORKS,))
def networks(tenant: AzureTenant) -> Iterator[VirtualNetwork]:
    """Every virtual network with its subnets."""
    for row in tenant.rows(NETWORKS):
        known = row.has("subnets")
        subnets = tuple(map(_subnet, row.parts("subnets"))) if known else unobserved("Azure does not say its subnets")
        yield VirtualNetwork(**{**itself(row), "location": row.text("location")}, subnets=subnets)


@collector(permissions=(FLOW_LOGS,))
def flow_logs(tenant: AzureTenant) -> Iterator[FlowLog]:
    """Every flow log. Without a policy of retention what it writes is kept for ever."""
    for row in tenant.rows(FLOW_LOGS):
        yield FlowLog(
            **where(row),
            target=row.id("target"),
            enabled=row.flag("enabled"),
            retention_days=part_of(
                row.flag("limited"),
                lambda limited: row.number("days") if limited else 0,  # noqa: B023 - called at once
            ),
        )


@collector(permissions=(WATCHERS,))
def watchers(tenant: AzureTenant) -> Iterator[NetworkWatcher]:
    """Every network watcher."""
    for row in tenant.rows(WATCHERS):
        yield NetworkWatcher(**{**itself(row), "location": row.text("location")})


def _rules(row: Answer) -> tuple[SecurityRule, ...]:
    """Those for what comes in, in their order."""
    rules = [(each.must("properties.direction").lower(), each) for each in row.parts("rules")]
    if unknown := sorted({direction for direction, _ in rules} - {"inbound", "outbound"}):
        hidden: tuple[SecurityRule, ...] = unobserved(f"Azure says of a rule that its direction is {unknown[0]:.50}")
        return hidden
    inward = [each for direction, each in rules if direction == "inbound"]
    return tuple(sorted(map(_rule, inward), key=lambda each: each.priority))


def _rule(found: Answer) -> SecurityRule:
    at = "properties."
    sources = _one_or_many(found, at + "sourceAddressPrefix", "es")
    groups = sum(1 for _ in found.parts(at + "sourceApplicationSecurityGroups"))
    return SecurityRule(
        name=found.must("name"),
        priority=_priority(found),
        allows=_allows(found.must(at + "access").lower()),
        protocol=found.must(at + "protocol").lower(),
        sources=sources if sources or groups else unobserved("Azure does not say where from"),
        ports=_one_or_many(found, at + "destinationPortRange", "s") or unobserved("Azure does not say which ports"),
        groups=groups,
        partial=_is_partial(found, at),
    )


def _allows(access: str) -> Any:
    if access in ("allow", "deny"):
        return access == "allow"
    return unobserved(f"Azure says of a rule that its access is {access:.50}")


def _is_partial(found: Answer, at: str) -> bool:
    """Whether a rule leaves out some destinations or source ports; one that does not say either is about all."""
    destinations = _one_or_many(found, at + "destinationAddressPrefix", "es")
    ports = _one_or_many(found, at + "sourcePortRange", "s")
    groups = any(found.parts(at + "destinationApplicationSecurityGroups"))
    return (
        groups
        or not _has_all(destinations, {"*", "any", "virtualnetwork"})
        or not _has_all(ports, {"*", "any", "0-65535", "1-65535"})
    )


def _has_all(said: tuple[str, ...], everything: set[str]) -> bool:
    return not said or bool(everything & set(said))


def _priority(found: Answer) -> int:
    said = found.number("properties.priority")
    if not isinstance(said, int):
        raise MalformedAnswerError("a rule has no priority, which is documented to be there")
    return said


def _one_or_many(found: Answer, place: str, plural: str) -> tuple[str, ...]:
    """A value, or the list under the name in the plural: Azure fills one and leaves the other out, null or empty."""
    one = found.value(place)
    return tuple(
        each.lower() for each in (*([one] if isinstance(one, str) and one else []), *found.texts(place + plural))
    )


def _subnet(found: Answer) -> Subnet:
    group, place = "", "properties.networkSecurityGroup"
    if found.has(place):
        group = found.id(f"{place}.id")
    return Subnet(id=found.id(), security_group=group)
