"""Messages: which events go to which channel, and in what words. Pure, but for remembering what was told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from hashlib import sha256

from core.management.organization import Organization
from core.model import Severity
from core.redaction import redact_message
from evidence_store.questions.states import Seal
from monitoring.alert_state import AlertState, Message
from monitoring.events import ALARM, Event
from runs.alert_settings import AlertRule
from runs.selection import matches, objectives_of, wanted

MOST_IN_ONE = 20
"""Events in one message; the others are counted, and the command that lists them all is named."""

MOST_AT_ONCE = 10
"""Messages for one channel and owner at a time: a whole provider that is out of sight must not fill a mailbox."""

LONGEST_LINE = 600
LONGEST_TITLE = 150


def messages_about(
    rules: Sequence[AlertRule],
    found: Iterable[Event],
    seal: Seal | None,
    state: AlertState,
    now: datetime,
    organization: Organization | None = None,
) -> Iterator[Message]:
    """One message for each channel, owner, change and subject, about the events that the channel has not heard of.

    Where these would be too many at once, the last is about all that is left. The owner is whom the rule names, else
    whom the organization does.
    """
    together: dict[tuple[str, str], dict[tuple[str, str], list[Event]]] = defaultdict(lambda: defaultdict(list))
    for event in found:
        for rule in rules:
            if not chosen(rule, event):
                continue
            for channel in rule.channels:
                if state.remember(channel, event.name, now):
                    owner = rule.owner or owner_of(event, organization)
                    together[channel, owner][event.change, event.subject].append(event)
    for (channel, owner), by_subject in together.items():
        groups = list(by_subject.values())
        if len(groups) > MOST_AT_ONCE:
            rest = [event for those in groups[MOST_AT_ONCE - 1 :] for event in those]
            groups = [*groups[: MOST_AT_ONCE - 1], rest]
        for those in groups:
            names = sorted(event.name for event in those)
            yield Message(
                id=sha256("\n".join((channel, *names)).encode()).hexdigest()[:16],
                channel=channel,
                title=_title(those),
                body=_body(those, owner, seal),
                events=names,
                made=now,
                due=now,
            )


def owner_of(event: Event, organization: Organization | None) -> str:
    """Who answers for where it is, else for the controls it bears on; empty where nobody is named."""
    if organization is None:
        return ""
    by_control = (organization.owner_of_control(each) for each in event.controls)
    return organization.owner_of_source(event.source) or ", ".join(dict.fromkeys(filter(None, by_control)))


def chosen(rule: AlertRule, event: Event) -> bool:
    """Whether a rule is about an event."""
    if event.change not in rule.changes:
        return False
    if event.change == ALARM:
        return True
    order = list(Severity)
    return (
        order.index(event.severity) >= order.index(Severity(rule.severity))
        and (not event.source or wanted(event.source, rule.sources))
        and (not rule.checks or any(matches(check, pattern) for check in event.checks for pattern in rule.checks))
        and (not rule.controls or any(objectives_of(each) & event.objectives for each in rule.controls))
    )


def _title(those: Sequence[Event]) -> str:
    first = those[0]
    if len({event.subject for event in those}) > 1:
        return f"[{_gravest(those)}] {len(those)} more changes"
    more = f" and {len(those) - 1} more" if len(those) > 1 else ""
    where = first.sentence.partition(": ")[0]
    return _line(f"[{_gravest(those)}] {_worded(first)}: {first.subject}: {where}{more}", LONGEST_TITLE)


def _gravest(those: Sequence[Event]) -> Severity:
    return max((event.severity for event in those), key=list(Severity).index)


def _worded(event: Event) -> str:
    return event.change.replace("_", " ")


def _body(those: Sequence[Event], owner: str, seal: Seal | None) -> str:
    subjects = dict.fromkeys((event.change, event.subject) for event in those)
    lines = [f"{change.replace('_', ' ').capitalize()}: {subject}" for change, subject in list(subjects)[:MOST_IN_ONE]]
    lines.append(f"Severity {_gravest(those)}.")
    if controls := sorted({control for event in those for control in event.controls}):
        lines.append(f"Controls: {', '.join(controls)}.")
    lines.append(f"Owner: {owner or 'nobody is named'}.")
    for event in those[:MOST_IN_ONE]:
        lines += ["", event.sentence, *([event.detail] if event.detail else ()), f"See: {event.command}"]
    if len(those) > MOST_IN_ONE:
        lines += ["", f"{len(those) - MOST_IN_ONE} more. See: annexa drift"]
    return "\n".join([*(_line(each, LONGEST_LINE) for each in lines), *checkpoint(seal)])


def _line(text: str, longest: int) -> str:
    """One line without secrets and without anything that is not to be seen."""
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text)
    shown = redact_message(shown)
    return shown if len(shown) <= longest else f"{shown[: longest - 1]}…"


def checkpoint(seal: Seal | None) -> list[str]:
    """The newest checkpoint: whoever keeps it can tell later whether the log was rewritten."""
    if seal is None:
        return ["", "No checkpoint covers this yet."]
    return ["", "Checkpoint of the log (keep it: `annexa verify` can hold the log against it)", *seal.note.splitlines()]


def greetings(rules: Sequence[AlertRule], seal: Seal | None, now: datetime) -> Iterator[Message]:
    """What each channel hears the first time, so that whatever comes later is news."""
    used = {channel for rule in rules for channel in rule.channels}
    for channel in sorted(used):
        lines = ["This channel is told from now on what changes. How things stand is shown by: annexa status"]
        yield Message(
            id=sha256(f"began {channel} {now.isoformat()}".encode()).hexdigest()[:16],
            channel=channel,
            title="Annexa: alerts begin",
            body="\n".join([*lines, *checkpoint(seal)]),
            events=[],
            made=now,
            due=now,
        )
