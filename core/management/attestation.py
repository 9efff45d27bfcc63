"""Attestations: a person vouches, with a document, for what technology cannot show. Pure.

  attest            withdraw
─────────▶ given ─────────────▶ withdrawn
           │   ▲
           └───┘ attest again: a new edition of the document, a new term
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from core.management.events import Event, RefusedActError, name_of, refuse_empty, refuse_gap, same_person
from core.model import Status, Verdict, failed, not_applicable, passed


@dataclass(frozen=True, slots=True, kw_only=True)
class Attested:
    """What is vouched for: a document (its name or address, and the SHA-256 of its bytes where it was at hand), the
    controls and clauses it speaks to, who owns, wrote and reviewed it, and from when until when it holds.

    The document itself is not kept: it belongs where the organization keeps its documents.
    """

    title: str
    document: str
    digest: str
    controls: tuple[str, ...]
    owner: str
    authors: tuple[str, ...]
    reviewer: str
    reviewed: date | None
    valid_from: date
    valid_until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """Nobody vouches for it any more."""


Act = Attested | Withdrawn
KINDS: tuple[type[Act], ...] = (Attested, Withdrawn)
ACTS: Mapping[str, type[Act]] = {name_of(kind): kind for kind in KINDS}
_DIGEST = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """An attestation as its events have made it. `attested_by` vouches last; `changed` is when anything was done."""

    id: str
    said: Attested
    attested_by: str
    attested: datetime
    reason: str
    withdrawn: datetime | None
    changed: datetime
    events: int
    leaf: int
    signed: bool = False

    @property
    def given(self) -> bool:
        """Whether somebody still vouches for it."""
        return self.withdrawn is None


def fold(events: Iterable[Event[Act]]) -> Attestation | None:
    """The attestation that these events of one make; `None` for none. Raises `RefusedActError`."""
    found: Attestation | None = None
    for event in events:
        found = after(found, event)
    return found


def after(record: Attestation | None, event: Event[Act]) -> Attestation:
    """The attestation after one more event. Raises `RefusedActError` for what may not be done to it."""
    refuse_gap(event.record, event, record.events if record else 0)
    refuse_empty(event.record, reason=event.reason, author=event.author)
    if isinstance(event.act, Attested):
        _refuse(event.record, event.act)
        return Attestation(
            id=event.record,
            said=event.act,
            attested_by=event.author,
            attested=event.at,
            reason=event.reason,
            withdrawn=None,
            changed=event.at,
            events=event.number,
            leaf=event.leaf,
            signed=bool(event.signature),
        )
    if record is None or not record.given:
        raise RefusedActError(f"{event.record}: nobody vouches for it", "list what is attested: annexa attest list")
    return replace(record, withdrawn=event.at, changed=event.at, events=event.number, leaf=event.leaf)


def _refuse(record: str, act: Attested) -> None:
    refuse_empty(record, title=act.title, document=act.document, owner=act.owner)
    if not act.controls:
        raise RefusedActError(f"{record}: speaks to no control or clause", "name one: A.5.1 or 7.2")
    if not act.authors or not all(name.strip() for name in act.authors):
        raise RefusedActError(f"{record}: nobody wrote it", "name who did: a review is by somebody else")
    if act.valid_until < act.valid_from:
        raise RefusedActError(f"{record}: ends before it begins", "say from when until when it holds")
    if bool(act.reviewer.strip()) != bool(act.reviewed):
        raise RefusedActError(f"{record}: a review has a reviewer and a day", "say both, or neither")
    if act.digest and not _DIGEST.fullmatch(act.digest):
        raise RefusedActError(f"{record}: its digest is none", "give the SHA-256 in hexadecimal, or the file")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What one of the three checks on attestations says of one: `is_current`, `is_reviewed`, `is_independent`."""

    check: str
    verdict: Verdict


def is_current(said: Attested, today: date) -> Verdict:
    """It holds today."""
    if today < said.valid_from:
        return failed(f"is valid from {said.valid_from} on only")
    if today > said.valid_until:
        return failed(f"was valid until {said.valid_until}")
    return passed(f"is valid from {said.valid_from} until {said.valid_until}")


def is_reviewed(said: Attested, today: date) -> Verdict:
    """Somebody reviewed it, on a day that has come."""
    if said.reviewed is None:
        return failed("nobody has reviewed it")
    if said.reviewed > today:
        return failed(f"its review is dated {said.reviewed}, a day that has not come")
    return passed(f"{said.reviewer} reviewed it on {said.reviewed}")


def is_independent(said: Attested, _today: date) -> Verdict:
    """Nobody reviewed what they wrote themselves."""
    if not said.reviewer:
        return not_applicable("there is no review yet")
    own = next((author for author in said.authors if same_person(author, said.reviewer)), "")
    if own:
        return failed(f"{own} wrote it, and reviewed it")
    return passed(f"{', '.join(said.authors)} wrote it, and {said.reviewer} reviewed it")


CHECKS = (is_current, is_reviewed, is_independent)


def judge(record: Attestation, at: datetime) -> tuple[Judgement, ...]:
    """What the checks say of an attestation at a moment, days in UTC."""
    return tuple(Judgement(check=check.__name__, verdict=check(record.said, at.date())) for check in CHECKS)


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedAttestation:
    """An attestation that somebody gives, with what the checks say of it."""

    attestation: Attestation
    judgements: tuple[Judgement, ...]

    @property
    def holds(self) -> bool:
        """Whether it counts as evidence: nothing is wrong with it."""
        return not any(each.verdict.status is Status.FAIL for each in self.judgements)

    @property
    def sentence(self) -> str:
        """What is wrong with it, or until when it holds."""
        wrong = [each.verdict.reason for each in self.judgements if each.verdict.status is Status.FAIL]
        said = self.attestation.said
        return f"{self.attestation.id} ({said.title}) {'; '.join(wrong) or self.judgements[0].verdict.reason}"


def judged(records: Iterable[Attestation], at: datetime) -> tuple[JudgedAttestation, ...]:
    """Every attestation that is given, judged at a moment."""
    return tuple(JudgedAttestation(attestation=each, judgements=judge(each, at)) for each in records if each.given)
