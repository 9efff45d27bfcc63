"""What must hold of the store, its key, its bucket and its published checkpoints before a scan can be trusted."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

from core.errors import AnnexaError
from evidence_store.backends.s3 import Bucket
from evidence_store.blobs.packs import SUFFIX
from evidence_store.database import database_at
from evidence_store.errors import StoreError
from evidence_store.keys import signing as keys
from evidence_store.log.publication import notes_in
from evidence_store.log.published_places import Where
from evidence_store.questions.queries import pending, scans, seal
from evidence_store.questions.states import Seal
from evidence_store.running import told_apart
from evidence_store.store import PENDING, Store
from runs.configuration import Configuration
from runs.diagnosed import Diagnosis

FEW_BYTES = 500 * 2**20


def of_key(configuration: Configuration) -> Iterator[Diagnosis]:
    """Whether the key can be read by its owner alone, lies apart from the store, and signs the one that is there."""
    path = configuration.key_file
    if refused := _refused(configuration):
        yield Diagnosis("key", "bad", str(refused), refused.hint)
        return
    if not path.exists():
        yield Diagnosis(
            "key", "warning", f"{path} does not exist yet", "the first scan makes it; then keep a copy of it safe"
        )
        return
    try:
        keys.load(path)
    except AnnexaError as error:
        yield Diagnosis("key", "bad", str(error), error.hint)
        return
    if keys.waiting_file(path).exists():
        yield Diagnosis("key", "warning", "a change of the key was begun and not finished", "annexa key rotate")
    inside = configuration.folder.resolve() in path.resolve().parents
    yield Diagnosis(
        "key",
        "warning" if inside else "good",
        f"{path} holds an Ed25519 key that only its owner can read"
        + (", but inside the store it signs" if inside else ""),
        "whoever can change the store could sign it again: set store.key to a path elsewhere" if inside else "",
    )


def _refused(configuration: Configuration) -> StoreError | None:
    """What keeps the key from signing the store that is there; nothing where there is none, or it cannot be read."""
    with suppress(AnnexaError), Store.open(configuration.location) as store, store.reading() as connection:
        try:
            store.signing_key(connection)
        except StoreError as error:
            return error
    return None


def of_store(configuration: Configuration, now: datetime) -> Iterator[Diagnosis]:
    """Whether a scan can be kept, how the last one ended, and where its checkpoint is published."""
    folder, location = configuration.folder, configuration.location
    try:
        with closing(database_at(location)) as database:
            there = database.is_there()
            power = database.excess_power() if there else ""
    except AnnexaError as error:
        yield Diagnosis("store", "bad", str(error), error.hint)
        return
    if not there:
        parent = next(each for each in (folder.absolute(), *folder.absolute().parents) if each.exists())
        state = "good" if parent.is_dir() and os.access(parent, os.W_OK | os.X_OK) else "bad"
        remedy = "" if state == "good" else "give the user write permission, or set store.folder"
        yield Diagnosis("store", state, f"there is none in {location.name} yet, the first scan makes it", remedy)  # type: ignore[arg-type]
        return
    if not folder.is_dir():  # the database is elsewhere, and agents that share it share this folder as well
        yield Diagnosis("store", "bad", f"{folder} is not there", "mount the folder of the store, or set store.folder")
        return
    if not os.access(folder, os.W_OK | os.X_OK):
        yield Diagnosis(
            "store", "bad", f"{folder} is not writable", "give the user write permission, or set store.folder"
        )
    free = shutil.disk_usage(folder).free
    if free < FEW_BYTES:
        yield Diagnosis("store", "warning", f"only {free // 2**20} MiB are free below {folder}", "make room")
    try:
        with Store.open(configuration.location) as store, store.reading() as connection:
            newest = told_apart(store, scans(store, connection))
            waiting = pending(store, connection)
            covering = seal(store, connection)
    except AnnexaError as error:
        yield Diagnosis("store", "bad", str(error), error.hint)
        return
    last = f"last scan {newest[0].started:%Y-%m-%d %H:%M} UTC, {newest[0].status}" if newest else "no scan yet"
    yield Diagnosis("store", "good", f"{location.name}: {last}; leaves that await a checkpoint: {waiting}")
    if power:
        remedy = "have the owner make another role for agents, and run: annexa store grant ROLE"
        yield Diagnosis("store", "warning", power, remedy)
    if newest and newest[0].started > now:
        yield Diagnosis("clock", "bad", "the last scan is in the future: the clock went back", "set the clock")
    yield from _published(configuration, covering)


def of_bucket(configuration: Configuration) -> Iterator[Diagnosis]:
    """Whether packs get to the bucket, and whether it can lock what it is told to."""
    address = configuration.location.bucket
    if address is None:
        return
    bucket = Bucket(address)
    try:
        bucket.refuse_missing()
        locks, versions = bucket.can_lock(), bucket.keeps_versions()
    except AnnexaError as error:
        yield Diagnosis("bucket", "bad", str(error), error.hint)
        return
    if address.lock and not (locks and versions):
        lacking = "versioning" if locks else "Object Lock"
        remedy = "make a bucket with Object Lock (not every store can add it later), or leave out store.blobs.s3.lock"
        yield Diagnosis("bucket", "bad", f"{address} has no {lacking}, although lock is configured", remedy)
    elif not versions:
        remedy = "turn on its versioning: then what is overwritten or removed can be brought back"
        yield Diagnosis("bucket", "warning", f"{address} keeps no versions", remedy)
    else:
        kept = f"; packs are locked for {address.lock.days} days ({address.lock.mode})" if address.lock else ""
        yield Diagnosis("bucket", "good", f"{address} can be reached{kept}")
    if left := len(list((configuration.folder / PENDING).glob(f"*{SUFFIX}"))):
        yield Diagnosis("bucket", "warning", f"packs that wait on this machine: {left}", "annexa store upload")


def _published(configuration: Configuration, covering: Seal | None) -> Iterator[Diagnosis]:
    """Whether the newest checkpoint lies where whoever rewrites the store cannot rewrite it, too."""
    has = []
    for folder in configuration.publish:
        why, remedy = _lacking(configuration, folder, covering)
        if why:
            yield Diagnosis("checkpoints", "warning", f"{folder} {why}", remedy)
        else:
            has.append(str(folder))
    if has:
        yield Diagnosis("checkpoints", "good", f"the newest is published in {' and '.join(has)}")
        return
    yield Diagnosis(
        "checkpoints",
        "warning",
        "none is published outside this machine: whoever holds store and key could rewrite both",
        "name folders in store.publish that others cannot change: another disk, a share of another machine",
    )


def _lacking(configuration: Configuration, folder: Where, covering: Seal | None) -> tuple[str, str]:
    """Why a place does not vouch for the newest checkpoint, and what to do; empty when it does."""
    if isinstance(folder, Path):
        why, remedy = _unusable(configuration, folder)
        if why:
            return why, remedy
    try:
        notes = {each.size: each.note for each in notes_in(folder, covering.origin)} if covering else {}
    except FileNotFoundError:
        notes = {}
    except OSError as error:
        return f"cannot be read: {error.strerror}", "give the user permission to read what lies in it"
    except StoreError as error:
        return f"cannot be read: {error}", error.hint
    if covering is None or covering.size not in notes:
        return "does not have the newest", "scan again: the next scan brings what is missing"
    if notes[covering.size] != covering.note:
        return f"holds another checkpoint {covering.size}", "see what is wrong: annexa verify"
    return "", ""


def _unusable(configuration: Configuration, folder: Path) -> tuple[str, str]:
    """Why nothing can be published in a folder, and what to do; empty when it can."""
    if configuration.folder.resolve() in (folder.resolve(), *folder.resolve().parents):
        return "is inside the store", "whoever can change the store can change it as well: choose a folder elsewhere"
    if not folder.is_dir():
        return "is not there", "make the folder, or mount what belongs there"
    if not os.access(folder, os.W_OK | os.X_OK):
        return "is not writable", "give the user write permission"
    return "", ""
