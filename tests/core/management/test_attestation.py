"""Attestations: what they need, how they are judged, and what they do to conclusions about controls and clauses."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.conclusions import Tally, by_objective, conclude, weighed
from core.management import clauses
from core.management.applicability import SoaRow
from core.management.attestation import ACTS, Attestation, Attested, Withdrawn, after, fold, judge, judged
from core.management.clauses import Clause, RecordSays
from core.management.events import Event, RefusedActError, read, written
from core.model import Conclusion, Control, DescribedCheck, Link, Severity, Status, Verdict

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
TODAY = NOON.date()
DAY = timedelta(days=1)
SAID = Attested(
    title="Policy", document="policy.pdf", digest="0" * 64, controls=("7.2", "A.5.1"), owner="Ada", authors=("Ada", "Eve"),
    reviewer="Grace", reviewed=TODAY, valid_from=TODAY - DAY, valid_until=TODAY,
)  # fmt: skip


def event(act: Any, number: int = 1) -> Event[Any]:
    return Event(record="AT-0001", number=number, at=NOON, login="ada", author="Ada", reason="because", act=act)


def given(**said: Any) -> Attestation:
    return after(None, event(replace(SAID, **said)))


def test_it_is_given_renewed_and_withdrawn() -> None:
    assert fold([]) is None
    found = fold([event(SAID), event(replace(SAID, title="Policy 2"), 2), event(Withdrawn(), 3)])
    assert found is not None
    assert (found.said.title, found.given, found.withdrawn, found.attested_by) == ("Policy 2", False, NOON, "Ada")
    assert after(found, event(SAID, 4)).given
    for before in (found, None):
        with pytest.raises(RefusedActError, match="nobody vouches for it"):
            after(before, event(Withdrawn(), 4 if before else 1))
    assert [read(ACTS, *written(each)) for each in (SAID, Withdrawn())] == [SAID, Withdrawn()]
    assert judged([found], NOON) == ()


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"title": " "}, "title is missing"),
        ({"controls": ()}, "speaks to no control or clause"),
        ({"authors": ()}, "nobody wrote it"),
        ({"authors": ("Ada", "")}, "nobody wrote it"),
        ({"valid_until": TODAY - 2 * DAY}, "ends before it begins"),
        ({"reviewer": ""}, "a review has a reviewer and a day"),
        ({"digest": "abc"}, "its digest is none"),
    ],
)
def test_what_is_missing_is_refused(said: dict[str, Any], problem: str) -> None:
    with pytest.raises(RefusedActError, match=problem):
        given(**said)


@pytest.mark.parametrize(
    ("said", "statuses", "reason"),
    [
        ({}, "pass pass pass", "AT-0001 (Policy) is valid from 2026-01-30 until 2026-01-31"),
        ({"valid_until": TODAY - DAY}, "fail pass pass", "AT-0001 (Policy) was valid until 2026-01-30"),
        ({"valid_from": TODAY + DAY, "valid_until": TODAY + DAY}, "fail pass pass",
         "AT-0001 (Policy) is valid from 2026-02-01 on only"),
        ({"reviewer": "", "reviewed": None}, "pass fail not_applicable", "AT-0001 (Policy) nobody has reviewed it"),
        ({"reviewed": TODAY + DAY}, "pass fail pass",
         "AT-0001 (Policy) its review is dated 2026-02-01, a day that has not come"),
        ({"reviewer": " eve"}, "pass pass fail", "AT-0001 (Policy) Eve wrote it, and reviewed it"),
    ],
)  # fmt: skip
def test_it_is_judged_by_day(said: dict[str, Any], statuses: str, reason: str) -> None:
    (found,) = judged([given(**said)], NOON)
    assert " ".join(each.verdict.status for each in found.judgements) == statuses
    assert (found.holds, found.sentence) == ("fail" not in statuses, reason)
    assert judge(given(**said), NOON) == found.judgements


CONTROL = Control("A.5.1", "Policies", "t", "manual", (Link("o", "most", "b"), Link("p", "little", "b")))
CHECK = DescribedCheck(
    id="c", title="", rationale="", remediation="", objective="o", severity=Severity.LOW, kind="k"
)  # fmt: skip
HOLDS = judged([given()], NOON)
ENDED = judged([given(valid_until=TODAY - DAY)], NOON)
EXCLUDED = SoaRow(control="A.5.1", applicable=False, justification="nobody does it")


@pytest.mark.parametrize(
    ("tally", "attested", "conclusion"),
    [
        (Tally(), HOLDS, Conclusion.SUPPORTED),
        (Tally(), ENDED, Conclusion.UNDETERMINED),
        (Tally(), HOLDS + ENDED, Conclusion.UNDETERMINED),
        (Tally(passes=1), ENDED, Conclusion.SUPPORTED),
        (Tally(fails=1), HOLDS, Conclusion.CONTRADICTED),
        (Tally(unknowns=1), HOLDS, Conclusion.UNDETERMINED),
        (Tally(), (), Conclusion.NO_EVIDENCE),
    ],
)
def test_what_people_say_never_outweighs_what_was_observed(tally: Tally, attested: Any, conclusion: Conclusion) -> None:
    result = conclude(CONTROL, by_objective([CHECK]), {"c": tally})
    assert weighed(result, None, attested).conclusion is conclusion
    excluded = weighed(result, EXCLUDED, attested)
    assert (excluded.conclusion, excluded.sentence) == (Conclusion.EXCLUDED, "excluded: nobody does it")
    assert excluded.failing == tally.fails


def test_a_control_says_what_supports_it() -> None:
    bare = conclude(CONTROL, {}, {})
    assert not bare.covered
    found = weighed(bare, replace(EXCLUDED, applicable=True), HOLDS)
    assert (found.covered, found.sentence) == (True, "supported (attested: AT-0001)")
    assert conclude(CONTROL, by_objective([CHECK]), {}).covered


CLAUSE = Clause("7.2", "Competence", "skills", ("training", "kept"))


def says(*statuses: Status) -> dict[str, RecordSays]:
    return {
        name: RecordSays(record=name, verdict=Verdict(status, f"it is {status}"), command="annexa x")
        for name, status in zip(("training", "kept"), statuses, strict=False)
    }


@pytest.mark.parametrize(
    ("statuses", "attested", "conclusion", "owed"),
    [
        ((), (), Conclusion.NO_EVIDENCE, ("nobody attests it: annexa attest add --control 7.2",)),
        ((), HOLDS, Conclusion.SUPPORTED, ()),
        ((), ENDED, Conclusion.UNDETERMINED, ("AT-0001 (Policy) was valid until 2026-01-30",)),
        ((Status.PASS,), (), Conclusion.SUPPORTED, ()),
        ((Status.PASS, Status.FAIL), HOLDS, Conclusion.CONTRADICTED, ("it is fail: annexa x",)),
        ((Status.PASS, Status.UNKNOWN), HOLDS, Conclusion.UNDETERMINED, ("it is unknown: annexa x",)),
    ],
)
def test_a_clause_is_shown_by_records_and_by_people(
    statuses: tuple[Status, ...], attested: Any, conclusion: Conclusion, owed: tuple[str, ...]
) -> None:
    found = clauses.conclude(CLAUSE, says(*statuses), attested)
    assert (found.conclusion, found.owed) == (conclusion, owed)
    assert clauses.conclude(replace(CLAUSE, id="7.3"), {}, attested).conclusion is Conclusion.NO_EVIDENCE
