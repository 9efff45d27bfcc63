"""What is worth telling about resources alone, whatever checks say of them: they appeared, vanished, or changed.

Only who asks for it is told: on a large estate something changes all the time. Nobody's name is told, and a resource
that could not be seen has not vanished.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from core.codec import canonical
from core.model import Severity
from evidence_store.people.keyring import Nameless
from evidence_store.questions.resource_changes import resource_changes
from evidence_store.questions.window import Window
from evidence_store.store import Store
from monitoring.changes import Change, ChangedResource, changed_resource
from monitoring.events import Event, controls_of, event_name, gravest, objectives_of_checks
from monitoring.fields import Field
from runs.plugins import all_checks
from runs.rules import Rules

TOLD = (Change.APPEARED, Change.VANISHED, Change.CHANGED)
"""Changes of resources that are of the world; the others are of where somebody looks."""

MOST_FIELDS = 5
"""Fields of one resource in a message; the others are counted."""

SENTENCES = {
    Change.APPEARED: "it is there, and was not when somebody looked before",
    Change.VANISHED: "it was there, and is not any more",
}


def resource_events(store: Store, window: Window, rules: Rules) -> Iterator[Event]:
    """What became of resources between two places in the log, by kind. Raises `BrokenSealError`."""
    with store.reading() as connection:
        found = resource_changes(store, connection, window, Nameless(store, connection))
    reading = _checks_by_kind(rules)
    for each in map(changed_resource, found.changes):
        if each.change in TOLD:
            yield resource_event(each, reading.get(each.kind, ()), rules, window.start.size)


def _checks_by_kind(rules: Rules) -> Mapping[str, tuple[str, ...]]:
    """The checks that read each kind, be it only to judge another by it."""
    found: dict[str, list[str]] = defaultdict(list)
    for name, check in sorted(all_checks().items()):
        if name in rules.checks:
            for kind in check.kinds:
                found[kind].append(name)
    return {kind: tuple(names) for kind, names in found.items()}


def resource_event(resource: ChangedResource, checks: tuple[str, ...], rules: Rules, since: int) -> Event:
    """The event about one resource that these checks read; `since` is the size of the log that it is compared with."""
    place = resource.source + (f", {resource.scope}" if resource.scope else "")
    return Event(
        name=event_name(
            resource.change, resource.kind, resource.source, resource.scope, resource.resource, resource.since
        ),
        change=resource.change.value,
        severity=gravest(checks, rules) if checks else Severity.MEDIUM,
        subject=resource.kind,
        sentence=f"{resource.resource} in {place}: {SENTENCES.get(resource.change) or _differences(resource)}",
        detail="",
        command=f"annexa drift --from {since - 1} --source {resource.source}",
        checks=checks,
        source=resource.source,
        controls=controls_of(checks, rules),
        objectives=objectives_of_checks(checks, rules),
    )


def _differences(resource: ChangedResource) -> str:
    if not resource.told:
        return "it is configured otherwise; what it was was disposed of"
    shown = [f"{each.path}: {_spelt(each.before)} -> {_spelt(each.after)}" for each in resource.fields[:MOST_FIELDS]]
    more = len(resource.fields) - MOST_FIELDS
    return "; ".join([*shown, *([f"and {more} more"] if more > 0 else [])])


def _spelt(field: Field) -> str:
    if field.unseen:
        return f"(could not be seen: {field.unseen})"
    return "(none)" if field.absent else canonical(field.value).decode()


def asked_for(changes: Iterable[str]) -> bool:
    """Whether anybody is to be told of these."""
    return not set(TOLD).isdisjoint(changes)
