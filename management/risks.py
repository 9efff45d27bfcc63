"""Risks: their file, and whether they are treated as the plan says, by what evidence says of the controls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from core.errors import did_you_mean
from core.management.risk import (
    Formula,
    Method,
    Residual,
    Risk,
    RiskRegister,
    Treatment,
    TreatmentStep,
)
from core.mistakes import Mistakes
from core.model import Conclusion
from core.settings import Document, StrictModel, read_document
from management.documents import Day, text_of
from mappings.loader import framework, frameworks
from runs.configuration import Configuration
from runs.selection import DEFAULT_FRAMEWORK

Place = int | str
"""A place on a scale: its number from 1, or its word."""


class MethodSettings(StrictModel):
    """The scales from the least on, how a level follows from them, and up to which level a risk needs no treatment."""

    likelihood: list[str] = Field(min_length=2, max_length=100)
    impact: list[str] = Field(min_length=2, max_length=100)
    formula: Literal["product", "sum", "greater"] = "product"
    acceptable: int = Field(ge=0)


class StepSettings(StrictModel):
    """One step of a treatment plan."""

    action: str = Field(min_length=1)
    owner: str = Field(min_length=1)
    due: date
    done: Day = None


class ResidualSettings(StrictModel):
    """What the plan is to leave, and who accepted that, and when."""

    likelihood: Place
    impact: Place
    approved_by: str = ""
    approved: Day = None


class RiskSettings(StrictModel):
    """One risk as the file has it."""

    id: str = Field(min_length=1, max_length=80)
    statement: str = Field(min_length=1)
    assets: list[str] = Field(default_factory=list[str])
    threat: str = Field(min_length=1)
    likelihood: Place
    impact: Place
    owner: str = Field(min_length=1)
    treatment: Literal["modify", "retain", "avoid", "share"]
    controls: list[str] = Field(default_factory=list[str])
    plan: list[StepSettings] = Field(default_factory=list[StepSettings])
    residual: ResidualSettings


class RisksFile(StrictModel):
    """The whole file: a `MethodSettings`, and a list of `RiskSettings`."""

    edition: str = DEFAULT_FRAMEWORK
    method: Any
    risks: list[Any]


class Treated(StrEnum):
    """Whether a risk is treated as the plan says, by evidence."""

    AS_PLANNED = "as_planned"
    LESS_THAN_PLANNED = "less_than_planned"
    NOT_SHOWN = "not_shown"


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskState:
    """A risk with what evidence says of its treatment. `level` is that before treatment, `planned` what the plan is to
    leave, and `counts` what is to be reckoned with: `planned` only where evidence shows the treatment."""

    risk: Risk
    level: int
    planned: int
    counts: int
    acceptable: int
    treated: Treated
    because: tuple[str, ...]
    overdue: tuple[TreatmentStep, ...]

    @property
    def owed(self) -> tuple[str, ...]:
        """What people still owe about it."""
        late = (f"{step.action}: was due on {step.due} by {step.owner}" for step in self.overdue)
        return tuple(filter(None, (*late, self.unapproved)))

    @property
    def unapproved(self) -> str:
        """That more is to be left than needs no treatment, and nobody has accepted that; empty where all is well."""
        if self.planned > self.acceptable and not self.risk.residual.approved_by:
            return f"the residual level {self.planned} is above {self.acceptable}, and nobody has approved it"
        return ""


def read_risks(configuration: Configuration) -> RiskRegister | None:
    """What the configured file says; `None` where none is configured. Raises `ConfigurationError`."""
    if not configuration.management.risks:
        return None
    path = Path(configuration.management.risks).expanduser()
    return understood(read_document(str(path), text_of(path, absent="write it: docs/risks.md says how")))


def understood(document: Document) -> RiskRegister:
    """A document as a register of risks. Raises `MistakesError` with every mistake, its place and its remedy."""
    mistakes = Mistakes(document, "docs/risks.md shows how")
    found = mistakes.validated(RisksFile, document.data)
    method = _method(mistakes, found.method) if found else None
    if found and found.edition not in frameworks():
        hint = f"there are {', '.join(frameworks())}"
        mistakes.note(("edition",), f"there is no framework named {found.edition}", hint)
    elif found and method:
        register = RiskRegister(edition=found.edition, method=method, risks=())
        risks = _risks(mistakes, found.risks, register)
        mistakes.refuse_any()
        return replace(register, risks=risks)
    mistakes.refuse_any()
    raise AssertionError


def _method(mistakes: Mistakes, data: Any) -> Method | None:
    said = mistakes.validated(MethodSettings, data, ("method",))
    if said is None:
        return None
    return Method(
        likelihood=tuple(said.likelihood),
        impact=tuple(said.impact),
        formula=Formula(said.formula),
        acceptable=said.acceptable,
    )


def _risks(mistakes: Mistakes, rows: Sequence[Any], register: RiskRegister) -> tuple[Risk, ...]:
    """Those risks about which nothing is wrong; what is wrong with the others is noted."""
    known = {control.id for control in framework(register.edition).controls}
    seen: set[str] = set()
    found = []
    for number, data in enumerate(rows):
        path = ("risks", number)
        said = mistakes.validated(RiskSettings, data, path)
        if said is None:
            continue
        if said.id in seen:
            mistakes.note((*path, "id"), f"{said.id} stands there twice", "give each risk an id of its own")
        seen.add(said.id)
        for index, control in enumerate(said.controls):
            if control not in known:
                problem = f"there is no control {control}{did_you_mean(control, known)}"
                mistakes.note((*path, "controls", index), problem, "list them with: annexa controls")
        risk = _risk(mistakes, number, said, register.method)
        if risk and (wrong := register.wrong_with(risk)):
            mistakes.note(path, f"{risk.id}: {wrong}", "docs/risks.md says what belongs together")
        elif risk:
            found.append(risk)
    return tuple(found)


def _risk(mistakes: Mistakes, number: int, said: RiskSettings, method: Method) -> Risk | None:
    """A risk on the scales of the method; `None` where it is not on them."""
    left = said.residual
    places = [
        _place(mistakes, ("risks", number, *steps), scale, value)
        for steps, scale, value in (
            (("likelihood",), method.likelihood, said.likelihood),
            (("impact",), method.impact, said.impact),
            (("residual", "likelihood"), method.likelihood, left.likelihood),
            (("residual", "impact"), method.impact, left.impact),
        )
    ]
    if 0 in places:
        return None
    return Risk(
        id=said.id,
        statement=said.statement,
        assets=tuple(said.assets),
        threat=said.threat,
        likelihood=places[0],
        impact=places[1],
        owner=said.owner,
        treatment=Treatment(said.treatment),
        controls=tuple(said.controls),
        plan=tuple(
            TreatmentStep(action=step.action, owner=step.owner, due=step.due, done=step.done) for step in said.plan
        ),
        residual=Residual(likelihood=places[2], impact=places[3], approved_by=left.approved_by, approved=left.approved),
    )


def _place(mistakes: Mistakes, path: tuple[str | int, ...], scale: Sequence[str], value: Place) -> int:
    """Where on a scale something is, from 1; 0 where it is not on it, which is noted."""
    if isinstance(value, str) and value in scale:
        return scale.index(value) + 1
    if isinstance(value, int) and 1 <= value <= len(scale):
        return value
    problem = f"is not on the scale{did_you_mean(str(value), scale)}"
    mistakes.note(path, problem, f"1 to {len(scale)}, or one of: {', '.join(scale)}")
    return 0


def states(
    register: RiskRegister, conclusions: Mapping[str, tuple[Conclusion, str]], today: date
) -> tuple[RiskState, ...]:
    """Every risk with what evidence says of its treatment, the gravest first. `conclusions` are by control, with a
    sentence each."""
    found = [_state(register, risk, conclusions, today) for risk in register.risks]
    return tuple(sorted(found, key=lambda each: (-each.counts, -each.level, each.risk.id)))


def _state(
    register: RiskRegister, risk: Risk, conclusions: Mapping[str, tuple[Conclusion, str]], today: date
) -> RiskState:
    level, planned = register.level(risk), register.residual_level(risk)
    said = {name: conclusions.get(name, (Conclusion.NO_EVIDENCE, "no evidence")) for name in risk.controls}
    against = [
        f"{name} is {sentence}"
        for name, (conclusion, sentence) in said.items()
        if conclusion in (Conclusion.CONTRADICTED, Conclusion.EXCLUDED)
    ]
    unshown = [
        f"{name} is {sentence}"
        for name, (conclusion, sentence) in said.items()
        if conclusion in (Conclusion.UNDETERMINED, Conclusion.NO_EVIDENCE)
    ]
    left = [f"not done yet: {step.action} (due {step.due})" for step in risk.plan if step.done is None]
    if against:
        treated = Treated.LESS_THAN_PLANNED
    elif unshown or left or (not risk.controls and planned < level):
        treated = Treated.NOT_SHOWN
    else:
        treated = Treated.AS_PLANNED
    because = (*against, *unshown, *left)
    if not because and treated is Treated.NOT_SHOWN:
        because = ("no control is named that evidence could speak to",)
    return RiskState(
        risk=risk,
        level=level,
        planned=planned,
        counts=planned if treated is Treated.AS_PLANNED else level,
        acceptable=register.method.acceptable,
        treated=treated,
        because=because,
        overdue=risk.overdue(today),
    )
