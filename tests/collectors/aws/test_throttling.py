"""An exchange says how often it was asked, and how often AWS said to slow down."""

from __future__ import annotations

import pytest

from tests.collectors.aws.world import COLLECTORS, REGIONS, run, world


@pytest.mark.parametrize(
    ("way", "throttled"), [("throttled", 2), ("failing", 0), ("denied", 0)], ids=["throttled", "failing", "denied"]
)
def test_attempts_are_counted(way: str, throttled: int, monkeypatch: pytest.MonkeyPatch) -> None:
    the_world = world()
    with the_world.environment():
        monkeypatch.setenv("AWS_MAX_ATTEMPTS", "2")
        place = the_world.places()["aws.kms.keys", REGIONS[1]]
        the_world.server.refuse = {"kms:ListKeys": way}
        try:
            (exchange,) = run(COLLECTORS["aws.kms.keys"], place).unit.exchanges
        finally:
            the_world.server.refuse = {}
    assert (exchange.attempts, exchange.throttled) == (1 if way == "denied" else 2, throttled)
