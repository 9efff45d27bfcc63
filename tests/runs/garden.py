"""A small provider that can be replayed, two collectors and two checks, and a way to seal scans of it.

`Weather` is what a collector or check must not depend on and here can be made to: it is in no exchange.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.engine import Collected, assess, collect, nothing_collected
from core.model import Assessment, CollectionGap, Evidence, Exchange, Severity, Unit, Verdict, failed, passed
from core.plugins import Check, check, collector
from core.population import Population
from core.recording import Clock, record
from core.replay import Recording
from core.resource import Resource, resource
from core.source import Source
from evidence_store.location import Location
from evidence_store.questions.queries import Placed
from evidence_store.store import Store
from evidence_store.writer import Opening, ScanWriter
from runs.digests import code_digest
from runs.freshness import believed

BEGINNING = datetime(2026, 1, 31, 12, tzinfo=UTC)
STALE_AFTER = timedelta(days=2)
DENIED = "denied"


class Weather:
    """Something outside every recording."""

    rain = 0
    mud = 0
    asks_more = False
    breaks = False


@resource("garden.bed")
class Bed(Resource):
    """A bed."""

    id: str
    width_cm: int


@resource("garden.fence")
class Fence(Resource):
    """A fence."""

    id: str
    height_cm: int


class DeniedError(Exception):
    """The gardener said no."""


class Garden(Source):
    """A garden that answers what it was told to."""

    def __init__(self, name: str, answers: Mapping[str, str], clock: Clock) -> None:
        self.name = name
        self.answers = answers
        self.clock = clock

    @property
    def id(self) -> str:
        return f"garden/{self.name}"

    @property
    def principal(self) -> str:
        return "visitor"

    def explain(self, error: Exception) -> CollectionGap | None:
        return CollectionGap(str(error), "knock") if isinstance(error, DeniedError) else None

    def ask(self, question: str) -> list[tuple[str, int]]:
        body = self.said(question)
        record("ask", {"question": question}, body, status="0", at=self.clock(), duration_ms=1)
        if body == DENIED.encode():
            raise DeniedError(f"nobody may see the {question}")
        return [(name, int(size)) for name, size in (line.split() for line in body.decode().splitlines())]

    def said(self, question: str) -> bytes:
        return self.answers[question].encode()


class ReplayedGarden(Garden):
    """A garden from its recording."""

    def __init__(self, unit: Unit, recording: Recording, clock: Clock) -> None:
        super().__init__(unit.source.removeprefix("garden/"), {}, clock)
        self.recording = recording

    def said(self, question: str) -> bytes:
        return self.recording.answer("ask", {"question": question})[1]


def replay(unit: Unit, exchanges: Sequence[Exchange], bodies: Mapping[str, bytes], clock: Clock) -> ReplayedGarden:
    if Weather.breaks:
        raise RuntimeError("an SDK of today cannot read this")
    return ReplayedGarden(unit, Recording(exchanges, bodies), clock)


@collector(permissions=())
def beds(garden: Garden) -> Iterator[Bed]:
    """Every bed."""
    found = garden.ask("beds")
    if Weather.asks_more:
        found += garden.ask("hidden beds")
    for name, width in found:
        if width > Weather.rain:
            yield Bed(id=name, width_cm=width + Weather.rain)


@collector(permissions=())
def fences(garden: Garden) -> Iterator[Fence]:
    """Every fence."""
    for name, height in garden.ask("fences"):
        yield Fence(id=name, height_cm=max(height, Weather.mud))


@check(objective="logs-are-protected", severity=Severity.LOW)
def bed_is_narrow(bed: Bed, *, as_of: datetime, most_cm: int = 100, wide: tuple[str, ...] = ()) -> Verdict:
    """Every bed is narrow.

    Nobody reaches the middle of a wide one.

    Remediation: Divide it.
    """
    if bed.id in wide or bed.width_cm <= most_cm:
        return passed(f"{bed.id} is {bed.width_cm} cm wide on {as_of:%Y-%m-%d}")
    return failed(f"{bed.id} is {bed.width_cm} cm wide on {as_of:%Y-%m-%d}")


@check(objective="logs-are-protected", severity=Severity.LOW)
def bed_is_fenced(bed: Bed, fences: Population[Fence]) -> Verdict:
    """Every bed has a fence of its name.

    Hares come.

    Remediation: Build it.
    """
    return passed(f"{bed.id} is fenced") if fences.get(bed.id) else failed(f"{bed.id} is not fenced")


CHECKS: Mapping[str, Check[...]] = {each.id: each for each in (bed_is_narrow, bed_is_fenced)}
COLLECTORS = {each.id: each for each in (beds, fences)}
SMALL = {"beds": "carrots 90\nkale 120\n", "fences": "kale 60\nleeks 90\n"}


@dataclass
class Diary:
    """Scans of gardens, sealed in a store below `folder`. Each scan is a minute after the one before."""

    folder: Path
    now: datetime = BEGINNING
    count: int = 0
    settings: Mapping[str, object] = field(default_factory=dict[str, object])
    digests: Mapping[str, str] = field(default_factory=dict[str, str])
    known: dict[tuple[str, str, str], Placed] = field(default_factory=dict[tuple[str, str, str], Placed])

    @property
    def location(self) -> Location:
        return Location(self.folder / "store", self.folder / "key" / "key.pem")

    def create(self) -> Store:
        return Store.create(self.location)

    def open(self) -> Store:
        return Store.open(self.location)

    def tick(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now

    def scan(
        self,
        *gardens: tuple[str, Mapping[str, str]],
        given_up: bool = False,
        dies: bool = False,
        miscounts: int = 0,
    ) -> str:
        """Look at gardens, judge them with all that is known, and return the id of the scan."""
        self.count += 1
        name = f"scan-{self.count}"
        opening = Opening(
            scan=name,
            agent="agent",
            agent_version="0",
            login="",
            trigger="test",
            configuration="0" * 64,
            narrowed=False,
            left_out=(),
        )
        with self.create() as store:
            writer = ScanWriter.begin(store, opening, at=self.tick())
            try:
                for garden, answers in gardens:
                    seen = [self._collect(each, garden, answers, given_up=given_up) for each in COLLECTORS]
                    leaf = writer.seal_source(f"garden/{garden}", seen, at=self.tick())
                    found = [evidence for unit in seen for evidence in unit.evidence]
                    self.known |= {(e.kind, e.source, e.scope): Placed(e, leaf) for e in found}
                places = {key: placed.leaf for key, placed in self.known.items()}
                evidence = [
                    believed(placed.evidence, self.now, STALE_AFTER) for _, placed in sorted(self.known.items())
                ]
                writer.seal_assessments(
                    [self._assess(each, evidence, miscounts) for each in CHECKS.values()], places, at=self.tick()
                )
                if not dies:
                    writer.finish([f"garden/{garden}" for garden, _ in gardens], list(CHECKS), {}, at=self.tick())
            finally:
                writer.close()
        return name

    def _collect(self, name: str, garden: str, answers: Mapping[str, str], *, given_up: bool) -> Collected:
        version = self.digests.get(name, code_digest(__name__))
        source = Garden(garden, answers, lambda: self.now)
        if given_up and name == beds.id:
            return nothing_collected(beds, source, CollectionGap("gave up after 1 s"), version=version, at=self.now)
        return collect(COLLECTORS[name], source, version=version, clock=lambda: self.now)

    def _assess(self, judging: Check[...], evidence: Sequence[Evidence], miscounts: int) -> Assessment:
        made = assess(
            judging,
            [each for each in evidence if each.kind in judging.kinds],
            as_of=self.now,
            digest=self.digests.get(judging.id, code_digest(__name__)),
            settings=self.settings if judging.settings else {},
        )
        return replace(made, subjects=tuple(replace(each, count=each.count + miscounts) for each in made.subjects))
