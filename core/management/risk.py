"""Risks to information and how they are treated (clauses 6.1.2, 6.1.3, 8.2 and 8.3). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from core.management.events import name_of
from core.management.statements import twice


class Treatment(StrEnum):
    """What is done about a risk."""

    MODIFY = "modify"
    RETAIN = "retain"
    AVOID = "avoid"
    SHARE = "share"


class Formula(StrEnum):
    """How a level follows from likelihood and impact, both counted from 1."""

    PRODUCT = "product"
    SUM = "sum"
    GREATER = "greater"


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """How risks are assessed: the words of both scales from the least on, the formula, and the highest level that
    needs no treatment."""

    likelihood: tuple[str, ...]
    impact: tuple[str, ...]
    formula: Formula
    acceptable: int

    def level(self, likelihood: int, impact: int) -> int:
        """The level of a risk, for places on the two scales."""
        if self.formula is Formula.PRODUCT:
            return likelihood * impact
        return likelihood + impact if self.formula is Formula.SUM else max(likelihood, impact)

    @property
    def highest(self) -> int:
        """The highest level there is."""
        return self.level(len(self.likelihood), len(self.impact))


@dataclass(frozen=True, slots=True, kw_only=True)
class TreatmentStep:
    """One step of a treatment plan; `done` is when, where it is."""

    action: str
    owner: str
    due: date
    done: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Residual:
    """What is left once the plan is carried out, and who accepts that; nobody yet, where `approved_by` is empty."""

    likelihood: int
    impact: int
    approved_by: str = ""
    approved: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """One risk. `likelihood` and `impact` are places on the scales, from 1; `controls` are what modifies it."""

    id: str
    statement: str
    assets: tuple[str, ...]
    threat: str
    likelihood: int
    impact: int
    owner: str
    treatment: Treatment
    controls: tuple[str, ...]
    plan: tuple[TreatmentStep, ...]
    residual: Residual

    def overdue(self, today: date) -> tuple[TreatmentStep, ...]:
        """Steps that should have been done by now."""
        return tuple(step for step in self.plan if step.done is None and step.due < today)


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskRegister:
    """All risks, with the method they were assessed by, and the `edition` whose controls they name."""

    edition: str
    method: Method
    risks: tuple[Risk, ...]

    @property
    def wrong(self) -> str:
        """What contradicts itself; a sentence that begins with the risk."""
        if name := twice(risk.id for risk in self.risks):
            return f"{name} stands there twice"
        return next((f"{risk.id}: {why}" for risk in self.risks if (why := self.wrong_with(risk))), "")

    def wrong_with(self, risk: Risk) -> str:
        """What of one risk contradicts itself, or the method; empty where nothing does."""
        left = risk.residual
        for likelihood, impact in ((risk.likelihood, risk.impact), (left.likelihood, left.impact)):
            if not (1 <= likelihood <= len(self.method.likelihood) and 1 <= impact <= len(self.method.impact)):
                return "is not on the scales of the method"
        if bool(left.approved_by) != bool(left.approved):
            return "the approval of the residual risk needs a name and a day"
        if risk.treatment is Treatment.MODIFY and not risk.controls:
            return "is to be modified, and no control does so"
        if self.residual_level(risk) > self.level(risk):
            return "is greater after treatment than before"
        return ""

    def level(self, risk: Risk) -> int:
        """The level of a risk as it was assessed, before treatment."""
        return self.method.level(risk.likelihood, risk.impact)

    def residual_level(self, risk: Risk) -> int:
        """The level that the plan is to leave."""
        return self.method.level(risk.residual.likelihood, risk.residual.impact)


ACTS: Mapping[str, type[RiskRegister]] = {name_of(RiskRegister): RiskRegister}
