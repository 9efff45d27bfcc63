"""Reads the mapping files that ship beside it, strictly: what is not understood is refused, never passed over.

Adding a standard is adding one YAML file with `framework:`, `themes:` and `controls:`; nothing registers it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType

from core.errors import did_you_mean
from core.management.clauses import Clause
from core.model import SHARES, Control, Framework, Link
from mappings.document import Entry, MappingError, table_rows, yaml_document

FOLDER = Path(__file__).parent
OBJECTIVES = "objectives.yaml"
CLAUSES = "clauses.yaml"
CORRESPONDENCE = "iso27001_2013_to_2022.csv"

POTENTIALS = ("direct", "partial", "manual")
"""How far technology alone could evidence a control, best first."""


@dataclass(frozen=True, slots=True)
class Signal:
    """Something a source could show about a control, whether or not a check looks at it yet."""

    source: str
    text: str


@cache
def objectives() -> Mapping[str, str]:
    """Every control objective and its sentence, which is true when all is well."""
    return MappingProxyType(read_objectives(OBJECTIVES, _content(OBJECTIVES)))


@cache
def frameworks() -> tuple[str, ...]:
    """The ids of all frameworks: the names of the YAML files that declare one."""
    return tuple(
        sorted(
            path.stem for path in FOLDER.glob("*.yaml") if re.search(rb"^framework:", _content(path.name), re.MULTILINE)
        )
    )


@cache
def framework(framework_id: str) -> Framework:
    """One edition of one standard with its controls, in the order of the standard: `framework("iso27001_2022")`."""
    file = _file_of(framework_id)
    return read_framework(file, _content(file), objectives())


@cache
def clauses() -> tuple[Clause, ...]:
    """The clauses that every management system answers to, in the order of the standard."""
    return read_clauses(CLAUSES, _content(CLAUSES))


@cache
def correspondence() -> Mapping[str, tuple[str, ...]]:
    """The controls of ISO/IEC 27001:2022 that took over each control of the 2013 edition."""
    pairs = read_correspondence(
        CORRESPONDENCE, _content(CORRESPONDENCE), framework("iso27001_2013"), framework("iso27001_2022")
    )
    return MappingProxyType(pairs)


@cache
def signals(framework_id: str) -> Mapping[str, tuple[Signal, ...]]:
    """What could show each control, by control id; empty for a framework without a table of signals."""
    file = _file_of(framework_id).replace(".yaml", "_signals.csv")
    if not (FOLDER / file).exists():
        return MappingProxyType({})
    return MappingProxyType(read_signals(file, _content(file), framework(framework_id)))


@cache
def mapping_digest(framework_id: str) -> str:
    """The SHA-256 (hex) that seals which mapping a scan was read with.

    It covers the mapping and the objectives, byte for byte and with their names. By hand, in this folder:
    `sha256sum iso27001_2022.yaml objectives.yaml | sha256sum`.
    """
    return digest_of(framework_id, {file: _content(file) for file in (_file_of(framework_id), OBJECTIVES)})


def digest_of(framework_id: str, documents: Mapping[str, bytes]) -> str:
    """The same digest over documents that were kept: `iso27001_2022.yaml` and `objectives.yaml` by name."""
    files = (f"{framework_id}.yaml", OBJECTIVES)
    lines = (f"{sha256(documents.get(file, b'')).hexdigest()}  {file}\n" for file in files)
    return sha256("".join(lines).encode()).hexdigest()


@cache
def documents() -> Mapping[str, bytes]:
    """The files that all frameworks are read from, by name: what has to be kept to read them again one day."""
    files = sorted({OBJECTIVES, *map(_file_of, frameworks())})
    return MappingProxyType({file: _content(file) for file in files})


def read_objectives(file: str, content: bytes) -> dict[str, str]:
    """Objectives by name, from `name: sentence` lines."""
    return {name: entry.text() for name, entry in yaml_document(file, content).entries().items()}


def read_framework(file: str, content: bytes, known_objectives: Mapping[str, str]) -> Framework:
    """A framework from its YAML file; its id is the file's name."""
    document = yaml_document(file, content).record("framework", "themes", "controls")
    themes = {prefix: entry.text() for prefix, entry in document["themes"].entries().items()}
    controls = document["controls"].entries()
    if not controls:
        raise document["controls"].refuse("a framework needs at least one control")
    return Framework(
        id=file.removesuffix(".yaml"),
        name=document["framework"].text(),
        controls=tuple(_control(number, entry, themes, known_objectives) for number, entry in controls.items()),
    )


def read_clauses(file: str, content: bytes) -> tuple[Clause, ...]:
    """Clauses from `number: {title, asks, records}`."""
    found = []
    for number, entry in yaml_document(file, content).record("clauses")["clauses"].entries().items():
        fields = entry.record("title", "asks", "records")
        records = tuple(name.text() for name in fields["records"].items())
        found.append(Clause(number, fields["title"].text(), fields["asks"].text(), records))
    return tuple(found)


def read_correspondence(file: str, content: bytes, earlier: Framework, later: Framework) -> dict[str, tuple[str, ...]]:
    """The later controls of each earlier one, from rows of two ids; the header names the two frameworks."""
    pairs: dict[str, tuple[str, ...]] = {}
    known = tuple((edition, {control.id for control in edition.controls}) for edition in (earlier, later))
    for line, (old, new) in table_rows(file, content, earlier.id, later.id):
        for number, (edition, numbers) in zip((old, new), known, strict=True):
            _known_control(file, line, number, edition, numbers)
        if new in pairs.get(old, ()):
            raise MappingError(f"{file}:{line}: {old} to {new} is given twice", "remove one of the two lines")
        pairs[old] = (*pairs.get(old, ()), new)
    return pairs


def read_signals(file: str, content: bytes, described: Framework) -> dict[str, tuple[Signal, ...]]:
    """The signals of each control, from rows of control, source and signal."""
    found: dict[str, tuple[Signal, ...]] = {}
    numbers = {control.id for control in described.controls}
    for line, (number, source, text) in table_rows(file, content, "control", "source", "signal"):
        _known_control(file, line, number, described, numbers)
        found[number] = (*found.get(number, ()), Signal(source, text))
    return found


def _control(number: str, entry: Entry, themes: Mapping[str, str], known_objectives: Mapping[str, str]) -> Control:
    fields = entry.record("title", "potential", "objectives")
    prefixes = [prefix for prefix in themes if re.match(rf"{re.escape(prefix)}(?![A-Za-z0-9])", number)]
    if not prefixes:
        raise entry.refuse("no theme has a number that begins this one", f"the themes are {', '.join(themes)}")
    return Control(
        id=number,
        title=fields["title"].text(),
        theme=themes[max(prefixes, key=len)],
        potential=fields["potential"].choice(POTENTIALS),
        links=tuple(
            _link(objective, link, known_objectives) for objective, link in fields["objectives"].entries().items()
        ),
    )


def _link(objective: str, entry: Entry, known_objectives: Mapping[str, str]) -> Link:
    if objective not in known_objectives:
        raise entry.refuse(
            f"no objective named {objective!r}{did_you_mean(objective, known_objectives)}",
            f"{OBJECTIVES} lists every objective; choose one of them, or add this one there",
        )
    fields = entry.record("share", "because")
    return Link(objective, fields["share"].choice(SHARES), fields["because"].text())


def _known_control(file: str, line: int, number: str, edition: Framework, numbers: set[str]) -> None:
    if number not in numbers:
        raise MappingError(
            f"{file}:{line}: {edition.name} has no control {number!r}{did_you_mean(number, numbers)}",
            f"{edition.id}.yaml lists its controls",
        )


def _file_of(framework_id: str) -> str:
    if framework_id not in frameworks():
        raise MappingError(
            f"no framework named {framework_id!r}{did_you_mean(framework_id, frameworks())}",
            f"use one of {', '.join(frameworks())}",
        )
    return f"{framework_id}.yaml"


@cache
def _content(file: str) -> bytes:
    """Read once, so that what is digested is what was understood."""
    try:
        return (FOLDER / file).read_bytes()
    except OSError as error:
        raise MappingError(
            f"{FOLDER / file}: {error.strerror}", "install Annexa again: one of its files is missing"
        ) from error
