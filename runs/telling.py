"""What surveys are told before they are asked: resources that earlier scans saw in other sources."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from core.model import Evidence
from core.source import Survey
from evidence_store.questions.queries import latest_evidence
from evidence_store.store import Store
from runs.freshness import believed
from runs.plugins import resource_kinds


def tell(surveys: Sequence[Survey], store: Store, now: datetime, stale_after: timedelta) -> None:
    """Tell each survey the newest evidence of the kinds that it wants."""
    if wanted := {kind for survey in surveys for kind in survey.wants}:
        known = newest(store, wanted, now, stale_after)
        for survey in surveys:
            survey.tell([each for each in known if each.kind in survey.wants])


def newest(store: Store, kinds: Collection[str], now: datetime, stale_after: timedelta) -> list[Evidence]:
    """The newest evidence of these kinds, wherever it is from. What is stale is empty, with a gap that says so."""
    types = {kind: cls for kind, cls in resource_kinds().items() if kind in kinds}
    with store.reading() as connection:
        return [believed(each.evidence, now, stale_after) for each in latest_evidence(store, connection, types)]
