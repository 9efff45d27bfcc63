"""Pairs of rights that are to be kept apart, as people write them, and who holds both."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from checks.people.rights import Held, Right, is_pattern
from core.model import Verdict, failed, passed, unknown

SIDES = 2
"""Of a pair."""


def sides(pair: str) -> tuple[str, ...]:
    """The rights that a pair names; only two are a pair."""
    return tuple(side.strip() for side in pair.split(" + ") if is_pattern(side))


def no_pair(pairs: Iterable[str]) -> str:
    """What is no pair of rights among these, in words; empty when all are."""
    wrong = [each for each in pairs if len(sides(each)) != SIDES]
    return f"{wrong[0]} is no pair of rights: write it as SOURCE:RIGHT + SOURCE:RIGHT" if wrong else ""


def together(held: Held, pairs: Iterable[tuple[str, ...]]) -> str:
    """Which rights are held that exclude each other, in words."""
    found = [
        f"{first.label} and {second.label}"
        for one, other in pairs
        for first in held.meant(one)
        for second in held.meant(other)
        if first.full_name != second.full_name
    ]
    return "; ".join(dict.fromkeys(found))


def judged_alone(
    name: str, rights: Iterator[Right], pairs: tuple[str, ...], require_all: Callable[[], None] | None = None
) -> Verdict:
    """Whether an account that nobody is known to have holds both rights of a pair.

    `require_all` raises `NotObservedError` where more rights of it may be hidden than `rights` can tell.
    """
    if wrong := no_pair(pairs):
        return unknown(wrong)
    held = Held()
    held.add(rights)
    if both := together(held, map(sides, pairs)):
        return failed(f"{name} holds {both}, which exclude each other, and nobody is known to have it")
    if held.hidden:
        raise held.hidden
    if require_all:
        require_all()
    return passed(f"{name} holds at most one of the rights in each of {len(pairs)} pairs")
