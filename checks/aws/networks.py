"""Which ranges of addresses are large, though not yet everybody's."""

from __future__ import annotations

from checks.cloud.addresses import is_everywhere, network

IPV4, IPV6 = 4, 6


def is_wide(text: str, bits: int, bits6: int) -> bool:
    """Whether a range of public addresses has fewer fixed bits than these, and is not yet everybody."""
    found = network(text)
    fewest = bits if found.version == IPV4 else bits6
    return found.prefixlen < fewest and not found.is_private and not is_everywhere(text)
