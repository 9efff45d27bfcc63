"""Scans that benchmarks seal."""

from __future__ import annotations

from datetime import datetime

from evidence_store.store import Store
from evidence_store.writer import Opening, ScanWriter


def begin(store: Store, name: str, at: datetime) -> ScanWriter:
    """Open a scan by the benchmark, of everything."""
    opening = Opening(
        scan=name,
        agent="benchmark",
        agent_version="",
        login="",
        trigger="benchmark",
        configuration="",
        narrowed=False,
        left_out=(),
    )
    return ScanWriter.begin(store, opening, at=at)
