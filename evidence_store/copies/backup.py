"""Backing a store up: an ordinary store in another folder, as this one was at one moment, whatever scans do meanwhile.

The order survives being killed. Packs only grow, so an earlier backup stays whole while new bytes come behind those it
names; tables are made beside, verified, and take the place of the earlier ones at once; what was thrown away goes last.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlalchemy import Connection

from evidence_store.blobs.packs import make_durable
from evidence_store.copies.copying import CopiedPacks, Step, beside, copy_packs, copy_rows, named_bytes, silently
from evidence_store.database import DATABASE, SQLiteDatabase
from evidence_store.errors import BrokenSealError, StoreError
from evidence_store.location import Location
from evidence_store.log.append import loader, log_size
from evidence_store.log.tree import root
from evidence_store.store import PACKS, PUBLIC_KEY, Store
from evidence_store.verification.verify import Verification, verify

NEXT = "next"
"""The folder, in that of a backup, where its next tables are made."""
BEGUN = {NEXT, PACKS, PUBLIC_KEY, "evidence.lock"}
"""What a first backup that was killed leaves, or somebody who removed its tables."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """What came of a backup of the log `log`: it names so many packs, and `brought` bytes of them were new.

    `unread` says which packs could not be read. A copy that does not verify is not `in_place` of an earlier one.
    """

    folder: str
    log: str
    packs: int
    brought: int
    unread: tuple[str, ...]
    in_place: bool
    verification: Verification


@dataclass(frozen=True, slots=True)
class _Earlier:
    """The backup that is in a folder: its log, and how far its rows name bytes of packs."""

    folder: str
    log: str
    size: int
    root: bytes
    packs: Mapping[str, int]


def backup(store: Store, folder: Path, step: Step = silently) -> Backup:
    """Bring a backup to a folder, or up to date there, and verify it.

    Raises `StoreError` when the folder holds something else or cannot be written, and `BrokenSealError` when a backup
    there holds what this store does not: the store was rolled back, or both went on by themselves.
    """
    _refuse_place(store, folder)
    location = Location(folder, store.key_file)
    packs, staged = folder / PACKS, folder / NEXT / DATABASE
    with closing(SQLiteDatabase(folder / DATABASE)) as database, database.exclusive():
        earlier = _earlier(beside(location, database), database)
        copied = _copy(store, earlier, staged, packs, step)
        with closing(SQLiteDatabase(staged)) as made:
            copy = beside(location, made)
            found = verify(copy, progress=partial(step, "verifying"))
            with copy.reading() as connection:
                wanted, history = named_bytes(connection), copy.history(connection)
            copy.blobs.close()
            made.settle()
        in_place = earlier is None or not found.problems
        if in_place:
            staged.replace(database.path)
            make_durable(folder)
            copy.publish_key(history)
            _tidy(packs, wanted)
        shutil.rmtree(staged.parent)
    return Backup(
        folder=str(folder),
        log=history.current.name,
        packs=len(wanted),
        brought=copied.brought,
        unread=tuple(f"{PACKS}/{name}: {why}" for name, why in copied.unread.items()),
        in_place=in_place,
        verification=found,
    )


def _copy(store: Store, earlier: _Earlier | None, staged: Path, packs: Path, step: Step) -> CopiedPacks:
    """Copy the rows of one moment, then the packs that they name.

    Packs may be written anew, thrown away or carried to a bucket between the two: then another moment is taken. What
    is missing twice is missing.
    """
    known: Mapping[str, int] = earlier.packs if earlier else {}
    before: Mapping[str, str] | None = None
    while True:
        wanted = _copy_rows(store, earlier, staged, step)
        store.blobs.close()  # forgets where packs were
        copied = copy_packs(store.blobs.packs, wanted, packs, step, earlier=known)
        if not copied.unread or copied.unread == before:
            return copied
        before = copied.unread


def _copy_rows(store: Store, earlier: _Earlier | None, staged: Path, step: Step) -> dict[str, int]:
    shutil.rmtree(staged.parent, ignore_errors=True)
    for made in (staged.parent, staged.parent.parent / PACKS):
        _make(made)
    with closing(SQLiteDatabase(staged)) as database:
        database.make()
        database.migrate()
        with store.reading() as view:
            if earlier:
                _refuse_other(store, view, earlier)
            with database.writing() as target:
                copy_rows(store, view, target, step)
                return named_bytes(target)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(exist_ok=True, mode=0o750)
    except OSError as error:
        raise StoreError(
            f"{folder}: cannot be made: {error.strerror}",
            "name a folder that may be written, or one in it",
        ) from error


def _refuse_place(store: Store, folder: Path) -> None:
    """Raises `StoreError` for a folder that is not one for a backup of this store."""
    ours = store.folder.resolve()
    if ours in (folder.resolve(), *folder.resolve().parents):
        raise StoreError(f"{folder}: this is inside the store itself", "name a folder on another disk or machine")
    _make(folder)
    try:
        there = {path.name for path in folder.iterdir()}
    except OSError as error:
        raise StoreError(f"{folder}: cannot be read: {error.strerror}", "mend the permissions") from error
    if DATABASE not in there and there - BEGUN:
        raise StoreError(
            f"{folder}: there is something else here: {min(there - BEGUN)}", "name an empty folder, or a new one"
        )


def _earlier(there: Store, database: SQLiteDatabase) -> _Earlier | None:
    """The backup that is there already, with all of it in its one file. Raises `StoreError`, `BrokenSealError`."""
    if not database.is_there():
        return None
    with there.reading() as connection:
        size = log_size(connection)
        log = there.verifier(connection).name
        found = _Earlier(str(there.folder), log, size, root(size, loader(connection)), named_bytes(connection))
    # Its write-ahead log, left by whoever looked at it and was killed, would else be taken for that of the next one.
    database.settle()
    return found


def _refuse_other(store: Store, view: Connection, earlier: _Earlier) -> None:
    """Raises unless the log of the store begins with that of the backup."""
    log, size = store.verifier(view).name, log_size(view)
    if log != earlier.log:
        raise StoreError(
            f"{earlier.folder}: holds a backup of another log, {earlier.log}; this one is {log}", "name another folder"
        )
    if size < earlier.size:
        raise BrokenSealError(
            f"{store.name}: THE STORE WAS ROLLED BACK: it has {size} leaves, and the backup in {earlier.folder} has "
            f"{earlier.size}",
            "nothing was copied: keep this backup and see docs/backup.md",
        )
    if root(earlier.size, loader(view)) != earlier.root:
        raise BrokenSealError(
            f"{store.name}: THE STORE IS NOT WHAT WAS BACKED UP: its first {earlier.size} leaves are not those in "
            f"{earlier.folder}: one of the two was altered, or the store was rolled back and went on",
            "nothing was copied: keep this backup and see which one verifies: annexa verify",
        )


def _tidy(packs: Path, wanted: Mapping[str, int]) -> None:
    """Remove what the backup does not name: evidence that was thrown away, and what killed backups left."""
    for path in sorted(packs.iterdir()):
        if path.name not in wanted:
            path.unlink()
        elif path.stat().st_size > wanted[path.name]:
            os.truncate(path, wanted[path.name])
