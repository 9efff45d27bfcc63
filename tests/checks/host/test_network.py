"""Truth tables of the checks of listeners and of the packet filter."""

from __future__ import annotations

import pytest

from checks.host.network import (
    firewall_denies_ipv4_by_default,
    firewall_denies_ipv6_by_default,
    listener_is_approved,
    no_clear_text_service_listens,
    no_database_listens_on_all_addresses,
    x11_is_not_reachable,
)
from collectors.host.network import reach
from core.model import Status
from core.plugins import Check
from core.resource import NotObservedError, unobserved
from core.resources.host.network import Firewall, InputFilter, Listener
from tests.twins import population


def listener(
    port: int, address: str = "0.0.0.0", protocol: str = "tcp", programs: object = ("some-program",)
) -> Listener:
    return Listener(
        id=f"{protocol} {address}:{port}",
        protocol=protocol,
        address=address,
        port=port,
        reach=reach(address),
        programs=programs,  # type: ignore[arg-type] # plain values of its fields
    )


@pytest.mark.parametrize(
    ("each", "status"),
    [
        (listener(22), Status.PASS),
        (listener(5432, "127.0.0.1"), Status.PASS),
        (listener(8080, "::"), Status.FAIL),
        (listener(22, protocol="udp"), Status.FAIL),
        (listener(8080, "192.0.2.7"), Status.FAIL),
    ],
)
def test_a_listener_is_approved(each: Listener, status: Status) -> None:
    assert listener_is_approved(each).status is status


def test_the_program_is_told_where_it_was_seen() -> None:
    assert "all addresses by nginx is" in listener_is_approved(listener(81, programs=("nginx",))).reason
    assert "192.0.2.7 is not" in listener_is_approved(listener(81, "192.0.2.7", programs=())).reason
    assert "all addresses is not" in listener_is_approved(listener(81, programs=unobserved("needs root"))).reason


@pytest.mark.parametrize(
    ("check", "bad", "good"),
    [
        (no_clear_text_service_listens, listener(23), listener(23, "::1")),
        (no_clear_text_service_listens, listener(69, protocol="udp"), listener(23, protocol="udp")),
        (x11_is_not_reachable, listener(6001, "::"), listener(6001, "127.0.0.1")),
        (no_database_listens_on_all_addresses, listener(5432, "::"), listener(5432, "10.0.0.5")),
    ],
)
def test_dangerous_ports(check: Check[...], bad: Listener, good: Listener) -> None:
    assert check(population(listener(22), bad)).status is Status.FAIL
    assert check(population(listener(22), good)).status is Status.PASS
    with pytest.raises(NotObservedError):
        check(population(listener(22), missing="cut off"))


def chain(
    *,
    denies: bool,
    ipv4: bool = True,
    ipv6: bool = True,
    open_interfaces: tuple[str, ...] = (),
    because: str = "policy drop",
) -> InputFilter:
    return InputFilter(
        name="inet filter input", ipv4=ipv4, ipv6=ipv6, denies=denies, because=because, open_interfaces=open_interfaces
    )


def firewall(*filters: InputFilter, **changes: object) -> Firewall:
    values: dict[str, object] = {
        "id": "web-1",
        "container": "",
        "programs": ("nft",),
        "filters": filters,
        "ipv6_in_use": True,
    }
    return Firewall(**{**values, **changes})  # type: ignore[arg-type] # plain values of its fields


@pytest.mark.parametrize(
    ("each", "ipv4", "ipv6"),
    [
        (firewall(chain(denies=True)), Status.PASS, Status.PASS),
        (firewall(chain(denies=False), chain(denies=True)), Status.PASS, Status.PASS),
        (firewall(chain(denies=True, ipv6=False)), Status.PASS, Status.FAIL),
        (firewall(chain(denies=True, ipv4=False)), Status.FAIL, Status.PASS),
        (firewall(chain(denies=False)), Status.FAIL, Status.FAIL),
        (firewall(chain(denies=True, open_interfaces=("eth1",))), Status.FAIL, Status.FAIL),
        (firewall(chain(denies=True, open_interfaces=("eth1",)), chain(denies=True)), Status.PASS, Status.PASS),
        (firewall(chain(denies=unobserved("a rule is not understood")), chain(denies=True)), Status.PASS, Status.PASS),
        (firewall(), Status.FAIL, Status.FAIL),
        (firewall(programs=()), Status.FAIL, Status.FAIL),
        (firewall(programs=(), container="docker"), Status.NOT_APPLICABLE, Status.NOT_APPLICABLE),
        (firewall(container="docker"), Status.FAIL, Status.FAIL),
        (firewall(chain(denies=True), ipv6_in_use=False), Status.PASS, Status.NOT_APPLICABLE),
    ],
)
def test_the_filter_denies_by_default(each: Firewall, ipv4: Status, ipv6: Status) -> None:
    assert firewall_denies_ipv4_by_default(each).status is ipv4
    assert firewall_denies_ipv6_by_default(each).status is ipv6


def test_rules_that_nobody_could_list_never_pass() -> None:
    with pytest.raises(NotObservedError):
        firewall_denies_ipv4_by_default(firewall(filters=unobserved("only root may see this")))
    with pytest.raises(NotObservedError):
        firewall_denies_ipv4_by_default(firewall(chain(denies=unobserved("a rule is not understood"))))


def test_an_interface_may_be_trusted() -> None:
    each = firewall(chain(denies=True, open_interfaces=("wg0", "eth1")))
    assert "everything on eth1" in firewall_denies_ipv4_by_default(each, trusted_interfaces=("wg0",)).reason
    assert firewall_denies_ipv4_by_default(each, trusted_interfaces=("wg0", "eth1")).status is Status.PASS


def test_the_rule_that_lets_everybody_in_is_named() -> None:
    loaded = firewall(chain(denies=False, because='the rule "accept"'), chain(denies=False, because="policy accept"))
    assert firewall_denies_ipv4_by_default(loaded).reason == (
        "no loaded chain for incoming IPv4 denies it: "
        'inet filter input, the rule "accept"; inet filter input has policy accept'
    )
