"""Truth tables of the checks about how the kernel treats packets."""

from __future__ import annotations

from typing import Any

import pytest

from checks.host import kernel_network as checks
from core.model import Status
from core.resources.host.kernel import Ipv4Interface, Ipv6Interface, KernelNetwork

P, F, N = Status.PASS, Status.FAIL, Status.NOT_APPLICABLE
QUIET = {
    "accept_redirects": 0,
    "accept_source_route": 0,
    "forwarding": 0,
    "log_martians": 0,
    "rp_filter": 0,
    "send_redirects": 0,
}


def v4(name: str = "eth0", **changed: int) -> Ipv4Interface:
    return Ipv4Interface(name=name, **{**QUIET, **changed})


def v6(name: str = "eth0", **changed: int) -> Ipv6Interface:
    return Ipv6Interface(name=name, **{"accept_redirects": 0, "accept_source_route": 0, "forwarding": 0, **changed})


def network(everywhere: dict[str, int], *ipv4: Ipv4Interface, ipv6: tuple[Ipv6Interface, ...] = (), **rest: Any) -> Any:
    fields = {"tcp_syncookies": 1, "icmp_echo_ignore_broadcasts": 1, **rest}
    return KernelNetwork(id="web-1", ipv4_all=v4("all", **everywhere), ipv4=ipv4, ipv6=ipv6, **fields)


@pytest.mark.parametrize(
    ("everywhere", "own", "forwarding", "status"),
    [(0, 0, 0, P), (1, 0, 0, F), (0, 1, 0, F), (0, 1, 1, P), (1, 0, 1, P), (1, 1, 1, F)],
)
def test_redirects_are_not_accepted(everywhere: int, own: int, forwarding: int, status: Status) -> None:
    """A host accepts when `all` or the interface says so, a router when both do."""
    seen = network(
        {"accept_redirects": everywhere}, v4("lo", accept_redirects=1), v4(accept_redirects=own, forwarding=forwarding)
    )
    assert checks.redirects_are_not_accepted(seen).status is status


@pytest.mark.parametrize(("own", "forwarding", "status"), [(0, 0, P), (1, 0, F), (1, 1, P)])
def test_ipv6_redirects_are_not_accepted(own: int, forwarding: int, status: Status) -> None:
    seen = network({}, ipv6=(v6("lo", accept_redirects=1), v6(accept_redirects=own, forwarding=forwarding)))
    assert checks.ipv6_redirects_are_not_accepted(seen).status is status


def test_ipv6_that_is_off_accepts_nothing() -> None:
    assert checks.ipv6_redirects_are_not_accepted(network({})).status is N
    assert checks.ipv6_redirects_are_not_accepted(network({}, ipv6=(v6("lo", accept_redirects=1),))).status is N


@pytest.mark.parametrize(
    ("everywhere", "own", "forwarding", "status"), [(0, 0, 1, P), (1, 0, 0, P), (1, 0, 1, F), (0, 1, 1, F)]
)
def test_redirects_are_not_sent(everywhere: int, own: int, forwarding: int, status: Status) -> None:
    """One of `all` and the interface is enough, but only what is forwarded causes redirects."""
    seen = network({"send_redirects": everywhere}, v4(send_redirects=own, forwarding=forwarding))
    assert checks.redirects_are_not_sent(seen).status is status
    assert checks.redirects_are_not_sent(seen, is_router=True).status is N


@pytest.mark.parametrize(
    ("everywhere", "own", "six", "status"), [(0, 1, 0, P), (1, 0, -1, P), (1, 1, 0, F), (0, 0, 1, F)]
)
def test_source_routes_are_refused(everywhere: int, own: int, six: int, status: Status) -> None:
    """IPv4 takes them when `all` and the interface both say so."""
    seen = network(
        {"accept_source_route": everywhere}, v4(accept_source_route=own), ipv6=(v6(accept_source_route=six),)
    )
    assert checks.source_routes_are_refused(seen).status is status


@pytest.mark.parametrize(("everywhere", "own", "status"), [(0, 0, F), (1, 0, P), (0, 2, P), (2, 1, P)])
def test_forged_senders_are_dropped(everywhere: int, own: int, status: Status) -> None:
    """The higher of `all` and the interface counts, and nobody filters the loopback."""
    seen = network({"rp_filter": everywhere}, v4("lo"), v4(rp_filter=own))
    assert checks.forged_senders_are_dropped(seen).status is status


@pytest.mark.parametrize(("everywhere", "own", "status"), [(0, 0, F), (1, 0, P), (0, 1, P)])
def test_impossible_addresses_are_logged(everywhere: int, own: int, status: Status) -> None:
    seen = network({"log_martians": everywhere}, v4("lo"), v4(log_martians=own))
    assert checks.impossible_addresses_are_logged(seen).status is status


@pytest.mark.parametrize(("value", "status"), [(1, P), (2, P), (0, F), (None, F)])
def test_connection_floods_are_survived(value: int | None, status: Status) -> None:
    assert checks.connection_floods_are_survived(network({}, tcp_syncookies=value)).status is status


@pytest.mark.parametrize(("value", "status"), [(1, P), (0, F), (None, N)])
def test_broadcast_pings_are_ignored(value: int | None, status: Status) -> None:
    assert checks.broadcast_pings_are_ignored(network({}, icmp_echo_ignore_broadcasts=value)).status is status


def test_packets_are_not_forwarded() -> None:
    quiet = network({}, v4("default", forwarding=1), v4(), ipv6=(v6(),))
    assert checks.packets_are_not_forwarded(quiet).status is P
    for forwarding in (network({}, v4(forwarding=1)), network({}, ipv6=(v6(forwarding=1),))):
        assert checks.packets_are_not_forwarded(forwarding).status is F
        assert checks.packets_are_not_forwarded(forwarding, is_router=True).status is N


def test_hundreds_of_interfaces_are_counted_not_listed() -> None:
    reason = checks.packets_are_not_forwarded(network({}, *(v4(f"veth{n}", forwarding=1) for n in range(300)))).reason
    assert reason.endswith("veth9 (IPv4) and 290 more")
