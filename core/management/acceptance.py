"""Risk acceptances: somebody answers for leaving failures as they are, until a day. Pure.

    accept               withdraw
    ──────▶ in force ────────────▶ withdrawn
               │ its time is over
               ▼
            expired

An accepted failure stays a failure. Only the very verdicts that are named are accepted: what is like them elsewhere,
or comes to fail later, is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from core.management.events import Event, RefusedActError, name_of, refuse_empty, refuse_gap
from core.management.subject import Judged


class Standing(StrEnum):
    """Whether an acceptance still says something."""

    IN_FORCE = "in_force"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedFinding:
    """One verdict that is accepted, and what it said when it was: `reason`."""

    check: str
    source: str
    scope: str
    resource: str
    reason: str

    def covers(self, verdict: Judged) -> bool:
        """Whether a verdict is this one, whatever it says by now."""
        mine = (self.check, self.source, self.scope, self.resource)
        return mine == (verdict.check, verdict.source, verdict.scope, verdict.resource)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The author accepts these failures until `expires`; `risk` says what may come of them."""

    findings: tuple[AcceptedFinding, ...]
    risk: str
    expires: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """It is accepted no longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expired:
    """Somebody noticed that its time is over, and raised these nonconformities about what still failed."""

    nonconformities: tuple[str, ...]


Act = Accepted | Withdrawn | Expired
KINDS: tuple[type[Act], ...] = (Accepted, Withdrawn, Expired)
ACTS: Mapping[str, type[Act]] = {name_of(kind): kind for kind in KINDS}


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskAcceptance:
    """An acceptance as its events have made it. `standing` follows from these alone, `in_force` from the clock, too."""

    id: str
    standing: Standing
    findings: tuple[AcceptedFinding, ...]
    risk: str
    reason: str
    approver: str
    login: str
    accepted: datetime
    expires: datetime
    events: int
    leaf: int
    signed: bool = False
    ended: datetime | None = None
    ended_by: str = ""
    nonconformities: tuple[str, ...] = ()

    def in_force(self, at: datetime) -> bool:
        """Whether it counts at a moment."""
        return self.standing is Standing.IN_FORCE and at < self.expires

    def over(self, at: datetime) -> bool:
        """Whether its time is over, and nobody has noticed yet."""
        return self.standing is Standing.IN_FORCE and at >= self.expires


def fold(events: Iterable[Event[Act]]) -> RiskAcceptance | None:
    """The acceptance that these events of one make; `None` for none. Raises `RefusedActError`."""
    found: RiskAcceptance | None = None
    for event in events:
        found = after(found, event)
    return found


def after(record: RiskAcceptance | None, event: Event[Act]) -> RiskAcceptance:
    """The acceptance after one more event. Raises `RefusedActError` for what may not be done to it."""
    refuse_gap(event.record, event, record.events if record else 0)
    refuse_empty(event.record, reason=event.reason, author=event.author)
    if isinstance(event.act, Accepted):
        return _accepted(record, event, event.act)
    if record is None or record.standing is not Standing.IN_FORCE:
        raise RefusedActError(
            f"{event.record}: no such acceptance is in force", "list those that are: annexa acceptances list"
        )
    changed = replace(record, events=event.number, leaf=event.leaf, ended=event.at, ended_by=event.author)
    if isinstance(event.act, Withdrawn):
        return replace(changed, standing=Standing.WITHDRAWN)
    if event.at < record.expires:
        raise RefusedActError(f"{record.id}: its time is not over yet", f"annexa acceptances withdraw {record.id}")
    return replace(changed, standing=Standing.EXPIRED, nonconformities=event.act.nonconformities)


def _accepted(record: RiskAcceptance | None, event: Event[Act], act: Accepted) -> RiskAcceptance:
    if record is not None:
        raise RefusedActError(f"{record.id}: was accepted already", "accept anew: annexa acceptances add")
    refuse_empty(event.record, risk=act.risk)
    if not act.findings or act.expires <= event.at:
        raise RefusedActError(f"{event.record}: accepts nothing", "name findings, and a day that is still to come")
    return RiskAcceptance(
        id=event.record,
        standing=Standing.IN_FORCE,
        findings=act.findings,
        risk=act.risk,
        reason=event.reason,
        approver=event.author,
        login=event.login,
        accepted=event.at,
        expires=act.expires,
        events=event.number,
        leaf=event.leaf,
        signed=bool(event.signature),
    )
