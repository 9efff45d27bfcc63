"""Derive `github.json` from GitHub's OpenAPI document, and from its schema of GraphQL.

npm pack @octokit/openapi @octokit/graphql-schema; mkdir rest graph
tar xzf octokit-openapi-*.tgz -C rest; tar xzf octokit-graphql-schema-*.tgz -C graph
python -m tests.shapes.derive_github rest/package graph/package
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from collectors.rest import Read
from tests.shapes.deriving import alike, derive, given
from tests.shapes.graphql import GraphSchema
from tests.shapes.json_schema import JsonSchema
from tests.shapes.schema import TYPE, Variants

GRAPH = "/graphql"
DOCUMENTS = ("api.github.com.json", "ghec.json")
"""What holds for everybody, and what Enterprise Cloud has beside that."""


class GithubDocument(JsonSchema):
    """The document for everybody, completed by that of Enterprise Cloud, and the schema of GraphQL."""

    def __init__(self, folder: Path, graph: Path) -> None:
        read = [json.loads((folder / "generated" / each).read_text(encoding="utf-8")) for each in DOCUMENTS]
        super().__init__({name: each for one in reversed(read) for name, each in one["components"]["schemas"].items()})
        self._paths = {path: each for one in reversed(read) for path, each in one["paths"].items()}
        self._parameters = {
            name: each for one in reversed(read) for name, each in one["components"]["parameters"].items()
        }
        self._graph = GraphSchema((graph / "schema.graphql").read_text(encoding="utf-8"))
        self.source = {
            "package": "npm @octokit/openapi, @octokit/graphql-schema", "version": f"{_version(folder)}, {_version(graph)}",
            "document": f"{', '.join(DOCUMENTS)}, schema.graphql", "nulls": "marked",
        }  # fmt: skip

    def fields(self, name: str) -> dict[str, str]:
        ours = self._graph.prefix
        return self._graph.fields(name.removeprefix(ours)) if name.startswith(ours) else super().fields(name)

    def described(self, name: str) -> dict[str, str]:
        return {} if name.startswith(self._graph.prefix) else super().described(name)

    def variants(self, name: str) -> Variants | None:
        return None if name.startswith(self._graph.prefix) else super().variants(name)

    def operation(self, read: Read) -> str:
        if read.path == GRAPH:
            return f"{TYPE}{self._graph.prefix}answer"
        asked = self._asked(read)
        return self.kind(asked["responses"]["200"]["content"]["application/json"]["schema"], str(read)) if asked else ""

    def parameters(self, read: Read) -> dict[str, str]:
        if read.path == GRAPH:
            return {"body": "any"}
        said = (
            self._parameters[each["$ref"].rpartition("/")[2]] if "$ref" in each else each
            for each in self._asked(read)["parameters"]
        )
        return {each["name"]: self.kind(each["schema"], "") for each in said if each["in"] == "query"}

    def _asked(self, read: Read) -> Mapping[str, Any]:
        path = alike(read.path, self._paths)
        return self._paths[path]["get"] if path else {}


def _version(folder: Path) -> str:
    return str(json.loads((folder / "package.json").read_text(encoding="utf-8"))["version"])


if __name__ == "__main__":
    derive("github", GithubDocument(*given(2)))
