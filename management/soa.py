"""The Statement of Applicability: its file, and where it and the evidence do not agree."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field

from core.conclusions import ControlResult
from core.errors import did_you_mean
from core.management.applicability import Applicability, Implementation, SoaRow
from core.management.organization import Organization
from core.management.risk import RiskRegister
from core.mistakes import Mistakes
from core.model import Conclusion
from core.settings import Document, StrictModel, read_document
from management.documents import harmless, text_of
from mappings.loader import framework, frameworks
from runs.configuration import Configuration
from runs.selection import DEFAULT_FRAMEWORK

COLUMNS = ("control", "title", "applicable", "justification", "status", "owner", "risks", "conclusion", "evidence")


class RowSettings(StrictModel):
    """One control as the file has it."""

    applicable: bool
    justification: str
    status: Literal["not_implemented", "planned", "partial", "implemented"] = "not_implemented"
    owner: str = ""
    risks: list[str] = Field(default_factory=list[str])


class SoaFile(StrictModel):
    """The whole file: controls of one edition by their numbers, each a `RowSettings`."""

    edition: str = DEFAULT_FRAMEWORK
    controls: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """Something about a control that somebody should look at, and what to do about it."""

    control: str
    problem: str
    remedy: str


def read_soa(configuration: Configuration) -> Applicability | None:
    """What the configured file says; `None` where none is configured. Raises `ConfigurationError`."""
    if not configuration.management.applicability:
        return None
    path = Path(configuration.management.applicability).expanduser()
    return understood(read_document(str(path), text_of(path, absent="begin it with: annexa soa init")))


def understood(document: Document) -> Applicability:
    """A document as a Statement of Applicability. Raises `MistakesError` with all that is wrong."""
    mistakes = Mistakes(document, "docs/applicability.md shows how")
    found = mistakes.validated(SoaFile, document.data)
    if found is None or found.edition not in frameworks():
        if found:
            near = did_you_mean(found.edition, frameworks())
            problem = f"there is no framework named {found.edition}{near}"
            mistakes.note(("edition",), problem, f"there are {', '.join(frameworks())}")
        mistakes.refuse_any()
        raise AssertionError
    edition = framework(found.edition)
    known = [control.id for control in edition.controls]
    rows: dict[str, RowSettings] = {}
    for control, data in found.controls.items():
        path = ("controls", control)
        if control not in known:
            problem = f"{edition.name} has no control {control}{did_you_mean(control, known)}"
            mistakes.note(path, problem, "list them with: annexa controls")
        if row := mistakes.validated(RowSettings, data, path):
            rows[control] = row
            _note_contradictions(mistakes, path, control, row)
    mistakes.refuse_any()
    return Applicability(
        edition=found.edition, rows=tuple(_stated(control, rows[control]) for control in known if control in rows)
    )


def _note_contradictions(mistakes: Mistakes, path: tuple[str, str], control: str, row: RowSettings) -> None:
    """What a row says that does not go together."""
    if not row.justification.strip():
        why = "is applicable" if row.applicable else "is not applicable"
        mistakes.note((*path, "justification"), f"nobody says why {control} {why}", "say it: it is sealed")
    if not row.applicable and row.status != "not_implemented":
        problem = "a control that is not applicable is not put in place"
        mistakes.note((*path, "status"), problem, "leave out the status, or say applicable: true")


def _stated(control: str, row: RowSettings) -> SoaRow:
    return SoaRow(
        control=control,
        applicable=row.applicable,
        justification=row.justification.strip(),
        status=Implementation(row.status),
        owner=row.owner,
        risks=tuple(row.risks),
    )


def template(edition: str, organization: Organization | None, register: RiskRegister | None) -> str:
    """A file with a row for every control of an edition, for people to fill in: nothing is decided for them."""
    treated: dict[str, list[str]] = {}
    for risk in register.risks if register else ():
        for control in risk.controls:
            treated.setdefault(control, []).append(risk.id)
    lines = [
        "# The Statement of Applicability: for each control whether it is applicable and why, how far it is in place",
        "# (not_implemented, planned, partial or implemented), who answers for it, and which risks it treats.",
        "# Every justification has to be filled in. See what is wrong: annexa soa check",
        f"edition: {edition}",
        "controls:",
    ]
    for each in framework(edition).controls:
        lines.append(f"  {each.id}:  # {each.title}")
        row = {
            "applicable": True,
            "justification": "",
            "status": "not_implemented",
            "owner": organization.owner_of_control(each.id) if organization else "",
            "risks": treated.get(each.id, []),
        }
        text: str = yaml.safe_dump(row, sort_keys=False, allow_unicode=True, default_flow_style=None, width=110)
        lines += [f"    {line}" for line in text.splitlines()]
    return "\n".join(lines) + "\n"


def flags(said: Applicability, results: Sequence[ControlResult], register: RiskRegister | None) -> tuple[Flag, ...]:
    """Where the statement, the evidence and the risks do not agree, in the order of the standard."""
    rows = {row.control: row for row in said.rows}
    risks = {risk.id for risk in register.risks} if register else set()
    return tuple(
        Flag(control=result.control.id, problem=problem, remedy=remedy)
        for result in results
        for problem, remedy in (
            _about(rows[result.control.id], result, risks, register)
            if result.control.id in rows
            else [("the statement does not name it", "add a row for it: a statement names every control")]
        )
    )


def _about(
    row: SoaRow, result: ControlResult, risks: Iterable[str], register: RiskRegister | None
) -> Iterator[tuple[str, str]]:
    known = list(risks)
    for risk in row.risks:
        if risk not in known:
            problem = f"it is linked to {risk}, and there is no such risk{did_you_mean(risk, known)}"
            yield problem, "correct the link, or state the risk: annexa risks list"
    if not row.applicable:
        if result.failing:
            problem = f"it is said not to be applicable, and {result.failing} findings about it fail"
            yield problem, f"see which: annexa controls {row.control}; what fails there is there"
        named = [risk.id for risk in register.risks if row.control in risk.controls] if register else []
        if named:
            problem = f"it is said not to be applicable, and is to treat {', '.join(named)}"
            yield problem, "apply it, or treat these risks otherwise"
        return
    if not result.covered:
        problem = "it is applicable, and neither a check nor an attestation covers it"
        yield problem, f"attest it: annexa attest add --control {row.control}"
    elif row.status is Implementation.IMPLEMENTED and result.conclusion is Conclusion.NO_EVIDENCE:
        problem = "it is said to be implemented, and there is no evidence"
        yield problem, f"see what could show it: annexa controls {row.control}"
    if row.status is Implementation.IMPLEMENTED and result.conclusion is Conclusion.CONTRADICTED:
        yield (
            f"it is said to be implemented, and evidence contradicts that: {result.sentence}",
            (f"mend it, or correct the status: annexa controls {row.control}"),
        )


def rows(said: Applicability, results: Sequence[ControlResult]) -> list[dict[str, str]]:
    """The statement with what evidence says beside it, flat: for spreadsheets."""
    stated = {row.control: row for row in said.rows}
    found = []
    for result in results:
        row = stated.get(result.control.id)
        found.append(
            {
                "control": result.control.id,
                "title": result.control.title,
                "applicable": ("yes" if row.applicable else "no") if row else "not stated",
                "justification": row.justification if row else "",
                "status": row.status.value if row and row.applicable else "",
                "owner": row.owner if row else "",
                "risks": ", ".join(row.risks) if row else "",
                "conclusion": result.conclusion.value,
                "evidence": result.sentence,
            }
        )
    return found


def as_csv(columns: Sequence[str], found: Iterable[Mapping[str, object]]) -> str:
    """Rows as CSV (RFC 4180) that no spreadsheet takes for formulas."""
    output = io.StringIO(newline="")
    writer = csv.DictWriter(output, columns, extrasaction="ignore")
    writer.writeheader()
    writer.writerows({name: harmless(value) for name, value in row.items()} for row in found)
    return output.getvalue()
