"""Statements: versions replace each other, and what contradicts itself is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from core.management import applicability, organization, risk
from core.management.applicability import Applicability, Implementation, SoaRow
from core.management.events import Event, RefusedActError, read, written
from core.management.organization import InterestedParty, Objective, Organization, Owned
from core.management.risk import Formula, Method, Residual, Risk, RiskRegister, Treatment, TreatmentStep
from core.management.statements import after, fold

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
DAY = date(2026, 1, 31)
OBJECTIVE = Objective(id="seen", statement="We see all", owner="Grace", measure="coverage", at_least=95, due=DAY)
ORGANIZATION = Organization(
    name="Willow",
    scope_statement="All of it",
    issues=("remote work",),
    interested_parties=(InterestedParty(name="Customers", needs="privacy"),),
    objectives=(OBJECTIVE,),
    control_owners=(Owned(name="A.8", owner="Ada"), Owned(name="A.8.5", owner="Grace")),
    source_owners=(Owned(name="host", owner="Linus"), Owned(name="host/web", owner="Ada")),
)
ROW = SoaRow(control="A.8.5", applicable=True, justification="law", status=Implementation.PARTIAL, risks=("R-1",))
SOA = Applicability(edition="iso27001_2022", rows=(ROW,))
METHOD = Method(likelihood=("rare", "likely"), impact=("minor", "severe"), formula=Formula.PRODUCT, acceptable=2)
RISK = Risk(
    id="R-1", statement="It burns", assets=("house",), threat="fire", likelihood=2, impact=2, owner="Ada",
    treatment=Treatment.MODIFY, controls=("A.8.5",),
    plan=(TreatmentStep(action="water", owner="Ada", due=DAY), TreatmentStep(action="sand", owner="Ada", due=DAY, done=DAY)),
    residual=Residual(likelihood=1, impact=2),
)  # fmt: skip
REGISTER = RiskRegister(edition="iso27001_2022", method=METHOD, risks=(RISK,))


def event(act: Any, number: int = 1, **said: Any) -> Event[Any]:
    values: dict[str, Any] = {"login": "grace", "author": "Grace", "reason": "because", **said}
    return Event(record="IT", number=number, at=NOON, act=act, **values)


def test_the_newest_version_counts() -> None:
    assert fold([]) is None
    found = fold([event(SOA), event(replace(SOA, rows=()), 2, signature="signed")])
    assert found is not None
    assert (found.events, found.said.rows, found.author, found.signed, found.at) == (2, (), "Grace", True, NOON)


def test_two_who_replace_the_same_version_cannot_both() -> None:
    with pytest.raises(RefusedActError, match="somebody else changed it meanwhile"):
        after(fold([event(SOA)]), event(SOA, 1))


@pytest.mark.parametrize("said", [ORGANIZATION, SOA, REGISTER])
def test_what_is_stated_reads_back(said: Any) -> None:
    acts: Any = {**organization.ACTS, **applicability.ACTS, **risk.ACTS}
    assert read(acts, *written(said)) == said
    assert said.wrong == ""


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        (replace(ORGANIZATION, name=" "), "the organization has no name"),
        (replace(ORGANIZATION, objectives=(OBJECTIVE, OBJECTIVE)), "the objective seen stands there twice"),
        (replace(ORGANIZATION, source_owners=ORGANIZATION.source_owners * 2), "the source host stands there twice"),
        (replace(SOA, rows=(ROW, ROW)), "A.8.5 stands there twice"),
        (replace(SOA, rows=(replace(ROW, justification=" "),)), "A.8.5 has no justification"),
        (replace(SOA, rows=(replace(ROW, applicable=False),)), "A.8.5 is not applicable, and yet partial"),
        (replace(REGISTER, risks=(RISK, RISK)), "R-1 stands there twice"),
        (replace(REGISTER, risks=(replace(RISK, likelihood=3),)), "R-1: is not on the scales of the method"),
        (
            replace(REGISTER, risks=(replace(RISK, residual=replace(RISK.residual, approved_by="Ada")),)),
            "R-1: the approval of the residual risk needs a name and a day",
        ),
        (replace(REGISTER, risks=(replace(RISK, controls=()),)), "R-1: is to be modified, and no control does so"),
        (replace(REGISTER, risks=(replace(RISK, likelihood=1, impact=1),)), "R-1: is greater after treatment than before"),
    ],
)  # fmt: skip
def test_what_contradicts_itself_is_refused(said: Any, problem: str) -> None:
    with pytest.raises(RefusedActError, match=f"IT: {problem}"):
        after(None, event(said))


def test_owners_are_found_by_the_nearest_name() -> None:
    assert [ORGANIZATION.owner_of_control(each) for each in ("A.8.5", "A.8.24", "A.5.1")] == ["Grace", "Ada", ""]
    assert [ORGANIZATION.owner_of_source(each) for each in ("host/web", "host/db", "aws/1")] == ["Ada", "Linus", ""]


def test_a_row_is_found_by_its_control() -> None:
    assert SOA.row("A.8.5") is ROW
    assert SOA.row("A.5.1") is None


def test_levels_follow_the_formula() -> None:
    formulas = (Formula.PRODUCT, Formula.SUM, Formula.GREATER)
    assert [replace(METHOD, formula=each).level(2, 1) for each in formulas] == [2, 3, 2]
    assert METHOD.highest == 4
    assert (REGISTER.level(RISK), REGISTER.residual_level(RISK)) == (4, 2)
    assert [step.action for step in RISK.overdue(date(2026, 2, 1))] == ["water"]
    assert RISK.overdue(DAY) == ()
