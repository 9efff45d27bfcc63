"""annexa schedule"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from commands.options import Config, Json, configuration
from commands.output import count, plain, say, table, when, write_json

if TYPE_CHECKING:
    from monitoring.schedule_state import RunRecord
    from monitoring.scheduled import Scheduled

NEWEST = 10
"""How many runs are listed on a terminal."""

STYLES = {"running": "cyan", "failed": "red", "gaps": "yellow", "complete": "green"}


def schedule(config: Config = None, json: Json = False) -> None:
    """Show what is looked at when, what runs now, and what ran.

    It reads what `annexa run` writes beside the store, and works whether that runs or not.
    """
    from monitoring.scheduled import scheduled
    from runs.clock import now

    found = scheduled(configuration(config), now)
    if json:
        write_json(_as_json(found))
        return
    say(f"Scheduler: {found.holder or 'none runs: start it with annexa run'}")
    say("", "Next", style="bold")
    table(
        ["Due", "Source", "Last begun", "What came of it"],
        [
            [when(each.due), each.source, when(each.began) if each.began else "never", _outcome(each.last)]
            for each in found.sources
        ],
    )
    _runs("Running", found.running)
    _runs("Newest runs", found.recent[:NEWEST])


def _runs(head: str, runs: Sequence[RunRecord]) -> None:
    if runs:
        say("", head, style="bold")
    table(
        ["Began", "Took", "Sources", "What came of it"],
        [[when(each.began), _took(each), _sources(each), _outcome(each)] for each in runs],
    )


def _took(run: RunRecord) -> str:
    return f"{(run.ended - run.began).total_seconds():.1f} s" if run.ended else ""


def _sources(run: RunRecord) -> str:
    return run.sources[0] if len(run.sources) == 1 else count(len(run.sources), "source")


def _outcome(run: RunRecord | None) -> str | tuple[str, str]:
    if run is None:
        return ""
    words = {
        "running": "running",
        "failed": f"failed: {run.problem}",
        "gaps": f"{run.scan}: {count(run.gaps, 'gap')}",
        "complete": f"{run.scan}: no gap",
    }[run.outcome]
    return words, STYLES[run.outcome]


def _as_json(found: Scheduled) -> dict[str, Any]:
    return {
        "scheduler": found.holder,
        "sources": [
            {
                "source": each.source,
                "due": plain(each.due),
                "began": plain(each.began),
                "again": each.again,
                "attempt": each.attempt,
                "last": None if each.last is None else _run_as_json(each.last),
            }
            for each in found.sources
        ],
        "running": [_run_as_json(each) for each in found.running],
        "recent": [_run_as_json(each) for each in found.recent],
    }


def _run_as_json(run: RunRecord) -> dict[str, Any]:
    return {
        "sources": list(run.sources),
        "began": plain(run.began),
        "ended": plain(run.ended),
        "again": run.again,
        "scan": run.scan,
        "outcome": run.outcome,
        "gaps": run.gaps,
        "retryable": run.retryable,
        "problem": run.problem,
    }
