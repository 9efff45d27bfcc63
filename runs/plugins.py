"""Every check, collector and provider there is: ours, and those of third parties from the group `annexa.plugins`.

An entry point names a module or package; whatever checks and collectors are declared in it join ours, and one that
offers `Settings` and `open_sources` is a provider under the entry point's name. A collector belongs to the provider
whose package defines the source it takes.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from itertools import combinations
from pkgutil import iter_modules
from types import ModuleType
from typing import Any, cast

import checks
import collectors
from core.errors import AnnexaError, did_you_mean
from core.plugins import Check, Collector, PluginError, discover, kinds
from core.provider import Provider
from core.resource import Resource

GROUP = "annexa.plugins"


@cache
def all_checks() -> dict[str, Check[...]]:
    """Every check by id. Imports no provider's SDK. Raises `PluginError`."""
    return discover((checks, *_third_parties().values()), cast("type[Check[...]]", Check))


@cache
def resource_kinds() -> dict[str, type[Resource]]:
    """Every kind of resource that a check reads."""
    return kinds(all_checks().values())


@cache
def provider_names() -> tuple[str, ...]:
    """The providers that can be configured, without importing ours."""
    theirs = (name for name, module in _third_parties().items() if _is_provider(module))
    return tuple(sorted({*_our_providers(), *theirs}))


@cache
def provider(name: str) -> Provider:
    """The package of a provider. Raises `PluginError` when there is none, or its SDK is not installed."""
    if name not in provider_names():
        raise PluginError(
            f"there is no provider named {name}{did_you_mean(name, provider_names())}",
            f"the providers are {', '.join(provider_names())}",
        )
    return cast("Provider", _package(name))


@cache
def collectors_of(name: str) -> dict[str, Collector]:
    """The collectors of one provider by id. Raises `PluginError`, also when two show the same kind of one source."""
    provider(name)
    package = _package(name)
    found = discover((package, *_third_parties().values()), Collector)
    own = discover((package,), Collector)
    others = [_name_of(each) for each in provider_names() if each != name]
    chosen = {
        c.id: c
        for c in found.values()
        if _takes(c, package.__name__) or (c.id in own and not any(_takes(c, other) for other in others))
    }
    kinds(chosen.values())
    for one, other in combinations(chosen.values(), 2):
        same = one.kinds & other.kinds
        if same and (issubclass(one.source, other.source) or issubclass(other.source, one.source)):
            raise PluginError(
                f"{one.id} and {other.id} both show {min(same)}: neither could say that it shows all",
                "make one collector of them, or give each a kind of its own",
            )
    return chosen


def collector_with_provider(name: str, source: str) -> tuple[Collector, str, Provider] | None:
    """A collector by id, with the provider that opens its source; `None` when neither ours nor a third party has it.

    Imports of our providers only the one that the names speak of. Raises `PluginError` when its SDK is not installed.
    """
    spoken_of = (source.partition("/")[0], name.partition(".")[0])
    for each in dict.fromkeys((*spoken_of, *_third_parties())):
        if each in provider_names() and name in collectors_of(each):
            return collectors_of(each)[name], each, provider(each)
    return None


def find_check(name: str) -> Check[...]:
    """A check by id. Raises `AnnexaError` with the nearest name."""
    found = all_checks()
    if name not in found:
        raise AnnexaError(f"there is no check named {name}{did_you_mean(name, found)}", "list them with: annexa checks")
    return found[name]


def _takes(each: Collector, package: str) -> bool:
    """Whether a collector takes a source that this package defines."""
    return f"{each.source.__module__}.".startswith(f"{package}.")


def _name_of(provider_name: str) -> str:
    theirs = _third_parties()
    return theirs[provider_name].__name__ if provider_name in theirs else f"collectors.{provider_name}"


def _our_providers() -> list[str]:
    return [module.name for module in iter_modules(collectors.__path__) if module.ispkg]


def _is_provider(module: ModuleType) -> bool:
    return hasattr(module, "Settings") and hasattr(module, "open_sources")


def _package(name: str) -> ModuleType:
    if name in _third_parties():
        return _third_parties()[name]
    try:
        return import_module(f"collectors.{name}")
    except ModuleNotFoundError as error:
        raise PluginError(
            f"the provider {name} needs {error.name}, which is not installed", f"pip install 'annexa[{name}]'"
        ) from error


@cache
def _third_parties() -> dict[str, ModuleType]:
    found: dict[str, ModuleType] = {}
    for point in entry_points(group=GROUP):
        try:
            module: Any = point.load()
        except Exception as error:
            raise PluginError(
                f"the plug-in {point.name} ({point.value}) cannot be loaded: {type(error).__name__}: {error}",
                "mend or uninstall the package that brings it",
            ) from error
        if not isinstance(module, ModuleType):
            raise PluginError(f"the plug-in {point.name} ({point.value}) is no module", "name a module in its metadata")
        if point.name in _our_providers() or found.setdefault(point.name, module) is not module:
            raise PluginError(
                f"the plug-in {point.name} ({point.value}) takes a name that is already taken",
                "uninstall one of the packages that bring it",
            )
    return found
