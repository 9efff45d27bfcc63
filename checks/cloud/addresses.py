"""Ranges of addresses: which are as good as everybody's, and how much of one is left when others are taken away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network, IPv6Network, ip_network

Network = IPv4Network | IPv6Network
Span = tuple[int, int]
"""The first and the last of neighbouring addresses, as numbers."""
FEWEST_BITS = {4: 8, 6: 32}
"""A public range with fewer fixed bits confines nobody: a world cut into halves does not slip through."""
MUCH: dict[int, int] = {version: 2 ** (bits - FEWEST_BITS[version] + 1) for version, bits in ((4, 32), (6, 128))}
"""So many addresses are as good as everybody's, in one range or in many."""


def network(text: str) -> Network:
    """A range as the clouds write it: `10.0.0.0/8`, or one address. Raises `ValueError` for what is none."""
    return ip_network(text, strict=False)


def is_everywhere(text: str, denied: Iterable[str] = ()) -> bool:
    """Whether a range is the internet or a large part of it, also without what was `denied` before. Ranges that
    nobody on the internet has are not. Raises `ValueError`."""
    found = network(text)
    if found.is_private:
        return False
    left: tuple[Span, ...] = (span_of(found),)
    for each in map(network, denied):
        if each.version == found.version:
            left = tuple(without(left, span_of(each)))
    return is_much(left, found.version)


def from_everywhere(ranges: Iterable[str]) -> list[str]:
    """Those ranges that mean everybody. Raises `ValueError`."""
    return [each for each in ranges if is_everywhere(each)]


def covers(outer: str, inner: str) -> bool:
    """Whether one range holds all of another. Raises `ValueError`."""
    one, other = network(outer), network(inner)
    return one.version == other.version and other.subnet_of(one)  # type: ignore[arg-type] # both have one version


def span_of(found: Network) -> Span:
    """A range as numbers."""
    return int(found.network_address), int(found.broadcast_address)


def without(spans: Iterable[Span], other: Span) -> Iterator[Span]:
    """What is left of spans without another one."""
    first, last = other
    for start, end in spans:
        if end < first or last < start:
            yield start, end
            continue
        if start < first:
            yield start, first - 1
        if last < end:
            yield last + 1, end


def is_much(spans: Iterable[Span], version: int) -> bool:
    """Whether spans that do not overlap are together as good as everybody's."""
    count = sum(end - start + 1 for start, end in spans)
    return count >= MUCH[version]
