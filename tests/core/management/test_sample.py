"""A sample is drawn once, for a reason, and draws something."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.management.events import Event, RefusedActError
from core.management.sample import Drawn, StratumDrawn, after, fold
from core.sampling import Method

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
DRAWN = Drawn(
    of="verdicts", drawn_from=("a.check",), in_sources=(), size=12, moment=NOON, method=Method.RANDOM, strata="", seed="Q1",
    wanted=1, parts=(StratumDrawn(part="", size=3, population="0" * 64, lines=("one",)),), unseen=(),
)  # fmt: skip
EVENT = Event(record="SA-0001", number=1, at=NOON, login="root", author="Ada", reason="spring", act=DRAWN, leaf=12)


def test_a_sample_is_what_its_event_says() -> None:
    found = fold([EVENT])
    assert found is not None
    assert (found.id, found.said, found.author, found.login, found.leaf) == ("SA-0001", DRAWN, "Ada", "root", 12)
    assert (found.said.population, found.said.drawn) == (3, 1)
    assert fold([]) is None


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"number": 2}, "somebody else changed it meanwhile"),
        ({"reason": " "}, "reason is missing"),
        ({"act": replace(DRAWN, seed="")}, "seed is missing"),
        ({"act": replace(DRAWN, parts=())}, "draws nothing"),
    ],
)
def test_what_is_no_sample_is_refused(changed: dict[str, object], problem: str) -> None:
    with pytest.raises(RefusedActError, match=problem):
        fold([replace(EVENT, **changed)])  # type: ignore[arg-type]  # fields of an event


def test_nobody_draws_it_anew() -> None:
    with pytest.raises(RefusedActError, match="SA-0001: was drawn already"):
        after(fold([EVENT]), replace(EVENT, number=2))
