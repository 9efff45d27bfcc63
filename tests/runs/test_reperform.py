"""A scan done again comes to the same, and where it does not, the answer says which of three things that is."""

from __future__ import annotations

import hashlib
import re
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from core.errors import AnnexaError
from core.model import CollectionGap, Status, passed
from core.plugins import PluginError
from core.resource import Resource, resource
from evidence_store.derived.cuts import EXCHANGES, RESOURCES
from evidence_store.questions.queries import Placed
from evidence_store.questions.standing import current_findings
from evidence_store.retention.disposal import Decision, dispose, plan
from evidence_store.retention.policy import Rule
from runs import reassessment, recollection
from runs.plugins import collector_with_provider
from runs.reperform import Asked, reperform
from runs.reperformance import Answer, Reperformance
from tests import tampering
from tests.runs import garden
from tests.runs.garden import COLLECTORS, DENIED, SMALL, Diary, Weather

REPRODUCED, CHANGED, CANNOT, DIFFERS, BROKEN = Answer


@pytest.fixture
def diary(tmp_path: Path) -> Diary:
    return Diary(tmp_path)


@pytest.fixture(autouse=True)
def _garden_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reassessment, "all_checks", lambda: garden.CHECKS)
    install(monkeypatch, garden)
    for name in ("rain", "mud", "asks_more", "breaks"):
        monkeypatch.setattr(Weather, name, getattr(Weather, name))


def install(monkeypatch: pytest.MonkeyPatch, provider: object) -> None:
    """Let this be the provider of gardens."""
    monkeypatch.setattr(
        recollection,
        "collector_with_provider",
        lambda name, source: (COLLECTORS[name], "garden", provider) if name in COLLECTORS else None,
    )


def again(diary: Diary, **asked: object) -> Reperformance:
    with diary.open() as store:
        return reperform(store, Asked(**asked))  # type: ignore[arg-type]


def answers(found: Reperformance) -> tuple[list[Answer], list[Answer]]:
    return [each.answer for each in found.checks], [each.answer for each in found.units]


def alter(diary: Diary, statement: str, *values: object) -> None:
    tampering.alter(diary.folder / "store" / "evidence.db", statement, *values)


def forget(diary: Diary, body: bytes) -> None:
    alter(diary, "DELETE FROM blob WHERE digest = ?", hashlib.sha256(body).digest())


def spoil(diary: Diary, body: bytes) -> None:
    """Let a blob's place hold other bytes."""
    alter(diary, "UPDATE blob SET offset = 0 WHERE digest = ?", hashlib.sha256(body).digest())


def test_everything_comes_to_the_same_at_both_levels(diary: Diary) -> None:
    diary.settings = {"most_cm": 80, "wide": ("kale",)}
    diary.scan(("north", SMALL), ("south", {"beds": "", "fences": DENIED}))
    found = again(diary)
    assert answers(found) == ([REPRODUCED] * 2, [REPRODUCED] * 4)
    assert (found.pending, found.broken, found.rechecks) == ((), (), ())
    assert all(each.same for each in found.checks)
    assert all(each.same for each in found.units)
    assert found.exit_status == 0


def test_progress_ends_with_all_of_it(diary: Diary) -> None:
    diary.scan(("north", SMALL))
    heard: list[tuple[int, int]] = []
    with diary.open() as store:
        reperform(store, Asked(), lambda done, total: heard.append((done, total)))
    assert heard == [(0, 4), (1, 4), (2, 4), (3, 4), (4, 4)]


def test_the_sealed_moment_and_settings_are_used(diary: Diary) -> None:
    diary.settings = {"most_cm": 200}
    diary.scan(("north", SMALL))
    assert again(diary).exit_status == 0
    with diary.open() as store, store.reading() as connection:
        said = {f.resource: (f.status, f.reason) for f in current_findings(store, connection) if "narrow" in f.check}
    assert said["kale"] == (Status.PASS, "kale is 120 cm wide on 2026-01-31")


def test_a_check_that_has_changed_and_says_the_same_accuses_nobody(diary: Diary) -> None:
    diary.digests = {garden.bed_is_narrow.id: "0" * 64, garden.beds.id: "1" * 64}
    diary.scan(("north", SMALL))
    found = again(diary)
    assert answers(found) == ([CHANGED, REPRODUCED], [CHANGED, REPRODUCED])
    assert found.checks[0].same is found.units[0].same is True
    assert "has changed since" in found.checks[0].reason
    assert found.exit_status == 0


def test_a_check_that_has_changed_and_says_something_else_lists_it(
    diary: Diary, monkeypatch: pytest.MonkeyPatch
) -> None:
    diary.digests = {garden.bed_is_narrow.id: "0" * 64}
    diary.scan(("north", SMALL))
    newer = replace(garden.bed_is_narrow, settings={"most_cm": 300}, setting_types={"most_cm": str})
    monkeypatch.setattr(reassessment, "all_checks", lambda: {**garden.CHECKS, newer.id: newer})
    found = again(diary)
    assert found.checks[0].answer is CHANGED
    (difference,) = found.checks[0].differences
    assert (difference.source, difference.resource) == ("garden/north", "kale")
    assert difference.sealed is not None
    assert difference.now is not None
    assert (difference.sealed.status, difference.now.status) == (Status.FAIL, Status.PASS)
    assert found.exit_status == 1


def test_a_changed_check_may_read_another_kind(diary: Diary, monkeypatch: pytest.MonkeyPatch) -> None:
    diary.digests = {garden.bed_is_fenced.id: "0" * 64}
    diary.scan(("north", SMALL))
    newer = replace(garden.bed_is_narrow, id=garden.bed_is_fenced.id)
    monkeypatch.setattr(reassessment, "all_checks", lambda: {**garden.CHECKS, newer.id: newer})
    assert again(diary).checks[1].answer is CHANGED


def test_the_same_code_with_another_result_is_serious(diary: Diary, monkeypatch: pytest.MonkeyPatch) -> None:
    diary.scan(("north", SMALL))
    other = replace(garden.bed_is_narrow, function=lambda *_, **__: passed("always"))
    monkeypatch.setattr(reassessment, "all_checks", lambda: {**garden.CHECKS, other.id: other})
    found = again(diary)
    assert answers(found) == ([DIFFERS, REPRODUCED], [REPRODUCED] * 2)
    assert [each.resource for each in found.checks[0].differences] == ["carrots", "kale"]
    assert found.exit_status == 1


def test_a_collector_that_depends_on_more_than_its_exchanges_shows(diary: Diary) -> None:
    diary.scan(("north", SMALL))
    Weather.rain = 95
    found = again(diary)
    assert answers(found) == ([REPRODUCED] * 2, [DIFFERS, REPRODUCED])
    assert [(each.resource, each.what) for each in found.units[0].resources] == [
        ("carrots", "sealed, and not found again"),
        ("kale", "differs in width_cm"),
    ]
    assert [each.check for each in found.rechecks] == [garden.bed_is_narrow.id, garden.bed_is_fenced.id]
    narrow = found.rechecks[0].differences
    assert [(each.resource, each.now.reason if each.now else None) for each in narrow] == [
        ("carrots", None),
        ("kale", "kale is 215 cm wide on 2026-01-31"),
    ]
    assert found.exit_status == 1


def test_only_checks_over_what_differs_are_judged_anew(diary: Diary) -> None:
    diary.scan(("north", SMALL))
    Weather.mud = 70
    found = again(diary)
    assert answers(found)[1] == [REPRODUCED, DIFFERS]
    assert [each.resource for each in found.units[1].resources] == ["kale"]
    assert [(each.check, each.answer) for each in found.rechecks] == [(garden.bed_is_fenced.id, REPRODUCED)]
    assert found.exit_status == 1


def test_a_resource_that_is_new_shows(diary: Diary) -> None:
    Weather.rain = 95
    diary.scan(("north", SMALL))
    Weather.rain = 0
    assert ("carrots", "found now, and not sealed") in {
        (each.resource, each.what) for each in again(diary).units[0].resources
    }


def test_a_gap_that_is_not_found_again_shows(diary: Diary, monkeypatch: pytest.MonkeyPatch) -> None:
    diary.scan(("north", {"beds": DENIED, "fences": ""}))
    monkeypatch.setattr(garden.Garden, "explain", lambda *_: CollectionGap("another reason"))
    found = again(diary)
    assert [(each.sealed, each.gap.reason) for each in found.units[0].gaps] == [
        (True, "nobody may see the beds"),
        (False, "another reason"),
    ]
    assert found.units[0].answer is DIFFERS
    assert found.rechecks[0].differences[0].resource == "*"


def test_a_kind_that_only_one_of_both_shows_is_a_difference(diary: Diary, monkeypatch: pytest.MonkeyPatch) -> None:
    diary.scan(("north", {"beds": "", "fences": ""}))
    fences = replace(garden.fences, yields=(garden.Fence, garden.Bed))
    monkeypatch.setitem(COLLECTORS, fences.id, fences)
    found = again(diary)
    assert [(each.kind, each.resource) for each in found.units[1].resources] == [("garden.bed", "*")]


def test_a_unit_that_was_given_up_has_nothing_to_replay_and_its_gap_stands(diary: Diary) -> None:
    diary.scan(("north", SMALL), given_up=True)
    found = again(diary)
    assert answers(found) == ([REPRODUCED] * 2, [CANNOT, REPRODUCED])
    assert "nothing to replay: the unit was given up" in found.units[0].reason
    assert "its sealed gap stands: gave up after 1 s" in found.units[0].reason
    assert found.exit_status == 3


def test_a_provider_may_offer_no_replay(diary: Diary, monkeypatch: pytest.MonkeyPatch) -> None:
    diary.scan(("north", SMALL))
    install(monkeypatch, SimpleNamespace())
    found = again(diary)
    assert answers(found) == ([REPRODUCED] * 2, [CANNOT] * 2)
    assert found.units[0].reason == "the provider garden offers no replay"
    assert (found.units[0].same, found.exit_status) == (None, 3)


def test_a_collector_may_not_be_installed(diary: Diary, monkeypatch: pytest.MonkeyPatch) -> None:
    diary.scan(("north", SMALL))
    monkeypatch.setattr(recollection, "collector_with_provider", lambda *_: None)
    assert again(diary).units[0].reason == f"no collector named {garden.beds.id} is installed"


def test_a_provider_may_miss_its_library(diary: Diary, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object) -> None:
        raise PluginError("the provider garden needs spades, which is not installed", "pip install 'annexa[garden]'")

    diary.scan(("north", SMALL))
    monkeypatch.setattr(recollection, "collector_with_provider", missing)
    found = again(diary)
    assert found.units[0].answer is CANNOT
    assert found.units[0].reason.endswith("not installed: pip install 'annexa[garden]'")


def test_a_check_may_not_be_installed(diary: Diary, monkeypatch: pytest.MonkeyPatch) -> None:
    diary.scan(("north", SMALL))
    monkeypatch.setattr(reassessment, "all_checks", dict)
    found = again(diary)
    assert answers(found) == ([CANNOT] * 2, [REPRODUCED] * 2)
    assert "no check of this name is installed" in found.checks[0].reason
    assert found.exit_status == 3


def test_a_collector_that_asks_more_than_it_did_cannot_be_replayed(diary: Diary) -> None:
    diary.digests = {garden.beds.id: "0" * 64}
    diary.scan(("north", SMALL))
    Weather.asks_more = True
    found = again(diary)
    assert found.units[0].answer is CANNOT
    assert found.units[0].reason == (
        "the collector has changed since and asks more: ask {'question': 'hidden beds'} was not asked then"
    )


def test_a_recording_that_cannot_be_read_any_more_is_no_difference(diary: Diary) -> None:
    diary.scan(("north", SMALL))
    Weather.breaks = True
    assert again(diary).units[0].reason == "the recording cannot be read any more: RuntimeError"


def throw_away(diary: Diary, *what: str) -> None:
    """All of this that was sealed before now, but the newest scan."""
    rules = [Rule(each, diary.now) for each in what]
    decision = Decision(reason="it is too old", login="somebody", approver="Ada", policy={})
    with diary.open() as store:
        assert dispose(store, rules, plan(store, rules), decision, at=diary.now).leaf > 0


def test_answers_that_were_thrown_away_cannot_be_replayed_and_checks_still_can(diary: Diary) -> None:
    first = diary.scan(("north", SMALL))
    diary.scan(("north", {"beds": "", "fences": ""}))
    throw_away(diary, EXCHANGES)
    found = again(diary, scan=first)
    assert answers(found) == ([REPRODUCED] * 2, [CANNOT, CANNOT])
    reason = found.units[0].reason
    assert re.match(
        r"disposed of on \d{4}-\d\d-\d\d \(leaf 10\): it is too old; so went 1 of 1 recorded answers", reason
    )
    assert found.exit_status == 3
    assert again(diary).exit_status == 0


def test_what_was_judged_was_thrown_away(diary: Diary) -> None:
    first = diary.scan(("north", SMALL))
    diary.scan(("north", {"beds": "", "fences": ""}))
    diary.scan(("north", SMALL | {"beds": ""}))
    throw_away(diary, RESOURCES)
    found = again(diary, scan=first)
    assert answers(found)[0] == [CANNOT, CANNOT]
    assert "(leaf 15): it is too old" in found.checks[0].reason
    assert found.exit_status == 3


def test_an_answer_that_is_missing_without_a_tombstone_is_a_broken_seal(diary: Diary) -> None:
    diary.scan(("north", SMALL))
    forget(diary, SMALL["beds"].encode())
    found = again(diary)
    assert answers(found) == ([REPRODUCED] * 2, [BROKEN, REPRODUCED])
    assert "is not in the store" in found.units[0].reason
    assert found.exit_status == 4


def test_an_answer_that_was_altered_is_a_broken_seal(diary: Diary) -> None:
    diary.scan(("north", SMALL))
    spoil(diary, SMALL["beds"].encode())
    found = again(diary)
    assert answers(found) == ([REPRODUCED] * 2, [BROKEN, REPRODUCED])
    assert found.exit_status == 4


def test_a_population_that_was_altered_is_a_broken_seal(diary: Diary) -> None:
    diary.scan(("north", SMALL))
    spoil(diary, b'{"height_cm":60,"id":"kale"}\n{"height_cm":90,"id":"leeks"}\n')
    found = again(diary)
    assert answers(found)[0] == [REPRODUCED, BROKEN]
    assert found.checks[1].same is None
    assert found.exit_status == 4


def test_an_assessment_that_was_altered_is_named(diary: Diary) -> None:
    diary.scan(("north", SMALL))
    alter(diary, "UPDATE blob SET offset = 0 WHERE digest = (SELECT body FROM assessment WHERE position = 3)")
    found = again(diary)
    assert len(found.checks) == 1
    assert found.broken[0].startswith("leaf 3: blob ")
    assert found.exit_status == 4


def test_a_leaf_that_was_altered_is_named(diary: Diary) -> None:
    diary.scan(("north", SMALL))
    alter(diary, "UPDATE leaf SET data = CAST(replace(data, 'T12:', 'T11:') AS BLOB) WHERE position = 3")
    found = again(diary)
    assert found.broken == ("leaf 3: no proof leads from it to the signed checkpoint: it was altered",)
    assert found.exit_status == 4


def test_units_that_were_removed_are_named(diary: Diary) -> None:
    diary.scan(("north", SMALL))
    alter(diary, "DELETE FROM entry WHERE ordinal = 1")
    found = again(diary)
    assert "leaf 1: the entries of its units do not have the root it seals" in found.broken[0]
    assert answers(found) == ([BROKEN] * 2, [])


def test_an_assessment_may_count_otherwise_than_its_leaf(diary: Diary) -> None:
    diary.scan(("north", SMALL), miscounts=3)
    found = again(diary)
    assert answers(found)[0] == [DIFFERS] * 2
    assert "garden.bed of garden/north is sealed as 5, and leaf 1 holds 2" in found.checks[0].reason
    assert found.checks[0].differences == ()


def test_a_scan_that_died_is_done_again_and_said_to_be_pending(diary: Diary) -> None:
    diary.scan(("north", SMALL))
    name = diary.scan(("north", SMALL), dies=True)
    found = again(diary, scan=name)
    assert found.pending == (5, 6, 7, 8)
    assert found.checkpoint_size == 5
    assert answers(found) == ([REPRODUCED] * 2, [REPRODUCED] * 2)


def test_stale_evidence_is_not_believed_again_either(diary: Diary) -> None:
    diary.scan(("north", SMALL))
    diary.now += timedelta(days=3)
    diary.scan(("south", SMALL))
    found = again(diary)
    assert answers(found) == ([REPRODUCED] * 2, [REPRODUCED] * 4)
    assert found.checks[0].verdicts == 3  # two beds in the south, and the rest of the population in the north


def test_stale_evidence_that_was_a_gap_anyway_is_not_believed_again_either(diary: Diary) -> None:
    diary.scan(("north", {"beds": DENIED, "fences": DENIED}))
    diary.scan(("south", SMALL))
    assert again(diary).exit_status == 0
    diary.now += timedelta(days=3)
    diary.scan(("south", SMALL))
    assert again(diary).exit_status == 0


def test_older_evidence_that_is_still_believed_is_read_from_its_own_leaf(diary: Diary) -> None:
    diary.scan(("north", SMALL))
    diary.scan(("south", {"beds": "", "fences": ""}))
    found = again(diary, checks=("tests.runs.garden",))
    assert answers(found) == ([REPRODUCED] * 2, [REPRODUCED] * 4)
    assert {each.leaf for each in found.units} == {1, 6}


def test_evidence_that_no_leaf_seals_cannot_be_judged_again(diary: Diary) -> None:
    diary.scan(("north", SMALL))
    diary.known = {key: Placed(placed.evidence, -1) for key, placed in diary.known.items()}
    diary.scan(("south", SMALL))
    found = again(diary)
    assert answers(found)[0] == [CANNOT] * 2
    assert "no leaf seals it" in found.checks[0].reason


def test_evidence_that_its_leaf_does_not_hold_is_a_broken_seal(diary: Diary) -> None:
    diary.scan(("north", SMALL))
    diary.known = {key: Placed(placed.evidence, 6) for key, placed in diary.known.items()}
    diary.scan(("south", SMALL))
    found = again(diary)
    assert answers(found)[0] == [BROKEN] * 2
    assert "garden.bed of garden/north in leaf 6" in found.checks[0].reason


def test_resources_that_this_version_cannot_read_are_not_judged(diary: Diary, monkeypatch: pytest.MonkeyPatch) -> None:
    diary.scan(("north", SMALL))
    newer = replace(garden.bed_is_narrow, subject=NewerBed)
    monkeypatch.setattr(reassessment, "all_checks", lambda: {newer.id: newer})
    found = again(diary, checks=(newer.id,))
    assert found.checks[0].answer is CANNOT
    assert "this version cannot read garden.bed" in found.checks[0].reason


@resource("garden.bed")
class NewerBed(Resource):
    """A bed whose width has become a list."""

    id: str
    width_cm: tuple[str, ...]


def test_a_status_of_a_newer_version_is_not_compared(diary: Diary, monkeypatch: pytest.MonkeyPatch) -> None:
    diary.scan(("north", SMALL))
    monkeypatch.setattr(reassessment, "Status", lambda text: Status("" if text == "pass" else text))
    assert "the status pass is not one that this version knows" in again(diary).checks[0].reason


def test_the_scan_is_the_newest_that_had_finished_by_a_moment(diary: Diary) -> None:
    first = diary.scan(("north", SMALL))
    between = diary.now
    second = diary.scan(("north", SMALL))
    diary.scan(("north", SMALL), dies=True)
    assert again(diary).scan.id == second
    assert again(diary, as_of=between).scan.id == first
    assert again(diary, scan=first).scan.id == first


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        ({"scan": "scan-9"}, "there is no scan scan-9"),
        ({"as_of": datetime(2020, 1, 1, tzinfo=UTC)}, "no scan had finished by 2020-01-01T00:00:00Z"),
        ({"checks": ("nothing",)}, "the scan has no assessment of nothing"),
    ],
)
def test_what_is_asked_for_must_be_there(diary: Diary, asked: dict[str, object], problem: str) -> None:
    diary.scan(("north", SMALL))
    with pytest.raises(AnnexaError, match=problem) as raised:
        again(diary, **asked)
    assert raised.value.hint


def test_before_the_first_finished_scan_there_is_nothing_to_do_again(diary: Diary) -> None:
    diary.scan(("north", SMALL), dies=True)
    with pytest.raises(AnnexaError, match="no scan had finished"):
        again(diary)


def test_a_collector_is_found_with_the_provider_of_its_source() -> None:
    found = collector_with_provider("host.clock.clock", "host/web-1")
    assert found is not None
    collector, name, provider = found
    assert (collector.id, name) == ("host.clock.clock", "host")
    assert provider is sys.modules["collectors.host"]
    assert collector_with_provider("host.nothing", "host/web-1") is None
    assert collector_with_provider("moon.rocks.rocks", "moon/1") is None
