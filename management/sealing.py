"""From what a person wants to do to what is sealed: refused early, concealed, signed where that is required."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

from core.errors import AnnexaError
from core.management import audit, review
from core.management.acceptance import Accepted, Withdrawn
from core.management.access_review import Decided as AccessDecided
from core.management.access_review import Withdrawn as ReviewRetracted
from core.management.acts import Closed, Reviewed
from core.management.applicability import Applicability
from core.management.attestation import Attested
from core.management.attestation import Withdrawn as Retracted
from core.management.events import Event, RefusedActError, written
from core.management.risk import RiskRegister
from core.recording import Clock
from evidence_store import events, records
from evidence_store.derived.derive_events import KINDS
from evidence_store.questions.events import how_many
from evidence_store.records import EventSealed
from evidence_store.store import Store
from management.masking import masked
from management.signatures import sign, verify
from runs.configuration import Configuration
from runs.login import login
from runs.outward import bring_out

SIGNED: Mapping[type, str] = {
    Accepted: "accept",
    Withdrawn: "withdraw",
    Reviewed: "review",
    Closed: "close",
    Attested: "attest",
    Retracted: "attest",
    AccessDecided: "attest",
    ReviewRetracted: "attest",
    Applicability: "adopt",
    RiskRegister: "adopt",
    audit.AuditProgramme: "audit",
    audit.Planned: "audit",
    audit.Reported: "audit",
    audit.Closed: "audit",
    audit.Cancelled: "audit",
    review.Held: "decide",
    review.Decided: "decide",
    review.Concluded: "decide",
    review.Followed: "decide",
}
"""The acts that can need a signature, and how the configuration calls them."""

PREFIXES = {
    records.NONCONFORMITY: "NC",
    records.ACCEPTANCE: "RA",
    records.ATTESTATION: "AT",
    records.AUDIT: "IA",
    records.REVIEW: "MR",
    records.SAMPLE: "SA",
    records.ACCESS_REVIEW: "AR",
}
"""What the ids of records begin with: `NC-0007`."""

MOST_AGAIN = 5
"""How often somebody else may take the next number before we give up."""

MACHINE = "annexa"
"""The author of what a rule does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """Who acts and why. `name` is what they claim to be called; empty: as their login. `key` is what they sign with."""

    reason: str
    name: str = ""
    key: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An act on a record that had so many events when whoever acts looked at it, and why, if not as for the others."""

    record: str
    events: int
    act: Any
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where somebody works: an open store, what is configured, and a clock."""

    configuration: Configuration
    store: Store
    clock: Clock

    def submit(
        self,
        kind: str,
        drafts: Sequence[Draft],
        by: By,
        known: Mapping[str, Any],
        *,
        within: Callable[[Any], None] = lambda _: None,
    ) -> list[int]:
        """Seal these acts, all or none, then publish and stamp the checkpoint over them. Returns their leaves.

        What can be a secret is masked. `known` are the records as whoever acts saw them. `within` runs inside the
        transaction that seals, on its connection. Raises `AnnexaError`.
        """
        drafts = masked(tuple(drafts))
        by = replace(by, reason=masked(by.reason))
        at = self.clock()
        user = login()
        author = by.name.strip() or user
        if not author:
            raise AnnexaError("nobody knows who you are", "say it: --by NAME")
        folded = dict(known)
        for draft in drafts:
            event = Event(
                record=draft.record,
                number=draft.events + 1,
                at=at,
                login=user,
                author=author,
                reason=draft.reason or by.reason,
                act=draft.act,
            )
            # With the names that people go by: what is sealed no longer tells "Ada" from "ada".
            folded[draft.record] = KINDS[kind].after(folded.get(draft.record), event)
        self._refuse_unsigned(drafts, by)
        bodies = events.concealed(
            self.store, [_body(draft, user, author, draft.reason or by.reason) for draft in drafts]
        )
        sealed = self._signed(bodies, author, by.key) if by.key else bodies
        leaves = events.seal(self.store, kind, sealed, at, within=within)
        bring_out(self.configuration, self.store, self.clock)
        return leaves

    def begin(
        self,
        kind: str,
        acts: Sequence[Sequence[Any]],
        by: By,
        reasons: Sequence[str] = (),
        *,
        within: Callable[[Any], None] = lambda _: None,
    ) -> list[str]:
        """Begin records, each with some acts, all or none, and return their ids: the next numbers.

        Each has one of the `reasons`, where there are any. `within` is as for `submit`. Raises `AnnexaError`.
        """
        for attempt in count(1):
            first = self._next(kind)
            names = [f"{PREFIXES[kind]}-{first + offset:04}" for offset in range(len(acts))]
            drafts = [
                Draft(record=name, events=events, act=act, reason=reason)
                for name, mine, reason in zip(names, acts, reasons or [""] * len(acts), strict=True)
                for events, act in enumerate(mine)
            ]
            try:
                self.submit(kind, drafts, by, {}, within=within)
            except RefusedActError:
                if attempt == MOST_AGAIN or self._next(kind) == first:
                    raise  # nobody took these numbers: it is the act that is refused
            else:
                return names
        raise AssertionError

    def _next(self, kind: str) -> int:
        with self.store.reading() as connection:
            return how_many(connection, kind) + 1

    def _refuse_unsigned(self, drafts: Sequence[Draft], by: By) -> None:
        required = self.configuration.management.signatures.required
        wanted = {SIGNED[type(draft.act)] for draft in drafts if type(draft.act) in SIGNED} & set(required)
        if wanted and by.key is None:
            raise AnnexaError(
                f"to {' and '.join(sorted(wanted))} needs a signature",
                "sign with a key that is allowed to: --sign ~/.ssh/id_ed25519",
            )

    def _signed(self, bodies: Sequence[EventSealed], author: str, key: Path) -> list[EventSealed]:
        """The bodies with signatures. Raises `AnnexaError` where the key may not sign for the author."""
        allowed = self.configuration.management.signatures.allowed_signers
        with self.store.reading() as connection:
            origin = self.store.verifier(connection).name
        found = []
        for body in bodies:
            statement = events.statement(origin, body)
            signature = sign(statement, key)
            if allowed:
                answer = verify(statement, signature, author, Path(allowed).expanduser(), self.clock())
                if not answer.verified:
                    raise AnnexaError(
                        f"{key}: is not a key that may sign for {author}: {answer.said}",
                        f"say who you are with --by, or have the key added to {allowed}",
                    )
            found.append(replace(body, signature=signature))
        return found


def _body(draft: Draft, user: str, author: str, reason: str) -> EventSealed:
    name, content = written(draft.act)
    return EventSealed(
        salt=records.salt(),
        record=draft.record,
        number=draft.events + 1,
        act=name,
        login=user,
        author=author,
        reason=reason,
        content=content,
    )
