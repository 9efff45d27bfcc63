"""What a report of the past says is what the report said then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.codec import timestamp
from core.errors import AnnexaError
from core.model import Conclusion
from evidence_store.errors import BrokenSealError
from evidence_store.questions.past import Past
from mappings import loader
from runs import rules
from runs.as_of import as_of, spoken
from runs.report import Report
from runs.rules import in_force
from runs.state import report
from runs.tracing import Trace, follow
from tests.runs.farm import LOW, MEADOWS, SOIL, Farm

NORTH = "meadow/north"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
EMPTY_STORE = "store: {folder: other}\n"


def then(farm: Farm, text: str) -> Report:
    with farm.store() as store:
        return report(farm.configuration, store, farm.now, as_of=text)


def same(past: Report, live: Report) -> bool:
    """Whether two reports say the same, but for when the page was made and that one is of the past."""
    return replace(past, generated=live.generated, past=None) == live


def test_a_report_of_the_past_is_the_report_of_that_time_field_by_field(farm: Farm, meadow: Any) -> None:
    said: list[tuple[str, Report]] = []

    def remember(name: str) -> None:
        said.append((name, farm.report()))

    remember(farm.scan().scan)
    farm.world.flowers["north"] |= {"lily": 3, "moss": 1}
    remember(farm.scan().scan)
    farm.world.wrong["south"] = meadow.GateError("the gate is shut")
    remember(farm.scan(sources=("meadow/south",)).scan)
    remember(timestamp(farm.now))
    farm.now += 3 * DAY  # everything is stale by now, and said to be
    remember(timestamp(farm.now))
    farm.text = (
        MEADOWS + f"checks: {{settings: {{{LOW}: {{most: 4}}}}, disabled: [{SOIL}]}}\nfreshness: {{stale_after: 9d}}\n"
    )
    farm.world.wrong.clear()
    del farm.world.flowers["north"]["rose"]
    remember(farm.scan().scan)
    farm.now += 3 * DAY
    remember(timestamp(farm.now))
    farm.text = "sources: {meadow: [{name: north}]}\n"
    remember(farm.scan().scan)
    for _ in range(3):
        farm.world.flowers["north"]["thistle"] = 100 - len(said)
        farm.scan(checks=(LOW,))
    for name, live in said:
        assert same(then(farm, name), live), name
    assert len({str(live.findings) for _, live in said}) >= 6


def test_what_was_fresh_then_is_fresh_and_what_was_stale_is_stale(farm: Farm) -> None:
    farm.scan()
    at = farm.now
    farm.now += 30 * DAY
    assert "unknown" not in {f.status for f in then(farm, timestamp(at + DAY)).findings}
    assert {f.status.value for f in then(farm, timestamp(at + 3 * DAY)).findings} == {"unknown"}


def test_days_scans_and_leaves_name_a_moment(farm: Farm) -> None:
    done = farm.scan()
    farm.scan(later=2 * DAY)
    with farm.store() as store:
        first = as_of(store, done.scan, farm.now)
        assert first
        assert first.past == Past(size=first.past.size, moment=datetime(2026, 1, 31, 13, tzinfo=UTC))
        by_leaf = as_of(store, str(first.past.size - 1), farm.now)
        assert by_leaf == first
        by_day = as_of(store, "2026-01-31", farm.now)
        assert by_day
        assert by_day.past.size == first.past.size
        assert by_day.past.moment == datetime(2026, 1, 31, 23, 59, 59, 999999, UTC)
        today = as_of(store, "2026-02-02", farm.now)
        assert today
        assert today.past.moment == farm.now
        assert as_of(store, "", farm.now) is None
    assert spoken("2026-01-31", begins=True) == datetime(2026, 1, 31, tzinfo=UTC)
    assert spoken("2026-01-31T12:00:00+02:00") == spoken("2026-01-31T10:00:00")


REFUSED = [
    ("2026-01-30", "no scan had finished by 2026-01-30T23:59:59", "the first checkpoint is of 2026-01-31T13:00:00Z"),
    ("2026-03-01", "2026-03-01T23:59:59.999999Z is still to come", "it is 2026-01-31T14:00:00Z now"),
    ("2026-01-31T14:00:01Z", "2026-01-31T14:00:01Z is still to come", "now"),
    ("9999", "the log has no leaf 9999", "a moment such as 2026-01-31"),
    ("yesterday", "yesterday is neither a moment nor a scan", "write it as 2026-01-31"),
    ("2026-02-30", "2026-02-30 is neither", "write it as"),
]


def test_what_cannot_be_told_is_refused(farm: Farm) -> None:
    farm.scan()
    farm.now += HOUR
    for text, problem, hint in REFUSED:
        with pytest.raises(AnnexaError, match=problem) as refused:
            then(farm, text)
        assert hint in refused.value.hint


def test_a_scan_without_an_end_names_no_moment(farm: Farm, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the judge is ill")

    with monkeypatch.context() as patch:
        patch.setattr("runs.verdicts.judge", broken)
        with pytest.raises(RuntimeError):
            farm.scan()
    with farm.store() as store:
        with pytest.raises(AnnexaError, match="no scan has finished yet"):
            as_of(store, "2026-01-31T12:30:00Z", farm.now)
        (name,) = farm.rows("SELECT id FROM scan")[0]
        with pytest.raises(AnnexaError, match=f"scan {name} has no end: it died"):
            as_of(store, name, farm.now)
    assert then(farm, "0").warnings[0].startswith("no scan had finished then: it is not known which checks")
    farm.scan()
    end = farm.now
    with monkeypatch.context() as patch:
        patch.setattr("runs.verdicts.judge", broken)
        with pytest.raises(RuntimeError):
            farm.scan()
    last = farm.rows("SELECT max(position) FROM leaf")[0][0]
    farm.now += HOUR
    past = then(farm, timestamp(farm.now))
    assert past.warnings[0].startswith("leaves ")
    assert past.warnings[0].endswith(f"to {last} had been written, but not signed: see --as-of {last}")
    assert past.scan.started == end
    assert then(farm, str(last)).scan.status == "running"


def test_a_clock_that_was_ahead_is_told(farm: Farm) -> None:
    farm.scan()
    farm.scan(later=10 * DAY)
    farm.now -= 9 * DAY
    farm.scan()
    found = then(farm, timestamp(farm.now))
    assert found.warnings[0].startswith("a clock was wrong: leaf ")
    assert found.scan.started == datetime(2026, 1, 31, 13, tzinfo=UTC)


def alter_mapping(monkeypatch: pytest.MonkeyPatch, text: Mapping[str, tuple[str, str]]) -> None:
    """Another version of Annexa, with other mapping files."""
    original = loader._content

    def content(file: str) -> bytes:
        before, after = text.get(file, ("", ""))
        return original(file).replace(before.encode(), after.encode())

    monkeypatch.setattr(loader, "_content", content)
    forget()


def forget() -> None:
    for cached in (loader.objectives, loader.framework, loader.mapping_digest, loader.documents, loader.frameworks):
        cached.cache_clear()


@pytest.fixture
def _forgetful(monkeypatch: pytest.MonkeyPatch) -> Any:
    yield
    monkeypatch.undo()
    forget()


@pytest.mark.usefixtures("_forgetful")
def test_conclusions_follow_the_mapping_of_that_day(farm: Farm, monkeypatch: pytest.MonkeyPatch) -> None:
    done = farm.scan()
    live = farm.report()
    alter_mapping(monkeypatch, {"iso27001_2022.yaml": ("clocks-agree", "logs-are-kept")})
    past = then(farm, done.scan)
    assert past.frameworks == live.frameworks
    assert past.warnings == (
        "the mapping iso27001_2022 has changed since: what was in force then is used, as it was sealed",
    )
    assert farm.report().frameworks != live.frameworks


@pytest.mark.usefixtures("_forgetful")
def test_a_mapping_that_was_not_kept_is_told(farm: Farm, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("runs.scan.to_seal", lambda _: None)  # as the first format did
        done = farm.scan()
    live = farm.report()
    past = then(farm, done.scan)
    assert past.frameworks == live.frameworks
    assert past.warnings == (
        "scans of that time did not seal the freshness target, nor what checks said of themselves: those of today are used",
    )
    farm.text = MEADOWS + f"checks: {{disabled: [{SOIL}]}}\n"
    alter_mapping(monkeypatch, {"iso27001_2022.yaml": ("clocks-agree", "logs-are-kept")})
    monkeypatch.setattr(rules, "frameworks", lambda: ("iso27001_2022",))
    past = then(farm, done.scan)
    assert past.warnings == (
        "the mapping iso27001_2022 has changed since and was not kept: conclusions follow today's",
        "the mapping iso27001_2013 is not installed any more and was not kept: it is left out",
        "scans of that time did not seal the freshness target, nor what checks said of themselves: those of today are used",
        f"{SOIL}: not switched on today, so nobody knows which controls it served",
    )
    assert [each.id for each in past.frameworks] == ["iso27001_2022"]


@pytest.mark.usefixtures("_forgetful")
def test_kept_files_that_are_not_those_of_the_mapping_are_a_broken_seal(
    farm: Farm, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("runs.scan.mapping_digest", lambda _: "0" * 64)
        done = farm.scan()
    with pytest.raises(BrokenSealError, match="the files kept of the mapping iso27001_2022 are not those"):
        then(farm, done.scan)


def test_the_words_of_a_check_that_is_gone_are_kept(farm: Farm, monkeypatch: pytest.MonkeyPatch) -> None:
    done = farm.scan()
    name = next(f.id for f in farm.report().findings if f.resource == "lily")
    live = farm.report()
    monkeypatch.setattr(rules, "enabled_checks", lambda _: {})
    monkeypatch.setattr(rules, "all_checks", dict)
    assert then(farm, done.scan).frameworks == live.frameworks
    with farm.store() as store:
        now, nothing = follow(farm.configuration, store, name, farm.now)
        found, when = follow(farm.configuration, store, name, farm.now, done.scan)
    assert isinstance(found, Trace)
    assert isinstance(now, Trace)
    assert (now.check, now.controls, nothing) == (None, (), None)
    assert found.check == live.checks[LOW]
    assert "ISO/IEC 27001:2022 A.8.17" in found.controls
    assert when
    assert any(r.conclusion is Conclusion.CONTRADICTED for f in live.frameworks for r in f.controls)


def test_a_finding_is_shown_as_it_was(farm: Farm) -> None:
    done = farm.scan()
    live = next(f for f in farm.report().findings if f.resource == "lily")
    farm.world.flowers["north"]["lily"] = 2
    later = farm.scan()
    with farm.store() as store:
        found, _ = follow(farm.configuration, store, live.id, farm.now, done.scan)
        assert isinstance(found, Trace)
        assert found.finding == live
        assert [leaf.checkpoint_size for leaf in found.leaves] == [live.leaf + 3] * len(found.leaves)
        with pytest.raises(AnnexaError, match=f"nothing is called {later.scan}"):
            follow(farm.configuration, store, later.scan, farm.now, done.scan)


def test_rules_of_now_are_those_installed(farm: Farm) -> None:
    farm.scan()
    with farm.store() as store:
        found = in_force(store, farm.configuration, None)
    assert found.stale_after == farm.configuration.stale_after
    assert found.warnings == ()
