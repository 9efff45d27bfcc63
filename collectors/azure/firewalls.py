"""Rules of the firewalls of database servers."""

from __future__ import annotations

from collectors.azure.reading import Answer
from core.resources.azure.sql import AddressRange


def address_range(found: Answer, family: str = "Ip") -> AddressRange:
    """A rule: whom it lets in, from one address to another. `family` is how the names of its members say which."""
    return AddressRange(
        name=found.must("name"),
        first=found.must(f"properties.start{family}Address"),
        last=found.must(f"properties.end{family}Address"),
    )
