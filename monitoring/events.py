"""What is worth telling somebody: changes of findings, evidence that grew too old, and alarms about the log itself.

An event has a name that is the same whenever and by whomever it is found, so that nobody hears of it twice. It names no
person.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256

from core.codec import canonical, timestamp
from core.management.acceptance import RiskAcceptance, Standing
from core.management.attestation import Attestation
from core.model import ALARM as IS_ALARM
from core.model import REST_OF_POPULATION, Severity, Status
from evidence_store.questions.states import Seal
from monitoring.changes import AgedVerdicts, Change, ChangedFinding
from monitoring.drift import VerdictDrift
from monitoring.rule_changes import RuleChange
from monitoring.sight_changes import ChangedGap
from runs.rules import Rules

ALARM = "alarm"

REST_SUBJECTS = {
    Change.BECAME_UNKNOWN: "not everything can be looked at any more",
    Change.COULD_LOOK_AGAIN: "what was out of sight can be looked at again",
}
"""What a change about the rest of a population is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something to tell. `command` shows the evidence. Events of one `change` about one `subject` share a message.

    `checks` and `source` are what rules choose by; an alarm has neither and passes every choice.
    """

    name: str
    change: str
    severity: Severity
    subject: str
    sentence: str
    detail: str
    command: str
    checks: tuple[str, ...] = ()
    source: str = ""
    controls: tuple[str, ...] = ()
    objectives: frozenset[str] = frozenset()


def events(found: VerdictDrift, seal: Seal | None) -> Iterator[Event]:
    """Everything there is to tell, whoever wants to hear of it."""
    yield from alarms(seal)
    for gap in found.gaps:
        if gap.change is Change.BECAME_UNKNOWN and gap.reason.startswith(IS_ALARM):
            yield _of_impostor(gap, found.start)
    for finding in found.findings:
        yield _of_finding(finding, found.rules)
    for aged in found.aged:
        if aged.change is Change.BECAME_UNKNOWN:
            yield _of_aged(aged, found.rules)
    for rule in found.changed_rules:
        yield _of_rule(rule, found.rules, found.start)


def alarms(seal: Seal | None) -> Iterator[Event]:
    """That a checkpoint elsewhere cannot be of this log: the store was rewritten, or is an older copy."""
    for each in seal.publications if seal else ():
        if each.alarm:
            yield alarm(each.alarm)


def expired(acceptances: Iterable[RiskAcceptance], since: datetime, now: datetime, rules: Rules) -> Iterator[Event]:
    """The risk acceptances whose time was over between two moments: what they were about is accepted no longer."""
    for each in acceptances:
        if each.standing is not Standing.WITHDRAWN and since < each.expires <= now:
            yield _of_expired(each, rules)


def ending(attestations: Iterable[Attestation], remind: timedelta, since: datetime, now: datetime) -> Iterator[Event]:
    """The attestations that end soon, or ended, since a moment: whoever answers for one has to renew it."""
    for each in attestations:
        if not each.given:
            continue
        over = _end_of(each.said.valid_until)
        if since < over <= now:
            yield _of_ending(each, "attestation_ended", f"{each.id} held until {each.said.valid_until}")
        elif since < max(over - remind, each.attested) <= now < over:
            yield _of_ending(each, "attestation_ends", f"{each.id} holds until {each.said.valid_until}")


def _end_of(day: date) -> datetime:
    """When a day is over, in UTC."""
    return datetime.combine(day, time.min, tzinfo=UTC) + timedelta(days=1)


def _of_ending(attestation: Attestation, change: str, sentence: str) -> Event:
    return Event(
        name=event_name(change, attestation.id, attestation.events),
        change=change,
        severity=Severity.HIGH if change == "attestation_ended" else Severity.MEDIUM,
        subject="an attestation has to be renewed",
        sentence=f"{sentence}; it speaks to {', '.join(attestation.said.controls)}",
        detail="",
        # An access review vouches for no document: it is asked for anew.
        command=f"annexa attest renew {attestation.id}" if attestation.said.document else "annexa access-review export",
        controls=attestation.said.controls,
    )


def alarm(sentence: str) -> Event:
    """Something about the log itself, which every other event rests on."""
    return Event(
        name=event_name(ALARM, sentence),
        change=ALARM,
        severity=Severity.CRITICAL,
        subject="the log cannot be trusted",
        sentence=sentence,
        detail="",
        command="annexa verify",
    )


def _of_impostor(gap: ChangedGap, since: int) -> Event:
    """A place that showed that it is not, or may not be, the one that is meant. It may do so again another time."""
    where = gap.source + (f", {gap.scope}" if gap.scope else "")
    return Event(
        name=event_name(ALARM, since, gap.source, gap.scope, gap.reason),
        change=ALARM,
        severity=Severity.CRITICAL,
        subject="a source may not be the one that is meant",
        sentence=f"{where}: {gap.reason.removeprefix(IS_ALARM)}",
        detail=gap.hint,
        command="annexa status",
    )


def _of_expired(acceptance: RiskAcceptance, rules: Rules) -> Event:
    checks = tuple(sorted({each.check for each in acceptance.findings}))
    raised = ", ".join(acceptance.nonconformities)
    how_many = "1 finding" if len(acceptance.findings) == 1 else f"{len(acceptance.findings)} findings"
    return Event(
        name=event_name("expired", acceptance.id),
        change="acceptance_expired",
        severity=gravest(checks, rules),
        subject="a risk is accepted no longer",
        sentence=f"{acceptance.id}: expired at {timestamp(acceptance.expires)}, {how_many}",
        detail=f"see the nonconformities {raised}" if raised else "",
        command=f"annexa acceptances show {acceptance.id}",
        checks=checks,
        controls=controls_of(checks, rules),
        objectives=objectives_of_checks(checks, rules),
    )


def gravest(checks: Iterable[str], rules: Rules) -> Severity:
    """The severity of the gravest of these checks."""
    severities = [rules.checks[check].severity for check in checks if check in rules.checks]
    return max(severities, key=list(Severity).index, default=Severity.INFO)


def objectives_of_checks(checks: Iterable[str], rules: Rules) -> frozenset[str]:
    """What these checks ask."""
    return frozenset(rules.checks[check].objective for check in checks if check in rules.checks)


def controls_of(checks: Iterable[str], rules: Rules) -> tuple[str, ...]:
    """The controls of the newest edition that any of these checks serves."""
    served = objectives_of_checks(checks, rules)
    controls = rules.frameworks[0].controls if rules.frameworks else ()
    return tuple(each.id for each in controls if served & {link.objective for link in each.links})


def _of_finding(finding: ChangedFinding, rules: Rules) -> Event:
    # Whatever could not be judged before, and fails now that it can be: nobody has been told yet.
    fails_now = finding.change is Change.COULD_LOOK_AGAIN and finding.status is Status.FAIL
    change = Change.NEW_FAILURE if fails_now else finding.change
    check = rules.checks.get(finding.check)
    # What one gap hides from many checks is one thing to somebody who has to open the door again.
    hidden = REST_SUBJECTS.get(change, "") if finding.resource == REST_OF_POPULATION else ""
    place = finding.source + (f", {finding.scope}" if finding.scope else "")
    where = f"{place}: {finding.check}" if hidden else f"{finding.resource} in {place}"
    named = finding.check if check is None else f"{finding.check} ({check.title.removesuffix('.')})"
    none = "all can be seen" if hidden else "there is no verdict any more"
    now = f"{finding.status}: {finding.reason}" if finding.status else none
    was = f"was {finding.was_status}: {finding.was_reason}" if finding.was_status else ""
    return Event(
        # What stands since which leaf, and not how the window that showed it saw it.
        name=event_name(finding.id, finding.since, finding.status or finding.change),
        change=change.value,
        severity=finding.severity,
        subject=hidden or named,
        sentence=f"{where}: {now}",
        detail="; ".join((*finding.because, *([was] if was else ()))),
        command=f"annexa show {finding.id}",
        checks=(finding.check,),
        source=finding.source,
        controls=finding.controls,
        objectives=frozenset({check.objective} if check else ()),
    )


def _of_aged(aged: AgedVerdicts, rules: Rules) -> Event:
    where = aged.source + (f", {aged.scope}" if aged.scope else "")
    return Event(
        name=event_name("aged", aged.source, aged.scope, timestamp(aged.collected_at)),
        change=Change.BECAME_UNKNOWN.value,
        severity=gravest(aged.checks, rules),
        subject="evidence is past its freshness target",
        sentence=f"{where}: evidence is of {timestamp(aged.collected_at)}; {aged.count} verdicts are unknown by now",
        detail="",
        command="annexa scan, or find out why it does not run: annexa doctor",
        checks=aged.checks,
        source=aged.source,
        controls=controls_of(aged.checks, rules),
        objectives=objectives_of_checks(aged.checks, rules),
    )


def _of_rule(rule: RuleChange, rules: Rules, since: int) -> Event:
    """That evidence is judged or read otherwise than before: whoever wants a failure gone may have seen to that."""
    checks = (rule.check,) if rule.check else ()
    what = " ".join(filter(None, (rule.what.replace("_", " "), rule.check, rule.name)))
    values = [canonical(each).decode() for each in (rule.before, rule.after)]
    return Event(
        name=event_name("rule", since, what, *values),
        change="rule_changed",
        severity=gravest(checks, rules) if rule.check in rules.checks else Severity.MEDIUM,
        subject="what evidence is judged or read by",
        sentence=f"{what}: {values[0]} -> {values[1]}",
        detail="",
        command="annexa drift",
        checks=checks,
        controls=controls_of(checks, rules),
        objectives=objectives_of_checks(checks, rules),
    )


def event_name(*parts: object) -> str:
    """The name of what these parts say."""
    return sha256(canonical([str(part) for part in parts])).hexdigest()[:16]
