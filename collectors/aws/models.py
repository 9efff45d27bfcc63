"""Service models of the SDK, read lean: they are most of what clients cost, in time and in memory.

A model describes every operation of a service, in words for people as well. Live clients get one that knows nothing but
the operations they may be asked for, so that they could not write if they tried.
"""

from __future__ import annotations

import gzip
import os
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from pathlib import PurePath
from typing import Any

import msgspec
from botocore.loaders import JSONFileLoader, Loader

from collectors.aws.operations import Read

Model = dict[str, Any]
SERVICE, EXTRAS = "service-2", "service-2.sdk-extras"
"""What the SDK calls the file that describes a service, and the one with what is then merged into it."""
_RAW = dict[str, msgspec.Raw]


@cache
def shared_loader() -> Loader:
    """The one reader of whole models. It keeps what it has read."""
    return Loader(file_loader=_LeanFiles())


@cache
def loader_of(reads: frozenset[Read]) -> Loader:
    """A reader of models that know these operations and no other."""
    return Loader(file_loader=_LeanFiles(reads))


class Member(msgspec.Struct, rename="camel"):
    """A member of a shape, as far as masking must know it."""

    shape: str
    location_name: str = ""


class Shape(msgspec.Struct):
    """A shape of a service model, as far as masking must know it."""

    type: str
    members: dict[str, Member] = {}
    member: Member | None = None
    sensitive: bool = False


class _Shapes(msgspec.Struct):
    shapes: dict[str, Shape]


def shapes_of(service: str) -> dict[str, Shape]:
    """All shapes of a service, read anew and not kept. The rest of the model is skipped, not read and thrown away."""
    loader = Loader(file_loader=_Located(), include_default_extras=False)
    path: str = loader.load_service_model(service, SERVICE)
    return msgspec.json.decode(_content(path) or b"", type=_Shapes).shapes


def _content(path: str) -> bytes | None:
    for ending, opened in ((".json", open), (".json.gz", gzip.open)):
        if os.path.isfile(f"{path}{ending}"):  # noqa: PTH113 - asked so often that making a Path of it would show
            with opened(f"{path}{ending}", "rb") as file:
                return bytes(file.read())
    return None


class _Located(JSONFileLoader):
    """Says where a model is instead of reading it."""

    def load_file(self, file_path: str) -> Any:
        return file_path if self.exists(file_path) else None


class _LeanFiles(JSONFileLoader):
    """Reads files into plain dictionaries; of services only some operations, where it was told which."""

    def __init__(self, reads: Collection[Read] = ()) -> None:
        self._wanted: dict[str, set[str]] = {}
        self._kept: dict[str, Collection[str]] = {}
        for each in reads:
            self._wanted.setdefault(each.service, set()).add(each.operation)

    def load_file(self, file_path: str) -> Any:
        content = _content(file_path)
        if content is None:
            return None
        path = PurePath(file_path)
        service = path.parent.parent.name  # SERVICE/VERSION/service-2
        if path.name == SERVICE:
            found = self._narrowed(content, service) if self._wanted else msgspec.json.decode(content)
            return _for_machines(found)
        found = msgspec.json.decode(content)
        return self._of_kept(found, service) if path.name == EXTRAS and self._wanted else found

    def _narrowed(self, content: bytes, service: str) -> Model:
        """Only what is wanted is read at all: the rest would cost the most memory just before it is thrown away."""
        parts = msgspec.json.decode(content, type=_RAW)
        operations, shapes = (msgspec.json.decode(parts.pop(name), type=_RAW) for name in ("operations", "shapes"))
        wanted = self._wanted.get(service, set())
        known = {name: msgspec.json.decode(each) for name, each in operations.items() if name in wanted}
        made_of = _shapes_of(known, shapes)
        self._kept[service] = frozenset(made_of)
        rest = {name: msgspec.json.decode(each) for name, each in parts.items()}
        return {**rest, "operations": known, "shapes": made_of}

    def _of_kept(self, extras: Model, service: str) -> Model:
        merged = extras.get("merge", {})
        shapes = {name: each for name, each in merged.get("shapes", {}).items() if name in self._kept[service]}
        return {**extras, "merge": {**merged, "shapes": shapes}}


def _shapes_of(operations: Mapping[str, Model], shapes: Mapping[str, msgspec.Raw]) -> dict[str, Model]:
    """All shapes that questions, answers and errors of these operations are made of, by name."""
    found: dict[str, Model] = {}
    waiting = [name for operation in operations.values() for name in _named(operation)]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = msgspec.json.decode(shapes[name])
            waiting += _named(found[name])
    return found


def _named(model: Mapping[str, Any]) -> Iterator[str]:
    """The shapes that an operation or a shape names directly."""
    parts = (model.get(part) for part in ("input", "output", "member", "key", "value"))
    for part in (*parts, *model.get("errors", ()), *model.get("members", {}).values()):
        if part is not None:
            yield part["shape"]


def _for_machines(model: Any) -> Any:
    """The model without words for people, which are half of it. Where they stood, clients may expect some."""
    if model.__class__ is dict:
        return {
            name: "" if name == "documentation" and inner.__class__ is str else _for_machines(inner)
            for name, inner in model.items()
        }
    return [_for_machines(each) for each in model] if model.__class__ is list else model
