"""Sealing a scan: blobs first, then one transaction that appends leaves and derived rows as each source finishes.

A scan that dies leaves its sealed sources and an open `scan_started`; its lock file tells the next scan that it died.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from core.codec import CodecError, canonical, encode, moment, parse, timestamp
from core.engine import Collected
from core.model import Assessment, Coverage, Evidence
from evidence_store import records
from evidence_store.blobs import bases
from evidence_store.derived.derive import Sealed, apply
from evidence_store.errors import BrokenSealError, OutdatedError, StoreError
from evidence_store.log.append import Appender, loader, log_size
from evidence_store.log.notes import Checkpoint, sign
from evidence_store.log.outside import newest_rows
from evidence_store.log.publication import alarms_on_record
from evidence_store.log.tree import Tree, root
from evidence_store.people.concealing import People, named_in
from evidence_store.people.keyring import purge
from evidence_store.questions.in_force import InForce, seal
from evidence_store.questions.queries import kinds_by_others
from evidence_store.records import Assessed, Looked, PopulationSeen, ScanFinished, ScanStarted, SealedVerdict, UnitSeen
from evidence_store.running import dead_scans
from evidence_store.schema import checkpoint, entry, leaf
from evidence_store.store import Store
from evidence_store.timestamps.stamps import newest_stamps

Places = Mapping[tuple[str, str, str], int]
"""The leaf that seals the newest evidence of (kind, source, scope)."""


@dataclass(frozen=True, slots=True)
class Known:
    """What judging rests on: the newest evidence of these kinds when the log had so many leaves."""

    size: int
    kinds: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What a scan says of itself before it begins."""

    scan: str
    agent: str
    agent_version: str
    login: str
    trigger: str
    configuration: str
    narrowed: bool
    left_out: tuple[str, ...]
    redaction_key: str = ""


class ScanWriter:
    """Seals one scan. Made by `begin`; `finish` signs the checkpoint that covers it."""

    def __init__(self, store: Store, opening: Opening) -> None:
        self.store = store
        self.scan = opening.scan
        self._opening = opening
        self.died: tuple[str, ...] = ()
        self.clock_note = ""
        self.first = -1
        self.met_again: list[str] = []
        """Sentences about places where somebody who was erased may still be."""
        self._people = People(store)
        self._pack = store.pack(opening.scan)
        self._held = store.database.hold(opening.scan)

    @classmethod
    def begin(cls, store: Store, opening: Opening, *, at: datetime) -> ScanWriter:
        """Record that a scan starts, and which earlier ones are found dead. Raises `StoreError`, `BrokenSealError`."""
        writer = cls(store, opening)
        try:
            writer.died = dead_scans(store)
            with suppress(StoreError):  # the next scan tries again
                purge(store)  # what an erasure that was killed has left undone
            with store.reading() as connection:
                refuse_broken_log(store, connection)
                writer.clock_note = _clock_note(store.name, connection, at)
                stamps = newest_stamps(connection)
                alarms = alarms_on_record(connection)
                outside = newest_rows(connection)
            body = ScanStarted(
                salt=records.salt(),
                agent=opening.agent,
                agent_version=opening.agent_version,
                login=writer._people.login(opening.login),
                trigger=opening.trigger,
                configuration=opening.configuration,
                narrowed=opening.narrowed,
                left_out=opening.left_out,
                died=writer.died,
                clock=writer.clock_note,
                stamps=stamps,
                alarms=alarms,
                outside=outside,
                redaction_key=opening.redaction_key,
            )
            writer.first = writer._seal([(records.SCAN_STARTED, encode(body), ())], at)[0]
        except BaseException:
            writer.close()
            raise
        return writer

    def seal_source(self, source: str, collected: Sequence[Collected], *, at: datetime) -> int:
        """Seal all units of one source as one leaf, and return its position. Raises `StoreError`."""
        new = self._people.meet(named_in(collected))
        if new and (erased := self._people.erased_in(source)):
            self.met_again.append(
                f"{source}: erased people were here when it was last looked at ({erased}), and people whom the store "
                f"does not know are now ({new}): who was erased may still be there, and is recorded anew"
            )
        units = (self._unit(self._people.collected(each)) for each in collected)
        entries = tuple(map(records.entry, self._put_alike(units)))
        body = encode(records.SourceSeen(salt=records.salt(), source=source))
        return self._seal([(records.SOURCE, body, entries)], at)[0]

    def seal_assessments(
        self, assessments: Iterable[Assessment], places: Places, *, at: datetime, known: Known | None = None
    ) -> list[int]:
        """Seal verdicts, one leaf per check, and return the positions. Raises `StoreError`: `OutdatedError` when others
        have sealed newer evidence than what was `known`, whose verdicts these would hide."""
        bodies = [(records.ASSESSMENT, encode(self._assessed(each, places)), ()) for each in assessments]
        return self._seal(bodies, at, known=known)

    def finish(
        self,
        sources: Sequence[str],
        checks: Sequence[str],
        mappings: Mapping[str, str],
        *,
        at: datetime,
        in_force: InForce | None = None,
    ) -> tuple[Checkpoint, str]:
        """Seal the end of the scan and sign the checkpoint over everything, in one transaction. Raises `StoreError`."""
        sealed = seal(self._pack.put, in_force) if in_force else None
        body = ScanFinished(
            salt=records.salt(),
            sources=tuple(sorted(sources)),
            checks=tuple(sorted(checks)),
            mappings=dict(mappings),
            documents=sealed.documents if sealed else {},
            catalogue=sealed.catalogue if sealed else "",
            stale_after_seconds=sealed.stale_after_seconds if sealed else 0,
        )
        signed: list[tuple[Checkpoint, str]] = []
        self._seal([(records.SCAN_FINISHED, encode(body), ())], at, signed)
        self.close()
        return signed[0]

    def close(self) -> None:
        """Let go of the pack, and of the lock that says this scan is running."""
        self._pack.close()
        self._held.close()

    def _unit(self, collected: Collected) -> bytes:
        answers = bases.Answers(collected.unit)
        for digest, body in collected.bodies.items():
            self._pack.put(body, answers.base(body, bytes.fromhex(digest)))
        populations = tuple(
            PopulationSeen(each.kind, len(each.encoded), self._put_population(each).hex())
            for each in collected.evidence
        )
        seen = UnitSeen(
            salt=records.salt(),
            unit=collected.unit,
            populations=populations,
            agent_version=self._opening.agent_version,
            configuration=self._opening.configuration,
        )
        return encode(seen)

    def _put_population(self, evidence: Evidence) -> bytes:
        data = _lines(evidence.encoded)
        return self._pack.put(data, bases.population(data, evidence.source, evidence.scope, evidence.kind))

    def _put_alike(self, bodies: Iterable[bytes]) -> list[bytes]:
        """Keep bodies of one make: each but the first as the difference to the first."""
        digests: list[bytes] = []
        for body in bodies:
            digests.append(self._pack.put(body, bases.same(digests[0] if digests else None)))
        return digests

    def _assessed(self, assessment: Assessment, places: Places) -> Assessed:
        assessment, verdicts = self._concealed(assessment)
        data = _lines(verdicts)
        return Assessed(
            salt=records.salt(),
            check=assessment.check,
            check_digest=assessment.check_digest,
            severity=assessment.severity,
            settings=dict(assessment.parameters),
            as_of=assessment.as_of,
            subjects=tuple(_looked(each, places) for each in assessment.subjects),
            joins=tuple(_looked(each, places) for each in assessment.joins),
            count=len(verdicts),
            verdicts=self._pack.put(data, bases.verdicts(data, assessment.check)).hex(),
        )

    def _concealed(self, assessment: Assessment) -> tuple[Assessment, list[bytes]]:
        """An assessment without names, and its verdicts as they are sealed. Nearly always there are no names in it."""
        verdicts = _verdicts(assessment)
        if self._people.concern(_lines([canonical(assessment.parameters), *verdicts])):
            assessment = self._people.assessment(assessment)
            verdicts = _verdicts(assessment)
        return assessment, verdicts

    def _seal(
        self,
        bodies: Sequence[tuple[str, bytes, tuple[bytes, ...]]],
        at: datetime,
        signed: list[tuple[Checkpoint, str]] | None = None,
        *,
        known: Known | None = None,
    ) -> list[int]:
        """Make the bodies durable, then append one leaf for each, unless what was `known` is outdated; with `signed`, a
        checkpoint as well."""
        digests = self._put_alike(body for _, body, _ in bodies)
        self._pack.flush()
        positions: list[int] = []
        with self.store.writing() as connection:
            self._held.refuse_lost()
            if known and kinds_by_others(connection, self.scan, known.size) & known.kinds:
                raise OutdatedError("newer evidence was sealed while this was judged", "judge again")
            written, stored = self._pack.flushed(), self.store.read_blob(connection)
            self._pack.index(connection)
            appender = Appender(connection)

            def read(digest: bytes) -> bytes:
                known = written.get(digest)
                return stored(digest) if known is None else known

            for (kind, _, entries), digest in zip(bodies, digests, strict=True):
                tree = {"root": Tree(entries).root().hex(), "units": len(entries)} if kind == records.SOURCE else {}
                data = records.leaf(kind, self.scan, at, digest, **tree)
                position = appender.append(data)
                _add_entries(connection, position, entries)
                apply(connection, Sealed(position, data, entries), read)
                positions.append(position)
            if signed is not None:
                signed.append(sign_checkpoint(self.store, connection, appender))
        return positions


def _add_entries(connection: Connection, position: int, entries: Sequence[bytes]) -> None:
    if entries:
        connection.execute(
            insert(entry), [{"position": position, "ordinal": n, "data": data} for n, data in enumerate(entries)]
        )


def sign_checkpoint(store: Store, connection: Connection, appender: Appender) -> tuple[Checkpoint, str]:
    """Sign for everything that has been appended. Raises `StoreError` when the key is not the store's."""
    point = Checkpoint(store.verifier(connection).name, appender.size, root(appender.size, appender.load))
    note = sign(point, store.signing_key(connection))
    connection.execute(insert(checkpoint).values(size=point.size, note=note))
    return point, note


def _looked(seen: Coverage, places: Places) -> Looked:
    return Looked(
        kind=seen.kind,
        source=seen.source,
        scope=seen.scope,
        collected_at=seen.collected_at,
        count=seen.count,
        complete=seen.complete,
        stale=seen.stale,
        leaf=places.get((seen.kind, seen.source, seen.scope), -1),
    )


def _verdicts(assessment: Assessment) -> list[bytes]:
    return [
        encode(SealedVerdict(f.source, f.scope, f.resource, f.verdict.status.value, f.verdict.reason))
        for f in assessment.findings
    ]


def _lines(items: Sequence[bytes]) -> bytes:
    return b"".join(line + b"\n" for line in items)


def refuse_broken_log(store: Store, connection: Connection) -> None:
    """Sign nothing on top of a log that its newest checkpoint does not cover. Raises `BrokenSealError`."""
    latest = store.latest_checkpoint(connection)
    if latest and root(latest[0].size, loader(connection)) != latest[0].root:
        raise BrokenSealError(
            f"{store.name}: the log is not the one its newest checkpoint signs", "see what is wrong: annexa verify"
        )


def _clock_note(name: str, connection: Connection, at: datetime) -> str:
    """Positions order the log, not clocks; but a clock that jumped back is worth a line in the record."""
    size = log_size(connection)
    if size == 0:
        return ""
    data = connection.execute(select(leaf.c.data).where(leaf.c.position == size - 1)).scalar_one()
    try:
        last = moment(parse(data)["at"])
    except (CodecError, KeyError, TypeError) as error:  # no checkpoint may cover it yet
        raise BrokenSealError(
            f"{name}: leaf {size - 1} is not a leaf: it was altered", "see what is wrong: annexa verify"
        ) from error
    return f"the clock went back: the last leaf says {timestamp(last)}, now it is {timestamp(at)}" if at < last else ""
