"""Checks of networks: who gets in, and what they write down."""

from __future__ import annotations

from checks.cloud.addresses import is_everywhere
from checks.gcp.containers import hidden, rules_for
from checks.gcp.firewalls import Firewalls, left_to, opens
from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.population import Population
from core.resources.gcp.compute import FirewallPolicy, FirewallRule, Network, Subnetwork
from core.resources.gcp.data import DnsPolicy
from core.resources.gcp.hierarchy import Container
from core.resources.gcp.iam import OrganizationPolicy

FLOW_LOGS = "compute.requireVpcFlowLogs"
LOGGED = ("PRIVATE", "PRIVATE_RFC_1918")
"""Purposes of subnetworks that have flow logs (https://cloud.google.com/vpc/docs/using-flow-logs)."""


@check(objective="internet-exposure-is-intended", severity=Severity.CRITICAL)
def rule_opens_no_management_port_to_everybody(
    rule: FirewallRule,
    rules: Population[FirewallRule],
    policies: Population[FirewallPolicy],
    networks: Population[Network],
    containers: Population[Container],
    *,
    ports: tuple[int, ...] = (22, 3389),
) -> Verdict:
    """No firewall rule lets the whole internet reach SSH or remote desktops.

    These ports are tried all day by programs that know every leaked password. A rule lets nobody in where another one
    denies first: of its network or its policy, or of a policy that counts before, up to the organization. A rule of a
    policy opens the port wherever the policy hangs, whatever the networks below say.

    Remediation: `gcloud compute firewall-rules update RULE --source-ranges=…`, or `gcloud compute firewall-policies
    rules update …`; people come in by Identity-Aware Proxy, whose range is 35.235.240.0/20.
    """
    if not (rule.inbound and rule.allows):
        return not_applicable(f"{rule.name} lets nothing in")
    if not rule.enabled:
        return not_applicable(f"{rule.name} is disabled")
    everywhere = [each for each in rule.sources if is_everywhere(each)]
    opened = sorted(port for port in ports if any(opens(each, port) for each in rule.passages))
    if not everywhere or not opened:
        return passed(f"{rule.name} does not open {', '.join(map(str, ports))} to everybody")
    said = f"{rule.name} lets in {', '.join(everywhere)} on {', '.join(map(str, opened))}"
    return _unless_denied(rule, said, everywhere, opened, Firewalls(rules, policies, networks, containers))


def _unless_denied(
    rule: FirewallRule, said: str, everywhere: list[str], opened: list[int], firewalls: Firewalls
) -> Verdict:
    """The verdict on a rule that opens ports to everybody, after what counts before it."""
    places = firewalls.places(rule)
    if not places:
        return not_applicable(f"{said}, but its policy hangs nowhere")
    open_at: list[str] = []
    outside: set[str] = set()
    denying: set[str] = set()
    doubtful: set[str] = set()
    for place in places:
        container = firewalls.container(place)
        if container is None:
            return unknown(f"{said}, and what counts before it cannot be seen: {place} was not listed")
        stages = tuple(firewalls.before(rule, place, container))
        left = [left_to(rule, source, port, place, stages) for source in everywhere for port in opened]
        denying.update(*(each.denying for each in left))
        if any(each.much for each in left):
            open_at.append(place)
            doubtful.update(*(each.doubtful for each in left))
            outside.update(hidden(container, firewalls.containers))
    if not open_at:
        return passed(f"{said}, which {', '.join(sorted(denying))} denies")
    if rule.other_sources and rule.policy:
        return unknown(f"{said}, but not all of it: see its other conditions")
    if outside:
        return unknown(f"{said}, unless policies of {', '.join(sorted(outside))} deny it, which cannot be seen")
    if doubtful:
        return unknown(f"{said}, unless {', '.join(sorted(doubtful))} denies it, which could not be read")
    firewalls.require_all()
    return failed(f"{said}, at {', '.join(open_at)}" if rule.policy else said)


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
