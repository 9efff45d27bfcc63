"""Changing the key that signs a log: the new key first, then one transaction, then the files change places.

Killed between any two steps, the store verifies, the next scan is signed by whichever key the log names, and changing
the key again finishes what was begun.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, insert, update

from core.codec import encode
from evidence_store import records
from evidence_store.errors import StoreError
from evidence_store.keys import signing as keys
from evidence_store.keys.key_history import KeyHistory, hand_over
from evidence_store.log.append import Appender
from evidence_store.log.notes import Checkpoint, Verifier, sign
from evidence_store.log.tree import root
from evidence_store.schema import about, checkpoint
from evidence_store.store import RETIRED, Store
from evidence_store.writer import refuse_broken_log


@dataclass(frozen=True, slots=True)
class Rotation:
    """A key that was changed: both keys, the file that keeps the old one, and whether this only finished it."""

    old: Verifier
    new: Verifier
    kept: Path | None
    finished: bool


def rotate(store: Store, at: datetime) -> Rotation:
    """Make a new key and have the old one hand over to it. Raises `StoreError`, `BrokenSealError`."""
    with store.database.exclusive():
        with store.reading() as connection:
            history = store.history(connection)
        waiting = keys.waiting_file(store.key_file)
        begun = bool(history.retired) and waiting.exists() and _public(waiting) == history.current.public
        if not begun:
            history = _hand_over(store, history.current, at)
        kept = keys.take_over(store.key_file, at)
        store.publish_key(history)
        return Rotation(history.keys[-2], history.current, kept, begun)


def _hand_over(store: Store, current: Verifier, at: datetime) -> KeyHistory:
    """Seal the leaf, sign the checkpoint with both keys, and name the new key as the store's, in one transaction."""
    with store.reading() as connection:
        old = store.signing_key(connection)
    made = keys.load_or_create(keys.waiting_file(store.key_file))
    new = Verifier(current.name, made.public_key().public_bytes_raw())

    with store.pack(f"key-{at:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}") as pack:
        body = pack.put(encode(hand_over(old, current, new)))
        pack.flush()
        with store.writing() as connection:
            history = store.history(connection)
            if history.current != current or new in history.keys:
                raise StoreError(
                    f"{store.key_file}: the key of this store was changed meanwhile, or {new} is one that was retired",
                    f"move {keys.waiting_file(store.key_file)} away and try again",
                )
            refuse_broken_log(store, connection)
            pack.index(connection)
            appender = Appender(connection)
            position = appender.append(records.leaf(records.KEY_CHANGED, "", at, body))
            point = Checkpoint(current.name, appender.size, root(appender.size, appender.load))
            connection.execute(insert(checkpoint).values(size=point.size, note=sign(point, made, old)))
            _name(connection, position, current, new)
    return KeyHistory((*history.retired, (position, current)), new)


def _public(path: Path) -> bytes:
    return keys.load(path).public_key().public_bytes_raw()


def _name(connection: Connection, position: int, old: Verifier, new: Verifier) -> None:
    connection.execute(insert(about).values(name=f"{RETIRED}{position}", value=str(old)))
    connection.execute(update(about).where(about.c.name == "verifier").values(value=str(new)))
