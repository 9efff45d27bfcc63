"""Derive `okta.json` from Okta's own package, which is generated from its OpenAPI document and says what that says.

pip download --no-deps okta && unzip okta-*.whl -d client
python -m tests.shapes.derive_okta client
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from collectors.rest import Read
from tests.shapes.deriving import alike, derive, given, version_of
from tests.shapes.schema import ENUM, FREE, LIST, NAMED, TYPE, Variants

ANSWER = re.compile(
    r'"200": "([^"]+)"|method="(\w+)",\s+resource_path="([^"]+)"|async def (?!_)\w+\(|_query_params\.append\(\("(\w+)"'
)
DISCRIMINATOR = re.compile(r'__discriminator_property_name: ClassVar\[str\] = "(\w+)"')
MAPPED = re.compile(r'^        "([^"]+)": "(\w+)",$', re.MULTILINE)
ONE_OF = re.compile(r"(?:one|any)_of_schemas: Set\[str\] = (\{[^}]*\})")
CHOSEN_BY = re.compile(r'json\.loads\(json_str\)\.get\("(\w+)"\)')
CHOSEN = re.compile(r'_data_type == "([^"]+)":\s+instance\.actual_instance = (\w+)\.from_json')
NULLABLE = re.compile(r'_dict\["(\w+)"\] = None')
FREELY_NAMED = "additional_properties"
PLAIN = {
    "StrictStr": "string", "SecretStr": "string", "str": "string", "StrictBool": "boolean", "bool": "boolean", "StrictInt": "integer",
    "int": "integer", "StrictFloat": "number", "float": "number", "datetime": "datetime", "date": "date", "Any": "any",
    "object": "any",
}  # fmt: skip


class OktaModels:
    """Pydantic's models of what Okta answers, read and not run."""

    def __init__(self, folder: Path) -> None:
        package = folder / "okta"
        self._files = {
            name: file
            for file in (package / "models").glob("*.py")
            for name in re.findall(r"^class (\w+)\(", file.read_text(encoding="utf-8"), re.MULTILINE)
        }
        self._answers = {path: (answer, asked) for path, answer, asked in _answers(package / "api")}
        self.source = {
            "package": "PyPI okta", "version": version_of(folder), "document": "Okta Admin Management, by OpenAPI Generator",
            "nulls": "marked",
        }  # fmt: skip

    def operation(self, read: Read) -> str:
        path = alike(read.path, self._answers)
        return self._kind(ast.parse(self._answers[path][0], mode="eval").body) if path else ""

    def parameters(self, read: Read) -> Mapping[str, str]:
        return dict.fromkeys(self._answers[alike(read.path, self._answers)][1], "any")

    def fields(self, name: str) -> Mapping[str, str]:
        if ONE_OF.search(self._text(name)):
            return {}
        found = dict[str, str]()
        for base in self._class(name).bases:
            if isinstance(base, ast.Name) and base.id in self._files:
                found |= self.fields(base.id)
        nullable = set(NULLABLE.findall(self._text(name)))
        words = dict(_validated(self._class(name)))
        for each in self._class(name).body:
            if not isinstance(each, ast.AnnAssign) or not isinstance(each.target, ast.Name):
                continue
            own, kind = each.target.id, self._kind(each.annotation)
            if own == FREELY_NAMED:
                found[FREE] = "any"
            if own == FREELY_NAMED or kind == "class":
                continue
            alias = _said(each.value, "alias") or own
            if own in words:
                kind = f"{LIST if kind.startswith(LIST) else ''}{ENUM}{'|'.join(words[own])}"
            found[alias] = f"{kind}?" if alias in nullable else kind
        return found

    def described(self, name: str) -> Mapping[str, str]:
        return {
            _said(each.value, "alias") or each.target.id: _said(each.value, "description")
            for each in self._class(name).body
            if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
        }

    def variants(self, name: str) -> Variants | None:
        text = self._text(name)
        if by := DISCRIMINATOR.search(text):
            return Variants(by[1], dict(MAPPED.findall(text)))
        if options := ONE_OF.search(text):
            if by := CHOSEN_BY.search(text):
                return Variants(by[1], dict(CHOSEN.findall(text)))
            return Variants("", {each: each for each in sorted(ast.literal_eval(options[1]))})
        return None

    def _kind(self, said: ast.expr) -> str:
        match said:
            case ast.Name(id=name) if name in PLAIN:
                return PLAIN[name]
            case ast.Name(id=name):
                return self._of_model(name)
            case ast.Constant(value=str(text)):
                return self._kind(ast.parse(text, mode="eval").body)
            case ast.Subscript(value=ast.Name(id="ClassVar")):
                return "class"
            case ast.Subscript(value=ast.Name(id="Optional"), slice=inner):
                return self._kind(inner)
            case ast.Subscript(value=ast.Name(id="Annotated"), slice=ast.Tuple(elts=[inner, *_])):
                return self._kind(inner)
            case ast.Subscript(value=ast.Name(id="List"), slice=inner):
                return LIST + self._kind(inner)
            case ast.Subscript(value=ast.Name(id="Dict"), slice=ast.Tuple(elts=[_, inner])):
                kind = self._kind(inner)
                return "map" if kind == "any" else NAMED + kind
            case ast.Subscript(value=ast.Name(id="Union"), slice=ast.Tuple(elts=options)):
                return "number" if {self._kind(each) for each in options} == {"number", "integer"} else "any"
            case _:
                raise ValueError(f"{ast.unparse(said)} is not understood")

    def _of_model(self, name: str) -> str:
        if name not in self._files:
            raise ValueError(f"{name} is no model")
        own = self._class(name)
        if any(isinstance(base, ast.Name) and base.id == "Enum" for base in own.bases):
            return ENUM + "|".join(
                str(each.value.value)
                for each in own.body
                if isinstance(each, ast.Assign) and isinstance(each.value, ast.Constant)
            )
        return TYPE + name

    @cache  # noqa: B019 - the script ends before it matters
    def _class(self, name: str) -> ast.ClassDef:
        tree = ast.parse(self._text(name))
        return next(each for each in tree.body if isinstance(each, ast.ClassDef) and each.name == name)

    def _text(self, name: str) -> str:
        return self._files[name].read_text(encoding="utf-8")


def _answers(folder: Path) -> Iterator[tuple[str, str, list[str]]]:
    """The path of each question by GET, what answers it, and what it may ask for."""
    for file in folder.glob("*_api.py"):
        answer, asked = "", list[str]()
        for each in ANSWER.finditer(file.read_text(encoding="utf-8")):
            if each[0].startswith("async"):
                answer, asked = "", []
            answer = answer or each[1] or ""
            asked += [each[4]] if each[4] else []
            if each[2] == "GET" and answer:
                yield each[3], answer, asked


def _validated(model: ast.ClassDef) -> Iterator[tuple[str, list[str]]]:
    """The words that validators allow for fields."""
    for each in model.body:
        if isinstance(each, ast.FunctionDef) and each.name.endswith("_validate_enum"):
            sets = [
                node.args[0]
                for node in ast.walk(each)
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "set"
            ]
            yield each.name.removesuffix("_validate_enum"), [str(word) for word in ast.literal_eval(sets[0])]


def _said(value: ast.expr | None, about: str) -> str:
    """What pydantic's `Field` is told about a field."""
    told = value.keywords if isinstance(value, ast.Call) else []
    return next(
        (str(each.value.value) for each in told if each.arg == about and isinstance(each.value, ast.Constant)), ""
    )


if __name__ == "__main__":
    derive("okta", OktaModels(*given()))
