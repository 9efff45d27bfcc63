"""Sealing a scan: blobs first, then one transaction that appends leaves and derived rows as each source finishes.

A scan that dies leaves its sealed sources and an open `scan_started`; its lock file tells the next scan that it died.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, insert, select

from core.codec import CodecError, encode, moment, parse, timestamp
from core.engine import Collected
from core.model import Assessment, Coverage
from evidence_store import records
from evidence_store.append import Appender, loader, log_size
from evidence_store.blobs import PackWriter, Place
from evidence_store.derive import Sealed, apply
from evidence_store.errors import BrokenSealError, StoreError
from evidence_store.log import Tree, root
from evidence_store.notes import Checkpoint, sign
from evidence_store.publication import alarms_on_record
from evidence_store.records import Assessed, Looked, PopulationSeen, ScanFinished, ScanStarted, SealedVerdict, UnitSeen
from evidence_store.schema import blob, checkpoint, entry, leaf, scan
from evidence_store.stamps import newest_stamps
from evidence_store.store import PACKS, RUNNING, Store, find, known_blobs

Places = Mapping[tuple[str, str, str], int]
"""The leaf that seals the newest evidence of (kind, source, scope)."""


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


class ScanWriter:
    """Seals one scan. Made by `begin`; `finish` signs the checkpoint that covers it."""

    def __init__(self, store: Store, scan_id: str) -> None:
        self.store = store
        self.scan = scan_id
        self.died: tuple[str, ...] = ()
        self.clock_note = ""
        self.first = -1
        self._pack = PackWriter(store.folder / PACKS, f"{scan_id}.zst", self._find)
        self._lock = -1

    @classmethod
    def begin(cls, store: Store, opening: Opening, *, at: datetime) -> ScanWriter:
        """Record that a scan starts, and which earlier ones are found dead. Raises `StoreError`, `BrokenSealError`."""
        writer = cls(store, opening.scan)
        writer._lock = _hold(store, opening.scan)
        try:
            writer.died = _dead_scans(store)
            with store.reading() as connection:
                refuse_broken_log(store, connection)
                writer.clock_note = _clock_note(store.path, connection, at)
                stamps = newest_stamps(connection)
                alarms = alarms_on_record(connection)
            body = ScanStarted(
                salt=records.salt(),
                agent=opening.agent,
                agent_version=opening.agent_version,
                login=opening.login,
                trigger=opening.trigger,
                configuration=opening.configuration,
                narrowed=opening.narrowed,
                left_out=opening.left_out,
                died=writer.died,
                clock=writer.clock_note,
                stamps=stamps,
                alarms=alarms,
            )
            writer.first = writer._seal([(records.SCAN_STARTED, encode(body), ())], at)[0]
        except BaseException:
            writer.close()
            raise
        return writer

    def seal_source(self, source: str, collected: Sequence[Collected], *, at: datetime) -> int:
        """Seal all units of one source as one leaf, and return its position. Raises `StoreError`."""
        entries = tuple(records.entry(self._pack.put(self._unit(each))) for each in collected)
        body = encode(records.SourceSeen(salt=records.salt(), source=source))
        return self._seal([(records.SOURCE, body, entries)], at)[0]

    def seal_assessments(self, assessments: Iterable[Assessment], places: Places, *, at: datetime) -> list[int]:
        """Seal verdicts, one leaf per check, and return the positions. Raises `StoreError`."""
        bodies = [(records.ASSESSMENT, encode(self._assessed(each, places)), ()) for each in assessments]
        return self._seal(bodies, at)

    def finish(
        self, sources: Sequence[str], checks: Sequence[str], mappings: Mapping[str, str], *, at: datetime
    ) -> tuple[Checkpoint, str]:
        """Seal the end of the scan and sign the checkpoint over everything, in one transaction. Raises `StoreError`."""
        body = ScanFinished(
            salt=records.salt(),
            sources=tuple(sorted(sources)),
            checks=tuple(sorted(checks)),
            mappings=dict(mappings),
        )
        signed: list[tuple[Checkpoint, str]] = []
        self._seal([(records.SCAN_FINISHED, encode(body), ())], at, signed)
        self.close()
        return signed[0]

    def close(self) -> None:
        """Let go of the lock that says this scan is running."""
        if self._lock >= 0:
            (self.store.folder / RUNNING / self.scan).unlink(missing_ok=True)
            os.close(self._lock)
            self._lock = -1

    def _unit(self, collected: Collected) -> bytes:
        for body in collected.bodies.values():
            self._pack.put(body)
        populations = tuple(
            PopulationSeen(each.kind, len(each.encoded), self._pack.put(_lines(each.encoded)).hex())
            for each in collected.evidence
        )
        return encode(UnitSeen(salt=records.salt(), unit=collected.unit, populations=populations))

    def _assessed(self, assessment: Assessment, places: Places) -> Assessed:
        verdicts = [
            encode(SealedVerdict(f.source, f.scope, f.resource, f.verdict.status.value, f.verdict.reason))
            for f in assessment.findings
        ]
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
            verdicts=self._pack.put(_lines(verdicts)).hex(),
        )

    def _seal(
        self,
        bodies: Sequence[tuple[str, bytes, tuple[bytes, ...]]],
        at: datetime,
        signed: list[tuple[Checkpoint, str]] | None = None,
    ) -> list[int]:
        """Make the bodies durable, then append one leaf for each; with `signed`, a checkpoint as well."""
        digests = [self._pack.put(body) for _, body, _ in bodies]
        places = self._pack.flush()
        positions: list[int] = []
        with self.store.writing() as connection:
            index(connection, places)
            appender, read = Appender(connection), self.store.read_blob(connection)
            for (kind, _, entries), digest in zip(bodies, digests, strict=True):
                tree = {"root": Tree(entries).root().hex(), "units": len(entries)} if kind == records.SOURCE else {}
                data = records.leaf(kind, self.scan, at, digest, **tree)
                position = appender.append(data)
                _add_entries(connection, position, entries)
                apply(connection, Sealed(position, data, entries), read)
                positions.append(position)
            if signed is not None:
                signed.append(_sign(self.store, connection, appender))
        return positions

    def _find(self, digest: bytes) -> Place | None:
        with self.store.reading() as connection:
            return find(connection, digest)


def index(connection: Connection, places: Mapping[bytes, Place]) -> None:
    """Name new blobs. Another scan may have kept the same bytes meanwhile: its copy stays the one we know."""
    known = known_blobs(connection, places)
    rows = [
        {"digest": d, "pack": p.pack, "offset": p.offset, "length": p.length, "size": p.size}
        for d, p in places.items()
        if d not in known
    ]
    if rows:
        connection.execute(insert(blob), rows)


def _add_entries(connection: Connection, position: int, entries: Sequence[bytes]) -> None:
    if entries:
        connection.execute(
            insert(entry), [{"position": position, "ordinal": n, "data": data} for n, data in enumerate(entries)]
        )


def _sign(store: Store, connection: Connection, appender: Appender) -> tuple[Checkpoint, str]:
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


def _lines(items: Sequence[bytes]) -> bytes:
    return b"".join(line + b"\n" for line in items)


def _hold(store: Store, scan_id: str) -> int:
    """Lock a file that lives as long as the scan: the operating system lets go of it when we are killed."""
    path = store.folder / RUNNING / scan_id
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    except OSError as error:
        raise StoreError(
            f"{path}: cannot be written: {error.strerror}", "mend the store folder's permissions"
        ) from error
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    return descriptor


def _dead_scans(store: Store) -> tuple[str, ...]:
    """Scans without an end whose process is gone. One that ended while we looked has let go of its lock, and lives."""
    gone = [scan_id for scan_id in _running(store) if not _alive(store, scan_id)]
    still = set(_running(store)) if gone else set()
    return tuple(scan_id for scan_id in gone if scan_id in still)


def _running(store: Store) -> list[str]:
    query = select(scan.c.id).where(scan.c.status == "running").order_by(scan.c.first)
    with store.reading() as connection:
        return list(connection.execute(query).scalars())


def _alive(store: Store, scan_id: str) -> bool:
    try:
        descriptor = os.open(store.folder / RUNNING / scan_id, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    (store.folder / RUNNING / scan_id).unlink(missing_ok=True)
    return False


def refuse_broken_log(store: Store, connection: Connection) -> None:
    """Sign nothing on top of a log that its newest checkpoint does not cover. Raises `BrokenSealError`."""
    latest = store.latest_checkpoint(connection)
    if latest and root(latest[0].size, loader(connection)) != latest[0].root:
        raise BrokenSealError(
            f"{store.path}: the log is not the one its newest checkpoint signs", "see what is wrong: annexa verify"
        )


def _clock_note(name: Path, connection: Connection, at: datetime) -> str:
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
