"""The sealed part of a bundle: checkpoint, keys, stamps, proofs, and the blobs that proofs lead to.

sealed/checkpoint           the signed note over the log as it was
sealed/keys.jsonl           the first key of the log, and each that took over from the one before
sealed/stamps/              what authorities (RFC 3161) said about the checkpoint, and the certificates trusted then
sealed/proofs/P.txt       a leaf, and that it is at position P of the log; P-U.txt, the unit U below it
sealed/blobs/DIGEST.txt     bytes under their SHA-256: bodies, populations, verdicts, answers
sealed/redacted/DIGEST.txt  a copy of such bytes without a name that they hold in plain
sealed/withheld.jsonl       sealed bytes that are not here, and why
sealed/people.jsonl         what to read for each token of a person
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from core.codec import canonical, decode, parse
from evidence_store import records
from evidence_store.errors import BrokenSealError
from evidence_store.leaving import leaves
from evidence_store.log.proofs import Prover
from evidence_store.questions.queries import leaf_data
from evidence_store.records import Assessed, ScanFinished, UnitSeen
from evidence_store.retention.tombstones import Tombstones
from exports.bundle.parts import File, Snapshot

Connection = Any
"""Of the database: only the store may name its type."""


def files(snapshot: Snapshot) -> Iterator[File]:
    """Everything that is sealed. Raises `BrokenSealError` for what is missing without having been thrown away."""
    with snapshot.store.reading() as connection:
        yield from _keys(snapshot, connection)
        yield from _stamps(snapshot, connection)
        yield from _Leaving(snapshot, connection).files()


def _keys(snapshot: Snapshot, connection: Connection) -> Iterator[File]:
    latest = snapshot.store.latest_checkpoint(connection, snapshot.past.size)
    if latest is None:  # the question was pinned to one
        raise BrokenSealError(f"{snapshot.store.name}: its checkpoints are gone", "run `annexa verify`")
    yield File("sealed/checkpoint", latest[1].encode())
    changes = leaves.hand_overs(snapshot.store, connection)
    first = str(snapshot.store.history(connection).keys[0])
    rows: list[dict[str, object]] = [{"key": first, "position": -1, "signature": ""}]
    rows += [{"key": each.new, "position": each.position, "signature": each.signature} for each in changes]
    yield File("sealed/keys.jsonl", _lines(rows))


def _stamps(snapshot: Snapshot, connection: Connection) -> Iterator[File]:
    for number, each in enumerate(leaves.stamps_of(connection, snapshot.past.size), start=1):
        about = {"authority": each.authority, "nonce": each.nonce}
        yield File(f"sealed/stamps/{number}.json", canonical(about) + b"\n")
        yield File(f"sealed/stamps/{number}.tsr", each.response)
        yield File(f"sealed/stamps/{number}.pem", each.certificates.encode())


class _Leaving:
    """What has to leave so that the findings in question can be traced, and done again."""

    def __init__(self, snapshot: Snapshot, connection: Connection) -> None:
        self._snapshot = snapshot
        self._connection = connection
        self._read = snapshot.store.read_blob(connection)
        self._gone = Tombstones(connection, self._read)
        self._written: set[str] = set()
        self._withheld: dict[str, str] = {}
        self._disposals: set[int] = set()

    def files(self) -> Iterator[File]:
        prover = Prover(self._snapshot.store, self._connection, self._snapshot.past.size)
        done: set[int] = set()
        for position in self._positions():
            done.add(position)
            yield File(f"sealed/proofs/{position}.txt", prover.proof(position).encode())
            yield from self._of_leaf(position)
        for unit in self._snapshot.evidence.units:
            yield File(f"sealed/proofs/{unit.name}.txt", prover.proof(unit.leaf, unit.ordinal).encode())
            yield from self._of_unit(unit.leaf, unit.digest)
        for position in sorted(self._disposals - done):  # they say why something is not here
            yield File(f"sealed/proofs/{position}.txt", prover.proof(position).encode())
            yield from self._of_leaf(position)
        yield File(
            "sealed/people.jsonl", _lines([{"token": t, "text": x} for t, x in self._snapshot.names.met().items()])
        )
        yield File(
            "sealed/withheld.jsonl", _lines([{"digest": digest, "why": why} for digest, why in self._withheld.items()])
        )

    def _positions(self) -> list[int]:
        snapshot = self._snapshot
        found = (
            {snapshot.past.size - 1}
            | {each.leaf for each in snapshot.evidence.assessments}
            | {each.leaf for each in snapshot.evidence.units}
        )
        for scan in leaves.scans_of_period(self._connection, snapshot.question.start, snapshot.past):
            found |= {scan.first, scan.last} - {-1}
        found |= set(leaves.acts_until(self._connection, snapshot.past))
        changes = leaves.hand_overs(snapshot.store, self._connection)
        found |= {each.position for each in changes if each.position < snapshot.past.size}
        return sorted(found)

    def _of_leaf(self, position: int) -> Iterator[File]:
        names = self._snapshot.names
        content = parse(leaf_data(self._connection, position) or b"{}")
        yield from self._blob(content["body"], position, names.body)
        match content["type"]:
            case records.ASSESSMENT:
                body = decode(Assessed, self._read(bytes.fromhex(content["body"])))
                yield from self._blob(body.verdicts, position, names.lines)
            case records.SCAN_FINISHED:
                end = decode(ScanFinished, self._read(bytes.fromhex(content["body"])))
                for digest in sorted({*end.documents.values(), end.catalogue} - {""}):
                    yield from self._blob(digest, position, lambda data: data)
            case records.DISPOSAL:
                content = parse(self._read(bytes.fromhex(content["body"])))
                yield from self._blob(content["blobs"], position, lambda data: data)
                for name in ("resources", "verdicts"):
                    self._leave_out(content[name], "not asked for")

    def _of_unit(self, position: int, digest: str) -> Iterator[File]:
        names = self._snapshot.names
        seen = decode(UnitSeen, self._read(bytes.fromhex(digest)))
        yield from self._blob(digest, position, names.body)
        for population in seen.populations:
            yield from self._blob(population.lines, position, names.population)
        for exchange in seen.unit.exchanges:
            if exchange.response:
                yield from self._blob(exchange.response, position, names.answer)

    def _blob(self, digest: str, position: int, leaving: Callable[[bytes], bytes]) -> Iterator[File]:
        if digest in self._written:
            return
        self._written.add(digest)
        try:
            data = self._read(bytes.fromhex(digest))
        except BrokenSealError:
            stone = self._gone.of(bytes.fromhex(digest), position)
            if stone is None:
                raise
            if stone.leaf < self._snapshot.past.size:
                self._disposals.add(stone.leaf)
            self._leave_out(digest, self._snapshot.names.text(str(stone)))
            return
        may_leave = leaving(data)
        self._snapshot.names.meet(may_leave)
        if may_leave == data:
            yield File(f"sealed/blobs/{digest}.txt", data)
        else:
            self._leave_out(digest, "redacted")
            yield File(f"sealed/redacted/{digest}.txt", may_leave)

    def _leave_out(self, digest: str, why: str) -> None:
        self._written.add(digest)
        self._withheld.setdefault(digest, why)


def _lines(rows: list[dict[str, object]]) -> bytes:
    return b"".join(json.dumps(row, sort_keys=True, separators=(",", ":")).encode() + b"\n" for row in rows)
