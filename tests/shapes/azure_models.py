"""The shapes in a package of Azure's management libraries, read from the source of its models and never imported.

There are two kinds of packages: older ones say it in `_attribute_map`, with dots where objects stand in objects, and in
their docstrings; newer ones in `rest_field` and its annotation. Both have enumerations as classes of their own.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from zipfile import ZipFile

from tests.shapes.schema import LIST, NAMED, TYPE, Variants

OLDER = {
    "str": "string", "bool": "boolean", "int": "integer", "long": "integer", "float": "number", "object": "any",
    "iso-8601": "datetime", "rfc-1123": "string", "unix-time": "integer", "date": "date", "duration": "string",
    "bytearray": "string", "base64": "string", "time": "string",
}  # fmt: skip
NEWER = {
    "str": "string", "bool": "boolean", "int": "integer", "float": "number", "Any": "any", "bytes": "string",
    "datetime.datetime": "datetime", "datetime.date": "date", "datetime.timedelta": "string",
    "datetime.time": "string",
}  # fmt: skip
SAID_OF = re.compile(r":vartype (\w+):\s+(?:str or\s+)?~[\w.]+\.(\w+)")
INSIDE = re.compile(r"\[(.+)\]|\{(.+)\}")


class Models:
    """The models of one package, or of one version in it. `name` begins the names of its types."""

    def __init__(self, name: str, wheel: ZipFile, folder: str) -> None:
        self.name = name
        self._texts = [
            wheel.read(each).decode() for each in wheel.namelist() if re.fullmatch(rf"{folder}/_(models_py3|models|\w*enums)\.py", each)
        ]  # fmt: skip

    def fields(self, name: str) -> Mapping[str, str] | None:
        """The fields of a type and their kinds; `Class/properties` is an object within another one. `None` where there
        is no such type."""
        own, *places = name.split("/")
        if own not in self._classes:
            return None
        found: dict[str, str] = {}
        for path, kind in self._all_fields(own):
            if path[: len(places)] == places and len(path) > len(places):
                further = len(path) > len(places) + 1
                here = "/".join([own, *path[: len(places) + 1]])
                found[path[len(places)]] = f"{TYPE}{self.name}.{here}" if further else kind
        return found

    def variants(self, name: str) -> Variants | None:
        """What a type may stand for, by the field that its publisher calls discriminator."""
        by = self._discriminator(name)
        types = {word: f"{self.name}.{each}" for word, each in self._words_of(name)} if by else {}
        return Variants(by, types) if types else None

    @cached_property
    def _classes(self) -> Mapping[str, ast.ClassDef]:
        """The older packages have their models twice; the first one found has annotations."""
        found: dict[str, ast.ClassDef] = {}
        for text in sorted(self._texts, key=lambda each: "models_py3" not in each):
            for each in ast.parse(text).body:
                if isinstance(each, ast.ClassDef):
                    found.setdefault(each.name, each)
        return found

    def _bases(self, name: str) -> Iterator[ast.ClassDef]:
        """The class and those that it is made from, the widest first."""
        if name in self._classes:
            for each in self._classes[name].bases:
                if (base := ast.unparse(each).rpartition(".")[2]) != name:  # some are made from one of the same name
                    yield from self._bases(base)
            yield self._classes[name]

    def _all_fields(self, name: str) -> Iterator[tuple[list[str], str]]:
        for each in self._bases(name):
            said = dict(SAID_OF.findall(" ".join((ast.get_docstring(each) or "").split())))
            for inner in each.body:
                if isinstance(inner, ast.Assign) and ast.unparse(inner.targets[0]) == "_attribute_map":
                    for attribute, about in ast.literal_eval(inner.value).items():
                        path = [part.replace("\\.", ".") for part in re.split(r"(?<!\\)\.", about["key"])]
                        if about["key"]:
                            yield path, self._older(about["type"], said.get(attribute, ""))
                elif isinstance(inner, ast.AnnAssign) and "rest_" in ast.unparse(inner.value or inner.target):
                    yield [self._called(inner)], self._newer(inner)

    def _called(self, field: ast.AnnAssign) -> str:
        for each in getattr(field.value, "keywords", ()):
            if each.arg == "name":
                return str(ast.literal_eval(each.value))
        return ast.unparse(field.target)

    def _older(self, kind: str, named: str) -> str:
        """The kind of `{[str]}`. An enumeration is a text there, and has its name in the docstring alone."""
        if inside := INSIDE.fullmatch(kind):
            return f"{LIST}{self._older(inside[1], named)}" if inside[1] else f"{NAMED}{self._older(inside[2], named)}"
        if kind == "str" and named:
            return self._class(named)
        return OLDER.get(kind) or self._class(kind)

    def _newer(self, field: ast.AnnAssign) -> str:
        times = {ast.unparse(each.value) for each in getattr(field.value, "keywords", ()) if each.arg == "format"}
        return "integer" if "'unix-timestamp'" in times else self._annotated(ast.unparse(field.annotation))

    def _annotated(self, text: str) -> str:
        text = text.strip().strip("'\"")
        if found := re.fullmatch(r"(Optional|Union|list|List|dict|Dict|Literal)\[(.+)\]", text):
            inner = found[2]
            match found[1]:
                case "Optional":
                    return self._annotated(inner)
                case "Union":  # `Union[str, "_models.Enumeration"]`
                    return self._annotated(inner.partition(",")[2])
                case "Literal":
                    return "string"
                case "list" | "List":
                    return LIST + self._annotated(inner)
            return NAMED + self._annotated(inner.partition(",")[2])
        return NEWER.get(text) or self._class(text.rpartition(".")[2])

    def _class(self, name: str) -> str:
        """The kind of something that has a class: an enumeration or a type."""
        if name not in self._classes:
            return "string"
        bases = " ".join(ast.unparse(each) for each in self._classes[name].bases)
        if not re.search(r"\bEnum\b", bases):
            return f"{TYPE}{self.name}.{name}"
        words = [each.value for each in self._classes[name].body if isinstance(each, ast.Assign)]
        return "enum:" + "|".join(str(ast.literal_eval(each)) for each in words)

    def _discriminator(self, name: str) -> str:
        for each in self._bases(name):
            for inner in each.body:
                if isinstance(inner, ast.AnnAssign) and "rest_discriminator" in ast.unparse(
                    inner.value or inner.target
                ):
                    return self._called(inner)
                if isinstance(inner, ast.Assign) and ast.unparse(inner.targets[0]) == "_subtype_map":
                    (attribute,) = ast.literal_eval(inner.value)
                    keys = next(
                        one
                        for one in each.body
                        if isinstance(one, ast.Assign) and "_attribute_map" in ast.unparse(one.targets[0])
                    )
                    return str(ast.literal_eval(keys.value)[attribute]["key"])
        return ""

    def _words_of(self, name: str) -> Iterator[tuple[str, str]]:
        """The word and the type of each that is made from a type, and of those made from these."""
        for each in self._classes.get(name, ast.ClassDef("", [], [], [], [])).body:
            if isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) == "_subtype_map":
                for word, one in next(iter(ast.literal_eval(each.value).values())).items():
                    yield word, one
                    yield from self._words_of(one)
        for one, made in self._classes.items():
            if name in {ast.unparse(each).rpartition(".")[2] for each in made.bases} and made.keywords:
                for keyword in made.keywords:
                    if keyword.arg == "discriminator":
                        yield str(ast.literal_eval(keyword.value)), one
                yield from self._words_of(one)
