"""`annexa watch`, as people use it: on a terminal, until they have seen enough; and in a pipe that ends."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys

from tests.command_line import PATIENCE, ROOT, Folder

OPENS, CLOSES = "\x1b[?1049h", "\x1b[?1049l"
"""What takes the screen, and gives it back as it was (xterm, smcup and rmcup)."""


def test_a_terminal_is_given_back_as_it_was(scanned: Folder) -> None:
    parent, child = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "agent.py"), "watch"],
        cwd=scanned.path,
        env=scanned.environment(TERM="xterm-256color", COLUMNS="100", LINES="30"),
        stdin=child,
        stdout=child,
        stderr=child,
    )
    os.close(child)
    shown = ""
    while "gate is open" not in shown:
        assert select.select([parent], [], [], PATIENCE)[0], shown
        shown += os.read(parent, 65_536).decode()
    process.send_signal(signal.SIGINT)
    try:
        while select.select([parent], [], [], PATIENCE)[0] and (chunk := os.read(parent, 65_536)):
            shown += chunk.decode()
    except OSError:
        pass  # Linux says so when the last process on the terminal has ended
    finally:
        os.close(parent)
    assert process.wait(timeout=60) == 0
    assert shown.startswith(OPENS)
    assert CLOSES in shown
    assert "nobody schedules" in shown
    assert "Traceback" not in shown
    assert "error" not in shown.rpartition(CLOSES)[2]


def test_a_pipe_that_nobody_reads_ends_it(scanned: Folder) -> None:
    process = scanned.start("watch")
    assert process.stdout
    assert process.stdout.readline().endswith("scheduler: none, start it with annexa run\n")
    process.send_signal(signal.SIGTERM)
    process.stdout.close()
    assert process.wait(timeout=60) == 0
