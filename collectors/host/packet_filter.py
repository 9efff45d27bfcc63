"""What becomes of a packet that nobody asked for: chains of rules, followed through every jump. Pure; knows no program.

The packet is the start of a connection from anywhere to a port that no rule is about. So a rule about one port or one
sender does not fit it; a rule about everything on an interface does, for the packet that comes in there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from fnmatch import fnmatchcase
from ipaddress import ip_address, ip_network
from typing import Literal

from core.resource import unobserved
from core.resources.host.network import InputFilter

DEEPEST = 16
"""How many jumps lead into each other at most: the kernel allows that many (NFT_JUMP_STACK_SIZE)."""
MANY_PORTS = 32_768
"""A range of that many ports is not about single services any more."""
HALF_OF_THE_WORLD = 2
"""A network with a shorter prefix is no choice of senders."""


class Fit(IntEnum):
    """Whether a condition fits the packet. Of several conditions the lowest counts."""

    NEVER = 0
    UNCLEAR = 1
    """We do not know what the condition means."""
    MAYBE = 2
    """It fits some such packets: an `accept` lets those in, a `drop` stops not all of them."""
    ALWAYS = 3

    def negated(self) -> Fit:
        return {Fit.NEVER: Fit.ALWAYS, Fit.ALWAYS: Fit.NEVER}.get(self, self)


@dataclass(frozen=True, slots=True)
class Packet:
    """A packet nobody asked for. `interface` is where it comes in; empty for one that no rule names."""

    ipv6: bool
    protocol: Literal["tcp", "udp"]
    interface: str = ""


Condition = Callable[[Packet], Fit]


@dataclass(frozen=True, slots=True)
class Rule:
    """What is done when every condition fits: `accept`, `drop`, `return`, `jump`, `goto`, `unclear`, or `continue`."""

    conditions: tuple[Condition, ...]
    verdict: str
    text: str
    target: str = ""
    """The chain of a `jump` or `goto`."""


@dataclass(slots=True)
class Table:
    """Chains by name, those of them that packets meet first with their policies, and the interfaces rules name."""

    chains: dict[str, list[Rule]] = field(default_factory=dict[str, "list[Rule]"])
    policies: dict[str, str] = field(default_factory=dict[str, str])
    interfaces: set[str] = field(default_factory=set[str])


Outcomes = dict[str, str]
"""What may become of a packet (`accept`, `drop`, `return`, `unclear`), each with the rule that does it."""


def judge(table: Table, chain: str, name: str, families: Sequence[bool]) -> Iterator[InputFilter]:
    """A chain that packets meet first, for IPv4 (`False`) and IPv6 (`True`): once where both fare alike."""
    found = {ipv6: _judged(table, chain, ipv6=ipv6) for ipv6 in families}
    alike = len({repr(verdict) for verdict in found.values()}) == 1
    for ipv6, (denies, because, interfaces) in found.items():
        yield InputFilter(
            name=name,
            ipv4=not ipv6 or (alike and False in families),
            ipv6=ipv6 or (alike and True in families),
            denies=denies,
            because=because,
            open_interfaces=interfaces,
        )
        if alike:
            return


def _judged(table: Table, chain: str, *, ipv6: bool) -> tuple[bool, str, tuple[str, ...]]:
    """Whether it denies, what does so, and on which named interfaces it does not."""
    elsewhere = _all_protocols(table, chain, "", ipv6=ipv6)
    named = {name: _all_protocols(table, chain, name, ipv6=ipv6) for name in sorted(table.interfaces - {"lo"})}
    interfaces = tuple(name for name, outcomes in named.items() if "accept" in outcomes)
    unclear = next((o["unclear"] for o in (elsewhere, *named.values()) if "unclear" in o), "")
    if "accept" in elsewhere:
        return False, elsewhere["accept"], interfaces
    if unclear:
        denies: bool = unobserved(f"what {unclear} lets in is not known here")
        return denies, unclear, interfaces
    return True, elsewhere["drop"], interfaces


def _all_protocols(table: Table, chain: str, interface: str, *, ipv6: bool) -> Outcomes:
    outcomes: Outcomes = {}
    for protocol in ("tcp", "udp"):
        packet = Packet(ipv6, protocol, interface)
        seen = walk(table.chains, chain, packet)
        if seen.pop("return", ""):
            policy = table.policies[chain]
            seen = {policy: f"policy {policy}", **seen} if policy != "drop" else {**seen, policy: f"policy {policy}"}
        outcomes = {**seen, **outcomes}
    return outcomes


def walk(chains: Mapping[str, Sequence[Rule]], chain: str, packet: Packet, depth: int = 0) -> Outcomes:
    """What may become of a packet in a chain; `return` when it may come to the chain's end."""
    if chain not in chains or depth > DEEPEST:
        return {"unclear": f"a jump to {chain}"}
    outcomes: Outcomes = {}
    for rule in chains[chain]:
        fit = min((condition(packet) for condition in rule.conditions), default=Fit.ALWAYS)
        if fit is Fit.NEVER or rule.verdict == "continue":
            continue
        said = {rule.verdict: f'the rule "{rule.text}"'}
        if rule.target:
            said = walk(chains, rule.target, packet, depth + 1)
        comes_back = rule.verdict == "jump" and said.pop("return", "") != ""
        if fit is Fit.UNCLEAR and "accept" in said:
            said["unclear"] = said.pop("accept")
        # The first rule that accepts is told, but the last one that drops: those before it let some packets by.
        outcomes = {**said, **outcomes, **{verdict: text for verdict, text in said.items() if verdict == "drop"}}
        if fit is Fit.ALWAYS and not comes_back:
            return outcomes
    return {"return": "its end", **outcomes}


def always(_: Packet) -> Fit:
    return Fit.ALWAYS


def never(_: Packet) -> Fit:
    return Fit.NEVER


def maybe(_: Packet) -> Fit:
    return Fit.MAYBE


def unclear(_: Packet) -> Fit:
    return Fit.UNCLEAR


def negated(condition: Condition) -> Condition:
    return lambda packet: condition(packet).negated()


def comes_in_at(names: Sequence[str]) -> Condition:
    """`eth0`, or a pattern such as `veth*`."""
    return lambda packet: _fits(any(fnmatchcase(packet.interface, name) for name in names))


def speaks(protocols: Sequence[str]) -> Condition:
    return lambda packet: _fits(bool({packet.protocol, "all"} & {*protocols}))


def is_of(families: Sequence[str]) -> Condition:
    return lambda packet: _fits(("ipv6" if packet.ipv6 else "ipv4") in families)


def goes_to_ports(ports: Sequence[str]) -> Condition:
    """Ports and ranges such as `22`, `6000-6007` or `6000:6007`."""
    wide = any(_size(port) >= MANY_PORTS for port in ports)
    everything = any(_size(port) >= 65_535 for port in ports)  # noqa: PLR2004 - with or without port 0
    fit = Fit.ALWAYS if everything else Fit.MAYBE if wide else Fit.NEVER
    return lambda _: fit


def comes_from(addresses: Sequence[str]) -> Condition:
    """Networks. All of them together are everybody; a choice of them is not."""
    lengths = [_prefix(address) for address in addresses]
    if None in lengths:
        return unclear
    shortest = min((length for length in lengths if length is not None), default=128)
    fit = Fit.ALWAYS if shortest == 0 else Fit.MAYBE if shortest < HALF_OF_THE_WORLD else Fit.NEVER
    return lambda _: fit


def goes_to(addresses: Sequence[str]) -> Condition:
    """Which addresses are the host's own is not known here: all that are not for groups may be."""
    own = any(not _is_for_many(address) for address in addresses)
    return lambda _: Fit.MAYBE if own else Fit.NEVER


def is_in_state(states: Sequence[str]) -> Condition:
    """Of connection tracking: the packet begins a connection."""
    return lambda _: _fits("new" in states)


def _fits(answer: bool) -> Fit:
    return Fit.ALWAYS if answer else Fit.NEVER


def _size(port: str) -> int:
    first, _, last = port.replace(":", "-").partition("-")
    if not (first or "0").isdigit() or not (last or "0").isdigit():
        return 1  # a service's name
    return int(last or (65_535 if port[-1:] in ":-" else first)) - int(first or 0) + 1


def _prefix(address: str) -> int | None:
    """The length of a network's prefix, or of the smallest one that holds as many addresses as a range has."""
    first, _, last = address.partition("-")
    try:
        if last:
            low, high = ip_address(first), ip_address(last)
            return low.max_prefixlen - (int(high) - int(low)).bit_length()
        return ip_network(address, strict=False).prefixlen
    except ValueError:
        return None


def _is_for_many(address: str) -> bool:
    try:
        network = ip_network(address, strict=False)
    except ValueError:
        return False
    to_all = str(network) == "255.255.255.255/32"
    return to_all or network.is_multicast or network.is_loopback or network.is_link_local
