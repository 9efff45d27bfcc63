"""Which resources differ between two places in the log: what came, what went, and both forms of what changed."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from evidence_store.derived.cuts import RESOURCES, DisposedBefore
from evidence_store.derived.endings import OUT_OF_SCOPE, VANISHED
from evidence_store.errors import BrokenSealError
from evidence_store.people.keyring import Keyring
from evidence_store.questions.past import Past, stood
from evidence_store.questions.verdict_changes import BLIND
from evidence_store.questions.window import Key, Window, came, endings_before, last_endings, rows_by_key, went
from evidence_store.records import lines
from evidence_store.schema import coverage, disposal, resource
from evidence_store.store import Store

Population = tuple[str, str, str]
"""Source, scope and kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceChange:
    """One resource that was not the same at both places.

    `before` and `after` are its canonical bytes, with the names of people whose keys are there; empty where it was not
    there, or where they were disposed of. `missing` says why it is on one side only: `vanished` (somebody looked at all
    of its kind and it was not there), `out_of_scope` (nobody looked at the place) or `blind` (a look met a gap).
    `since` is the leaf that began what stands now, or ended what stood.
    """

    kind: str
    id: str
    source: str
    scope: str
    before: bytes = b""
    after: bytes = b""
    missing: str = ""
    came: bool = False
    since: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceChanges:
    """All of it, and what cannot be compared because it was thrown away."""

    changes: tuple[ResourceChange, ...]
    disposed: tuple[DisposedBefore, ...]


def resource_changes(store: Store, connection: Connection, window: Window, names: Keyring) -> ResourceChanges:
    """What differs. Raises `BrokenSealError`."""
    gone = _disposed(connection, window.start)
    untold = {(each.name, each.source) for each in gone}
    old = rows_by_key(connection, resource, went(resource, window))
    new = rows_by_key(connection, resource, came(resource, window))
    forms = _Forms(connection, store.read_blob(connection), window)
    endings = last_endings(connection, resource, window)
    before = endings_before(connection, resource, window, new.keys() - old.keys())
    looks = _Looks(connection, window.start)
    both = [key for key in old.keys() & new.keys() if old[key].digest != new[key].digest]
    forms_of = forms.of({key: (old[key], new[key]) for key in both})
    found: list[ResourceChange] = []
    for key in sorted((old.keys() ^ new.keys()) | set(both)):
        source, scope, kind, name = key
        if (kind, source) in untold:
            continue
        missing = ""
        if key not in new:
            missing = endings[key]
        elif key not in old:
            missing = OUT_OF_SCOPE if before.get(key) == OUT_OF_SCOPE else looks.why_not(key[:3])
        was, became = forms_of.get(key, (b"", b""))
        found.append(
            ResourceChange(
                kind=kind,
                id=names.text(name),
                source=source,
                scope=scope,
                before=names.reveal(was),
                after=names.reveal(became),
                missing=missing,
                came=key in new,
                since=new[key].first if key in new else old[key].end,
            )
        )
    return ResourceChanges(changes=tuple(found), disposed=gone)


def _disposed(connection: Connection, start: Past) -> tuple[DisposedBefore, ...]:
    """What was thrown away of what stood at the start."""
    query = select(disposal).where(disposal.c.what == RESOURCES, disposal.c.before >= start.size)
    rows = connection.execute(query.order_by(disposal.c.name, disposal.c.source))
    return tuple(DisposedBefore(row.what, row.name, row.source, row.before, row.position, row.at) for row in rows)


class _Looks:
    """Why what is new was not there before: a look at all of its kind had not shown it, or there was no such look."""

    def __init__(self, connection: Connection, start: Past) -> None:
        self._connection = connection
        self._start = start
        self._known: dict[Population, str] = {}

    def why_not(self, population: Population) -> str:
        if population not in self._known:
            source, scope, kind = population
            of = (coverage.c.source == source, coverage.c.scope == scope, coverage.c.kind == kind)
            query = select(coverage.c.complete).where(*of, stood(coverage, self._start))
            looks = set(self._connection.execute(query.distinct()).scalars())
            self._known[population] = (VANISHED if True in looks else BLIND) if looks else OUT_OF_SCOPE
        return self._known[population]


class _Forms:
    """What resources were like: lines of populations, found by the digests that the derived rows have."""

    def __init__(self, connection: Connection, read: Callable[[bytes], bytes], window: Window) -> None:
        self._connection = connection
        self._read = read
        self._window = window
        cut = select(disposal.c.name, disposal.c.source).where(disposal.c.what == RESOURCES)
        self._cut = {(row.name, row.source) for row in connection.execute(cut)}

    def of(self, pairs: Mapping[Key, tuple[Any, Any]]) -> dict[Key, tuple[bytes, bytes]]:
        """Both forms of each of these; empty bytes where a form was disposed of."""
        by_population: dict[Population, list[Key]] = defaultdict(list)
        for key in pairs:
            by_population[key[:3]].append(key)
        found: dict[Key, tuple[bytes, bytes]] = {}
        for population, keys in by_population.items():
            old = self._lines(population, self._window.start, [pairs[key][0] for key in keys])
            new = self._lines(population, self._window.end, [pairs[key][1] for key in keys])
            found |= {key: (old.get(pairs[key][0].digest, b""), new.get(pairs[key][1].digest, b"")) for key in keys}
        return found

    def _lines(self, population: Population, at: Past, rows: Iterable[Any]) -> dict[bytes, bytes]:
        """The lines of these intervals: the newest look by then has nearly all; what it did not see, an older one."""
        wanted = {row.digest for row in rows}
        oldest = min(row.first for row in rows)
        found: dict[bytes, bytes] = {}
        for digest in self._populations(population, at, oldest):
            try:
                seen = lines(self._read(digest))
            except BrokenSealError:
                if (population[2], population[0]) in self._cut:
                    continue  # thrown away with what is as old
                raise
            for line in seen:
                if (name := hashlib.sha256(line).digest()) in wanted:
                    found[name] = line
                    wanted.discard(name)
            if not wanted:
                break
        return found

    def _populations(self, population: Population, at: Past, oldest: int) -> Iterator[bytes]:
        """The populations of a kind in a scope, newest first, back to the leaf `oldest`."""
        source, scope, kind = population
        of = (coverage.c.source == source, coverage.c.scope == scope, coverage.c.kind == kind)
        query = select(coverage.c.population).where(*of, coverage.c.position < at.size, coverage.c.position >= oldest)
        seen: set[bytes] = set()
        for digest in self._connection.execute(query.order_by(coverage.c.position.desc())).scalars().all():
            if digest not in seen:
                seen.add(digest)
                yield digest
