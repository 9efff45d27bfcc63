"""What `annexa doctor` looks at: everything that must hold before a scan can be trusted, each with its remedy."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from core.engine import Collected
from core.errors import AnnexaError
from core.model import CollectionGap
from core.plugins import Collector
from core.recording import Clock
from core.source import Source, Survey
from evidence_store.backends.s3 import Bucket
from evidence_store.blobs.packs import SUFFIX
from evidence_store.database import database_at
from evidence_store.errors import StoreError
from evidence_store.keys import signing as keys
from evidence_store.log.publication import notes_in
from evidence_store.log.published_places import Where
from evidence_store.questions.queries import pending, scans, seal
from evidence_store.questions.states import Seal
from evidence_store.running import told_apart
from evidence_store.store import PENDING, Store
from evidence_store.timestamps.timestamp import ask_all, check, clock_problem
from runs.authorities import authorities
from runs.collection import Collection, Limits, Task
from runs.configuration import Configuration, load
from runs.installation import REMEDY, shared_packages
from runs.plugins import all_checks, collectors_of, provider
from runs.telling import tell

FEW_BYTES = 500 * 2**20
BUILT = datetime(2026, 11, 1, tzinfo=UTC)
"""Before this moment no clock can be right: this version did not exist."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One thing that was looked at: `good`, `warning` (works, but) or `bad` (a scan would fail or mean nothing)."""

    subject: str
    state: Literal["good", "warning", "bad"]
    finding: str
    remedy: str = ""


def diagnose(file: Path | None, environment: Mapping[str, str], home: Path, clock: Clock) -> list[Diagnosis]:
    """Look at everything in turn. Raises nothing that a person could act on: that is what it reports."""
    found = [*_installation(), _clock(clock())]
    try:
        configuration = load(file, environment, home)
        checks = all_checks()
    except AnnexaError as error:
        return [*found, Diagnosis("configuration", "bad", str(error), error.hint)]
    found.append(Diagnosis("configuration", "good", f"{configuration.file}; {len(checks)} checks"))
    found += _sources(configuration, clock)
    found += _key(configuration)
    found += _authorities(configuration, clock)
    found += _store(configuration, clock())
    found += _bucket(configuration)
    found += _signers(configuration)
    return found


def _installation() -> Iterator[Diagnosis]:
    conflicts = shared_packages()
    for name, owners in conflicts.items():
        yield Diagnosis(
            "installation",
            "bad",
            f"the package {name} belongs to {' and '.join(owners)}",
            REMEDY,
        )
    if not conflicts:
        yield Diagnosis("installation", "good", "our packages are ours alone")


def _signers(configuration: Configuration) -> Iterator[Diagnosis]:
    """Whether signatures by SSH can be made and verified, where somebody says whose keys count."""
    named = configuration.management.signatures.allowed_signers
    subject = "management.signatures"
    if named and not shutil.which("ssh-keygen"):
        yield Diagnosis(subject, "bad", "ssh-keygen is not installed", "install the OpenSSH client")
    elif named and not Path(named).expanduser().is_file():
        remedy = "make it, a line for each key: ssh-keygen(1), ALLOWED SIGNERS"
        yield Diagnosis(subject, "bad", f"{named}: there is no such file", remedy)
    elif named:
        yield Diagnosis(subject, "good", f"the keys in {named} count")


def _clock(now: datetime) -> Diagnosis:
    if now < BUILT:
        return Diagnosis(
            "clock", "bad", f"it says {now:%Y-%m-%d %H:%M} UTC, before this version existed", "set the clock"
        )
    return Diagnosis("clock", "good", f"it says {now:%Y-%m-%d %H:%M:%S} UTC")


def _sources(configuration: Configuration, clock: Clock) -> Iterator[Diagnosis]:
    for name, settings in configuration.sources.items():
        try:
            sources = list(provider(name).open_sources(settings, list(collectors_of(name).values()), clock))
        except AnnexaError as error:
            yield Diagnosis(f"sources.{name}", "bad", str(error), error.hint)
            continue
        _tell(configuration, [each for each in sources if isinstance(each, Survey)], clock())
        for source in sources:
            try:
                yield _source(source, name, configuration, clock)
            finally:
                source.close()
    if not any(configuration.sources.values()):
        yield Diagnosis("sources", "bad", "none is configured", "name one below `sources:` in the configuration")


def _tell(configuration: Configuration, surveys: Sequence[Survey], now: datetime) -> None:
    """Tell surveys what they want to know, as far as there is a store that knows it; what they lack they say."""
    if any(each.wants for each in surveys):
        with suppress(AnnexaError), Store.open(configuration.location) as store:
            tell(surveys, store, now, configuration.stale_after)


def _source(source: Source, name: str, configuration: Configuration, clock: Clock) -> Diagnosis:
    """Reach a source by running its collectors, as a scan would, and throwing away what they saw."""
    collectors = tuple(collectors_of(name).values())
    limits = Limits(configuration.workers, configuration.unit_timeout.total_seconds())
    gaps: list[CollectionGap] = []
    looked: list[str] = []

    def unfold(task: Task, collected: Collected) -> list[Task]:
        """What a survey leads to, if that is the place itself, once it was reached: a host."""
        survey = task.target
        shown = survey.unfold(collected.evidence, ()) if isinstance(survey, Survey) and not collected.unit.gaps else ()
        itself = [each for each in shown if (each.id, each.scope) == (survey.id, survey.scope)]
        looked.extend(each.id for each in itself)
        return [task for each in itself for task in _tasks(collectors, each)]

    def done(collected: Collected) -> None:
        gaps.extend(collected.unit.gaps)

    for _ in Collection(_tasks(collectors, source), limits, clock, done, unfold).run():
        pass
    who = f"reached as {source.principal}" if source.principal else "not reached"
    reasons = "; ".join(dict.fromkeys(gap.reason for gap in gaps))
    hints = "; ".join(dict.fromkeys(gap.hint for gap in gaps if gap.hint))
    if not source.principal:
        remedy = hints or "see whether it runs, and whether this user may ask it"
        return Diagnosis(source.id, "bad", f"{who}: {reasons or 'it said nothing'}", remedy)
    if gaps:
        return Diagnosis(
            source.id, "warning", f"{who}, but {len(gaps)} collectors cannot see all: {reasons:.500}", hints
        )
    if isinstance(source, Survey) and not looked:
        return Diagnosis(source.id, "good", f"{who}; what it leads to is asked by a scan")
    return Diagnosis(source.id, "good", f"{who}, everything can be seen")


def _tasks(collectors: Iterable[Collector], source: Source) -> list[Task]:
    return [Task(each, target, "") for each in collectors for target in source.targets(each.source)]


def _key(configuration: Configuration) -> Iterator[Diagnosis]:
    path = configuration.key_file
    if refused := _refused(configuration):
        yield Diagnosis("key", "bad", str(refused), refused.hint)
        return
    if not path.exists():
        yield Diagnosis(
            "key", "warning", f"{path} does not exist yet", "the first scan makes it; then keep a copy of it safe"
        )
        return
    try:
        keys.load(path)
    except AnnexaError as error:
        yield Diagnosis("key", "bad", str(error), error.hint)
        return
    if keys.waiting_file(path).exists():
        yield Diagnosis("key", "warning", "a change of the key was begun and not finished", "annexa key rotate")
    inside = configuration.folder.resolve() in path.resolve().parents
    yield Diagnosis(
        "key",
        "warning" if inside else "good",
        f"{path} holds an Ed25519 key that only its owner can read"
        + (", but inside the store it signs" if inside else ""),
        "whoever can change the store could sign it again: set store.key to a path elsewhere" if inside else "",
    )


def _refused(configuration: Configuration) -> StoreError | None:
    """What keeps the key from signing the store that is there; nothing where there is none, or it cannot be read."""
    with suppress(AnnexaError), Store.open(configuration.location) as store, store.reading() as connection:
        try:
            store.signing_key(connection)
        except StoreError as error:
            return error
    return None


def _authorities(configuration: Configuration, clock: Clock) -> Iterator[Diagnosis]:
    """Have every authority stamp a few random bytes, as a scan would its checkpoint, and throw the stamps away."""
    asked = authorities(configuration)
    message = secrets.token_bytes(32)
    for authority, attempt in zip(asked, ask_all(asked, message, clock), strict=True):
        subject = f"timestamps {authority.name}"
        if attempt.problem:
            remedy = "mend it or name another below store.timestamps; until then its stamps are missing"
            yield Diagnosis(subject, "warning", attempt.problem, remedy)
            continue
        stamped = check(attempt.response, message, attempt.certificates, attempt.nonce)
        yield Diagnosis(
            subject, "good", f"stamped a test at {stamped.time:%Y-%m-%d %H:%M:%S} UTC, as its certificate says"
        )
        if off := clock_problem(authority.name, attempt.requested, attempt.answered, stamped):
            yield Diagnosis("clock", "bad", off, "set the clock")


def _store(configuration: Configuration, now: datetime) -> Iterator[Diagnosis]:
    folder, location = configuration.folder, configuration.location
    try:
        with closing(database_at(location)) as database:
            there = database.is_there()
            power = database.excess_power() if there else ""
    except AnnexaError as error:
        yield Diagnosis("store", "bad", str(error), error.hint)
        return
    if not there:
        parent = next(each for each in (folder.absolute(), *folder.absolute().parents) if each.exists())
        state = "good" if parent.is_dir() and os.access(parent, os.W_OK | os.X_OK) else "bad"
        remedy = "" if state == "good" else "give the user write permission, or set store.folder"
        yield Diagnosis("store", state, f"there is none in {location.name} yet, the first scan makes it", remedy)  # type: ignore[arg-type]
        return
    if not folder.is_dir():  # the database is elsewhere, and agents that share it share this folder as well
        yield Diagnosis("store", "bad", f"{folder} is not there", "mount the folder of the store, or set store.folder")
        return
    if not os.access(folder, os.W_OK | os.X_OK):
        yield Diagnosis(
            "store", "bad", f"{folder} is not writable", "give the user write permission, or set store.folder"
        )
    free = shutil.disk_usage(folder).free
    if free < FEW_BYTES:
        yield Diagnosis("store", "warning", f"only {free // 2**20} MiB are free below {folder}", "make room")
    try:
        with Store.open(configuration.location) as store, store.reading() as connection:
            newest = told_apart(store, scans(store, connection))
            waiting = pending(store, connection)
            covering = seal(store, connection)
    except AnnexaError as error:
        yield Diagnosis("store", "bad", str(error), error.hint)
        return
    last = f"last scan {newest[0].started:%Y-%m-%d %H:%M} UTC, {newest[0].status}" if newest else "no scan yet"
    yield Diagnosis("store", "good", f"{location.name}: {last}; leaves that await a checkpoint: {waiting}")
    if power:
        remedy = "have the owner make another role for agents, and run: annexa store grant ROLE"
        yield Diagnosis("store", "warning", power, remedy)
    if newest and newest[0].started > now:
        yield Diagnosis("clock", "bad", "the last scan is in the future: the clock went back", "set the clock")
    yield from _published(configuration, covering)


def _bucket(configuration: Configuration) -> Iterator[Diagnosis]:
    """Whether packs get to the bucket, and whether it can lock what it is told to."""
    address = configuration.location.bucket
    if address is None:
        return
    bucket = Bucket(address)
    try:
        bucket.refuse_missing()
        locks, versions = bucket.can_lock(), bucket.keeps_versions()
    except AnnexaError as error:
        yield Diagnosis("bucket", "bad", str(error), error.hint)
        return
    if address.lock and not (locks and versions):
        lacking = "versioning" if locks else "Object Lock"
        remedy = "make a bucket with Object Lock (not every store can add it later), or leave out store.blobs.s3.lock"
        yield Diagnosis("bucket", "bad", f"{address} has no {lacking}, although lock is configured", remedy)
    elif not versions:
        remedy = "turn on its versioning: then what is overwritten or removed can be brought back"
        yield Diagnosis("bucket", "warning", f"{address} keeps no versions", remedy)
    else:
        kept = f"; packs are locked for {address.lock.days} days ({address.lock.mode})" if address.lock else ""
        yield Diagnosis("bucket", "good", f"{address} can be reached{kept}")
    if left := len(list((configuration.folder / PENDING).glob(f"*{SUFFIX}"))):
        yield Diagnosis("bucket", "warning", f"packs that wait on this machine: {left}", "annexa store upload")


def _published(configuration: Configuration, covering: Seal | None) -> Iterator[Diagnosis]:
    """Whether the newest checkpoint lies where whoever rewrites the store cannot rewrite it, too."""
    has = []
    for folder in configuration.publish:
        why, remedy = _lacking(configuration, folder, covering)
        if why:
            yield Diagnosis("checkpoints", "warning", f"{folder} {why}", remedy)
        else:
            has.append(str(folder))
    if has:
        yield Diagnosis("checkpoints", "good", f"the newest is published in {' and '.join(has)}")
        return
    yield Diagnosis(
        "checkpoints",
        "warning",
        "none is published outside this machine: whoever holds store and key could rewrite both",
        "name folders in store.publish that others cannot change: another disk, a share of another machine",
    )


def _lacking(configuration: Configuration, folder: Where, covering: Seal | None) -> tuple[str, str]:
    """Why a place does not vouch for the newest checkpoint, and what to do; empty when it does."""
    if isinstance(folder, Path):
        why, remedy = _unusable(configuration, folder)
        if why:
            return why, remedy
    try:
        notes = {each.size: each.note for each in notes_in(folder, covering.origin)} if covering else {}
    except FileNotFoundError:
        notes = {}
    except OSError as error:
        return f"cannot be read: {error.strerror}", "give the user permission to read what lies in it"
    except StoreError as error:
        return f"cannot be read: {error}", error.hint
    if covering is None or covering.size not in notes:
        return "does not have the newest", "scan again: the next scan brings what is missing"
    if notes[covering.size] != covering.note:
        return f"holds another checkpoint {covering.size}", "see what is wrong: annexa verify"
    return "", ""


def _unusable(configuration: Configuration, folder: Path) -> tuple[str, str]:
    """Why nothing can be published in a folder, and what to do; empty when it can."""
    if configuration.folder.resolve() in (folder.resolve(), *folder.resolve().parents):
        return "is inside the store", "whoever can change the store can change it as well: choose a folder elsewhere"
    if not folder.is_dir():
        return "is not there", "make the folder, or mount what belongs there"
    if not os.access(folder, os.W_OK | os.X_OK):
        return "is not writable", "give the user write permission"
    return "", ""
