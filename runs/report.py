"""What a scan, a status or a report shows: plain data that every output (terminal, JSON, HTML) reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from core.conclusions import ControlResult
from core.model import Coverage, DescribedCheck
from evidence_store.questions.past import Past
from evidence_store.questions.states import EndedFinding, FindingState, GapState, ScanState, Seal
from runs.answers import Answers

__all__ = ["EndedFinding", "FindingState", "FrameworkReport", "GapState", "Report", "ScanState", "Seal"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameworkReport:
    """The conclusions about every control of one edition of one standard."""

    id: str
    name: str
    controls: tuple[ControlResult, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything that a reader is shown, in the order of importance: what could not be seen comes first.

    With `past` it is what stood then, and nothing of what is known since.
    """

    generated: datetime
    store: str
    scan: ScanState
    gaps: tuple[GapState, ...]
    coverage: tuple[Coverage, ...]
    frameworks: tuple[FrameworkReport, ...]
    findings: tuple[FindingState, ...]
    checks: Mapping[str, DescribedCheck]
    seal: Seal | None
    objectives: Mapping[str, str] = field(default_factory=dict[str, str])
    warnings: tuple[str, ...] = ()
    past: Past | None = None
    answers: Answers = field(default_factory=Answers)
