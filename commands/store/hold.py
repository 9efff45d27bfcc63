"""annexa store hold"""

from __future__ import annotations

from typing import Annotated

import typer

from commands.options import Config, Json, configuration, open_store
from commands.output import plain, say, table, when, write_json

Name = Annotated[str, typer.Argument(metavar="NAME", help="What the hold is called: a case number, for example.")]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; it is sealed.")]
Approver = Annotated[str, typer.Option("--approver", metavar="NAME", help="Who decided; it is sealed as a claim.")]
Kind = Annotated[str, typer.Option("--kind", metavar="KIND", help="Only this kind of resource, e.g. host_account.")]
Source = Annotated[str, typer.Option("--source", metavar="SOURCE", help="Only this source, e.g. host/web-1.")]
Since = Annotated[str, typer.Option("--from", metavar="MOMENT", help="Only what was collected from then on.")]
Until = Annotated[str, typer.Option("--to", metavar="MOMENT", help="Only what was collected until then.")]

KEEPS_NOTHING = "it keeps nothing that is in the store yet: no evidence here is of that kind, source and time"


def add(
    name: Name,
    reason: Reason,
    kind: Kind = "",
    source: Source = "",
    since: Since = "",
    until: Until = "",
    config: Config = None,
    json: Json = False,
) -> None:
    """Keep what is covered from being thrown away.

    Without options everything is covered, and without --to also what is still to come.
    """
    from evidence_store.retention.holds import Scope, keeps_nothing
    from runs.as_of import spoken
    from runs.clock import now
    from runs.retention import place_hold

    scope = Scope(
        kind=kind,
        source=source,
        since=spoken(since, begins=True) if since else None,
        until=spoken(until) if until else None,
    )
    settings = configuration(config)
    leaf = place_hold(settings, name, scope, reason=reason, clock=now)
    if not json:
        say(f"Held as {name}: {scope}", f"  sealed in leaf {leaf}")
    with open_store(settings) as store:
        nothing = keeps_nothing(store, leaf)
    if json:
        write_json({"name": name, "leaf": leaf, "keeps_nothing": nothing})
    elif nothing:
        say(f"  ! {KEEPS_NOTHING}", style="yellow")


def show(config: Config = None, json: Json = False) -> None:
    """List the holds that are in force."""
    from evidence_store.retention.holds import holds_in_force

    with open_store(configuration(config)) as store, store.reading() as connection:
        found = holds_in_force(store, connection)
    if json:
        write_json(plain(found))
        return
    if not found:
        say("No hold is in force.")
    rows = [
        [each.name, str(each.leaf), when(each.placed), each.login, f"{each.scope}: {each.reason}"] for each in found
    ]
    table(["hold", "leaf", "placed", "by", "covers"], rows)


def release(name: Name, reason: Reason, approver: Approver, config: Config = None, json: Json = False) -> None:
    """End a hold. What it kept may be thrown away by the next disposal."""
    from runs.clock import now
    from runs.retention import release_hold

    leaf = release_hold(configuration(config), name, reason=reason, approver=approver, clock=now)
    if json:
        write_json({"name": name, "leaf": leaf})
        return
    say(f"Released {name}: sealed in leaf {leaf}")
