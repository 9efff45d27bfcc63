"""How a population was made whole: who asked what, when, with which parameters, in how many pages, for how many items.

Auditors call it information produced by the entity: a sample is worth no more than the list it was drawn from. What is
said here is read from sealed exchanges; an independent count comes from another question to the same provider.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.codec import parse
from core.model import Exchange
from evidence_store.questions.populations import Population, Populations

COUNTED = {"aws_iam_user": ("aws_iam_account", "users", "iam:GetAccountSummary")}
"""Kinds that a provider counts by itself: the kind and the field that hold its count, and what was asked for it."""

PAGING = frozenset({"Marker", "marker", "NextToken", "nextToken", "PageToken", "pageToken", "after", "page", "cursor"})
"""Parameters that ask for another page of the same list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question to a provider, all its pages together. `items` is `None` where the answers do not list things.

    `truncated` and `failed` count answers that were cut off, and those that were errors.
    """

    operation: str
    endpoint: str
    parameters: Mapping[str, str]
    first: datetime
    last: datetime
    pages: int
    items: int | None
    truncated: int
    failed: int
    responses: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """`iam:ListUsers at https://… (PathPrefix=/): 2 pages, 130 items, 2026-01-31 12:00:01 UTC`."""
        where = f" at {self.endpoint}" if self.endpoint else ""
        given = ", ".join(f"{name}={value}" for name, value in sorted(self.parameters.items()))
        listed = "" if self.items is None else f", {self.items} items"
        wrong = f", {self.failed} failed" if self.failed else ""
        wrong += f", {self.truncated} cut off" if self.truncated else ""
        pages = f"{self.pages} {'answer' if self.pages == 1 else 'answers'}"
        given = f" ({given})" if given else ""
        return f"{self.operation}{where}{given}: {pages}{listed}{wrong}, {moment(self.first)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """What the provider itself counted: `None` where its answer was not seen; `by` says what was asked."""

    count: int | None
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Completeness:
    """How one population came about. Complete means: nothing kept us from seeing all that was asked for."""

    population: Population
    collector: str
    version: str
    principal: str
    started: datetime
    finished: datetime
    gaps: tuple[str, ...]
    asked: tuple[Asked, ...]
    counted: Count | None = None

    @property
    def confirmed(self) -> bool:
        """Whether nothing was out of sight and, where the provider counts by itself, it counts as many."""
        return not self.gaps and (self.counted is None or self.counted.count == self.population.count)

    @property
    def sentence(self) -> str:
        """What can be said of it in a sentence."""
        mine = self.population
        who = f"{self.principal} asked" if self.principal else "nobody is named who asked"
        where = " ".join(filter(None, (mine.source, mine.scope)))
        text = f"{mine.count} of {mine.kind} in {where}, seen {moment(self.finished)}"
        text += f"; {who}, {len(self.asked)} {'question' if len(self.asked) == 1 else 'questions'}"
        if self.gaps:
            return f"NOT COMPLETE: at least {text}; not seen: {'; '.join(self.gaps)}"
        if self.counted is None:
            return f"complete as far as the provider answered: {text}; no independent count is known"
        if self.counted.count is None:
            return f"complete as far as the provider answered: {text}; its own count ({self.counted.by}) was not seen"
        if self.counted.count != mine.count:
            return f"NOT CONFIRMED: {text}; but the provider counts {self.counted.count} ({self.counted.by})"
        return f"complete: {text}; the provider counts as many ({self.counted.by}, {moment(self.counted.at)})"


def moment(at: datetime) -> str:
    """A moment in words."""
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def completeness(populations: Populations, of: Sequence[Population]) -> Iterator[Completeness]:
    """How each of these populations came about. Raises `BrokenSealError`."""
    for each in of:
        unit = populations.unit(each)
        yield Completeness(
            population=each,
            collector=unit.collector,
            version=unit.version,
            principal=unit.principal,
            started=unit.started,
            finished=unit.finished,
            gaps=tuple(dict.fromkeys(gap.reason for gap in unit.gaps)),
            asked=tuple(asked(unit.exchanges)),
            counted=_counted(populations, each),
        )


def asked(exchanges: Sequence[Exchange]) -> list[Asked]:
    """Exchanges as questions: pages of one list are one question."""
    found: dict[tuple[str, str, tuple[tuple[str, str], ...]], list[Exchange]] = {}
    for each in exchanges:
        parameters = tuple(sorted((k, v) for k, v in each.parameters.items() if k not in PAGING))
        found.setdefault((each.operation, each.endpoint, parameters), []).append(each)
    return [
        Asked(
            operation=operation,
            endpoint=endpoint,
            parameters=dict(parameters),
            first=min(each.at for each in pages),
            last=max(each.at for each in pages),
            pages=len(pages),
            items=_items(pages),
            truncated=sum(each.truncated for each in pages),
            failed=sum(bool(each.error) for each in pages),
            responses=tuple(each.response for each in pages if each.response),
        )
        for (operation, endpoint, parameters), pages in found.items()
    ]


def _items(pages: Sequence[Exchange]) -> int | None:
    """How many things all pages list; `None` where one of them does not say."""
    counts = [each.items for each in pages]
    return None if any(count is None for count in counts) else sum(count or 0 for count in counts)


def _counted(populations: Populations, mine: Population) -> Count | None:
    if mine.kind not in COUNTED:
        return None
    kind, name, operation = COUNTED[mine.kind]
    for each in populations.all((kind,)):
        if (each.source, each.scope) == (mine.source, mine.scope):
            values = [parse(line).get(name) for line in populations.sealed_lines(each)]
            counts = [value for value in values if type(value) is int]
            return Count(count=counts[0] if len(counts) == 1 else None, by=operation, at=each.collected_at)
    return Count(count=None, by=operation, at=mine.collected_at)
