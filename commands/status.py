"""annexa status"""

from __future__ import annotations

from typing import Annotated

import typer

from commands.options import AsOf, Config, Json, ReportFile, configuration, open_store
from commands.output import say, write_json

All = Annotated[bool, typer.Option("--all", help="List every finding, those that pass included.")]


def status(
    as_of: AsOf = "",
    config: Config = None,
    show_all: All = False,
    report: ReportFile = None,
    json: Json = False,
) -> None:
    """Show what stands, or stood then, without looking anew.

    That is the newest scan, what could not be looked at, the controls and the findings. Evidence past its freshness
    target counts as unknown. Exit status as for `annexa scan`.
    """
    from commands.summary import as_json, exit_status, show
    from runs.clock import now
    from runs.state import report as make_report

    settings = configuration(config)
    with open_store(settings) as store:
        found = make_report(settings, store, now(), as_of=as_of)
    if report:
        from exports.html import write

        write(found, report)
    if json:
        write_json(as_json(found))
    else:
        show(found, all_rows=show_all)
        if report:
            say(f"Report: {report}")
    raise typer.Exit(exit_status(found))
