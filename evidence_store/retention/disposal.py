"""Throwing away what a policy says is too old, for good, and sealing a tombstone that says so.

The order survives being killed. One transaction seals the tombstone and takes the blobs out of the index; before it
nothing has happened, after it all has, and bytes that still lie in packs are a leftover that `compact` takes, now or
the next time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select

from core.codec import parse, timestamp
from evidence_store import records
from evidence_store.acts import seal_act
from evidence_store.blobs.compaction import Compacted, compact, rebase
from evidence_store.blobs.packs import MOST_AT_ONCE
from evidence_store.errors import BrokenSealError, StoreError
from evidence_store.log.append import log_size
from evidence_store.namings import each_leaf, namings
from evidence_store.records import Disposed
from evidence_store.retention.policy import Plan, Rule, make_plan
from evidence_store.schema import blob, upload
from evidence_store.store import Store
from evidence_store.verification.verify import verify


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Who throws away what, and why. `policy` says in words how old each kind of evidence may be."""

    reason: str
    login: str
    approver: str
    policy: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A disposal: the leaf that seals it, and what became of the bytes. `leaf` is -1 when nothing was to go."""

    leaf: int
    plan: Plan
    compacted: Compacted


def plan(store: Store, rules: Sequence[Rule]) -> Plan:
    """What these rules would throw away now. Raises `BrokenSealError`, `StoreError`."""
    with store.reading() as connection:
        return make_plan(connection, store.read_blob(connection), rules)


def dispose(store: Store, rules: Sequence[Rule], shown: Plan, decision: Decision, *, at: datetime) -> Done:
    """Throw away what the plan showed, and finish what an earlier disposal could not.

    The whole store is verified first, for what stands at the cut is sealed as it is found. Raises `BrokenSealError`
    when a seal does not hold, and `StoreError` when what would go is no longer what was shown.
    """
    with store.database.exclusive():
        if not shown.cuts:
            return Done(leaf=-1, plan=shown, compacted=compact(store, at))
        if problems := verify(store).problems:
            raise BrokenSealError(
                f"{store.name}: nothing is thrown away while a seal does not hold: {problems[0]}",
                "see all that is wrong: annexa verify",
            )
        found = plan(store, rules)
        if (found.digests, found.cuts) != (shown.digests, shown.cuts):
            raise StoreError(f"{store.name}: what would go is not what was shown any more", "look again, then decide")
        position = _seal(store, found, decision, at)
        return Done(leaf=position, plan=found, compacted=compact(store, at))


def _seal(store: Store, found: Plan, decision: Decision, at: datetime) -> int:
    names = b"".join(digest.hex().encode() + b"\n" for digest in found.digests)
    body = Disposed(
        salt=records.salt(),
        reason=decision.reason,
        login=decision.login,
        approver=decision.approver,
        policy=dict(decision.policy),
        cuts=found.cuts,
        blobs=_digest(names),
        count=len(found.digests),
        size=found.size,
        resources=_digest(found.resources),
        verdicts=_digest(found.verdicts),
        spared=tuple(map(str, found.spared)),
        remains=_remains(store, found.digests, at),
    )

    def remove(connection: Connection) -> None:
        _refuse_changed_since(store, connection, found)
        rebase(store, connection, found.digests)
        for start in range(0, len(found.digests), MOST_AT_ONCE):
            some = found.digests[start : start + MOST_AT_ONCE]
            connection.execute(delete(blob).where(blob.c.digest.in_(some)))

    return seal_act(store, records.DISPOSAL, body, at, blobs=(names, found.resources, found.verdicts), within=remove)


def _remains(store: Store, digests: Sequence[bytes], at: datetime) -> str:
    """Where bytes stay although nothing will lead to them: a lock in a bucket holds them. Raises `StoreError`."""
    if store.bucket is None:
        return ""
    with store.reading() as connection:
        packs = [
            (row.pack, row.version)
            for start in range(0, len(digests), MOST_AT_ONCE)
            for row in connection.execute(
                select(upload.c.pack, upload.c.version)
                .join(blob, blob.c.pack == upload.c.pack)
                .where(blob.c.digest.in_(digests[start : start + MOST_AT_ONCE]))
                .distinct()
            )
        ]
    states = [store.bucket.state(pack, version) for pack, version in sorted(set(packs))]
    locked = [state.locked_until for state in states if state and state.locked_until and state.locked_until > at]
    if not locked:
        return ""
    return f"Object Lock keeps bytes of {len(locked)} packs in {store.bucket.address} until {timestamp(max(locked))}"


def _refuse_changed_since(store: Store, connection: Connection, found: Plan) -> None:
    """Raise `StoreError` when a leaf that was sealed since leads to something that is about to go, or may hold it."""
    if log_size(connection) == found.log_size:
        return
    going, read = set(found.digests), store.read_blob(connection)
    for sealed in each_leaf(connection, first=found.log_size):
        if parse(sealed.data)["type"] == records.HOLD:
            raise StoreError(
                f"{store.name}: leaf {sealed.position}, sealed just now, places a legal hold", "look again, then decide"
            )
        if any(each.digest in going for each in namings(sealed, read)):
            raise StoreError(
                f"{store.name}: leaf {sealed.position}, sealed just now, leads to what was about to go", "try again"
            )


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
