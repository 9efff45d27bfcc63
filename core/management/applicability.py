"""The Statement of Applicability (clause 6.1.3 d): which controls are applied, which are not, and why. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from core.management.events import name_of
from core.management.statements import twice


class Implementation(StrEnum):
    """How far a control is in place, as people say."""

    NOT_IMPLEMENTED = "not_implemented"
    PLANNED = "planned"
    PARTIAL = "partial"
    IMPLEMENTED = "implemented"


@dataclass(frozen=True, slots=True, kw_only=True)
class SoaRow:
    """One control: whether it is applicable, why or why not, how far it is in place, who answers for it, and the ids of
    the risks it treats."""

    control: str
    applicable: bool
    justification: str
    status: Implementation = Implementation.NOT_IMPLEMENTED
    owner: str = ""
    risks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicability:
    """A whole Statement of Applicability about the controls of one `edition`: `iso27001_2022`."""

    edition: str
    rows: tuple[SoaRow, ...]

    @property
    def wrong(self) -> str:
        """What contradicts itself: an exclusion needs its reason, and a control that is excluded is not in place."""
        if name := twice(row.control for row in self.rows):
            return f"{name} stands there twice"
        for row in self.rows:
            if not row.justification.strip():
                return f"{row.control} has no justification"
            if not row.applicable and row.status is not Implementation.NOT_IMPLEMENTED:
                return f"{row.control} is not applicable, and yet {row.status.replace('_', ' ')}"
        return ""

    def row(self, control: str) -> SoaRow | None:
        """What is said about a control; `None` where nothing is."""
        return next((row for row in self.rows if row.control == control), None)


ACTS: Mapping[str, type[Applicability]] = {name_of(Applicability): Applicability}
