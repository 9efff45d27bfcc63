"""What `annexa doctor` looks at: everything that must hold before a scan can be trusted, each with its remedy."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from core.engine import Collected
from core.errors import AnnexaError
from core.model import CollectionGap
from core.plugins import Collector
from core.recording import Clock
from core.source import Source, Survey
from evidence_store.store import Store
from evidence_store.timestamps.timestamp import ask_all, check, clock_problem
from runs.authorities import authorities
from runs.collection import Collection, Limits, Task
from runs.configuration import Configuration, load
from runs.diagnosed import Diagnosis
from runs.diagnosis_of_store import of_bucket, of_key, of_store
from runs.installation import REMEDY, shared_packages
from runs.plugins import all_checks, collectors_of, provider
from runs.telling import tell

__all__ = ["BUILT", "Diagnosis", "diagnose"]

BUILT = datetime(2026, 11, 1, tzinfo=UTC)
"""Before this moment no clock can be right: this version did not exist."""


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
    found += of_key(configuration)
    found += _authorities(configuration, clock)
    found += of_store(configuration, clock())
    found += of_bucket(configuration)
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
