"""Nonconformities as documents: YAML to edit one, YAML or CSV to bring many in and to take all out."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BeforeValidator, Field

from core import spreadsheets
from core.management.acts import Amended, Analysed, Assigned, Corrected, Grade, Move, Raised
from core.management.nonconformity import Nonconformity
from core.management.subject import Subject
from core.model import Severity
from core.settings import ConfigurationError, Document, StrictModel, read_document, validate
from evidence_store import records
from management.nonconformities import chosen, due_by, known, proposed
from management.sealing import By, Desk, Draft
from runs.management_settings import GradeName, SeverityName

LARGEST_FILE = 64 * 2**20
"""Bytes."""


def _day(value: object) -> object:
    """YAML reads a day as one; in CSV all is text."""
    if isinstance(value, str) and value:
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise ValueError("expected a day such as 2026-01-31") from None
    return value or None


Day = Annotated[date | None, BeforeValidator(_day)]


class SubjectSettings(StrictModel):
    """The verdicts of one check, everywhere or in one place."""

    check: str = Field(min_length=1)
    source: str = ""
    scope: str = ""
    resource: str = ""


class Imported(StrictModel):
    """A nonconformity that comes from elsewhere. `external` is its name there: it is brought in once."""

    external: str = Field(min_length=1)
    title: str = Field(min_length=1)
    statement: str = Field(min_length=1)
    grade: GradeName = "minor"
    severity: SeverityName = "medium"
    owner: str = ""
    due: Day = None
    subjects: list[SubjectSettings] = Field(default_factory=list[SubjectSettings])


class ImportedFile(StrictModel):
    """The whole file."""

    nonconformities: list[Imported]


class Edited(StrictModel):
    """What can be changed of one record."""

    title: str
    statement: str
    grade: GradeName
    severity: SeverityName
    owner: str
    due: date
    correction: str
    consequences: str
    cause: str
    similar: str
    reason: str


FORM = """\
# {id} is {stage}. Change what is to change and say why, below `reason`; save, and leave the editor.
# Leave the editor without a reason, and nothing changes. What is said here is sealed.
"""
COLUMNS = ("external", "title", "statement", "grade", "severity", "owner", "due", "check", "source")


def form(record: Nonconformity) -> str:
    """A record as YAML to edit."""
    fields = {
        "title": record.title,
        "statement": record.statement,
        "grade": record.grade.value,
        "severity": record.severity.value,
        "owner": record.owner,
        "due": record.due,
        "correction": record.correction,
        "consequences": record.consequences,
        "cause": record.cause,
        "similar": record.similar,
        "reason": "",
    }
    text: str = yaml.safe_dump(fields, sort_keys=False, allow_unicode=True, width=100)
    return FORM.format(id=record.id, stage=record.stage) + text


def apply_form(desk: Desk, record: Nonconformity, file: str, text: str, claimed: By) -> Nonconformity | None:
    """Seal what the edited text changes of a record as it was seen; `None` where nothing does. Raises `AnnexaError`."""
    document = read_document(file, text)
    edited = validate(Edited, document, document.data)
    acts = list(_changes(desk, record, edited))
    if not acts:
        return None
    if not edited.reason.strip():
        raise document.refuse(("reason",), "nobody says why", "write the reason below `reason`: it is sealed")
    drafts = [Draft(record=record.id, events=record.events + n, act=act) for n, act in enumerate(acts)]
    by = By(reason=edited.reason, name=claimed.name, key=claimed.key)
    desk.submit(records.NONCONFORMITY, drafts, by, {record.id: record})
    return chosen(known(desk), [record.id])[0]


def _changes(desk: Desk, record: Nonconformity, edited: Edited) -> Iterable[Move]:
    wording = (record.title, record.statement, record.grade.value, record.severity.value)
    if wording != (edited.title, edited.statement, edited.grade, edited.severity):
        yield Amended(
            title=edited.title,
            statement=edited.statement,
            grade=Grade(edited.grade),
            severity=Severity(edited.severity),
        )
    if (record.owner, record.due) != (edited.owner, edited.due):
        yield Assigned(owner=edited.owner, due=edited.due)
    if (record.correction, record.consequences) != (edited.correction, edited.consequences):
        yield Corrected(correction=edited.correction, consequences=edited.consequences)
    if (record.cause, record.similar) != (edited.cause, edited.similar):
        yield Analysed(cause=edited.cause, similar=edited.similar, found=tuple(proposed(desk, record)))


def bring_in(desk: Desk, file: Path, by: By) -> tuple[list[Nonconformity], list[str]]:
    """Raise what a file holds, all or none; what was brought in before is passed over and named.

    Raises `AnnexaError`.
    """
    document = _csv(file) if file.suffix == ".csv" else read_document(str(file), text_of(file))
    wanted = validate(ImportedFile, document, document.data).nonconformities
    seen: dict[str, int] = {}
    for number, each in enumerate(wanted):
        if each.external in seen:
            raise document.refuse(
                ("nonconformities", number, "external"), "stands in this file twice", "keep one of them"
            )
        seen[each.external] = number
    origin = _origin(desk)
    here = {name for record in known(desk).values() for name in _names(origin, record)}
    new = [each for each in wanted if each.external not in here]
    at = desk.clock()
    acts = []
    for each in new:
        severity = Severity(each.severity)
        due = each.due or due_by(desk.configuration, severity, at)
        raised = Raised(
            title=each.title,
            statement=each.statement,
            grade=Grade(each.grade),
            severity=severity,
            due=due,
            subjects=tuple(Subject(**subject.model_dump()) for subject in each.subjects),
            external=each.external,
        )
        acts.append([raised, Assigned(owner=each.owner, due=due)] if each.owner else [raised])
    names = desk.begin(records.NONCONFORMITY, acts, by) if acts else []
    return chosen(known(desk), names), [each.external for each in wanted if each.external in here]


def taken_out(desk: Desk, found: Iterable[Nonconformity], suffix: str) -> str:
    """Records as a document that `bring_in` reads: `.csv`, else YAML."""
    origin = _origin(desk)
    plain = [_plain(origin, record) for record in found]
    if suffix != ".csv":
        text: str = yaml.safe_dump({"nonconformities": plain}, sort_keys=False, allow_unicode=True, width=100)
        return text
    output = io.StringIO()
    writer = csv.DictWriter(output, COLUMNS, extrasaction="ignore")
    writer.writeheader()
    for each in plain:
        first: Mapping[str, str] = each["subjects"][0] if each["subjects"] else {}
        writer.writerow({**{k: harmless(v) for k, v in each.items()}, **{k: first.get(k, "") for k in COLUMNS[-2:]}})
    return output.getvalue()


def _plain(origin: str, record: Nonconformity) -> dict[str, Any]:
    return {
        "external": _names(origin, record)[-1],
        "title": record.title,
        "statement": record.statement,
        "grade": record.grade.value,
        "severity": record.severity.value,
        "owner": record.owner,
        "due": record.due,
        "subjects": [
            {"check": each.check, "source": each.source, "scope": each.scope, "resource": each.resource}
            for each in record.subjects
        ],
    }


def _origin(desk: Desk) -> str:
    """The name of the log."""
    with desk.store.reading() as connection:
        return desk.store.verifier(connection).name


def _names(origin: str, record: Nonconformity) -> list[str]:
    """What a record is called outside this store: its own name here, and the one it came with."""
    here = f"{record.id}@{origin}"
    return [here, record.external] if record.external else [here]


def harmless(value: object) -> object:
    """Text that a spreadsheet does not take for a formula; anything else as it is."""
    return spreadsheets.harmless(value) if isinstance(value, str) else value


def _csv(file: Path) -> Document:
    """Rows as if they stood in YAML, with the line of each. Raises `ConfigurationError`."""
    reader = csv.DictReader(io.StringIO(text_of(file)), strict=True)
    rows: list[dict[str, Any]] = []
    lines: dict[tuple[str | int, ...], int] = {(): 1}
    try:
        for row in reader:
            lines["nonconformities", len(rows)] = reader.line_num
            rows.append(_row(file, reader.line_num, row))
    except csv.Error as error:
        raise ConfigurationError(f"{file}:{reader.line_num}: not readable as CSV: {error}") from error
    return Document(str(file), {"nonconformities": rows}, lines)


def _row(file: Path, line: int, row: Mapping[str | None, Any]) -> dict[str, Any]:
    if None in row or None in row.values():
        raise ConfigurationError(f"{file}:{line}: has not as many columns as the first line", "compare the two lines")
    given = {str(name): spreadsheets.as_before(value) for name, value in row.items() if value}
    check, source = given.pop("check", ""), given.pop("source", "")
    return {**given, **({"subjects": [{"check": check, "source": source}]} if check else {})}


def text_of(file: Path, absent: str = "name another file") -> str:
    """What a file holds. Raises `ConfigurationError`, with the remedy `absent` where there is no such file."""
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise ConfigurationError(f"{file}: more than {LARGEST_FILE // 2**20} MiB", "bring it in in parts")
        return file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{file}: is not UTF-8 text", "save the file as UTF-8") from error
    except OSError as error:
        remedy = absent if isinstance(error, FileNotFoundError) else "name another file"
        raise ConfigurationError(f"{file}: cannot be read: {error.strerror}", remedy) from error
