"""Which scans are running, and which only say so because their process is gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from evidence_store.questions.states import ScanState
from evidence_store.schema import scan
from evidence_store.store import Store


def dead_scans(store: Store) -> tuple[str, ...]:
    """Scans without an end that nobody runs. One that ended while we looked has let go of its lock, and lives."""
    gone = [scan_id for scan_id in _running(store) if not store.database.is_held(scan_id)]
    still = set(_running(store)) if gone else set()
    return tuple(scan_id for scan_id in gone if scan_id in still)


def told_apart(store: Store, found: Sequence[ScanState]) -> list[ScanState]:
    """The same scans as they are now: those that run for the log alone have died, and no scan has sealed that yet."""
    dead = dead_scans(store) if any(each.status == "running" for each in found) else ()
    return [replace(each, status="died") if each.id in dead else each for each in found]


def _running(store: Store) -> list[str]:
    query = select(scan.c.id).where(scan.c.status == "running").order_by(scan.c.first)
    with store.reading() as connection:
        return list(connection.execute(query).scalars())
