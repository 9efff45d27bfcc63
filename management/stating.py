"""Statements about the organization, its controls and its risks: read from files, and sealed when they change.

What counts is what is sealed: a file that is changed, or that nobody can read any more, changes nothing by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import AnnexaError
from core.management.events import RefusedActError
from core.management.organization import InterestedParty, Objective, Organization, Owned
from core.management.statements import Version
from core.settings import ConfigurationError
from evidence_store import records
from evidence_store.questions import events as questions
from evidence_store.questions.past import Past
from management.masking import masked
from management.risks import read_risks
from management.sealing import MACHINE, SIGNED, By, Desk, Draft
from management.soa import read_soa, template
from runs.as_of import as_of as place
from runs.configuration import Configuration


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of statement: its id, what people call it, where its newest version and its file are, and its command."""

    record: str
    words: str
    newest: Callable[..., Version[Any] | None]
    read: Callable[[Configuration], Any]
    command: str


def stated_organization(configuration: Configuration) -> Organization | None:
    """What the configuration says of the organization; `None` where it says nothing."""
    said = configuration.organization
    if not said.name:
        return None
    return Organization(
        name=said.name,
        scope_statement=said.scope,
        issues=tuple(said.issues),
        interested_parties=tuple(InterestedParty(name=each.name, needs=each.needs) for each in said.interested_parties),
        objectives=tuple(Objective(**each.model_dump()) for each in said.objectives),
        control_owners=tuple(Owned(name=name, owner=owner) for name, owner in said.owners.controls.items()),
        source_owners=tuple(Owned(name=name, owner=owner) for name, owner in said.owners.sources.items()),
    )


def begun(configuration: Configuration, edition: str) -> str:
    """A Statement of Applicability to fill in, with owners and risks that are known. Raises `ConfigurationError`."""
    file = configuration.management.risks
    register = read_risks(configuration) if file and Path(file).expanduser().exists() else None
    return template(edition, stated_organization(configuration), register)


KINDS: Mapping[str, Kind] = {
    records.ORGANIZATION: Kind(
        "ORGANIZATION", "organization and scope", questions.organization, stated_organization, "annexa scope adopt"
    ),
    records.APPLICABILITY: Kind(
        "SOA", "Statement of Applicability", questions.applicability, read_soa, "annexa soa adopt"
    ),
    records.RISKS: Kind("RISKS", "risks", questions.risks, read_risks, "annexa risks adopt"),
}
"""By type of leaf."""


def newest(desk: Desk, kind: str, past: Past | None = None) -> Version[Any] | None:
    """The version that counts, or counted; `None` where there is none."""
    with desk.store.reading() as connection:
        return KINDS[kind].newest(desk.store, connection, past)


def head(desk: Desk, past: Past | None = None) -> dict[str, str]:
    """Whom a table of its own is about, as its first columns: CSV has no other place to say so. Empty: not stated."""
    version = newest(desk, records.ORGANIZATION, past)
    said = version.said if version else None
    return {"organization": said.name if said else "", "organization_scope": said.scope_statement if said else ""}


def past_of(desk: Desk, as_of: str) -> Past | None:
    """The place in the log that is meant; `None` for now. Raises `AnnexaError`."""
    then = place(desk.store, as_of, desk.clock())
    return then.past if then else None


def adopt(desk: Desk, kind: str, by: By) -> Version[Any]:
    """Seal what the file says as the next version, also when it says nothing new: then somebody has looked at it again.

    Raises `AnnexaError`.
    """
    said = masked(KINDS[kind].read(desk.configuration))
    if said is None:
        raise AnnexaError(f"the configuration names no {KINDS[kind].words}", "docs/organization.md says how")
    before = newest(desk, kind)
    _seal(desk, kind, said, before, by)
    found = newest(desk, kind)
    assert found is not None  # noqa: S101 - it was sealed just now
    return found


def seal_changes(desk: Desk) -> tuple[str, ...]:
    """Seal every statement that is not as it was sealed last, and say so; say, too, what could not be sealed.

    Raises `StoreError`, `BrokenSealError`.
    """
    if not any(_is_stated(desk.configuration)):
        return ()
    with desk.store.database.exclusive():  # of two scans that end at once, one seals, and the other sees it
        return tuple(sentence for kind in KINDS if (sentence := _seal_change(desk, kind)))


def _is_stated(configuration: Configuration) -> tuple[str, str, str]:
    said = configuration.management
    return configuration.organization.name, said.applicability, said.risks


def changed(desk: Desk, kind: str) -> tuple[Any, Version[Any] | None]:
    """What the file says where that is not what is sealed, else `None`; and the version that counts.

    Raises `ConfigurationError`.
    """
    said = masked(KINDS[kind].read(desk.configuration))  # as it would be sealed, or it would differ for ever
    before = newest(desk, kind)
    return (None if said is None or (before and before.said == said) else said), before


def _seal_change(desk: Desk, kind: str) -> str:
    one = KINDS[kind]
    try:
        said, before = changed(desk, kind)
        if said is None:
            return ""
        if SIGNED.get(type(said)) in desk.configuration.management.signatures.required:
            return f"{one.words}: changed, and not sealed, for that needs a signature: {one.command} --sign KEY"
        by = By(name=MACHINE, reason="it was not as it was sealed last")
        _seal(desk, kind, said, before, by)
    except RefusedActError as error:
        return f"{one.words}: not sealed: {error}"
    except ConfigurationError as error:
        before = newest(desk, kind)
        still = f"version {before.events} of {before.at:%Y-%m-%d} counts" if before else "there is no version of it"
        return f"{error}; {still}"
    return f"{one.words}: sealed as version {before.events + 1 if before else 1}"


def _seal(desk: Desk, kind: str, said: Any, before: Version[Any] | None, by: By) -> None:
    record = KINDS[kind].record
    draft = Draft(record=record, events=before.events if before else 0, act=said)
    desk.submit(kind, [draft], by, {record: before} if before else {})
