"""Drift: what changed between two moments, read from the store with a question for each kind of change.

Both moments mean places in the log, as for `--as-of`. The report of the one and the report of the other differ by
exactly what is said here.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from core.codec import timestamp
from core.errors import AnnexaError
from core.management.organization import Organization
from core.management.statements import Version
from core.model import Severity
from evidence_store.derived.cuts import DisposedBefore
from evidence_store.people.keyring import Keyring, Nameless
from evidence_store.questions.events import organization
from evidence_store.questions.past import Past, refuse_disposed
from evidence_store.questions.queries import current_coverage, current_gaps, last_start
from evidence_store.questions.resource_changes import resource_changes
from evidence_store.questions.verdict_changes import VerdictChanges, verdict_changes
from evidence_store.questions.window import Window, end_of_log, scan_before_last
from evidence_store.store import Store
from monitoring.changes import (
    AgedVerdicts,
    Change,
    ChangedFinding,
    ChangedResource,
    Side,
    aged_verdicts,
    changed_finding,
    changed_resource,
)
from monitoring.control_changes import ChangedControl, changed_controls
from monitoring.filters import Asked
from monitoring.rule_changes import RuleChange, rule_changes
from monitoring.sight_changes import ChangedGap, ChangedPlace, changed_gaps, changed_places
from runs.as_of import as_of
from runs.configuration import Configuration
from runs.rules import Rules, in_force
from runs.selection import Wish

ORDER = {change: number for number, change in enumerate(Change)}
WEIGHT = {severity: -number for number, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """What changed between `start` and `end`, each kind by itself; everything empty when nothing did."""

    start: Past
    end: Past
    findings: tuple[ChangedFinding, ...] = ()
    aged: tuple[AgedVerdicts, ...] = ()
    resources: tuple[ChangedResource, ...] = ()
    gaps: tuple[ChangedGap, ...] = ()
    places: tuple[ChangedPlace, ...] = ()
    rules: tuple[RuleChange, ...] = ()
    controls: tuple[ChangedControl, ...] = ()
    organization: Version[Organization] | None = None
    """What the organization said of itself at the end."""
    warnings: tuple[str, ...] = ()

    @property
    def counts(self) -> Mapping[Change, int]:
        """How many findings changed in which way; each verdict that only aged is counted as well."""
        counts = Counter(each.change for each in self.findings)
        for each in self.aged:
            counts[each.change] += each.count
        return {change: counts[change] for change in Change if counts[change]}

    def __bool__(self) -> bool:
        return any((self.findings, self.aged, self.resources, self.gaps, self.places, self.rules, self.controls))


EVERYTHING = Wish()


def drift(
    configuration: Configuration,
    store: Store,
    now: datetime,
    *,
    start: str = "",
    end: str = "",
    wish: Wish = EVERYTHING,
) -> Drift:
    """What changed from `start` (empty: the end of the scan before the last) to `end` (empty: now).

    Raises `AnnexaError` for what is no moment, when there is nothing to compare with, and when what stood at the start
    was disposed of; and `BrokenSealError`.
    """
    until = as_of(store, end, now)
    since = as_of(store, start, now)
    with store.reading() as connection:
        last = until.past if until else end_of_log(connection, now)
        first = since.past if since else scan_before_last(connection, last)
    if first is None:
        raise AnnexaError(
            "there is nothing to compare with: fewer than two scans had finished",
            "scan again: annexa scan, or say since when: --from MOMENT",
        )
    found = between(configuration, store, Window(first, last), wish=wish, ends_now=until is None)
    said = (*(since.warnings if since else ()), *(until.warnings if until else ()))
    return replace(found, warnings=(*said, *found.warnings))


def since_scan_before(configuration: Configuration, store: Store, now: datetime) -> Drift | None:
    """What changed since the scan before the last had ended; `None` when there was none."""
    with store.reading() as connection:
        last = end_of_log(connection, now)
        first = scan_before_last(connection, last)
    return None if first is None else between(configuration, store, Window(first, last), ends_now=True)


def between(
    configuration: Configuration, store: Store, window: Window, *, wish: Wish = EVERYTHING, ends_now: bool = False
) -> Drift:
    """The same between two places in the log; when it `ends_now`, by the rules that are installed now."""
    _refuse_backwards(window)
    rules = in_force(store, configuration, window.start), in_force(store, configuration, _then(window, ends_now))
    asked = Asked(wish, rules)
    with store.reading() as connection:
        refuse_disposed(connection, window.start, None)
        names = Keyring(store, connection)
        verdicts = verdict_changes(store, connection, window, names)
        resources = resource_changes(store, connection, window, names)
        gaps = [current_gaps(store, connection, past) for past in (window.start, window.end)]
        coverage = [current_coverage(connection, past) for past in (window.start, window.end)]
        began = [last_start(store, connection, past) for past in (window.start, window.end)]
        said = organization(store, connection, window.end)
    sides = Side(window.start, rules[0].stale_after), Side(window.end, rules[1].stale_after)
    places = changed_places(coverage[0], coverage[1])
    asked.refuse_unknown_sources({each.source for looks in coverage for each in looks})
    return Drift(
        start=window.start,
        end=window.end,
        findings=tuple(_findings(verdicts, sides, rules, asked)),
        aged=tuple(_aged(verdicts, sides, asked)),
        resources=tuple(
            changed_resource(each) for each in resources.changes if asked.source(each.source) and asked.kind(each.kind)
        ),
        gaps=tuple(each for each in changed_gaps(gaps[0], gaps[1], places) if asked.gap(each)),
        places=tuple(each for each in places if asked.source(each.source)),
        rules=tuple(each for each in rule_changes(rules, began, verdicts.judging) if asked.rule(each)),
        controls=tuple(changed_controls(verdicts, sides, rules, asked)),
        organization=said,
        warnings=(
            *([f"people are shown by pseudonyms: {names.problem}"] if names.problem else ()),
            *dict.fromkeys(warning for each in rules for warning in each.warnings),
            *map(_disposed, resources.disposed),
            *_marks([each.redaction_key for each in began if each]),
        ),
    )


def _then(window: Window, ends_now: bool) -> Past | None:
    return None if ends_now else window.end


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictDrift:
    """What changed about verdicts and gaps alone, with a pseudonym for everybody; and what checks say of themselves."""

    start: int
    findings: tuple[ChangedFinding, ...]
    aged: tuple[AgedVerdicts, ...]
    gaps: tuple[ChangedGap, ...]
    rules: Rules
    changed_rules: tuple[RuleChange, ...] = ()


def verdict_drift(configuration: Configuration, store: Store, window: Window) -> VerdictDrift:
    """As much of a drift that ends now as leaves this machine in messages. Raises as `between` does."""
    _refuse_backwards(window)
    rules = in_force(store, configuration, window.start), in_force(store, configuration, None)
    asked = Asked(EVERYTHING, rules)
    with store.reading() as connection:
        refuse_disposed(connection, window.start, None)
        names = Nameless(store, connection)
        verdicts = verdict_changes(store, connection, window, names)
        gaps = [current_gaps(store, connection, past, names) for past in (window.start, window.end)]
        began = [last_start(store, connection, past) for past in (window.start, window.end)]
    sides = Side(window.start, rules[0].stale_after), Side(window.end, rules[1].stale_after)
    # What failed, and grew too old before anybody was told, is a failure to be told all the same.
    telling = sides[0], replace(sides[1], failures_last=True)
    return VerdictDrift(
        start=window.start.size,
        findings=tuple(_findings(verdicts, telling, rules, asked)),
        aged=tuple(_aged(verdicts, sides, asked)),
        gaps=tuple(changed_gaps(gaps[0], gaps[1], ())),
        rules=rules[1],
        changed_rules=tuple(rule_changes(rules, began, verdicts.judging)),
    )


def _refuse_backwards(window: Window) -> None:
    start, end = window.start, window.end
    if (start.size, start.moment) > (end.size, end.moment) or start.size > end.size:
        raise AnnexaError(
            f"the period ends at {timestamp(end.moment)}, before it begins: {timestamp(start.moment)}",
            "give --from the earlier moment",
        )


def _findings(
    verdicts: VerdictChanges, sides: tuple[Side, Side], rules: tuple[Rules, Rules], asked: Asked
) -> list[ChangedFinding]:
    """The gravest change first, and of each the gravest check."""
    controls = {check: _controls_of(check, rules) for check in {each.check for each in verdicts.changes}}
    found = [
        replace(changed, controls=controls[each.check])
        for each in verdicts.changes
        if asked.source(each.source) and asked.check(each.check) and (changed := changed_finding(each, *sides))
    ]
    return sorted(found, key=lambda each: (ORDER[each.change], WEIGHT[each.severity], each.check, each.source))


def _controls_of(check: str, rules: tuple[Rules, Rules]) -> tuple[str, ...]:
    """The controls of the newest edition that a check serves, by the rules of the end or, when it is gone, before."""
    served = next((each for each in reversed(rules) if check in each.checks and each.frameworks), None)
    if served is None:
        return ()
    objective = served.checks[check].objective
    controls = served.frameworks[0].controls
    return tuple(each.id for each in controls if objective in {link.objective for link in each.links})


def _aged(verdicts: VerdictChanges, sides: tuple[Side, Side], asked: Asked) -> Iterator[AgedVerdicts]:
    """One for each place and moment of its evidence, however many checks and verdicts rest on that."""
    together: dict[tuple[object, ...], list[AgedVerdicts]] = defaultdict(list)
    for each in verdicts.throughout:
        if asked.source(each.source) and asked.check(each.check) and (aged := aged_verdicts(each, *sides)):
            together[aged.source, aged.scope, aged.change, aged.collected_at].append(aged)
    for those in together.values():
        checks = tuple(sorted({check for each in those for check in each.checks}))
        yield replace(those[0], count=sum(each.count for each in those), checks=checks)


def _disposed(cut: DisposedBefore) -> str:
    return f"what {cut.name} of {cut.source} were then was disposed of (leaf {cut.leaf}, {cut.at}): not compared"


def _marks(keys: Sequence[str]) -> Iterator[str]:
    if len(set(keys)) > 1:
        yield "secrets were marked with another key then: where only the digest in a mark differs, nothing is known"
