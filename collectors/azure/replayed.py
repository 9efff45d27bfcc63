"""Azure as it answered once: the recorded exchanges of one unit, read by the same parsers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from collectors.azure.exchanges import RecordedLine
from collectors.azure.settings import Settings
from collectors.azure.source import TENANT, AzureSubscription, AzureTenant, Place
from collectors.azure.survey import TenantSurvey
from core.model import Exchange, Unit
from core.recording import Clock
from core.replay import Recording


class ReplayedSurvey(TenantSurvey):
    """A survey that is told what it was told then."""

    def __init__(self, unit: Unit, line: RecordedLine) -> None:
        super().__init__(unit.source, line, Settings())
        self._recorded = line

    def told(self) -> Settings:
        return Settings.model_validate(self._recorded.told())


def replay(
    unit: Unit,
    exchanges: Sequence[Exchange],
    bodies: Mapping[str, bytes],
    clock: Clock,  # noqa: ARG001 - no question to Azure depends on the time
) -> Place:
    """The place of a unit as it answered then (`core.replay.Replay`)."""
    line = RecordedLine(Recording(exchanges, bodies))
    if not unit.scope:
        return ReplayedSurvey(unit, line)
    place = AzureTenant if unit.scope == TENANT else AzureSubscription
    return place(unit.source, line, unit.scope)
