"""What may be thrown away: what a policy says is too old, less what still stands, is named elsewhere, or is held.

Bytes go, and never what says that they were there: leaves, entries, units with their questions, and assessments stay,
so every seal holds. What stands at the cut stays as well: the newest look says what is so, however long ago it was.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from core.codec import decode, encode, moment, parse
from evidence_store import records
from evidence_store.derived.cuts import (
    EXCHANGES,
    RESOURCES,
    VERDICTS,
    Thing,
    ended_before,
    standing_resources,
    standing_verdicts,
)
from evidence_store.derived.derive import Sealed
from evidence_store.namings import STANDING, Naming, each_leaf, namings
from evidence_store.records import Cut, Disposed
from evidence_store.retention.holds import rows_in_force, scope_of
from evidence_store.retention.still_needed import Look, lists_that_stand, populations_that_stand
from evidence_store.schema import blob, disposal

Read = Callable[[bytes], bytes]
"""The plain bytes of a blob by digest."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What was sealed before this moment is to go: of `EXCHANGES`, of `VERDICTS`, or of `RESOURCES` of a kind, or of
    every kind that no rule of its own is for."""

    what: str
    before: datetime
    kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Going:
    """What would go of one kind of evidence: how many blobs, of how many plain and stored bytes, sealed when."""

    what: str
    blobs: int
    size: int
    stored: int
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Spared:
    """What the hold that the leaf `leaf` placed keeps from going: how many blobs. `name` is as the store has it."""

    name: str
    leaf: int
    blobs: int

    def __str__(self) -> str:
        return f"the hold of leaf {self.leaf} keeps {self.blobs} blobs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a disposal would do to a log of `log_size` leaves.

    `resources` and `verdicts` are what stands at the cuts, in lines. `spared` is what legal holds keep.
    """

    log_size: int
    cuts: tuple[Cut, ...]
    digests: tuple[bytes, ...]
    going: tuple[Going, ...]
    resources: bytes
    verdicts: bytes
    spared: tuple[Spared, ...]

    @property
    def size(self) -> int:
        """Plain bytes."""
        return sum(each.size for each in self.going)


def make_plan(connection: Connection, read: Read, rules: Sequence[Rule]) -> Plan:
    """What these rules would throw away now. Raises `BrokenSealError` for what cannot be read."""
    return _Planning(connection, read, rules).plan()


class _Planning:
    """One look at a whole log. A thing may go up to its limit; its cut is there, or where an earlier one was."""

    def __init__(self, connection: Connection, read: Read, rules: Sequence[Rule]) -> None:
        self.connection = connection
        self.read = read
        self.sizes = {row.digest: (row.size, row.length) for row in connection.execute(select(blob))}
        self.moments: list[datetime] = []
        self.scans: list[int] = []
        self.fixed: set[bytes] = set()
        self.there: list[Naming] = []
        self.tombstones: dict[int, Disposed] = {}
        self.assessments: dict[int, bytes] = {}
        for sealed in each_leaf(connection):
            self._see(sealed)
        self.earlier: dict[Thing, int] = {
            (row.what, row.name, row.source): row.before for row in connection.execute(select(disposal))
        }
        self.limits = self._limits(rules)
        self.spared: dict[int, set[bytes]] = defaultdict(set)
        self.holds = rows_in_force(connection)
        self._stop_at_holds()

    def _see(self, sealed: Sealed) -> None:
        content = parse(sealed.data)
        body = bytes.fromhex(content["body"])
        self.moments.append(moment(content["at"]))
        self.fixed.add(body)
        self.fixed |= {bytes.fromhex(parse(item)["body"]) for item in sealed.entries}
        if content["type"] == records.SCAN_STARTED:
            self.scans.append(sealed.position)
        elif content["type"] == records.DISPOSAL:
            self.tombstones[sealed.position] = decode(Disposed, self.read(body))
        elif content["type"] == records.ASSESSMENT:
            self.assessments[sealed.position] = body
        for each in namings(sealed, self.read):
            if each.thing is None:
                self.fixed.add(each.digest)
            elif each.digest in self.sizes:
                self.there.append(each)

    def _limits(self, rules: Sequence[Rule]) -> dict[Thing, int]:
        """Up to where the rules want each thing to go: to the first scan with a leaf that is not too old."""
        positions = {(rule.what, rule.kind): self._first_not_before(rule.before) for rule in rules}
        limits: dict[Thing, int] = {}
        for thing in {*self.earlier, *(each.thing for each in self.there if each.thing)}:
            what, name, _ = thing
            own = (what, name if what == RESOURCES else "")
            if limit := positions.get(own, positions.get((what, ""), 0)):
                limits[thing] = limit
        return limits

    def _first_not_before(self, when: datetime) -> int:
        """The beginning of the scan that was sealed first at that moment or later, or else of the newest scan."""
        return self._scan_at(next((n for n, at in enumerate(self.moments) if at >= when), len(self.moments)))

    def _scan_at(self, position: int) -> int:
        """Where the newest scan began that began no later than this."""
        return max((began for began in self.scans if began <= position), default=0)

    def _stop_at_holds(self) -> None:
        """No limit goes beyond where a hold begins that covers all that follows: of that, the whole history stays.

        A hold that ends keeps its evidence as well; but what is told between others goes with them.
        """
        wanted = dict(self.limits)
        scopes = [(row.position, scope_of(row)) for row in self.holds]
        for each in self.there:
            if each.thing and each.position < wanted.get(each.thing, 0):
                for position, scope in scopes:
                    if scope.covers(each.kinds, each.sources, each.collected):
                        self.spared[position].add(each.digest)
                        if scope.until is None:
                            self.limits[each.thing] = min(self.limits[each.thing], self._scan_at(each.position))

    def plan(self) -> Plan:
        going, cuts = self._going()
        resources = _lines(
            stood
            for cut in cuts
            if cut.what == RESOURCES
            for stood in standing_resources(self.connection, cut.name, cut.source, cut.before)
        )
        verdicts = _lines(
            stood
            for cut in cuts
            if cut.what == VERDICTS
            for stood in standing_verdicts(self.connection, cut.name, cut.before)
        )
        sealed_now = {hashlib.sha256(data).digest() for data in (resources, verdicts)}
        going = [each for each in going if each.digest not in sealed_now]
        return Plan(
            log_size=len(self.moments),
            cuts=cuts,
            digests=tuple(sorted({each.digest for each in going})),
            going=tuple(self._told(going)),
            resources=resources,
            verdicts=verdicts,
            spared=tuple(
                Spared(row.name, row.position, len(self.spared[row.position]))
                for row in self.holds
                if self.spared[row.position]
            ),
        )

    def _going(self) -> tuple[list[Naming], tuple[Cut, ...]]:
        """What goes, because nothing that stays leads to it, and the cuts that this makes."""
        needed = self._needed()
        held = {digest for digests in self.spared.values() for digest in digests}
        free = {
            each
            for each in self.there
            if each.thing
            and each.position < self.limits.get(each.thing, 0)
            and (each.digest, each.position) not in needed
            and each.digest not in held
        }
        kept = self.fixed | {each.digest for each in self.there if each not in free}
        going = [each for each in free if each.digest not in kept]
        cuts = self._cuts(going)
        if not cuts:
            return [], ()
        superseded = set(self._superseded(cuts))
        kept = self.fixed | {each.digest for each in self.there if each not in free and each not in superseded}
        return [*going, *(each for each in superseded if each.digest not in kept)], cuts

    def _before(self, thing: Thing) -> int:
        return max(self.limits[thing], self.earlier.get(thing, 0))

    def _needed(self) -> set[tuple[bytes, int]]:
        """What is before a cut and yet needed after it, as digest and position."""
        past: dict[Thing, list[Naming]] = defaultdict(list)
        for each in reversed(self.there):
            if each.thing in self.limits and each.position < self._before(each.thing):
                past[each.thing].append(each)
        needed: set[tuple[bytes, int]] = set()
        for thing, newest_first in past.items():
            what, name, source = thing
            if what == RESOURCES:
                at = Look(self.connection, self._before(thing), newest_first, self.read)
                needed |= populations_that_stand(at, name, source)
            elif what == VERDICTS:
                at = Look(self.connection, self._before(thing), newest_first, self.read)
                needed |= lists_that_stand(at, name, self.assessments)
        return needed

    def _cuts(self, going: Iterable[Naming]) -> tuple[Cut, ...]:
        """A cut of each thing of which something goes, be it only what derived tables tell of it.

        Where there is any, things that were cut before follow to their limits: so what earlier tombstones say stood
        does not stay for ever.
        """
        by_thing: dict[Thing | None, list[Naming]] = defaultdict(list)
        for each in going:
            by_thing[each.thing].append(each)
        moved = {thing for thing in self.limits if self._before(thing) > self.earlier.get(thing, 0)}
        chosen = {thing for thing in self.limits if thing in by_thing or (thing in moved and self._clears(thing))}
        if chosen:
            chosen |= {thing for thing in moved if thing in self.earlier and thing[0] != EXCHANGES}
        counted: set[bytes] = set()
        return tuple(self._cut(thing, by_thing.get(thing, ()), counted) for thing in sorted(chosen))

    def _cut(self, thing: Thing, going: Iterable[Naming], counted: set[bytes]) -> Cut:
        """A blob counts where it is met first."""
        positions = [each.position for each in going]
        new = {each.digest for each in going} - counted
        counted |= new
        return Cut(
            what=thing[0],
            name=thing[1],
            source=thing[2],
            before=self._before(thing),
            first=min(positions, default=-1),
            last=max(positions, default=-1),
            blobs=len(new),
            size=sum(self.sizes[digest][0] for digest in new),
        )

    def _clears(self, thing: Thing) -> bool:
        return thing[0] != EXCHANGES and ended_before(self.connection, thing, self._before(thing)) > 0

    def _superseded(self, cuts: Iterable[Cut]) -> Iterator[Naming]:
        """What earlier tombstones say stood, where all of those things are cut anew."""
        newest = {
            (cut.what, cut.name, cut.source): position
            for position, body in sorted(self.tombstones.items())
            for cut in body.cuts
        }
        now = {(cut.what, cut.name, cut.source) for cut in cuts}
        for each in filter(_stands, self.there):
            what = each.thing[1] if each.thing else ""
            if not any(thing[0] == what and at == each.position and thing not in now for thing, at in newest.items()):
                yield each

    def _told(self, going: Iterable[Naming]) -> Iterator[Going]:
        counted: set[bytes] = set()
        by_what: dict[str, list[Naming]] = defaultdict(list)
        for each in going:
            by_what[each.thing[0] if each.thing else ""].append(each)
        for what in (EXCHANGES, RESOURCES, VERDICTS, STANDING):
            if found := by_what.get(what):
                new = {each.digest for each in found} - counted
                counted |= new
                yield Going(
                    what=what,
                    blobs=len(new),
                    size=sum(self.sizes[digest][0] for digest in new),
                    stored=sum(self.sizes[digest][1] for digest in new),
                    since=min(self.moments[each.position] for each in found),
                    until=max(self.moments[each.position] for each in found),
                )


def _lines(told: Iterable[object]) -> bytes:
    return b"".join(encode(each) + b"\n" for each in told)


def _stands(naming: Naming) -> bool:
    return naming.thing is not None and naming.thing[0] == STANDING
