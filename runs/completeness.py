"""How a population was made whole: who asked what, when, with which parameters, in how many pages, for how many items.

Auditors call it information produced by the entity: a sample is worth no more than the list it was drawn from. What is
said here is read from sealed exchanges; an independent count comes from another question to the same provider.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.codec import parse
from core.model import Exchange
from evidence_store.questions.populations import Population, Populations

SUMMARY, SUMMARISED = "iam:GetAccountSummary", "aws_iam_account"
"""The question in whose answer AWS counts what is in an account, and the kind that it was asked for."""


@dataclass(frozen=True, slots=True)
class Counted:
    """How the summary of an account calls the count of a kind. Of that kind it does not count those with the field
    `left_out`; of those with the field `perhaps`, its documentation does not say whether it does."""

    name: str
    left_out: str = ""
    perhaps: str = ""


COUNTED = {
    "aws_iam_user": Counted("Users"),
    "aws_iam_group": Counted("Groups"),
    "aws_iam_role": Counted("Roles", perhaps="is_service_linked"),
    "aws_iam_policy": Counted("Policies", left_out="is_of_aws"),
    "aws_iam_server_certificate": Counted("ServerCertificates"),
}
"""Kinds that a provider counts by itself, in the answer to a question of its own."""

PARTS = {"is_of_aws": "those of AWS itself", "is_service_linked": "those linked to services"}
ENTRY = re.compile(rb"<key>(\w{1,60})</key>\s*<value>(\d{1,12})</value>")
"""One count of a summary, as IAM writes it in XML."""
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
    """What the provider itself counted: `None` where its answer was not seen; `by` says what was asked. It may mean any
    of `meant`, each a count of the population or of a part of it; `part` says of which."""

    count: int | None
    by: str
    at: datetime
    meant: tuple[int, ...]
    part: str = ""

    @property
    def agrees(self) -> bool:
        """Whether it counted as many."""
        return self.count in self.meant


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
        return not self.gaps and (self.counted is None or self.counted.agrees)

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
        part = f" {self.counted.part}" if self.counted.part else ""
        by = f"({self.counted.by}, {moment(self.counted.at)})"
        if not self.counted.agrees:
            return f"NOT CONFIRMED: {text}; but the provider counts {self.counted.count}{part} {by}"
        return f"complete: {text}; the provider counts as many{part} {by}"


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
    how = COUNTED[mine.kind]
    meant: tuple[int, ...] = (mine.count,)
    part = ""
    if field := how.left_out or how.perhaps:
        rest = sum(parse(line).get(field) is not True for line in populations.sealed_lines(mine))
        meant = (rest,) if how.left_out else (mine.count, rest)
        part = f"without {PARTS[field]}" if how.left_out else f"with or without {PARTS[field]}"
    for each in populations.all((SUMMARISED,)):
        if (each.source, each.scope) == (mine.source, mine.scope):
            count = _summary(populations, each).get(how.name)
            return Count(count=count, by=SUMMARY, at=each.collected_at, meant=meant, part=part)
    return Count(count=None, by=SUMMARY, at=mine.collected_at, meant=meant, part=part)


def _summary(populations: Populations, account: Population) -> dict[str, int]:
    """The summary of an account as it was recorded; nothing where it was not seen, or was disposed of since."""
    for each in populations.unit(account).exchanges:
        if each.operation == SUMMARY and each.response and not each.error:
            answer = populations.answer(each.response) or b""
            return {name.decode(): int(value) for name, value in ENTRY.findall(answer)}
    return {}
