"""Measures over a period: what they say must follow from what was sealed, and must not hide what nobody saw."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from core.errors import AnnexaError
from core.management.figures import FIGURES, Measured, against, spelt
from core.management.organization import Objective
from core.model import Conclusion, Severity
from core.settings import read_document
from evidence_store.questions.periods import Span, State, Timeline
from evidence_store.schema import assessment, disposal
from evidence_store.store import Store
from management.measures.estate import End, episodes_of, mean, percentile
from management.measures.measures import MOST_MOMENTS, Measures, measures, series
from runs.configuration import read
from runs.state import report
from tests.management.conftest import DAY, NORTH, Office, plant

START = datetime(2026, 1, 1, tzinfo=UTC)


def measured(office: Office, start: str = "", end: str = "", framework: str = "") -> Measures:
    office.farm.now += timedelta(minutes=1)
    with office.farm.store() as store:
        now = office.farm.now
        return measures(office.farm.configuration, store, now, start=start, end=end, framework=framework)


def test_each_figure_names_what_it_counts(office: Office) -> None:
    office.raised()
    office.days(1)
    office.farm.world.flowers["south"] = {"oak": 5}
    office.days(1)
    office.farm.world.wrong = {"south": PermissionError("the gate is locked")}
    office.days(1)
    found = measured(office)
    assert set(found.behind) >= set(FIGURES)
    for name, figure in found.figures.items():
        counted = name not in ("control_coverage", "estate_coverage", "time_known") and "_days_" not in name
        if counted and figure:
            assert len(found.behind[name].names) == figure.value, name
    failing = [each.id for each in office.farm.report().findings if each.status == "fail"]
    assert list(found.behind["failing"].names) == failing
    assert found.behind["failing"].one == f"annexa show NAME --as-of {found.past.size - 1}"
    (name,) = [each for severity in Severity for each in found.behind[f"resolved_{severity.value}"].names]
    assert any(found.behind[f"p90_days_to_resolve_{severity.value}"].names == (name,) for severity in Severity)
    assert found.behind["nonconformities_open"].names == ("NC-0001",)


def test_controls_of_either_edition_are_measured(office: Office) -> None:
    older = measured(office, framework="iso27001_2013")
    assert (older.framework, len(older.controls)) == ("iso27001_2013", 114)
    assert measured(office).framework == "iso27001_2022"
    with pytest.raises(AnnexaError, match="there is no framework iso27001_2014, did you mean iso27001_2013"):
        measured(office, framework="iso27001_2014")


def test_the_end_of_a_period_is_what_the_report_says(office: Office) -> None:
    office.days(2)
    found = measured(office)
    report = office.farm.report()
    (edition,) = [each for each in report.frameworks if each.id == found.framework]
    assert [(each.control, each.conclusion) for each in found.controls] == [
        (each.control.id, each.conclusion) for each in edition.controls
    ]
    assert found.figures["failing"] == Measured(sum(each.status == "fail" for each in report.findings))
    assert set(found.figures) == set(FIGURES)
    assert found.moments[-1] == found.end
    assert found.figures["estate_coverage"] == Measured(100)
    assert found.conclusions[-1].counts[Conclusion.CONTRADICTED] == found.figures["controls_contradicted"].value  # type: ignore[union-attr]  # it is known
    assert all(sum(each.totals.values(), timedelta()) == found.end - found.start for each in found.controls)


def test_a_failure_that_was_mended_took_its_time(office: Office) -> None:
    office.days(1)
    office.mow()
    office.days(2)
    found = measured(office)
    (resolved,) = [each for each in found.resolutions if each.resolved]
    assert (resolved.resolved, resolved.partly_unseen, resolved.reappeared) == (1, 0, 0)
    assert DAY < resolved.mean <= 2 * DAY + timedelta(hours=1)  # type: ignore[operator]  # something was resolved
    assert resolved.mean == resolved.p90
    assert found.figures[f"mean_days_to_resolve_{resolved.severity}"] is not None
    office.farm.world.flowers["north"]["lily"] = 30
    office.days(1)
    again = measured(office)
    assert again.figures["reappeared"] == Measured(1)
    first = measured(office, end=f"{found.start + DAY:%Y-%m-%dT%H:%M:%SZ}")
    assert first.figures["reappeared"] == Measured(0)


def test_blindness_is_seen_in_every_measure(office: Office) -> None:
    """Nothing fails any more where nobody can look: no measure may say so."""
    before = measured(office)
    office.farm.world.flowers["north"] = {}
    office.farm.world.wrong = {"north": PermissionError("the gate is locked")}
    office.days(1)
    found = measured(office)
    assert found.places[-1].incomplete > before.places[-1].incomplete
    assert found.figures["estate_coverage"].value < 100  # type: ignore[union-attr]  # it is known
    assert found.figures["gaps"].value > 0  # type: ignore[union-attr]  # it is known
    assert found.figures["failing"].more  # type: ignore[union-attr]  # it is known
    assert found.known < found.stood
    assert sum(each.out_of_sight for each in found.resolutions) == 1
    assert all(each.source == NORTH for each in found.gaps)


def test_old_evidence_is_not_fresh(office: Office) -> None:
    office.farm.now += 40 * DAY
    found = measured(office)
    assert (found.figures["estate_coverage"], found.figures["control_coverage"]) == (Measured(0), Measured(0))
    assert found.places[-1].stale == found.places[-1].places
    assert found.conclusions[-1].counts[Conclusion.CONTRADICTED] == 0


def test_nonconformities_over_time(office: Office) -> None:
    raised = measured(office).people
    assert [each.open for each in raised.series] == [0] * len(raised.series)
    office.implemented()
    office.farm.now += 200 * DAY
    found = measured(office)
    (led,) = [each for each in found.people.led if each.raised]
    assert (led.raised, led.open, led.overdue, led.closed, led.mean) == (1, 1, 1, 0, None)
    assert [each.open for each in found.people.series][-1] == 1
    assert found.figures["nonconformities_overdue"] == Measured(1)
    assert found.figures["actions_overdue"] == Measured(0)  # it was done


def test_without_a_scan_there_is_nothing_to_measure(
    meadow: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    farm = plant(meadow, tmp_path)
    with Store.create(farm.configuration.location) as store, pytest.raises(AnnexaError, match="there is no scan yet"):
        measures(farm.configuration, store, farm.now)


def test_a_period_must_be_one(office: Office) -> None:
    with pytest.raises(AnnexaError, match="before it begins"):
        measured(office, start="2999-01-01")
    with pytest.raises(AnnexaError, match="still to come"):
        measured(office, end="2999-01-01")
    assert "nothing is known from before" in " ".join(measured(office, start="2001-01-01").warnings)


def spans(text: str) -> Timeline:
    """One hour for each letter: Fail, Blind, Unknown, Pass, nothing (-)."""
    states = {"F": State.FAIL, "B": State.BLIND, "U": State.UNKNOWN, "P": State.PASS, "-": State.ABSENT}
    hour = timedelta(hours=1)
    return Timeline(tuple(Span(START + n * hour, START + (n + 1) * hour, states[each]) for n, each in enumerate(text)))


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("PPP", []),
        ("FFP", [End.RESOLVED]),
        ("FF-", [End.VANISHED]),
        ("FBP", [End.RESOLVED]),
        ("FBB", [None]),
        ("BFUF", [None]),
        ("FPFP", [End.RESOLVED, End.RESOLVED]),
    ],
)
def test_a_failure_ends_when_it_is_seen_not_to_be_so(text: str, ends: list[End | None]) -> None:
    found = list(episodes_of("f", Severity.HIGH, spans(text)))
    assert [each.end for each in found] == ends
    assert [each.again for each in found] == [number > 0 for number in range(len(found))]


def test_who_judges_otherwise_resolves_nothing() -> None:
    (found,) = episodes_of("f", Severity.HIGH, spans("FP"), {START + timedelta(hours=1)})
    assert found.end is End.JUDGED_OTHERWISE


@given(st.lists(st.integers(0, 10**6), min_size=1))
def test_a_percentile_is_the_least_that_ninety_of_a_hundred_do_not_exceed(seconds: list[int]) -> None:
    lengths = [timedelta(seconds=each) for each in seconds]
    found = percentile(lengths, 90)
    assert found in lengths
    assert sum(each <= found for each in lengths) * 10 >= 9 * len(lengths)
    assert sum(each < found for each in lengths) * 10 < 9 * len(lengths)
    assert min(lengths) <= mean(lengths) <= max(lengths)  # type: ignore[operator]  # there are some


@given(st.integers(60, 3 * 366 * 86400))
def test_a_series_ends_at_the_end_and_is_not_long(seconds: int) -> None:
    moments = series(START, START + timedelta(seconds=seconds))
    assert (moments[0], moments[-1]) == (START, START + timedelta(seconds=seconds))
    assert len(moments) <= MOST_MOMENTS
    assert sorted(set(moments)) == list(moments)


@pytest.mark.parametrize(
    ("measured", "bounds", "reached"),
    [
        (Measured(3), {"at_most": 3}, True),
        (Measured(4), {"at_most": 3}, False),
        (Measured(0, more=True), {"at_most": 0}, None),
        (Measured(1, more=True), {"at_most": 0}, False),
        (Measured(99.99), {"at_least": 100}, False),
        (Measured(5, more=True), {"at_least": 5}, True),
        (Measured(4, more=True), {"at_least": 5}, None),
        (None, {"at_least": 5}, None),
    ],
)
def test_an_objective_is_reached_when_nothing_unknown_can_change_that(
    measured: Measured | None, bounds: dict[str, int], reached: bool | None
) -> None:
    objective = Objective(id="O1", statement="few", owner="Ada", measure="failing", **bounds)  # type: ignore[arg-type]  # only bounds
    assert against(objective, {"failing": measured}).reached is reached


def test_an_objective_without_a_figure_is_for_people() -> None:
    objective = Objective(id="O1", statement="trained", owner="Ada", target="everybody")
    assert against(objective, {}).sentence == "people judge it: everybody"
    unknown = Objective(id="O1", statement="trained", owner="Ada", measure="luck", at_least=1)
    assert "no figure named luck" in against(unknown, {}).sentence


@pytest.mark.parametrize(
    ("value", "text"),
    [(100.0, "100"), (99.99, "99.99"), (99.99999, "<100"), (0.00001, ">0"), (12.25, "12.2"), (1234, "1,234")],
)
def test_nothing_is_rounded_to_a_whole_that_it_is_not(value: float, text: str) -> None:
    assert spelt(value) == text


def test_a_place_that_was_given_up_is_no_part_of_the_estate(office: Office) -> None:
    office.days(1)
    before = measured(office).places[-1].places
    office.farm.text = office.farm.text.replace(", {name: south}", "")
    office.days(1)
    found = measured(office)
    assert 0 < found.places[-1].places < before
    assert max(each.places for each in found.places) == before


def test_an_objective_can_only_ask_for_what_is_measured() -> None:
    asked = (
        "organization: {name: A, objectives: [{id: a, statement: b, owner: c, measure: estate_coverge, at_least: 1}]}"
    )
    with pytest.raises(AnnexaError, match="there is no figure named estate_coverge, did you mean estate_coverage"):
        read(read_document("config.yaml", asked), {}, Path())


def test_at_every_moment_measures_say_what_the_report_of_then_says(office: Office) -> None:
    """Failing, out of sight, mended, grown too old: the series against `annexa status --as-of`, moment by moment."""
    flowers = office.farm.world.flowers
    office.days(2)
    flowers["north"], kept = {}, flowers["north"]
    office.farm.world.wrong = {"north": PermissionError("the gate is locked")}
    office.days(1)
    flowers["north"], office.farm.world.wrong = dict.fromkeys(kept, 5), {}
    flowers["south"] = {"oak": 5}
    office.days(1)
    office.farm.now += 9 * DAY
    office.days(1)
    found = measured(office)
    seen = set()
    for hours in range(12, int((found.end - found.start) / timedelta(hours=1)), 24):
        at = found.start + timedelta(hours=hours)
        with office.farm.store() as store:
            then = report(office.farm.configuration, store, office.farm.now, as_of=f"{at:%Y-%m-%dT%H:%M:%SZ}")
        (edition,) = [each for each in then.frameworks if each.id == found.framework]
        said = {each.control.id: each.conclusion for each in edition.controls}
        assert {each.control: each.at(at).conclusion for each in found.controls} == said, at
        seen |= set(said.values())
    assert seen == {Conclusion.CONTRADICTED, Conclusion.UNDETERMINED, Conclusion.SUPPORTED, Conclusion.NO_EVIDENCE}


def test_what_was_disposed_of_is_out_of_sight(office: Office) -> None:
    office.days(3)
    whole = measured(office)
    check = "meadow.flower_is_low"
    with office.farm.store() as store, store.writing() as connection:
        cut = connection.execute(
            select(func.max(assessment.c.position)).where(assessment.c.check == check)
        ).scalar_one()
        row = {
            "what": "verdicts",
            "name": check,
            "source": "",
            "before": cut,
            "position": cut,
            "at": "2026-02-03T12:00:00Z",
        }
        connection.execute(disposal.insert(), row)
    found = measured(office)
    (before, after) = (next(each for each in m.controls if each.control == "A.8.17") for m in (whole, found))
    assert {each.conclusion for each in before.spans} == {Conclusion.CONTRADICTED}
    assert [each.conclusion for each in after.spans] == [Conclusion.UNDETERMINED, Conclusion.CONTRADICTED]
    (oldest,) = [each.oldest for each in found.resolutions if each.oldest]
    assert oldest > START
    assert not found.failing[0].judged
    assert "verdicts of 1 checks from before" in found.warnings[-1]
