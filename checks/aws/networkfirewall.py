"""Checks of network firewalls: they stand where they must, have rules, and tell what they saw."""

from __future__ import annotations

from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.population import Population
from core.resources.aws.networkfirewall import NetworkFirewall
from core.resources.aws.vpc import Subnet, Vpc

PASS = "aws:pass"  # noqa: S105 - an action, no password


@check(objective="traffic-is-filtered", severity=Severity.LOW)
def network_is_behind_a_firewall(
    vpc: Vpc, firewalls: Population[NetworkFirewall], subnets: Population[Subnet], *, approved: tuple[str, ...] = ()
) -> Verdict:
    """A network that reaches the internet has a network firewall.

    Security groups know addresses and ports; a firewall sees what is said, and to which names it goes. Networks that
    are filtered in another way (a central firewall behind a transit gateway) stand in the setting `approved`.

    Remediation: `aws network-firewall create-firewall`, and route the subnets through its endpoints.
    """
    name = f"{vpc.name} ({vpc.id})" if vpc.name else vpc.id
    if not vpc.of_this_account:
        return not_applicable(f"{name} is shared with us by {vpc.owner}")
    if {vpc.id, vpc.name} & set(approved):
        return passed(f"{name} is filtered in another way, which is approved")
    if not any(each.reaches_internet for each in subnets.here if each.vpc == vpc.id):
        return not_applicable(f"no subnet of {name} reaches an internet gateway")
    if firewall := next((each for each in firewalls.observed if each.vpc == vpc.id), None):
        return passed(f"{firewall.name} stands in {name}")
    len(firewalls)  # raises where we could not look
    return failed(f"{name} reaches the internet, and no network firewall stands in it")


@check(objective="use-is-logged", severity=Severity.MEDIUM)
def firewall_logs(firewall: NetworkFirewall) -> Verdict:
    """A network firewall records what it saw.

    The log shows attacks that were stopped, and helps to find those that were not.

    Remediation: `aws network-firewall update-logging-configuration`, with alerts and flows.
    """
    if firewall.logs:
        return passed(f"{firewall.name} records {', '.join(firewall.logs)}")
    return failed(f"{firewall.name} records nothing")


@check(objective="services-survive-failures", severity=Severity.MEDIUM)
def firewall_spans_zones(firewall: NetworkFirewall) -> Verdict:
    """A network firewall has endpoints in more than one zone.

    Where all traffic goes through one endpoint, its zone takes everything down. A zone has at most one endpoint.

    Remediation: `aws network-firewall associate-subnets`, with a subnet of another zone.
    """
    where = f"{firewall.name} has endpoints in {', '.join(firewall.places) or 'no subnet'}"
    return passed(where) if len(firewall.places) > 1 else failed(f"{where} only")


@check(objective="deletions-can-be-undone", severity=Severity.LOW)
def firewall_is_protected(firewall: NetworkFirewall) -> Verdict:
    """A network firewall cannot be deleted by mistake.

    Without it, traffic stops, or flows unseen.

    Remediation: `aws network-firewall update-firewall-delete-protection --delete-protection`.
    """
    if firewall.is_protected:
        return passed(f"{firewall.name} is protected from deletion")
    return failed(f"{firewall.name} is not protected from deletion")


@check(objective="traffic-is-filtered", severity=Severity.MEDIUM)
def firewall_has_rules(firewall: NetworkFirewall) -> Verdict:
    """The policy of a network firewall has rules.

    A firewall without rules is a cable.

    Remediation: Add groups of rules to the policy, such as those that AWS manages.
    """
    if firewall.rule_groups:
        return passed(f"{firewall.name} has {firewall.rule_groups} groups of rules")
    return failed(f"{firewall.name} has no rules")


@check(objective="networks-deny-by-default", severity=Severity.MEDIUM)
def firewall_passes_nothing_unseen(firewall: NetworkFirewall) -> Verdict:
    """What no stateless rule of a firewall speaks of is dropped or looked at, not passed.

    By `aws:pass`, packets and parts of packets go by all stateful rules.

    Remediation: Set the default actions of the policy to `aws:drop` or `aws:forward_to_sfe`, for fragments as well.
    """
    passing = [
        what for what, actions in (("packets", firewall.packets), ("fragments", firewall.fragments)) if PASS in actions
    ]
    if passing:
        return failed(f"{firewall.name} passes {' and '.join(passing)} of which no stateless rule speaks")
    return passed(f"{firewall.name} drops or looks at what no stateless rule speaks of")
