"""Checks of networks: what the internet reaches, and what is written down of traffic."""

from __future__ import annotations

from collections.abc import Iterator

from checks.cloud.addresses import network as range_of
from checks.cloud.exposure import Rule, has_port, letting_everybody_in
from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.population import Population
from core.resources.azure.network import FlowLog, NetworkWatcher, SecurityGroup, SecurityRule, VirtualNetwork

EVERYBODY = dict.fromkeys(("*", "internet", "any"), ("0.0.0.0/0", "::/0"))
MEANT_FOR_EVERYBODY = {"0.0.0.0": ("0.0.0.0/0",), "/0": ("0.0.0.0/0",), "::": ("::/0",)}  # noqa: S104 - what people write
"""Sources of rules that allow, which are taken for everybody as well."""
ALL_OF_AZURE = "azurecloud"
"""The tag for all public addresses of Azure, or of one region (`AzureCloud.WestEurope`)."""
OTHER_PROTOCOLS = frozenset({"udp", "icmp", "esp", "ah"})
UNFILTERED = frozenset({"gatewaysubnet", "azurefirewallsubnet", "azurefirewallmanagementsubnet", "routeserversubnet"})
"""Subnets for services of Azure that take no security group."""


@check(objective="internet-exposure-is-intended", severity=Severity.CRITICAL)
def ssh_is_not_open_to_everybody(group: SecurityGroup) -> Verdict:
    """Nobody can reach SSH from everywhere.

    It is guessed at day and night, and each flaw in it opens the machine. All of Azure counts as everywhere, for
    everybody can rent a machine there.

    Remediation: Let in the addresses of your own network, or use Azure Bastion or just-in-time access and close the
    port; `az network nsg rule update --source-address-prefixes …`; `azurerm_network_security_rule`.
    """
    return _closed(group, 22)


@check(objective="internet-exposure-is-intended", severity=Severity.CRITICAL)
def rdp_is_not_open_to_everybody(group: SecurityGroup) -> Verdict:
    """Nobody can reach remote desktops from everywhere.

    They are guessed at day and night, and were how many an extortion began. All of Azure counts as everywhere, for
    everybody can rent a machine there.

    Remediation: Let in the addresses of your own network, or use Azure Bastion or just-in-time access and close the
    port; `az network nsg rule update --source-address-prefixes …`; `azurerm_network_security_rule`.
    """
    return _closed(group, 3389)


@check(objective="networks-deny-by-default", severity=Severity.MEDIUM)
def subnets_are_filtered(network: VirtualNetwork) -> Verdict:
    """Every subnet has a security group.

    Without one, everything in the network reaches everything in the subnet.

    Remediation: *Subnets*, *Network security group*; `az network vnet subnet update --network-security-group …`;
    `azurerm_subnet_network_security_group_association`.
    """
    open_ones = [
        _name(each.id)
        for each in network.subnets
        if not each.security_group and _name(each.id).lower() not in UNFILTERED
    ]
    if open_ones:
        return failed(f"subnets of {network.name} have no security group: {', '.join(sorted(open_ones))}")
    return passed(
        f"every subnet of {network.name} that takes a security group has one ({len(network.subnets)} subnets)"
    )


@check(objective="use-is-logged", severity=Severity.MEDIUM)
def traffic_is_recorded(network: VirtualNetwork, logs: Population[FlowLog]) -> Verdict:
    """The traffic of a virtual network is recorded.

    Without it nobody can say where a thief went, and what he took along.

    Remediation: *Network Watcher*, *Flow logs*, of the virtual network; `az network watcher flow-log create --vnet …`;
    `azurerm_network_watcher_flow_log`. Those of security groups end in 2027.
    """
    if _is_recorded(network.id, logs):
        return passed(f"the traffic of {network.name} is recorded")
    silent = [
        _name(each.id)
        for each in network.subnets
        if not _is_recorded(each.id, logs) and not (each.security_group and _is_recorded(each.security_group, logs))
    ]
    if network.subnets and not silent:
        return passed(f"the traffic of each of {len(network.subnets)} subnets of {network.name} is recorded")
    logs.here.require_all("target")
    return failed(f"the traffic of {network.name} is not recorded, in {', '.join(sorted(silent)) or 'no subnet'}")


@check(objective="logs-are-kept", severity=Severity.MEDIUM)
def flow_log_is_kept(log: FlowLog, *, days: int = 90) -> Verdict:
    """What is recorded of traffic is kept for long enough.

    Thefts are noticed after months.

    Remediation: *Flow logs*, *Retention (days)*; `az network watcher flow-log update --retention 90`;
    `retention_policy` in Terraform. 0 means for ever.
    """
    if not log.enabled:
        return not_applicable(f"nothing is recorded of {_name(log.target)}: its flow log is off")
    if log.retention_days == 0:
        return passed(f"what is recorded of {_name(log.target)} is kept for ever")
    if log.retention_days >= days:
        return passed(f"what is recorded of {_name(log.target)} is kept for {log.retention_days} days")
    return failed(f"what is recorded of {_name(log.target)} is kept for {log.retention_days} days, not for {days}")


@check(objective="use-is-logged", severity=Severity.LOW)
def network_is_watched(network: VirtualNetwork, watchers: Population[NetworkWatcher]) -> Verdict:
    """There is a network watcher wherever there is a network.

    Without one nothing can be recorded or followed there when it must be.

    Remediation: *Network Watcher*, *Create*, in the region; `az network watcher configure --enabled true --locations
    …`; `azurerm_network_watcher`.
    """
    here = [each for _, each in watchers.having(network.subscription, by="subscription")]
    if any(_region(each.location) == _region(network.location) for each in here):
        return passed(f"there is a network watcher in {network.location}")
    watchers.here.require_all("subscription")
    return failed(f"there is no network watcher in {network.location}, where {network.name} is")


def _closed(group: SecurityGroup, port: int) -> Verdict:
    for rule, _ in letting_everybody_in(_saying(group, port)):
        where = f"{len(group.subnets)} subnets and {group.interfaces} interfaces"
        return failed(f"{group.name} opens port {port} to everybody by the rule {rule.name}; it filters {where}")
    return passed(f"{group.name} does not open port {port} to everybody")


def _saying(group: SecurityGroup, port: int) -> Iterator[Rule]:
    """The rules that say something of a port of TCP, in their order. Who denies only a part leaves it open whom."""
    for rule in sorted(group.rules, key=lambda each: each.priority):
        if rule.protocol in OTHER_PROTOCOLS or not has_port(rule.ports, port):
            continue
        if rule.allows or (not rule.partial and rule.protocol in ("*", "any", "tcp")):
            yield Rule(rule.name, rule.allows, tuple(_ranges(rule)))


def _ranges(rule: SecurityRule) -> Iterator[str]:
    """The ranges of addresses that a rule speaks of. Names of services and of our own network are none."""
    words = EVERYBODY | (MEANT_FOR_EVERYBODY if rule.allows else {})
    for source in rule.sources:
        if source in words:
            yield from words[source]
        elif rule.allows and source.partition(".")[0] == ALL_OF_AZURE:
            yield "0.0.0.0/0"
        elif _is_range(source):
            yield source


def _is_range(source: str) -> bool:
    try:
        range_of(source)
    except ValueError:
        return False
    return True


def _is_recorded(target: str, logs: Population[FlowLog]) -> bool:
    return any(each.enabled for _, each in logs.having(target, by="target"))


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _region(location: str) -> str:
    """A region as it is compared: `West Europe` is `westeurope`."""
    return location.replace(" ", "").lower()
