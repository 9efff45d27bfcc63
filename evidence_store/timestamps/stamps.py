"""Stamps of checkpoints as the store keeps them: asked for after a scan was sealed, and what they prove about a leaf.

A stamp shows that its checkpoint existed at a trusted moment, so everything in it was sealed no later. The next scan
seals the digest of the stamp in its first leaf, so no checkpoint that holds this leaf existed before that moment.
Between the two lies the moment when a leaf was sealed, whatever the clock of this machine said.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select

from core.codec import CodecError, decode, moment, parse, timestamp
from evidence_store.errors import BrokenSealError
from evidence_store.log.append import loader
from evidence_store.log.tree import hash_leaf, inclusion, verify_inclusion
from evidence_store.questions.past import Past
from evidence_store.questions.states import StampState, TrustedMoment
from evidence_store.records import ScanStarted, StampSeen
from evidence_store.schema import checkpoint, leaf, scan, stamp
from evidence_store.store import Store
from evidence_store.timestamps.timestamp import Attempt, Authority, Stamped, StampError, ask_all, check, clock_problem

KEPT = "the certificate kept in the store"


def stamp_newest(store: Store, authorities: Sequence[Authority], clock: Callable[[], datetime]) -> None:
    """Have the newest checkpoint stamped, and record what came of it. Raises nothing that an authority does.

    Raises `StoreError` when the record cannot be written, and `BrokenSealError` when nothing true can be stamped.

    No lock is held while we wait: the checkpoint was committed before, and the record is a transaction of its own.
    """
    with store.reading() as connection:
        latest = store.latest_checkpoint(connection)
        if latest is None:
            return
        stamped = set(connection.execute(_good(latest[0].size).with_only_columns(stamp.c.authority)).scalars())
    attempts = ask_all([each for each in authorities if each.name not in stamped], latest[1].encode(), clock)
    if attempts:
        with store.writing() as connection:
            for each in attempts:
                _record(connection, latest[0].size, each)


def newest_stamps(connection: Connection) -> tuple[StampSeen, ...]:
    """The stamps of the newest checkpoint that has any: what a scan that begins now seals."""
    newest = connection.execute(select(func.max(stamp.c.size)).where(stamp.c.problem == "")).scalar()
    return tuple(StampSeen(row.size, row.authority, digest(row)) for row in connection.execute(_good(newest)))


def stamps_sealed(data: bytes, read: Callable[[bytes], bytes]) -> tuple[StampSeen, ...]:
    """The stamps that a `scan_started` leaf seals. Raises `BrokenSealError` when its body is not there or no body."""
    try:
        return decode(ScanStarted, read(bytes.fromhex(parse(data)["body"]))).stamps
    except (CodecError, KeyError, TypeError, ValueError) as error:
        raise BrokenSealError(f"its body cannot be read: {error}") from error


def digest(row: Any) -> str:
    """The SHA-256 of a response, in hexadecimal: the name by which a leaf seals it."""
    data = row.response if isinstance(row.response, bytes) else b""  # SQLite returns text where somebody put text
    return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True, slots=True)
class Bounds:
    """Between which trusted moments a leaf was sealed, as far as stamps tell; `refused` names those that do not."""

    not_before: TrustedMoment | None = None
    not_after: TrustedMoment | None = None
    refused: tuple[str, ...] = ()


class Stamps:
    """The stamps of a store, believed against `authorities` where they name one, else against what the store keeps.

    With `past`, only those that were there then, of checkpoints that were there then.
    """

    def __init__(
        self,
        store: Store,
        connection: Connection,
        authorities: Sequence[Authority] = (),
        past: Past | None = None,
    ) -> None:
        self._past = past
        self._store = store
        self._connection = connection
        self._authorities = {each.name: each for each in authorities}

    def against(self, authority: str) -> str:
        """What the stamps of an authority are verified with, in words."""
        pinned = self._authorities.get(authority)
        if pinned is None:
            return f"{KEPT}, because the configuration names no such authority"
        return f"{KEPT}, because {pinned.problem}" if pinned.problem else "the certificate in the configuration"

    def open(self, row: Any) -> Stamped:
        """What a row of the table proves about its checkpoint. Raises `StampError`."""
        note = self._connection.execute(select(checkpoint.c.note).where(checkpoint.c.size == row.size)).scalar()
        if note is None:
            raise StampError("there is no checkpoint of that size")
        pinned = self._authorities.get(row.authority)
        return _open(row, note, row.certificates if pinned is None or pinned.problem else pinned.certificates)

    def states(self, size: int) -> tuple[StampState, ...]:
        """What came of asking each authority to stamp the checkpoint of this size: the stamp, if there is one."""
        query = select(stamp).where(stamp.c.size == size).order_by(stamp.c.authority, stamp.c.attempt)
        found: dict[str, StampState] = {}
        for row in self._there(self._connection.execute(query).all()):
            known = found.get(row.authority)
            if known is None or known.time is None:
                found[row.authority] = self._state(row)
        return tuple(found.values())

    def bounds(self, position: int) -> Bounds:
        """When the leaf at this position was sealed. What is broken on the way there is `refused`, not raised."""
        refused: list[str] = []
        return Bounds(self._not_before(position, refused), self._not_after(position, refused), tuple(refused))

    def _state(self, row: Any) -> StampState:
        time, clock, problem = None, "", row.problem
        if not problem:
            try:
                stamped = self.open(row)
                time, clock = stamped.time, clock_said(row, stamped)
            except StampError as error:
                problem = str(error)
        return StampState(authority=row.authority, size=row.size, time=time, problem=problem, clock=clock)

    def _not_before(self, position: int, refused: list[str]) -> TrustedMoment | None:
        """The latest stamp that is sealed in the last scan that began at or before this leaf."""
        query = select(scan.c.first).where(scan.c.first <= position).order_by(scan.c.first.desc()).limit(1)
        first = self._connection.execute(query).scalar()
        if first is None:
            return None
        data = self._connection.execute(select(leaf.c.data).where(leaf.c.position == first)).scalar_one()
        try:
            sealed = stamps_sealed(data, self._store.read_blob(self._connection))
        except BrokenSealError as error:
            refused.append(f"leaf {first}: {error}")
            return None
        found = []
        for seen in sealed:
            rows = [r for r in self._rows(seen.size) if (r.authority, digest(r)) == (seen.authority, seen.response)]
            if not rows:
                refused.append(missing(first, seen))
            found += [self._moment(row, stamped.earliest) for row, stamped in self._opened(rows, refused)]
        return max(found, key=lambda each: each.time, default=None)

    def _not_after(self, position: int, refused: list[str]) -> TrustedMoment | None:
        """The earliest stamp of the first checkpoint that holds this leaf and was stamped."""
        query = select(stamp.c.size).where(stamp.c.size > position, stamp.c.problem == "").distinct()
        if self._past:
            query = query.where(stamp.c.size <= self._past.size)
        for size in self._connection.execute(query.order_by(stamp.c.size)).scalars().all():
            opened = self._opened(self._rows(size), refused)
            if opened and self._holds(size, position, refused):
                found = [self._moment(row, stamped.latest) for row, stamped in opened]
                return min(found, key=lambda each: each.time)
        return None

    def _rows(self, size: int) -> Sequence[Any]:
        return self._there(self._connection.execute(_good(size)).all())

    def _there(self, rows: Sequence[Any]) -> Sequence[Any]:
        """Those of these rows that had been written by then."""
        return rows if self._past is None else [row for row in rows if moment(row.answered) <= self._past.moment]

    def _opened(self, rows: Sequence[Any], refused: list[str]) -> list[tuple[Any, Stamped]]:
        found = []
        for row in rows:
            try:
                found.append((row, self.open(row)))
            except StampError as error:
                refused.append(f"{name(row)}: {error}")
        return found

    def _moment(self, row: Any, time: datetime) -> TrustedMoment:
        return TrustedMoment(authority=row.authority, time=time, size=row.size, against=self.against(row.authority))

    def _holds(self, size: int, position: int, refused: list[str]) -> bool:
        """Whether the signed checkpoint of this size holds the leaf."""
        note = self._connection.execute(select(checkpoint.c.note).where(checkpoint.c.size == size)).scalar_one()
        data = self._connection.execute(select(leaf.c.data).where(leaf.c.position == position)).scalar_one()
        try:
            point = self._store.history(self._connection).open(note)
            path = inclusion(position, size, loader(self._connection))
            if not verify_inclusion(hash_leaf(data), position, size, path, point.root):
                raise BrokenSealError(f"no path leads from leaf {position} to it")
        except BrokenSealError as error:
            refused.append(f"checkpoint at size {size}: {error}")
            return False
        return True


def name(row: Any) -> str:
    """How problems call a stamp."""
    return f"stamp of checkpoint {row.size} by {row.authority}"


def missing(position: int, seen: StampSeen) -> str:
    """The problem of a stamp that a leaf seals and the store no longer has."""
    return (
        f"stamp of checkpoint {seen.size} by {seen.authority}: leaf {position} seals it, but it is not there as it was"
    )


def clock_said(row: Any, stamped: Stamped) -> str:
    """How the clock of the machine differed from the authority's, or nothing. Raises `StampError`."""
    try:
        return clock_problem(row.authority, moment(row.requested), moment(row.answered), stamped)
    except (CodecError, TypeError) as error:
        raise StampError("its moments were altered: they are none") from error


def _good(size: int | None) -> Any:
    """The stamps of a checkpoint, attempts that brought none left out."""
    query = select(stamp).where(stamp.c.size == size, stamp.c.problem == "")
    return query.order_by(stamp.c.authority, stamp.c.attempt)


def _record(connection: Connection, size: int, attempt: Attempt) -> None:
    same = select(func.count()).where(stamp.c.size == size, stamp.c.authority == attempt.authority)
    row = {
        "size": size,
        "authority": attempt.authority,
        "attempt": connection.execute(same).scalar_one() + 1,
        "requested": timestamp(attempt.requested),
        "answered": timestamp(attempt.answered),
        "nonce": f"{attempt.nonce:x}",
        "certificates": attempt.certificates,
        "response": attempt.response,
        "problem": attempt.problem,
    }
    connection.execute(insert(stamp), row)


def _open(row: Any, note: str, certificates: str) -> Stamped:
    try:
        nonce = int(row.nonce, 16)
        return check(row.response, note.encode(), certificates, nonce)
    except (TypeError, ValueError, AttributeError) as error:
        raise StampError("it was altered: it is not a stamp of this format") from error
