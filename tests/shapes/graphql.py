"""Shapes from a schema in GraphQL's own language (https://spec.graphql.org/October2021/#sec-Type-System)."""

from __future__ import annotations

import re

from tests.shapes.schema import ENUM, LIST, TYPE

DESCRIPTION = re.compile(r'"""(?:.|\n)*?"""|"[^"\n]*"|#.*')
BLOCK = re.compile(r"^(type|enum) (\w+)[^{]*\{([^}]*)\}", re.MULTILINE)
ARGUMENTS = re.compile(r"\([^()]*\)")
FIELD = re.compile(r"^\s*(\w+): (\S+)", re.MULTILINE)
PLAIN = {"Int": "integer", "Float": "number", "Boolean": "boolean", "DateTime": "datetime", "Date": "date"}
"""Scalars that are no text."""


class GraphSchema:
    """Types by name, each behind a prefix: other documents have types of these names too."""

    prefix = "graphql:"

    def __init__(self, text: str) -> None:
        bare = ARGUMENTS.sub("", DESCRIPTION.sub("", text))
        self._blocks = {name: (kind, inside) for kind, name, inside in BLOCK.findall(bare)}

    def fields(self, name: str) -> dict[str, str]:
        """A question is answered with `data`, whose members are those of `Query`, and with `errors`."""
        if name == "answer":
            return {"data": f"{TYPE}{self.prefix}Query?", "errors": f"[]{TYPE}{self.prefix}error"}
        if name == "error":
            return {"message": "string", "type": "string", "path": "[]any", "locations": "[]map", "extensions": "map"}
        return {member: self._kind(said) for member, said in FIELD.findall(self._blocks[name][1])}

    def _kind(self, said: str) -> str:
        if not said.endswith("!"):
            return f"{self._certain(said)}?"
        return self._certain(said[:-1])

    def _certain(self, said: str) -> str:
        if said.startswith("["):
            return LIST + self._kind(said[1:-1])
        kind, inside = self._blocks.get(said, ("", ""))
        if kind == "type":
            return f"{TYPE}{self.prefix}{said}"
        if kind == "enum":
            return ENUM + "|".join(inside.split())
        return PLAIN.get(said, "string")
