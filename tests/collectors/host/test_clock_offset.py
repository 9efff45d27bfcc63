from __future__ import annotations

from datetime import timedelta

import pytest

from collectors.host.clock_offset import clock_offset
from collectors.host.facts import Answer
from collectors.host.source import HOST_TIME, FactError, Host
from collectors.host.transport import LocalTransport
from core.codec import encode
from core.resources.host.clock import ClockOffset
from tests.twins import NOW, RecordedHost, SilentTransport

T = NOW.timestamp()


def measured(output: str, milliseconds: int) -> tuple[int, int]:
    answer = Answer(output.encode(), duration_ms=milliseconds)
    (seen,) = clock_offset(RecordedHost({HOST_TIME: answer}))
    assert isinstance(seen, ClockOffset)
    assert not seen.asked_by_itself
    encode(seen)
    return seen.at_least, seen.at_most


@pytest.mark.parametrize(
    ("began", "ended", "milliseconds", "expected"),
    [
        (0.2, 9.9, 10_000, (-1, 1)),  # ten seconds of work on the host blur nothing
        (0.0, 0.0, 0, (0, 0)),
        (60.2, 69.9, 10_000, (59, 61)),
        (-60.0, -50.0, 10_000, (-60, -60)),
        (4.0, 5.0, 9_000, (-4, 4)),  # a slow way does
    ],
)
def test_the_offset_lies_between(began: float, ended: float, milliseconds: int, expected: tuple[int, int]) -> None:
    assert measured(f"{T + began:.6f}000\n{T + ended:.6f}000\n", milliseconds) == expected


def test_a_host_that_knows_no_fractions() -> None:
    assert measured(f"{T:.0f}.%N\n{T:.0f}.\n", 0) == (0, 1)


@pytest.mark.parametrize("output", ["", "1769860800.1\n", "soon\nlater\n", "1.0\n2.0\n3.0\n"])
def test_a_time_that_was_told_once_is_no_measurement(output: str) -> None:
    with pytest.raises(FactError, match="before and after"):
        measured(output, 0)


def test_this_machine_says_the_time_at_both_ends_of_its_batch() -> None:
    moments = iter([NOW, NOW, NOW + timedelta(seconds=30)])
    host = Host("here", LocalTransport(), (HOST_TIME,), clock=lambda: next(moments))
    answer = host.answer(HOST_TIME)
    assert answer.output.count(b"\n") == 2
    assert answer.duration_ms == 30_001
    (seen,) = clock_offset(host)
    assert isinstance(seen, ClockOffset)
    assert seen.asked_by_itself


class Late(SilentTransport):
    """Takes thirty seconds, of which it waits twenty before it asks."""

    def run(self, program: bytes, *, seconds: int, limit: int) -> bytes:
        nonce = program.partition(b"\nN=")[2][:32]
        self.waited = 20.0
        said = b"PRINCIPAL root\n", b"CLOCK 1.0\n", b"CLOCK 2.0\n"
        return b"".join(b"\n%b %b" % (nonce, line) for line in said)


def test_waiting_for_the_way_to_a_host_blurs_nothing() -> None:
    moments = iter([NOW, NOW, NOW + timedelta(seconds=30)])
    host = Host("far", Late(), (HOST_TIME,), clock=lambda: next(moments))
    assert host.answer(HOST_TIME).duration_ms == 10_001
    assert host.asked_at == NOW + timedelta(seconds=20)
