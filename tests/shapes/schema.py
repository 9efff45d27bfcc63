"""The shapes that publishers say their answers have, and how an answer is held against them.

`<provider>.json` beside this page is made by `derive_<provider>.py` from a published schema, and holds facts alone:

    source      package, version and document it was made from. `nulls` says where null may stand: "marked" (kinds that
                end in `?`), "anywhere" (the schema does not tell), "nowhere"
    types       the fields of each type, and the kind of each; `*` is the kind of those whose names are free
    variants    types that stand for one of several: which, by the word in the field `by`; without it the best fit
    operations  the kind of the answer to each question that our collectors put, where the schema tells
    parameters  what each of these questions may ask for, and the kind of that
    prose       words that our code knows and that only the description of a field names, by type and field

A kind is `string`, `boolean`, `integer`, `number`, `datetime`, `date`, `enum:A|B`, `flags:A|B` (several of these
words in one text, between commas), `int64` (a whole number, written as text), `duration` (seconds, as `1.5s`),
`Type:Other`, `map` (an object whose names are free), `any`, `[]` and the kind of the entries, or `{}` and the kind of
the values.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ENUM, FLAGS, TYPE, LIST, NAMED, FREE = "enum:", "flags:", "Type:", "[]", "{}", "*"
CONTROL = "@odata."
"""Begins what OData says about an object (OData JSON 4.01, 4.5): no schema lists that among its fields."""
UNKNOWN_FIELD = "the schema has no such field"
PLAIN: Mapping[str, type | tuple[type, ...]] = {
    "string": str, "boolean": bool, "integer": int, "number": (int, float), "map": dict,
}  # fmt: skip
TIMES = {"datetime": datetime, "date": date}
WRITTEN = {"int64": re.compile(r"-?\d+"), "duration": re.compile(r"-?\d+(\.\d+)?s")}
READINGS: Mapping[str, tuple[str, ...]] = {
    "text": ("string", "datetime", "date", ENUM, FLAGS), "flag": ("boolean",), "number": ("integer",),
    "measure": ("integer", "number"), "moment": ("datetime",), "part": (TYPE, "map", NAMED), "names_of": ("map", NAMED, TYPE),
    "values": (LIST,), "parts": ("[]Type:", "[]map"), "texts": ("[]string", "[]enum:", "[]flags:"),
}  # fmt: skip
"""The kinds that each method of `collectors.rest_answers.Fields` can read."""


@dataclass(frozen=True)
class Variants:
    """What a type stands for: `types` by the word in the field `by`."""

    by: str
    types: Mapping[str, str]


@dataclass
class Comparison:
    """How an answer was held against its shape: what is wrong, types that the file lacks, and which type each object was
    taken for, by its `id`."""

    missing: set[str] = field(default_factory=set[str])
    complaints: set[str] = field(default_factory=set[str])
    types: dict[int, tuple[object, str]] = field(default_factory=dict[int, tuple[object, str]])

    def adopt(self, other: Comparison) -> None:
        self.missing |= other.missing
        self.complaints |= other.complaints
        self.types |= other.types


@dataclass(frozen=True)
class Shapes:
    """What one provider's publisher says."""

    source: Mapping[str, str]
    types: Mapping[str, Mapping[str, str]]
    variants: Mapping[str, Variants] = field(default_factory=dict[str, Variants])
    operations: Mapping[str, str] = field(default_factory=dict[str, str])
    prose: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    parameters: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])

    @staticmethod
    def of(provider: str) -> Shapes:
        """Those in the file of a provider."""
        said = json.loads((HERE / f"{provider}.json").read_text(encoding="utf-8"))
        variants = {name: Variants(each["by"], each["types"]) for name, each in said.get("variants", {}).items()}
        others = {name: said.get(name, {}) for name in ("operations", "prose", "parameters")}
        return Shapes(said["source"], said["types"], variants, **others)

    def compared(self, value: Any, kind: str, where: str) -> Comparison:
        """Hold a value against its kind. `where` names it; inside a type that is the type and its field."""
        found = Comparison()
        self._compare(value, kind, where, found)
        return found

    def fields(self, name: str) -> set[str]:
        """The fields of a type, and of all that it may stand for."""
        own = set(self.types.get(name, {}))
        return own.union(*(self.fields(each) for each in self._standing_for(name)))

    def kinds(self, name: str, path: str) -> set[str]:
        """What may stand at a path of dots below a type; nothing where the schema has no such field."""
        first, _, rest = path.partition(".")
        here = self._here(name, first)
        if not rest:
            return here
        return {kind for each in here for kind in self._below(each, rest)}

    def words(self, name: str, path: str) -> set[str]:
        """The words that the schema lists at a path below a type."""
        return {word for kind in self.kinds(name, path) for word in words_of(kind)}

    def vocabulary(self) -> set[str]:
        """Every name of a field or a parameter, and every word of an enumeration, that there is."""
        listed = [*self.types.values(), *self.parameters.values()]
        found = {word for fields in listed for kind in fields.values() for word in words_of(kind)}
        named = {word for each in self.variants.values() for word in each.types}
        return found.union(named, *listed, *self.prose.values())

    def misread(self, name: str, member: str, reading: str) -> str:
        """What is wrong with reading a field by a method of `Fields`; empty when nothing is."""
        kinds = self._here(name, member)
        if not kinds and not member.startswith(CONTROL):
            return f"{name}.{member}: read, but the schema has no such field"
        allowed = READINGS.get(reading, ("",))
        if kinds and not any(bare(kind) == "any" or bare(kind).startswith(allowed) for kind in kinds):
            return f"{name}.{member}: read as {reading}, and the schema says {' or '.join(sorted(kinds))}"
        return ""

    def _compare(self, value: Any, kind: str, where: str, found: Comparison) -> None:
        if value is None:
            nulls = self.source["nulls"]
            if nulls == "nowhere" or (nulls == "marked" and kind != "any" and not kind.endswith("?")):
                found.complaints.add(f"{where}: is null, and the schema says {kind}")
            return
        kind = bare(kind)
        if kind.startswith(LIST) and isinstance(value, list):
            for each in value:
                self._compare(each, kind.removeprefix(LIST), where, found)
        elif kind.startswith(NAMED) and isinstance(value, dict):
            for each in value.values():
                self._compare(each, kind.removeprefix(NAMED), where, found)
        elif kind.startswith(TYPE) and isinstance(value, dict):
            found.adopt(self._best(value, kind.removeprefix(TYPE), where))
        elif not fits(value, kind):
            said = repr(value) if isinstance(value, str) else f"a {type(value).__name__}"
            found.complaints.add(f"{where}: is {said}, and the schema says {kind}")

    def _here(self, name: str, member: str) -> set[str]:
        return {kind for each in self._possible(name) if (kind := self._kind(each, member))}

    def _kind(self, name: str, member: str) -> str:
        fields = self.types.get(name, {})
        return fields.get(member) or fields.get(FREE, "")

    def _best(self, value: dict[str, Any], name: str, where: str) -> Comparison:
        """Held against the type that fits best of those that it may be."""
        options = [self._against(value, each, where) for each in self._chosen(value, name)]
        return min(options, key=lambda each: len(each.complaints))

    def _against(self, value: dict[str, Any], name: str, where: str) -> Comparison:
        found = Comparison(types={id(value): (value, name)})
        if name not in self.types:
            found.missing.add(name)
            found.complaints.add(f"{where}: is a {name}, which is not in the file of shapes")
            return found
        for member, inner in value.items():
            if kind := self._kind(name, member):
                self._compare(inner, kind, f"{name}.{member}", found)
            elif not member.startswith(CONTROL):
                found.complaints.add(f"{name}.{member}: {UNKNOWN_FIELD}")
        return found

    def _chosen(self, value: Mapping[str, Any], name: str) -> Sequence[str]:
        variants = self.variants.get(name)
        if variants is None:
            return [name]
        if variants.by and value.get(variants.by) in variants.types:
            return self._chosen_further(value, name, variants.types[value[variants.by]])
        if variants.by and self.types.get(name):
            return [name]
        return [each for option in variants.types.values() for each in self._chosen_further(value, name, option)]

    def _chosen_further(self, value: Mapping[str, Any], name: str, option: str) -> Sequence[str]:
        return [option] if option == name else self._chosen(value, option)

    def _standing_for(self, name: str) -> list[str]:
        return [each for each in self.variants[name].types.values() if each != name] if name in self.variants else []

    def _possible(self, name: str) -> Iterator[str]:
        yield name
        for each in self._standing_for(name):
            yield from self._possible(each)

    def _below(self, kind: str, path: str) -> set[str]:
        kind = re.sub(r"^(\[\]|\{\})+", "", bare(kind))
        if kind.startswith(TYPE):
            return self.kinds(kind.removeprefix(TYPE), path)
        return {"any"} if kind in ("any", "map") else set()


def bare(kind: str) -> str:
    """A kind without the mark that it may be null."""
    return kind.removesuffix("?")


def words_of(kind: str) -> list[str]:
    """The words of an enumeration, or of a list of them; none for other kinds."""
    found = re.search(rf"(?:{ENUM}|{FLAGS})(.*)", bare(kind))
    return found[1].split("|") if found else []


def fits(value: Any, kind: str) -> bool:
    """Whether a value is of a kind without parts."""
    if kind.startswith(ENUM):
        return isinstance(value, str) and value in words_of(kind)
    if kind.startswith(FLAGS):
        return isinstance(value, str) and set(value.split(",")).issubset(words_of(kind))
    if kind in WRITTEN:
        return isinstance(value, str) and bool(WRITTEN[kind].fullmatch(value))
    if kind in TIMES:
        try:
            TIMES[kind].fromisoformat(value)
        except (ValueError, TypeError):
            return False
        return True
    if kind not in PLAIN:
        return kind == "any"
    return isinstance(value, PLAIN[kind]) and not (isinstance(value, bool) and kind != "boolean")


def write(
    provider: str,
    source: Mapping[str, str],
    types: Mapping[str, Mapping[str, str]],
    *,
    variants: Mapping[str, Variants] | None = None,
    operations: Mapping[str, str] | None = None,
    prose: Mapping[str, Sequence[str]] | None = None,
    parameters: Mapping[str, Mapping[str, str]] | None = None,
) -> None:
    """Write the file of a provider: a line for each type, so that a difference shows which one changed."""
    parts: dict[str, Mapping[str, Any]] = {
        "source": dict(source),
        "operations": dict(sorted((operations or {}).items())),
        "parameters": dict(sorted((parameters or {}).items())),
        "variants": {
            name: {"by": each.by, "types": dict(each.types)} for name, each in sorted((variants or {}).items())
        },
        "prose": dict(sorted((prose or {}).items())),
        "types": {name: dict(sorted(fields.items())) for name, fields in sorted(types.items())},
    }
    blocks = []
    for title, entries in parts.items():
        lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(each)}" for name, each in entries.items())
        blocks.append(f"{json.dumps(title)}: {{\n{lines}\n}}" if lines else f"{json.dumps(title)}: {{}}")
    (HERE / f"{provider}.json").write_text("{\n" + ",\n".join(blocks) + "\n}\n", encoding="utf-8")
