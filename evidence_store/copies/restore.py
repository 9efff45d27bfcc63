"""Restoring a backup: into an empty store, whichever database and place for packs it has.

The backup itself is only read. What it says is verified first, and held against the checkpoints that were published:
those it does not know of are about evidence that is lost, and whoever gives that up says why, on record.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, func, insert, select

from core.codec import timestamp
from evidence_store.blobs.packs import SUFFIX
from evidence_store.blobs.uploads import Uploads, upload
from evidence_store.copies.copying import Step, beside, copy_packs, copy_rows, named_bytes, silently
from evidence_store.database import DATABASE, SQLiteDatabase, database_at
from evidence_store.errors import BrokenSealError, StoreError
from evidence_store.location import Location
from evidence_store.log.append import log_size
from evidence_store.log.notes import Verifier, size_of
from evidence_store.log.publication import PublishedNote, notes_in
from evidence_store.log.published_places import Where
from evidence_store.people.keyring import Keyring
from evidence_store.schema import checkpoint, metadata, publication
from evidence_store.store import PACKS, PENDING, Store
from evidence_store.verification.verify import Verification, verify

WAL = "-wal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What came of it: the log, its leaves, bytes of packs, what was `lost` (a sentence for each place that knows of
    more than the backup did), what `lacks` before scans can go on, and what the restored store verifies as."""

    log: str
    leaves: int
    brought: int
    lost: tuple[str, ...]
    lacks: tuple[str, ...]
    verification: Verification
    uploads: Uploads = field(default_factory=Uploads)


def restore(
    folder: Path,
    location: Location,
    at: datetime,
    *,
    verifier: Verifier | None = None,
    publish: Sequence[Where] = (),
    accepted: str = "",
    step: Step = silently,
) -> Restored:
    """Restore the backup in a folder into the store at a location, which must be empty.

    Raises `BrokenSealError` when the backup does not verify, and `StoreError` when there is evidence already, or when
    published checkpoints tell of more than the backup has, unless that loss is `accepted`, for a reason which the
    next scan seals.
    """
    refuse_evidence(location)
    with _opened(folder, location) as source, source.reading() as view:
        size, log = log_size(view), source.verifier(view).name
        places = [_Place(place, *_published(place, log)) for place in publish]
        _refuse_broken(folder, source, verifier, [each for place in places for each in place.upto(size)], step)
        lost = {str(place.where): said for place in places if (said := place.lost(size))}
        if lost and not accepted:
            raise StoreError(
                f"{folder}: this is not the newest: {'; '.join(lost.values())}",
                "restore a newer backup if there is one; or give up what is lost, on record: --accept-loss REASON",
            )
        wanted = named_bytes(view)
        _refuse_packs(location, wanted)
        with Store.nameless(location) as target:
            copied = copy_packs(source.blobs.packs, wanted, target.pack_folders[0], step, earlier=None)
            with target.writing() as connection:
                if not _is_empty(connection):
                    raise StoreError(f"{target.name}: somebody else wrote to it meanwhile", "see: annexa status")
                copy_rows(source, view, connection, step)
                _record_loss(connection, lost, accepted, at)
                history = target.history(connection)
            target.publish_key(history)
            uploads = upload(target, at)
            found = verify(target, verifier=verifier, progress=partial(step, "verifying"))
            lacks = tuple(_lacking(target, bool(publish)))
    return Restored(
        log=log,
        leaves=size,
        brought=copied.brought,
        lost=tuple(lost.values()),
        lacks=lacks,
        verification=found,
        uploads=uploads,
    )


def refuse_evidence(location: Location) -> None:
    """Raises `StoreError` when there is a log at this location."""
    with closing(database_at(location)) as database:
        if not database.is_there() or database.revision() is None:
            return
        with database.reading() as connection:
            begun = connection.execute(select(func.count()).select_from(metadata.tables["about"])).scalar_one()
    if begun:
        raise StoreError(
            f"{database.name}: there is a store here already, and nothing is restored over it",
            "name another folder or database in the configuration, or move this one away",
        )


@dataclass(frozen=True, slots=True)
class _Place:
    """A place where checkpoints are published, what it has of the log, and why that could not be read."""

    where: Where
    notes: Sequence[PublishedNote]
    problem: str

    def upto(self, size: int) -> Iterator[PublishedNote]:
        return (each for each in self.notes if size_of(each.note) <= size)

    def lost(self, size: int) -> str:
        """What the place says of evidence that a backup with so many leaves does not have; empty when nothing."""
        if self.problem:
            return f"{self.where} cannot be read ({self.problem}), so nobody can tell what is lost"
        newest = max((size_of(each.note) for each in self.notes), default=0)
        if newest <= size:
            return ""
        return f"{self.where} has a checkpoint over {newest} leaves, and the backup ends after {size}"


def _published(where: Where, log: str) -> tuple[list[PublishedNote], str]:
    try:
        return notes_in(where, log), ""
    except StoreError as error:
        return [], str(error)
    except OSError as error:
        nothing = isinstance(error, FileNotFoundError) and isinstance(where, Path) and where.is_dir()
        return [], "" if nothing else str(error.strerror)


@contextmanager
def _opened(folder: Path, location: Location) -> Iterator[Store]:
    """The backup, with a copy of its tables, so that nothing changes it even when its schema is older.

    Raises `StoreError`.
    """
    path = folder / DATABASE
    with TemporaryDirectory(prefix="annexa-restore-") as work:
        try:
            for suffix in ("", WAL):
                if not suffix or path.with_name(f"{path.name}{suffix}").exists():
                    shutil.copyfile(f"{path}{suffix}", Path(work) / f"{DATABASE}{suffix}")
        except FileNotFoundError as error:
            raise StoreError(
                f"{folder}: there is no backup here", "name the folder given to: annexa store backup"
            ) from error
        except OSError as error:
            raise StoreError(
                f"{error.filename}: cannot be copied: {error.strerror}", "mend it, or make room"
            ) from error
        with closing(SQLiteDatabase(Path(work) / DATABASE)) as database:
            store = beside(Location(folder, location.key_file), database)
            database.refuse_missing()
            database.migrate()
            yield store
            store.blobs.close()


def _refuse_broken(
    folder: Path, source: Store, verifier: Verifier | None, published: Sequence[PublishedNote], step: Step
) -> None:
    """Raises `BrokenSealError`, or `StoreError`, unless the backup verifies and every published checkpoint fits it."""
    notes = [each.note for each in published]
    found = verify(source, verifier=verifier, published=notes, progress=partial(step, "verifying the backup"))
    if found.problems:
        more = f" (and {len(found.problems) - 1} more)" if len(found.problems) > 1 else ""
        raise BrokenSealError(
            f"{folder}: the backup does not verify: {found.problems[0]}{more}",
            "restore another one; see all that is wrong with store.folder set to it: annexa verify",
        )


def _refuse_packs(location: Location, wanted: Mapping[str, int]) -> None:
    """Raises `StoreError` when there are packs that hold more than the backup knows: they may be all that is left."""
    for name in (PACKS, PENDING):
        for path in sorted((location.folder / name).glob(f"*{SUFFIX}")):
            if path.stat().st_size > wanted.get(path.name, 0):
                raise StoreError(
                    f"{path}: this pack holds evidence that the backup does not have", "move it away, and keep it"
                )


def _is_empty(connection: Connection) -> bool:
    return not any(
        connection.execute(select(func.count()).select_from(table)).scalar_one() for table in metadata.sorted_tables
    )


def _record_loss(connection: Connection, lost: Mapping[str, str], accepted: str, at: datetime) -> None:
    """Alarms of publishing are what the next scan seals."""
    size = connection.execute(select(func.max(checkpoint.c.size))).scalar() or 0
    for where, said in lost.items():
        same = select(func.count()).where(publication.c.size == size, publication.c.folder == where)
        row = {
            "size": size,
            "folder": where,
            "attempt": connection.execute(same).scalar_one() + 1,
            "at": timestamp(at),
            "problem": "",
            "alarm": f"restored from a backup, and what came after it was given up: {said}: {accepted}",
        }
        connection.execute(insert(publication), row)


def _lacking(store: Store, published: bool) -> Iterator[str]:
    """What is not in a backup and must be brought before scans can go on, and what nobody can know."""
    with store.reading() as connection:
        try:
            store.signing_key(connection)
        except StoreError as error:
            yield f"no scan can be sealed: {error}"
        if problem := Keyring(store, connection).problem:
            yield f"people are shown by pseudonyms, and no scan can be sealed: {problem}"
    if not published:
        yield "no checkpoints are published (store.publish): nobody can tell whether the backup was the newest"
