"""The way down from a derived row to what is sealed: units with their exchanges, and leaves with their proofs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from core.codec import parse
from core.errors import AnnexaError
from core.model import Exchange, Unit
from evidence_store import records
from evidence_store.log.append import loader
from evidence_store.log.tree import hash_leaf, inclusion, verify_inclusion
from evidence_store.people.keyring import Keyring
from evidence_store.questions.past import Past
from evidence_store.questions.queries import leaf_data, ordinals, sealed_unit, units_of
from evidence_store.questions.states import TrustedMoment
from evidence_store.retention.tombstones import Tombstones
from evidence_store.store import Store, find
from evidence_store.timestamps.stamps import Bounds, Stamps
from evidence_store.timestamps.timestamp import Authority

ACTS = frozenset(
    {
        records.DISPOSAL,
        records.HOLD,
        records.HOLD_RELEASED,
        records.ERASURE,
        records.EXPORT,
        *records.EVENTS,
    }
)
"""The leaves that stand for what a person decided: who and why is worth showing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafProof:
    """A leaf, and the path from it to the root of the newest checkpoint; `proven` when the path leads there.

    It was sealed between the trusted moments `not_before` and `not_after`, as far as stamps tell; `refused` names
    stamps that would have told more, and what is wrong with them. `act` is the body of a leaf with which a person
    decided something.
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
    act: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenUnit:
    """A unit that a verdict rests on, with its exchanges and what was answered, the version of the agent that asked
    and the digest of its configuration (empty where that stands in `scan_started` alone).

    `disposed` says of answers that were thrown away, by their digest, when and why: they are empty here."""

    leaf: int
    ordinal: int
    unit: Unit
    exchanges: tuple[tuple[Exchange, bytes], ...]
    agent_version: str = ""
    configuration: str = ""
    disposed: Mapping[str, str] = field(default_factory=dict[str, str])


def units_below(
    store: Store, connection: Connection, position: int, kinds: Collection[str], scope: str
) -> list[SeenUnit]:
    """The units of a source leaf that looked at these kinds, in one scope or all. Raises `BrokenSealError`."""
    return [
        seen_unit(store, connection, position, ordinal)
        for ordinal in units_of(connection, position, kinds, scope or None)
    ]


def seen_unit(store: Store, connection: Connection, position: int, ordinal: int) -> SeenUnit:
    """One unit of a leaf. Raises `AnnexaError` when it has no such unit, `BrokenSealError`."""
    if ordinal not in ordinals(connection, position):
        raise AnnexaError(f"leaf {position} has no unit {ordinal}", f"what it is: annexa show {position}")
    read = Keyring(store, connection).revealing(store.read_blob(connection))
    sealed = sealed_unit(connection, position, ordinal, read)
    tombstones = Tombstones(connection, read)
    missing = {
        each.response: stone
        for each in sealed.unit.exchanges
        if each.response and find(connection, bytes.fromhex(each.response)) is None
        for stone in [tombstones.of(bytes.fromhex(each.response), position)]
    }
    disposed = {response: str(stone) for response, stone in missing.items() if stone}
    return SeenUnit(
        leaf=position,
        ordinal=ordinal,
        unit=sealed.unit,
        exchanges=tuple(
            (each, read(bytes.fromhex(each.response)) if each.response and each.response not in disposed else b"")
            for each in sealed.unit.exchanges
        ),
        agent_version=sealed.agent_version,
        configuration=sealed.configuration,
        disposed=disposed,
    )


def prove(
    store: Store,
    connection: Connection,
    position: int,
    authorities: Sequence[Authority] | None = None,
    past: Past | None = None,
) -> LeafProof:
    """A leaf with its inclusion proof (RFC 9162, 2.1.3) against the newest checkpoint, by now or by then.

    Raises `AnnexaError`.

    With `authorities`, though they be none, stamps say when it was sealed: believed against the certificates of these
    authorities where they name the one that stamped, else against what the store keeps beside the stamp.
    """
    data = leaf_data(connection, position)
    if past and position >= past.size:
        raise AnnexaError(f"the log had no leaf {position} then", f"it had {past.size}; ask without --as-of")
    if data is None:
        raise AnnexaError(f"the log has no leaf {position}", "`annexa status` says how many there are")
    digest = hash_leaf(data)
    latest = store.latest_checkpoint(connection, past.size if past else None)
    size, root = (latest[0].size, latest[0].root) if latest else (0, b"")
    path = inclusion(position, size, loader(connection)) if position < size else []
    bounds = Bounds() if authorities is None else Stamps(store, connection, authorities, past).bounds(position)
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
        act=_act(store, connection, data),
    )


def _act(store: Store, connection: Connection, data: bytes) -> Mapping[str, Any]:
    """Raises `BrokenSealError`, `CodecError`."""
    content = parse(data)
    if not isinstance(content, dict) or content.get("type") not in ACTS:
        return {}
    read = Keyring(store, connection).revealing(store.read_blob(connection))
    body: dict[str, Any] = parse(read(bytes.fromhex(content["body"])))
    return {name: value for name, value in body.items() if name != "salt"}
