"""Who is in a group, and who shares what: the questions that several checks of accounts ask of a whole population."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Literal

from core.model import Status, Verdict, failed, passed, unknown
from core.population import Population
from core.resources.host.accounts import Group
from core.resources.host.names import NameServices


def unique(pairs: Iterable[tuple[object, str]], what: str) -> Verdict:
    """Whether no two have the same key; the second of each pair says which they are."""
    found = list(pairs)
    counts = Counter(key for key, _ in found)
    shared = [f"{name}" for key, name in found if counts[key] > 1]
    if shared:
        return failed(f"{listed(shared)} share a {what}")
    return passed(f"{len(found)} have {len(counts)} different {what}s")


def members(
    groups: Population[Group], names: tuple[str, ...], approved: tuple[str, ...], *, needs_list: bool
) -> Verdict:
    """Whether only approved accounts that can log in are in these groups. root may be in any."""
    found = sorted(
        f"{member} ({group.name})"
        for group in groups
        if group.name in names
        for member in group.members_who_log_in
        if member != "root" and member not in approved
    )
    if not found:
        return passed(f"nobody {'but the approved ' if approved else ''}is in {', '.join(names)}")
    if needs_list and not approved:
        return unknown(f"nobody has said who is approved; the members are {listed(found)}")
    return failed(f"nobody has approved {listed(found)}")


def unless_elsewhere(
    verdict: Verdict, services: Population[NameServices], what: Literal["accounts", "groups"]
) -> Verdict:
    """The verdict; but what passes here is unknown where others may come from a directory, which nobody can list."""
    if verdict.status is not Status.PASS:
        return verdict
    sources = sorted({name for each in services.here for name in getattr(each, what)})
    if sources:
        return unknown(f"of the local ones, {verdict.reason}; but {what} also come from {listed(sources)}")
    return verdict


def listed(names: list[str]) -> str:
    return ", ".join(names)
