"""One run of the scheduler: a scan of the sources that were due together, and what follows from every scan."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from msgspec.structs import replace

from core.engine import Collected
from core.errors import AnnexaError
from core.recording import Clock
from core.redaction import redact_message, redact_text
from evidence_store.errors import BrokenSealError
from evidence_store.store import Store
from management.following import follow
from management.sealing import Desk
from monitoring.schedule import Due
from monitoring.schedule_state import RunRecord
from runs.configuration import Configuration
from runs.scan import Done, Progress, scan
from runs.selection import Wish
from runs.statistics import Measurement, Statistics

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class SourceSeen:
    """What a run saw of one source: from when to when its units looked, and their gaps."""

    began: datetime
    ended: datetime
    gaps: int = 0
    retryable: int = 0

    @property
    def seconds(self) -> float:
        return max(0.0, (self.ended - self.began).total_seconds())


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a run, as a whole and for each source that was due. `again` are those of its sources with something
    that may be seen by trying again, and `since` is from when on what was seen stands then: nothing does, when it is
    `None`."""

    due: Due
    record: RunRecord
    by_source: Mapping[str, RunRecord]
    again: frozenset[str] = frozenset()
    since: datetime | None = None
    seen: Mapping[str, SourceSeen] = field(default_factory=dict[str, SourceSeen])
    cost: Statistics | None = None
    abandoned: int = 0


@dataclass(slots=True)
class OneRun:
    """A run to be. `whole` when it is about all the sources there are: then what left the configuration is noticed as
    well. `stop` says when to end with what was seen."""

    configuration: Configuration
    due: Due
    record: RunRecord
    whole: bool
    stop: Callable[[], bool]
    clock: Clock
    _seen: dict[str, SourceSeen] = field(default_factory=dict[str, SourceSeen])
    _cost: Measurement = field(default_factory=Measurement)

    def __call__(self) -> Outcome:
        """Raises nothing: what went wrong is the `problem` of the record."""
        try:
            done = self._scan()
        except AnnexaError as error:
            sealed = not isinstance(error, BrokenSealError)  # which stays broken, however often one tries
            return self._failed(redact_message(str(error)), frozenset(self.due.sources) if sealed else frozenset())
        except Exception as error:  # noqa: BLE001 - one run that breaks must not end the others
            logger.error("%s", redact_text("".join(traceback.format_exception(error))))  # noqa: TRY400 - redacted
            return self._failed(f"{type(error).__name__}: this is a bug of Annexa, see its log", frozenset())
        record = replace(self._ended(self._follow()), scan=done.scan)
        by_source = self._by_source(record)
        return Outcome(
            due=self.due,
            record=record,
            by_source=by_source,
            again=frozenset(source for source, each in by_source.items() if each.retryable),
            since=self.due.since or self.record.began,
            seen=self._seen,
            cost=self._cost.end(),
            abandoned=done.abandoned,
        )

    def _scan(self) -> Done:
        wish = Wish(() if self.whole else self.due.sources, repeats=True, since=self.due.since)
        trigger = "schedule, again" if self.due.again else "schedule"
        progress = self._cost.of(Progress(unit=self._note))
        return scan(self.configuration, wish, self.clock, trigger=trigger, progress=progress, stop=self.stop)

    def _note(self, collected: Collected) -> None:
        unit = collected.unit
        seen = self._seen.setdefault(unit.source, SourceSeen(unit.started, unit.finished))
        seen.began, seen.ended = min(seen.began, unit.started), max(seen.ended, unit.finished)
        seen.gaps += len(unit.gaps)
        seen.retryable += sum(gap.retryable for gap in unit.gaps)

    def _follow(self) -> str:
        """Do what follows from a scan. The scan stands whatever becomes of that: why it did not, or nothing."""
        try:
            with Store.open(self.configuration.location) as store:
                for sentence in follow(Desk(self.configuration, store, self.clock)).sentences:
                    logger.info("%s", sentence)
        except AnnexaError as error:
            return redact_message(str(error))
        return ""

    def _by_source(self, record: RunRecord) -> dict[str, RunRecord]:
        """The record of each source that was due, with the gaps of all that it leads to."""
        counted = {source: [0, 0] for source in self.due.sources}
        for name, seen in self._seen.items():
            source = name
            while source and source not in counted:
                source = source.rpartition("/")[0]  # hosts of an inventory stand below it
            if source:
                counted[source][0] += seen.gaps
                counted[source][1] += seen.retryable
        return {
            source: replace(record, sources=(source,), gaps=gaps, retryable=retryable)
            for source, (gaps, retryable) in counted.items()
        }

    def _failed(self, problem: str, again: frozenset[str]) -> Outcome:
        record = self._ended(problem)
        return Outcome(
            due=self.due,
            record=record,
            by_source=self._by_source(record),
            again=again,
            since=self.due.since,
            seen=self._seen,
            cost=self._cost.end(),
        )

    def _ended(self, problem: str) -> RunRecord:
        gaps = sum(each.gaps for each in self._seen.values())
        retryable = sum(each.retryable for each in self._seen.values())
        return replace(self.record, ended=self.clock(), gaps=gaps, retryable=retryable, problem=problem)
