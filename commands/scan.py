"""annexa scan"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from commands.options import Checks, Config, Controls, Json, ReportFile, Sources, configuration
from commands.output import plain, say, write_json

if TYPE_CHECKING:
    from datetime import datetime

    from evidence_store.store import Store
    from runs.configuration import Configuration

Stats = Annotated[
    bool, typer.Option("--stats", help="Show what the scan cost: calls, bytes, time and memory, by operation.")
]
SinceLast = Annotated[bool, typer.Option("--since-last", help="Show only what changed since the scan before.")]


def scan(
    config: Config = None,
    source: Sources = None,
    check: Checks = None,
    control: Controls = None,
    report: ReportFile = None,
    since_last: SinceLast = False,
    stats: Stats = False,
    json: Json = False,
) -> None:
    """Look at every source, judge what was seen, and seal both.

    Without a configuration this very machine is scanned, into ./annexa-data. Exit status: 0 all is well, 1 something
    fails, 3 not everything could be looked at, 2 wrong usage or configuration, 4 a seal is broken.
    """
    from commands.alerts import say_told
    from commands.progress import showing_progress
    from commands.statistics import show as show_cost
    from commands.summary import as_json, exit_status, show
    from evidence_store.store import Store
    from management.following import follow
    from management.sealing import Desk
    from monitoring.alerts import tell_anyhow
    from runs.clock import now
    from runs.scan import scan as run
    from runs.selection import Wish
    from runs.state import ended_since
    from runs.state import report as make_report
    from runs.statistics import Measurement

    settings = configuration(config)
    wish = Wish(tuple(source or ()), tuple(check or ()), tuple(control or ()))
    measurement = Measurement()
    with showing_progress(quiet=json) as progress:
        done = run(settings, wish, now, trigger="command line", progress=measurement.of(progress))
    cost = measurement.end()
    with Store.open(settings.location) as store:
        followed = follow(Desk(settings, store, now))
        found = make_report(settings, store, now(), done=done)
        ended = ended_since(store, found.scan) if since_last else ()
        changed = "" if json else _since(settings, store, now())
        told = tell_anyhow(settings, store, now(), os.environ)
    if report:
        from exports.html import write

        write(found, report)
    if json:
        write_json(as_json(found, ended, since_last=since_last) | ({"statistics": plain(cost)} if stats else {}))
    else:
        show(found, ended, since_last=since_last)
        if changed:
            say("", *changed.split("\n"))
        for sentence in followed.sentences:
            say(f"  {sentence}", style="yellow")
        say_told(told)
        if stats:
            show_cost(cost)
        if report:
            say(f"Report: {report}")
    raise typer.Exit(exit_status(found))


def _since(settings: Configuration, store: Store, now: datetime) -> str:
    """What changed since the scan before, in a line or two; nothing where there was none."""
    from commands.drift import summarised
    from evidence_store.errors import UnreachableError
    from monitoring.drift import since_scan_before

    try:
        changed = since_scan_before(settings, store, now)
    except UnreachableError as error:  # this scan stands all the same
        return f"Since the scan before: unknown, for what it sealed cannot be read: {error}"
    if changed is None:
        return ""
    return f"Since the scan before: {summarised(changed)}" + ("\n  see: annexa drift" if changed else "")
