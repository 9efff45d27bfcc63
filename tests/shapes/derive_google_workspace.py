"""Derive `google_workspace.json` from Google's discovery documents.

pip download --no-deps google-api-python-client && unzip google_api_python_client-*.whl -d client
python -m tests.shapes.derive_google_workspace client
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from collectors.rest import Read
from tests.shapes.deriving import alike, derive, given, version_of
from tests.shapes.json_schema import JsonSchema
from tests.shapes.schema import TYPE, Variants

DOCUMENTS = {
    "admin.googleapis.com/admin/directory/": "admin.directory_v1", "admin.googleapis.com/admin/reports/": "admin.reports_v1",
    "www.googleapis.com/groups/": "groupssettings.v1", "alertcenter.googleapis.com/": "alertcenter.v1beta1",
    "cloudidentity.googleapis.com/": "cloudidentity.v1",
}  # fmt: skip
"""The document of each interface, by what addresses there begin with."""


class DiscoveryDocuments:
    """Several documents. Types are called after their document too: `User` is not the same everywhere."""

    def __init__(self, folder: Path) -> None:
        documents = folder / "googleapiclient" / "discovery_cache" / "documents"
        self._read = {
            name: json.loads((documents / f"{name}.json").read_text(encoding="utf-8")) for name in DOCUMENTS.values()
        }
        self._schemas = {name: JsonSchema(each["schemas"]) for name, each in self._read.items()}
        revisions = ", ".join(f"{name} {each['revision']}" for name, each in self._read.items())
        self.source = {
            "package": "PyPI google-api-python-client", "version": version_of(folder), "document": revisions,
            "nulls": "nowhere",
        }  # fmt: skip

    def operation(self, read: Read) -> str:
        name, asked = self._asked(read)
        return f"{TYPE}{name}:{asked['response']['$ref']}" if asked else ""

    def parameters(self, read: Read) -> Mapping[str, str]:
        """Its own, and those that every question may have."""
        name, asked = self._asked(read)
        own = {each: said for each, said in asked["parameters"].items() if said["location"] == "query"}
        return {
            each: self._schemas[name].kind(said, "") for each, said in {**self._read[name]["parameters"], **own}.items()
        }

    def _asked(self, read: Read) -> tuple[str, Mapping[str, Any]]:
        """Which document describes a question, and what it says."""
        address = f"{read.service}{read.path}"
        name = next((each for beginning, each in DOCUMENTS.items() if address.startswith(beginning)), "")
        methods = _methods(self._read[name]) if name else ()
        paths = {path: each for path, each in methods if each["httpMethod"] == "GET"}
        path = alike(read.path, paths)
        return name, paths[path] if path else {}

    def fields(self, name: str) -> Mapping[str, str]:
        document, _, own = name.partition(":")
        return {member: _within(document, kind) for member, kind in self._schemas[document].fields(own).items()}

    def described(self, name: str) -> Mapping[str, str]:
        document, _, own = name.partition(":")
        return self._schemas[document].described(own)

    def variants(self, name: str) -> Variants | None:
        """Discovery documents have none."""


def _within(document: str, kind: str) -> str:
    return kind.replace(TYPE, f"{TYPE}{document}:")


def _methods(part: Mapping[str, Any], base: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    base = base or f"/{part['servicePath']}"
    for each in part.get("methods", {}).values():
        yield f"{base}{each['path']}", each
    for each in part.get("resources", {}).values():
        yield from _methods(each, base)


if __name__ == "__main__":
    derive("google_workspace", DiscoveryDocuments(*given()))
