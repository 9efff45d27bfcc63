"""How a picture of what goes on looks: drawn on a terminal, or told as lines of what is new in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from commands.output import count, printable, when
from evidence_store.questions.states import ScanState
from monitoring.schedule_state import RunRecord
from monitoring.scheduled import Scheduled, ScheduledSource
from monitoring.watching import Noticed, Picture

MOST_AT_FIRST = 10
"""Changes that are told at the beginning, when all of them are news."""

SIGNS = {
    "alarm": ("!", "bold red"),
    "new_failure": ("✗", "red"),
    "reappeared": ("✗", "red"),
    "became_unknown": ("?", "yellow"),
    "could_look_again": ("?", "cyan"),
    "resolved": ("✓", "green"),
    "added": ("+", "cyan"),
}
OTHER_SIGN = ("○", "dim")

OUTCOMES = {"running": ("…", "cyan"), "failed": ("✗", "red"), "gaps": ("?", "yellow"), "complete": ("✓", "green")}

HEAD, TITLES = 2, 7
"""Lines of the head, and of titles with the empty lines between them."""

SMALLEST = 16
"""Lines below which a terminal shows what fits."""


def drawn(picture: Picture, height: int) -> RenderableType:
    """The whole picture in so many lines: what just changed gets whatever the rest leaves."""
    room = max(height, SMALLEST) - HEAD - TITLES
    found = picture.scheduled
    runs = (
        [*(_running(each, picture.at) for each in found.running if found), *map(_scan, picture.scans)] if found else []
    )
    runs = _most(runs, room // 3) or [_row("–", "dim", "nothing runs")]  # noqa: RUF001 - a dash, meant as one
    due = _most([_due(each) for each in found.sources], room // 3) if found and found.holder else []
    left = room - len(runs) - len(due)
    ended = [_ended(each) for each in found.recent[: max(1, left // 3)]] if found else []
    changes = _most([_change(each) for each in picture.changes], left - len(ended) - 1)
    parts: list[RenderableType] = [_head(picture)]
    for title, rows in (
        ("Running", runs),
        ("Next", due or [_row("–", "dim", "nothing is due")]),  # noqa: RUF001 - the same
        ("Ended", ended),
        ("Just changed", changes or [_row("–", "dim", "nothing yet")]),  # noqa: RUF001 - the same
    ):
        if rows:
            parts += [Text(), Text(title, style="bold"), _grid(rows)]
    return Group(*parts)


def _head(picture: Picture) -> RenderableType:
    line = Text(f"annexa watch · {when(picture.at)} · ", no_wrap=True, overflow="ellipsis")
    if picture.problem:
        line.append(printable(f"cannot look: {picture.problem}"), style="red")
    else:
        holder = picture.scheduled.holder if picture.scheduled else ""
        line.append(printable(holder) if holder else "nobody schedules: annexa run", style="" if holder else "yellow")
    return line


Row = tuple[str, str, str, str]
"""A sign, its style, a moment or a time span, and what there is to say."""


def _row(sign: str, style: str, words: str, at: str = "") -> Row:
    return sign, style, at, words


def _most(rows: Sequence[Row], room: int) -> list[Row]:
    """As many as there is room for; where some are left out, the last line counts them."""
    if len(rows) <= room or room < 1:
        return list(rows[: max(room, 0)])
    return [*rows[: room - 1], _row("", "dim", f"and {len(rows) - room + 1} more")]


def _grid(rows: Sequence[Row]) -> Table:
    grid = Table.grid(padding=(0, 1), expand=True)
    grid.add_column(width=1)
    grid.add_column(no_wrap=True, width=max(len(at) for _, _, at, _ in rows))
    grid.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
    for sign, style, at, words in rows:
        grid.add_row(Text(sign, style=style), Text(at, style="dim"), Text(printable(words), style=style))
    return grid


def _running(run: RunRecord, now: datetime) -> Row:
    words = f"{_sources(run.sources)}{', trying again' if run.again else ''}"
    return _row(*OUTCOMES["running"], words, f"{_clock(run.began)}, {_span(now - run.began)}")


def _scan(scan: ScanState) -> Row:
    return _row(*OUTCOMES["running"], f"scan {scan.id} ({scan.trigger}), which has not ended", _clock(scan.started))


def _due(each: ScheduledSource) -> Row:
    words = f"{each.source}, trying again ({each.attempt})" if each.again else each.source
    return _row("▸", "", words, when(each.due).removesuffix(" UTC"))


def _ended(run: RunRecord) -> Row:
    sign, style = OUTCOMES[run.outcome]
    return _row(sign, style, f"{_sources(run.sources)}: {_outcome(run)}", _clock(run.ended or run.began))


def _change(noticed: Noticed) -> Row:
    sign, style = SIGNS.get(noticed.event.change, OTHER_SIGN)
    return _row(sign, style, _said(noticed), _clock(noticed.at))


def _said(noticed: Noticed) -> str:
    event = noticed.event
    return f"{event.change.replace('_', ' ')} [{event.severity}] {event.sentence}  ({event.command})"


def _outcome(run: RunRecord) -> str:
    if run.outcome == "failed":
        return f"failed: {run.problem}"
    return f"{run.scan}, {count(run.gaps, 'gap') if run.gaps else 'no gap'}"


def _sources(sources: Sequence[str]) -> str:
    more = f" and {len(sources) - 3} more" if len(sources) > 3 else ""  # noqa: PLR2004 - as many as a line takes
    return f"{', '.join(sources[:3])}{more}"


def _clock(moment: datetime) -> str:
    return f"{moment:%H:%M:%S}"


def _span(span: timedelta) -> str:
    seconds = max(0, int(span.total_seconds()))
    return f"{seconds // 60} min" if seconds >= 60 else f"{seconds} s"  # noqa: PLR2004 - seconds in a minute


def lines(before: Picture | None, picture: Picture) -> Iterator[str]:
    """What is new since the picture before, a line for each; at the beginning, how things stand."""
    at = when(picture.at)
    if picture.problem and (before is None or before.problem != picture.problem):
        yield f"{at} cannot look: {picture.problem}"
    old, new = before.scheduled if before else None, picture.scheduled
    if new and (old is None or old.holder != new.holder):
        yield f"{at} scheduler: {new.holder or 'none, start it with annexa run'}"
    if new:
        yield from _of_schedule(old, new, at)
    known = {each.id for each in before.scans} if before else set()
    for scan in picture.scans:
        if scan.id not in known:
            yield f"{when(scan.started)} began: scan {scan.id} ({scan.trigger})"
    told = before.changes[0].number if before and before.changes else 0
    fresh = [each for each in picture.changes if each.number > told]
    for noticed in reversed(fresh if before else fresh[:MOST_AT_FIRST]):
        yield f"{when(noticed.at)} {_said(noticed)}"


def _of_schedule(old: Scheduled | None, new: Scheduled, at: str) -> Iterator[str]:
    known = set(old.recent) if old else set(new.recent[1:])
    for run in reversed(new.recent):
        if run not in known:
            yield f"{when(run.ended or run.began)} ended: {_sources(run.sources)}: {_outcome(run)}"
    for run in new.running:
        if old is None or run not in old.running:
            yield f"{when(run.began)} began: {_sources(run.sources)}{', trying again' if run.again else ''}"
    following = _following(new)
    if following and following != _following(old):
        yield f"{at} next: {following}"


def _following(found: Scheduled | None) -> str:
    """What is due next, and when; nothing where nobody would look."""
    if found is None or not found.holder or not found.sources:
        return ""
    due = found.sources[0].due
    together = [each.source for each in found.sources if each.due == due]
    return f"{_sources(together)} at {when(due)}"
