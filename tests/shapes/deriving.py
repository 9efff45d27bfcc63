"""What the scripts that derive shapes have in common: from a published schema only what our collectors ask about is kept."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

from collectors.rest import Read
from tests.shapes.answers import reads
from tests.shapes.code import constants, words
from tests.shapes.schema import TYPE, Shapes, Variants, write
from tests.shapes.tracing import traced


class Published(Protocol):
    """A schema as its publisher gives it away."""

    @property
    def source(self) -> Mapping[str, str]:
        """Which package, version and document it is, and where it lets null stand."""

    def operation(self, read: Read) -> str:
        """The kind of the answer to a question; empty where the schema has no such question."""

    def parameters(self, read: Read) -> Mapping[str, str]:
        """What a question may ask for beside its path, and the kind of that."""

    def fields(self, name: str) -> Mapping[str, str]:
        """The fields of a type, and their kinds."""

    def described(self, name: str) -> Mapping[str, str]:
        """What the schema says in sentences about the fields of a type."""

    def variants(self, name: str) -> Variants | None:
        """What a type may stand for."""


def derive(provider: str, published: Published) -> None:
    """Write the shapes of a provider: the types of objects that our server shows, or that our collectors know of."""
    operations = {str(each): kind for each in reads(provider) if (kind := published.operation(each))}
    types, variants, known = dict[str, Mapping[str, str]](), dict[str, Variants](), constants(provider)
    parameters = {str(each): published.parameters(each) for each in reads(provider) if str(each) in operations}
    shapes = Shapes(published.source, types, variants, operations, parameters=parameters)
    answers = traced(provider, shapes).answers
    while missing := _missing(answers, shapes, known):
        for name in missing:
            types[name] = published.fields(name)
            if found := published.variants(name):
                variants[name] = found
    told = {
        f"{name}.{member}": said
        for name in types
        for member, said in published.described(name).items()
        if member in known
    }
    listed = words(provider) - shapes.vocabulary()
    prose = {where: named for where, said in told.items() if (named := _named(said, listed))}
    write(
        provider, published.source, types,
        variants=variants, operations=operations, prose=prose, parameters=parameters,
    )  # fmt: skip


def _missing(answers: Iterable[tuple[Read, Any]], shapes: Shapes, known: set[str]) -> set[str]:
    kinds = {kind for fields in shapes.types.values() for name, kind in fields.items() if name in known}
    found = {kind.rpartition(TYPE)[2].removesuffix("?") for kind in kinds if TYPE in kind}
    found |= {name for each in shapes.variants.values() for word, name in each.types.items() if word in known}
    found -= shapes.types.keys()
    for read, answer in answers:
        if kind := shapes.operations.get(str(read)):
            found |= shapes.compared(answer, kind, str(read)).missing
    return found


def _named(said: str, listed: set[str]) -> list[str]:
    return sorted(each for each in listed if re.search(rf"(?<!\w){re.escape(each)}(?!\w)", said))


def alike(path: str, documented: Iterable[str]) -> str:
    """The documented path that asks the same, where the names of places differ; empty when there is none."""
    ours = _segments(path)
    fitting = [
        each
        for each in documented
        if len(theirs := _segments(each)) == len(ours)
        and all(one in (other, "{}") or other == "{}" for one, other in zip(ours, theirs, strict=True))
    ]
    return max(
        fitting,
        key=lambda each: sum(one == other for one, other in zip(ours, _segments(each), strict=True)),
        default="",
    )


def _segments(path: str) -> list[str]:
    return re.sub(r"\{\+?[\w-]+\}", "{}", path).strip("/").split("/")


def given(folders: int = 1) -> list[Path]:
    """The folders that the command line names: unpacked packages."""
    if len(sys.argv) != folders + 1:
        raise SystemExit("usage: see the beginning of this script")
    return [Path(each) for each in sys.argv[1:]]


def version_of(folder: Path) -> str:
    """The version of an unpacked wheel."""
    (metadata,) = folder.glob("*.dist-info/METADATA")
    found = re.search(r"^Version: (\S+)$", metadata.read_text(encoding="utf-8"), re.MULTILINE)
    return found[1] if found else ""
