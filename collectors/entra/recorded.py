"""A tenant as it was recorded, also before collectors asked what they ask today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from collectors.entra.group_access import JOINED, MAY_JOIN
from collectors.entra.logs import EXPORTS
from collectors.rest import CONFIGURED, Read, RecordedLine, Turning
from collectors.rest_answers import Answer, RestError
from core.model import Exchange, Unit
from core.replay import Recording

T = TypeVar("T")
LATER = frozenset({MAY_JOIN, JOINED, EXPORTS})
"""Questions of collectors that once did without them."""


class RecordedTenant(RecordedLine):
    """What was not asked yet was not looked at; and nothing was configured about it."""

    def __init__(self, unit: Unit, exchanges: Sequence[Exchange], bodies: Mapping[str, bytes]) -> None:
        super().__init__(unit, Recording(exchanges, bodies))
        self._asked = frozenset(each.operation for each in exchanges)

    def ask(self, read: Read, parameters: Mapping[str, str], turning: Turning) -> Answer:
        if read in LATER and str(read) not in self._asked:
            raise RestError(f"{read} was not asked yet when this was recorded")
        return super().ask(read, parameters, turning)

    def configured(self, kind: type[T], said: T | None) -> T:
        return super().configured(kind, said) if CONFIGURED in self._asked else kind()
