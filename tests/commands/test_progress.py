"""What a scan that takes hours says meanwhile."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any, cast

import pytest
from rich.progress import Progress as Bar
from rich.progress import TaskID

from commands.progress import Gaps, Lines, moved, showing_progress, slowest
from runs.movement import Movement


def running(
    seconds: float, answers: int, awaited: int | None = None, collector: str = "okta.factors.factors"
) -> Movement:
    return Movement("okta/acme", collector, seconds, answers, awaited)


@pytest.mark.parametrize(("unit", "said"), [
    (running(9, 1), "1 answer"),
    (running(60, 300), "300 answers"),
    (running(0, 0, 7), "0 of 7 answers"),
    (running(600, 3_000, 50_250), "3000 of 50250 answers, about 2 h 37 min left"),
    (running(600, 3_000, 6_001), "3000 of 6001 answers, about 10 min 1 s left"),
    (running(60, 9, 8), "9 of 8 answers, about less than 1 s left"),
])  # fmt: skip
def test_how_far_a_unit_has_come(unit: Movement, said: str) -> None:
    assert moved(unit) == f"okta/acme okta.factors.factors: {said}"


def test_a_bar_tells_of_what_has_run_for_longest() -> None:
    assert slowest([]) is None
    assert slowest([running(9, 5)]) is None
    assert slowest([running(9, 5), running(11, 1), running(80, 2)]) == running(80, 2)


def test_lines_come_every_five_minutes_for_each_unit(capsys: pytest.CaptureFixture[str]) -> None:
    lines = Lines()
    for seconds in (1, 299, 301, 302, 599, 600, 650):
        lines([running(seconds, seconds), running(seconds / 2, 0, collector="x\x1b[31m")])
    assert capsys.readouterr().err.splitlines() == [
        "looking at okta/acme okta.factors.factors: 301 answers",
        "looking at okta/acme okta.factors.factors: 600 answers",
        "looking at okta/acme x\\x1b[31m: 0 answers",
    ]


def test_what_keeps_a_whole_source_from_being_seen_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    gaps = Gaps()
    for source, reason in [("host/a", "no route")] * 3 + [("host/b", "no route"), ("host/a", "sudo wants a password")]:
        gap = SimpleNamespace(reason=reason)
        gaps(cast("Any", SimpleNamespace(unit=SimpleNamespace(source=source, collector="host.sshd", gaps=[gap]))))
    assert capsys.readouterr().err.splitlines() == [
        "could not look: host/a host.sshd: no route",
        "could not look: host/a: at more of it, for the same reason",
        "could not look: host/b host.sshd: no route",
        "could not look: host/a host.sshd: sudo wants a password",
    ]


def test_a_scan_goes_on_when_nobody_reads_its_progress_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_text: str) -> None:
        raise BrokenPipeError

    monkeypatch.setattr(sys.stderr, "write", broken)
    with showing_progress(quiet=False) as progress:
        progress.begin(2)


def test_somebody_at_a_terminal_sees_the_slowest(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    update = Bar.update

    def watched(self: Bar, task: TaskID, **changes: Any) -> None:
        update(self, task, **changes)
        seen.append(self.tasks[0].description)

    monkeypatch.setattr(Bar, "update", watched)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with showing_progress(quiet=False) as progress:
        progress.begin(2)
        progress.moving([running(3, 9)])
        progress.moving([running(3, 9), running(60, 10, 100)])
    assert seen == ["looking", "looking at okta/acme okta.factors.factors: 10 of 100 answers, about 9 min left"]
