"""annexa risks: risks to information, and whether evidence shows that they are treated as planned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands.desk import Claimed, Reason, Sign, at_desk
from commands.options import AsOf, Config, Json, configuration
from commands.output import Cell, count, json_text, plain, say, say_when, table, write, write_json
from commands.soa import Output
from commands.statements import adopt as adopt_statement
from commands.statements import say_version, version_as_json

if TYPE_CHECKING:
    from core.management.risk import RiskRegister
    from core.management.statements import Version
    from management.risks import RiskState

Name = Annotated[str, typer.Argument(metavar="ID", help="A risk, by its id.")]
STYLES = {"as_planned": "green", "less_than_planned": "red", "not_shown": "yellow"}

risks = typer.Typer(rich_markup_mode=None, help="Risks, their treatment, and what evidence says of it.")


@risks.command("list")
def list_(as_of: AsOf = "", config: Config = None, json: Json = False) -> None:
    """List all risks by the level that is to be reckoned with."""
    from management.standard import treated_risks

    with at_desk(config) as desk:
        version, found, past = treated_risks(desk, as_of)
    if json:
        write_json({"sealed": _summary(version), "risks": [_as_json(version, each) for each in found]})
        return
    if past:
        say_when(past)
    say_version(version, differs=False)
    table(
        ["ID", "Level", "Planned", "Counts", "Treatment", "Evidence", "Owner", "Risk"],
        [
            [
                each.risk.id,
                str(each.level),
                str(each.planned),
                (str(each.counts), "red" if each.counts > each.acceptable else ""),
                each.risk.treatment.value,
                _treated(each),
                each.risk.owner,
                each.risk.statement,
            ]
            for each in found
        ],
    )


@risks.command()
def show(name: Name, as_of: AsOf = "", config: Config = None, json: Json = False) -> None:
    """Show one risk, and what its treatment rests on."""
    from core.errors import AnnexaError, did_you_mean
    from management.standard import treated_risks

    with at_desk(config) as desk:
        version, found, past = treated_risks(desk, as_of)
    by_id = {each.risk.id: each for each in found}
    if name not in by_id:
        raise AnnexaError(f"there is no risk {name}{did_you_mean(name, by_id)}", "annexa risks list")
    one = by_id[name]
    if json:
        write_json(_as_json(version, one))
        return
    if past:
        say_when(past)
    risk, method = one.risk, version.said.method
    say(f"{risk.id}: {risk.statement}", style="bold")
    say_version(version, differs=False)
    scales = f"{method.likelihood[risk.likelihood - 1]} × {method.impact[risk.impact - 1]}"  # noqa: RUF001 - times
    table(
        ["", ""],
        [
            ["threat", risk.threat],
            ["assets", ", ".join(risk.assets)],
            ["owner", risk.owner],
            ["level", f"{one.level} of {method.highest} ({scales}, {method.formula.value})"],
            ["treatment", f"{risk.treatment.value}; planned to leave {one.planned}, acceptable up to {one.acceptable}"],
            ["counts as", str(one.counts)],
            ["residual", _approval(one)],
            ["controls", ", ".join(risk.controls)],
        ],
    )
    text, style = _treated(one)
    say(text, style=style)
    for sentence in one.because:
        say(f"  {sentence}")
    for sentence in one.owed:
        say(f"  owed: {sentence}", style="red")
    table(
        ["Step", "Owner", "Due", "Done"],
        [[each.action, each.owner, str(each.due), str(each.done or "")] for each in risk.plan],
    )


@risks.command()
def check(config: Config = None, json: Json = False) -> None:
    """Show what is less treated than planned, and what is owed.

    Exit status 1 where there is something.
    """
    from management.risks import read_risks
    from management.standard import checked_risks

    read_risks(configuration(config))  # a mistake in the file is told also where nobody has scanned yet
    with at_desk(config) as desk:
        version, differs, found = checked_risks(desk)
    wrong = [each for each in found if each.owed or each.treated == "less_than_planned"]
    if json:
        write_json({"sealed": version_as_json(version), "differs": differs, "risks": [_flat(each) for each in wrong]})
    else:
        if version:
            say_version(version, differs=differs)
        say(f"{count(len(wrong), 'risk')} of {len(found)} to look at", style="bold")
        table(
            ["ID", "What is not as planned"],
            [
                [each.risk.id, [*(each.because if each.treated == "less_than_planned" else ()), *each.owed]]
                for each in wrong
            ],
        )
    raise typer.Exit(1 if wrong else 0)


@risks.command()
def export(output: Output = None, as_of: AsOf = "", config: Config = None, json: Json = False) -> None:
    """Write all risks with what evidence says: CSV, or JSON."""
    from exports.html import save
    from management.soa import as_csv
    from management.standard import treated_risks
    from management.stating import head

    with at_desk(config) as desk:
        version, found, past = treated_risks(desk, as_of)
        about = head(desk, past)
    if json or (output is not None and output.suffix == ".json"):
        text = json_text({**about, "sealed": _summary(version), "risks": [_as_json(version, each) for each in found]})
    else:
        rows = [{**about, **_row(each)} for each in found]
        text = as_csv(tuple(rows[0]) if rows else ("id",), rows)
    if output is None:
        write(text)
        return
    save(text, output)
    say(f"{output}: {count(len(found), 'risk')}")


@risks.command()
def adopt(reason: Reason, claimed: Claimed = "", sign: Sign = None, config: Config = None, json: Json = False) -> None:
    """Seal what the file says as the next version.

    Also to say that nothing has changed: then somebody has looked again.
    """
    from evidence_store import records

    adopt_statement(records.RISKS, reason, claimed, sign, config, json=json)


def _treated(state: RiskState) -> tuple[str, str]:
    return state.treated.replace("_", " "), STYLES[state.treated]


def _approval(state: RiskState) -> str:
    left = state.risk.residual
    return f"approved by {left.approved_by} on {left.approved}" if left.approved_by else "approved by nobody"


def _flat(state: RiskState) -> dict[str, Any]:
    judged = ("level", "planned", "counts", "acceptable", "treated", "because", "owed")
    return {**plain(state.risk), **{name: plain(getattr(state, name)) for name in judged}}


def _as_json(version: Version[RiskRegister], state: RiskState) -> dict[str, Any]:
    return {**_flat(state), "version": version.events}


def _summary(version: Version[RiskRegister]) -> dict[str, Any]:
    whole = version_as_json(version)
    return {name: value for name, value in whole.items() if name != "risks"}


def _row(state: RiskState) -> dict[str, object]:
    flat = _flat(state)
    row: dict[str, Cell | object] = {}
    for name, value in flat.items():
        if name == "plan":
            row[name] = "; ".join(f"{each['action']} ({each['owner']}, due {each['due']})" for each in value)
        elif name == "residual":
            row |= {"residual_approved_by": value["approved_by"], "residual_approved": value["approved"] or ""}
        else:
            row[name] = "; ".join(value) if isinstance(value, list) else value
    return row
