"""The way down from a derived row to what is sealed: units with their exchanges, and leaves with their proofs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from core.codec import parse
from core.errors import AnnexaError
from core.model import Exchange, Unit
from evidence_store.append import loader
from evidence_store.log import hash_leaf, inclusion, verify_inclusion
from evidence_store.queries import leaf_data, sealed_unit, units_of
from evidence_store.stamps import Bounds, Stamps
from evidence_store.states import TrustedMoment
from evidence_store.store import Store
from evidence_store.timestamp import Authority


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafProof:
    """A leaf, and the path from it to the root of the newest checkpoint; `proven` when the path leads there.

    It was sealed between the trusted moments `not_before` and `not_after`, as far as stamps tell; `refused` names
    stamps that would have told more, and what is wrong with them.
    """

    position: int
    data: Mapping[str, Any]
    hash: str
    path: tuple[str, ...]
    checkpoint_size: int
    checkpoint_root: str
    proven: bool
    not_before: TrustedMoment | None = None
    not_after: TrustedMoment | None = None
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenUnit:
    """A unit that a verdict rests on, with its exchanges and what was answered."""

    leaf: int
    unit: Unit
    exchanges: tuple[tuple[Exchange, bytes], ...]


def units_below(
    store: Store, connection: Connection, position: int, kinds: Collection[str], scope: str
) -> list[SeenUnit]:
    """The units of a source leaf that looked at these kinds, in one scope or all. Raises `BrokenSealError`."""
    read = store.read_blob(connection)
    found = []
    for ordinal in units_of(connection, position, kinds, scope or None):
        unit = sealed_unit(connection, position, ordinal, read).unit
        exchanges = tuple(
            (each, read(bytes.fromhex(each.response)) if each.response else b"") for each in unit.exchanges
        )
        found.append(SeenUnit(leaf=position, unit=unit, exchanges=exchanges))
    return found


def prove(
    store: Store, connection: Connection, position: int, authorities: Sequence[Authority] | None = None
) -> LeafProof:
    """A leaf with its inclusion proof (RFC 9162, 2.1.3) against the newest checkpoint. Raises `AnnexaError`.

    With `authorities`, though they be none, stamps say when it was sealed: believed against the certificates of these
    authorities where they name the one that stamped, else against what the store keeps beside the stamp.
    """
    data = leaf_data(connection, position)
    if data is None:
        raise AnnexaError(f"the log has no leaf {position}", "`annexa status` says how many there are")
    digest = hash_leaf(data)
    latest = store.latest_checkpoint(connection)
    size, root = (latest[0].size, latest[0].root) if latest else (0, b"")
    path = inclusion(position, size, loader(connection)) if position < size else []
    bounds = Bounds() if authorities is None else Stamps(store, connection, authorities).bounds(position)
    return LeafProof(
        position=position,
        data=parse(data),
        hash=digest.hex(),
        path=tuple(each.hex() for each in path),
        checkpoint_size=size,
        checkpoint_root=root.hex(),
        proven=position < size and verify_inclusion(digest, position, size, path, root),
        not_before=bounds.not_before,
        not_after=bounds.not_after,
        refused=bounds.refused,
    )
