"""Publication: every checkpoint in folders and buckets elsewhere, out of reach of whoever can rewrite store and key.

What is there is never replaced: another note of the same size, or one of a size that the log has not reached, means
that the log there and the log here are not the same, and that is an alarm.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from core.codec import moment, timestamp
from evidence_store.errors import StoreError
from evidence_store.log.published_places import PublishedPlace, Where, place_at
from evidence_store.questions.states import PublicationState
from evidence_store.schema import checkpoint, publication
from evidence_store.store import Store

PATIENCE = 20.0
"""Seconds for all folders together: a share whose server is gone makes whoever touches it wait without end."""

COMPARED = 100
"""How many of the newest checkpoints are read again after each scan; `annexa verify` reads all."""


@dataclass(frozen=True, slots=True)
class PublishedNote:
    """A checkpoint that was kept elsewhere: the note, where it lies, and the size it is filed under, if it is."""

    note: str
    where: str = ""
    size: int | None = None


def publish(
    store: Store, folders: Sequence[Where], clock: Callable[[], datetime], patience: float = PATIENCE
) -> tuple[PublicationState, ...]:
    """Write the checkpoints that a folder does not have, newest first, and record what came of it for the newest.

    Raises nothing that a folder does. Raises `StoreError` when the record cannot be written, `BrokenSealError` when
    there is nothing true to publish.
    """
    with store.reading() as connection:
        latest = store.latest_checkpoint(connection)
    if latest is None:
        return ()
    job = _Job(store, latest[0].origin, clock())
    found = tuple(replace(each, size=latest[0].size) for each in _all(job, folders, patience))
    with store.writing() as connection:
        for each in found:
            _record(connection, each, clock())
    return found


def states(connection: Connection, size: int, until: datetime | None = None) -> tuple[PublicationState, ...]:
    """What came last of publishing the checkpoint of this size, by now or until then, by folder."""
    query = select(publication).where(publication.c.size == size).order_by(publication.c.folder, publication.c.attempt)
    rows = {row.folder: row for row in connection.execute(query) if until is None or moment(row.at) <= until}
    return tuple(
        PublicationState(folder=row.folder, size=row.size, problem=row.problem, alarm=row.alarm)
        for row in rows.values()
    )


def alarms_on_record(connection: Connection) -> tuple[str, ...]:
    """Every alarm there ever was, each once: what the next scan seals."""
    query = select(publication.c.alarm).where(publication.c.alarm != "").order_by(publication.c.size)
    return tuple(dict.fromkeys(connection.execute(query).scalars()))


def notes_in(where: Where, origin: str) -> list[PublishedNote]:
    """The checkpoints of a log in one place, by size. Raises `OSError` or `StoreError` when not all can be read."""
    place = place_at(where, origin)
    return [PublishedNote(place.read(size), place.called(size), size) for size in sorted(place.sizes())]


class PublishedCheckpoints:
    """The checkpoints to hold a log against: notes that somebody gives, then all that folders have of this log.

    What the folders had is `said` when the walk is over, and what could not be read is named in `unread`.
    """

    def __init__(self, origin: str, notes: Sequence[str | PublishedNote], folders: Sequence[Where]) -> None:
        self.said: list[str] = []
        self.unread: list[str] = []
        self._origin = origin
        self._notes = notes
        self._folders = folders if origin else ()

    def __iter__(self) -> Iterator[PublishedNote]:
        for note in self._notes:
            yield note if isinstance(note, PublishedNote) else PublishedNote(note)
        for folder in self._folders:
            try:
                found = notes_in(folder, self._origin)
            except OSError as error:
                self.unread.append(f"{error.filename or folder}: {error.strerror}")
            except StoreError as error:
                self.unread.append(str(error))
            else:
                newest = f", up to size {found[-1].size}" if found else " of this log"
                self.said.append(f"{folder}: checkpoints: {len(found)}{newest}")
                yield from found


@dataclass(frozen=True, slots=True)
class _Job:
    store: Store
    origin: str
    at: datetime


def _all(job: _Job, folders: Sequence[Where], patience: float) -> list[PublicationState]:
    """All places at once, each in a thread that can be given up: what it writes after that is as good as before."""
    answers: queue.SimpleQueue[PublicationState] = queue.SimpleQueue()

    def work(where: Where) -> None:
        answers.put(_publish(job, where))

    deadline = time.monotonic() + patience
    for each in folders:
        threading.Thread(target=work, args=(each,), daemon=True).start()
    done: dict[str, PublicationState] = {}
    try:
        while len(done) < len(folders):
            state = answers.get(timeout=max(0.0, deadline - time.monotonic()))
            done[state.folder] = state
    except queue.Empty:
        pass
    late = f"it was not done within {patience:g} s"
    return [done.get(str(each)) or PublicationState(folder=str(each), size=0, problem=late) for each in folders]


def _publish(job: _Job, where: Where) -> PublicationState:
    alarms: list[str] = []
    problem = ""
    try:
        place = place_at(where, job.origin)
        place.prepare()
        _bring(job, place, alarms)
    except OSError as error:
        problem = error.strerror or str(error)
    except StoreError as error:
        problem = str(error)
    except Exception as error:  # noqa: BLE001 - whatever happens in a place elsewhere, it may not cost a scan
        problem = f"{type(error).__name__}: {error}"
    return PublicationState(folder=str(where), size=0, problem=problem, alarm="; ".join(alarms))


def _bring(job: _Job, place: PublishedPlace, alarms: list[str]) -> None:
    """Write what is missing, newest first, and add alarms about what is there. Raises `OSError`, `StoreError`."""
    there = place.sizes()  # before we ask the store: another agent may write to both meanwhile
    with job.store.reading() as connection:
        rows = connection.execute(select(checkpoint).order_by(checkpoint.c.size.desc())).all()
    newest = rows[0].size
    alarms += [
        f"{place.called(size)} is there, but this log was signed only up to size {newest}"
        for size in sorted(there)
        if size > newest
    ]
    for number, row in enumerate(rows):
        found = row.size in there or not place.write(row.size, row.note, job.at)
        believed = row.size in there and number >= COMPARED
        if found and not believed and place.read(row.size) != row.note:
            alarms.append(f"{place.called(row.size)} holds another checkpoint than this log has of that size")


def _record(connection: Connection, state: PublicationState, at: datetime) -> None:
    same = select(func.count()).where(publication.c.size == state.size, publication.c.folder == state.folder)
    row = {
        "size": state.size,
        "folder": state.folder,
        "attempt": connection.execute(same).scalar_one() + 1,
        "at": timestamp(at),
        "problem": state.problem,
        "alarm": state.alarm,
    }
    connection.execute(insert(publication), row)
