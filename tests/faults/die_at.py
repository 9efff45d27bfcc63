"""Scans, and kills itself at a chosen step: before the Nth statement, commit or flush to disk.

Run as `die_at.py STEP`; step 0 never comes, and the number of steps there were is printed instead.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from runs.clock import now
from runs.configuration import load
from runs.scan import Progress, scan
from runs.selection import Wish

steps = 0
last = int(sys.argv[1])


def step(*_: Any) -> None:
    """Count, and die when it is time."""
    global steps  # noqa: PLW0603 - the one number this script is about
    steps += 1
    if steps == last:
        os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    """Scan as the command line does."""
    flush = os.fsync

    def watched_flush(fd: Any) -> None:
        step()
        flush(fd)

    os.fsync = watched_flush
    event.listen(Engine, "before_cursor_execute", step)
    event.listen(Engine, "commit", step)
    scan(load(None, os.environ, Path.home()), Wish(), now, trigger="a test", progress=Progress())
    sys.stdout.write(str(steps))


main()
