"""What a name means, and its history: findings, checks, controls and resources."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest

from core.codec import timestamp
from core.errors import AnnexaError
from evidence_store.questions.periods import State
from evidence_store.records import finding_id
from evidence_store.schema import disposal
from evidence_store.store import Store
from runs.history import History, history
from tests.runs.farm import LOW, SOIL, Farm

NORTH = "meadow/north"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def lived(farm: Farm) -> Farm:
    """Lily was high until somebody mowed it; then nobody looked for three days."""
    farm.scan()
    farm.world.flowers = {"north": {"rose": 5, "lily": 20}, "south": {"oak": 5}}
    farm.scan()
    farm.world.flowers["north"]["lily"] = 3
    farm.scan()
    farm.now += 3 * DAY
    return farm


def asked(farm: Farm, name: str, start: str = "", end: str = "") -> History:
    with farm.store() as store:
        return history(farm.configuration, store, name, farm.now, start=start, end=end)


def totals(found: History) -> dict[str, timedelta]:
    return {state.value: length for state, length in found.timeline.totals.items()}


def test_a_finding(lived: Farm) -> None:
    found = asked(lived, finding_id(LOW, NORTH, "", "lily")[:8])
    assert (found.kind, found.stale_after) == ("finding", 2 * DAY)
    assert totals(found) == {"fail": 2 * HOUR, "pass": 2 * DAY, "blind": DAY}
    assert found.timeline.last_failure == found.start + 2 * HOUR


def test_a_check_and_those_below_a_name(lived: Farm) -> None:
    one = asked(lived, LOW)
    assert one.kind == "check"
    assert totals(one) == {"fail": 2 * HOUR, "pass": 2 * DAY, "blind": DAY}
    assert one.timeline.spans[0].counts == {State.FAIL: 2, State.PASS: 1}
    many = asked(lived, "meadow")
    assert (many.kind, [each.check for each in many.checks]) == ("checks", [LOW, SOIL])
    assert many.timeline.spans[0].counts == {State.FAIL: 1, State.PASS: 1}


def test_a_control_of_either_edition(lived: Farm) -> None:
    found = asked(lived, "A.8.17")
    assert found.kind == "control"
    assert LOW in [each.check for each in found.checks]
    assert totals(found)["fail"] == 2 * HOUR
    assert asked(lived, "iso27001_2013:A.12.4.4").kind == "control"
    with pytest.raises(AnnexaError, match=r"no check that serves A.7.1 was ever made here"):
        asked(lived, "A.7.1")


def test_a_resource(lived: Farm) -> None:
    found = asked(lived, "lily")
    assert (found.kind, len(found.checks)) == ("resource", 1)
    assert totals(found) == {"fail": 2 * HOUR, "pass": 2 * DAY, "blind": DAY}


def test_a_period_between_two_moments(lived: Farm) -> None:
    begin = asked(lived, LOW).start
    found = asked(lived, LOW, start=timestamp(begin + HOUR), end=timestamp(begin + 3 * HOUR))
    assert totals(found) == {"fail": HOUR, "pass": HOUR}
    assert asked(lived, LOW, start="2026-01-30").timeline.totals[State.BLIND] == DAY + 37 * HOUR
    assert asked(lived, LOW, end="2026-01-31").timeline.length == timedelta(hours=10, microseconds=-1) + HOUR


def test_what_is_no_period_and_no_name_is_refused(lived: Farm) -> None:
    for name, start, end, problem in (
        (LOW, "", "2026-03-01", "2026-03-01T23:59:59.999999Z is still to come"),
        (LOW, "2026-02-01", "2026-01-31", "the period ends at 2026-01-31T23:59:59.999999Z, before it begins"),
        (LOW, "soon", "", "soon is not a moment"),
        ("zebra", "", "", "no finding, check, control or resource is called zebra"),
    ):
        with pytest.raises(AnnexaError, match=problem) as refused:
            asked(lived, name, start, end)
        assert refused.value.hint


def test_an_ambiguous_id_is_told(farm: Farm) -> None:
    farm.world.flowers["north"] = {f"f{number}": 1 for number in range(1200)}
    farm.scan()
    ids = [row[0] for row in farm.rows("SELECT id FROM finding ORDER BY id")]
    twice = next(a[:4] for a, b in pairwise(ids) if a[:4] == b[:4])
    with pytest.raises(AnnexaError, match=f"2 findings begin with {twice}"):
        asked(farm, twice)


def test_before_the_first_scan_there_is_nothing(farm: Farm) -> None:
    Store.create(farm.configuration.location).close()
    with pytest.raises(AnnexaError, match="there is no scan yet"):
        asked(farm, LOW)


def test_what_was_disposed_of_is_said_to_be(lived: Farm) -> None:
    with lived.store() as store, store.writing() as connection:
        row = {"what": "verdicts", "name": LOW, "source": "", "before": 8, "position": 9, "at": "2026-02-02T00:00:00Z"}
        connection.execute(disposal.insert(), row)
    begin = asked(lived, SOIL).start
    with pytest.raises(AnnexaError, match=r"were disposed of \(leaf 9\)") as refused:
        asked(lived, LOW, start=timestamp(begin))
    assert refused.value.hint == f"ask about the time since then: --from {timestamp(begin + HOUR)}"
    assert asked(lived, LOW).start == begin + HOUR
