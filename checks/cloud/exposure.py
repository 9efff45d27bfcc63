"""Whom the rules of a firewall let in, where the first that fits decides.

A provider's checks pick the rules that say something of a port, in the order in which its firewall asks them, and know
what its protocols, tags and words for places mean. Here it is decided whether everybody is let in.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from checks.cloud.addresses import is_everywhere

ALL_PORTS = frozenset({"*", "any"})


@dataclass(frozen=True, slots=True)
class Rule:
    """What a rule says of a port: from which ranges of addresses it lets in, or denies, whoever comes."""

    name: str
    allows: bool
    sources: Collection[str]


def letting_everybody_in(rules: Iterable[Rule]) -> Iterator[tuple[Rule, list[str]]]:
    """Each rule that lets everybody in, with those of its ranges that do: as large a part of the internet as is not
    denied by the rules before it. Raises `ValueError` for what is no range."""
    denied: list[str] = []
    for rule in rules:
        if not rule.allows:
            denied += rule.sources
        elif everybody := [each for each in rule.sources if is_everywhere(each, denied)]:
            yield rule, everybody


def has_port(ports: Iterable[str], port: int) -> bool:
    """Whether ports as the clouds write them (`22`, `20-30`, `*`) hold this one. What is no port holds none."""
    for each in ports:
        first, _, last = each.partition("-")
        if each in ALL_PORTS or (first.isdigit() and int(first) <= port <= int(last or first)):
            return True
    return False
