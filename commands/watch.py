"""annexa watch"""

from __future__ import annotations

import signal
import sys
import time
from typing import TYPE_CHECKING

from commands.options import Config, configuration
from commands.output import console, printable

if TYPE_CHECKING:
    from monitoring.watching import Watcher

PACE = 2.0
"""Seconds between two looks."""


def watch(config: Config = None) -> None:
    """Watch what runs, what is next, and what changes.

    It reads what `annexa run` and scans write, from a process of its own, and changes nothing. On a terminal the
    picture is drawn anew every two seconds; elsewhere each thing that happens is a line.
    """
    from monitoring.watching import Watcher
    from runs.clock import now

    watcher = Watcher(configuration(config), now)
    signal.signal(signal.SIGTERM, _end)  # or a terminal would stay as it was drawn
    try:
        if sys.stdout.isatty():
            _draw(watcher)
        else:
            _tell(watcher)
    except KeyboardInterrupt:
        pass  # which is how one ends it


def _end(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _draw(watcher: Watcher) -> None:
    from rich.live import Live

    from commands.picture import drawn

    with Live(console=console(), screen=True, auto_refresh=False) as live:
        while True:
            live.update(drawn(watcher.look(), console().size.height), refresh=True)
            time.sleep(PACE)


def _tell(watcher: Watcher) -> None:
    from commands.picture import lines

    before = None
    while True:
        picture = watcher.look()
        for line in lines(before, picture):
            sys.stdout.write(f"{printable(line)}\n")
        sys.stdout.flush()  # when nobody reads any more this ends the watch, as it should
        before = picture
        time.sleep(PACE)
