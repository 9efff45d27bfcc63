"""Azure as it answered once: the recorded exchanges of one unit, read by the same parsers.

Recordings last longer than our questions. What a collector did not ask yet when they were made was not looked at: a
question is then without an answer, and a column of Resource Graph unobserved in each row. It is never the default that
Azure's silence means.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from collectors.azure import applications, databases, logging, sql
from collectors.azure.errors import NoAnswerError
from collectors.azure.exchanges import Question, RecordedLine
from collectors.azure.operations import Query
from collectors.azure.settings import Settings
from collectors.azure.source import TENANT, AzureSubscription, AzureTenant, Place
from collectors.azure.sql_managed import INSTANCES
from collectors.azure.survey import TenantSurvey
from core.model import Exchange, Unit
from core.recording import Clock
from core.replay import Recording
from core.resource import unobserved

LATER = frozenset({
    *(applications.PASSWORDS, logging.SLOTS, logging.SETTINGS),
    *(sql.FIREWALL_IPV6, sql.ALERTS, sql.SCANS, sql.MANAGED_SCANS, sql.DATABASE_AUDITING, INSTANCES),
    *(databases.POSTGRESQL_FIREWALL, databases.MYSQL_FIREWALL),
})  # fmt: skip
"""Questions of collectors that once did without them."""


class RecordedBefore(RecordedLine):
    """A recording, also one from before collectors asked what they ask today."""

    def __init__(self, exchanges: Sequence[Exchange], bodies: Mapping[str, bytes]) -> None:
        super().__init__(Recording(exchanges, bodies))
        self._asked = frozenset(each.operation for each in exchanges)
        self._queries = {each.operation: each.parameters["query"] for each in exchanges if "query" in each.parameters}

    def ask(self, question: Question) -> Any:
        if isinstance(question.asked, Query):
            return self._rows(question, question.asked)
        if question.asked in LATER and str(question) not in self._asked:
            raise NoAnswerError("other", f"{question} was not asked yet when this was recorded")
        return super().ask(question)

    def _rows(self, question: Question, query: Query) -> Any:
        before = self._queries.get(str(question), query.text)
        if before == query.text:
            return super().ask(question)
        answer = super().ask(replace(question, parameters={**question.parameters, "query": before}))
        columns = before.partition("| project ")[2].partition(" | ")[0].split(", ")
        missing = {
            name: unobserved(f"{name} was not asked for yet when this was recorded")
            for name, place in query.columns.items()
            if f"{name} = {place}" not in columns
        }
        rows = [{**row, **missing} if isinstance(row, dict) else row for row in answer.get("data") or ()]
        return {**answer, "data": rows}


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
    line = RecordedBefore(exchanges, bodies)
    if not unit.scope:
        return ReplayedSurvey(unit, line)
    place = AzureTenant if unit.scope == TENANT else AzureSubscription
    return place(unit.source, line, unit.scope)
