"""The sheet of an access review: what is shown to its owner, and what comes back, every mistake with its line."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from core.errors import AnnexaError, did_you_mean
from core.management.access_review import AccessReview, Choice, HeldAccess
from core.mistakes import MistakesError
from core.spreadsheets import harmless

EVIDENCE = (
    *("review", "row", "owner", "source", "account", "holder", "right", "through", "privileged", "since", "last used"),
    *("proposal", "because"),
)
"""Columns that say what evidence shows, and come back as they went."""
ANSWER = ("decision", "change to", "decided by", "decided on", "comment")
"""Columns to be filled in."""
COLUMNS = (*EVIDENCE, *ANSWER)
SEPARATORS = ",;\t"
LARGEST_SHEET = 256 * 2**20
"""Bytes."""
ANSWERS = ", ".join(Choice)


@dataclass(frozen=True, slots=True)
class Filled:
    """What somebody filled in about one row, and the line where it stands."""

    line: int
    row: HeldAccess
    choice: Choice
    change: str
    reviewer: str
    decided: date
    comment: str


def shown_row(review: AccessReview, row: HeldAccess) -> dict[str, str]:
    """What a sheet shows of a row, as plain text. Days have a word before them, so that no program rewrites them."""
    since = "not known" if row.since is None else f"{'before ' if row.earlier else ''}on {row.since}"
    return {
        "review": review.id,
        "row": row.id,
        "owner": review.asked.owner,
        "source": row.source,
        "account": row.account,
        "holder": row.holder or "nobody",
        "right": row.right,
        "through": " > ".join(row.via),
        "privileged": "privileged" if row.privileged else "",
        "since": since.replace("before on", "before or on"),
        "last used": row.last_used,
        "proposal": row.proposal.value,
        "because": row.because,
    }


def rows(review: AccessReview) -> Iterator[dict[str, str]]:
    """The sheet, row by row, with nothing filled in."""
    for row in review.asked.rows:
        yield {**shown_row(review, row), **dict.fromkeys(ANSWER, "")}


def answered_rows(review: AccessReview) -> Iterator[dict[str, str]]:
    """The same with what was decided, as far as that was sealed."""
    answers = {each.id: each for each in review.answer.decisions} if review.answer else {}
    for row in rows(review):
        if answer := answers.get(row["row"]):
            said = (answer.choice.value, answer.change, answer.reviewer, answer.decided.isoformat(), answer.comment)
            row |= dict(zip(ANSWER, said, strict=True))
        yield row


def read(file: Path) -> bytes:
    """The bytes of a sheet that came back. Raises `AnnexaError`."""
    try:
        if not file.is_file() or file.stat().st_size > LARGEST_SHEET:
            raise AnnexaError(f"{file}: is no sheet", "name the CSV file that was filled in")
        return file.read_bytes()
    except OSError as error:
        raise AnnexaError(f"{file}: cannot be read: {error.strerror}", "name another file") from error


def digest_of(data: bytes) -> str:
    """The SHA-256 of a sheet that came back."""
    return hashlib.sha256(data).hexdigest()


def parsed(name: str, data: bytes) -> list[tuple[int, dict[str, str]]]:
    """The lines of a sheet in CSV with any of the usual separators. Raises `AnnexaError`."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise AnnexaError(f"{name}: is not text in UTF-8", "save the sheet as CSV in UTF-8") from error
    first = text.partition("\n")[0]
    separator = max(SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        heading = [cell.strip().casefold() for cell in next(reader, [])]
        if missing := [column for column in COLUMNS if heading.count(column) != 1]:
            raise AnnexaError(
                f"{name}: line 1: there is no column {missing[0]}, or several", "keep all columns of the exported sheet"
            )
        places = {column: heading.index(column) for column in COLUMNS}
        found = []
        for cells in reader:
            if any(cell.strip() for cell in cells):
                padded = [*cells, *[""] * len(heading)]
                found.append((reader.line_num, {column: padded[at].strip() for column, at in places.items()}))
    except csv.Error as error:
        raise AnnexaError(f"{name}: the quotes do not match: {error}", "save the sheet as CSV in UTF-8") from error
    return found


def review_named(name: str, lines: Sequence[tuple[int, Mapping[str, str]]]) -> str:
    """The review that a sheet is about. Raises `AnnexaError` where it is about none or several."""
    named = sorted({cells["review"] for _, cells in lines})
    if len(named) != 1:
        raise AnnexaError(f"{name}: is about {len(named)} reviews", "import the sheet of one review as it was exported")
    return named[0]


def filled(name: str, lines: Sequence[tuple[int, Mapping[str, str]]], review: AccessReview) -> list[Filled]:
    """What a sheet says about each row of its review. Raises `MistakesError` with all that is wrong."""
    mistakes: list[AnnexaError] = []
    known = {row.id: row for row in review.asked.rows}
    seen: dict[str, int] = {}
    found: list[Filled] = []
    for line, cells in lines:
        try:
            if cells["row"] not in known:
                raise AnnexaError(
                    f"there is no row {cells['row']} in {review.id}", "take the line out, or correct its row"
                )
            if cells["row"] in seen:
                raise AnnexaError(f"the row {cells['row']} stands in line {seen[cells['row']]} too", "keep one of them")
            seen[cells["row"]] = line
            found.append(_read(line, cells, known[cells["row"]], review))
        except AnnexaError as error:
            mistakes.append(AnnexaError(f"{name}: line {line}: {error}", error.hint))
    for row in known.values():
        if row.id not in seen:
            about = f"{row.account} and {row.right}"
            mistakes.append(AnnexaError(f"{name}: the row {row.id} about {about} is missing", "decide on each row"))
    if mistakes:
        raise MistakesError(mistakes)
    return found


def _read(line: int, cells: Mapping[str, str], row: HeldAccess, review: AccessReview) -> Filled:
    """Raises `AnnexaError`."""
    for column, text in shown_row(review, row).items():
        # Programs for spreadsheets take the apostrophe away, or leave it.
        if cells[column] not in (text.strip(), harmless(text).strip()):
            raise AnnexaError(
                f"{column} was changed: it says what evidence shows", f"write again what was there: {text or 'nothing'}"
            )
    answer = cells["decision"].casefold()
    if answer not in tuple(Choice):
        what = (
            f"{cells['decision']} is no decision{did_you_mean(answer, tuple(Choice))}"
            if answer
            else "nothing is decided"
        )
        raise AnnexaError(what, f"write {ANSWERS} below decision")
    choice = Choice(answer)
    if choice is Choice.CHANGE and not cells["change to"]:
        raise AnnexaError("a change does not say into what", "write it below change to")
    if choice is not Choice.CHANGE and cells["change to"]:
        raise AnnexaError(f"{choice} says into what to change", "write change below decision, or clear change to")
    if not cells["decided by"]:
        raise AnnexaError("nobody has decided", "write below decided by who did, as a login or an e-mail address")
    try:
        decided = date.fromisoformat(cells["decided on"])
    except ValueError:
        raise AnnexaError("decided on is no day", "write it as 2026-01-31") from None
    return Filled(line, row, choice, cells["change to"], cells["decided by"], decided, cells["comment"])
