"""What signs for an export: a note over the list of its files, and a leaf that says that it left."""

from __future__ import annotations

import base64
from datetime import datetime

from sqlalchemy import Connection

from evidence_store import records
from evidence_store.acts import seal_act
from evidence_store.log.notes import DASH
from evidence_store.records import Exported
from evidence_store.store import Store

CONTEXT = "annexa.bundle/v1"
"""The first line of what is signed. No log is called so: such a signature is never one of a checkpoint."""


def sign_list(store: Store, connection: Connection, digest: str) -> str:
    """A signed note (C2SP) that the list of files with this SHA-256 is of this log. Raises `StoreError`."""
    verifier = store.verifier(connection)
    text = f"{CONTEXT}\n{verifier.name}\n{digest}\n"
    signature = verifier.key_id + store.signing_key(connection).sign(text.encode())
    return f"{text}\n{DASH} {verifier.name} {base64.b64encode(signature).decode()}\n"


def refuse_without_key(store: Store) -> None:
    """Raise `StoreError` where nobody could sign: it is better learnt before the work than after it."""
    with store.reading() as connection:
        store.signing_key(connection)


def seal_export(store: Store, left: Exported, at: datetime) -> int:
    """Seal that a file left, and sign for it. Returns the position of the leaf. Raises `StoreError`."""
    return seal_act(store, records.EXPORT, left, at)
