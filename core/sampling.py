"""Drawing samples so that a stranger can draw the same ones, with nothing but `sha256sum` and `sort`. Pure.

An item's rank is the SHA-256, in hexadecimal, of the seed, a line feed and the item. Of each stratum, the items with
the smallest ranks are drawn. So nobody chooses: a sample of 40 begins with the sample of 25 drawn with the same seed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from core.errors import AnnexaError


class Method(StrEnum):
    """How items are drawn. `RANDOM`: from the whole. `STRATIFIED`: from each part, in proportion, at least one from
    each. `FAILURES`: all that fail, and besides them some of the rest."""

    RANDOM = "random"
    STRATIFIED = "stratified"
    FAILURES = "failures"


@dataclass(frozen=True, slots=True)
class Drawn:
    """An item that was drawn, and its rank."""

    item: str
    rank: str


@dataclass(frozen=True, slots=True)
class Stratum:
    """One part of a population: all its items, in order, and those drawn, the smallest rank first."""

    name: str
    items: Sequence[str]
    drawn: Sequence[Drawn]


def rank(seed: str, item: str) -> str:
    """Where an item stands: the SHA-256 of the seed, a line feed and the item, in hexadecimal."""
    return sha256(f"{seed}\n{item}".encode()).hexdigest()


def draw(parts: Mapping[str, Sequence[str]], counts: Mapping[str, int], seed: str) -> tuple[Stratum, ...]:
    """So many items of each part, by name. An item is one line, and is in one part only.

    Raises `AnnexaError` for a seed or an item that is no line.
    """
    if not seed or "\n" in seed:
        raise AnnexaError("a seed is one line of text", "name any word or number, e.g. --seed 2026-Q1")
    found = []
    for name, items in sorted(parts.items()):
        if any("\n" in item for item in items) or len(set(items)) < len(items):
            raise AnnexaError(f"the items of {name or 'the population'} are not lines that differ")
        ranked = sorted((Drawn(item, rank(seed, item)) for item in items), key=lambda each: each.rank)
        found.append(Stratum(name, tuple(sorted(items)), tuple(ranked[: counts[name]])))
    return tuple(found)


def in_proportion(sizes: Mapping[str, int], wanted: int) -> dict[str, int]:
    """How many to draw of each part: one of each, and the rest in proportion to what is left of each.

    What does not divide goes to the largest remainders; of equal ones, to the name that comes first. More than there
    are cannot be drawn. Raises `AnnexaError` where there are more parts than items wanted.
    """
    sizes = {name: size for name, size in sizes.items() if size}
    if wanted < len(sizes):
        raise AnnexaError(
            f"{wanted} items cannot be drawn from {len(sizes)} parts, one of each at least",
            f"draw {len(sizes)} or more, or make fewer parts",
        )
    rest = {name: size - 1 for name, size in sizes.items()}
    left, whole = wanted - len(sizes), sum(rest.values())
    if left >= whole:
        return dict(sizes)
    shares = {name: divmod(left * size, whole) for name, size in rest.items()}
    seats = {name: quotient for name, (quotient, _) in shares.items()}
    missing = left - sum(seats.values())
    for name in sorted(shares, key=lambda each: (-shares[each][1], each))[:missing]:
        seats[name] += 1
    return {name: 1 + seats[name] for name in sizes}
