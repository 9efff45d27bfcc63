"""The main job: look, seal, judge, seal, sign, publish, have it stamped. Everything here runs once per scan."""

from __future__ import annotations

import logging
import platform
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from core import __version__
from core.engine import Collected
from core.errors import AnnexaError
from core.recording import Clock
from core.redaction import key_name, marking_with
from core.source import Source
from evidence_store.blobs.uploads import Uploads, upload, waiting_packs
from evidence_store.errors import StoreError, UnreachableError
from evidence_store.keys.redaction_key import redaction_key
from evidence_store.log.publication import publish
from evidence_store.questions.queries import current_coverage
from evidence_store.store import Store
from evidence_store.timestamps.stamps import stamp_newest
from evidence_store.writer import Opening, ScanWriter
from mappings.loader import frameworks, mapping_digest
from runs.authorities import authorities
from runs.collection import Collection, Limits, Task
from runs.configuration import Configuration
from runs.digests import code_digest
from runs.installation import refuse_shared_packages
from runs.judging import Seen
from runs.login import login
from runs.memory import collect_seldom, give_back, share_one_heap
from runs.movement import Movement
from runs.rhythm import Rhythm, left_standing, rhythm
from runs.rules import to_seal
from runs.selection import Selection, Wish, enabled_checks, select
from runs.telling import tell
from runs.unfolding import Unfolding
from runs.verdicts import seal_verdicts

logger = logging.getLogger(__name__)

Unfold = Callable[[Task, Collected], list[Task]]
"""The units that follow from one that has ended."""

Stop = Callable[[], bool]
"""Whether a scan is to end now, with what it has seen."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What a caller hears while a scan runs: `begin` with the number of units, `more` when surveys add to it, `unit`
    for each that has ended, `moving` now and then with those that run, and `stage` when something else begins."""

    begin: Callable[[int], None] = lambda _total: None
    more: Callable[[int], None] = lambda _units: None
    unit: Callable[[Collected], None] = lambda _collected: None
    moving: Callable[[Sequence[Movement]], None] = lambda _moving: None
    stage: Callable[[str], None] = lambda _name: None


@dataclass(frozen=True, slots=True)
class Done:
    """A scan that was sealed: its id, which checks and sources it was about, how many units were abandoned,
    sentences about places where somebody who was erased may still be, and what came of carrying packs to a bucket."""

    scan: str
    checks: frozenset[str]
    sources: frozenset[str]
    abandoned: int
    met_again: tuple[str, ...] = ()
    uploads: Uploads = field(default_factory=Uploads)


def scan(
    configuration: Configuration,
    wish: Wish,
    clock: Clock,
    *,
    trigger: str,
    progress: Progress,
    stop: Stop = lambda: False,
) -> Done:
    """Scan what the configuration names and the wish allows. When `stop` says so, units that still run become gaps.

    Raises `AnnexaError`; then nothing half-done counts.
    """
    refuse_shared_packages()
    share_one_heap()
    collect_seldom()
    selection = select(configuration, wish, clock)
    _refuse_nothing(selection)
    started = clock()
    with Store.create(configuration.location) as store, marking_with(redaction_key(store.key_file)) as key:
        opening = Opening(
            scan=scan_id(started),
            agent=platform.node(),
            agent_version=__version__,
            login=login(),
            trigger=trigger,
            configuration=configuration.digest,
            redaction_key=key_name(key),
            narrowed=selection.narrowed,
            left_out=(*selection.left_out, *_left_standing(configuration, selection, started)),
        )
        writer = ScanWriter.begin(store, opening, at=started)
        try:
            abandoned, asked = _run(configuration, selection, writer, clock, progress, stop)
        finally:
            writer.close()
        uploads = _upload(store, clock, progress)
        _publish(configuration, store, clock, progress)
        _stamp(configuration, store, clock, progress)
        give_back()
        return Done(writer.scan, frozenset(selection.checks), asked, abandoned, tuple(writer.met_again), uploads)


def _upload(store: Store, clock: Clock, progress: Progress) -> Uploads:
    """Carry finished packs to the bucket. Those that do not get there wait for the next scan; the scan stands."""
    if store.bucket is None:
        return Uploads()
    progress.stage("uploading")
    try:
        return upload(store, clock())
    except StoreError as error:  # as for stamps
        return Uploads(waiting=len(waiting_packs(store)), problem=str(error), hint=error.hint)


def _publish(configuration: Configuration, store: Store, clock: Clock, progress: Progress) -> None:
    """Bring the checkpoints to the folders elsewhere. What does not get there now is brought by the next scan."""
    if not configuration.publish:
        return
    progress.stage("publishing")
    with suppress(StoreError):  # as for stamps
        publish(store, configuration.publish, clock)


def _stamp(configuration: Configuration, store: Store, clock: Clock, progress: Progress) -> None:
    """Have the checkpoint stamped. The scan is sealed and stands, whatever comes of this; the next one asks again."""
    if not configuration.timestamps:
        return
    progress.stage("stamping")
    with suppress(StoreError):  # the store that has just taken a scan takes no more: what is missing shows as missing
        stamp_newest(store, authorities(configuration), clock)


def scan_id(started: datetime) -> str:
    """Sortable by time, unique by chance: `20260131T120000Z-1a2b3c`."""
    return f"{started:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


def _run(
    configuration: Configuration,
    selection: Selection,
    writer: ScanWriter,
    clock: Clock,
    progress: Progress,
    stop: Stop,
) -> tuple[int, frozenset[str]]:
    """Look, seal and judge. How many units were abandoned, and which sources were looked at."""
    fresh = Seen()
    resting = _rhythm(configuration, selection, writer.store, clock())
    tasks = [Task(collector, target, code_digest(collector.module)) for collector, target in selection.targets]
    limits = Limits(configuration.workers, configuration.unit_timeout.total_seconds())
    unfolding = Unfolding(selection, _known_places(selection, writer.store), lambda each: code_digest(each.module))
    tell(selection.surveys, writer.store, clock(), configuration.stale_after)
    tasks = resting.due(tasks)
    more = _more(lambda *ended: resting.due(unfolding(*ended)), progress)
    collection = Collection(tasks, limits, clock, progress.unit, more, stop, progress.moving)
    progress.begin(len(tasks))
    try:
        for source, collected in collection.run():
            progress.stage("sealing")
            leaf = writer.seal_source(source, collected, at=clock())
            progress.stage("looking")
            for evidence in (each for unit in collected for each in unit.evidence):
                fresh.add(evidence, leaf)
            del collected  # or its exchanges would be held until the next source is done
    finally:
        for opened in selection.sources:
            _let_go(opened)
        give_back()
    for placed in resting.stood.values():
        fresh.add(placed.evidence, placed.leaf)
    seal_verdicts(configuration, selection, unfolding.configured, writer, clock, fresh, progress.stage)
    progress.stage("sealing")
    mappings = {name: mapping_digest(name) for name in frameworks()}
    switched_on = list(enabled_checks(configuration))
    writer.finish(unfolding.configured, switched_on, mappings, at=clock(), in_force=to_seal(configuration))
    return collection.abandoned, frozenset(source.id for source in selection.sources) | unfolding.asked


def _known_places(selection: Selection, store: Store) -> frozenset[tuple[str, str]]:
    """Source and scope of everything that was looked at before, if a survey may have to ask for it."""
    if not selection.surveys:
        return frozenset()
    with store.reading() as connection:
        return frozenset((each.source, each.scope) for each in current_coverage(connection))


def _rhythm(configuration: Configuration, selection: Selection, store: Store, now: datetime) -> Rhythm:
    """Which slow units rest in this scan: none in one that nobody repeats, or that cannot read what stood."""
    everything = Rhythm(selection.collectors)
    if not selection.repeats:
        return everything
    try:
        young = rhythm(store, selection.collectors, now, configuration.slow_every, configuration.stale_after)
        return young if selection.since is None else young.after_attempt(store, selection.since)
    except UnreachableError:
        return everything


def _left_standing(configuration: Configuration, selection: Selection, now: datetime) -> Sequence[str]:
    if not selection.repeats:
        return ()
    return left_standing(selection.collectors, now, configuration.slow_every, selection.since)


def _more(unfold: Unfold, progress: Progress) -> Unfold:
    """The same, heard by whoever follows the scan."""

    def follow(task: Task, collected: Collected) -> list[Task]:
        tasks = unfold(task, collected)
        progress.more(len(tasks))
        return tasks

    return follow


def _refuse_nothing(selection: Selection) -> None:
    """Raise `AnnexaError` where nobody would look at anything: an empty scan would pass for a good one."""
    if not selection.configured:
        raise AnnexaError("no source is configured", "name one below `sources:` in the configuration")
    if not selection.targets:
        raise AnnexaError(
            f"nothing of what was asked for can be seen in {', '.join(selection.configured)}",
            "name a source that shows it below `sources:`, or ask for other checks",
        )


def _let_go(source: Source) -> None:
    """Close a source. What it has shown stays sealed and is judged, even if it cannot hang up."""
    try:
        source.close()
    except Exception as error:  # noqa: BLE001 - the code of a provider may break in any way
        logger.warning("%s could not be closed: %s", source.id, type(error).__name__)
