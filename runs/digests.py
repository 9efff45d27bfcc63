"""Digests of code: which version of a check or collector came to a result.

A digest covers the source of the module and of every module it imports from its own top-level package or from `core`,
so that a changed helper shows as well as a changed function. It covers the engine, too, which runs them and words what
could not be looked at.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec, resolve_name
from pathlib import Path

ENGINE = "core.engine"


@cache
def code_digest(module: str) -> str:
    """SHA-256, in hexadecimal, over the names and sources of a module and what it imports of ours."""
    digest = hashlib.sha256()
    for name in sorted(_closure(module)):
        digest.update(f"{name}\n".encode() + hashlib.sha256(_source(name)).digest())
    return digest.hexdigest()


def _closure(module: str) -> set[str]:
    found: set[str] = set()
    waiting = [module, ENGINE]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [each for each in _imports(name) if each.partition(".")[0] in {module.partition(".")[0], "core"}]
    return found


@cache
def _imports(module: str) -> tuple[str, ...]:
    spec = find_spec(module)
    package = (spec.parent if spec else "") or ""
    return tuple(sorted(set(_imported(ast.parse(_source(module)), package))))


def _imported(tree: ast.Module, package: str) -> Iterator[str]:
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            origin = resolve_name("." * node.level + (node.module or ""), package)
            names = [origin, *(f"{origin}.{alias.name}" for alias in node.names)]
        yield from (name for name in names if _is_module(name))


@cache
def _is_module(name: str) -> bool:
    try:
        spec = find_spec(name)
    except (ImportError, ValueError):
        return False
    return spec is not None and bool(spec.origin) and str(spec.origin).endswith(".py")


@cache
def _source(module: str) -> bytes:
    spec = find_spec(module)
    return Path(spec.origin).read_bytes() if spec and spec.origin else b""
