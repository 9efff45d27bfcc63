"""Two scans at once: no verdict on older evidence hides one on newer."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from runs import verdicts
from runs.judging import judge
from tests.runs.farm import LOW, Farm

AT_ONCE = timedelta(0)


@pytest.fixture
def beside(farm: Farm, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What another scan does while the first judges, as often as it is listed."""
    plan: dict[str, Any] = {"rounds": [], "judged": 0}

    def judged(*arguments: Any, **named: Any) -> Iterator[Any]:
        found = list(judge(*arguments, **named))
        plan["judged"] += 1
        if plan["rounds"]:
            farm.world.flowers["south"] = {"oak": plan["rounds"].pop(0)}
            farm.scan(later=AT_ONCE, sources=("meadow/south",))
        yield from found

    monkeypatch.setattr(verdicts, "judge", judged)
    return plan


@pytest.mark.parametrize("wish", [{}, {"sources": ("meadow/north",)}], ids=["of everything", "of one source"])
def test_what_another_scan_saw_meanwhile_is_judged(farm: Farm, beside: dict[str, Any], wish: dict[str, Any]) -> None:
    farm.scan()
    beside |= {"rounds": [7], "judged": 0}
    farm.world.flowers["north"]["rose"] = 30
    farm.scan(**wish)
    assert beside["judged"] == 3  # ours, the other one's, and ours again
    assert farm.verdicts()[LOW, "meadow/south", "oak"] == ("pass", "oak is 7 high")
    assert farm.verdicts()[LOW, "meadow/north", "rose"] == ("fail", "rose is 30 high")
    said = farm.rows("SELECT status FROM finding WHERE resource = 'oak' ORDER BY first")
    assert [status for (status,) in said] == ["fail", "pass"]  # and no to and fro


def test_evidence_that_no_check_of_ours_is_about_does_not_count(farm: Farm, beside: dict[str, Any]) -> None:
    farm.scan()
    beside |= {"rounds": [7], "judged": 0}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("evidence_store.writer.kinds_by_others", lambda *_: frozenset({"meadow.badge"}))
        farm.scan()
    assert beside["judged"] == 2


def test_what_others_see_again_and_again_is_left_to_them(
    farm: Farm, beside: dict[str, Any], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    farm.scan()
    monkeypatch.setattr(verdicts, "MOST_JUDGED", 1)
    beside["rounds"] = [7]
    with caplog.at_level(logging.WARNING):
        farm.scan(sources=("meadow/north",))
    assert "2 checks are left to the scans that seal newer evidence" in caplog.text
    assert farm.verdicts()[LOW, "meadow/south", "oak"] == ("pass", "oak is 7 high")
