"""Who holds what, since when, and what could be proposed about it: the rows that access reviews are made of."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from checks.people.persons import NO_LIST, called, has_left, left, observed_words, owners
from checks.people.rights import Edge, Held, Right
from core.codec import canonical
from core.management.access_review import Choice, HeldAccess
from core.population import Population
from core.resource import NotObservedError, missing_fields
from core.resources.people import Person
from management.held_accounts import Account, World, as_seen, seen_or

SIGN_IN = "sign-in"
"""What the account itself is called among rights."""
ID_LENGTH = 12

SinceWhen = Callable[[str, Collection[Edge]], Mapping[Edge, tuple[date, bool]]]
"""Since when each of these edges was seen in a source without a break, and whether it may have been there before."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row; of a right, with the first day of its holder in their present duties, where a list of people gives one."""

    access: HeldAccess
    moved: date | None


@dataclass(slots=True)
class Shown:
    """All rows, and by source why there may be more; `elsewhere` is what other sources show of it."""

    rows: list[Row] = field(default_factory=list[Row])
    blind: dict[str, str] = field(default_factory=dict[str, str])
    elsewhere: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose an account is: names for the sheet, all that they are called, why nobody should have it any more."""

    name: str
    names: tuple[str, ...]
    moved: date | None
    why_not: str
    unclear: str


def shown(world: World, since: SinceWhen, is_privileged: Callable[[Right], bool]) -> Shown:
    """The rows that evidence makes, by source, account and right."""
    rights, found = world.rights(), Shown(blind=world.blind(), elsewhere=world.elsewhere())
    people, held = world.people, list[tuple[Account, Held]]()
    for account in world.accounts(rights):
        mine = Held()
        mine.add(account.rights())
        if mine.hidden:
            found.blind.setdefault(account.source, str(mine.hidden))
        held.append((account, mine))
    days = _days(held, since)
    for account, mine in held:
        holder = _holder(account, people, world.at)
        made = seen_or(account.created, None)
        start = (made.date(), False) if made else days.get((account.source, account.edge))
        found.rows.append(_row(account, None, start, holder, world, privileged=False))
        for right in mine.found.values():
            when = _latest([days[key] for edge in right.edges if (key := (account.source, edge)) in days])
            found.rows.append(_row(account, right, when, holder, world, privileged=is_privileged(right)))
    found.rows.sort(key=lambda row: (row.access.source, row.access.account, row.access.right, row.access.id))
    return found


def _days(held: Sequence[tuple[Account, Held]], since: SinceWhen) -> dict[tuple[str, Edge], tuple[date, bool]]:
    """Since when each edge was there, source by source."""
    wanted: dict[str, set[Edge]] = defaultdict(set)
    for account, mine in held:
        wanted[account.source] |= {account.edge, *(edge for right in mine.found.values() for edge in right.edges)}
    return {(source, edge): day for source, edges in wanted.items() for edge, day in since(source, edges).items()}


def _latest(days: Sequence[tuple[date, bool]]) -> tuple[date, bool] | None:
    """What holds since the last of several came: exactly, where one of those that came last came just then."""
    if not days:
        return None
    last = max(day for day, _ in days)
    return last, all(earlier for day, earlier in days if day == last)


def _row(
    account: Account,
    right: Right | None,
    since: tuple[date, bool] | None,
    holder: Holder,
    world: World,
    *,
    privileged: bool,
) -> Row:
    name = right.full_name if right else f"{account.source}:{SIGN_IN}"
    moved = holder.moved if right else None
    proposal, because = _proposal(account, holder, since, moved, world)
    key = canonical([account.source, *account.edge[:2], name])
    access = HeldAccess(
        id=f"r-{hashlib.sha256(key).hexdigest()[:ID_LENGTH]}",
        source=account.source,
        right=name,
        account=account.name,
        holder=holder.name,
        names=holder.names,
        via=right.via if right else (),
        privileged=privileged,
        since=since[0] if since else None,
        earlier=bool(since and since[1]),
        last_used=_last_used(account),
        proposal=proposal,
        because=because,
    )
    return Row(access=access, moved=moved)


def _proposal(
    account: Account, holder: Holder, since: tuple[date, bool] | None, moved: date | None, world: World
) -> tuple[Choice, str]:
    """What evidence speaks for. The owner decides."""
    if holder.why_not:
        return Choice.REMOVE, holder.why_not
    if moved and since and since[0] < moved:
        return Choice.REMOVE, f"held from before {holder.name} came to present duties on {moved}"
    try:
        used, made = account.used(), account.created()
    except NotObservedError as missing:
        return Choice.KEEP, f"nobody can tell when it was used: {missing}"
    if (last := used or made) and last < world.at - world.unused_after:
        return Choice.REMOVE, f"last used on {used.date()}" if used else f"never used since {last.date()}"
    return Choice.KEEP, holder.unclear or "nothing speaks against it"


def _last_used(account: Account) -> str:
    try:
        used = account.used()
    except NotObservedError:
        return "not known"
    return f"on {used.date()}" if used else "never seen"


def _holder(account: Account, people: Population[Person], at: datetime) -> Holder:
    """Whose an account is, by the lists of people."""
    words = tuple(dict.fromkeys(as_seen(account.words)))
    if seen_or(account.is_of_program, False):
        return Holder("", (), None, "", "it belongs to a program")
    if not people.sources:
        return Holder("", words, None, "", NO_LIST)
    try:
        found = owners(account.words(), people, at.date())
    except NotObservedError as missing:
        return Holder("", words, None, "", f"nobody can tell whose it is: {missing}")
    if not found:
        return Holder("", words, None, "no list of people names it", "")
    gone = [left(one) for one in found if has_left(one, at.date())]
    names = [name for one in found for name in (called(one), *observed_words(one))]
    moves = [day for one in found for day in _moves(one) if day <= at.date()]
    return Holder(
        name=", ".join(sorted(map(called, found))),
        names=tuple(dict.fromkeys((*names, *words))),
        moved=max(moves, default=None),
        why_not="; ".join(gone) or ("several people have it" if len(found) > 1 else ""),
        unclear="",
    )


def _moves(person: Person) -> Iterator[date]:
    """The days on which somebody came to their role and department."""
    hidden = missing_fields(person)
    for day in ("role_since", "department_since"):
        if day not in hidden and (found := getattr(person, day)):
            yield found
