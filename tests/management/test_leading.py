"""Leading a nonconformity to its end: evidence bounds what people may say, and blind time counts for nothing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from core.errors import AnnexaError
from core.management.acts import Planned
from core.management.events import RefusedActError
from core.management.nonconformity import Stage
from evidence_store.questions.events import how_many
from management import nonconformities as leading
from management.evidence import Says
from management.looking import Filter, listed, look
from management.nonconformities import Judgement, known, one
from management.raising import Wording, also_about, checked, raise_about
from management.sealing import By
from tests.management.conftest import ADA, DAY, EFFECTIVE, GRACE, NORTH, SOUTH, Office
from tests.runs.farm import LOW


def review(office: Office, name: str, said: Judgement = EFFECTIVE) -> None:
    with office.desk() as desk:
        leading.review(desk, [name], said, GRACE)


def close(office: Office, name: str, by: By = GRACE) -> None:
    with office.desk() as desk:
        leading.close(desk, [name], by)


def says(office: Office, name: str) -> Says:
    with office.desk() as desk:
        return look(desk, name).evidence.says


def test_all_the_way(fresh_office: Office) -> None:
    """On both databases: raised, corrected, observed, judged, closed by a second person, and verified."""
    office = fresh_office
    name = office.raised()
    with office.desk() as desk:
        record = one(desk, name.lower())
    assert (record.title, record.statement, record.due) == (
        "Not so: Every flower is low", "lily in meadow/north: lily is 20 high", date(2026, 3, 2),
    )  # fmt: skip
    office.mow()
    office.implemented(name=name)
    office.days(3)
    review(office, name)
    with pytest.raises(RefusedActError, match="Ada owns one of its actions"):
        close(office, name, ADA)
    close(office, name)
    with office.desk() as desk:
        told = look(desk, name)
    assert told.record.stage is Stage.CLOSED
    assert told.record.review is not None
    seen = told.record.review.observed
    assert (seen.looks, seen.seconds >= 2 * 86400, seen.blind_seconds < 86400) == (3, True, True)
    assert [each.act for each in told.events] == [
        "raised", "assigned", "corrected", "analysed", "planned", "implemented", "reviewed", "closed",
    ]  # fmt: skip
    assert "Grace, logged in as " in told.events[-1].who
    assert told.events[-1].who.endswith("asserted")
    office.verified()


def test_while_it_fails_it_is_neither_effective_nor_closed(office: Office) -> None:
    name = office.implemented()
    office.days(4)
    with pytest.raises(AnnexaError, match="evidence is failing: 1 failing, 0 unknown, 1 not failing; first meadow"):
        review(office, name)
    office.mow()
    office.days(4)
    review(office, name)
    office.farm.world.flowers["north"]["lily"] = 99
    office.days(1)
    with pytest.raises(AnnexaError, match="evidence is failing"):
        close(office, name)


def test_too_few_looks_or_too_little_time_are_not_enough(office: Office) -> None:
    name = office.implemented()
    office.mow()
    office.farm.scan()
    with pytest.raises(AnnexaError, match=r"was not observed in 1 looks over 0.0 days in sight; 3 looks over 2.0 days"):
        review(office, name)
    for _ in range(4):
        office.farm.scan(later=timedelta(minutes=1))
    with pytest.raises(AnnexaError, match=r"in 5 looks over 0.0 days"):
        review(office, name)
    office.farm.scan(later=3 * DAY)
    office.farm.text = office.farm.text.replace("over: 2d", "over: 3d")
    with pytest.raises(AnnexaError, match=r"looks over 2\.0 days in sight; 3 looks over 3\.0 days"):
        review(office, name)


def test_blind_time_is_no_time(office: Office, meadow: Any) -> None:
    name = office.implemented()
    office.mow()
    office.farm.scan()
    office.farm.world.wrong["north"] = meadow.GateError("the gate is shut")
    office.farm.world.flowers["north"] = {}
    office.days(6)
    assert says(office, name) is Says.UNKNOWN
    with pytest.raises(AnnexaError, match=r"evidence is unknown: 0 failing, 3 unknown"):
        review(office, name)
    office.farm.world.wrong.clear()
    office.mow()
    office.farm.scan()
    with office.desk() as desk, pytest.raises(AnnexaError, match=r"in 2 looks over 1\.0 days in sight"):
        leading.review(desk, [name], EFFECTIVE, GRACE)
    office.days(3)
    review(office, name)
    with office.desk() as desk:
        found = one(desk, name).review
    assert found is not None
    assert found.observed.blind_seconds > 5 * 86400


def test_when_nobody_looks_any_more_nothing_is_closed(office: Office) -> None:
    name = office.implemented()
    office.mow()
    office.days(4)
    review(office, name)
    office.farm.now += 5 * DAY
    assert says(office, name) is Says.UNKNOWN
    with pytest.raises(AnnexaError, match="evidence is unknown"):
        close(office, name)
    office.days(1)
    close(office, name)


def test_what_is_gone_for_good_was_seen_to_be_gone(office: Office) -> None:
    name = office.raised(*office.failing(), exactly=True)
    office.implemented(name=name)
    office.farm.world.flowers["north"] = {"rose": 5}
    office.days(4)
    assert says(office, name) is Says.CLEAN
    office.farm.now += 5 * DAY
    assert says(office, name) is Says.UNKNOWN, "nobody has looked since"
    office.days(1)
    review(office, name)
    close(office, name)


def test_what_left_the_scope_is_no_evidence(office: Office) -> None:
    name = office.implemented()
    office.farm.text = office.farm.text.replace("{name: north}, ", "")
    office.days(4)
    assert says(office, name) is Says.NOTHING
    with pytest.raises(AnnexaError, match="no evidence to go by: nobody looks at meadow/north any more"):
        review(office, name)
    gone = Judgement(effective=True, judgement="ploughed", isms_changes="none", without="the deed of sale")
    review(office, name, gone)
    close(office, name)
    with office.desk() as desk:
        record = one(desk, name)
    assert record.review is not None
    assert record.review.observed.without == "the deed of sale"


def test_what_no_check_sees_is_judged_by_other_means(office: Office) -> None:
    with office.desk() as desk:
        wording = checked(Wording("no minutes", "the review has no minutes", "major", "low", date(2026, 6, 1)))
        name = raise_about(desk, (), wording, ADA)[0].id
    assert says(office, name) is Says.NOTHING
    office.implemented(name=name)
    with pytest.raises(AnnexaError, match="there is no evidence to go by"):
        review(office, name)
    review(office, name, Judgement(effective=True, judgement="seen", isms_changes="none", without="the minutes"))
    close(office, name)


def test_where_there_is_evidence_one_goes_by_it(office: Office) -> None:
    name = office.implemented()
    office.mow()
    office.days(4)
    with pytest.raises(AnnexaError, match="there is evidence to go by"):
        review(office, name, Judgement(effective=True, judgement="x", isms_changes="x", without="my word"))


def test_not_effective_can_always_be_said(office: Office) -> None:
    name = office.implemented()
    review(office, name, Judgement(effective=False, judgement="still high", isms_changes="none"))
    with office.desk() as desk:
        assert one(desk, name).stage is Stage.CORRECTED


def test_one_record_follows_its_resources(office: Office) -> None:
    office.farm.world.flowers["north"] = {f"lily-{n}": 20 for n in range(40)}
    office.farm.scan()
    name = office.raised()
    with office.desk() as desk:
        assert look(desk, name).evidence.failing == 40
    office.farm.world.flowers["north"]["new"] = 30
    office.farm.scan()
    with office.desk() as desk:
        assert look(desk, name).evidence.failing == 41
        (row,) = listed(desk, Filter()).rows
    assert (row.record.id, row.evidence.failing, row.overdue) == (name, 41, False)
    findings = [each for each in office.farm.report().findings if each.nonconformities == (name,)]
    assert len(findings) == 41


def test_exactly_these_findings_and_no_others(office: Office) -> None:
    office.farm.world.flowers["north"] = {"lily": 20, "iris": 30}
    office.farm.scan()
    name = office.raised(office.failing()[0], exactly=True)
    with office.desk() as desk:
        told = look(desk, name)
    assert told.evidence.failing == 1
    assert {each.subject.source for each in told.similar if each.status == "fail"} == {NORTH, SOUTH}


def test_one_thing_is_raised_once(office: Office) -> None:
    name, finding = office.raised(), office.failing()[0]
    with office.desk() as desk:
        for exactly in (False, True):
            with pytest.raises(AnnexaError, match=f"{name} is open about {LOW}") as refused:
                raise_about(desk, [finding], Wording(), ADA, exactly=exactly)
            assert (
                refused.value.hint
                == f"lead that one: annexa nonconformities show {name}; or raise another one --anyway"
            )
        assert list(known(desk)) == [name]
        (again,) = raise_about(desk, [finding], Wording(), ADA, exactly=True, anyway=True)
        assert also_about(desk, again) == []  # the other is wider: it is about more than this
    office.raised(office.failing(SOUTH)[0])


def test_similar_cases_are_found_everywhere_and_taken_in(office: Office) -> None:
    name = office.raised()
    with office.desk() as desk:
        leading.assign(desk, [name], "Ada", date(2026, 5, 1), ADA)
        leading.correct(desk, [name], "mown", "none", ADA)
        (similar,) = look(desk, name).similar
        assert (similar.subject.check, similar.subject.source, similar.status, similar.count) == (LOW, SOUTH, "fail", 1)
        with pytest.raises(AnnexaError, match="there is no similar case 2"):
            leading.analyse(desk, [name], "no plan", "the south, too", [2], ADA)
        (record,) = leading.analyse(desk, [name], "no plan", "the south, too", [1], ADA)
    assert [each.source for each in record.subjects] == [NORTH, SOUTH]
    assert record.found == (similar,)
    assert record.due == date(2026, 5, 1)


def test_several_at_once_all_or_none(office: Office) -> None:
    names = [office.raised(), office.raised(office.failing(SOUTH)[0])]
    with office.desk() as desk:
        leading.assign(desk, names, "Ada", None, ADA)
        leading.correct(desk, names[:1], "mown", "none", ADA)
        before = known(desk)
        with pytest.raises(RefusedActError, match="NC-0002: is assigned"):
            leading.analyse(desk, names, "no plan", "none", (), ADA)
        assert known(desk) == before
        assert [each.record.id for each in listed(desk, Filter(owner="ada ")).rows] == names
        assert listed(desk, Filter(owner="Grace")).rows == ()
        assert len(listed(desk, Filter(check="meadow")).rows) == 2
        assert listed(desk, Filter(check="host")).rows == ()


def test_lists_of_the_past_say_what_was_then(office: Office) -> None:
    name = office.raised()
    with office.desk() as desk:
        leaf = one(desk, name).leaf
        leading.assign(desk, [name], "Ada", None, ADA)
        office.farm.now += 60 * DAY
        assert [each.overdue for each in listed(desk, Filter(overdue=True)).rows] == [True]
        then = look(desk, name, str(leaf))
        assert (then.record.stage, len(then.events), then.similar) == (Stage.RAISED, 1, ())
        assert then.past is not None
        (row,) = listed(desk, Filter(), str(leaf)).rows
        assert (row.record.stage, row.overdue) == (Stage.RAISED, False)
        assert listed(desk, Filter(), str(leaf - 1)).rows == ()


def test_somebody_takes_the_number_first(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    from management import sealing  # noqa: PLC0415 - to be changed

    honest, lies = how_many, iter([0])
    office.raised()
    south = office.failing(SOUTH)[0]
    monkeypatch.setattr(sealing, "how_many", lambda *given: next(lies, honest(*given)))
    assert office.raised(south) == "NC-0002"
    monkeypatch.setattr(sealing, "how_many", lambda *_: 0)
    with office.desk() as desk, pytest.raises(RefusedActError, match="NC-0001"):
        raise_about(desk, [south], Wording(), ADA, anyway=True)


@pytest.mark.parametrize(
    ("names", "wording", "message"),
    [
        (["zzzz"], Wording(), "no finding is called zzzz"),
        ([""], Wording(), "no finding is called"),
        ([], Wording(), "nothing says what does not conform"),
        ([], Wording(title="x", statement="y", grade="minro"), "there is no grade minro, did you mean minor"),
        ([], Wording(title="x", statement="y", severity="awful"), "there is no severity awful"),
    ],
)
def test_what_cannot_be_raised_is_explained(office: Office, names: list[str], wording: Wording, message: str) -> None:
    with office.desk() as desk, pytest.raises(AnnexaError, match=message):
        raise_about(desk, names, checked(wording), ADA)


def test_a_statement_names_some_of_many(office: Office) -> None:
    office.farm.world.flowers["north"] = {f"lily-{n}": 20 for n in range(8)}
    office.farm.scan()
    name = office.raised(*office.failing())
    with office.desk() as desk:
        assert one(desk, name).statement.endswith("lily-4 in meadow/north: lily-4 is 20 high; and 3 more")


def test_who_acts_must_be_known(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    from management import sealing  # noqa: PLC0415 - to be changed

    monkeypatch.setattr(sealing, "login", lambda: "")
    name = office.raised()
    with office.desk() as desk:
        with pytest.raises(AnnexaError, match="nobody knows who you are"):
            leading.assign(desk, [name], "Ada", None, By(reason="because"))
        with pytest.raises(AnnexaError, match="there is no nonconformity NC-0003, did you mean NC-0001"):
            one(desk, "NC-0003")
        leading.assign(desk, [name], "Ada", None, GRACE)
        assert look(desk, name).events[-1].who == "Grace, logged in as nobody, asserted"


def test_a_planned_action_that_is_late_makes_its_record_overdue(office: Office) -> None:
    name = office.raised()
    with office.desk() as desk:
        leading.assign(desk, [name], "Ada", date(2027, 1, 1), ADA)
        leading.correct(desk, [name], "mown", "none", ADA)
        leading.analyse(desk, [name], "no plan", "none", (), ADA)
        planned = Planned(action="plan", owner="Ada", due=date(2026, 2, 2), proportionality="it costs a day")
        leading.plan(desk, [name], planned, ADA)
        office.farm.now += 5 * DAY
        assert len(listed(desk, Filter(overdue=True)).rows) == 1
        leading.implement(desk, [name], 1, "planned", ADA)
        assert listed(desk, Filter(overdue=True)).rows == ()


def test_a_person_reopens_what_was_closed(office: Office) -> None:
    name = office.implemented()
    office.mow()
    office.days(3)
    review(office, name)
    close(office, name)
    with office.desk() as desk:
        (record,) = leading.reopen(desk, [name], date(2026, 9, 1), GRACE)
    assert (record.stage, record.recurrences, record.due, record.review) == (Stage.ASSIGNED, 0, date(2026, 9, 1), None)
