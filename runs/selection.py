"""What a scan is asked for: everything, or some sources, checks or controls; and the sentences on what is left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any

from core.errors import AnnexaError, did_you_mean
from core.plugins import Check, Collector
from core.recording import Clock
from core.settings import ConfigurationError
from core.source import Source, Survey
from mappings.loader import framework, frameworks
from runs.configuration import Configuration
from runs.plugins import all_checks, collectors_of, find_check, provider

DEFAULT_FRAMEWORK = "iso27001_2022"


@dataclass(frozen=True, slots=True)
class Wish:
    """What `--source`, `--check` and `--control` say. Empty means everything.

    Who `repeats` a scan again and again lets the evidence of slow units stand a while (`rhythm.py`); who tries again
    what could not be seen lets stand what was seen `since` the first attempt.
    """

    sources: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    controls: tuple[str, ...] = ()
    repeats: bool = False
    since: datetime | None = None

    @property
    def narrowed(self) -> bool:
        return bool(self.sources or self.checks or self.controls)


@dataclass(frozen=True, slots=True)
class Selection:
    """What will be looked at and judged. `configured` are all sources, whether asked for or not.

    `surveys`, whether asked for or not, will show more sources: then those that `asked` means are looked at by the
    `collectors` of their provider.
    """

    checks: Mapping[str, Check[...]]
    targets: tuple[tuple[Collector, Source], ...]
    sources: tuple[Source, ...]
    configured: tuple[str, ...]
    narrowed: bool
    left_out: tuple[str, ...]
    surveys: tuple[Survey, ...] = ()
    asked: tuple[str, ...] = ()
    collectors: Mapping[str, tuple[Collector, ...]] = field(default_factory=dict[str, tuple[Collector, ...]])
    repeats: bool = False
    since: datetime | None = None


def configured_sources(configuration: Configuration, clock: Clock) -> tuple[str, ...]:
    """The ids of the sources that are configured, without those that surveys will show. Raises `AnnexaError`."""
    found = []
    for name, settings in configuration.sources.items():
        for source in _opened(name, settings, list(collectors_of(name).values()), clock):
            found.append(source.id)
            source.close()
    _refuse_duplicates(found)
    return tuple(found)


def _opened(name: str, settings: Sequence[Any], collectors: Sequence[Collector], clock: Clock) -> Iterator[Source]:
    """The sources of a provider. Raises `AnnexaError`; of a secret that is not there it says whose it is."""
    try:
        yield from provider(name).open_sources(settings, collectors, clock)
    except ConfigurationError as error:
        raise ConfigurationError(f"sources.{name}: {error}", error.hint) from error


def enabled_checks(configuration: Configuration) -> dict[str, Check[...]]:
    """Every check that the configuration does not disable."""
    return {name: check for name, check in all_checks().items() if name not in configuration.disabled}


def select(configuration: Configuration, wish: Wish, clock: Clock) -> Selection:
    """Open the sources and choose collectors and checks. Raises `AnnexaError` for a wish that matches nothing."""
    enabled = enabled_checks(configuration)
    checks = _wanted_checks(enabled, wish)
    kinds = {kind for check in checks.values() for kind in check.kinds}
    judged = {kind for check in all_checks().values() for kind in check.kinds}
    some = bool(wish.checks or wish.controls)
    targets: list[tuple[Collector, Source]] = []
    opened: list[Source] = []
    configured: list[str] = []
    surveys: list[Survey] = []
    collectors: dict[str, tuple[Collector, ...]] = {}
    for name, settings in configuration.sources.items():
        chosen = [
            c
            for c in collectors_of(name).values()
            if c.kinds & kinds
            or issubclass(c.source, Survey)  # without a survey there is nothing to see
            or not (some or c.kinds & judged)  # what no check judges is there for the inventory
        ]
        collectors[name] = tuple(chosen)
        for source in _opened(name, settings, chosen, clock):
            configured.append(source.id)
            surveys += [source] if isinstance(source, Survey) else []
            if not wish.sources or any(_means(pattern, source) for pattern in wish.sources):
                opened.append(source)
                targets += [(c, target) for c in chosen for target in source.targets(c.source)]
    _refuse_duplicates(configured)
    for pattern in wish.sources:
        if not any(matches(source, pattern) for source in configured) and not any(_means(pattern, s) for s in surveys):
            raise AnnexaError(
                f"no source matches {pattern}{did_you_mean(pattern, configured)}",
                f"the configured sources are {', '.join(configured) or 'none'}",
            )
    return Selection(
        checks=checks,
        targets=tuple(targets),
        sources=tuple(opened),
        configured=tuple(configured),
        narrowed=wish.narrowed,
        left_out=tuple(_left_out(configuration, wish, enabled, checks, configured, opened)),
        surveys=tuple(surveys),
        asked=wish.sources,
        collectors=collectors,
        repeats=wish.repeats,
        since=wish.since,
    )


def wanted(source: str, patterns: Sequence[str]) -> bool:
    """Whether a source is asked for: by its name, or because nobody asks for less than all."""
    return not patterns or any(matches(source, pattern) for pattern in patterns)


def _means(pattern: str, source: Source) -> bool:
    """Whether a pattern means a source, or one that stands below it and that only a survey will show."""
    return matches(source.id, pattern) or (isinstance(source, Survey) and pattern.startswith(f"{source.id}/"))


def _wanted_checks(enabled: Mapping[str, Check[...]], wish: Wish) -> dict[str, Check[...]]:
    if not (wish.checks or wish.controls):
        return dict(enabled)
    wanted: dict[str, Check[...]] = {}
    for pattern in wish.checks:
        found = {name: check for name, check in enabled.items() if matches(name, pattern)}
        if not found:
            found = {pattern: find_check(pattern)}  # raises with the nearest name, or tells that it is disabled
            raise AnnexaError(f"the check {pattern} is disabled", "remove it from checks.disabled in the configuration")
        wanted |= found
    for control in wish.controls:
        objectives = objectives_of(control)
        found = {name: check for name, check in enabled.items() if check.objective in objectives}
        if not found:
            raise AnnexaError(f"no check serves {control}", "see what does, and what could: annexa controls")
        wanted |= found
    return dict(sorted(wanted.items()))


def objectives_of(control: str) -> set[str]:
    """The objectives that speak to a control: `A.8.5` of the 2022 edition, or `iso27001_2013:A.9.4.2`.

    Raises `AnnexaError` with the nearest control.
    """
    edition, _, number = control.rpartition(":")
    edition = edition or DEFAULT_FRAMEWORK
    if edition not in frameworks():
        raise AnnexaError(f"there is no framework named {edition}", f"there are {', '.join(frameworks())}")
    controls = {each.id: each for each in framework(edition).controls}
    if number not in controls:
        elsewhere = [f"{each}:{number}" for each in frameworks() if number in {c.id for c in framework(each).controls}]
        raise AnnexaError(
            f"{edition} has no control {number}{did_you_mean(number, controls) if not elsewhere else ''}",
            f"another edition has it: {', '.join(elsewhere)}" if elsewhere else "list them with: annexa controls",
        )
    return {link.objective for link in controls[number].links}


def controls_serving(objective: str) -> tuple[str, ...]:
    """The controls of the current edition that an objective speaks to."""
    controls = framework(DEFAULT_FRAMEWORK).controls
    return tuple(each.id for each in controls if objective in {link.objective for link in each.links})


def matches(name: str, pattern: str) -> bool:
    """Whether a name is meant by a pattern: itself, what is below it, or a shell pattern."""
    return name == pattern or name.startswith((f"{pattern}/", f"{pattern}.")) or fnmatchcase(name, pattern)


def _refuse_duplicates(configured: Sequence[str]) -> None:
    for source, times in Counter(configured).items():
        if times > 1:
            raise AnnexaError(f"two sources are called {source}", "give each a name of its own in the configuration")


def _left_out(
    configuration: Configuration,
    wish: Wish,
    enabled: Mapping[str, Check[...]],
    checks: Mapping[str, Check[...]],
    configured: Sequence[str],
    opened: Sequence[Source],
) -> list[str]:
    asked = {source.id for source in opened}
    sentences = [f"source {source}: not asked for" for source in configured if source not in asked]
    sentences += [f"check {name}: disabled in the configuration" for name in sorted(configuration.disabled)]
    if len(checks) < len(enabled):
        what = [*(f"check {name}" for name in wish.checks), *(f"control {name}" for name in wish.controls)]
        sentences.append(f"{len(enabled) - len(checks)} of {len(enabled)} checks: only {', '.join(what)} asked for")
    return sentences
