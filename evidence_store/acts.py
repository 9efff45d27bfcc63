"""Sealing what a person decided: one leaf that is of no scan, and the checkpoint that signs it, in one transaction."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Connection

from core.codec import encode
from evidence_store import records
from evidence_store.derived.derive import Sealed, apply
from evidence_store.log.append import Appender
from evidence_store.people.concealing import People
from evidence_store.store import Store
from evidence_store.writer import refuse_broken_log, sign_checkpoint


def seal_act(
    store: Store,
    kind: str,
    body: object,
    at: datetime,
    *,
    blobs: Sequence[bytes] = (),
    within: Callable[[Connection], None] = lambda _: None,
) -> int:
    """Seal a leaf with this body, and the blobs that the body names, and sign it. Returns the position of the leaf.

    `within` runs in the same transaction, before the leaf: what it does counts when the leaf does, and an error of its
    leaves everything as it was. Raises `StoreError`, `BrokenSealError`.
    """

    with store.pack(f"{kind}-{at:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}") as pack:
        for each in blobs:
            pack.put(each)
        digest = pack.put(encode(People(store).act(body)))
        pack.flush()
        with store.writing() as connection:
            refuse_broken_log(store, connection)
            within(connection)
            pack.index(connection)
            appender = Appender(connection)
            data = records.leaf(kind, "", at, digest)
            position = appender.append(data)
            apply(connection, Sealed(position, data), store.read_blob(connection))
            sign_checkpoint(store, connection, appender)
    return position
