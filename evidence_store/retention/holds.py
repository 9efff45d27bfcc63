"""Legal holds: what one covers is neither thrown away nor made unreadable until a person releases it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, select

from core.codec import decode, moment, parse, timestamp
from core.errors import AnnexaError
from evidence_store import records
from evidence_store.acts import seal_act
from evidence_store.namings import each_leaf, namings
from evidence_store.people.keyring import Keyring
from evidence_store.questions.queries import leaf_data
from evidence_store.records import HoldPlaced, HoldReleased
from evidence_store.schema import legal_hold
from evidence_store.store import Store, find


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a hold covers: evidence of one kind and source, collected from `since` to `until`; of all, where empty."""

    kind: str = ""
    source: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def covers(self, kinds: Collection[str], sources: Collection[str], collected: datetime | None = None) -> bool:
        """Whether evidence of some of these kinds and sources, collected then or at any time, falls under it."""
        if (self.kind and self.kind not in kinds) or (self.source and self.source not in sources):
            return False
        if collected is None:
            return True
        return (self.since is None or collected >= self.since) and (self.until is None or collected <= self.until)

    def __str__(self) -> str:
        return ", ".join(
            [
                self.kind or "all kinds",
                f"of {self.source or 'all sources'}",
                f"from {timestamp(self.since)}" if self.since else "from the beginning",
                f"until {timestamp(self.until)}" if self.until else "and what is still to come",
            ]
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A legal hold that is in force, and the leaf that placed it."""

    name: str
    scope: Scope
    leaf: int
    placed: datetime
    reason: str
    login: str


About = tuple[frozenset[str], frozenset[str], datetime | None]
"""What evidence is about: its kinds, its sources, and when it was collected; `None`: at any time."""


def holds_on(store: Store, connection: Connection, evidence: Iterable[About]) -> list[str]:
    """The names of the holds in force on any of this evidence.

    Whoever is about to make evidence unreadable asks this inside the transaction that does it.
    """
    names, about = Keyring(store, connection), list(evidence)  # a name may be that of a person
    return [
        names.text(row.name) for row in rows_in_force(connection) if any(scope_of(row).covers(*each) for each in about)
    ]


def holds_in_force(store: Store, connection: Connection) -> list[Hold]:
    """All holds in force, the oldest first. Raises `BrokenSealError`."""
    names = Keyring(store, connection)
    read = names.revealing(store.read_blob(connection))
    found = []
    for row in rows_in_force(connection):
        leaf = parse(leaf_data(connection, row.position) or b"{}")
        body = decode(HoldPlaced, read(bytes.fromhex(leaf["body"])))
        found.append(
            Hold(
                name=body.name,
                scope=scope_of(row),
                leaf=row.position,
                placed=moment(leaf["at"]),
                reason=body.reason,
                login=body.login,
            )
        )
    return found


def place(store: Store, name: str, scope: Scope, *, reason: str, login: str, at: datetime) -> int:
    """Seal a hold and return the position of its leaf. Raises `AnnexaError` when the name is taken."""
    body = HoldPlaced(
        salt=records.salt(),
        name=name,
        reason=reason,
        login=login,
        kind=scope.kind,
        source=scope.source,
        since=timestamp(scope.since) if scope.since else "",
        until=timestamp(scope.until) if scope.until else "",
    )

    def refuse_second(connection: Connection) -> None:
        if _leaf_of(store, connection, name) is not None:
            raise AnnexaError(f"there is a hold named {name} already", "see what it covers: annexa store hold list")

    return seal_act(store, records.HOLD, body, at, within=refuse_second)


def keeps_nothing(store: Store, hold: int) -> bool:
    """Whether there is no evidence in the store yet that the hold of this leaf covers. Raises `BrokenSealError`."""
    with store.reading() as connection:
        # As the row has it: people who name a hold or a source are concealed there as they are in evidence.
        scope = scope_of(connection.execute(select(legal_hold).where(legal_hold.c.position == hold)).one())
        read = store.read_blob(connection)
        return not any(
            each.thing is not None
            and scope.covers(each.kinds, each.sources, each.collected)
            and find(connection, each.digest) is not None
            for sealed in each_leaf(connection)
            for each in namings(sealed, read)
        )


def release(store: Store, name: str, *, reason: str, login: str, approver: str, at: datetime) -> int:
    """Seal the end of a hold and return the position of its leaf. Raises `AnnexaError` when there is no such hold."""
    with store.reading() as connection:
        hold = _leaf_of(store, connection, name)
    if hold is None:
        raise _no_such_hold(name)
    body = HoldReleased(salt=records.salt(), hold=hold, reason=reason, login=login, approver=approver)

    def refuse_none(connection: Connection) -> None:
        if _leaf_of(store, connection, name) != hold:
            raise _no_such_hold(name)

    return seal_act(store, records.HOLD_RELEASED, body, at, within=refuse_none)


def rows_in_force(connection: Connection) -> Sequence[Row[tuple[object, ...]]]:
    """The rows of holds that nobody has released."""
    query = select(legal_hold).where(legal_hold.c.released.is_(None)).order_by(legal_hold.c.position)
    return connection.execute(query).all()


def scope_of(row: Row[tuple[object, ...]]) -> Scope:
    """What a row of the table covers."""
    return Scope(
        kind=row.kind,
        source=row.source,
        since=moment(row.since) if row.since else None,
        until=moment(row.until) if row.until else None,
    )


def _leaf_of(store: Store, connection: Connection, name: str) -> int | None:
    names = Keyring(store, connection)
    return next((row.position for row in rows_in_force(connection) if names.text(row.name) == name), None)


def _no_such_hold(name: str) -> AnnexaError:
    return AnnexaError(f"no hold named {name} is in force", "list those that are: annexa store hold list")
