"""Reading what is sealed and believing nothing unchecked: for whoever does the work again.

A leaf counts when its inclusion proof leads to the newest signed checkpoint, the entries below it when they have the
root it carries, a blob when its bytes have the digest that names it. Derived tables are asked for nothing but where a
scan begins and ends, and the leaves there must say so themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, select

from core.codec import CodecError, decode, parse
from core.errors import AnnexaError
from evidence_store import records
from evidence_store.errors import BrokenSealError, DisposedError
from evidence_store.log.append import log_size
from evidence_store.log.trail import prove
from evidence_store.log.tree import Tree
from evidence_store.people.keyring import Keyring
from evidence_store.questions.states import ScanState
from evidence_store.records import Assessed, SealedVerdict, UnitSeen, lines
from evidence_store.retention.tombstones import Tombstone, Tombstones
from evidence_store.schema import entry
from evidence_store.store import Store, find

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SealedLeaf:
    """A leaf of one scan. `proven` is false while no checkpoint covers it."""

    position: int
    content: Mapping[str, Any]
    proven: bool

    @property
    def type(self) -> str:
        return str(self.content["type"])


class NamesOfMissing(Protocol):
    """What is said of people whose names cannot be read."""

    def pseudonyms_of_erased(self) -> frozenset[str]: ...


class ProvenLog(Protocol):
    """Where somebody who does the work again reads what is sealed: a store, or what has left one."""

    @property
    def names(self) -> NamesOfMissing: ...

    @property
    def checkpoint_size(self) -> int: ...

    def units(self, position: int) -> tuple[UnitSeen, ...]: ...

    def assessed(self, sealed: SealedLeaf) -> Assessed: ...

    def verdicts(self, of: Assessed, position: int = -1) -> tuple[SealedVerdict, ...]: ...

    def blob(self, digest: str, position: int = -1) -> bytes: ...

    def thrown_away(self, digest: str, position: int = -1) -> object | None: ...


class SealedLog:
    """The log as an auditor reads it. Methods raise `BrokenSealError` for what was altered or is missing."""

    def __init__(self, store: Store, connection: Connection) -> None:
        self._store = store
        self._connection = connection
        self.names = Keyring(store, connection)
        self._read = self.names.revealing(store.read_blob(connection))
        self._tombstones = Tombstones(connection, self._read)
        latest = store.latest_checkpoint(connection)
        self.checkpoint_size = latest[0].size if latest else 0
        self._units: dict[int, tuple[UnitSeen, ...]] = {}

    def leaves(self, scan: ScanState) -> tuple[list[SealedLeaf], list[str]]:
        """The leaves of one scan, in order, from the one that opens it to its end or to the end of the log; and what
        is wrong with those between them."""
        end = log_size(self._connection) - 1 if scan.last_leaf is None else scan.last_leaf
        found: list[SealedLeaf] = []
        problems: list[str] = []
        for position in range(scan.first_leaf, end + 1):
            try:
                each = self.leaf(position)
            except BrokenSealError as error:
                problems.append(str(error))
            else:
                found += [each] if each.content["scan"] == scan.id else []
        opened = bool(found) and found[0].type == records.SCAN_STARTED
        ended = bool(found) and found[-1].type == records.SCAN_FINISHED
        if not problems and not (opened and (ended or scan.last_leaf is None)):
            problems.append(f"scan {scan.id}: leaves {scan.first_leaf} to {end} are not those that open and end it")
        return found, problems

    def leaf(self, position: int) -> SealedLeaf:
        """One leaf, its place in the log proven."""
        try:
            proof = prove(self._store, self._connection, position)
            content = {"type": "", "scan": "", **proof.data}
        except BrokenSealError:
            raise
        except (AnnexaError, TypeError) as error:
            raise BrokenSealError(f"leaf {position}: {error}") from error
        if position < proof.checkpoint_size and not proof.proven:
            raise BrokenSealError(f"leaf {position}: no proof leads from it to the signed checkpoint: it was altered")
        return SealedLeaf(position, content, proof.proven)

    def units(self, position: int) -> tuple[UnitSeen, ...]:
        """The units below the leaf of a source, in the order they were sealed."""
        if position not in self._units:
            content = self.leaf(position).content
            query = select(entry.c.data).where(entry.c.position == position).order_by(entry.c.ordinal)
            entries = tuple(self._connection.execute(query).scalars())
            if Tree(entries).root().hex() != content.get("root") or len(entries) != content.get("units"):
                raise BrokenSealError(f"leaf {position}: the entries of its units do not have the root it seals")
            self._units[position] = tuple(self._body(UnitSeen, position, parse(each)["body"]) for each in entries)
        return self._units[position]

    def assessed(self, sealed: SealedLeaf) -> Assessed:
        """The assessment that a leaf seals."""
        return self._body(Assessed, sealed.position, sealed.content["body"])

    def verdicts(self, of: Assessed, position: int = -1) -> tuple[SealedVerdict, ...]:
        """The verdict list of an assessment, which the leaf at `position` seals."""
        data = self.blob(of.verdicts, position)
        try:
            return tuple(decode(SealedVerdict, line) for line in lines(data))
        except CodecError as error:
            raise BrokenSealError(f"the verdicts of {of.check} are not of this format: {error}") from error

    def blob(self, digest: str, position: int = -1) -> bytes:
        """The bytes with this digest, in hexadecimal, which the leaf at `position` leads to.

        Raises `DisposedError` as well: where a later leaf says that they were thrown away.
        """
        if stone := self.thrown_away(digest, position):
            raise DisposedError(str(stone))
        return self._read(bytes.fromhex(digest))

    def thrown_away(self, digest: str, position: int = -1) -> Tombstone | None:
        """The disposal of a blob that is not there any more, if it came after the leaf at `position`."""
        name = bytes.fromhex(digest)
        return None if find(self._connection, name) else self._tombstones.of(name, position)

    def _body(self, cls: type[T], position: int, digest: str) -> T:
        try:
            return decode(cls, self.blob(digest))
        except CodecError as error:
            raise BrokenSealError(f"leaf {position}: its body is not of this format: {error}") from error
