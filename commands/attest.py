"""annexa attest: people vouch, with documents, for what technology cannot show."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands.desk import Claimed, Names, Owner, Reason, Sign, at_desk, by, day, step_as_json
from commands.options import AsOf, Config, Json
from commands.output import labelled, plain, say, say_when, table, when, write_json

if TYPE_CHECKING:
    from datetime import date

    from core.management.attestation import Attestation, Attested, JudgedAttestation

Name = Annotated[str, typer.Argument(metavar="ID", help="An attestation: AT-0001.")]
All = Annotated[bool, typer.Option("--all", help="List those that were withdrawn, too.")]
Title = Annotated[str, typer.Option("--title", metavar="TEXT", help="What the document is: Access control policy.")]
Controls = Annotated[
    list[str], typer.Option("--control", metavar="CONTROL", help="What it speaks to: A.5.1, or a clause: 7.2.")
]
Document = Annotated[
    str, typer.Option("--document", metavar="PLACE", help="Where it is: a file here is digested, else an address.")
]
Digest = Annotated[str, typer.Option("--digest", metavar="SHA256", help="Of a document that is not at hand here.")]
Authors = Annotated[list[str], typer.Option("--author", metavar="NAME", help="Who wrote it.")]
Reviewer = Annotated[str, typer.Option("--reviewer", metavar="NAME", help="Who reviewed it: none of its authors.")]
Reviewed = Annotated[str, typer.Option("--reviewed", metavar="DAY", help="When it was reviewed: 2026-01-31.")]
From = Annotated[str, typer.Option("--from", metavar="DAY", help="From when on it holds: 2026-01-31.")]
Until = Annotated[str, typer.Option("--until", metavar="DAY", help="The last day on which it holds.")]

attest = typer.Typer(rich_markup_mode=None, help="Attestations: documents that people vouch for.")


@attest.command("list")
def list_(show_all: All = False, as_of: AsOf = "", config: Config = None, json: Json = False) -> None:
    """List what is attested, what ends first on top."""
    from management.attestations import listed

    with at_desk(config) as desk:
        found, past = listed(desk, as_of, ended=show_all)
    if json:
        write_json(list(map(_as_json, found)))
        return
    if past:
        say_when(past)
    if not found:
        say("Nothing is attested.")
    table(
        ["ID", "Holds", "Until", "Owner", "Speaks to", "Document"],
        [
            [
                each.attestation.id,
                _holds(each),
                str(each.attestation.said.valid_until),
                each.attestation.said.owner,
                ", ".join(each.attestation.said.controls),
                each.attestation.said.title,
            ]
            for each in found
        ],
    )


@attest.command()
def show(name: Name, config: Config = None, json: Json = False) -> None:
    """Show one attestation and what the checks say of it."""
    from management.attestations import look

    with at_desk(config) as desk:
        found = look(desk, name)
    if json:
        write_json({**_as_json(found.judged), "events": list(map(step_as_json, found.events))})
        return
    one, said = found.judged.attestation, found.judged.attestation.said
    say(f"{one.id}: {said.title}", style="bold")
    if one.withdrawn:
        say(f"withdrawn at {when(one.withdrawn)}", style="yellow")
    review = f"{said.reviewer} on {said.reviewed}" if said.reviewed else "nobody"
    table(
        ["", ""],
        [
            ["document", said.document],
            ["SHA-256", said.digest or "not recorded: the document was not at hand"],
            ["speaks to", ", ".join(said.controls)],
            ["owner", said.owner],
            ["written by", ", ".join(said.authors)],
            ["reviewed by", review],
            ["holds", f"{said.valid_from} to {said.valid_until}"],
            ["attested", f"{when(one.attested)} by {one.attested_by}: {one.reason}"],
        ],
    )
    for each in found.judged.judgements:
        sign, style = labelled(each.verdict.status.value)
        say(f"{sign}: {each.check}: {each.verdict.reason}", style=style)
    for step in found.events:
        say(f"  {when(step.event.at)} {step.act} by {step.who}: {step.event.reason}", style="dim")


@attest.command()
def add(
    title: Title,
    controls: Controls,
    document: Document,
    owner: Owner,
    authors: Authors,
    until: Until,
    reason: Reason,
    begins: From = "",
    reviewer: Reviewer = "",
    reviewed: Reviewed = "",
    digest: Digest = "",
    claimed: Claimed = "",
    sign: Sign = None,
    config: Config = None,
    json: Json = False,
) -> None:
    """Vouch for a document. The document itself is not kept, only its digest."""
    from management.attestations import attest as seal

    with at_desk(config) as desk:
        today = desk.clock().date()
        said = _said(title, controls, document, owner, authors, (begins, until), (reviewer, reviewed), digest, today)
        _told([seal(desk, said, by(reason, claimed, sign))], json=json)


@attest.command()
def renew(
    name: Name,
    until: Until,
    reason: Reason,
    title: Title = "",
    controls: Controls = [],  # noqa: B006 - typer makes a new one each time
    document: Document = "",
    owner: Owner = "",
    authors: Authors = [],  # noqa: B006
    begins: From = "",
    reviewer: Reviewer = "",
    reviewed: Reviewed = "",
    digest: Digest = "",
    claimed: Claimed = "",
    sign: Sign = None,
    config: Config = None,
    json: Json = False,
) -> None:
    """Vouch anew: another term, a new edition. What is not said stays, but for the review, which is of one edition."""
    from management.attestations import attest as seal
    from management.attestations import chosen, known

    with at_desk(config) as desk:
        before = chosen(known(desk), [name])[0].said
        today = desk.clock().date()
        said = _said(
            title or before.title,
            controls or list(before.controls),
            document or before.document,
            owner or before.owner,
            authors or list(before.authors),
            (begins, until),
            (reviewer, reviewed),
            digest,
            today,
        )
        _told([seal(desk, said, by(reason, claimed, sign), renewed=name)], json=json)


@attest.command()
def withdraw(
    names: Names, reason: Reason, claimed: Claimed = "", sign: Sign = None, config: Config = None, json: Json = False
) -> None:
    """Vouch for something no longer."""
    from management.attestations import withdraw as end

    with at_desk(config) as desk:
        _told(end(desk, names, by(reason, claimed, sign)), json=json)


def _said(
    title: str,
    controls: list[str],
    document: str,
    owner: str,
    authors: list[str],
    term: tuple[str, str],
    review: tuple[str, str],
    digest: str,
    today: date,
) -> Attested:
    from core.errors import AnnexaError
    from core.management.attestation import Attested
    from management.attestations import digest_of

    until = day(term[1])
    if until is None:
        raise AnnexaError("nobody says until when it holds", "say --until DAY")
    here = Path(document)
    return Attested(
        title=title,
        document=document,
        digest=digest.lower() or (digest_of(here) if here.is_file() else ""),
        controls=tuple(dict.fromkeys(controls)),
        owner=owner,
        authors=tuple(authors),
        reviewer=review[0],
        reviewed=day(review[1]),
        valid_from=day(term[0]) or today,
        valid_until=until,
    )


def _holds(each: JudgedAttestation) -> tuple[str, str]:
    if not each.attestation.given:
        return "withdrawn", "dim"
    return ("✓ holds", "green") if each.holds else ("✗ does not", "red")


def _as_json(each: JudgedAttestation) -> dict[str, Any]:
    one = each.attestation
    return {
        "id": one.id,
        **plain(one.said),
        "attested_by": one.attested_by,
        "attested": plain(one.attested),
        "reason": one.reason,
        "withdrawn": plain(one.withdrawn),
        "signed": one.signed,
        "leaf": one.leaf,
        "holds": each.holds and one.given,
        "sentence": each.sentence,
        "checks": [
            {"check": judged.check, "status": judged.verdict.status.value, "reason": judged.verdict.reason}
            for judged in each.judgements
        ],
    }


def _told(found: list[Attestation], *, json: bool) -> None:
    if json:
        write_json(plain(found))
        return
    for each in found:
        state = "is withdrawn" if each.withdrawn else f"holds until {each.said.valid_until}"
        say(f"{each.id} {state}: {each.said.title}")
        say(f"  sealed in leaf {each.leaf}", style="dim")
