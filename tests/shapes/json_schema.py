"""Shapes from documents in the manner of JSON Schema: OpenAPI 3, and Google's discovery documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.shapes.schema import ENUM, FREE, LIST, NAMED, TYPE, Variants, bare, words_of

Schema = Mapping[str, Any]
TIMES = {"date-time": "datetime", "google-datetime": "datetime", "date": "date", "google-date": "date"}
PLAIN = {"integer": "integer", "number": "number", "boolean": "boolean", "any": "any"}


class JsonSchema:
    """Types by name. Objects that have none are named after where they stand."""

    def __init__(self, components: Mapping[str, Schema]) -> None:
        self._components = components
        self._unnamed = dict[str, Schema]()

    def kind(self, schema: Schema, name: str) -> str:
        """The kind of what a schema describes; `name` is what an object without a name of its own is to be called."""
        found = self._kind(schema, name)
        return found if not schema.get("nullable") or found.endswith("?") else f"{found}?"

    def fields(self, name: str) -> dict[str, str]:
        schema = self._whole(self._named(name))
        found = {member: self.kind(each, f"{name}.{member}") for member, each in schema.get("properties", {}).items()}
        if further := schema.get("additionalProperties"):
            found[FREE] = self.kind(further, f"{name}.{FREE}") if isinstance(further, dict) else "any"
        return found

    def described(self, name: str) -> dict[str, str]:
        properties = self._whole(self._named(name)).get("properties", {})
        return {
            member: " ".join((each.get("description", ""), *each.get("enumDescriptions", ())))
            for member, each in properties.items()
        }

    def variants(self, name: str) -> Variants | None:
        options = self._options(self._named(name))
        if len(options) < 2:
            return None
        names = [self._name_of(each, f"{name}/{number}") for number, each in enumerate(options)]
        for by in self.fields(names[0]):
            words = [words_of(self.fields(each).get(by, "")) for each in names]
            if all(len(each) == 1 for each in words):
                return Variants(by, {each[0]: option for each, option in zip(words, names, strict=True)})
        return Variants("", {each: each for each in names})

    def _kind(self, schema: Schema, name: str) -> str:
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            return self.kind(self._named(name), name)
        if options := self._options(schema):
            return self._of_options(schema, options, name)
        if "enum" in schema and schema.get("type", "string") == "string":
            words = sorted({each for each in schema["enum"] if each is not None})
            return f"{ENUM}{'|'.join(words)}{'?' if None in schema['enum'] else ''}"
        if schema.get("type") == "array":
            return LIST + self.kind(schema["items"], f"{name}[]" if name in self._components else name)
        if schema.get("properties") or "allOf" in schema:
            return TYPE + self._name_of(schema, name)
        if isinstance(further := schema.get("additionalProperties"), dict) and further:
            return NAMED + self.kind(further, f"{name}.{FREE}")
        if schema.get("type") == "object":
            return "map"
        if schema.get("type") == "string":
            return TIMES.get(schema.get("format", ""), "string")
        return PLAIN.get(schema.get("type", "any"), "any")

    def _of_options(self, schema: Schema, options: Sequence[Schema], name: str) -> str:
        kinds = {bare(self.kind(each, f"{name}/{number}")) for number, each in enumerate(options)}
        if len(kinds) == 1:
            (kind,) = kinds
            return kind if not kind.startswith(TYPE) or len(options) == 1 else TYPE + self._name_of(schema, name)
        if all(kind.startswith(TYPE) for kind in kinds):
            return TYPE + self._name_of(schema, name)
        texts = all(kind == "string" or kind.startswith(ENUM) or kind in TIMES.values() for kind in kinds)
        return "string" if texts else "any"

    def _options(self, schema: Schema) -> list[Schema]:
        found: list[Schema] = schema.get("oneOf") or schema.get("anyOf") or []
        return found

    def _named(self, name: str) -> Schema:
        return self._components[name] if name in self._components else self._unnamed[name]

    def _name_of(self, schema: Schema, name: str) -> str:
        if "$ref" in schema:
            return str(schema["$ref"].rpartition("/")[2])
        if self._components.get(name) is not schema:
            self._unnamed[name] = schema
        return name

    def _whole(self, schema: Schema) -> Schema:
        """A schema with the properties of all that it is made of."""
        if "$ref" in schema:
            return self._whole(self._named(schema["$ref"].rpartition("/")[2]))
        parts = [self._whole(each) for each in schema.get("allOf", [])]
        properties = {name: each for part in parts for name, each in part.get("properties", {}).items()}
        return {**schema, "properties": {**properties, **schema.get("properties", {})}}
