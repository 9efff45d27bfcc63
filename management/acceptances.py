"""Risk acceptances: named findings that somebody leaves as they are, until a day. They stay failures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from core.errors import AnnexaError, did_you_mean
from core.management.acceptance import Accepted, AcceptedFinding, RiskAcceptance, Withdrawn
from core.model import Status
from evidence_store import records
from evidence_store.questions.events import acceptances
from management.evidence import standing
from management.raising import finding_named
from management.sealing import By, Desk, Draft


def known(desk: Desk) -> dict[str, RiskAcceptance]:
    """All acceptances by id."""
    with desk.store.reading() as connection:
        return acceptances(desk.store, connection)


def chosen(desk: Desk, names: Sequence[str]) -> list[RiskAcceptance]:
    """The acceptances of these ids. Raises `AnnexaError` for one that there is not."""
    found = known(desk)
    for name in names:
        if name.upper() not in found:
            near = did_you_mean(name.upper(), found)
            raise AnnexaError(f"there is no risk acceptance {name}{near}", "annexa acceptances list --all")
    return [found[name.upper()] for name in dict.fromkeys(names)]


def accept(desk: Desk, names: Sequence[str], risk: str, expires: datetime, by: By) -> RiskAcceptance:
    """Accept these findings, by the beginning of their ids, which must fail now. Raises `AnnexaError`."""
    at = desk.clock()
    longest = desk.configuration.management.longest_acceptance
    if not at < expires <= at + longest:
        raise AnnexaError(
            f"no risk is accepted until {expires:%Y-%m-%d}: it is to end after now, and within {longest.days} days",
            "say --expires DAY, or set management.longest_acceptance",
        )
    with desk.store.reading() as connection:
        findings = standing(desk.configuration, desk.store, connection, at)
    meant = [finding_named(findings, name) for name in dict.fromkeys(names)]
    for each in meant:
        if each.status is not Status.FAIL:
            raise AnnexaError(
                f"{each.id} does not fail: it is {each.status}: {each.reason}",
                "only a failure can be accepted; what is unknown has to be looked at first",
            )
    accepted = tuple(
        AcceptedFinding(check=f.check, source=f.source, scope=f.scope, resource=f.resource, reason=f.reason)
        for f in meant
    )
    names = desk.begin(records.ACCEPTANCE, [[Accepted(findings=accepted, risk=risk, expires=expires)]], by)
    return chosen(desk, names)[0]


def withdraw(desk: Desk, names: Sequence[str], by: By) -> list[RiskAcceptance]:
    """End acceptances before their time. Raises `AnnexaError`."""
    found = chosen(desk, names)
    drafts = [Draft(record=each.id, events=each.events, act=Withdrawn()) for each in found]
    desk.submit(records.ACCEPTANCE, drafts, by, {each.id: each for each in found})
    return chosen(desk, names)
