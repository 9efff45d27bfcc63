"""What the code of a provider's collectors and checks says by constants: the names that it reads, the words it knows."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import checks
import collectors
from core import resources

WORD = re.compile(r"(?=.*[A-Za-z])[\w.:#@]+")
"""What may be a word of an interface: no sentence, no path, no number."""


def constants(provider: str) -> set[str]:
    """Every text that stands in the code as it is."""
    return {
        each.value
        for tree in _modules(provider)
        for each in ast.walk(tree)
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    }


def names_read(provider: str, methods: Iterable[str]) -> set[str]:
    """The names that are read by a method of `Fields`, or by a function that is given one and reads it so."""
    calls = [each for tree in _modules(provider) for each in ast.walk(tree) if isinstance(each, ast.Call)]
    reading = {
        each.name
        for tree in _modules(provider)
        for each in ast.walk(tree)
        if isinstance(each, ast.FunctionDef) and _takes_fields(each)
    }
    by_method = (each.args[:1] for each in calls if isinstance(each.func, ast.Attribute) and each.func.attr in methods)
    by_function = (each.args[1:] for each in calls if isinstance(each.func, ast.Name) and each.func.id in reading)
    return {text for given in (*by_method, *by_function) for text in _texts(given) if WORD.fullmatch(text)}


def words(provider: str, *decorators: str) -> set[str]:
    """The words that answers are compared with: on either side of a comparison, in patterns, and in constants of modules;
    with `decorators` only of modules that have a function with one.

    Constants that are arguments are none: how long a page is, and what a question is called.
    """
    found = set[str]()
    for tree in _modules(provider):
        if decorators and not any(_is_decorated(each, decorators) for each in tree.body):
            continue
        for each in ast.walk(tree):
            match each:
                case ast.Compare():
                    found |= _texts([each.left, *each.comparators])
                case ast.MatchValue(value=value):
                    found |= _texts([value])
                case _:
                    pass
        for each in tree.body:
            if isinstance(each, ast.Assign | ast.AnnAssign) and each.value is not None and not _is_dunder(each):
                found |= _texts([each.value])
    return {each for each in found if WORD.fullmatch(each)} - own_words()


@cache
def own_words() -> frozenset[str]:
    """The words of our own kinds."""
    literals = (
        each.slice
        for tree in _parsed(Path(resources.__path__[0]))
        for each in ast.walk(tree)
        if isinstance(each, ast.Subscript) and isinstance(each.value, ast.Name) and each.value.id == "Literal"
    )
    return frozenset(
        each.value
        for said in literals
        for each in ast.walk(said)
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    )


def _modules(provider: str) -> Iterator[ast.Module]:
    for package in (collectors, checks):
        yield from _parsed(Path(package.__path__[0], provider))


@cache
def _parsed(folder: Path) -> list[ast.Module]:
    return [ast.parse(file.read_text(encoding="utf-8")) for file in sorted(folder.rglob("*.py"))]


def _texts(nodes: Iterable[ast.expr]) -> set[str]:
    found = set[str]()
    for node in nodes:
        match node:
            case ast.Constant(value=str(text)):
                found.add(text)
            case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts):
                found |= _texts(parts)
            case ast.Dict(keys=keys):
                found |= _texts(each for each in keys if each is not None)
            case ast.Call(func=ast.Name(id="frozenset" | "set"), args=arguments):
                found |= _texts(arguments)
            case ast.BinOp(left=left, right=right):
                found |= _texts([left, right])
            case _:
                pass
    return found


def _is_decorated(each: ast.stmt, decorators: Iterable[str]) -> bool:
    found = each.decorator_list if isinstance(each, ast.FunctionDef) else []
    return any(isinstance(one, ast.Call) and ast.unparse(one.func) in decorators for one in found)


def _takes_fields(function: ast.FunctionDef) -> bool:
    first = function.args.args[:1]
    return any(each.annotation is not None and "Fields" in ast.unparse(each.annotation) for each in first)


def _is_dunder(each: ast.Assign | ast.AnnAssign) -> bool:
    targets = each.targets if isinstance(each, ast.Assign) else [each.target]
    return any(isinstance(target, ast.Name) and target.id.startswith("__") for target in targets)
