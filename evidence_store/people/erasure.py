"""Erasing people: destroying their keys. Nothing that is sealed changes, so every seal still verifies; their names are
gone from all of it, also from packs that nobody may delete yet.

One transaction destroys the keys and seals the tombstone. Killed before it, nothing has happened; killed after it, all
has but that the database files are written anew, which the next erasure or scan makes up for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from core.codec import decode, parse
from core.errors import AnnexaError
from evidence_store import records
from evidence_store.acts import seal_act
from evidence_store.derived.cuts import EXCHANGES, RESOURCES, VERDICTS
from evidence_store.derived.derive import Sealed
from evidence_store.errors import BrokenSealError
from evidence_store.namings import Naming, each_leaf, namings
from evidence_store.people.keyring import Keyring, destroy, pseudonym, purge
from evidence_store.people.persons import KEY_BYTES, Concealment, Person, beginning, identifiers, without_tokens
from evidence_store.records import Erased, SealedVerdict, lines
from evidence_store.retention.holds import About, holds_on
from evidence_store.schema import coverage
from evidence_store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Raw answers of one source that mention somebody, and the first and last leaf that lead to them."""

    source: str
    count: int
    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """Where people occur in what is sealed.

    `unknown` are identifiers that name nobody here; `related` are other identifiers that hold one of these as a word,
    and may be of the same person. `records` counts leaves whose own text mentions them: a login, a question that was
    asked. `still_in` are the sources whose newest evidence does. `in_clear` are leaves that lead to a name itself,
    sealed before the store knew it as a person's: no key can erase that. `held` are the legal holds on what mentions
    them. `unread` counts blobs that are not there any more.
    """

    identifiers: tuple[str, ...]
    unknown: tuple[str, ...]
    related: tuple[str, ...]
    resources: int
    verdicts: int
    records: int
    sources: tuple[str, ...]
    still_in: tuple[str, ...]
    answers: tuple[Answers, ...]
    in_clear: tuple[int, ...]
    held: tuple[str, ...]
    unread: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Who erases people, and why."""

    reason: str
    login: str
    approver: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """People who were erased: the leaf that says so (-1: there was nobody), and what they are called from now on.

    `purged` is false while others read the store: then what is left of their keys is still in its files.
    """

    leaf: int
    pseudonyms: Mapping[str, str]
    purged: bool


def survey(store: Store, names: Sequence[str]) -> Survey:
    """Where these people occur. Reads everything that is kept, once. Raises `AnnexaError`, `BrokenSealError`."""
    with store.reading() as connection:
        return _Walk(store, connection, names).survey()


def erase(store: Store, names: Sequence[str], decision: Decision, at: datetime) -> Erasure:
    """Destroy the keys of these people for ever. Raises `AnnexaError` when a legal hold covers what mentions them."""
    with store.reading() as connection:
        walk = _Walk(store, connection, names)
        people = walk.people
        if people:
            walk.survey()
    if not people:
        return Erasure(leaf=-1, pseudonyms={}, purged=purge(store))
    body = Erased(
        salt=records.salt(),
        subjects=tuple(sorted(one.subject.hex() for one in people)),
        reason=decision.reason,
        login=decision.login,
        approver=decision.approver,
    )

    def take_keys(connection: Connection) -> None:
        if held := holds_on(store, connection, walk.about):
            raise AnnexaError(
                f"nobody was erased: legal holds cover evidence of them: {', '.join(held)}",
                "release them first: annexa store hold release",
            )
        if len(destroy(connection, [one.subject for one in people])) != len(people):
            raise AnnexaError("nobody was erased: somebody else erased some of them meanwhile", "try again")

    leaf = seal_act(store, records.ERASURE, body, at, within=take_keys)
    called = {one.identifier: pseudonym(one.subject, erased=True) for one in people}
    return Erasure(leaf=leaf, pseudonyms=called, purged=purge(store))


class _Walk:
    """One walk over the log for some people: every blob that it leads to is read once."""

    def __init__(self, store: Store, connection: Connection, names: Sequence[str]) -> None:
        keyring = Keyring(store, connection)
        if keyring.problem:
            raise AnnexaError(f"nobody can be told from others: {keyring.problem}", "restore the file from its backup")
        self._store = store
        self._connection = connection
        self._read = store.read_blob(connection)
        self._wanted = identifiers(names)
        self.people: list[Person] = keyring.named(names)
        self._others = [one.identifier for one in keyring.people.values() if one not in self.people]
        self._tokens = [beginning(one.subject) for one in self.people]
        strangers = self._wanted - {one.identifier for one in self.people}
        self._name = Concealment([*self.people, *(Person(b"", each, bytes(KEY_BYTES)) for each in strangers)])
        self._mentions: dict[bytes, bool] = {}
        self._newest = _newest_populations(connection)
        self.about: set[About] = set()
        self._resources: set[tuple[str, str, str]] = set()
        self._verdicts: set[tuple[str, str, str, str]] = set()
        self._records: set[int] = set()
        self._still_in: set[str] = set()
        self._answers: dict[str, tuple[set[bytes], set[int]]] = {}
        self._in_clear: set[int] = set()
        self._unread: set[bytes] = set()

    def survey(self) -> Survey:
        """Walk, and say what was found."""
        for sealed in each_leaf(self._connection) if self._wanted else ():
            self._leaf(sealed)
        known = {one.identifier for one in self.people}
        return Survey(
            identifiers=tuple(sorted(known)),
            unknown=tuple(sorted(self._wanted - known)),
            related=tuple(sorted(each for each in self._others if self._in_words(each.encode()))),
            resources=len(self._resources),
            verdicts=len(self._verdicts),
            records=len(self._records),
            sources=tuple(sorted({source for _, sources, _ in self.about for source in sources})),
            still_in=tuple(sorted(self._still_in)),
            answers=tuple(
                Answers(source=source, count=len(found), first=min(leaves), last=max(leaves))
                for source, (found, leaves) in sorted(self._answers.items())
            ),
            in_clear=tuple(sorted(self._in_clear)),
            held=tuple(holds_on(self._store, self._connection, self.about)),
            unread=len(self._unread),
        )

    def _leaf(self, sealed: Sealed) -> None:
        def read(digest: bytes) -> bytes:
            data = self._read(digest)
            if self._looks(data, sealed.position):
                self._records.add(sealed.position)
            return data

        for naming in namings(sealed, read):
            if naming.digest not in self._mentions:
                try:
                    data = self._read(naming.digest)
                except BrokenSealError:  # disposed of, or damaged: that is for `verify` to tell apart
                    self._unread.add(naming.digest)
                    continue
                self._mentions[naming.digest] = self._looks(data, sealed.position)
                if self._mentions[naming.digest]:
                    self._tell(naming, data)
            if self._mentions[naming.digest]:
                self._remember(naming)

    def _looks(self, data: bytes, position: int) -> bool:
        """Whether these bytes mention one of them, by a token or by name."""
        if self._in_words(data):
            self._in_clear.add(position)
            return True
        return any(token in data for token in self._tokens)

    def _remember(self, naming: Naming) -> None:
        self.about.add((naming.kinds, naming.sources, naming.collected))
        what, name, source = naming.thing or ("", "", "")
        if what == EXCHANGES:
            found, leaves = self._answers.setdefault(source, (set(), set()))
            found.add(naming.digest)
            leaves.add(naming.position)
        if what == RESOURCES and self._newest.get((source, naming.scope, name)) == naming.digest:
            self._still_in.add(source)

    def _tell(self, naming: Naming, data: bytes) -> None:
        """Count the resources or verdicts of a list that mention one of them."""
        what, name, source = naming.thing or ("", "", "")
        if what == RESOURCES:
            found = (parse(line)["id"] for line in lines(data) if self._mentioned(line))
            self._resources |= {(source, name, each) for each in found}
        if what == VERDICTS:
            verdicts = (decode(SealedVerdict, line) for line in lines(data) if self._mentioned(line))
            self._verdicts |= {(name, each.source, each.scope, each.resource) for each in verdicts}

    def _mentioned(self, line: bytes) -> bool:
        return any(token in line for token in self._tokens) or self._in_words(line)

    def _in_words(self, data: bytes) -> bool:
        words = without_tokens(data)
        return self._name.body(words) != words


def _newest_populations(connection: Connection) -> dict[tuple[str, str, str], bytes]:
    """The newest population of each source, scope and kind that is still looked at."""
    keys = (coverage.c.source, coverage.c.scope, coverage.c.kind)
    query = select(*keys, coverage.c.population).where(coverage.c.end.is_(None)).order_by(coverage.c.position)
    return {(row.source, row.scope, row.kind): row.population for row in connection.execute(query)}
