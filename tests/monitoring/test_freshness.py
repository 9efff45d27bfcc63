"""How old what was seen is, place by place."""

from __future__ import annotations

from datetime import timedelta

from monitoring.freshness import PlaceFreshness, freshness
from tests.runs.farm import Farm

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_a_place_is_as_fresh_as_the_oldest_of_what_was_seen_there(farm: Farm) -> None:
    farm.scan()
    first = farm.now
    farm.scan(sources=("meadow/north",))
    with farm.store() as store:
        found = {each.source: each for each in freshness(store, first + 2 * DAY + HOUR, 2 * DAY)}
    assert found["meadow/south"] == PlaceFreshness(
        source="meadow/south",
        scope="",
        collected_at=first,
        until=first + 2 * DAY,
        kinds=("meadow.flower", "meadow.soil"),
        stale=True,
    )
    assert (found["meadow/north"].collected_at, found["meadow/north"].stale) == (first + HOUR, False)
