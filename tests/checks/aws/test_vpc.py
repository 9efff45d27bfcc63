"""Truth tables of the checks of networks and of the ways out of them."""

from __future__ import annotations

from typing import Any

import pytest

from checks.aws import vpc as checks
from checks.aws import vpc_connections as ways
from core.plugins import Check
from core.population import Population
from core.resource import NotObservedError, unobserved
from core.resources.aws.vpc import (
    ClientVpnEndpoint,
    EndpointService,
    FlowLog,
    PeeredNetwork,
    PeeringRoute,
    Subnet,
    Tunnel,
    Vpc,
    VpcEndpoint,
    VpcPeering,
    VpnConnection,
)
from tests.checks.aws.making import ACCOUNT, OTHER, account, allow, everybody, policy, status
from tests.twins import population

NO_SUBNETS: Population[Subnet] = population(kind="aws_subnet")
SHARED = {"owner": OTHER, "of_this_account": False}


def vpc(**changes: Any) -> Vpc:
    given: dict[str, Any] = {
        "id": "vpc-1",
        "name": "main",
        "owner": ACCOUNT,
        "of_this_account": True,
        "is_default": False,
        "ranges": ("10.0.0.0/16",),
        "flow_logs": (),
    }
    return Vpc(**{**given, **changes})


def subnet(number: int = 1, **changes: Any) -> Subnet:
    given: dict[str, Any] = {
        "id": f"subnet-{number}",
        "name": "",
        "vpc": "vpc-1",
        "of_this_account": True,
        "zone": "eu-west-1a",
        "public_by_default": False,
        "reaches_internet": False,
    }
    return Subnet(**{**given, **changes})


def endpoint(**changes: Any) -> VpcEndpoint:
    given: dict[str, Any] = {
        "id": "vpce-1",
        "name": "",
        "service": "com.amazonaws.eu-west-1.ec2",
        "type": "Interface",
        "vpc": "vpc-1",
        "owner": ACCOUNT,
        "subnets": ("subnet-1", "subnet-2"),
        "statements": policy(account(ACCOUNT, "*")),
    }
    return VpcEndpoint(**{**given, **changes})


def flow_log(traffic: str = "ALL", *, active: bool = True, failing: bool = False) -> FlowLog:
    return FlowLog(id="fl-1", traffic=traffic, active=active, failing=failing)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "fail"),
        ({"flow_logs": (flow_log(),)}, "pass"),
        ({"flow_logs": (flow_log("REJECT"),), "name": ""}, "pass"),
        ({"flow_logs": (flow_log("ACCEPT"),)}, "fail"),
        ({"flow_logs": (flow_log(active=False),)}, "fail"),
        ({"flow_logs": (flow_log(failing=True),)}, "fail"),
        (SHARED, "not_applicable"),
    ],
)
def test_vpc_logs_its_traffic(changes: dict[str, Any], expected: str) -> None:
    assert status(checks.vpc_logs_its_traffic(vpc(**changes))) == expected


def test_flow_logs_that_were_not_seen_are_unknown() -> None:
    with pytest.raises(NotObservedError):
        checks.vpc_logs_its_traffic(vpc(flow_logs=unobserved("denied")))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "pass"),
        ({"public_by_default": True}, "fail"),
        ({"public_by_default": True, "name": "front"}, "pass"),
        ({"of_this_account": False, "public_by_default": True}, "not_applicable"),
    ],
)
def test_subnet_gives_no_public_addresses(changes: dict[str, Any], expected: str) -> None:
    assert status(checks.subnet_gives_no_public_addresses(subnet(**changes), approved=("front",))) == expected


@pytest.mark.parametrize(
    ("subnets", "separate", "zones"),
    [
        ([subnet()], "pass", "fail"),
        ([subnet(reaches_internet=True)], "fail", "fail"),
        ([subnet(reaches_internet=True), subnet(2, zone="eu-west-1b")], "pass", "pass"),
        ([subnet(vpc="vpc-2")], "not_applicable", "not_applicable"),
    ],
)
def test_subnets_of_a_vpc(subnets: list[Subnet], separate: str, zones: str) -> None:
    given = population(*subnets)
    assert status(checks.vpc_separates_public_from_private(vpc(), given)) == separate
    assert status(checks.vpc_spans_zones(vpc(), given)) == zones


@pytest.mark.parametrize("check", [checks.vpc_separates_public_from_private, checks.vpc_spans_zones])
def test_networks_of_others_are_theirs(check: Check[...]) -> None:
    assert status(check(vpc(**SHARED), population(subnet()))) == "not_applicable"


def test_subnets_that_were_not_seen_are_unknown() -> None:
    with pytest.raises(NotObservedError):
        checks.vpc_spans_zones(vpc(), population(kind="aws_subnet", missing="denied"))


@pytest.mark.parametrize(
    ("seen", "changes", "expected"),
    [
        ([endpoint()], {}, "pass"),
        ([endpoint(service="com.amazonaws.eu-west-1.ec2messages")], {}, "fail"),
        ([endpoint(vpc="vpc-2")], {}, "fail"),
        ([endpoint()], SHARED, "not_applicable"),
    ],
)
def test_vpc_reaches_services_privately(seen: list[VpcEndpoint], changes: dict[str, Any], expected: str) -> None:
    given = checks.vpc_reaches_services_privately(vpc(**changes), population(*seen), population(subnet()))
    assert status(given) == expected


def test_an_empty_network_needs_no_endpoints() -> None:
    given = checks.vpc_reaches_services_privately(vpc(), population(kind="aws_vpc_endpoint"), NO_SUBNETS)
    assert status(given) == "not_applicable"


def peering(**changes: Any) -> VpcPeering:
    given: dict[str, Any] = {
        "id": "pcx-1",
        "name": "",
        "status": "active",
        "requester": PeeredNetwork(vpc="vpc-1", account=ACCOUNT, ranges=("10.1.0.0/16",)),
        "accepter": PeeredNetwork(vpc="vpc-2", account=ACCOUNT, ranges=("10.2.0.0/16", "fd00:2::/56")),
        "other": "",
        "routes": (),
    }
    return VpcPeering(**{**given, **changes})


def route(destination: str) -> dict[str, Any]:
    return {"routes": (PeeringRoute(table="rtb-1", destination=destination),)}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "pass"),
        (route("10.2.3.0/24"), "pass"),
        (route("10.2.0.0/16"), "fail"),
        ({**route("10.0.0.0/8"), "name": "to-data"}, "fail"),
        (route("::/0"), "fail"),
        (route("pl-1"), "unknown"),
        ({"accepter": PeeredNetwork(vpc="vpc-2", account=OTHER, ranges=())}, "unknown"),
        ({"status": "pending-acceptance"}, "not_applicable"),
    ],
)
def test_peering_routes_are_narrow(changes: dict[str, Any], expected: str) -> None:
    assert status(ways.peering_routes_are_narrow(peering(**changes))) == expected


@pytest.mark.parametrize(
    ("changes", "approved", "expected"),
    [
        ({}, (), "pass"),
        ({"other": OTHER}, (), "fail"),
        ({"other": OTHER, "status": "pending-acceptance"}, (), "fail"),
        ({"other": OTHER}, (OTHER,), "pass"),
        ({"other": OTHER, "status": "deleted"}, (), "not_applicable"),
    ],
)
def test_peering_is_with_approved_accounts(changes: dict[str, Any], approved: tuple[str, ...], expected: str) -> None:
    assert status(ways.peering_is_with_approved_accounts(peering(**changes), approved=approved)) == expected


OUR_RESOURCES = {"Condition": {"StringEquals": {"aws:ResourceAccount": ACCOUNT}}}
OUR_PRINCIPALS = {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}
ONE_BUCKET = {"Resource": "arn:aws:s3:::packages/*"}
BUT_ONE = {"Resource": [], "NotResource": "arn:aws:s3:::packages/*"}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "pass"),
        ({"statements": policy(everybody("*"))}, "fail"),
        ({"statements": policy(everybody("*", **OUR_RESOURCES))}, "pass"),
        ({"statements": policy(everybody("*", **OUR_PRINCIPALS))}, "pass"),
        ({"statements": policy(everybody("s3:GetObject", **ONE_BUCKET))}, "pass"),
        ({"statements": policy(everybody("s3:*", **BUT_ONE))}, "fail"),
        ({"statements": None, "type": "GatewayLoadBalancer", "service": ""}, "not_applicable"),
    ],
)
def test_endpoint_policy_is_narrow(changes: dict[str, Any], expected: str) -> None:
    assert status(ways.endpoint_policy_is_narrow(endpoint(**changes))) == expected


@pytest.mark.parametrize(
    ("changes", "approved", "expected"),
    [
        ({}, (), "pass"),
        ({"statements": policy(account(OTHER, "s3:*"))}, (), "fail"),
        ({"statements": policy(account(OTHER, "s3:*"))}, (OTHER,), "pass"),
        ({"statements": policy(allow("s3:*", Principal="*"))}, (), "pass"),
        ({"statements": None}, (), "not_applicable"),
    ],
)
def test_endpoint_lets_in_approved_accounts(changes: dict[str, Any], approved: tuple[str, ...], expected: str) -> None:
    assert status(ways.endpoint_lets_in_approved_accounts(endpoint(**changes), approved=approved)) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "pass"),
        ({"subnets": ("subnet-1",)}, "fail"),
        ({"subnets": ()}, "fail"),
        ({"subnets": ("subnet-1", "subnet-9")}, "unknown"),
        ({"type": "Gateway"}, "not_applicable"),
    ],
)
def test_endpoint_spans_zones(changes: dict[str, Any], expected: str) -> None:
    subnets = population(subnet(), subnet(2, zone="eu-west-1b"))
    assert status(ways.endpoint_spans_zones(endpoint(**changes), subnets)) == expected


@pytest.mark.parametrize(
    ("principals", "accepts", "approved", "expected"),
    [
        ((), True, (), "pass"),
        (("*",), True, (), "fail"),
        (("*",), False, (), "fail"),
        ((f"arn:aws:iam::{OTHER}:root",), True, (), "fail"),
        ((f"arn:aws:iam::{ACCOUNT}:root",), True, (), "pass"),
        ((f"arn:aws:iam::{ACCOUNT}:root", f"arn:aws:iam::{OTHER}:root"), True, (), "fail"),
        (("*",), True, ("*",), "pass"),
        ((f"arn:aws:iam::{OTHER}:root",), True, (OTHER,), "pass"),
        ((f"arn:aws:iam::{OTHER}:root",), True, (f"arn:aws:iam::{OTHER}:root",), "pass"),
    ],
)
def test_endpoint_service(principals: tuple[str, ...], accepts: bool, approved: tuple[str, ...], expected: str) -> None:
    given: dict[str, Any] = {"needs_acceptance": accepts, "principals": principals}
    service = EndpointService(id="vpce-svc-1", name="", account=ACCOUNT, **given)
    assert status(ways.endpoint_service_lets_in_approved_principals(service, approved=approved)) == expected


def test_a_service_is_called_by_its_name() -> None:
    service = EndpointService(id="vpce-svc-1", name="orders", account=ACCOUNT, needs_acceptance=True, principals=())
    reason = ways.endpoint_service_lets_in_approved_principals(service).reason
    assert reason == "only this account may connect to orders (vpce-svc-1)"


UP, DOWN = Tunnel(address="203.0.113.1", up=True), Tunnel(address="203.0.113.2", up=False)


@pytest.mark.parametrize(
    ("state", "tunnels", "expected"),
    [
        ("available", (UP, UP), "pass"),
        ("available", (UP, DOWN), "fail"),
        ("available", (), "unknown"),
        ("deleted", (DOWN, DOWN), "not_applicable"),
    ],
)
def test_vpn_connection_has_both_tunnels(state: str, tunnels: tuple[Tunnel, ...], expected: str) -> None:
    for name in ("", "office"):
        given = VpnConnection(id="vpn-1", name=name, state=state, tunnels=tunnels)
        assert status(ways.vpn_connection_has_both_tunnels(given)) == expected


@pytest.mark.parametrize(
    ("name", "logs", "methods", "logged", "asked"),
    [
        ("people", True, ("federated-authentication",), "pass", "pass"),
        ("", False, ("certificate-authentication",), "fail", "fail"),
        ("", True, ("certificate-authentication", "directory-service-authentication"), "pass", "pass"),
    ],
)
def test_client_vpn(name: str, logs: bool, methods: tuple[str, ...], logged: str, asked: str) -> None:
    given = ClientVpnEndpoint(id="cvpn-1", name=name, logs_connections=logs, methods=methods)
    assert status(ways.client_vpn_logs_connections(given)) == logged
    assert status(ways.client_vpn_asks_the_person(given)) == asked
