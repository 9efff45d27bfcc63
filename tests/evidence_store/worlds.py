"""Small worlds to seal: one kind, one check, and places that somebody looks at. Nothing here touches a real place."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.codec import encode
from core.engine import Collected
from core.model import (
    REST_OF_POPULATION,
    Assessment,
    CollectionGap,
    Coverage,
    Evidence,
    Exchange,
    Finding,
    Severity,
    Unit,
    failed,
    passed,
    unknown,
)
from core.resource import Resource, resource
from evidence_store.database import DATABASE
from evidence_store.location import Location
from evidence_store.log.notes import Checkpoint
from evidence_store.questions.queries import Placed, latest_evidence
from evidence_store.store import PACKS, Store
from evidence_store.writer import Opening, ScanWriter
from tests.postgresql import copied, spoil
from tests.tampering import alter

BEGINNING = datetime(2026, 1, 31, 12, tzinfo=UTC)
CHECK = "doors.door_is_narrow"
WHOLE = "doors.house_has_few_doors"
"""A check of a whole source at a time: its verdict stands in no scope, under the name of the source."""


@resource("door")
class Door(Resource):
    """What these worlds are made of."""

    id: str
    width: int


@dataclass(frozen=True, kw_only=True)
class Look:
    """What one unit sees: doors by id with their width, or why it does not see all of them."""

    source: str = "house/a"
    scope: str = ""
    doors: Mapping[str, int] = field(default_factory=dict[str, int])
    gap: str = ""

    def collect(self, at: datetime) -> Collected:
        seen = [Door(id=name, width=width) for name, width in sorted(self.doors.items())]
        gaps = (CollectionGap(self.gap, "knock", retryable=True),) if self.gap else ()
        answer = "\n".join(f"{door.id} {door.width}" for door in seen).encode()
        asked = Exchange(
            operation="ListDoors",
            parameters={"scope": self.scope},
            response=hashlib.sha256(answer).hexdigest(),
            size=len(answer),
            status="0",
            at=at,
            duration_ms=3,
        )
        metadata_only = Exchange(
            operation="GetToken", parameters={}, response="", size=9, status="0", at=at, duration_ms=1
        )
        unit = Unit(
            collector="houses.doors",
            version="1",
            source=self.source,
            scope=self.scope,
            principal="visitor",
            started=at,
            finished=at,
            exchanges=(asked, metadata_only),
            gaps=gaps,
        )
        found = Evidence(
            kind="door",
            source=self.source,
            scope=self.scope,
            collected_at=at,
            resources=tuple(seen),
            encoded=tuple(map(encode, seen)),
            gaps=gaps,
        )
        return Collected(unit=unit, evidence=(found,), bodies={asked.response: answer})


def judge(evidence: Sequence[Evidence], *, check: str = CHECK, limit: int = 100, as_of: datetime) -> Assessment:
    """Doors up to the limit pass, wider ones fail, and a gap makes the rest unknown."""
    findings = []
    if check == WHOLE:
        for source in {each.source for each in evidence} - {each.source for each in evidence if each.gaps}:
            count = sum(len(each.resources) for each in evidence if each.source == source)
            findings.append(Finding(check, source, "", source, passed(f"it has {count} doors")))
    for each in evidence:
        for door in each.resources if check != WHOLE else ():
            assert isinstance(door, Door)
            said = f"it is {door.width} wide, {limit} are allowed"
            verdict = passed(said) if door.width <= limit else failed(said)
            findings.append(Finding(check, each.source, each.scope, door.id, verdict))
        if each.gaps:
            blind = unknown(f"could not look: {each.gaps[0].reason}")
            findings.append(Finding(check, each.source, each.scope, REST_OF_POPULATION, blind))
    covered = tuple(
        Coverage(
            kind=e.kind,
            source=e.source,
            scope=e.scope,
            collected_at=e.collected_at,
            count=len(e.resources),
            complete=e.complete,
        )
        for e in evidence
    )
    return Assessment(
        check=check,
        check_digest="0" * 64,
        severity=Severity.LOW,
        parameters={"limit": limit},
        as_of=as_of,
        subjects=covered,
        joins=covered[:1],
        findings=tuple(sorted(findings, key=lambda f: (f.source, f.scope, f.resource))),
    )


class World:
    """A store with a clock of its own; `scan` seals one scan of what is looked at.

    Its database is the SQLite file in the folder, or the one at an address of the server that this run started.
    """

    def __init__(self, folder: Path, address: str = "") -> None:
        self.folder = folder / "store"
        self.address = address
        self.key_file = folder / "keys" / "signing-key.pem"
        self.now = BEGINNING
        self.count = 0

    @property
    def location(self) -> Location:
        return Location(self.folder, self.key_file, self.address)

    @property
    def name(self) -> str:
        """What messages call the database."""
        return self.address or str(self.folder / DATABASE)

    def create(self) -> Store:
        return Store.create(self.location)

    def open(self, folder: Path | None = None, key_file: Path | None = None) -> Store:
        return Store.open(Location(folder or self.folder, key_file or self.key_file, self.address))

    def scan(
        self,
        *looks: Look,
        agent: str = "agent-1",
        configured: Sequence[str] | None = None,
        checks: Sequence[str] = (CHECK,),
        enabled: Sequence[str] | None = None,
        limit: int = 100,
        narrowed: bool = False,
        dies: bool = False,
        name: str = "",
    ) -> tuple[Checkpoint, str] | None:
        """Seal one scan. Sources that are not `configured` are those not looked at; one that `dies` has no end."""
        self.count += 1
        with self.create() as store:
            writer = ScanWriter.begin(store, opening(name or f"scan-{self.count:03}", agent, narrowed), at=self.tick())
            try:
                fresh = self._sources(writer, looks)
                known = self._older(store) | fresh if narrowed else fresh
                evidence = [placed.evidence for _, placed in sorted(known.items())]
                judged = [judge(evidence, check=each, limit=limit, as_of=self.now) for each in checks if evidence]
                writer.seal_assessments(judged, {key: placed.leaf for key, placed in known.items()}, at=self.tick())
                if dies:
                    return None
                sources = sorted({look.source for look in looks}) if configured is None else configured
                return writer.finish(sources, checks if enabled is None else enabled, {"iso": "0" * 64}, at=self.tick())
            finally:
                writer.close()

    def tick(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """What the database holds, asked with nothing of ours."""
        if self.address:
            return spoil(self.address, query)
        with closing(sqlite3.connect(self.folder / DATABASE)) as connection:
            return connection.execute(query).fetchall()

    def alter(self, statement: str, *values: object) -> None:
        """Change the database by hand, as somebody can who may take triggers away."""
        if self.address:
            spoil(self.address, statement, *values)
            return
        alter(self.folder / DATABASE, statement, *values)

    def copy(self, folder: Path) -> World:
        """Another store as this one is now, whose key files stay where they are."""
        shutil.copytree(self.folder, folder / "store", dirs_exist_ok=True)
        other = World(folder, self.address and copied(self.address))
        other.key_file, other.now, other.count = self.key_file, self.now, self.count
        return other

    def packs(self) -> list[Path]:
        return sorted((self.folder / PACKS).iterdir())

    def _sources(self, writer: ScanWriter, looks: Sequence[Look]) -> dict[tuple[str, str, str], Placed]:
        fresh: dict[tuple[str, str, str], Placed] = {}
        for source in sorted({look.source for look in looks}):
            seen = [look.collect(self.now) for look in looks if look.source == source]
            leaf = writer.seal_source(source, seen, at=self.tick())
            fresh |= {(e.kind, e.source, e.scope): Placed(e, leaf) for unit in seen for e in unit.evidence}
        return fresh

    @staticmethod
    def _older(store: Store) -> dict[tuple[str, str, str], Placed]:
        with store.reading() as connection:
            stored = latest_evidence(store, connection, {"door": Door})
        return {(p.evidence.kind, p.evidence.source, p.evidence.scope): p for p in stored}


def opening(name: str, agent: str = "agent-1", narrowed: bool = False) -> Opening:
    return Opening(
        scan=name,
        agent=agent,
        agent_version="0.1",
        login="somebody",
        trigger="test",
        configuration="0" * 64,
        narrowed=narrowed,
        left_out=("source house/z: not asked for",) if narrowed else (),
    )
