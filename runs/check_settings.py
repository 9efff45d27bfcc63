"""What the configuration tells checks: one of them, or all below a part of its name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args, get_origin

from core.codec import LARGEST_INTEGER
from core.errors import did_you_mean
from core.settings import Document, kind_of
from runs.plugins import all_checks

Path = tuple[str | int, ...]
_WORD: Mapping[Any, str] = {bool: "true or false", int: "a whole number below 2^53", str: "text"}
_WORDS: Mapping[Any, str] = {int: "whole numbers", str: "texts"}


def known_check(document: Document, path: Path, name: str) -> None:
    """Raises `ConfigurationError` when no check has this id."""
    if name not in all_checks():
        raise document.refuse(
            path, f"there is no check named {name}{did_you_mean(name, all_checks())}", "list them with: annexa checks"
        )


def check_settings(document: Document, given: Mapping[str, Mapping[str, object]]) -> dict[str, dict[str, object]]:
    """The settings of each check that is told something. What is said of fewer checks outweighs what is said of more.

    Raises `ConfigurationError` for a name that means no check, and for a setting that none of those has.
    """
    found = dict[str, dict[str, object]]()
    for name in sorted(given, key=lambda each: each.count(".")):
        those = {each: check for each, check in all_checks().items() if each.startswith(f"{name}.")}
        if not those:
            known_check(document, ("checks", "settings", name), name)
            those = {name: all_checks()[name]}
            found.setdefault(name, {})
        types = {key: hint for check in those.values() for key, hint in check.setting_types.items()}
        for key, value in given[name].items():
            path = ("checks", "settings", name, key)
            if key not in types:
                known = ", ".join(sorted(types)) or "none"
                problem = f"unknown setting{did_you_mean(key, types)}"
                raise document.refuse(path, problem, f"the settings of {name}: {known}")
            for each, check in those.items():
                if key in check.setting_types:
                    found.setdefault(each, {})[key] = _setting(document, path, value, check.setting_types[key])
    return found


def _setting(document: Document, path: Path, value: object, hint: Any) -> object:
    if get_origin(hint) is tuple:
        item = get_args(hint)[0]
        if isinstance(value, list) and all(type(each) is item for each in value):
            return tuple(value)
        raise document.refuse(path, f"expected a list of {_WORDS[item]}")
    if type(value) is hint and not (isinstance(value, int) and abs(value) > LARGEST_INTEGER):
        return value
    raise document.refuse(path, f"expected {_WORD[hint]}, found {kind_of(value)}")
