"""Scans with a clock of its own: `scan_at.py MOMENT`, where each look at the clock is a second after the one before."""

from __future__ import annotations

import os
import sys
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

from runs.configuration import load
from runs.scan import Progress, scan
from runs.selection import Wish

seconds = count()
start = datetime.fromisoformat(sys.argv[1])
done = scan(
    load(None, os.environ, Path.home()),
    Wish(),
    lambda: start + timedelta(seconds=next(seconds)),
    trigger="a test",
    progress=Progress(),
)
sys.stdout.write(done.scan)
