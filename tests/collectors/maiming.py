"""Answers that are maimed: one thing in them is missing, null, of another type, or a word that nobody knows.

What was recorded of a rich estate is replayed with one wound at a time. Nothing may break, no reason may repeat what
stands in the place of a value, and no verdict may become another one: it may become unknown, or vanish where a gap
speaks for it. Where a provider's documentation gives what is absent a meaning, that is declared, with its source.
"""

from __future__ import annotations

import csv
import json
import random
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import Any

from collectors.rest import PAGE
from core.engine import Collected
from core.model import Evidence, Exchange, Finding, Status
from core.plugins import Check
from core.replay import NotRecordedError, Recording

ITEM = "[]"
"""Stands in a path for whichever item of a list."""
WORD, HIDDEN = "wordOfTomorrow", "never-to-be-repeated"
"""What stands in the place of a word of an enumeration, and what no reason may repeat."""
ENUMERATED = re.compile(r"[A-Za-z][A-Za-z_]{1,60}")
"""What a word of an enumeration looks like."""
MISSING, NULL, UNKNOWN_WORD, TWICE = "missing", "null", "a new word", "twice over pages"
OTHER_TYPES: Mapping[type, Mapping[str, Any]] = {
    str: {"a number": 7, "an object": {"maimed": 1}},
    list: {"a text": HIDDEN, "an object": {"maimed": 1}},
    dict: {"a text": HIDDEN, "a list": [1]},
    bool: {"a text": HIDDEN, "a number": 7},
    int: {"a text": HIDDEN, "true": True},
    float: {"a text": HIDDEN},
    type(None): {"an object": {"maimed": 1}},
}
"""By the type of a value, what it is given instead."""
WHOLE: Mapping[str, Callable[[bytes], bytes]] = {
    "cut in half": lambda body: body[: len(body) // 2],
    "empty": lambda _: b"",
    "a page for people": lambda _: f"<!DOCTYPE html><html><body>{HIDDEN}</body></html>".encode(),
    "another shape": lambda body: b'{"maimed": 1}' if body.lstrip().startswith(b"[") else b"[1]",
}
"""What becomes of a whole answer."""
PAGES = frozenset({PAGE, "page"})
"""Parameters that tell one page of a listing from another."""
NAMES = frozenset({
    "id", "name", "displayName", "login", "email", "description", "title", "@odata.context", "@odata.id", "nextPageToken",
})  # fmt: skip
"""Members that hold what somebody chose: another word there is another thing."""
MANY = 40
"""How many times as many answers as were recorded nobody may want: who does turns in a circle."""

TABLE = Path(__file__).with_name("meanings.csv")
"""What absences and new words mean, as providers document them: a verdict may change by these alone."""
Place = tuple[str, ...]
Key = tuple[str, str, str, str]
"""Check, source, scope and resource."""


@dataclass(frozen=True)
class Wound:
    """One thing that is wrong with what a question brings. `nth` is which of the places the path leads to, `None` for
    all of them."""

    question: str
    path: Place
    way: str
    nth: int | None = None

    def fits(self, question: str, path: str) -> bool:
        """Whether patterns of `fnmatch` are about it; `[[]]` stands for whichever item of a list."""
        return fnmatchcase(self.question, question) and fnmatchcase(".".join(self.path), path)

    def __str__(self) -> str:
        where = "" if self.nth is None else f" #{self.nth}"
        return f"{self.question} | {'.'.join(self.path) or 'the answer'}{where} | {self.way}"


@dataclass(frozen=True)
class Meaning:
    """What a provider documents of something that is not there or is another word, so that a verdict may well become
    another one. `question`, `path` and `check` are patterns of `fnmatch`, of which a path may have several."""

    question: str
    path: str
    ways: frozenset[str]
    check: str
    changes: frozenset[str]
    because: str
    source: str

    def allows(self, wound: Wound, check: str, change: str) -> bool:
        return (
            wound.way in self.ways
            and change in self.changes
            and fnmatchcase(check, self.check)
            and any(wound.fits(self.question, each.replace(ITEM, "[[]]")) for each in self.path.split() or [""])
        )


def meanings(provider: str) -> tuple[Meaning, ...]:
    """What is declared of a provider."""
    with TABLE.open(encoding="utf-8", newline="") as table:
        return tuple(
            Meaning(
                question=row["question"],
                path=row["path"],
                ways=frozenset(row["ways"].split(", ")),
                check=row["check"],
                changes=frozenset(row["changes"].split(", ")),
                because=row["because"],
                source=row["source"],
            )
            for row in csv.DictReader(table)
            if row["provider"] == provider
        )


class MaimedRecording(Recording):
    """A recording in which some answers are others."""

    def __init__(
        self, collected: Collected, maimed: Mapping[tuple[str, str], bytes], asked: Callable[..., str]
    ) -> None:
        super().__init__(collected.unit.exchanges, collected.bodies)
        self._maimed = maimed
        self._asked = asked
        self._left = MANY * (len(collected.unit.exchanges) + 5)

    def answer(self, operation: str, parameters: Mapping[str, str]) -> tuple[Exchange, bytes]:
        self._left -= 1
        assert self._left, f"{operation} is asked again and again"
        try:
            exchange, body = super().answer(operation, parameters)
        except NotRecordedError:  # asked only because of the wound: nobody knows what would be said
            return refusal(operation), b"{}"
        return exchange, self._maimed.get((self._asked(exchange), exchange.response), body)


def refusal(operation: str) -> Exchange:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    return Exchange(
        operation=operation, parameters={}, response="", size=2, status="403", at=at, duration_ms=0, error="not for you"
    )


@dataclass
class Estate:
    """What was recorded of one provider, how its units are seen again, and who judges what they see.

    `items` are the members that hold the items of a page; `asked` names the question of an exchange.
    """

    provider: str
    units: Mapping[Any, Collected]
    again: Callable[[Any, Recording], Collected]
    judge: Callable[[Iterable[Evidence], Sequence[Check[...]]], Iterable[Finding]]
    checks: Sequence[Check[...]]
    items: tuple[str, ...]
    asked: Callable[[Exchange], str] = field(default=lambda exchange: exchange.operation)
    questions: Callable[[str], bool] = field(default=lambda question: " " in question)
    used: set[Meaning] = field(default_factory=set[Meaning])
    """Those that were needed so far."""

    @cached_property
    def answers(self) -> dict[str, dict[str, bytes]]:
        """By question, the answers that it had, by digest."""
        found: dict[str, dict[str, bytes]] = {}
        for unit in self.units.values():
            for each in unit.unit.exchanges:
                question = self.asked(each)
                if each.response and unit.bodies.get(each.response) and self.questions(question):
                    found.setdefault(question, {})[each.response] = unit.bodies[each.response]
        return {question: dict(sorted(bodies.items())) for question, bodies in sorted(found.items())}

    @cached_property
    def meanings(self) -> tuple[Meaning, ...]:
        return meanings(self.provider)

    @cached_property
    def everything(self) -> dict[Key, Status]:
        return by_key(self.judge([each for unit in self.units.values() for each in unit.evidence], self.checks))

    @cached_property
    def wounds(self) -> list[Wound]:
        """All that there are, once for each path and once for each of the places that it leads to."""
        found = list[Wound]()
        for question, bodies in self.answers.items():
            for nth in range(min(len(bodies), 4)):
                found += [Wound(question, (), way, nth) for way in WHOLE]
            values = dict[Place, list[Any]]()
            for body in bodies.values():
                for path, value in _places(_read(body), ()):
                    values.setdefault(path, []).append(value)
            for path, there in values.items():
                for nth in (None, *range(len(there) if len(there) > 1 else 0)):
                    value = next((each for each in there if each is not None), None) if nth is None else there[nth]
                    found += [Wound(question, path, way, nth) for way in _ways(path, value)]
            if len(self._pages(question)) > 1:
                found.append(Wound(question, (), TWICE))
        return found

    def _pages(self, question: str) -> list[str]:
        """The answers that are pages of one listing, the longest that the question has."""
        listings = dict[Any, list[str]]()
        for name, unit in self.units.items():
            for each in unit.unit.exchanges:
                if self.asked(each) == question and each.page:
                    of = frozenset((key, value) for key, value in each.parameters.items() if key not in PAGES)
                    listings.setdefault((name, of), []).append(each.response)
        return max(listings.values(), key=len, default=[])

    def maimed(self, wound: Wound) -> dict[tuple[str, str], bytes]:
        """The answers that are others, by question and digest of the true one."""
        bodies = self.answers[wound.question]
        if wound.way == TWICE:
            first, *rest = self._pages(wound.question)
            return {(wound.question, each): self._with_items_of(bodies[first], bodies[each]) for each in rest}
        if wound.way in WHOLE:
            digest = list(bodies)[wound.nth or 0]
            return {(wound.question, digest): WHOLE[wound.way](bodies[digest])}
        found = dict[tuple[str, str], bytes]()
        counter = iter(range(10**9))
        for digest, body in bodies.items():
            data = _read(body)
            changed = False
            for holder, last in list(_holders(data, wound.path)):
                if wound.nth in (None, next(counter)):
                    changed |= _maim(holder, last, wound.way)
            if changed:
                found[wound.question, digest] = json.dumps(data).encode()
        return found

    def _with_items_of(self, first: bytes, page: bytes) -> bytes:
        one, other = _read(first), _read(page)
        if isinstance(other, list):
            return json.dumps(one + other).encode()
        for member in self.items:
            if isinstance(other.get(member), list):
                other[member] = one[member] + other[member]
        return json.dumps(other).encode()

    def complaints(self, wound: Wound) -> list[str]:
        """What is wrong in a world with this wound."""
        maimed = self.maimed(wound)
        if not maimed:
            return []
        evidence, wrong, changed = list[Evidence](), list[str](), set[str]()
        for name, unit in self.units.items():
            now = unit
            if any((self.asked(each), each.response) in maimed for each in unit.unit.exchanges):
                now = self.again(name, MaimedRecording(unit, maimed, self.asked))
                wrong += [each.reason for each in now.unit.gaps if " failed with " in each.reason]
                wrong += [f"repeats: {each.reason}" for each in now.unit.gaps if HIDDEN in each.reason]
                before = {each.kind: (each.encoded, each.gaps) for each in unit.evidence}
                changed |= {each.kind for each in now.evidence if (each.encoded, each.gaps) != before[each.kind]}
            evidence += now.evidence
        judges = [check for check in self.checks if check.kinds & changed]
        findings = list(self.judge(evidence, judges)) if judges else []
        wrong += [f"repeats: {each.verdict.reason}" for each in findings if HIDDEN in each.verdict.reason]
        after, names = by_key(findings), {check.id for check in judges}
        was = {key: status for key, status in self.everything.items() if key[0] in names}
        wrong += [
            f"{key} was {before} and is {now}"
            for key, before, now in changes(was, after)
            if not self._is_meant(wound, key[0], f"{before} > {now}")
        ]
        return [f"{wound}: {each}" for each in wrong]

    def _is_meant(self, wound: Wound, check: str, change: str) -> bool:
        found = [each for each in self.meanings if each.allows(wound, check, change)]
        self.used |= {*found}
        return bool(found)

    def share(self, number: int, seed: str) -> list[Wound]:
        """Some of the wounds, the same for the same seed."""
        return random.Random(seed).sample(self.wounds, min(number, len(self.wounds)))


def by_key(findings: Iterable[Finding]) -> dict[Key, Status]:
    return {(f.check, f.source, f.scope, f.resource): f.verdict.status for f in findings}


def changes(before: Mapping[Key, Status], after: Mapping[Key, Status]) -> Iterator[tuple[Key, str, str]]:
    """Verdicts that became better, other, or silent, where nothing was seen but a wound."""
    blind = {key[:3] for key, status in after.items() if key[3] == "*" and status is Status.UNKNOWN}
    somewhere = {key[:2] for key in blind}
    for key in sorted(before.keys() | after.keys()):
        was, now = before.get(key), after.get(key)
        if now is None and (key[:3] in blind or (key[3] == key[1] and key[:2] in somewhere)):
            continue  # the rest of the population speaks for it
        if now is None or now not in (was, Status.UNKNOWN):
            yield key, str(was or "not there"), str(now or "not there")


def _read(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:  # an answer that is no JSON has nothing to be maimed
        return None


def _places(value: Any, path: Place) -> Iterator[tuple[Place, Any]]:
    """Each member of each object, however deep, with the path that leads to it."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield (*path, name), each
            yield from _places(each, (*path, name))
    elif isinstance(value, list):
        for each in value:
            if not isinstance(each, dict | list):
                yield (*path, ITEM), each
            yield from _places(each, (*path, ITEM))


def _holders(value: Any, path: Place) -> Iterator[tuple[Any, Any]]:
    """Whatever holds what a path leads to, and by which name or number, in the order of `_places`."""
    name, rest = path[0], path[1:]
    if name == ITEM:
        for number, each in enumerate(value if isinstance(value, list) else ()):
            if rest:
                yield from _holders(each, rest)
            elif not isinstance(each, dict | list):
                yield value, number
    elif isinstance(value, dict) and name in value:
        if rest:
            yield from _holders(value[name], rest)
        else:
            yield value, name


def _ways(path: Place, value: Any) -> Iterator[str]:
    yield MISSING
    if value is not None:
        yield NULL
    yield from OTHER_TYPES[type(value)]
    if isinstance(value, str) and ENUMERATED.fullmatch(value) and path[-1] not in NAMES:
        yield UNKNOWN_WORD


def _maim(holder: Any, last: Any, way: str) -> bool:
    """Whether there is another value now."""
    value = holder[last]
    if way == MISSING:
        if isinstance(holder, list):
            return False  # another item less is another world, not a wound
        del holder[last]
    elif way == NULL:
        holder[last] = None
    elif way == UNKNOWN_WORD:
        if not isinstance(value, str):
            return False
        holder[last] = WORD
    else:
        others = OTHER_TYPES[type(value)]
        if way not in others:
            return False
        holder[last] = others[way]
    return True
