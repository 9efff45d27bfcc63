"""Whom the firewall of a database server lets in, rule by rule, from one address to another."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from ipaddress import ip_address

from core.resources.azure.sql import AddressRange

ALL_OF_AZURE = "all of Azure"
NOWHERE = "0.0.0.0"  # noqa: S104 - first and last address of the rule by which Azure means itself, with all customers
WIDE = {4: 1 << 16, 6: 1 << 96}
"""How many addresses a range may have: those of a large site, by the version of the addresses."""


def letting_everybody_in(rules: Iterable[AddressRange], approved: Collection[str]) -> list[str]:
    """The rules that let in more than a large site, and whom, but for those whose names are approved."""
    return [
        f"{each.name} lets in {_who(each)}"
        for each in rules
        if each.name not in approved and (_who(each) == ALL_OF_AZURE or _is_wide(each))
    ]


def _who(rule: AddressRange) -> str:
    return ALL_OF_AZURE if rule.first == rule.last == NOWHERE else f"{rule.first}-{rule.last}"


def _is_wide(rule: AddressRange) -> bool:
    """Whether a rule lets in more than a large site. So does one whose addresses nobody understands."""
    try:
        first, last = ip_address(rule.first), ip_address(rule.last)
    except ValueError:
        return True
    return first.version != last.version or int(last) - int(first) >= WIDE[first.version]
