"""annexa nonconformities list and show"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from commands.desk import at_desk, evidence_as_json, say_steps, step_as_json
from commands.options import AsOf, Config, Json
from commands.output import Cell, count, plain, say, say_when, table, when, write_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.management.acts import Similar
    from core.management.nonconformity import Action, Nonconformity
    from management.evidence import Evidence

Name = Annotated[str, typer.Argument(metavar="ID", help="A record: NC-0001.")]
All = Annotated[bool, typer.Option("--all", help="List closed ones, too.")]
Overdue = Annotated[bool, typer.Option("--overdue", help="Only those of which something should have been done by now.")]
Owner = Annotated[str, typer.Option("--owner", metavar="NAME", help="Only those that this person owns, or acts in.")]
Check = Annotated[str, typer.Option("--check", metavar="CHECK", help="Only those about this check, or those below it.")]

MOST_ROWS = 20
"""Similar cases shown on a terminal; `--json` has every one."""


def list_(
    show_all: All = False,
    overdue: Overdue = False,
    owner: Owner = "",
    check: Check = "",
    as_of: AsOf = "",
    config: Config = None,
    json: Json = False,
) -> None:
    """List what is open, the most urgent first."""
    from management.looking import Filter, listed

    with at_desk(config) as desk:
        found = listed(desk, Filter(closed=show_all, overdue=overdue, owner=owner, check=check), as_of)
    if json:
        write_json(
            [
                {**plain(row.record), "overdue": row.overdue, "evidence": evidence_as_json(row.evidence)}
                for row in found.rows
            ]
        )
        return
    if found.past:
        say_when(found.past)
    if not found.rows:
        say("No nonconformity is open." if not show_all else "There is no nonconformity.")
    table(
        ["ID", "Stage", "Grade", "Due", "Owner", "Failing", "What"],
        [
            [
                each.record.id,
                each.record.stage.value,
                each.record.grade.value,
                (f"{each.record.due} !", "red") if each.overdue else str(each.record.due),
                each.record.owner or "nobody",
                _counts(each.evidence),
                each.record.title,
            ]
            for each in found.rows
        ],
    )


def show(name: Name, as_of: AsOf = "", config: Config = None, json: Json = False) -> None:
    """Show one record: all that is said, done and observed.

    Every act stands there with who did it, when and why.
    """
    from management.looking import look

    with at_desk(config) as desk:
        found = look(desk, name, as_of)
    if json:
        write_json(
            {
                **plain(found.record),
                "evidence": evidence_as_json(found.evidence),
                "similar_cases": plain(found.similar),
                "events": list(map(step_as_json, found.events)),
            }
        )
        return
    if found.past:
        say_when(found.past)
    _show_record(found.record)
    _show_evidence(found.evidence)
    _show_similar(found.similar)
    say_steps(found.events)


def _counts(evidence: Evidence) -> Cell:
    if evidence.failing:
        return str(evidence.failing), "red"
    return (f"? {evidence.unknown}", "yellow") if evidence.unknown else "0"


def _show_record(record: Nonconformity) -> None:
    say(f"{record.id}: {record.title}", style="bold")
    owner = record.owner or "nobody"
    say(f"  {record.stage}, {record.grade}, severity {record.severity}, due {record.due}, owner {owner}")
    rows: list[list[Cell]] = [
        ["raised", f"{when(record.raised)} by {record.raised_by}{record.rule and f', rule {record.rule}'}"],
        ["statement", record.statement],
        ["about", [str(each) for each in record.subjects] or "nothing that is checked"],
    ]
    for label, text in (
        ("external", record.external),
        ("correction", record.correction),
        ("consequences", record.consequences),
        ("cause", record.cause),
        ("similar cases", record.similar),
    ):
        rows += [[label, text]] if text else []
    rows += [[f"action {number}", _action(each)] for number, each in enumerate(record.actions, start=1)]
    if review := record.review:
        seen = review.observed
        verdict = "effective" if review.effective else "not effective"
        rows.append(["review", f"{verdict}, {when(review.at)} by {review.reviewer}: {review.judgement}"])
        basis = seen.without or f"{count(seen.looks, 'look')} over {seen.seconds / 86400:.1f} days in sight"
        rows.append(["judged by", basis])
        rows.append(["ISMS changes", review.isms_changes])
    if record.closed:
        rows.append(["closed", f"{when(record.closed)} by {record.closed_by}"])
    if record.recurrences:
        rows.append(["seen again", count(record.recurrences, "time")])
    table(["", ""], rows)


def _action(action: Action) -> str:
    state = f"done {when(action.done)}: {action.outcome}" if action.done else f"due {action.due}"
    return f"{action.action} ({action.owner}, {state}; in proportion: {action.proportionality})"


def _show_evidence(evidence: Evidence) -> None:
    style = {"failing": "red", "unknown": "yellow", "clean": "green"}.get(evidence.says, "dim")
    say("", f"Evidence: {evidence.says}: {evidence.sentence}", style=style)
    for source, scope in evidence.left:
        say(f"  nobody looks at {source} {scope}".rstrip() + " any more", style="yellow")


def _show_similar(similar: Sequence[Similar]) -> None:
    if not similar:
        return
    say("", f"Similar cases: {len(similar)}", style="bold")
    table(
        ["", "Status", "Count", "Where and why"],
        [
            [str(number), each.status, str(each.count), f"{each.subject}: {each.because}"]
            for number, each in enumerate(similar[:MOST_ROWS], start=1)
        ],
    )
    if len(similar) > MOST_ROWS:
        say(f"  {len(similar) - MOST_ROWS} more: --json")
