"""annexa nonconformities raise"""

from __future__ import annotations

from typing import Annotated

import typer

from commands.desk import Claimed, Due, Reason, Sign, at_desk, by, day, told
from commands.options import Config, Json
from commands.output import plain, say, write_json

Findings = Annotated[
    list[str] | None, typer.Argument(metavar="FINDING...", help="Ids of findings, or what they begin with; or none.")
]
Title = Annotated[str, typer.Option("--title", metavar="TEXT", help="What it is called. Default: as the check.")]
Statement = Annotated[
    str, typer.Option("--statement", metavar="TEXT", help="What does not conform. Default: as the findings say it.")
]
Grade = Annotated[str, typer.Option("--grade", metavar="GRADE", help="minor or major. Default: minor.")]
Severity = Annotated[
    str, typer.Option("--severity", metavar="SEVERITY", help="How grave. Default: as the gravest of the findings.")
]
Exactly = Annotated[
    bool, typer.Option("--exactly", help="Be about these findings alone, and follow no others of their checks.")
]
Anyway = Annotated[bool, typer.Option("--anyway", help="Also where an open record is about the same.")]
Rules = Annotated[
    bool, typer.Option("--rules", help="Instead: do what the configured rules ask for, as after each scan.")
]


def raise_(
    findings: Findings = None,
    title: Title = "",
    statement: Statement = "",
    grade: Grade = "",
    severity: Severity = "",
    due: Due = "",
    exactly: Exactly = False,
    anyway: Anyway = False,
    rules: Rules = False,
    reason: Reason = "",
    claimed: Claimed = "",
    sign: Sign = None,
    config: Config = None,
    json: Json = False,
) -> None:
    """Raise one record about some findings, or about none.

    It is about the checks of these findings in their sources, and follows whatever fails there, now and later.
    """
    from management.following import follow
    from management.raising import Wording, also_about, checked, raise_about

    with at_desk(config) as desk:
        if rules:
            followed = follow(desk)
            if json:
                write_json(plain(followed))
            else:
                say(*(followed.sentences or ("Nothing follows from what is known now.",)))
            return
        wording = checked(Wording(title, statement, grade, severity, day(due)))
        who = by(reason, claimed, sign)
        raised = raise_about(desk, findings or (), wording, who, exactly=exactly, anyway=anyway)
        told(raised, json=json)
        if not json:
            say(
                *(f"  {name} is open about the same" for each in raised for name in also_about(desk, each)),
                style="yellow",
            )
