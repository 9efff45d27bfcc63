"""Risks: their file, and whether they are treated as the plan says, by what evidence says of the controls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Literal

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
from core.model import Conclusion
from core.settings import Document, StrictModel, read_document, validate
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
    """The whole file."""

    edition: str = DEFAULT_FRAMEWORK
    method: MethodSettings
    risks: list[RiskSettings]


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
    """A document as a register of risks. Raises `ConfigurationError` with the place and the remedy."""
    found = validate(RisksFile, document, document.data)
    if found.edition not in frameworks():
        hint = f"there are {', '.join(frameworks())}"
        raise document.refuse(("edition",), f"there is no framework named {found.edition}", hint)
    known = {control.id for control in framework(found.edition).controls}
    seen: dict[str, int] = {}
    for number, risk in enumerate(found.risks):
        path = ("risks", number)
        if risk.id in seen:
            raise document.refuse((*path, "id"), f"{risk.id} stands there twice", "give each risk an id of its own")
        seen[risk.id] = number
        for index, control in enumerate(risk.controls):
            if control not in known:
                problem = f"there is no control {control}{did_you_mean(control, known)}"
                raise document.refuse((*path, "controls", index), problem, "list them with: annexa controls")
    method = Method(
        likelihood=tuple(found.method.likelihood),
        impact=tuple(found.method.impact),
        formula=Formula(found.method.formula),
        acceptable=found.method.acceptable,
    )
    register = RiskRegister(
        edition=found.edition,
        method=method,
        risks=tuple(_risk(document, number, risk, method) for number, risk in enumerate(found.risks)),
    )
    if register.wrong:
        named = register.wrong.partition(":")[0]
        raise document.refuse(("risks", seen[named]), register.wrong, "docs/risks.md says what belongs together")
    return register


def _risk(document: Document, number: int, risk: RiskSettings, method: Method) -> Risk:
    path: tuple[str | int, ...] = ("risks", number)

    def place(scale: Sequence[str], value: Place, *steps: str) -> int:
        return _place(document, (*path, *steps), scale, value)

    left = risk.residual
    return Risk(
        id=risk.id,
        statement=risk.statement,
        assets=tuple(risk.assets),
        threat=risk.threat,
        likelihood=place(method.likelihood, risk.likelihood, "likelihood"),
        impact=place(method.impact, risk.impact, "impact"),
        owner=risk.owner,
        treatment=Treatment(risk.treatment),
        controls=tuple(risk.controls),
        plan=tuple(
            TreatmentStep(action=step.action, owner=step.owner, due=step.due, done=step.done) for step in risk.plan
        ),
        residual=Residual(
            likelihood=place(method.likelihood, left.likelihood, "residual", "likelihood"),
            impact=place(method.impact, left.impact, "residual", "impact"),
            approved_by=left.approved_by,
            approved=left.approved,
        ),
    )


def _place(document: Document, path: tuple[str | int, ...], scale: Sequence[str], value: Place) -> int:
    if isinstance(value, str) and value in scale:
        return scale.index(value) + 1
    if isinstance(value, int) and 1 <= value <= len(scale):
        return value
    raise document.refuse(
        path,
        f"is not on the scale{did_you_mean(str(value), scale)}",
        f"1 to {len(scale)}, or one of: {', '.join(scale)}",
    )


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
