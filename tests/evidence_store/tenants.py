"""Worlds with people in them: the accounts of a machine, as a collector of hosts sees them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime

import zstandard
from sqlalchemy import select

from core.codec import encode
from core.engine import Collected
from core.model import Assessment, CollectionGap, Coverage, Evidence, Exchange, Finding, Severity, Unit, failed
from core.resources.host.accounts import Account, PasswordState
from evidence_store.schema import blob
from evidence_store.writer import ScanWriter
from tests.evidence_store.worlds import World, opening

CHECK = "tenants.account_is_approved"


def account(name: str, uid: int, *, shell: str = "/bin/bash") -> Account:
    return Account(
        id=name,
        name=name,
        uid=uid,
        gid=uid,
        shadowing="shadowed",
        password=PasswordState(status="usable", changed=None, maximum_days=None),
        home=f"/home/{name}",
        shell=shell,
        system=uid < 1000,
        can_log_in=True,
    )


def people(*names: str) -> tuple[Account, ...]:
    """root, and an account for each name."""
    numbered = [account(name, 1001 + number) for number, name in enumerate(names)]
    return tuple(sorted((account("root", 0), *numbered), key=lambda each: each.id))


def look(source: str, accounts: Sequence[Account], at: datetime, *, answer: str = "", gap: str = "") -> Collected:
    """What a unit brings home: a line of passwd for each account, and whatever else it says."""
    body = "".join(f"{each.name}:x:{each.uid}:{each.gid}:{each.home}:{each.shell}\n" for each in accounts) + answer
    asked = Exchange(
        operation="passwd",
        parameters={"command": f"cat /etc/passwd # asked about {', '.join(each.name for each in accounts)}"},
        response=hashlib.sha256(body.encode()).hexdigest(),
        size=len(body.encode()),
        status="0",
        at=at,
        duration_ms=1,
    )
    gaps = (CollectionGap(gap, "look again"),) if gap else ()
    unit = Unit(
        collector="tenants.accounts",
        version="1",
        source=source,
        scope="",
        principal=accounts[0].name if accounts else "nobody",
        started=at,
        finished=at,
        exchanges=(asked,),
        gaps=gaps,
    )
    found = Evidence(
        kind=Account.kind,
        source=source,
        scope="",
        collected_at=at,
        resources=tuple(accounts),
        encoded=tuple(map(encode, accounts)),
        gaps=gaps,
    )
    return Collected(unit=unit, evidence=(found,), bodies={asked.response: body.encode()})


def judged(found: Sequence[Evidence], at: datetime, approved: Sequence[str] = ()) -> Assessment:
    findings = [
        Finding(CHECK, each.source, "", who.id, failed(f"nobody has approved {who.name} ({who.home})"))
        for each in found
        for who in each.resources
        if isinstance(who, Account) and who.name not in approved
    ]
    findings += [Finding(CHECK, each.source, "", each.source, failed("somebody is there")) for each in found]
    covered = tuple(
        Coverage(
            kind=e.kind,
            source=e.source,
            scope="",
            collected_at=e.collected_at,
            count=len(e.resources),
            complete=e.complete,
        )
        for e in found
    )
    return Assessment(
        check=CHECK,
        check_digest="0" * 64,
        severity=Severity.HIGH,
        parameters={"approved": tuple(approved), "limits": {"days": 3}, "strict": True},
        as_of=at,
        subjects=covered,
        joins=(),
        findings=tuple(sorted(findings, key=lambda f: (f.source, f.resource))),
    )


def scan(
    world: World,
    seen: Mapping[str, Sequence[Account]],
    *,
    answer: str = "",
    gap: str = "",
    approved: Sequence[str] = (),
) -> ScanWriter:
    """Seal one scan of these sources."""
    world.count += 1
    with world.create() as store:
        writer = ScanWriter.begin(store, opening(f"scan-{world.count:03}"), at=world.tick())
        try:
            units = [look(source, accounts, world.now, answer=answer, gap=gap) for source, accounts in seen.items()]
            leaves = [writer.seal_source(each.unit.source, [each], at=world.tick()) for each in units]
            found = [unit.evidence[0] for unit in units]
            places = {(Account.kind, e.source, ""): leaf for e, leaf in zip(found, leaves, strict=True)}
            writer.seal_assessments([judged(found, world.now, approved)], places, at=world.tick())
            writer.finish(list(seen), [CHECK], {}, at=world.tick())
        finally:
            writer.close()
    return writer


def bytes_of(world: World) -> bytes:
    """Everything that lies in the folder of a store, packs decompressed as well, whatever database it has."""
    found = [path.read_bytes() for path in sorted(world.folder.rglob("*")) if path.is_file()]
    for table in (
        "about",
        "leaf",
        "entry",
        "blob",
        "person",
        "scan",
        "unit",
        "coverage",
        "resource",
        "assessment",
        "finding",
        "erasure",
        "publication",
    ):
        found += [repr(row).encode() for row in world.rows(f"SELECT * FROM {table}")]
    with world.open() as store, store.reading() as connection:
        read = store.read_blob(connection)
        found += [read(digest) for digest in connection.execute(select(blob.c.digest)).scalars()]
    found += [zstandard.ZstdDecompressor().decompressobj().decompress(path.read_bytes()) for path in world.packs()]
    return b"\n".join(found)
