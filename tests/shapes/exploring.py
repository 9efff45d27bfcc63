"""Which fields a collector reads of an answer: it is shown one that has every field of the schema, notes what it asks
for, and is shown it again with each of these missing, off, empty, or saying another word, until it asks for nothing new.

So a field that is read only where another one is missing is found as well, and a name that the schema does not have.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Collection, ItemsView, Iterator, KeysView, Mapping
from dataclasses import fields
from types import MappingProxyType
from typing import Any

from core.resource import Observed, missing_fields
from tests.shapes.schema import LIST, NAMED, TYPE, Shapes, bare, words_of

ABSENT: Any = object()
ORDINARY: Any = object()
"""What a field may be, beside a value: not there, or an example of its kind."""
EXAMPLES: Mapping[str, Any] = {
    "string": "/subscriptions/s/resourceGroups/g/providers/n/t/x", "integer": 1, "number": 0.5, "int64": "60",
    "duration": "60s", "datetime": "2026-11-01T08:00:00Z", "date": "2026-11-01", "map": {"owner": "ada"}, "any": "x",
}  # fmt: skip
SIGNS = ("something else than", " is no ")
"""Words of readers about a value that is not of the kind they wanted."""
Place = tuple[str, str]
"""A type and its field; without a field, which of its variants it is."""


def with_own(shapes: Shapes, own: Mapping[str, Mapping[str, str]]) -> Shapes:
    """The shapes with types of our own beside the published ones."""
    types = ChainMap(dict(own), shapes.types)  # type: ignore[arg-type] # only its first part is ever written
    return Shapes(shapes.source, types, shapes.variants, shapes.operations)


class Exploration:
    """What is read of types, and what is wrong with that. `certain` are the values of fields that may not be any; `alike`
    are types that are read as one, each for what it has."""

    def __init__(self, shapes: Shapes, certain: Mapping[Place, list[Any]], alike: Collection[str] = ()) -> None:
        self.shapes = shapes
        self.unknown: set[str] = set()
        self._certain = certain
        self._alike = [{variant for each in alike for variant in self._standing_for(each)}]
        self._alike += [set(each.types.values()) for each in shapes.variants.values()]
        self._chosen: Mapping[Place, Any] = {}
        self._options: dict[Place, list[Any]] = {}

    def every(self, look: Callable[[], None], given: Mapping[Place, Any] = MappingProxyType({})) -> None:
        """Let `look` read in every way that shows it something new; `given` are choices that hold throughout."""
        waiting = [given]
        before = set(given)
        while waiting:
            self._chosen = waiting.pop()
            look()
            for place in self._options.keys() - before:
                before.add(place)
                waiting += [{**self._chosen, place: each} for each in self._options[place][1:]]

    def message(self, kind: str) -> Any:
        """A value of a kind, with every field."""
        kind = bare(kind)
        if kind.startswith(LIST):
            return [self.message(kind.removeprefix(LIST))]
        if kind.startswith(NAMED):
            return {"owner": self.message(kind.removeprefix(NAMED))}
        if kind.startswith(TYPE):
            return Message(self, self._variant(kind.removeprefix(TYPE)))
        if kind.startswith("enum:"):
            return words_of(kind)[0]
        return True if kind == "boolean" else EXAMPLES[kind]

    def value(self, name: str, field: str) -> Any:
        """What a type says in a field; `ABSENT` where nothing."""
        kind = self.shapes.types.get(name, {}).get(field, "")
        if not kind:
            if not self._is_of_another(name, field):
                self.unknown.add(f"{name}.{field}")
            return ABSENT
        found = self._choice((name, field), self._ways(name, field, kind))
        return self.message(kind) if found is ORDINARY else found

    def _choice(self, place: Place, ways: list[Any]) -> Any:
        self._options.setdefault(place, ways)
        return self._chosen.get(place, ways[0])

    def _ways(self, name: str, field: str, kind: str) -> list[Any]:
        if (name, field) in self._certain:
            return self._certain[name, field]
        others: list[Any] = (
            [[]] if kind.startswith(LIST) else [False] if bare(kind) == "boolean" else words_of(kind)[1:]
        )
        return [ORDINARY, *others, ABSENT]

    def _variant(self, name: str) -> str:
        variants = self.shapes.variants.get(name)
        if variants is None:
            return name
        return str(self._choice((name, ""), sorted(set(variants.types.values()))))

    def _standing_for(self, name: str) -> Collection[str]:
        variants = self.shapes.variants.get(name)
        return set(variants.types.values()) if variants else {name}

    def _is_of_another(self, name: str, field: str) -> bool:
        """Whether one of the types that this one stands beside has the field."""
        return any(
            field in self.shapes.types.get(each, {})
            for together in self._alike
            if name in together
            for each in together
        )


class Message(dict[str, Any]):
    """An object of a type, which says what the exploration chooses, and tells it what was asked for."""

    def __init__(self, exploration: Exploration, name: str) -> None:
        super().__init__()
        self._exploration = exploration
        self.type = name

    @property  # type: ignore[misc] # nobody assigns it
    def __class__(self) -> type:
        """Some readers want no subclass of `dict`, but itself."""
        return dict

    def __getitem__(self, name: str) -> Any:
        found = self._exploration.value(self.type, name)
        if found is ABSENT:
            raise KeyError(name)
        return found

    def get(self, name: str, default: Any = None) -> Any:
        found = self._exploration.value(self.type, name)
        return default if found is ABSENT else found

    def __contains__(self, name: object) -> bool:
        return self._exploration.value(self.type, str(name)) is not ABSENT

    def __iter__(self) -> Iterator[str]:
        return iter([each for each in self._exploration.shapes.types.get(self.type, {}) if each in self])

    def __len__(self) -> int:
        return len(self._exploration.shapes.types.get(self.type, {}))

    def keys(self) -> KeysView[str]:  # type: ignore[override] # a set that is joined with it asks whether names are in it
        return KeysView(self)

    def items(self) -> ItemsView[str, Any]:  # type: ignore[override] # of all fields there are, each asked for in its turn
        return ItemsView(self)


def misread(seen: Any, *signs: str) -> set[str]:
    """Why fields are unobserved that no answer of the right shape may leave so: they were read as another kind. `signs`
    are other words of readers that say so."""
    if isinstance(seen, tuple | list | dict):
        return {
            reason for each in (seen.values() if isinstance(seen, dict) else seen) for reason in misread(each, *signs)
        }
    if not isinstance(seen, Observed):
        return set()
    missing = missing_fields(seen)
    parts = [getattr(seen, each.name) for each in fields(seen) if each.name not in missing]  # type: ignore[arg-type] # all are dataclasses
    return misread(parts, *signs) | {each for each in missing.values() if any(sign in each for sign in signs or SIGNS)}
