"""Mapping files as entries that know their file, line and path, so that an error can name the place."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from core.errors import AnnexaError, did_you_mean

# libyaml reads about fifteen times faster than Python does; not every build of PyYAML has it.
YAML_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

TEXT = "tag:yaml.org,2002:str"
KINDS = {
    "null": "nothing",
    "int": "a number",
    "float": "a number",
    "bool": "true or false",
    "timestamp": "a date",
    "str": "text",
}


class MappingError(AnnexaError):
    """A mapping file says something we cannot use."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One value of a YAML file and its place. `line` is that of its key, `path` the keys that lead to it."""

    file: str
    line: int
    path: str
    node: yaml.Node

    def refuse(self, problem: str, hint: str = "") -> MappingError:
        """The error to raise about this entry: place first, then the problem, then the remedy."""
        path = f"{self.path}: " if self.path else ""
        return MappingError(f"{self.file}:{self.line}: {path}{problem}", hint)

    def text(self) -> str:
        """A non-empty text. YAML would read `yes` or `5` as something else, which must then be quoted."""
        if not isinstance(self.node, yaml.ScalarNode) or self.node.tag != TEXT:
            raise self.refuse(f"expected text, found {self._kind()}", "put quotes around what is meant as text")
        text: str = self.node.value.strip()
        if not text:
            raise self.refuse("expected text, found an empty one")
        return text

    def choice(self, allowed: tuple[str, ...]) -> str:
        """One of a few words."""
        word = self.text()
        if word not in allowed:
            raise self.refuse(
                f"{word!r} is not possible here{did_you_mean(word, allowed)}", f"use one of {', '.join(allowed)}"
            )
        return word

    def entries(self) -> dict[str, Entry]:
        """The entries below this one, in the order of the file. A key given twice is refused: one would be lost."""
        if not isinstance(self.node, yaml.MappingNode):
            raise self.refuse(f"expected keys with values, found {self._kind()}")
        below: dict[str, Entry] = {}
        for key, node in self.node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise Entry(self.file, line, self.path, key).refuse("a key must be one word")
            path = f"{self.path}.{key.value}" if self.path else key.value
            entry = Entry(self.file, line, path, node)
            if key.value in below:
                raise entry.refuse(
                    f"given twice, first in line {below[key.value].line}", "keep one of them, or join the two"
                )
            below[key.value] = entry
        return below

    def items(self) -> list[Entry]:
        """The items of a list, in their order."""
        if not isinstance(self.node, yaml.SequenceNode):
            raise self.refuse(f"expected a list, found {self._kind()}")
        return [
            Entry(self.file, node.start_mark.line + 1, f"{self.path}[{number}]", node)
            for number, node in enumerate(self.node.value)
        ]

    def record(self, *keys: str) -> dict[str, Entry]:
        """The entries below this one, which must have exactly these keys."""
        below = self.entries()
        for key, entry in below.items():
            if key not in keys:
                raise entry.refuse(f"unknown key{did_you_mean(key, keys)}", f"the keys here are {', '.join(keys)}")
        for key in keys:
            if key not in below:
                raise self.refuse(f"{key!r} is missing", f"the keys here are {', '.join(keys)}")
        return below

    def _kind(self) -> str:
        if isinstance(self.node, yaml.MappingNode):
            return "keys with values"
        if isinstance(self.node, yaml.SequenceNode):
            return "a list"
        return KINDS.get(self.node.tag.rpartition(":")[2], f"something tagged {self.node.tag}")


def yaml_document(file: str, content: bytes) -> Entry:
    """The whole of a YAML file, as one entry without a path."""
    try:
        node = yaml.compose(_decoded(file, content), Loader=YAML_LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)  # a character that YAML forbids is reported without a mark
        problem = getattr(error, "problem", None) or "there is a character that YAML does not allow"
        line = mark.line + 1 if mark else 1
        raise MappingError(f"{file}:{line}: not readable as YAML: {problem}") from error
    if node is None:
        raise MappingError(f"{file}:1: the file is empty")
    return Entry(file, 1, "", node)


def table_rows(file: str, content: bytes, *header: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Line number and cells of each row of a CSV file whose first line must be this header."""
    reader = csv.reader(_decoded(file, content).splitlines())
    if (found := next(reader, [])) != list(header):
        raise MappingError(f"{file}:1: the header must be {','.join(header)!r}, found {','.join(found)!r}")
    for cells in reader:
        if len(cells) != len(header) or not all(cells):
            raise MappingError(
                f"{file}:{reader.line_num}: expected {len(header)} filled cells, found {','.join(cells)!r}",
                "quote a cell that holds a comma",
            )
        yield reader.line_num, tuple(cells)


def _decoded(file: str, content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise MappingError(f"{file}:{line}: not UTF-8", "save the file as UTF-8") from error
