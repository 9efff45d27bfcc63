"""Populations: everything of one kind, from all sources, honest about what is missing.

A hit answers. A miss, iteration or `len` over an incomplete population raises `NotObservedError`, because "not there"
can only be said by somebody who looked everywhere. So one denied region does not blind every join.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Generic, TypeVar

from core.model import Evidence
from core.resource import NotObservedError, Resource

K = TypeVar("K", bound=Resource)


By = str | Callable[[K], Iterable[object]]
"""The name of a field, or what reads several values of a resource."""


@dataclass(slots=True)
class _Index(Generic[K]):
    """Resources by what `By` reads of each, with its source; `blind` when some hid that from us."""

    found: dict[object, list[tuple[str, K]]] = field(default_factory=dict[object, "list[tuple[str, K]]"])
    blind: str = ""


class Population(Generic[K]):
    """All resources of one kind. As a further parameter of a check it is a join."""

    def __init__(self, kind: str, evidence: Iterable[Evidence], home: str = "") -> None:
        self.kind = kind
        self._evidence = tuple(evidence)
        self._home = home
        self._indexes: dict[By[K], _Index[K]] = {}
        self._near: dict[str, Population[K]] = {}
        self._local: Population[K] | None = None
        self._sources = frozenset(e.source for e in self._evidence)
        self._hidden = next((gap.reason for e in self._evidence for gap in e.gaps), None)

    def at(self, source: str) -> Population[K]:
        """The same population, seen from a source: `get` prefers what is there, `here` is only what is there."""
        if source not in self._near:
            near = Population[K](self.kind, self._evidence, source)
            near._indexes = self._indexes
            self._near[source] = near
        return self._near[source]

    @property
    def here(self) -> Population[K]:
        """Only what belongs to the source of the resource that is being judged."""
        if self._local is None:
            local = (e for e in self._evidence if e.source == self._home)
            self._local = Population[K](self.kind, local, self._home)
        return self._local

    def get(self, value: object, by: str = "id") -> K | None:
        """The resource whose field `by` equals `value`, or `None` when we looked everywhere and there is none.

        Raises `NotObservedError` when it may be where we could not look, or when several resources answer.
        """
        index = self._index(by)
        found = index.found.get(value, [])
        found = [pair for pair in found if pair[0] == self._home] or found
        if len(found) > 1:
            raise NotObservedError(f"{len(found)} resources of kind {self.kind} have {by} {value}")
        if found:
            return found[0][1]
        self._require_all(f"{self.kind} with {by} {value}")
        if index.blind:
            raise NotObservedError(f"{self.kind} with {by} {value} was not found, but {index.blind}")
        return None

    def having(self, value: object, by: By[K]) -> tuple[tuple[str, K], ...]:
        """The resources we saw that have this value, in every source, each with its source.

        There may be more where we could not look: enough to prove presence. Before a check says that no other has it,
        it calls `require_all`.
        """
        return tuple(self._index(by).found.get(value, ()))

    def require_all(self, by: By[K] = "id") -> None:
        """Raises `NotObservedError` unless we looked everywhere, and nothing hid from us what `by` reads."""
        self._require_all(f"the whole population of {self.kind}")
        if blind := self._index(by).blind:
            raise NotObservedError(f"not every {self.kind} could be compared: {blind}")

    @property
    def sources(self) -> frozenset[str]:
        """Where we looked for this kind, or tried to."""
        return self._sources

    @property
    def home(self) -> str:
        """The source of the resource that is being judged."""
        return self._home

    def __iter__(self) -> Iterator[K]:
        self._require_all(f"the whole population of {self.kind}")
        return iter(self.observed)

    def __len__(self) -> int:
        self._require_all(f"the number of {self.kind}")
        return len(self.observed)

    def __bool__(self) -> bool:
        return bool(self.observed) or len(self) > 0

    @property
    def observed(self) -> tuple[K, ...]:
        """What was seen, which may not be all: enough to prove presence, never absence."""
        return tuple(r for e in self._evidence for r in e.resources)  # type: ignore[misc] # one kind, one type

    def _index(self, by: By[K]) -> _Index[K]:
        if by not in self._indexes:
            index, read = _Index[K](), _reader(by)
            for evidence in self._evidence:
                for resource in evidence.resources:
                    try:
                        for value in read(resource):  # type: ignore[arg-type] # one kind, one type
                            index.found.setdefault(value, []).append((evidence.source, resource))  # type: ignore[arg-type]
                    except NotObservedError as missing:
                        index.blind = str(missing)
            self._indexes[by] = index
        return self._indexes[by]

    def _require_all(self, what: str) -> None:
        if not self._evidence:
            raise NotObservedError(f"{what} was not observed: nothing of this kind was looked at")
        if self._hidden is not None:
            raise NotObservedError(f"{what} was not observed: {self._hidden}")


def _reader(by: By[K]) -> Callable[[K], Iterable[object]]:
    if not isinstance(by, str):
        return by
    read = attrgetter(by)
    return lambda resource: (read(resource),)
