"""Derive `entra.json` from Microsoft's own packages, which are generated from the descriptions of Graph (its CSDL).

pip download --no-deps msgraph-sdk msgraph-beta-sdk
unzip msgraph_sdk-*.whl -d client; unzip msgraph_beta_sdk-*.whl -d beta
python -m tests.shapes.derive_entra client beta
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from urllib.parse import unquote

from collectors.rest import Read
from tests.shapes.deriving import derive, given, version_of
from tests.shapes.schema import ENUM, FLAGS, LIST, TYPE, Shapes, Variants

GET = re.compile(r"async def get\(.*\) -> Optional\[(\w+)\]:")
TEMPLATE = re.compile(r"\{\?([^{}]+)\}\"")
IMPORT = re.compile(r"^\s+from (\.+)([\w.]+) import (\w+)$", re.MULTILINE)
BASES = re.compile(r"^class \w+\((.*)\):$", re.MULTILINE)
FIELD = re.compile(r'"([^"]+)": lambda n : setattr\(self, \'\w+\', n\.get_(\w+)\((\w*)\)\)')
DESCRIBED = re.compile(r"^    # (.*)\n    (\w+): ", re.MULTILINE)
WORD = re.compile(r'^    \w+ = "([^"]+)",$', re.MULTILINE)
DERIVED = re.compile(r'casefold\(\) == "#microsoft\.graph\.([\w.]+)"\.casefold\(\):\s+from \.+[\w.]+ import (\w+)')
BETA, AZURE = "beta:", "azure:"
PREFIX = "#microsoft.graph."
PLAIN = {
    "str": "string", "bool": "boolean", "int": "integer", "float": "number", "datetime": "datetime", "date": "date",
    "time": "string", "timedelta": "string", "uuid": "string", "UUID": "string", "bytes": "string", "object": "any",
}  # fmt: skip
"""Kiota's words for values without parts; in JSON a span of time, an id and bytes are texts."""


class GraphModels:
    """The models of one version of Graph, and the builders of its questions; both are read and not run.

    A type is called as the class is, behind the folders it lies in below `models`. Where several words of an enumeration
    may stand in one text, Kiota reads a list and writes one value; of true lists it does not tell whether they do.
    """

    def __init__(self, generated: Path, prefix: str) -> None:
        self._generated = generated
        self._prefix = prefix
        self._files = dict[str, Path]()

    def operation(self, read: Read) -> str:
        builder, text = self._builder(read)
        found = GET.search(text)
        return TYPE + self._imported(builder, found[1]) if found else ""

    def parameters(self, read: Read) -> Mapping[str, str]:
        """The builder has a template of the whole address (RFC 6570)."""
        found = TEMPLATE.search(self._builder(read)[1])
        return dict.fromkeys(unquote(found[1]).split(",") if found else (), "any")

    def _builder(self, read: Read) -> tuple[Path, str]:
        """Folders of builders are called as the parts of an address are."""
        parts = ["item" if each.startswith("{") else _snake(each) for each in read.path.split("/")[2:]]
        builder = self._generated.joinpath(*parts, f"{parts[-1]}_request_builder.py")
        return builder, builder.read_text(encoding="utf-8") if builder.exists() else ""

    def fields(self, name: str) -> Mapping[str, str]:
        found = dict[str, str]()
        for base in self._bases(name):
            found |= self.fields(base)
        text = self._text(name)
        for member, way, wanted in FIELD.findall(text):
            kind = self._kind(self._files[name], way, wanted)
            found[member] = kind.removeprefix(LIST) if f'write_enum_value("{member}"' in text else kind
        return found

    def described(self, name: str) -> Mapping[str, str]:
        """Kiota puts the description of a field before it, whose name it writes with underscores."""
        said = {own: text for text, own in DESCRIBED.findall(self._text(name))}
        return {member: said.get(_snake(member), "") for member in self.fields(name)}

    def variants(self, name: str) -> Variants | None:
        found = {
            f"{PREFIX}{said}": self._imported(self._files[name], own) for said, own in DERIVED.findall(self._text(name))
        }
        return Variants("@odata.type", found) if found else None

    def _kind(self, file: Path, way: str, wanted: str) -> str:
        match way:
            case "object_value":
                return self._of_model(file, wanted)
            case "collection_of_object_values":
                return LIST + self._of_model(file, wanted)
            case "enum_value":
                return self._of_enumeration(file, wanted)
            case "collection_of_enum_values":
                return LIST + self._of_enumeration(file, wanted).replace(ENUM, FLAGS)
            case "collection_of_primitive_values":
                return LIST + PLAIN[wanted]
            case _:
                return PLAIN[way.removesuffix("_value")]

    def _of_model(self, file: Path, wanted: str) -> str:
        return "any" if wanted == "UntypedNode" else TYPE + self._imported(file, wanted)

    def _of_enumeration(self, file: Path, wanted: str) -> str:
        return ENUM + "|".join(WORD.findall(self._text(self._imported(file, wanted))))

    def _bases(self, name: str) -> Iterator[str]:
        said = BASES.search(self._text(name))
        for each in said[1].split(", ") if said else ():
            if each not in ("Parsable", "AdditionalDataHolder", "BackedModel"):
                yield self._imported(self._files[name], each)

    def _imported(self, file: Path, wanted: str) -> str:
        """The type that a file means by a class."""
        for dots, module, imported in [*IMPORT.findall(self._file_text(file)), (".", _snake(wanted), wanted)]:
            if imported == wanted:
                found = file.parents[len(dots) - 1].joinpath(*module.split(".")).with_suffix(".py")
                inside = found.relative_to(self._generated / "models").parts[:-1]
                name = self._prefix + ".".join((*inside, wanted))
                self._files[name] = found
                return name
        raise AssertionError("the last of them is always it")

    def _text(self, name: str) -> str:
        return self._file_text(self._files[name])

    @cache  # noqa: B019 - the script ends before it matters
    def _file_text(self, file: Path) -> str:
        return file.read_text(encoding="utf-8")


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


class ResourceManager:
    """Where logs are sent is asked of Azure Resource Manager: its shapes are taken from those of Azure beside this page."""

    def __init__(self) -> None:
        self._shapes = Shapes.of("azure")

    def operation(self, read: Read) -> str:
        """Those are kept by the type of what is listed, in whatever case."""
        listed = "/".join(read.path.split("/")[-2:]).lower()
        kinds = {name.lower(): kind for name, kind in self._shapes.operations.items()}
        return _of_azure(kinds.get(listed, ""))

    def parameters(self, _: Read) -> Mapping[str, str]:
        return {"api-version": "string"}

    def fields(self, name: str) -> Mapping[str, str]:
        return {member: _of_azure(kind) for member, kind in self._shapes.types[name.removeprefix(AZURE)].items()}

    def described(self, _: str) -> Mapping[str, str]:
        return {}

    def variants(self, _: str) -> Variants | None:
        """What is asked here has none."""


class Graph:
    """Both versions, and what is asked beside them. Types of the beta and of Azure are called so."""

    def __init__(self, client: Path, beta: Path) -> None:
        self._parts: dict[str, GraphModels | ResourceManager] = {
            "": GraphModels(client / "msgraph" / "generated", ""),
            BETA: GraphModels(beta / "msgraph_beta" / "generated", BETA),
            AZURE: ResourceManager(),
        }
        self.source = {
            "package": "PyPI msgraph-sdk, msgraph-beta-sdk", "version": f"{version_of(client)}, {version_of(beta)}",
            "document": "Graph v1.0 and beta, by Kiota; azure.json", "nulls": "anywhere",
        }  # fmt: skip

    def operation(self, read: Read) -> str:
        return self._asked(read).operation(read)

    def parameters(self, read: Read) -> Mapping[str, str]:
        return self._asked(read).parameters(read)

    def fields(self, name: str) -> Mapping[str, str]:
        return self._of(name).fields(name)

    def described(self, name: str) -> Mapping[str, str]:
        return self._of(name).described(name)

    def variants(self, name: str) -> Variants | None:
        return self._of(name).variants(name)

    def _asked(self, read: Read) -> GraphModels | ResourceManager:
        return self._parts[AZURE if read.service else BETA if read.path.startswith("/beta/") else ""]

    def _of(self, name: str) -> GraphModels | ResourceManager:
        return self._parts[next((prefix for prefix in (BETA, AZURE) if name.startswith(prefix)), "")]


def _of_azure(kind: str) -> str:
    return kind.replace(TYPE, f"{TYPE}{AZURE}")


if __name__ == "__main__":
    derive("entra", Graph(*given(2)))
