"""How long evidence is kept, as the configuration says it, and throwing away what is older. No scan does that.

What people write down with it is masked like evidence: what is sealed is never taken back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.codec import timestamp
from core.errors import AnnexaError, did_you_mean
from core.recording import Clock
from core.redaction import redact_written
from evidence_store.derived.cuts import EXCHANGES, RESOURCES, VERDICTS, WHAT
from evidence_store.people.keyring import Keyring
from evidence_store.retention import disposal, holds
from evidence_store.retention.disposal import Decision, Done
from evidence_store.retention.holds import Scope
from evidence_store.retention.policy import Plan, Rule
from evidence_store.store import Store
from runs.configuration import Configuration
from runs.login import login
from runs.outward import bring_out
from runs.plugins import resource_kinds


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to go: what is past its retention, or all `before` a moment; of these kinds, or of all of the policy."""

    kinds: tuple[str, ...] = ()
    before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """What would go, by which rules, and these in words, which are sealed. `spared` says what holds keep."""

    rules: tuple[Rule, ...]
    policy: Mapping[str, str]
    plan: Plan
    spared: tuple[str, ...]


def propose(configuration: Configuration, wish: Wish, now: datetime) -> Proposal:
    """What would be thrown away now. Raises `AnnexaError` where nobody says what is too old."""
    found, words = rules(configuration, wish, now)
    with Store.open(configuration.location) as store:
        plan = disposal.plan(store, found)
        with store.reading() as connection:
            names = Keyring(store, connection)
            spared = tuple(f"{names.text(each.name)}: {each}" for each in plan.spared)
        return Proposal(found, words, plan, spared)


def dispose(configuration: Configuration, proposal: Proposal, *, reason: str, approver: str, clock: Clock) -> Done:
    """Throw away what was proposed; then publish the checkpoint over the tombstone, and have it stamped.

    Raises `AnnexaError`.
    """
    decision = Decision(
        reason=redact_written(reason), login=login(), approver=redact_written(approver), policy=proposal.policy
    )
    with Store.open(configuration.location) as store:
        done = disposal.dispose(store, proposal.rules, proposal.plan, decision, at=clock())
        if done.leaf >= 0:
            bring_out(configuration, store, clock)
        return done


def place_hold(configuration: Configuration, name: str, scope: Scope, *, reason: str, clock: Clock) -> int:
    """Seal a legal hold, and return its leaf. Raises `AnnexaError`."""
    if scope.kind and scope.kind not in resource_kinds():
        raise AnnexaError(
            f"there is no kind of resource named {scope.kind}{did_you_mean(scope.kind, resource_kinds())}",
            "those the store holds are listed by: annexa store stats",
        )
    if scope.since and scope.until and scope.since > scope.until:
        raise AnnexaError("the hold would end before it begins", "give --from the earlier moment")
    with Store.open(configuration.location) as store:
        said = redact_written(reason)
        leaf = holds.place(store, redact_written(name), scope, reason=said, login=login(), at=clock())
        bring_out(configuration, store, clock)
        return leaf


def release_hold(configuration: Configuration, name: str, *, reason: str, approver: str, clock: Clock) -> int:
    """Seal the end of a legal hold, and return its leaf. Raises `AnnexaError`."""
    with Store.open(configuration.location) as store:
        leaf = holds.release(
            store,
            redact_written(name),
            reason=redact_written(reason),
            login=login(),
            approver=redact_written(approver),
            at=clock(),
        )
        bring_out(configuration, store, clock)
        return leaf


def rules(configuration: Configuration, wish: Wish, now: datetime) -> tuple[tuple[Rule, ...], dict[str, str]]:
    """What is too old, and the same in words. Raises `AnnexaError`."""
    known = {*WHAT, *resource_kinds()}
    for kind in wish.kinds:
        if kind not in known:
            raise AnnexaError(
                f"there is no kind of evidence named {kind}{did_you_mean(kind, known)}",
                f"name {EXCHANGES}, {RESOURCES} or {VERDICTS}, or a kind of resource",
            )
    if wish.before is not None:
        if not wish.kinds:
            raise AnnexaError("--before says when, and nothing says what", "add --kind exchanges, for example")
        if wish.before > now:
            raise AnnexaError(f"{timestamp(wish.before)} has not been yet", "give a moment of the past")
        words = dict.fromkeys(wish.kinds, f"before {timestamp(wish.before)}")
        return tuple(_rule(kind, wish.before) for kind in wish.kinds), words
    spans = _spans(configuration.retention, wish.kinds)
    return tuple(_rule(kind, now - span) for kind, span in spans.items()), {k: spelt(v) for k, v in spans.items()}


def spelt(span: timedelta) -> str:
    """A span as the configuration has it: `400d`."""
    seconds = int(span.total_seconds())
    unit, length = next(each for each in (("d", 86400), ("h", 3600), ("m", 60), ("s", 1)) if seconds % each[1] == 0)
    return f"{seconds // length}{unit}"


def _spans(policy: Mapping[str, timedelta], kinds: Sequence[str]) -> dict[str, timedelta]:
    """The spans of the policy, or of it those that are asked for. Raises `AnnexaError` where it has none."""
    found = dict(policy)
    if kinds:
        meant = {kind: kind if kind in policy or kind in WHAT else RESOURCES for kind in kinds}
        found = {kind: policy[name] for kind, name in meant.items() if name in policy}
    without = [kind for kind in kinds if kind not in found]
    if without or not found:
        what = f"of {', '.join(without)} " if without else ""
        raise AnnexaError(
            f"nothing {what}is ever too old: store.retention does not say how long to keep it",
            "set store.retention, or name a moment and kinds: --before 2026-01-31 --kind exchanges",
        )
    return found


def _rule(kind: str, before: datetime) -> Rule:
    return Rule(kind, before) if kind in WHAT else Rule(RESOURCES, before, kind)
