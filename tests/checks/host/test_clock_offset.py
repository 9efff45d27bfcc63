from __future__ import annotations

import pytest

from checks.host.clock_offset import clock_is_right
from core.model import Status
from core.resources.host.clock import ClockOffset


def clock(at_least: int, at_most: int, *, asked_by_itself: bool = False) -> ClockOffset:
    return ClockOffset(id="web-1", asked_by_itself=asked_by_itself, at_least=at_least, at_most=at_most)


@pytest.mark.parametrize(
    ("each", "status", "reason"),
    [
        (clock(-1, 1), Status.PASS, "its clock is between -1 and +1 seconds from ours"),
        (clock(-2, 2), Status.PASS, "its clock is between -2 and +2 seconds from ours"),
        (
            clock(0, 3),
            Status.UNKNOWN,
            "its clock is between 0 and +3 seconds from ours: the way there and back took too long",
        ),
        (
            clock(-3, 0),
            Status.UNKNOWN,
            "its clock is between -3 and 0 seconds from ours: the way there and back took too long",
        ),
        (clock(3, 4), Status.FAIL, "its clock is between +3 and +4 seconds from ours; at most 2 are allowed"),
        (clock(-61, -60), Status.FAIL, "its clock is between -61 and -60 seconds from ours; at most 2 are allowed"),
        (clock(9, 9, asked_by_itself=True), Status.NOT_APPLICABLE, "the host was asked by itself"),
    ],
)
def test_the_clock_is_right(each: ClockOffset, status: Status, reason: str) -> None:
    verdict = clock_is_right(each)
    assert verdict.status is status
    assert verdict.reason.startswith(reason)
