"""annexa access-review: owners see who holds what, decide, and are held to it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands.desk import Claimed, Sign, at_desk, by, day, step_as_json
from commands.options import AsOf, Config, Json
from commands.output import count, labelled, plain, say, say_when, table, when, write_json

if TYPE_CHECKING:
    from core.management.access_review import AccessReview
    from management.access_status import JudgedAccess

Name = Annotated[str, typer.Argument(metavar="ID", help="An access review: AR-0001.")]
Sheet = Annotated[Path, typer.Argument(metavar="FILE", help="The sheet that came back, as CSV.")]
Folder = Annotated[
    Path, typer.Option("--output", metavar="FOLDER", help="Where the sheets are written. Default: this folder.")
]
Owners = Annotated[
    list[str],
    typer.Option("--owner", metavar="NAME", help="Only this owner. Default: everybody who answers for access."),
]
Due = Annotated[
    str,
    typer.Option("--due", metavar="DAY", help="By when: 2026-01-31. Default: after access_reviews.answered_within."),
]
Why = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; it is sealed. Default: a review as planned.")]
All = Annotated[bool, typer.Option("--all", help="List those that were withdrawn, too.")]
AllVerdicts = Annotated[bool, typer.Option("--all", help="Show what is as it should be, too.")]
PLANNED = "a review as planned"

access_review = typer.Typer(rich_markup_mode=None, help="Access reviews: owners see who holds what, and decide.")


@access_review.command()
def export(
    output: Folder = Path(),
    owners: Owners = [],  # noqa: B006 - typer makes a new one each time
    due: Due = "",
    reason: Why = PLANNED,
    claimed: Claimed = "",
    sign: Sign = None,
    config: Config = None,
    json: Json = False,
) -> None:
    """Ask owners to decide: a sheet for each, and what it shows is sealed."""
    from management.access_reviews import ask

    _refuse_missing(output)  # before anybody is asked
    with at_desk(config) as desk:
        found = ask(desk, by(reason, claimed, sign), day(due), owners)
    written = {each.id: _write(each, output) for each in found}
    if json:
        write_json([{**_as_json(each), "files": [str(file) for file in written[each.id]]} for each in found])
        return
    for each in found:
        say(f"{each.id}: {count(len(each.asked.rows), 'row')} for {each.asked.owner}, due {each.asked.due}")
        say(*(f"  {file}" for file in written[each.id]))
        say(*(f"  there may be more: {gap}" for gap in each.asked.gaps), style="yellow")


@access_review.command()
def sheet(name: Name, output: Folder = Path(), config: Config = None, json: Json = False) -> None:
    """Write the sheet of a review again, with what was decided."""
    from management.access_reviews import look

    _refuse_missing(output)
    with at_desk(config) as desk:
        found = look(desk, name).review
    files = [str(file) for file in _write(found, output)]
    if json:
        write_json({**_as_json(found), "files": files})
        return
    say(*files)


@access_review.command("import")
def import_(
    file: Sheet,
    reason: Why = PLANNED,
    claimed: Claimed = "",
    sign: Sign = None,
    config: Config = None,
    json: Json = False,
) -> None:
    """Seal what an owner decided. Nothing is sealed unless the whole sheet is right."""
    from management.access_reviews import chosen, decide, known
    from management.access_sheets import digest_of, filled, parsed, read, review_named

    data = read(file)
    with at_desk(config) as desk:
        lines = parsed(str(file), data)
        review = chosen(known(desk), review_named(str(file), lines))
        answers = filled(str(file), lines, review)
        found = decide(desk, review.id, answers, digest_of(data), str(file), by(reason, claimed, sign))
    if json:
        write_json(_as_json(found))
        return
    say(f"{found.id} is decided: {_counts(found)}")
    say(f"  sealed in leaf {found.leaf}", style="dim")


@access_review.command("list")
def list_(show_all: All = False, as_of: AsOf = "", config: Config = None, json: Json = False) -> None:
    """List reviews, with who was asked about what."""
    from management.access_reviews import listed

    with at_desk(config) as desk:
        found, past = listed(desk, as_of, all_of_them=show_all)
    if json:
        write_json(list(map(_as_json, found)))
        return
    if past:
        say_when(past)
    if not found:
        say("No access was reviewed yet.")
    table(
        ["ID", "Stage", "Owner", "Asked", "Due", "Rows", "Of"],
        [
            [
                each.id,
                each.stage,
                each.asked.owner,
                str(each.opened.date()),
                str(each.asked.due),
                _counts(each),
                ", ".join(each.asked.places),
            ]
            for each in found
        ],
    )


@access_review.command()
def show(name: Name, config: Config = None, json: Json = False) -> None:
    """Show one review: each row, and what was decided about it."""
    from management.access_reviews import look

    with at_desk(config) as desk:
        told = look(desk, name)
    found = told.review
    if json:
        write_json({**_as_json(found), "rows": _rows(found), "events": list(map(step_as_json, told.events))})
        return
    say(f"{found.id}: {found.title}", style="bold")
    say(f"{found.stage}, for {found.asked.owner}, due {found.asked.due}: {_counts(found)}")
    say(*(f"there may be more: {gap}" for gap in found.asked.gaps), style="yellow")
    table(
        ["Account", "Right", "Holder", "Since", "Decision", "By"],
        [
            [each["account"], each["right"], each["holder"], each["since"], each["decision"], each["decided by"]]
            for each in _rows(found)
        ],
    )
    for step in told.events:
        say(f"  {when(step.event.at)} {step.act} by {step.who}: {step.event.reason}", style="dim")


@access_review.command()
def withdraw(
    name: Name, reason: Why, claimed: Claimed = "", sign: Sign = None, config: Config = None, json: Json = False
) -> None:
    """Let a review count no longer, or ask for it no more."""
    from management.access_reviews import withdraw as end

    with at_desk(config) as desk:
        found = end(desk, name, by(reason, claimed, sign))
    if json:
        write_json(_as_json(found))
        return
    say(f"{found.id} is withdrawn")
    say(f"  sealed in leaf {found.leaf}", style="dim")


@access_review.command()
def status(show_all: AllVerdicts = False, config: Config = None, json: Json = False) -> int:
    """Show what was not reviewed in time, not removed as decided, or not confirmed after its holder moved."""
    from core.model import Status
    from management.access_status import status as judged

    with at_desk(config) as desk:
        found = judged(desk)
    kinds = {each.verdict.status for each in found}
    if json:
        write_json(list(map(_verdict_as_json, found)))
    else:
        told = [each for each in found if show_all or each.verdict.status in (Status.FAIL, Status.UNKNOWN)]
        for each in told:
            sign, style = labelled(each.verdict.status.value)
            say(f"{sign}: {each.verdict.reason}", style=style)
        say(f"{count(len(told), 'verdict')} of {len(found)} shown", style="dim")
    return 3 if Status.UNKNOWN in kinds else 1 if Status.FAIL in kinds else 0


def _refuse_missing(folder: Path) -> None:
    """Raise `AnnexaError` where there is no such folder."""
    from core.errors import AnnexaError

    if not folder.is_dir():
        raise AnnexaError(f"{folder}: there is no such folder", "make it, or name another one")


def _write(review: AccessReview, folder: Path) -> list[Path]:
    """Write the sheet of a review: CSV, and a workbook where the library for those is installed."""
    import importlib.util
    import tempfile

    from exports import workbook
    from exports.html import save
    from exports.tables import Table
    from management.access_sheets import COLUMNS, answered_rows
    from management.soa import as_csv

    sheets = folder / f"{review.id}.csv", folder / f"{review.id}.xlsx"
    save("\ufeff" + as_csv(COLUMNS, answered_rows(review)), sheets[0])
    if importlib.util.find_spec("xlsxwriter") is None:
        return [sheets[0]]
    cells = ([row[column] for column in COLUMNS] for row in answered_rows(review))
    with tempfile.TemporaryDirectory() as place:
        made = Path(place, "sheet.xlsx")
        about = Table(name=review.id, about=review.title, columns=COLUMNS, rows=cells)
        workbook.write([about], made, review.title, review.opened)
        save(made.read_bytes(), sheets[1])
    return list(sheets)


def _counts(review: AccessReview) -> str:
    """How much was decided how; how many rows there are, before."""
    from collections import Counter

    if review.answer is None:
        return count(len(review.asked.rows), "row")
    counts = Counter(each.choice.value for each in review.answer.decisions)
    return ", ".join(f"{number} {choice}" for choice, number in sorted(counts.items()))


def _rows(review: AccessReview) -> list[dict[str, str]]:
    """The sheet, as far as it is filled in."""
    from management.access_sheets import answered_rows

    return list(answered_rows(review))


def _as_json(review: AccessReview) -> dict[str, Any]:
    asked, answer = review.asked, review.answer
    return {
        "id": review.id,
        "stage": review.stage,
        "owner": asked.owner,
        "opened": plain(review.opened),
        "due": plain(asked.due),
        "decided": plain(review.decided),
        "valid_until": plain(answer.valid_until if answer else None),
        "withdrawn": plain(review.withdrawn),
        "places": list(asked.places),
        "gaps": list(asked.gaps),
        "counts": _counts(review),
        "sheet": answer.digest if answer else "",
        "reason": review.reason,
        "signed": review.signed,
        "leaf": review.leaf,
    }


def _verdict_as_json(each: JudgedAccess) -> dict[str, Any]:
    return {
        "check": each.check,
        "about": each.about,
        "owner": each.owner,
        "status": each.verdict.status.value,
        "reason": each.verdict.reason,
    }
