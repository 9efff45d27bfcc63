"""Listings that are interrupted: from the second page on a provider refuses for a while, as its pages say that it does.

Time passes only by waiting, so that a test can tell how long was waited without doing so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pytest

from collectors._rest_sending import Wait
from core.engine import Collected, collect
from tests.collectors.rest_world import Place, World, clock, same
from tests.https_server import Asked, Said


@dataclass
class Time:
    """Seconds that were waited."""

    passed: float = 0.0

    def wait(self) -> Wait:
        return Wait(lambda: self.passed, self.pause)

    def pause(self, seconds: float) -> None:
        self.passed += seconds


@dataclass
class Interruption:
    """What was seen in spite of it, how long was waited, and how often the refused page was asked for."""

    unit: Collected
    waited: float
    asked: int

    @property
    def ids(self) -> list[str]:
        """Of the first kind that was seen."""
        return [each.id for each in self.unit.evidence[0].resources]

    @property
    def reasons(self) -> list[str]:
        return [each.reason for each in self.unit.unit.gaps]


def interrupted(
    place: Place, name: str, monkeypatch: pytest.MonkeyPatch, onward: str, refusals: Iterable[Said], **settings: Any
) -> Interruption:
    """Look with a collector, where the second page, which the parameter `onward` leads to, is refused so often.

    Makes sure that a replay sees the same.
    """
    time, waiting, real, asked = Time(), list(refusals), place.server.answer, list[Asked]()

    def answer(question: Asked) -> Said:
        if question.query.get(onward, "1") == "1":  # GitHub calls the first page by its number, too
            return real(question)
        asked.append(question)
        return waiting.pop(0) if waiting else real(question)

    place.server.answer = answer
    monkeypatch.setattr("collectors._rest_line.Wait", time.wait)
    source = place.source(**settings)
    collector = place.collectors[name]
    unit = collect(collector, source, version="0", clock=clock)
    source.close()
    assert same(World({name: collector}, {}, place.provider.replay, {name: unit}).replayed(name), unit)
    return Interruption(unit, time.passed, len(asked))
