"""Verification: recomputes everything that can be recomputed and names what is wrong, the first thing first.

The order is that of trust: the log's own arithmetic, the signed checkpoints over it, the blobs the log names, and last
the derived tables, made again from log and blobs and compared row by row. What no computation on this store alone can
show (that it is an older copy, or that somebody with the key rewrote it) is said in FORMAT.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from sqlalchemy import Connection, select
from sqlalchemy.exc import DBAPIError

from core.codec import CodecError, canonical, decode, parse
from core.errors import AnnexaError
from evidence_store import keys, records
from evidence_store.append import log_size
from evidence_store.derive import Sealed
from evidence_store.errors import BrokenSealError, StoreError
from evidence_store.key_history import KeyWalk
from evidence_store.log import Tree, hash_leaf
from evidence_store.notes import Checkpoint, Verifier
from evidence_store.publication import PublishedCheckpoints, PublishedNote
from evidence_store.rebuild import reported, unlike_the_log
from evidence_store.records import Assessed, UnitSeen
from evidence_store.schema import blob, checkpoint, entry, leaf, node
from evidence_store.store import PUBLIC_KEY, Store, find
from evidence_store.timestamp import Authority
from evidence_store.verify_stamps import StampWalk

MOST_PROBLEMS = 50
PROGRESS_EVERY = 100

Progress = Callable[[int, int], None]
"""Called with leaves done and leaves in all."""


@dataclass(frozen=True, slots=True)
class Verification:
    """What verification found. `problems` is empty when every seal holds; `pending` leaves await a checkpoint.

    `leaves` and `blobs` count what was there to read, `checkpoints` those with a signature that holds, and `stamps`
    says, for each authority, how many hold and what they were verified with. `clock` names stamps that disagree with
    the clock of the machine: a fault of that clock, which breaks no seal. `published` says what was found in folders
    elsewhere, and `unread` which of them could not be read: that breaks no seal, but shows less.
    `rotations` says where one key handed over to the next.
    """

    leaves: int
    blobs: int
    checkpoints: int
    pending: int
    verifier: str
    trusted: str
    problems: tuple[str, ...]
    stamps: tuple[str, ...] = ()
    clock: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    rotations: tuple[str, ...] = ()


def verify(
    store: Store,
    *,
    verifier: Verifier | None = None,
    authorities: Sequence[Authority] = (),
    published: Sequence[str] = (),
    folders: Sequence[Path] = (),
    progress: Progress | None = None,
) -> Verification:
    """Verify a store against `verifier`, or else against the signing key beside us, or else against its own word.

    `published` are checkpoints that were kept elsewhere, and `folders` hold all that were published there: the log must
    extend each of them. Only they can show that a store is an older copy, or that somebody with the key rewrote it.

    Stamps are verified, offline, against `authorities`, or else against the certificates that the store keeps.

    Raises `StoreError` when it cannot be opened at all. What is wrong inside is reported, not raised.
    """
    with store.reading() as connection:
        key, trusted, problems = _key(store, connection, verifier)
        walk = KeyWalk(key, None if problems else store.history(connection))
        if not problems:
            problems += reported(PUBLIC_KEY, _published(store, connection))
        checking = _Checking(store, connection, authorities, progress or (lambda _done, _all: None))
        kept = PublishedCheckpoints(key.name if key else "", published, folders)
        for problem in chain(_all_problems(checking, walk), _extensions(checking, walk, kept)):
            problems.append(problem)
            if len(problems) >= MOST_PROBLEMS:
                problems.append("more than could be listed: mend or restore, then verify again")
                break
        return Verification(
            leaves=checking.tree.size,
            blobs=len(checking.blobs),
            checkpoints=len(checking.signed),
            pending=max(0, checking.tree.size - max(checking.signed, default=0)),
            verifier=str(key) if key else "",
            trusted=trusted,
            problems=tuple(problems),
            stamps=checking.stamps.said(),
            clock=tuple(checking.stamps.clock),
            published=tuple(kept.said),
            unread=tuple(kept.unread),
            rotations=walk.said(),
        )


class _Checking:
    """One walk over a store: its tree, and every blob that the log names."""

    def __init__(
        self, store: Store, connection: Connection, authorities: Sequence[Authority], progress: Progress
    ) -> None:
        self.store = store
        self.connection = connection
        self.progress = progress
        self.stamps = StampWalk(store, connection, authorities)
        self.tree = Tree()
        self.blobs: set[bytes] = set()
        self.signed: set[int] = set()
        self.sealed: list[Sealed] = []

    def read(self, digest: bytes) -> bytes:
        """A blob, checked against its digest. Raises `BrokenSealError`."""
        place = find(self.connection, digest)
        if place is None:
            raise BrokenSealError(f"blob {digest.hex()} is not in the store")
        data = self.store.blobs.read(digest, place)
        self.blobs.add(digest)
        return data


def _all_problems(checking: _Checking, walk: KeyWalk) -> Iterator[str]:
    before = 0
    for what, problems in (
        ("table leaf", _leaves(checking)),
        ("keys", walk.problems(checking.sealed, checking.read)),
        ("table checkpoint", _checkpoints(checking, walk)),
        ("blobs", _blobs(checking)),
    ):
        for problem in reported(what, problems):
            before += 1
            yield problem
    yield from reported("table node", _nodes(checking))
    yield from reported("table stamp", checking.stamps.problems(checking.sealed, checking.read))
    if before == 0:  # derived tables of an altered log would only repeat its problems
        made_again = unlike_the_log(checking.connection, checking.sealed, checking.read)
        yield from reported("derived tables", chain(made_again, _unnamed(checking)))


def _key(store: Store, connection: Connection, given: Verifier | None) -> tuple[Verifier | None, str, list[str]]:
    """The key to believe, how we came to it, and what is wrong with what the store says about it."""
    try:
        stated = store.history(connection).current
    except (BrokenSealError, DBAPIError) as error:
        problem = str(error.orig) if isinstance(error, DBAPIError) else str(error)
        return given, "the key that was given" if given else "no key", [f"table about: {problem}"]
    if given is not None:
        return given, "the key that was given", []
    try:
        ours = keys.load_named(store.key_file, stated.public).public_key().public_bytes_raw()
    except StoreError as error:  # not being allowed to read it breaks no seal: it only leaves less to rely on
        return stated, f"the store's own word, because {error}; give the published key with --key to rely on less", []
    if ours != stated.public:
        return stated, "the store's own word", [f"the key in {store.key_file} is not the {stated} that the store names"]
    return stated, f"the signing key in {store.key_file}", []


def _published(store: Store, connection: Connection) -> Iterator[str]:
    """The public key that lies beside the log for others to copy is the log's own, now or before it changed."""
    path = store.folder / PUBLIC_KEY
    ours = {f"{verifier}\n".encode() for verifier in store.history(connection).keys}
    if path.exists() and path.read_bytes() not in ours:
        yield f"{PUBLIC_KEY}: not the public key that the store names"


def _leaves(checking: _Checking) -> Iterator[str]:
    """Positions without a hole, hashes of the data, known types, and subtrees that have the root their leaf says."""
    connection, total = checking.connection, log_size(checking.connection)
    for row in connection.execute(select(leaf).order_by(leaf.c.position)):
        if row.position != checking.tree.size:
            yield f"leaf {checking.tree.size} is missing"
            return
        digest = hash_leaf(row.data)
        if digest != row.hash:
            yield f"leaf {row.position}: its data does not have its hash: one of them was altered"
        checking.tree.append(digest)
        below = connection.execute(
            select(entry).where(entry.c.position == row.position).order_by(entry.c.ordinal)
        ).all()
        entries = tuple(each.data for each in below)
        if [each.ordinal for each in below] != list(range(len(below))):
            yield f"leaf {row.position}: the entries of its units are not numbered one after the other"
        checking.sealed.append(Sealed(row.position, row.data, entries))
        yield from _leaf(row.position, row.data, entries)
        if checking.tree.size % PROGRESS_EVERY == 0:
            checking.progress(checking.tree.size, total)
    orphans = connection.execute(
        select(entry.c.position).where(entry.c.position.not_in(select(leaf.c.position))).limit(1)
    ).scalar()
    if orphans is not None:
        yield f"table entry: rows for leaf {orphans}, which does not exist"


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


_FIELDS = {
    records.SCAN_STARTED: {"at", "body", "scan", "type"},
    records.SOURCE: {"at", "body", "root", "scan", "type", "units"},
    records.ASSESSMENT: {"at", "body", "scan", "type"},
    records.SCAN_FINISHED: {"at", "body", "scan", "type"},
    records.KEY_CHANGED: {"at", "body", "scan", "type"},
}


def _nodes(checking: _Checking) -> Iterator[str]:
    """The stored inner nodes are those that the leaves give."""
    expected = {key: digest for key, digest in checking.tree.nodes.items() if key[0] > 0}
    for row in checking.connection.execute(select(node).order_by(node.c.level, node.c.index)):
        if expected.pop((row.level, row._mapping["index"]), None) != row.hash:  # noqa: SLF001 - Row.index is a method
            yield f"node {row._mapping['index']} of level {row.level}: not what the leaves give"  # noqa: SLF001
    for level, index in sorted(expected)[:1]:
        yield f"node {index} of level {level}: missing"


def _checkpoints(checking: _Checking, walk: KeyWalk) -> Iterator[str]:
    """Every checkpoint is signed by the key in force and has the root of its leaves; each end and change has one."""
    for row in checking.connection.execute(select(checkpoint).order_by(checkpoint.c.size)):
        where = f"checkpoint at size {row.size}"
        try:
            point = _opened(row.note, walk)
        except BrokenSealError as error:
            yield f"{where}: {error}"
            continue
        checking.signed.add(point.size)
        yield from _checkpoint(checking, where, row.size, point)
    for sealed in checking.sealed:
        why = _SIGNED_FOR.get(_type(sealed.data))
        if why and sealed.position + 1 not in checking.signed:
            yield f"checkpoint at size {sealed.position + 1}: missing, although leaf {sealed.position} {why}"


_SIGNED_FOR: Mapping[object, str] = {records.SCAN_FINISHED: "ends a scan", records.KEY_CHANGED: "changes the key"}


def _opened(note: str, walk: KeyWalk) -> Checkpoint:
    if walk.history is None:
        raise BrokenSealError("there is no key to verify it with")
    return walk.history.open(note)


def _extensions(checking: _Checking, walk: KeyWalk, published: Iterable[PublishedNote]) -> Iterator[str]:
    """The log still begins with what each published checkpoint was signed over (RFC 9162, 2.1.4)."""
    for each in published:
        where = f"published checkpoint{each.where and ' '}{each.where}"
        try:
            point = _opened(each.note, walk)
        except BrokenSealError as error:
            yield f"{where}: {error}"
        else:
            size = point.size if each.size is None else each.size
            yield from _checkpoint(checking, f"{where} at size {size}", size, point)


def _checkpoint(checking: _Checking, where: str, size: int, point: Checkpoint) -> Iterator[str]:
    if point.size != size:
        yield f"{where}: the note is about size {point.size}"
    elif point.size > checking.tree.size:
        yield f"{where}: the log has only {checking.tree.size} leaves: leaves were removed"
    elif checking.tree.root(point.size) != point.root:
        yield f"{where}: its root is not that of the leaves: a leaf before it was altered"


def _blobs(checking: _Checking) -> Iterator[str]:
    """Every blob that a leaf, a unit or an assessment names is there and has its digest."""
    for done, sealed in enumerate(checking.sealed):
        try:
            for digest, needed_by in _named(checking, sealed):
                if digest not in checking.blobs:
                    try:
                        checking.read(digest)
                    except BrokenSealError as error:
                        yield f"leaf {sealed.position}: {needed_by}: {error}"
        except (AnnexaError, KeyError, TypeError, ValueError) as error:
            yield f"leaf {sealed.position}: {error}"
        if done % PROGRESS_EVERY == 0:
            checking.progress(done, len(checking.sealed))


def _named(checking: _Checking, sealed: Sealed) -> Iterator[tuple[bytes, str]]:
    content = parse(sealed.data)
    body = checking.read(bytes.fromhex(content["body"]))
    if content["type"] == records.ASSESSMENT:
        assessed = decode(Assessed, body)
        yield bytes.fromhex(assessed.verdicts), f"verdicts of {assessed.check}"
    for item in sealed.entries:
        seen = decode(UnitSeen, checking.read(bytes.fromhex(parse(item)["body"])))
        for population in seen.populations:
            yield bytes.fromhex(population.lines), f"population of {population.kind} in {seen.unit.source}"
        for exchange in (each for each in seen.unit.exchanges if each.response):
            yield bytes.fromhex(exchange.response), f"answer to {exchange.operation} in {seen.unit.source}"


def _unnamed(checking: _Checking) -> Iterator[str]:
    """Every blob of the index is named by something that is sealed."""
    unnamed = set(checking.connection.execute(select(blob.c.digest)).scalars()) - checking.blobs
    for digest in sorted(unnamed)[:1]:
        yield f"table blob: {digest.hex()} is named by nothing that is sealed"


def _type(data: bytes) -> object:
    try:
        content = parse(data)
    except CodecError:
        return None
    return content.get("type") if isinstance(content, dict) else None
