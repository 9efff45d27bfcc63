"""Verification: recomputes everything that can be recomputed and names what is wrong, the first thing first.

The order is that of trust: the log's own arithmetic, the signed checkpoints over it, the blobs the log names, and last
the derived tables, made again from log and blobs and compared row by row. What no computation on this store alone can
show (that it is an older copy, or that somebody with the key rewrote it) is said in FORMAT.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import chain

from sqlalchemy import Connection, select
from sqlalchemy.exc import DBAPIError

from evidence_store.derived.rebuild import reported, unlike_the_log
from evidence_store.errors import BrokenSealError, StoreError
from evidence_store.keys import signing as keys
from evidence_store.keys.key_history import KeyWalk
from evidence_store.log.notes import Verifier
from evidence_store.log.outside import TABLES as OUTSIDE
from evidence_store.log.outside import lost_rows
from evidence_store.log.publication import PublishedCheckpoints, PublishedNote
from evidence_store.log.published_places import Where
from evidence_store.people.keyring import ABOUT as PERSONS
from evidence_store.people.keyring import UNPURGED
from evidence_store.schema import about
from evidence_store.store import PUBLIC_KEY, RETIRED, VERIFIER, Store
from evidence_store.timestamps.timestamp import Authority
from evidence_store.verification.verify_blobs import BlobWalk, Progress
from evidence_store.verification.verify_log import LogWalk
from evidence_store.verification.verify_packs import PackWalk, Say, packs_named
from evidence_store.verification.verify_persons import key_problems
from evidence_store.verification.verify_stamps import StampWalk

MOST_PROBLEMS = 50

MOST_AGAIN = 3
"""How often it is verified again when packs were written anew meanwhile."""


@dataclass(frozen=True, slots=True)
class Verification:
    """What verification found. `problems` is empty when every seal holds; `pending` leaves await a checkpoint.

    `leaves` and `blobs` count what was there to read, `checkpoints` those with a signature that holds, and `stamps`
    says, for each authority, how many hold and what they were verified with. `clock` names stamps that disagree with
    the clock of the machine: a fault of that clock, which breaks no seal. `published` says what was found in folders
    elsewhere, and `unread` which of them could not be read: that breaks no seal, but shows less.
    `rotations` says where one key handed over to the next, `disposals` what was thrown away, and `packs` what there is
    to say of the files that hold blobs: leftovers that are no evidence, and what was not read.
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
    disposals: tuple[str, ...] = ()
    packs: tuple[str, ...] = ()


def verify(
    store: Store,
    *,
    verifier: Verifier | None = None,
    authorities: Sequence[Authority] = (),
    published: Sequence[str | PublishedNote] = (),
    folders: Sequence[Where] = (),
    progress: Progress | None = None,
    deep: Say | None = None,
) -> Verification:
    """Verify a store against `verifier`, or else against the signing key beside us, or else against its own word.

    `published` are checkpoints that were kept elsewhere, and `folders` (or buckets) hold all that were published there:
    the log must extend each of them. Only they can show that a store is an older copy, or that somebody with the key
    rewrote it.

    With `deep` every byte of every pack is read, and `deep` hears how much that is and how long it will take. Without,
    raw answers that lie in a bucket are not read.

    Stamps are verified, offline, against `authorities`, or else against the certificates that the store keeps.

    A store is verified as it was at one moment. Packs that it named then may be written anew meanwhile, and the old
    ones removed: what is missing then says nothing, and another moment is taken.

    Raises `StoreError` when it cannot be opened at all. What is wrong inside is reported, not raised.
    """
    look = partial(
        _at_one_moment,
        store,
        verifier=verifier,
        authorities=authorities,
        published=published,
        folders=folders,
        progress=progress or (lambda _done, _all: None),
        deep=deep,
    )
    found, packs = look()
    for _ in range(MOST_AGAIN):
        if not found.problems or packs <= _packs(store):
            break
        store.blobs.close()  # forgets where packs were
        found, packs = look()
    return found


def _at_one_moment(
    store: Store,
    *,
    verifier: Verifier | None,
    authorities: Sequence[Authority],
    published: Sequence[str | PublishedNote],
    folders: Sequence[Where],
    progress: Progress,
    deep: Say | None,
) -> tuple[Verification, frozenset[str]]:
    """What is found in one snapshot, and the packs that it names when anything is wrong."""
    with store.reading() as connection:
        key, trusted, problems = _key(store, connection, verifier)
        walk = KeyWalk(key, None if problems else store.history(connection))
        if not problems:
            problems += reported(PUBLIC_KEY, _published(store, connection))
        problems += reported("table about", _unknown(connection))
        problems += reported("the database", store.database.damage(connection))
        checking = _Checking(store, connection, authorities, progress, deep)
        kept = PublishedCheckpoints(key.name if key else "", published, folders)
        with closing(checking.blobs):
            for problem in chain(_all_problems(checking, walk), checking.log.extensions(walk, kept)):
                problems.append(problem)
                if len(problems) >= MOST_PROBLEMS:
                    problems.append("more than could be listed: mend or restore, then verify again")
                    break
        found = Verification(
            leaves=checking.log.tree.size,
            blobs=len(checking.blobs.seen),
            checkpoints=len(checking.log.signed),
            pending=max(0, checking.log.tree.size - max(checking.log.signed, default=0)),
            verifier=str(key) if key else "",
            trusted=trusted,
            problems=tuple(problems),
            stamps=checking.stamps.said(),
            clock=tuple(checking.stamps.clock),
            published=tuple(kept.said),
            unread=tuple(kept.unread),
            rotations=walk.said(),
            disposals=checking.blobs.disposals,
            packs=(*checking.packs.said, *_not_read(checking.blobs)),
        )
        return found, packs_named(connection) if problems else frozenset()


def _packs(store: Store) -> frozenset[str]:
    """The packs that are named now."""
    with store.reading() as connection:
        return packs_named(connection)


class _Checking:
    """One walk over a store: its log, and every blob that the log names."""

    def __init__(
        self,
        store: Store,
        connection: Connection,
        authorities: Sequence[Authority],
        progress: Progress,
        deep: Say | None,
    ) -> None:
        self.store = store
        self.connection = connection
        self.progress = progress
        self.stamps = StampWalk(store, connection, authorities)
        self.log = LogWalk(connection, progress)
        self.deep = deep
        self.blobs = BlobWalk(store, connection, deep)
        self.packs = PackWalk(store, connection)


def _not_read(blobs: BlobWalk) -> Iterator[str]:
    count, length = blobs.not_read
    if count:
        yield f"not read: {count} raw answers in the bucket, {length:,} bytes; annexa verify --deep reads them"


def _all_problems(checking: _Checking, walk: KeyWalk) -> Iterator[str]:
    found: list[str] = []
    made_again = _MadeAgain(checking)
    for what, problems in (
        ("table leaf", checking.log.leaves()),
        ("keys", walk.problems(checking.log.sealed, checking.blobs.read)),
        ("table checkpoint", checking.log.checkpoints(walk)),
        ("packs", checking.packs.carried()),
        ("packs", checking.packs.every_byte(checking.deep) if checking.deep else iter(())),
        ("derived tables", made_again.made(found)),
        ("blobs", checking.blobs.problems(checking.log.sealed, checking.progress)),
    ):
        for problem in reported(what, problems):
            found.append(problem)
            yield problem
    yield from reported("table node", checking.log.nodes())
    yield from reported("table stamp", checking.stamps.problems(checking.log.sealed, checking.blobs.read))
    for table in OUTSIDE:
        lost = lost_rows(checking.connection, table, checking.log.sealed, checking.blobs.read)
        yield from reported(f"table {table}", lost)
    if not found:  # derived tables of an altered log would only repeat its problems
        yield from reported("derived tables", chain(made_again.differences, checking.blobs.unnamed()))
        people = key_problems(checking.store, checking.connection, checking.blobs.people)
        yield from reported("table person", people)


class _MadeAgain:
    """Derived tables are made before all blobs are walked through: each blob is then read once, by whom it is for.

    What they differ in counts only when nothing before them is wrong, for it follows from that.
    """

    def __init__(self, checking: _Checking) -> None:
        self.differences: Sequence[str] = ()
        self._checking = checking

    def made(self, found: Sequence[str]) -> Iterator[str]:
        """Make them, unless problems were found in what they are made from. Finds nothing wrong by itself."""
        checking = self._checking
        checking.blobs.read_ahead()
        if not found:
            log = unlike_the_log(checking.connection, checking.log.sealed, checking.blobs.read, checking.progress)
            self.differences = tuple(reported("derived tables", log))
        yield from ()


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


def _unknown(connection: Connection) -> Iterator[str]:
    """A store says nothing of itself but its keys, and which file opens those of persons."""
    for name in connection.execute(select(about.c.name).order_by(about.c.name)).scalars():
        if name not in (VERIFIER, PERSONS, UNPURGED) and not name.startswith(RETIRED):
            yield f"table about: {name} is nothing that a store says of itself"
