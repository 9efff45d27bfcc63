"""Which addresses mean everybody, and which accounts are others."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from checks.aws.policies import FEWEST_BITS

IPV4 = 4
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def network(text: str) -> Network:
    """A range as AWS writes it. Raises `ValueError` for what is none."""
    return ipaddress.ip_network(text, strict=False)


def is_everywhere(text: str) -> bool:
    """Whether a range is the internet, or so large a part of it that it confines nobody."""
    found = network(text)
    return found.prefixlen < FEWEST_BITS[found.version] and not found.is_private


def from_everywhere(ranges: Iterable[str]) -> list[str]:
    """Those ranges that mean everybody."""
    return [each for each in ranges if is_everywhere(each)]


def is_wide(text: str, bits: int, bits6: int) -> bool:
    """Whether a range of public addresses has fewer fixed bits than these, and is not yet everybody."""
    found = network(text)
    fewest = bits if found.version == IPV4 else bits6
    return found.prefixlen < fewest and not found.is_private and not is_everywhere(text)


def covers(outer: str, inner: str) -> bool:
    """Whether one range holds all of another."""
    one, other = network(outer), network(inner)
    return one.version == other.version and other.subnet_of(one)  # type: ignore[arg-type] # both have one version
