"""Surveys are told what earlier scans saw elsewhere, and that it is stale when it is."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from core.engine import collect
from core.model import CollectionGap, Evidence
from core.plugins import collector
from core.resources.host.connection import HostConnection
from core.source import Source, Survey
from evidence_store.location import Location
from evidence_store.store import Store
from evidence_store.writer import Opening, ScanWriter
from runs.telling import tell
from tests.checks.host.test_connection import connection
from tests.twins import NOW


class Wondering(Survey):
    """A survey that wants to know of connections, or of nothing."""

    def __init__(self, *wants: str) -> None:
        self.wants = wants
        self.told: list[Evidence] = []

    @property
    def id(self) -> str:
        return "wondering"

    @property
    def principal(self) -> str:
        return ""

    def explain(self, error: Exception) -> CollectionGap | None:
        return None

    def tell(self, evidence: Sequence[Evidence]) -> None:
        self.told += evidence

    def unfold(self, evidence: Sequence[Evidence], known: Collection[tuple[str, str]]) -> Iterator[Source]:
        yield from ()


@collector(permissions=())
def connections(_source: Wondering) -> Iterator[HostConnection]:
    """A connection."""
    yield connection()


@pytest.mark.parametrize(("age", "seen"), [(timedelta(hours=1), 1), (timedelta(days=3), 0)])
def test_a_survey_hears_what_it_wants(age: timedelta, seen: int, tmp_path: Path) -> None:
    with Store.create(Location(tmp_path / "store", tmp_path / "key.pem")) as store:
        tell([Wondering("host_connection")], store, NOW, timedelta(days=2))
        opening = Opening(
            scan="1", agent="", agent_version="1", login="", trigger="", configuration="0" * 64,
            redaction_key="", narrowed=False, left_out=(),
        )  # fmt: skip
        writer = ScanWriter.begin(store, opening, at=NOW)
        try:
            writer.seal_source("wondering", [collect(connections, Wondering(), version="1", clock=lambda: NOW)], at=NOW)
        finally:
            writer.close()
        wondering, incurious = Wondering("host_connection"), Wondering()
        tell([incurious], store, NOW, timedelta(days=2))
        tell([wondering, incurious], store, NOW + age, timedelta(days=2))
    assert not incurious.told
    (told,) = wondering.told
    assert (len(told.resources), told.stale) == (seen, not seen)
