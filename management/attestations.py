"""Attestations: given, renewed and withdrawn by people, and judged by what they say at a moment."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from core.errors import AnnexaError, did_you_mean
from core.management.attestation import Attestation, Attested, JudgedAttestation, Withdrawn, judge
from evidence_store import records
from evidence_store.questions.events import attestations
from evidence_store.questions.past import Past
from management.looking import Step, steps
from management.sealing import By, Desk, Draft
from mappings.loader import clauses, framework, frameworks
from runs.as_of import as_of as place
from runs.selection import DEFAULT_FRAMEWORK

LARGEST_DOCUMENT = 2**30
"""Bytes of a document that is digested."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldAttestation:
    """An attestation with what the checks say of it and everything that was done."""

    judged: JudgedAttestation
    events: tuple[Step, ...]


def known(desk: Desk, past: Past | None = None) -> dict[str, Attestation]:
    """All attestations by id."""
    with desk.store.reading() as connection:
        return attestations(desk.store, connection, past)


def chosen(found: dict[str, Attestation], names: Sequence[str]) -> list[Attestation]:
    """The attestations of these ids. Raises `AnnexaError` for one that there is not."""
    for name in names:
        if name.upper() not in found:
            near = did_you_mean(name.upper(), found)
            raise AnnexaError(f"there is no attestation {name}{near}", "annexa attest list --all")
    return [found[name.upper()] for name in dict.fromkeys(names)]


def attest(desk: Desk, said: Attested, by: By, renewed: str = "") -> Attestation:
    """Vouch for something, or, with `renewed`, for a new edition of what was vouched for. Raises `AnnexaError`."""
    _refuse_unknown_controls(said.controls)
    if not renewed:
        names = desk.begin(records.ATTESTATION, [[said]], by)
        return chosen(known(desk), names)[0]
    found = known(desk)
    before = chosen(found, [renewed])[0]
    desk.submit(records.ATTESTATION, [Draft(record=before.id, events=before.events, act=said)], by, found)
    return chosen(known(desk), [before.id])[0]


def withdraw(desk: Desk, names: Sequence[str], by: By) -> list[Attestation]:
    """Vouch for these no longer. Raises `AnnexaError`."""
    found = known(desk)
    drafts = [Draft(record=each.id, events=each.events, act=Withdrawn()) for each in chosen(found, names)]
    desk.submit(records.ATTESTATION, drafts, by, found)
    return chosen(known(desk), names)


def listed(desk: Desk, as_of: str = "", *, ended: bool = False) -> tuple[list[JudgedAttestation], Past | None]:
    """Attestations that somebody gives or, with `ended`, all; those that end first on top. Raises `AnnexaError`."""
    now = desk.clock()
    then = place(desk.store, as_of, now)
    past = then.past if then else None
    at = past.moment if past else now
    found = [_judged(each, at) for each in known(desk, past).values() if ended or each.given]
    return sorted(found, key=lambda each: (each.attestation.said.valid_until, each.attestation.id)), past


def look(desk: Desk, name: str) -> ToldAttestation:
    """One attestation. Raises `AnnexaError`."""
    record = chosen(known(desk), [name])[0]
    return ToldAttestation(judged=_judged(record, desk.clock()), events=steps(desk, records.ATTESTATION, record.id))


def digest_of(file: Path) -> str:
    """The SHA-256 of a document, in hexadecimal. Raises `AnnexaError`."""
    digest, size = hashlib.sha256(), 0
    try:
        if not file.is_file():
            raise AnnexaError(f"{file}: is not a file", "name the document itself")
        with file.open("rb") as document:
            while chunk := document.read(2**20):
                digest.update(chunk)
                size += len(chunk)
                if size > LARGEST_DOCUMENT:
                    raise AnnexaError(f"{file}: more than {LARGEST_DOCUMENT // 2**30} GiB", "give --digest yourself")
    except OSError as error:
        raise AnnexaError(f"{file}: cannot be read: {error.strerror}", "name another file, or give --digest") from error
    return digest.hexdigest()


def _judged(record: Attestation, at: datetime) -> JudgedAttestation:
    return JudgedAttestation(attestation=record, judgements=judge(record, at))


def _refuse_unknown_controls(names: Sequence[str]) -> None:
    """A control that there is not would be vouched for by nobody's notice."""
    known_names = [each.id for each in clauses()] + [each.id for each in framework(DEFAULT_FRAMEWORK).controls]
    for edition in frameworks():
        if edition != DEFAULT_FRAMEWORK:
            known_names += [f"{edition}:{each.id}" for each in framework(edition).controls]
    for name in names:
        if name not in known_names:
            near = did_you_mean(name, known_names)
            raise AnnexaError(f"there is no control or clause {name}{near}", "list them with: annexa standard")
