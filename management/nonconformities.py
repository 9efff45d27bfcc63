"""Nonconformities: raised by people, led through their stages, closed when evidence and a second person agree."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from core.errors import AnnexaError, did_you_mean
from core.management.acts import (
    Analysed,
    Assigned,
    Closed,
    Corrected,
    Implemented,
    Move,
    Observed,
    Planned,
    Reopened,
    Reviewed,
    Similar,
)
from core.management.nonconformity import Nonconformity
from core.model import Severity
from evidence_store import records
from evidence_store.questions.events import acceptances, nonconformities
from management.evidence import (
    Evidence,
    by_check,
    evidence,
    observed,
    refuse_open_evidence,
    refuse_too_early,
    standing,
)
from management.sealing import By, Desk, Draft
from management.similar import similar_cases
from runs.answers import Answers, answered
from runs.configuration import Configuration
from runs.rules import installed


def known(desk: Desk) -> dict[str, Nonconformity]:
    """All nonconformities by id."""
    with desk.store.reading() as connection:
        return nonconformities(desk.store, connection)


def one(desk: Desk, name: str) -> Nonconformity:
    """The nonconformity of this id. Raises `AnnexaError`."""
    return chosen(known(desk), [name])[0]


def chosen(found: Mapping[str, Nonconformity], names: Iterable[str]) -> list[Nonconformity]:
    """The records of these ids, each once. Raises `AnnexaError` for one that there is not."""
    wanted = list(dict.fromkeys(name.upper() for name in names))
    for name in wanted:
        if name not in found:
            raise AnnexaError(
                f"there is no nonconformity {name}{did_you_mean(name, found)}", "annexa nonconformities list --all"
            )
    return [found[name] for name in wanted]


def assign(desk: Desk, names: Sequence[str], owner: str, due: date | None, by: By) -> list[Nonconformity]:
    """Say who answers for records, and by when. Raises `AnnexaError`, as all of these do."""
    return _move(desk, names, by, lambda record: Assigned(owner=owner, due=due or record.due))


def correct(desk: Desk, names: Sequence[str], correction: str, consequences: str, by: By) -> list[Nonconformity]:
    """Say what was done at once, and about the consequences."""
    return _move(desk, names, by, lambda _: Corrected(correction=correction, consequences=consequences))


def proposed(desk: Desk, record: Nonconformity) -> list[Similar]:
    """Cases like this one, over all sources."""
    at = desk.clock()
    with desk.store.reading() as connection:
        answers = Answers(at=at, acceptances=tuple(acceptances(desk.store, connection).values()))
        findings = answered(standing(desk.configuration, desk.store, connection, at), answers)
    checks = installed(desk.configuration, switched_off=True).checks
    return similar_cases(record, findings, checks, known(desk).values())


def analyse(
    desk: Desk, names: Sequence[str], cause: str, similar: str, include: Sequence[int], by: By
) -> list[Nonconformity]:
    """Say why it happened, and what there is like it. What was found by looking is sealed; `include` are the numbers,
    from 1, of those cases that the record is about from now on."""

    def act(record: Nonconformity) -> Analysed:
        found = proposed(desk, record)
        for number in include:
            if not 1 <= number <= len(found):
                raise AnnexaError(
                    f"{record.id}: there is no similar case {number}",
                    f"they are listed by: annexa nonconformities show {record.id}",
                )
        included = tuple(found[number - 1].subject for number in include)
        return Analysed(cause=cause, similar=similar, found=tuple(found), included=included)

    return _move(desk, names, by, act)


def plan(desk: Desk, names: Sequence[str], planned: Planned, by: By) -> list[Nonconformity]:
    """Add a corrective action."""
    return _move(desk, names, by, lambda _: planned)


def implement(desk: Desk, names: Sequence[str], action: int, outcome: str, by: By) -> list[Nonconformity]:
    """Say that a corrective action was done."""
    return _move(desk, names, by, lambda _: Implemented(action=action, outcome=outcome))


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a reviewer says. `without` is what they go by where there is no evidence."""

    effective: bool
    judgement: str
    isms_changes: str
    without: str = ""


def review(desk: Desk, names: Sequence[str], said: Judgement, by: By) -> list[Nonconformity]:
    """Judge whether actions were effective. Evidence must bear that, or the reviewer says why there is none."""

    def seen(record: Nonconformity, connection: Any) -> Observed:
        at = desk.clock()
        return observed(desk.configuration, desk.store, connection, record, at, without=said.without)

    def act(record: Nonconformity) -> Reviewed:
        with desk.store.reading() as connection:
            found = seen(record, connection)
        return Reviewed(
            effective=said.effective, judgement=said.judgement, isms_changes=said.isms_changes, observed=found
        )

    def borne(record: Nonconformity, found: Evidence, connection: Any) -> None:
        if said.effective:
            refuse_too_early(desk.configuration, record, found, seen(record, connection))

    return _move(desk, names, by, act, borne)


def close(desk: Desk, names: Sequence[str], by: By) -> list[Nonconformity]:
    """Close records: by somebody who owns none of their actions, and never while any of them fails or is unknown."""

    def borne(record: Nonconformity, found: Evidence, _connection: Any) -> None:
        refuse_open_evidence(record, found)

    return _move(desk, names, by, lambda _: Closed(), borne)


def reopen(desk: Desk, names: Sequence[str], due: date | None, by: By) -> list[Nonconformity]:
    """Begin another round, which ends by a day, or as its severity asks."""
    at = desk.clock()
    return _move(
        desk,
        names,
        by,
        lambda record: Reopened(recurred=False, due=due or due_by(desk.configuration, record.severity, at)),
    )


def due_by(configuration: Configuration, severity: Severity, at: datetime) -> date:
    """By when a nonconformity of this severity is to be closed."""
    span: timedelta = getattr(configuration.management.due, severity.value)
    return (at + span).date()


def _move(
    desk: Desk,
    names: Sequence[str],
    by: By,
    act: Callable[[Nonconformity], Move],
    borne: Callable[[Nonconformity, Evidence, Any], None] | None = None,
) -> list[Nonconformity]:
    """Do the same to several records, all or none. What evidence must bear is asked inside the transaction."""
    found = known(desk)
    wanted = chosen(found, names)
    drafts = [Draft(record=record.id, events=record.events, act=act(record)) for record in wanted]

    def within(connection: Any) -> None:
        if borne is None:
            return
        at = desk.clock()
        findings = by_check(standing(desk.configuration, desk.store, connection, at))
        for record in wanted:
            borne(record, evidence(desk.configuration, desk.store, connection, record, at, findings), connection)

    desk.submit(records.NONCONFORMITY, drafts, by, found, within=within)
    return chosen(known(desk), [record.id for record in wanted])
