"""annexa run"""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from commands.options import Config, configuration
from commands.output import explain_error, log_as_service

if TYPE_CHECKING:
    from monitoring.notify import Notify
    from monitoring.service import Service
    from runs.configuration import Configuration

PACE = 1.0
"""Seconds between two looks at the clock."""

PATIENCE = 25.0
"""Seconds for running scans to be sealed with what they have seen, before the process ends anyway."""


def run(config: Config = None) -> None:
    """Stay, and look at every source when it is due.

    What the configuration says below `schedule` decides when. SIGTERM ends it within 30 seconds: units that run become
    gaps, and the scan is sealed. SIGHUP reads the configuration anew; one that is not valid changes nothing. One
    scheduler serves a store, beside any number of `annexa scan`.
    """
    from monitoring.metrics import Metrics
    from monitoring.notify import Notify
    from monitoring.pages import serving
    from monitoring.service import Service
    from runs.clock import now
    from runs.memory import settle
    from runs.sandbox import refuse_sandboxed_look

    settings = configuration(config)
    refuse_sandboxed_look(settings)
    log_as_service(settings.service.logs)
    service = Service(settings, lambda: _read_again(config, settings), now, os.environ)
    settle()
    try:
        with serving(settings.service.address, service, Metrics(service)):
            _drive(service, Notify(os.environ))
    finally:
        service.close()


def _read_again(config: Path | None, before: Configuration) -> Configuration:
    """From the same place, though another would come first by now, and though it may be gone."""
    from runs.configuration import DEFAULT
    from runs.sandbox import refuse_sandboxed_look

    found = configuration(config or (None if before.file == DEFAULT else Path(before.file)))
    refuse_sandboxed_look(found)
    return found


def _drive(service: Service, notify: Notify) -> None:
    """Have the service do what is due about once a second, until somebody asks it to end."""
    woken = threading.Event()
    asked: list[int] = []

    def end(number: int, _frame: object) -> None:
        asked.append(number)
        if len(asked) > 1:
            raise KeyboardInterrupt  # asked twice, nobody waits any more
        service.ask_to_stop()
        woken.set()

    def reload(_number: int, _frame: object) -> None:
        service.ask_to_reload()
        woken.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGHUP, reload)
    notify.ready("beginning")
    while not service.stopping:
        service.tick()
        notify.alive(service.status)
        woken.wait(PACE)
        woken.clear()
    notify.stopping()
    if not service.drain(PATIENCE):
        explain_error(
            "not every scan could be sealed in time", "what they had sealed is whole, and the next scan says they died"
        )
