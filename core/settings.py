"""Strict settings: a YAML document that remembers its lines, and errors that name the place and the remedy.

`config.yaml:12: sources.aws[0].regoins: unknown setting, did you mean regions?`
"""

from __future__ import annotations

import re
import types
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, Self, TypeVar, Union, get_args, get_origin

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, model_validator
from pydantic_core import ErrorDetails

from core.errors import AnnexaError, did_you_mean

Model = TypeVar("Model", bound=BaseModel)
Path = tuple[str | int, ...]
MOST_NESTED = 50
MOST_VALUES = 100_000
EXAMPLE = "compare with config.example.yaml, which documents every setting"
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class ConfigurationError(AnnexaError):
    """The configuration says something we cannot use. The message starts with the place."""


class StrictModel(BaseModel):
    """The base of all settings: nothing unknown, nothing converted, nothing changed later."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Secret(StrictModel):
    """A secret that lives elsewhere: `{env: NAME}` or `{file: /run/credentials/name}`. Never the secret itself."""

    env: str = ""
    file: str = ""

    @model_validator(mode="after")
    def _one_reference(self) -> Self:
        if bool(self.env) == bool(self.file):
            raise ValueError("a secret is given by exactly one reference: {env: NAME} or {file: PATH}")
        return self

    def reveal(self, environment: Mapping[str, str]) -> str:
        """The secret. Raises `ConfigurationError` that names the reference, not the value, when it leads nowhere."""
        if self.env:
            if not environment.get(self.env):
                raise ConfigurationError(f"the environment variable {self.env} is not set", "set it, or use {file: …}")
            return environment[self.env]
        try:
            with open(self.file, encoding="utf-8") as file:  # noqa: PTH123 - Path is taken by the type above
                secret = file.read().strip()
        except OSError as error:
            hint = "name the file that has it, and let whoever runs Annexa read it"
            raise ConfigurationError(f"the secret in {self.file} cannot be read: {error.strerror}", hint) from error
        except ValueError:  # its message would show a part of the secret, so it goes no further
            raise ConfigurationError(f"the secret in {self.file} is not UTF-8 text", "write it anew") from None
        if not secret:
            raise ConfigurationError(f"the secret in {self.file} is empty", "write the secret into it")
        return secret


def _duration(value: object) -> object:
    if isinstance(value, str) and (match := re.fullmatch(r"(\d{1,6})([smhd])", value)):
        return timedelta(**{UNITS[match[2]]: int(match[1])})
    if isinstance(value, timedelta):
        return value
    raise ValueError("expected a duration such as 90s, 15m, 36h or 2d")


Duration = Annotated[timedelta, BeforeValidator(_duration)]
"""A span of time, written as a number with s, m, h or d."""


@dataclass(frozen=True, slots=True)
class Document:
    """Plain data read from a YAML file, and the line of everything in it."""

    file: str
    data: Any
    lines: Mapping[Path, int]

    def line(self, path: Path) -> int:
        """The line of something, or of the nearest thing around it that is in the file."""
        return next((self.lines[path[:n]] for n in range(len(path), -1, -1) if path[:n] in self.lines), 1)

    def where(self, path: Path) -> str:
        """`config.yaml:12: sources.aws[0].regions`, with the line of the nearest thing that is in the file."""
        line = self.line(path)
        text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")
        return f"{self.file}:{line}: {text}" if text else f"{self.file}:{line}"

    def refuse(self, path: Path, problem: str, hint: str = "") -> ConfigurationError:
        return ConfigurationError(f"{self.where(path)}: {problem}", hint or EXAMPLE)


def read_document(file: str, text: str) -> Document:
    """Parse YAML. Raises `ConfigurationError` for what is not YAML, and for keys that are given twice."""
    lines: dict[Path, int] = {(): 1}
    try:
        _refuse_deep_nesting(file, text)
        node = yaml.compose(text, Loader=_LOADER)
        data = {} if node is None else _plain(node, (), lines, file)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "there is a character that YAML does not allow"
        raise ConfigurationError(
            f"{file}:{mark.line + 1 if mark else 1}: not readable as YAML: {problem}", EXAMPLE
        ) from error
    except RecursionError as error:
        raise ConfigurationError(f"{file}:1: nested too deeply", EXAMPLE) from error
    return Document(file, data, lines)


def _refuse_deep_nesting(file: str, text: str) -> None:
    """LibYAML composes by recursion in C, where too much of it ends the process; its events come one by one."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MOST_NESTED:
            line = event.start_mark.line + 1 if event.start_mark else 1
            raise ConfigurationError(f"{file}:{line}: nested too deeply", EXAMPLE)


def validate(model: type[Model], document: Document, data: Any, path: Path = ()) -> Model:
    """`data`, which stands at `path` of the document, as a `model`. Raises `ConfigurationError` for a mistake."""
    if not isinstance(data, dict):
        raise document.refuse(path, f"expected settings, found {kind_of(data)}")
    try:
        return model.model_validate(data)
    except ValidationError as error:
        # A misspelt name is told before the one that is missing because of it.
        first = min(error.errors(), key=lambda e: (e["type"] == "missing", document.lines.get((*path, *e["loc"]), 0)))
        raise explained(model, document, path, first) from error


def explained(model: type[BaseModel], document: Document, path: Path, error: ErrorDetails) -> ConfigurationError:
    """What pydantic says of data that stands at `path`, with its place in the file."""
    location = tuple(step for step in error["loc"])
    at = (*path, *location)
    while at not in document.lines and len(at) > len(path) and error["type"] != "missing":
        at = at[:-1]  # pydantic adds steps of its own for unions
    match error["type"]:
        case "extra_forbidden":
            allowed = _fields_at(model, location[:-1])
            return document.refuse(at, f"unknown setting{did_you_mean(str(location[-1]), allowed)}", _known(allowed))
        case "missing":
            return document.refuse(at, "required, but missing")
        case "model_type" | "model_attributes_type" if _is_secret(model, location):
            return document.refuse(at, "a secret is given by reference", "write {env: NAME} or {file: PATH}")
        case "value_error":
            return document.refuse(at, error["msg"].removeprefix("Value error, "))
        case _:
            # Pydantic's sentence says what was expected. The value stays out: it may be a secret in the wrong place.
            message = error["msg"][:1].lower() + error["msg"][1:]
            return document.refuse(at, f"{message}, found {kind_of(error['input'])}")


def _plain(node: yaml.Node, path: Path, lines: dict[Path, int], file: str) -> Any:
    lines.setdefault(path, node.start_mark.line + 1)
    if len(lines) > MOST_VALUES:  # aliases of aliases can make a few lines into billions of values
        raise ConfigurationError(f"{file}:{node.start_mark.line + 1}: more than {MOST_VALUES} values", EXAMPLE)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*path, index), lines, file) for index, item in enumerate(node.value)]
    if not isinstance(node, yaml.MappingNode):
        loader = yaml.SafeLoader("")
        try:
            return loader.construct_object(node)
        except (yaml.YAMLError, ValueError, LookupError, AttributeError) as error:  # what SafeLoader raises
            line = f"{file}:{node.start_mark.line + 1}"
            # The tag may be a password that begins with an exclamation mark: only those of YAML itself are named.
            if node.tag in loader.yaml_constructors:
                raise ConfigurationError(f"{line}: not a value we know: {node.tag}", EXAMPLE) from error
            hint = "put text that begins with an exclamation mark in quotes"
            raise ConfigurationError(f"{line}: a value has a tag that we do not know", hint) from error
    data: dict[str, Any] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise ConfigurationError(f"{file}:{key.start_mark.line + 1}: the name of a setting is text")
        name: str = key.value
        at = (*path, name)
        if name in data:
            raise ConfigurationError(
                f"{file}:{key.start_mark.line + 1}: {name}: given twice, first in line {lines[at]}", "keep one of them"
            )
        lines[at] = key.start_mark.line + 1
        data[name] = _plain(value, at, lines, file)
    return data


def _models(hint: Any) -> list[type[BaseModel]]:
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return [hint]
    inside = get_args(hint) if get_origin(hint) in (Union, types.UnionType, list, tuple, dict, Annotated) else ()
    return [model for argument in inside for model in _models(argument)]


def _model_at(model: type[BaseModel], location: Path) -> type[BaseModel] | None:
    found: type[BaseModel] | None = model
    a_name = False  # of an entry in a dict: it may look like a field, and is none
    for step in location:
        if not a_name and found is not None and step in found.model_fields:
            annotation = found.model_fields[str(step)].annotation
            found = next(iter(_models(annotation)), None)
            a_name = get_origin(annotation) is dict
        else:
            a_name = False
    return found


def _fields_at(model: type[BaseModel], location: Path) -> list[str]:
    found = _model_at(model, location)
    return sorted(found.model_fields) if found else []


def _is_secret(model: type[BaseModel], location: Path) -> bool:
    return _model_at(model, location) is Secret


def _known(allowed: Iterable[str]) -> str:
    return f"the settings here are {', '.join(allowed)}"


def kind_of(value: object) -> str:
    """What a value is, in words and without the value: it may be a secret in the wrong place."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "text"
        case list():
            return "a list"
        case dict():
            return "settings"
    return type(value).__name__
