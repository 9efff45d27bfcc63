"""Verification of the log: its own arithmetic, and the signed checkpoints over it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from sqlalchemy import Connection, Row, select

from core.codec import CodecError, canonical, parse
from evidence_store import records
from evidence_store.derived.derive import Sealed
from evidence_store.errors import BrokenSealError
from evidence_store.keys.key_history import KeyWalk
from evidence_store.log.append import log_size
from evidence_store.log.notes import Checkpoint, size_of
from evidence_store.log.publication import PublishedNote
from evidence_store.log.tree import Tree, hash_leaf
from evidence_store.schema import checkpoint, entry, leaf, node
from evidence_store.verification.verify_blobs import PROGRESS_EVERY, Progress

_FIELDS: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(records.LEAF_TYPES, frozenset({"at", "body", "scan", "type"})),
    records.SOURCE: frozenset({"at", "body", "root", "scan", "type", "units"}),
}
"""What a leaf of each type says."""

_SIGNED_FOR: Mapping[object, str] = {
    records.SCAN_FINISHED: "ends a scan",
    records.KEY_CHANGED: "changes the key",
    records.DISPOSAL: "says what was thrown away",
    records.HOLD: "places a legal hold",
    records.HOLD_RELEASED: "releases a legal hold",
    records.ERASURE: "erases people",
    records.EXPORT: "says what left",
}
"""Leaves that are written together with the checkpoint that signs them."""


class LogWalk:
    """One walk over the log: its leaves as they are `sealed`, their `tree`, and the sizes at which it is `signed`."""

    def __init__(self, connection: Connection, progress: Progress) -> None:
        self.tree = Tree()
        self.sealed: list[Sealed] = []
        self.signed: set[int] = set()
        self._connection = connection
        self._progress = progress

    def leaves(self) -> Iterator[str]:
        """Positions without a hole, hashes of the data, known types, subtrees that have the root their leaf says."""
        total = log_size(self._connection)
        below = self._entries()
        for row in self._connection.execute(select(leaf).order_by(leaf.c.position)):
            if row.position != self.tree.size:
                yield f"leaf {self.tree.size} is missing"
                return
            digest = hash_leaf(row.data)
            if digest != row.hash:
                yield f"leaf {row.position}: its data does not have its hash: one of them was altered"
            self.tree.append(digest)
            here = below.pop(row.position, [])
            entries = tuple(each.data for each in here)
            if [each.ordinal for each in here] != list(range(len(here))):
                yield f"leaf {row.position}: the entries of its units are not numbered one after the other"
            self.sealed.append(Sealed(row.position, row.data, entries))
            yield from _leaf(row.position, row.data, entries)
            if self.tree.size % PROGRESS_EVERY == 0:
                self._progress(self.tree.size, total)
        for orphan in list(below)[:1]:
            yield f"table entry: rows for leaf {orphan}, which does not exist"

    def _entries(self) -> dict[object, list[Row[tuple[int, int, bytes]]]]:
        """The entries below each position, in their order."""
        below: dict[object, list[Row[tuple[int, int, bytes]]]] = defaultdict(list)
        for row in self._connection.execute(select(entry).order_by(entry.c.position, entry.c.ordinal)):
            below[row.position].append(row)
        return dict(below)

    def nodes(self) -> Iterator[str]:
        """The stored inner nodes are those that the leaves give."""
        expected = {key: digest for key, digest in self.tree.nodes.items() if key[0] > 0}
        for row in self._connection.execute(select(node).order_by(node.c.level, node.c.index)):
            index = row._mapping["index"]  # noqa: SLF001 - Row.index is a method
            if expected.pop((row.level, index), None) != row.hash:
                yield f"node {index} of level {row.level}: not what the leaves give"
        for level, index in sorted(expected)[:1]:
            yield f"node {index} of level {level}: missing"

    def checkpoints(self, walk: KeyWalk) -> Iterator[str]:
        """Every checkpoint is signed by the key in force and has the root of its leaves; what needs one has one."""
        for row in self._connection.execute(select(checkpoint).order_by(checkpoint.c.size)):
            where = f"checkpoint at size {row.size}"
            try:
                point = _opened(row.note, walk)
            except BrokenSealError as error:
                yield f"{where}: {error}"
                continue
            self.signed.add(point.size)
            yield from self._checkpoint(where, row.size, point)
        for sealed in self.sealed:
            why = _SIGNED_FOR.get(_type(sealed.data))
            if why and sealed.position + 1 not in self.signed:
                yield f"checkpoint at size {sealed.position + 1}: missing, although leaf {sealed.position} {why}"
        yield from self._unsigned_events()

    def _unsigned_events(self) -> Iterator[str]:
        """Events that nobody signed for, although nothing else was written with them."""
        written = [*(_event(sealed.data) for sealed in self.sealed), None]
        for position, (one, following) in enumerate(pairwise(written)):
            if one is not None and following != one and position + 1 not in self.signed:
                yield f"checkpoint at size {position + 1}: missing, although leaf {position} is what a person decided"

    def extensions(self, walk: KeyWalk, published: Iterable[PublishedNote]) -> Iterator[str]:
        """The log still begins with what each published checkpoint was signed over (RFC 9162, 2.1.4)."""
        for each in published:
            where = f"published checkpoint{each.where and ' '}{each.where}"
            try:
                point = _opened(each.note, walk)
            except BrokenSealError as error:
                missing = size_of(each.note) - self.tree.size
                fewer = (
                    f"; it is about {missing} leaves more than there are: leaves were removed, or it is of another log"
                )
                yield f"{where}: {error}{fewer if missing > 0 else ''}"
            else:
                size = point.size if each.size is None else each.size
                yield from self._checkpoint(f"{where} at size {size}", size, point)

    def _checkpoint(self, where: str, size: int, point: Checkpoint) -> Iterator[str]:
        if point.size != size:
            yield f"{where}: the note is about size {point.size}"
        elif point.size > self.tree.size:
            yield f"{where}: the log has only {self.tree.size} leaves: leaves were removed"
        elif self.tree.root(point.size) != point.root:
            yield f"{where}: its root is not that of the leaves: a leaf before it was altered"


def _leaf(position: int, data: bytes, entries: tuple[bytes, ...]) -> Iterator[str]:
    try:
        content = parse(data)
        known = content["type"] in _FIELDS and set(content) == _FIELDS[content["type"]]
        if not known or canonical(content) != data or not re.fullmatch(r"[0-9a-f]{64}", content["body"]):
            yield f"leaf {position}: not a leaf of this format"
            return
    except (CodecError, KeyError, TypeError):
        yield f"leaf {position}: not a leaf of this format"
        return
    if content["type"] != records.SOURCE:
        if entries:
            yield f"leaf {position}: has entries of units, but is not a source"
    elif content["units"] != len(entries) or content["root"] != Tree(entries).root().hex():
        yield f"leaf {position}: the entries of its units do not have the root it seals"


def _opened(note: str, walk: KeyWalk) -> Checkpoint:
    if walk.history is None:
        raise BrokenSealError("there is no key to verify it with")
    return walk.history.open(note)


def _type(data: bytes) -> object:
    try:
        content = parse(data)
    except CodecError:
        return None
    return content.get("type") if isinstance(content, dict) else None


def _event(data: bytes) -> tuple[object, object] | None:
    """Type and moment of an event, which those that were written at once share."""
    kind = _type(data)
    return (kind, parse(data).get("at")) if kind in records.EVENTS else None
