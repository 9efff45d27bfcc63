"""What systemd is told, and that nobody else is needed; and how the log of a service looks."""

from __future__ import annotations

import json
import logging
import os
import re
import socket
import sys
from pathlib import Path

import pytest

from commands.output import service_formatter
from monitoring.notify import Notify


@pytest.mark.parametrize("name", ["{}/notify", "@annexa-test-{}"])
def test_what_systemd_is_told(name: str, tmp_path: Path) -> None:
    address = name.format(tmp_path if name.startswith("{") else os.getpid())
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(f"\0{address[1:]}" if address.startswith("@") else address)
        notify = Notify({"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "1000", "WATCHDOG_PID": str(os.getpid())})
        notify.ready("beginning")
        notify.alive("nothing runs")
        notify.alive("nothing runs")
        notify.stopping()
        assert [systemd.recv(999).decode() for _ in range(4)] == [
            "READY=1\nSTATUS=beginning",
            "WATCHDOG=1\nSTATUS=nothing runs",
            "WATCHDOG=1",
            "STOPPING=1\nSTATUS=ending: what runs is sealed with what it has seen",
        ]


def test_nobody_listens_or_watches_another_process(tmp_path: Path) -> None:
    Notify({}).ready("beginning")
    Notify({"NOTIFY_SOCKET": str(tmp_path / "nobody")}).ready("beginning")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.setblocking(False)
        notify = Notify({"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "1", "WATCHDOG_PID": "1"})
        notify.alive("")
        with pytest.raises(BlockingIOError):
            systemd.recv(99)


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_line_of_the_log_is_one_line_without_secrets(form: str) -> None:
    try:
        raise RuntimeError("password=hunter2-of-the-error")
    except RuntimeError:
        record = logging.LogRecord(
            "monitoring.service", logging.WARNING, "", 1, "token=%s\x1b[2J\n!", ("hunter2-of-the-log",), sys.exc_info()
        )
    line = service_formatter(form).format(record)
    assert "hunter2" not in line
    assert "\n" not in line
    assert "\x1b" not in line
    moment = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
    if form == "text":
        assert re.match(rf"{moment} WARNING: token=", line)
    else:
        document = json.loads(line)
        assert set(document) == {"at", "level", "logger", "message"}
        assert re.fullmatch(moment, document["at"])
        assert (document["level"], document["logger"]) == ("warning", "monitoring.service")
