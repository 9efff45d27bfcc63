"""Checks of the ways out of a network: peerings, endpoints, services for others, and VPNs."""

from __future__ import annotations

import re

from checks.aws.grants import speaks_of_everything
from checks.aws.policies import accounts_let_in, everybody_may
from checks.cloud.addresses import covers
from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.population import Population
from core.resources.aws.policy import Statement
from core.resources.aws.vpc import (
    ClientVpnEndpoint,
    EndpointService,
    Subnet,
    VpcEndpoint,
    VpcPeering,
    VpnConnection,
)

OF_OUR_RESOURCES = frozenset({"aws:resourceaccount", "aws:resourceorgid", "aws:resourceorgpaths", "s3:resourceaccount"})
"""Conditions that confine a policy to what belongs to certain accounts."""


@check(objective="networks-are-segregated", severity=Severity.LOW)
def peering_routes_are_narrow(peering: VpcPeering) -> Verdict:
    """Routes over a peering lead to the addresses that are needed, not to the whole network on the other side.

    A route for the whole network lets a machine that was taken over look at everything there.

    Remediation: Replace the route that the reason names by routes to the subnets or hosts that are needed.
    """
    if peering.status != "active":
        return not_applicable(f"the peering {_named(peering)} is {peering.status}")
    wide, lists = [], []
    ranges = (*peering.requester.ranges, *peering.accepter.ranges)
    if not (peering.requester.ranges and peering.accepter.ranges):
        return unknown(f"AWS does not say which ranges {_named(peering)} joins")
    for route in peering.routes:
        if route.destination.startswith("pl-"):
            lists.append(route)
        elif any(covers(route.destination, each) for each in ranges):
            wide.append(route)
    if wide:
        routes = ", ".join(f"{each.destination} in {each.table}" for each in wide)
        return failed(f"routes over {_named(peering)} lead to a whole network: {routes}")
    if lists:
        return unknown(f"{lists[0].table} leads to {lists[0].destination}, whose ranges nobody looked at")
    return passed(f"no route over {_named(peering)} leads to a whole network")


@check(objective="outside-access-is-approved", severity=Severity.MEDIUM)
def peering_is_with_approved_accounts(peering: VpcPeering, *, approved: tuple[str, ...] = ()) -> Verdict:
    """A network is joined only with networks of accounts that were approved.

    A peering is a door in the wall between two owners.

    Remediation: Name the account in the setting `approved`, or delete the peering.
    """
    if peering.status not in ("active", "provisioning", "pending-acceptance"):
        return not_applicable(f"the peering {_named(peering)} is {peering.status}")
    if not peering.other:
        return passed(f"{_named(peering)} joins two networks of the account")
    if peering.other in approved:
        return passed(f"{_named(peering)} joins a network of {peering.other}, which is approved")
    return failed(f"{_named(peering)} joins a network of {peering.other}, which nobody approved")


@check(objective="data-leaves-only-as-allowed", severity=Severity.MEDIUM)
def endpoint_policy_is_narrow(endpoint: VpcEndpoint) -> Verdict:
    """The policy of an endpoint says whose identities may use it, or whose resources they may reach.

    The policy that AWS gives an endpoint lets everybody do everything: then the private way out also leads into the
    storage of strangers, for whoever brings their credentials.

    Remediation: Confine the policy by `aws:PrincipalOrgID` or `aws:ResourceOrgID`, or name principals or resources.
    """
    if endpoint.statements is None:
        return not_applicable(f"{_endpoint(endpoint)} is of a type that has no policy: {endpoint.type}")
    wide = [each for each in everybody_may(endpoint.statements) if not _is_of_ours(each)]
    if wide:
        return failed(f"the policy of {_endpoint(endpoint)} lets everybody reach everything")
    return passed(f"the policy of {_endpoint(endpoint)} confines who may reach what")


@check(objective="outside-access-is-approved", severity=Severity.MEDIUM)
def endpoint_lets_in_approved_accounts(endpoint: VpcEndpoint, *, approved: tuple[str, ...] = ()) -> Verdict:
    """The policy of an endpoint names no other account, unless that was approved.

    Remote identities on our own private way are outside access.

    Remediation: Name the account in the setting `approved`, or take it out of the endpoint's policy.
    """
    if endpoint.statements is None:
        return not_applicable(f"{_endpoint(endpoint)} is of a type that has no policy: {endpoint.type}")
    others = sorted(accounts_let_in(endpoint.statements) - {endpoint.owner} - set(approved))
    if others:
        return failed(f"the policy of {_endpoint(endpoint)} lets in {', '.join(others)}, which nobody approved")
    return passed(f"the policy of {_endpoint(endpoint)} names no account that was not approved")


@check(objective="services-survive-failures", severity=Severity.LOW)
def endpoint_spans_zones(endpoint: VpcEndpoint, subnets: Population[Subnet]) -> Verdict:
    """An interface endpoint has addresses in more than one zone.

    When its only zone fails, nothing in the network reaches the service any more.

    Remediation: `aws ec2 modify-vpc-endpoint --vpc-endpoint-id … --add-subnet-ids …`, in another zone.
    """
    if endpoint.type != "Interface":
        return not_applicable(f"{_endpoint(endpoint)} has no addresses in subnets: {endpoint.type}")
    found = [subnets.get(each) for each in endpoint.subnets]
    zones = sorted({each.zone for each in found if each is not None})
    if None in found:
        return unknown(f"a subnet of {_endpoint(endpoint)} is not in any account we look at")
    if len(zones) > 1:
        return passed(f"{_endpoint(endpoint)} is in {', '.join(zones)}")
    return failed(f"{_endpoint(endpoint)} is in {zones[0] if zones else 'no subnet'} only")


@check(objective="outside-access-is-approved", severity=Severity.HIGH)
def endpoint_service_lets_in_approved_principals(
    service: EndpointService, *, approved: tuple[str, ...] = ()
) -> Verdict:
    """Only this account and approved ones may connect to a service that we offer by endpoints.

    Whoever is named there may open a way into our network; `*` names everybody in the world. The setting `approved` has
    numbers of accounts or ARNs.

    Remediation: `aws ec2 modify-vpc-endpoint-service-permissions --remove-allowed-principals …`.
    """
    if "*" in set(service.principals) - set(approved):
        how = "once somebody accepts" if service.needs_acceptance else "and nobody has to accept"
        return failed(f"everybody may connect to {_service(service)}, {how}")
    known = {service.account, *approved}
    strangers = [each for each in service.principals if not ({each, *re.findall(r"::(\d{12}):", each)} & known)]
    if strangers:
        return failed(f"{', '.join(strangers)} may connect to {_service(service)}, which nobody approved")
    if service.principals:
        return passed(f"only this account and approved principals may connect to {_service(service)}")
    return passed(f"only this account may connect to {_service(service)}")


@check(objective="services-survive-failures", severity=Severity.MEDIUM)
def vpn_connection_has_both_tunnels(connection: VpnConnection) -> Verdict:
    """Both tunnels of a VPN connection are up.

    AWS maintains one tunnel after the other: with only one up, the connection goes down with it.

    Remediation: See the tunnel's status in *VPC*, *Site-to-Site VPN connections*; configure both on the device at home.
    """
    name = f"{connection.name} ({connection.id})" if connection.name else connection.id
    if connection.state != "available":
        return not_applicable(f"{name} is {connection.state}")
    down = [each.address for each in connection.tunnels if not each.up]
    if down:
        return failed(f"{len(down)} of {len(connection.tunnels)} tunnels of {name} are down: {', '.join(down)}")
    if not connection.tunnels:
        return unknown(f"AWS says nothing of the tunnels of {name}")
    return passed(f"all {len(connection.tunnels)} tunnels of {name} are up")


@check(objective="use-is-logged", severity=Severity.MEDIUM)
def client_vpn_logs_connections(endpoint: ClientVpnEndpoint) -> Verdict:
    """An endpoint where people dial in records who did.

    Without the log nobody can say who was inside when something happened.

    Remediation: `aws ec2 modify-client-vpn-endpoint --client-vpn-endpoint-id …
    --connection-log-options Enabled=true,…`.
    """
    name = f"{endpoint.name} ({endpoint.id})" if endpoint.name else endpoint.id
    if endpoint.logs_connections:
        return passed(f"{name} records connections")
    return failed(f"{name} records no connections")


@check(objective="sign-in-methods-are-strong", severity=Severity.MEDIUM)
def client_vpn_asks_the_person(endpoint: ClientVpnEndpoint) -> Verdict:
    """Who dials in proves who they are, not only that they have a certificate.

    A certificate is copied with the laptop, and most often shared by many.

    Remediation: Make an endpoint with federated or directory authentication; it cannot be changed afterwards.
    """
    name = f"{endpoint.name} ({endpoint.id})" if endpoint.name else endpoint.id
    personal = [each for each in endpoint.methods if each != "certificate-authentication"]
    if personal:
        return passed(f"{name} asks for {', '.join(personal)}")
    return failed(f"{name} asks for a certificate alone")


def _is_of_ours(statement: Statement) -> bool:
    """Whether a statement is about certain resources only."""
    confined = any(
        condition.key in OF_OUR_RESOURCES and condition.operator.lower().startswith("stringequals")
        for condition in statement.conditions
    )
    return confined or not (speaks_of_everything(statement) or statement.not_resources)


def _named(peering: VpcPeering) -> str:
    return f"{peering.name} ({peering.id})" if peering.name else peering.id


def _endpoint(endpoint: VpcEndpoint) -> str:
    return f"{endpoint.name or endpoint.id} for {endpoint.service or 'a resource'}"


def _service(service: EndpointService) -> str:
    return f"{service.name} ({service.id})" if service.name else service.id
