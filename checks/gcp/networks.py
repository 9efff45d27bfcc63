"""Checks of networks: who gets in, and what they write down."""

from __future__ import annotations

from ipaddress import IPv6Network, ip_network

from checks.gcp.containers import rules_for
from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.population import Population
from core.resource import NotObservedError, missing_fields
from core.resources.gcp.compute import FirewallRule, Network, Passage, Subnetwork
from core.resources.gcp.data import DnsPolicy
from core.resources.gcp.hierarchy import Container
from core.resources.gcp.iam import OrganizationPolicy

FEW_BITS = {4: 8, 6: 32}
"""A public range with fewer fixed bits is as good as everywhere: a world cut into halves does not slip through."""
FLOW_LOGS = "compute.requireVpcFlowLogs"
INSIDE = IPv6Network("fc00::/7")
CARRIES_TCP = ("tcp", "all", "6")
LOGGED = ("PRIVATE", "PRIVATE_RFC_1918")
"""Purposes of subnetworks that have flow logs (https://cloud.google.com/vpc/docs/using-flow-logs)."""


@check(objective="internet-exposure-is-intended", severity=Severity.CRITICAL)
def rule_opens_no_management_port_to_everybody(
    rule: FirewallRule, rules: Population[FirewallRule], *, ports: tuple[int, ...] = (22, 3389)
) -> Verdict:
    """No firewall rule lets the whole internet reach SSH or remote desktops.

    These ports are tried all day by programs that know every leaked password. A rule that another one of the same
    network denies first lets nobody in.

    Remediation: `gcloud compute firewall-rules update RULE --source-ranges=…`; people come in by Identity-Aware Proxy,
    whose range is 35.235.240.0/20.
    """
    if not (rule.inbound and rule.allows):
        return not_applicable(f"{rule.name} lets nothing in")
    if not rule.enabled:
        return not_applicable(f"{rule.name} is disabled")
    everywhere = [each for each in rule.sources if _is_everywhere(each)]
    opened = sorted(port for port in ports if any(_opens(each, port) for each in rule.passages))
    what = ", ".join(map(str, opened))
    denied = {_is_denied(rule, source, port, rules) for source in everywhere for port in opened}
    if denied and "" not in denied:
        return passed(
            f"{rule.name} lets in {', '.join(everywhere)} on {what}, which {', '.join(sorted(denied))} denies"
        )
    if everywhere and opened and not (rule.other_sources and not rule.network):
        _require_denying(rule, rules)
        return failed(f"{rule.name} lets in {', '.join(everywhere)} on {what}")
    if everywhere and opened:
        return unknown(
            f"{rule.name} lets in {', '.join(everywhere)} on {what}, but not all of it: see its other conditions"
        )
    return passed(f"{rule.name} does not open {', '.join(map(str, ports))} to everybody")


@check(objective="networks-are-segregated", severity=Severity.LOW)
def network_is_made_on_purpose(network: Network) -> Verdict:
    """There is no default network, and no legacy one.

    The default network reaches every region, with rules that let in SSH, remote desktops and everything from inside.
    Legacy networks cannot be divided at all.

    Remediation: Move what is in it, then `gcloud compute networks delete default`; the constraint
    `compute.skipDefaultNetworkCreation` keeps new projects from having one.
    """
    if network.name == "default":
        return failed(f"{network.id} is the default network")
    if network.legacy:
        return failed(f"{network.name} is a legacy network")
    return passed(f"{network.name} was made on purpose")


@check(objective="use-is-logged", severity=Severity.MEDIUM)
def subnetwork_logs_flows(
    subnetwork: Subnetwork, containers: Population[Container], policies: Population[OrganizationPolicy]
) -> Verdict:
    """A subnetwork for machines logs its flows.

    After an attack they tell who spoke with whom.

    Remediation: `gcloud compute networks subnets update SUBNETWORK --enable-flow-logs`.
    """
    if subnetwork.purpose not in LOGGED:
        return not_applicable(f"{subnetwork.name} is for {subnetwork.purpose}, which has no flow logs")
    if subnetwork.flow_logs is not None:
        return (
            passed(f"{subnetwork.name} logs flows")
            if subnetwork.flow_logs
            else failed(f"{subnetwork.name} logs no flows")
        )
    container = containers.here.get(subnetwork.container)
    if container is None:
        return unknown(f"{subnetwork.container}, to which {subnetwork.name} belongs, was not listed")
    rules = rules_for(FLOW_LOGS, container, policies, containers)
    if rules.hidden:
        return unknown(f"{subnetwork.name} says nothing, and what {', '.join(rules.hidden)} demands cannot be seen")
    if rules.policy is not None:
        return unknown(f"{subnetwork.name} says nothing, and {rules.policy.id} decides")
    return failed(f"{subnetwork.name} says nothing about flow logs, and no organization policy demands them")


@check(objective="use-is-logged", severity=Severity.LOW)
def network_logs_names(network: Network, policies: Population[DnsPolicy]) -> Verdict:
    """A policy of Cloud DNS logs which names are looked up in a network.

    Programs that steal or wait for orders look up names first.

    Remediation: `gcloud dns policies create … --networks=NETWORK --enable-logging`.
    """
    end = network.id.removeprefix("//compute.googleapis.com/")
    for policy in policies.here.observed:
        if policy.logs and any(each.endswith(end) for each in policy.networks):
            return passed(f"{policy.name} logs what is looked up in {network.name}")
    policies.here.require_all(by="logs")
    policies.here.require_all(by="networks")
    return failed(f"no policy logs what is looked up in {network.name}")


def _is_everywhere(source: str) -> bool:
    found = ip_network(source, strict=False)
    return found.prefixlen < FEW_BITS[found.version] and not (
        isinstance(found, IPv6Network) and found.subnet_of(INSIDE)
    )


def is_wide(network: str) -> bool:
    """Whether a range (`0.0.0.0/0`) is as good as everywhere."""
    size = network.partition("/")[2]
    return bool(size) and int(size) < FEW_BITS[6 if ":" in network else 4]


def _is_denied(rule: FirewallRule, source: str, port: int, rules: Population[FirewallRule]) -> str:
    """The rule of the same network that denies this before; empty where none is known. At the same priority denying
    counts first (https://cloud.google.com/firewall/docs/firewalls#priority_order_for_firewall_rules)."""
    for _, other in rules.here.having(rule.network, by="network") if rule.network else ():
        if (
            not missing_fields(other)
            and (other.enabled and other.inbound and not other.allows and other.priority <= rule.priority)
            and (not other.targets or (rule.targets and set(rule.targets) <= set(other.targets)))
            and any(_holds_all(each, source) for each in other.sources)
            and any(_opens(each, port) for each in other.passages)
        ):
            return other.name
    return ""


def _require_denying(rule: FirewallRule, rules: Population[FirewallRule]) -> None:
    """Raises `NotObservedError` when a rule that denies this first may have been hidden from us."""
    if not rule.network:
        return
    rules.here.require_all(by="network")
    for _, other in rules.here.having(rule.network, by="network"):
        if missing_fields(other) and ("allows" in missing_fields(other) or not other.allows):
            raise NotObservedError(f"what {other.name} denies was not observed")


def _holds_all(wide: str, source: str) -> bool:
    outer, inner = ip_network(wide, strict=False), ip_network(source, strict=False)
    return outer.version == inner.version and inner.subnet_of(outer)  # type: ignore[arg-type]  # of one version


def _opens(passage: Passage, port: int) -> bool:
    if passage.protocol not in CARRIES_TCP:
        return False
    return not passage.ports or any(_holds(each, port) for each in passage.ports)


def _holds(ports: str, port: int) -> bool:
    first, _, final = ports.partition("-")
    return int(first) <= port <= int(final or first)
