"""Growth: what a year of daily scans of 10,000 resources takes, when one in a hundred changes a day.

Run as `python -m benchmarks.growth [--json]`. Every scan goes through the real writer into a real store in a temporary
folder. Figures are multiples of what the first snapshot takes as it is stored, compressed; the floor is that snapshot
and, for each day, a hundredth of it. Of ten resources that change, nine get other values in two fields, and one makes
room for another.
"""

from __future__ import annotations

import hashlib
import json
import random
import sqlite3
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from benchmarks.measuring import machine
from benchmarks.population import NOW
from benchmarks.scans import begin
from core.codec import encode
from core.engine import Collected
from core.model import Assessment, Coverage, Evidence, Exchange, Finding, Severity, Unit, failed, passed
from core.resource import Resource, resource
from evidence_store.location import Location
from evidence_store.store import Store

DAYS = 365
COUNT = 10_000
CHANGED = 100
PAGE = 1_000
SOURCE = "cloud/example"
WORDS = ["audit", "backup", "build", "deploy", "key", "log", "network", "read"]


@resource("benchmark.machine")
class Machine(Resource):
    """A machine of a cloud, in about 600 bytes."""

    id: str
    name: str
    image: str
    type: str
    state: str
    network: str
    address: str
    encrypted: bool
    public: bool
    key: str
    groups: tuple[str, ...]
    role: str
    owner: str
    description: str
    created: datetime
    started: datetime


class Estate:
    """The machines of one cloud, day by day. The numbers are fixed, so that two runs work on the same bytes."""

    def __init__(self) -> None:
        self.chance = random.Random(27001)
        self.day = 0
        self.machines = sorted((self._new() for _ in range(COUNT)), key=lambda each: each.id)
        self.encoded = {each.id: encode(each) for each in self.machines}

    def change(self) -> None:
        """Let a day go by."""
        self.day += 1
        for number, at in enumerate(self.chance.sample(range(COUNT), CHANGED)):
            old = self.machines[at]
            new = self._new() if number % 10 == 0 else self._restarted(old)
            del self.encoded[old.id]
            self.machines[at] = new
            self.encoded[new.id] = encode(new)
        self.machines.sort(key=lambda each: each.id)

    def collect(self, at: datetime) -> Collected:
        """What one unit brings home: the population, and the answers it was read from, page by page."""
        pages = [self._page(start) for start in range(0, COUNT, PAGE)]
        exchanges = tuple(
            Exchange(
                operation="DescribeMachines",
                parameters={"MaxResults": str(PAGE), "NextToken": f"{self.chance.getrandbits(128):032x}"},
                response=hashlib.sha256(page).hexdigest(),
                size=len(page),
                status="200",
                at=at,
                duration_ms=self.chance.randrange(50, 500),
                request_id=f"{self.chance.getrandbits(128):032x}",
            )
            for page in pages
        )
        unit = Unit(
            collector="cloud.machines",
            version="1" * 64,
            source=SOURCE,
            scope="",
            principal="reader",
            started=at,
            finished=at,
            exchanges=exchanges,
            gaps=(),
        )
        machines = tuple(self.machines)
        encoded = tuple(self.encoded[each.id] for each in machines)
        seen = Evidence(
            kind=Machine.kind, source=SOURCE, scope="", collected_at=at, resources=machines, encoded=encoded
        )
        bodies = {each.response: page for each, page in zip(exchanges, pages, strict=True)}
        return Collected(unit=unit, evidence=(seen,), bodies=bodies)

    def _page(self, start: int) -> bytes:
        """An answer as a provider words it: its own names, and a request id that is another each time."""
        items = [
            {
                "MachineId": each.id,
                "Tags": [{"Key": "Name", "Value": each.name}, {"Key": "owner", "Value": each.owner}],
                "ImageId": each.image,
                "MachineType": each.type,
                "State": {"Name": each.state, "Code": len(each.state)},
                "Network": {"SubnetId": each.network, "PrivateAddress": each.address, "Public": each.public},
                "Volume": {"Encrypted": each.encrypted, "KeyId": each.key},
                "SecurityGroups": [{"GroupId": group} for group in each.groups],
                "Profile": {"RoleArn": each.role},
                "Description": each.description,
                "CreateTime": each.created.isoformat(),
                "LaunchTime": each.started.isoformat(),
            }
            for each in self.machines[start : start + PAGE]
        ]
        return json.dumps({"RequestId": f"{self.chance.getrandbits(128):032x}", "Machines": items}).encode()

    def _new(self) -> Machine:
        number, chance = self.chance.getrandbits(64), self.chance
        return Machine(
            id=f"i-{number:016x}",
            name=f"{chance.choice(WORDS)}-{number % 10_000}.example.org",
            image=f"ami-{chance.choice(range(40)) * 7919:012x}",
            type=f"{chance.choice('cmrt')}{chance.randrange(4, 8)}.{chance.choice(('large', 'xlarge', 'small'))}",
            state="running",
            network=f"subnet-{chance.randrange(300) * 104729:012x}",
            address=f"10.{chance.randrange(256)}.{chance.randrange(256)}.{chance.randrange(256)}",
            encrypted=chance.random() < 0.9,  # noqa: PLR2004 - one in ten is not
            public=chance.random() < 0.05,  # noqa: PLR2004 - one in twenty is
            key=f"{chance.getrandbits(128):032x}",
            groups=tuple(f"sg-{chance.randrange(500) * 15485863:012x}" for _ in range(chance.randrange(1, 5))),
            role=f"arn:cloud:iam::123456789012:role/{chance.choice(WORDS)}-{chance.randrange(60)}",
            owner=f"team-{chance.randrange(80)}@example.org",
            description=" ".join(chance.choices(WORDS, k=9)),
            created=NOW - timedelta(minutes=chance.randrange(2_000_000)),
            started=NOW - timedelta(seconds=chance.randrange(5_000_000)),
        )

    def _restarted(self, old: Machine) -> Machine:
        fields = {name: getattr(old, name) for name in Machine.__annotations__}
        started = NOW + timedelta(days=self.day, seconds=self.chance.randrange(86_400))
        return Machine(**(fields | {"started": started, "state": "stopped" if old.state == "running" else "running"}))


def judge(evidence: Evidence) -> Assessment:
    """A verdict on every machine."""
    findings = tuple(
        Finding(
            "cloud.machine_is_encrypted",
            SOURCE,
            "",
            each.id,
            passed(f"{each.name} is encrypted with the key {each.key}")
            if each.encrypted
            else failed(f"{each.name} is not encrypted"),
        )
        for each in evidence.resources
        if isinstance(each, Machine)
    )
    at = evidence.collected_at
    looked = Coverage(kind=Machine.kind, source=SOURCE, scope="", collected_at=at, count=len(findings), complete=True)
    return Assessment(
        check="cloud.machine_is_encrypted",
        check_digest="0" * 64,
        severity=Severity.HIGH,
        parameters={},
        as_of=at,
        subjects=(looked,),
        joins=(),
        findings=findings,
    )


def scan(store: Store, estate: Estate) -> tuple[str, Sequence[str]]:
    """Seal one day; the digests of the population and of the answers."""
    at = NOW + timedelta(days=estate.day)
    collected = estate.collect(at)
    (evidence,) = collected.evidence
    writer = begin(store, f"scan-{estate.day:03}", at)
    leaf = writer.seal_source(SOURCE, [collected], at=at)
    writer.seal_assessments([judge(evidence)], {(Machine.kind, SOURCE, ""): leaf}, at=at)
    writer.finish([SOURCE], ["cloud.machine_is_encrypted"], {}, at=at)
    population = hashlib.sha256(b"".join(line + b"\n" for line in evidence.encoded)).hexdigest()
    return population, list(collected.bodies)


def year(folder: Path) -> dict[str, dict[str, float]]:
    """A year in a store of its own: for each kind of blob, the bytes of the first day and of all days."""
    estate = Estate()
    populations: list[set[str]] = []
    answers: list[set[str]] = []
    with Store.create(Location(folder / "store", folder / "key.pem")) as store:
        for day in range(DAYS):
            if day:
                estate.change()
            population, pages = scan(store, estate)
            populations.append({population})
            answers.append(set(pages))
            if sys.stderr.isatty():
                sys.stderr.write(f"\rday {day + 1} of {DAYS} ")
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")
    with closing(sqlite3.connect(folder / "store" / "evidence.db")) as database:
        rows = database.execute("SELECT hex(digest), pack, length, size, base FROM blob").fetchall()
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        counts = {name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables}
    all_populations, all_answers = set().union(*populations), set().union(*answers)

    def of(digests: set[str], first: set[str]) -> dict[str, float]:
        mine = [row for row in rows if row[0].lower() in digests]
        one = sum(row[2] for row in mine if row[0].lower() in first)
        stored = sum(row[2] for row in mine)
        return {
            "plain": sum(row[3] for row in mine),
            "stored": stored,
            "snapshot": one,
            "times": round(stored / one, 2),
            "alone": sum(row[4] is None for row in mine),
            "blobs": len(mine),
        }

    others = {row[0].lower() for row in rows} - all_populations - all_answers
    first_pack = {row[0].lower() for row in rows if row[1] == "scan-000.zst"}
    return {
        "resources": of(all_populations, populations[0]),
        "answers": of(all_answers, answers[0]),
        "verdicts and bodies": of(others, others & first_pack),
        "database": {"bytes": (folder / "store" / "evidence.db").stat().st_size} | counts,
    }


AIMS = {"resources": 12, "answers": 12}


def main() -> None:
    """Let a year go by and say what it took."""
    with tempfile.TemporaryDirectory(prefix="annexa-benchmark-") as folder:
        found = year(Path(folder))
    if "--json" in sys.argv[1:]:
        print(json.dumps({"benchmark": "Growth", "machine": machine(), "figures": found}, indent=2))
        return
    print("Growth")
    for name, value in machine().items():
        print(f"  {name}: {value}")
    print(f"  {DAYS} daily scans of {COUNT:,} resources, {CHANGED} of them changed a day")
    database = found.pop("database")
    for name, figures in found.items():
        aim = f"  (aim: at most {AIMS[name]})" if name in AIMS else ""
        print(f"{name}: {figures['times']:.2f} times one stored snapshot{aim}")
        print(
            f"  {figures['plain']:,.0f} bytes in {figures['blobs']:,} blobs are {figures['stored']:,.0f} as stored, "
            f"one snapshot {figures['snapshot']:,.0f}; {figures['alone']} blobs stand for themselves"
        )
    tables = ", ".join(f"{count:,} {name}" for name, count in database.items() if name != "bytes" and count > DAYS)
    print(f"database: {database['bytes']:,} bytes; rows: {tables}")


if __name__ == "__main__":
    main()
