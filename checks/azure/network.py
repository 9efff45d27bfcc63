"""Checks of networks: what the internet reaches, and what is written down of traffic."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network

from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.population import Population
from core.resources.azure.network import FlowLog, NetworkWatcher, SecurityGroup, SecurityRule, VirtualNetwork

EVERYBODY = frozenset({"*", "internet", "any"})
MEANT_FOR_EVERYBODY = {"0.0.0.0": 4, "/0": 4, "::": 6}  # noqa: S104 - what people write for "from everywhere"
"""Sources of rules that allow, which are taken for everybody as well, and the version of their addresses."""
OTHER_PROTOCOLS = frozenset({"udp", "icmp", "esp", "ah"})
FAMILIES = frozenset({4, 6})
WIDE = {4: 8, 6: 16}
"""How many fixed bits a range of addresses may have and still be taken for everybody: halves of the internet, too."""
UNIQUE_LOCAL = IPv6Network("fc00::/7")
"""What RFC 4193 gives to everybody for networks of their own."""
UNFILTERED = frozenset({"gatewaysubnet", "azurefirewallsubnet", "azurefirewallmanagementsubnet", "routeserversubnet"})
"""Subnets for services of Azure that take no security group."""


@check(objective="internet-exposure-is-intended", severity=Severity.CRITICAL)
def ssh_is_not_open_to_everybody(group: SecurityGroup) -> Verdict:
    """Nobody can reach SSH from everywhere.

    It is guessed at day and night, and each flaw in it opens the machine.

    Remediation: Let in the addresses of your own network, or use Azure Bastion or just-in-time access and close the
    port; `az network nsg rule update --source-address-prefixes …`; `azurerm_network_security_rule`.
    """
    return _closed(group, 22)


@check(objective="internet-exposure-is-intended", severity=Severity.CRITICAL)
def rdp_is_not_open_to_everybody(group: SecurityGroup) -> Verdict:
    """Nobody can reach remote desktops from everywhere.

    They are guessed at day and night, and were how many an extortion began.

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
    """Follow the rules in their order: the first that speaks of somebody decides; who is left does not come in."""
    decided: set[int] = set()
    for rule in sorted(group.rules, key=lambda each: each.priority):
        if rule.protocol in OTHER_PROTOCOLS or not _has_port(rule.ports, port):
            continue
        speaks_of = _families(rule)
        if rule.allows and speaks_of - decided:
            where = f"{len(group.subnets)} subnets and {group.interfaces} interfaces"
            return failed(f"{group.name} opens port {port} to everybody by the rule {rule.name}; it filters {where}")
        if not rule.allows and not rule.partial and rule.protocol in ("*", "any", "tcp"):
            decided |= speaks_of
    return passed(f"{group.name} does not open port {port} to everybody")


def _families(rule: SecurityRule) -> set[int]:
    """Whether a rule speaks of everybody with IPv4 addresses, with IPv6 addresses, or both. One that allows does so
    already for a part as large as half of the internet."""
    found: set[int] = set()
    for source in rule.sources:
        if source in EVERYBODY:
            return set(FAMILIES)
        if rule.allows and source in MEANT_FOR_EVERYBODY:
            found.add(MEANT_FOR_EVERYBODY[source])
            continue
        try:
            network = ip_network(source, strict=False)
        except ValueError:
            continue  # the name of a service, or of our own network
        if network.prefixlen == 0 or (
            rule.allows and network.prefixlen < WIDE[network.version] and not _is_ours(network)
        ):
            found.add(network.version)
    return found


def _is_ours(network: IPv4Network | IPv6Network) -> bool:
    """Whether a range is of addresses that nobody on the internet has."""
    return isinstance(network, IPv6Network) and network.subnet_of(UNIQUE_LOCAL)


def _has_port(ports: Sequence[str], port: int) -> bool:
    for each in ports:
        first, _, last = each.partition("-")
        if each in ("*", "any") or (first.isdigit() and int(first) <= port <= int(last or first)):
            return True
    return False


def _is_recorded(target: str, logs: Population[FlowLog]) -> bool:
    return any(each.enabled for _, each in logs.having(target, by="target"))


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _region(location: str) -> str:
    """A region as it is compared: `West Europe` is `westeurope`."""
    return location.replace(" ", "").lower()
