"""Concealing what a scan seals: whom its resources name, and whom the store knows already, nothing of it names."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from functools import cache
from typing import Any, Literal, get_args, get_origin, get_type_hints

from sqlalchemy import func, select

from core.engine import Collected
from core.model import REST_OF_POPULATION, Assessment, Evidence, Exchange, Finding
from core.resource import NotObservedError, Resource
from evidence_store.errors import BrokenSealError
from evidence_store.people.keyring import admit
from evidence_store.people.persons import Concealment, subjects
from evidence_store.schema import coverage, erasure
from evidence_store.store import Store

NO_PERSON = frozenset({"", "annexa", "daemon", "nobody", "root"})
"""Logins of operators that name no person."""


class People:
    """Whom one writer knows. `meet` those of a source before what is of it is concealed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: frozenset[str] = frozenset()
        self._erased = -1
        self._concealment = Concealment()

    def meet(self, names: Iterable[str]) -> int:
        """Know these people too, and say how many the store had never met. Raises `StoreError`."""
        wanted = frozenset(names)
        with self._store.reading() as connection:
            erased = connection.execute(select(func.count()).select_from(erasure)).scalar_one()
        if wanted <= self._known and erased == self._erased:
            return 0
        # Somebody may have been erased since: there must be no more tokens under a key that was destroyed.
        self._known |= wanted
        self._erased = erased
        self._concealment, new = admit(self._store, self._known)
        return len(new)

    def erased_in(self, source: str) -> int:
        """How many erased people were named by what was seen last in this source, as far as that can be read."""
        query = select(coverage.c.scope, coverage.c.kind, coverage.c.population).order_by(coverage.c.position)
        named: set[bytes] = set()
        with self._store.reading() as connection:
            erased = set(connection.execute(select(erasure.c.subject)).scalars())
            rows = connection.execute(query.where(coverage.c.source == source)) if erased else ()
            read = self._store.read_blob(connection)
            for population in {(row.scope, row.kind): row.population for row in rows}.values():
                with suppress(BrokenSealError):  # which is for `verify` to tell, and must not cost the scan
                    named |= subjects(read(population))
        return len(erased & named)

    def login(self, login: str) -> str:
        """The login of whoever runs this, or the name of whoever approves it. Raises `StoreError`."""
        self.meet(() if login in NO_PERSON else (login,))
        return self._concealment.text(login)

    def text(self, text: str) -> str:
        """Text of people, without those who are known."""
        return self._concealment.text(text)

    def act(self, body: Any) -> Any:
        """The body of what a person decided: who did it, who approves it, and what the reason says of people."""
        decided = {name: self.login(getattr(body, name)) for name in ("login", "approver") if hasattr(body, name)}
        return replace(body, **decided, reason=self._concealment.text(body.reason))

    def collected(self, collected: Collected) -> Collected:
        """What a unit brought home, without names: its answers, its record, and its populations."""
        bodies = {digest: self._concealment.body(body) for digest, body in collected.bodies.items()}
        digests = {old: old if body is collected.bodies[old] else _digest(body) for old, body in bodies.items()}
        unit = collected.unit
        text = self._concealment.text
        return Collected(
            unit=replace(
                unit,
                principal=text(unit.principal),
                exchanges=tuple(self._exchange(each, digests, bodies) for each in unit.exchanges),
                gaps=tuple(replace(gap, reason=text(gap.reason), hint=text(gap.hint)) for gap in unit.gaps),
            ),
            evidence=tuple(map(self._evidence, collected.evidence)),
            bodies={digests[old]: body for old, body in bodies.items()},
        )

    def concern(self, data: bytes) -> bool:
        """Whether these bytes may name somebody: said quickly, for nearly always they do not."""
        return self._concealment.concerns(data)

    def assessment(self, assessment: Assessment) -> Assessment:
        """Verdicts and settings without names."""
        return replace(
            assessment,
            parameters=self._settings(assessment.parameters),
            findings=tuple(map(self._finding, assessment.findings)),
        )

    def _exchange(self, exchange: Exchange, digests: Mapping[str, str], bodies: Mapping[str, bytes]) -> Exchange:
        text = self._concealment.text
        response = digests.get(exchange.response, exchange.response)
        return replace(
            exchange,
            parameters={name: text(value) for name, value in exchange.parameters.items()},
            error=text(exchange.error),
            response=response,
            size=exchange.size if response == exchange.response else len(bodies[exchange.response]),
        )

    def _evidence(self, evidence: Evidence) -> Evidence:
        data = b"\n".join(evidence.encoded)
        if not self.concern(data):
            return evidence
        kind: Any = type(evidence.resources[0])
        names, values = vocabulary(kind)
        return replace(evidence, encoded=tuple(self._concealment.lines(data, names, values).split(b"\n")))

    def _finding(self, finding: Finding) -> Finding:
        # A verdict about a whole source stands under the name of the source, which is a place.
        whole = finding.resource in (finding.source, REST_OF_POPULATION)
        verdict = replace(finding.verdict, reason=self._concealment.text(finding.verdict.reason))
        resource = finding.resource if whole else self._concealment.text(finding.resource)
        return replace(finding, resource=resource, verdict=verdict)

    def _settings(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._concealment.text(value)
        if isinstance(value, Mapping):
            return {name: self._settings(each) for name, each in value.items()}
        return tuple(map(self._settings, value)) if isinstance(value, tuple | list) else value


def named_in(collected: Iterable[Collected]) -> Iterator[str]:
    """Whatever identifies people in what units brought home."""
    for unit in collected:
        for evidence in unit.evidence:
            if evidence.resources and type(evidence.resources[0]).persons is not Resource.persons:
                for each in evidence.resources:
                    yield from _named(each)


def _named(seen: Resource) -> Iterator[str]:
    try:
        yield from seen.persons()
    except NotObservedError:
        return  # what nobody saw is not in the evidence either


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@cache
def vocabulary(cls: type) -> tuple[frozenset[bytes], frozenset[bytes]]:
    """The names of fields, and the fixed values, that canonical JSON of this type may hold: words of ours."""
    names, values = {"$unobserved"}, set[str]()
    waiting, seen = [cls], set[Any]()
    while waiting:
        hint: Any = waiting.pop()
        if hint in seen:
            continue
        seen.add(hint)
        if get_origin(hint) is Literal:
            values |= {each for each in get_args(hint) if isinstance(each, str)}
        elif isinstance(hint, type) and issubclass(hint, Enum):
            values |= {each.value for each in hint if isinstance(each.value, str)}
        elif isinstance(hint, type) and is_dataclass(hint):
            names |= {each.name for each in fields(hint)}
            waiting += get_type_hints(hint).values()
        else:
            waiting += get_args(hint)
    return frozenset(map(str.encode, names)), frozenset(map(str.encode, values))
