"""Proofs that leave the store: one leaf, or one unit below a leaf, on a page that verifies without us.

The format is C2SP `tlog-proof.md`: index, inclusion path and the signed checkpoint, so any implementation verifies it
up to the leaf. The extra line, which the specification leaves to us, is an `Extra` as canonical JSON in base64.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from core.codec import CodecError, decode, encode, parse
from core.errors import AnnexaError
from evidence_store import records
from evidence_store.errors import BrokenSealError
from evidence_store.keys.key_history import KeyHistory
from evidence_store.log.append import loader
from evidence_store.log.notes import Checkpoint, Verifier, open_checkpoint
from evidence_store.log.tree import Tree, hash_leaf, inclusion, verify_inclusion
from evidence_store.schema import entry, leaf
from evidence_store.store import Store

HEAD = "c2sp.org/tlog-proof@v1"
HASH = 32


@dataclass(frozen=True, slots=True)
class UnitPath:
    """The way from the entry of a unit to the root in its source leaf: entry `ordinal` of `units`, path in base64."""

    entry: str
    ordinal: int
    units: int
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Extra:
    """What a verifier needs beyond the log's own proof: the bytes of the leaf, and the way to a unit below it."""

    leaf: str
    unit: UnitPath | None


@dataclass(frozen=True, slots=True)
class Proven:
    """What a proof shows: that the checkpoint's log holds `leaf` at `index`, and below it, if it says so, `entry`."""

    checkpoint: Checkpoint
    index: int
    leaf: bytes
    entry: bytes | None


def make_proof(store: Store, connection: Connection, position: int, ordinal: int | None = None) -> str:
    """The proof of a leaf, or of the unit with this number below it, against the newest checkpoint.

    Raises `AnnexaError` when there is no such leaf or unit, or no checkpoint covers it yet.
    """
    return Prover(store, connection).proof(position, ordinal)


class Prover:
    """Makes proofs against one checkpoint: the newest, or the newest when the log had `size` leaves."""

    def __init__(self, store: Store, connection: Connection, size: int | None = None) -> None:
        self._connection = connection
        self._latest = store.latest_checkpoint(connection, size)
        self._load = loader(connection)
        self._below: tuple[int, list[bytes], Tree] = (-1, [], Tree())

    def proof(self, position: int, ordinal: int | None = None) -> str:
        """The proof of a leaf, or of the unit with this number below it.

        Raises `AnnexaError` when there is no such leaf or unit, or the checkpoint does not cover it.
        """
        latest = self._latest
        data = self._connection.execute(select(leaf.c.data).where(leaf.c.position == position)).scalar()
        if data is None:
            raise AnnexaError(f"the log has no leaf {position}", "`annexa status` says how many there are")
        if latest is None or position >= latest[0].size:
            raise AnnexaError(f"no checkpoint covers leaf {position} yet", "the next scan signs one")
        unit = None if ordinal is None else self._unit_path(position, ordinal)
        extra = base64.b64encode(encode(Extra(data.decode(), unit))).decode()
        path = inclusion(position, latest[0].size, self._load)
        lines = [HEAD, f"extra {extra}", f"index {position}", *_encoded(path)]
        return "\n".join([*lines, "", latest[1]])

    def _unit_path(self, position: int, ordinal: int) -> UnitPath:
        if self._below[0] != position:
            query = select(entry.c.data).where(entry.c.position == position).order_by(entry.c.ordinal)
            entries = list(self._connection.execute(query).scalars())
            self._below = (position, entries, Tree(entries))
        _, entries, tree = self._below
        if not 0 <= ordinal < len(entries):
            raise AnnexaError(f"leaf {position} has no unit {ordinal}", f"it has {len(entries)}, counted from 0")
        path = inclusion(ordinal, len(entries), tree.load)
        return UnitPath(entries[ordinal].decode(), ordinal, len(entries), tuple(_encoded(path)))


def open_proof(text: str, key: Verifier | KeyHistory) -> Proven:
    """Verify a proof against one key, or against the one of a log that was in force when its checkpoint was signed.

    Raises `BrokenSealError` that names the first thing that does not hold.
    """
    head, separator, note = text.partition("\n\n")
    lines = head.split("\n")
    if lines[0] != HEAD or not separator:
        raise BrokenSealError(f"not a proof: it does not begin with {HEAD}")
    if len(lines) < 3 or not (extra := re.fullmatch(r"extra (\S+)", lines[1])):  # noqa: PLR2004 - head, extra, index
        raise BrokenSealError("the proof has no extra line with the leaf")
    if not (index := re.fullmatch(r"index (0|[1-9]\d{0,18})", lines[2])):
        raise BrokenSealError("the proof has no index")
    content = _extra(extra[1])
    checkpoint = key.open(note) if isinstance(key, KeyHistory) else open_checkpoint(note, key)
    data, position = content.leaf.encode(), int(index[1])
    if not verify_inclusion(hash_leaf(data), position, checkpoint.size, _decoded(lines[3:]), checkpoint.root):
        raise BrokenSealError(f"the path does not lead from leaf {position} to the root of the checkpoint")
    return Proven(checkpoint, position, data, None if content.unit is None else _proven_entry(content.unit, data))


def _proven_entry(unit: UnitPath, data: bytes) -> bytes:
    leaf_content, item = parse(data), unit.entry.encode()
    if leaf_content.get("type") != records.SOURCE or leaf_content.get("units") != unit.units:
        raise BrokenSealError("the leaf is not a source with that many units")
    root = bytes.fromhex(leaf_content["root"])
    if not verify_inclusion(hash_leaf(item), unit.ordinal, unit.units, _decoded(unit.path), root):
        raise BrokenSealError("the path does not lead from the unit to the root in the leaf")
    return item


def _extra(text: str) -> Extra:
    try:
        return decode(Extra, base64.b64decode(text, validate=True))
    except (binascii.Error, CodecError) as error:
        raise BrokenSealError("the extra line does not hold the leaf") from error


def _encoded(path: Sequence[bytes]) -> list[str]:
    return [base64.b64encode(each).decode() for each in path]


def _decoded(path: Sequence[str]) -> list[bytes]:
    try:
        hashes = [base64.b64decode(each, validate=True) for each in path]
    except binascii.Error as error:
        raise BrokenSealError("the path is not base64") from error
    if any(len(each) != HASH for each in hashes):
        raise BrokenSealError("the path is not made of SHA-256 hashes")
    return hashes
