"""Who misses a blob asks here whether it was thrown away, by which leaf, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from core.codec import CodecError, decode, moment, parse
from evidence_store.derived.derive import Sealed
from evidence_store.errors import BrokenSealError
from evidence_store.records import Disposed
from evidence_store.schema import leaf

Read = Callable[[bytes], bytes]
"""The plain bytes of a blob by digest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """What the leaf of a disposal says of itself."""

    leaf: int
    at: datetime
    reason: str
    approver: str
    remains: str

    def __str__(self) -> str:
        remains = f"; {self.remains}" if self.remains else ""
        return f"disposed of on {self.at:%Y-%m-%d} (leaf {self.leaf}): {self.reason}{remains}"


def read_tombstone(sealed: Sealed, read: Read) -> tuple[Tombstone, list[bytes]]:
    """What a disposal says, and the digests of what went. Raises `BrokenSealError`."""
    try:
        content = parse(sealed.data)
        body = decode(Disposed, read(bytes.fromhex(content["body"])))
        digests = [bytes.fromhex(line.decode("ascii")) for line in read(bytes.fromhex(body.blobs)).splitlines()]
        at = moment(content["at"])
    except (CodecError, KeyError, TypeError, ValueError) as error:
        raise BrokenSealError(f"leaf {sealed.position}: no disposal of this format: {error}") from error
    stone = Tombstone(leaf=sealed.position, at=at, reason=body.reason, approver=body.approver, remains=body.remains)
    return stone, digests


class Tombstones:
    """All disposals of a log, read when somebody misses a blob."""

    def __init__(self, connection: Connection, read: Read) -> None:
        self._connection = connection
        self._read = read
        self._by_digest: dict[bytes, Tombstone] | None = None

    def of(self, digest: bytes, position: int = -1) -> Tombstone | None:
        """The newest disposal of a blob, if it came after the leaf at `position`. Raises `BrokenSealError`."""
        if self._by_digest is None:
            self._by_digest = {
                gone: stone
                for sealed in _disposals(self._connection)
                for stone, digests in [read_tombstone(sealed, self._read)]
                for gone in digests
            }
        found = self._by_digest.get(digest)
        return found if found and found.leaf > position else None


class TombstoneWalk:
    """What verification learns of disposals: which missing blobs are excused, and which are there all the same."""

    def __init__(self, log: Iterable[Sealed], read: Read) -> None:
        self._newest: dict[bytes, Tombstone] = {}
        self._excused: dict[int, set[bytes]] = defaultdict(set)
        self._last_named: dict[bytes, int] = {}
        self._stones: dict[int, Tombstone] = {}
        for sealed in log:
            if not is_disposal(sealed.data):
                continue
            try:
                stone, digests = read_tombstone(sealed, read)
            except BrokenSealError:
                continue  # the walk over blobs comes to this leaf as well, and says what is wrong with it
            self._stones[stone.leaf] = stone
            self._newest |= dict.fromkeys(digests, stone)

    def excuses(self, digest: bytes, position: int) -> bool:
        """Whether a leaf after this one says that the blob was thrown away. Then a missing one is no problem."""
        stone = self._newest.get(digest)
        if stone is None or stone.leaf < position:
            return False
        self._excused[stone.leaf].add(digest)
        return True

    def named(self, digest: bytes, position: int) -> None:
        """A leaf leads to a blob: where it was thrown away before, it has come back, and is no leftover."""
        if digest in self._newest:
            self._last_named[digest] = max(position, self._last_named.get(digest, -1))

    def said(self, there: set[bytes]) -> tuple[str, ...]:
        """Each disposal in words: how many blobs it took, and how many of them are still `there`."""
        said = []
        for position, stone in sorted(self._stones.items()):
            gone = len(self._excused[position] - there)
            left = sum(
                1
                for digest, newest in self._newest.items()
                if newest is stone and digest in there and self._last_named.get(digest, -1) < position
            )
            still = f"; {left} of what it names are still there" if left else ""
            still += f"; {stone.remains}" if stone.remains else ""
            when = f"{stone.at:%Y-%m-%d} by {stone.approver}"
            said.append(f"leaf {position}: disposed of on {when}: {gone} blobs: {stone.reason}{still}")
        return tuple(said)


def is_disposal(data: bytes) -> bool:
    """Whether a leaf seals a disposal. Parsing each leaf of a long log would take its time."""
    return b'"type":"disposal"' in data


def _disposals(connection: Connection) -> Iterator[Sealed]:
    for row in connection.execute(select(leaf.c.position, leaf.c.data).order_by(leaf.c.position)):
        if is_disposal(row.data):
            yield Sealed(row.position, row.data)
