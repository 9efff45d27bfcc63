"""Publication: every checkpoint as a file in folders elsewhere, out of reach of whoever can rewrite store and key.

A folder holds `ORIGIN/SIZE.checkpoint`, with the slash in the origin as a dash. A file is written whole or not at all,
and never replaced: another note of the same size, or one of a size that the log has not reached, means that the log
there and the log here are not the same, and that is an alarm.
"""

from __future__ import annotations

import errno
import os
import queue
import re
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, func, insert, select

from core.codec import timestamp
from evidence_store.schema import checkpoint, publication
from evidence_store.states import PublicationState
from evidence_store.store import Store

PATIENCE = 20.0
"""Seconds for all folders together: a share whose server is gone makes whoever touches it wait without end."""

COMPARED = 100
"""How many of the newest checkpoints are read again after each scan; `annexa verify` reads all."""

LARGEST_NOTE = 2**16
"""Bytes: a note has a few hundred."""

NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}
"""How file systems without hard links (FAT, some network shares) say so."""


@dataclass(frozen=True, slots=True)
class PublishedNote:
    """A checkpoint that was kept elsewhere: the note, where it lies, and the size it is filed under, if it is."""

    note: str
    where: str = ""
    size: int | None = None


def place_of(folder: Path, origin: str) -> Path:
    """The folder for the checkpoints of one log."""
    return folder / origin.replace("/", "-")


def publish(
    store: Store, folders: Sequence[Path], clock: Callable[[], datetime], patience: float = PATIENCE
) -> tuple[PublicationState, ...]:
    """Write the checkpoints that a folder does not have, newest first, and record what came of it for the newest.

    Raises nothing that a folder does. Raises `StoreError` when the record cannot be written, `BrokenSealError` when
    there is nothing true to publish.
    """
    with store.reading() as connection:
        latest = store.latest_checkpoint(connection)
    if latest is None:
        return ()
    found = tuple(replace(each, size=latest[0].size) for each in _all(store, latest[0].origin, folders, patience))
    with store.writing() as connection:
        for each in found:
            _record(connection, each, clock())
    return found


def states(connection: Connection, size: int) -> tuple[PublicationState, ...]:
    """What came last of publishing the checkpoint of this size, by folder."""
    query = select(publication).where(publication.c.size == size).order_by(publication.c.folder, publication.c.attempt)
    rows = {row.folder: row for row in connection.execute(query)}
    return tuple(
        PublicationState(folder=row.folder, size=row.size, problem=row.problem, alarm=row.alarm)
        for row in rows.values()
    )


def alarms_on_record(connection: Connection) -> tuple[str, ...]:
    """Every alarm there ever was, each once: what the next scan seals."""
    query = select(publication.c.alarm).where(publication.c.alarm != "").order_by(publication.c.size)
    return tuple(dict.fromkeys(connection.execute(query).scalars()))


def notes_in(folder: Path, origin: str) -> list[PublishedNote]:
    """The checkpoints of a log that a folder holds, by size. Raises `OSError` when they cannot all be read."""
    place = place_of(folder, origin)
    return [PublishedNote(_read(_file(place, size)), str(_file(place, size)), size) for size in sorted(_sizes(place))]


class PublishedCheckpoints:
    """The checkpoints to hold a log against: notes that somebody gives, then all that folders have of this log.

    What the folders had is `said` when the walk is over, and what could not be read is named in `unread`.
    """

    def __init__(self, origin: str, notes: Sequence[str], folders: Sequence[Path]) -> None:
        self.said: list[str] = []
        self.unread: list[str] = []
        self._origin = origin
        self._notes = notes
        self._folders = folders if origin else ()

    def __iter__(self) -> Iterator[PublishedNote]:
        yield from map(PublishedNote, self._notes)
        for folder in self._folders:
            try:
                found = notes_in(folder, self._origin)
            except OSError as error:
                self.unread.append(f"{error.filename or folder}: {error.strerror}")
            else:
                newest = f", up to size {found[-1].size}" if found else " of this log"
                self.said.append(f"{folder}: checkpoints: {len(found)}{newest}")
                yield from found


def _all(store: Store, origin: str, folders: Sequence[Path], patience: float) -> list[PublicationState]:
    """All folders at once, each in a thread that can be given up: what it writes after that is as good as before."""
    answers: queue.SimpleQueue[PublicationState] = queue.SimpleQueue()

    def work(folder: Path) -> None:
        answers.put(_publish(store, origin, folder))

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


def _publish(store: Store, origin: str, folder: Path) -> PublicationState:
    alarms: list[str] = []
    problem = ""
    try:
        # The folder itself is never made: where a share should be mounted and is not, it would be this very disk.
        if not folder.is_dir():
            raise FileNotFoundError(errno.ENOENT, "there is no such folder")
        _bring(store, place_of(folder, origin), alarms)
    except OSError as error:
        problem = error.strerror or str(error)
    except Exception as error:  # noqa: BLE001 - whatever happens in a folder elsewhere, it may not cost a scan
        problem = f"{type(error).__name__}: {error}"
    return PublicationState(folder=str(folder), size=0, problem=problem, alarm="; ".join(alarms))


def _bring(store: Store, place: Path, alarms: list[str]) -> None:
    """Write what is missing, newest first, and add alarms about what is there. Raises `OSError`."""
    place.mkdir(exist_ok=True)
    there = _sizes(place)  # before we ask the store: another agent may write to both meanwhile
    with store.reading() as connection:
        rows = connection.execute(select(checkpoint).order_by(checkpoint.c.size.desc())).all()
    newest = rows[0].size
    alarms += [
        f"{_file(place, size)} is there, but this log was signed only up to size {newest}"
        for size in sorted(there)
        if size > newest
    ]
    for number, row in enumerate(rows):
        file = _file(place, row.size)
        found = row.size in there or not _write(file, row.note)
        believed = row.size in there and number >= COMPARED
        if found and not believed and _read(file) != row.note:
            alarms.append(f"{file} holds another checkpoint than this log has of that size")


def _sizes(place: Path) -> set[int]:
    matches = (re.fullmatch(r"(0|[1-9][0-9]{0,18})\.checkpoint", file.name) for file in place.iterdir())
    return {int(found[1]) for found in matches if found}


def _file(place: Path, size: int) -> Path:
    return place / f"{size}.checkpoint"


def _read(file: Path) -> str:
    with file.open("rb") as opened:
        return opened.read(LARGEST_NOTE).decode(errors="backslashreplace")


def _write(file: Path, note: str) -> bool:
    """Write a file that is whole before it has its name. False when there is one of that name already: it stays."""
    temporary = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    try:
        with temporary.open("xb") as opened:
            opened.write(note.encode())
            opened.flush()
            os.fsync(opened.fileno())
        try:
            os.link(temporary, file)
        except FileExistsError:
            return False
        except OSError as error:
            if error.errno not in NO_LINKS:
                raise
            if file.exists():
                return False
            temporary.rename(file)
    finally:
        temporary.unlink(missing_ok=True)
    return True


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
