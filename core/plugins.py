"""Checks and collectors: decorated functions whose signature is their registration.

    @check(objective=..., severity=...)
    def some_name(user: IamUser, roles: Population[Role], *, as_of: datetime, max_age_days: int = 90) -> Verdict:

The first parameter's type says which resources the check judges: one at a time, or all of one source at once when it
is a `Population[IamUser]`. Further `Population[...]` parameters are joins. `as_of` is the moment of the judgement.
Every other keyword is a setting: its default is the default, and the configuration may override it. The docstring is
the documentation: its first line states what is true when the check passes, then comes why it matters, then
`Remediation:`. There is no registry to forget: `discover` finds decorated functions by walking modules.
"""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from types import ModuleType, UnionType
from typing import Any, Generic, ParamSpec, TypeGuard, TypeVar, Union, get_args, get_origin, get_type_hints

from core.errors import AnnexaError
from core.model import DescribedCheck, Severity, Verdict
from core.population import Population
from core.resource import Resource
from core.source import Source

P = ParamSpec("P")
S = TypeVar("S", bound=Source)
Plugin = TypeVar("Plugin", bound="Check[...] | Collector")
SETTING_TYPES = (bool, int, str, tuple[str, ...], tuple[int, ...])
"""What a setting may be. No floats: sealed data has none."""


class PluginError(AnnexaError):
    """A check or collector is declared wrongly. The message says where and how to mend it."""


@dataclass(frozen=True, slots=True)
class Check(Generic[P]):
    """A judgement and its documentation. Calling it calls the function; the engine turns errors into statuses."""

    id: str
    title: str
    rationale: str
    remediation: str
    objective: str
    severity: Severity
    subject: type[Resource]
    whole_population: bool
    joins: Mapping[str, type[Resource]]
    settings: Mapping[str, object]
    setting_types: Mapping[str, Any]
    wants_as_of: bool
    module: str
    function: Callable[P, Verdict]

    @property
    def kinds(self) -> frozenset[str]:
        """Every kind of resource that the check reads."""
        return frozenset({self.subject.kind, *(join.kind for join in self.joins.values())})

    @property
    def described(self) -> DescribedCheck:
        """What the check says of itself."""
        return DescribedCheck(
            id=self.id,
            title=self.title,
            rationale=self.rationale,
            remediation=self.remediation,
            objective=self.objective,
            severity=self.severity,
            kind=self.subject.kind,
        )

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Verdict:
        return self.function(*args, **kwargs)


@dataclass(frozen=True, slots=True)
class Collector:
    """A way to look at some kinds of resource, and the permissions it needs, in the provider's own form.

    A `slow` one costs the place it looks at so much that scans which repeat themselves let its evidence stand a while.
    """

    id: str
    summary: str
    source: type[Source]
    yields: tuple[type[Resource], ...]
    permissions: tuple[Any, ...]
    module: str
    function: Callable[[Any], Iterator[Resource]]
    slow: bool = False

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset(kind.kind for kind in self.yields)

    def __call__(self, source: Any) -> Iterator[Resource]:
        return self.function(source)


def check(*, objective: str, severity: Severity) -> Callable[[Callable[P, Verdict]], Check[P]]:
    """Declare a check: a pure function from what was observed to a verdict. Raises `PluginError`."""

    def declare(function: Callable[P, Verdict]) -> Check[P]:
        title, rationale, remediation = _documentation(function)
        hints = _hints(function)
        first, *others = _parameters(function)
        subject = hints.get(first.name)
        whole_population = get_origin(subject) is Population
        judged = get_args(subject)[0] if whole_population else subject
        if not _is_kind(judged):
            raise PluginError(f"{_where(function)}: the first parameter must be a resource or a Population of one")
        wants_as_of = any(p.name == "as_of" for p in others)
        if wants_as_of and hints.get("as_of") is not datetime:
            raise PluginError(f"{_where(function)}: as_of is a datetime")
        joins = {p.name: get_args(hints[p.name])[0] for p in others if get_origin(hints.get(p.name)) is Population}
        if wrong := [name for name, kind in joins.items() if not _is_kind(kind)]:
            raise PluginError(f"{_where(function)}: {wrong[0]} must be a Population of a resource")
        settings = {p.name: p.default for p in others if p.name not in joins and p.name != "as_of"}
        _require_plain(settings, hints, function)
        return Check(
            id=_id(function),
            title=title,
            rationale=rationale,
            remediation=remediation,
            objective=objective,
            severity=severity,
            subject=judged,
            whole_population=whole_population,
            joins=joins,
            settings=settings,
            setting_types={name: hints[name] for name in settings},
            wants_as_of=wants_as_of,
            module=function.__module__,
            function=function,
        )

    return declare


def collector(
    *, permissions: tuple[Any, ...], slow: bool = False
) -> Callable[[Callable[[S], Iterator[Any]]], Collector]:
    """Declare a collector. It yields what it sees and lets every exception fly. Raises `PluginError`."""

    def declare(function: Callable[[S], Iterator[Any]]) -> Collector:
        hints = _hints(function)
        sources = [hint for name, hint in hints.items() if name != "return" and _is_a(hint, Source)]
        result = get_args(hints.get("return"))
        yields = (get_args(result[0]) if get_origin(result[0]) in (Union, UnionType) else result) if result else ()
        if len(sources) != 1 or len(_parameters(function)) != 1 or not yields or not all(map(_is_kind, yields)):
            raise PluginError(f"{_where(function)}: a collector takes one source and returns Iterator[SomeResource]")
        summary = " ".join((inspect.getdoc(function) or "").split())
        if not summary:
            raise PluginError(f"{_where(function)}: the docstring says what the collector looks at; there is none")
        return Collector(_id(function), summary, sources[0], yields, permissions, function.__module__, function, slow)

    return declare


def discover(packages: Iterable[ModuleType], plugin: type[Plugin]) -> dict[str, Plugin]:
    """Every `plugin` declared anywhere under `packages`, by id. Raises `PluginError` for a taken id."""
    found: dict[str, Plugin] = {}
    for package in packages:
        for module in _modules(package):
            for value in vars(module).values():
                if isinstance(value, plugin) and found.setdefault(value.id, value) is not value:
                    raise PluginError(f"{module.__name__}: the id {value.id} is already taken")
    return dict(sorted(found.items()))


def kinds(plugins: Iterable[Check[...] | Collector]) -> dict[str, type[Resource]]:
    """Every resource type that plug-ins read or yield, by kind. Raises `PluginError` when two types claim one."""
    found: dict[str, type[Resource]] = {}
    for each in plugins:
        types = each.yields if isinstance(each, Collector) else (each.subject, *each.joins.values())
        for cls in types:
            if found.setdefault(cls.kind, cls) is not cls:
                raise PluginError(f"{each.id}: the kind {cls.kind} is declared twice, as {cls} and {found[cls.kind]}")
    return found


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    """A package and every module below it, but for private ones: those may need what is not installed."""
    yield package
    for info in pkgutil.walk_packages(getattr(package, "__path__", ()), package.__name__ + "."):
        if info.name.rpartition(".")[2].startswith("_"):
            continue
        try:
            yield import_module(info.name)
        except ImportError as error:
            raise PluginError(
                f"{info.name} cannot be imported: {error}", "install what it needs, or mend it"
            ) from error


def _parameters(function: Callable[..., Any]) -> list[inspect.Parameter]:
    parameters = list(inspect.signature(function).parameters.values())
    if not parameters:
        raise PluginError(f"{_where(function)}: the first parameter says what to look at; there is none")
    return parameters


def _hints(function: Callable[..., Any]) -> dict[str, Any]:
    try:
        return get_type_hints(function)
    except NameError as error:
        raise PluginError(
            f"{_where(function)}: a type hint cannot be read: {error}", "import it at run time"
        ) from error


def _is_a(hint: Any, base: type) -> bool:
    return isinstance(hint, type) and issubclass(hint, base)


def _is_kind(hint: Any) -> TypeGuard[type[Resource]]:
    """Whether a hint is a resource that was declared with `@resource`."""
    return _is_a(hint, Resource) and hasattr(hint, "kind")


def _require_plain(settings: Mapping[str, object], hints: Mapping[str, Any], function: Callable[..., Any]) -> None:
    for name, default in settings.items():
        if default is inspect.Parameter.empty:
            raise PluginError(f"{_where(function)}: the setting {name} needs a default")
        if hints.get(name) not in SETTING_TYPES:
            raise PluginError(
                f"{_where(function)}: the setting {name} must be bool, int, str, or a tuple of str or int"
            )
        items = default if isinstance(default, tuple) else (default,)
        item_type = get_args(hints[name])[0] if get_origin(hints[name]) is tuple else hints[name]
        if isinstance(default, tuple) != (get_origin(hints[name]) is tuple) or any(
            item.__class__ is not item_type for item in items
        ):
            raise PluginError(f"{_where(function)}: the default of the setting {name} is not what its type says")


def _documentation(function: Callable[..., Any]) -> tuple[str, str, str]:
    title, _, rest = (inspect.getdoc(function) or "").partition("\n\n")
    rationale, _, remediation = rest.partition("Remediation:")
    texts = " ".join(title.split()), _unwrap(rationale), _unwrap(remediation)
    if not all(texts):
        raise PluginError(
            f"{_where(function)}: the docstring needs a first line saying what is true when the check passes, a "
            "paragraph saying why it matters, and a `Remediation:` paragraph"
        )
    return texts


def _unwrap(text: str) -> str:
    return "\n\n".join(" ".join(part.split()) for part in text.strip().split("\n\n"))


def _id(function: Callable[..., Any]) -> str:
    """`checks.aws.iam` + `root_user_has_mfa` = `aws.iam.root_user_has_mfa`."""
    module = function.__module__.removeprefix("checks.").removeprefix("collectors.")
    return f"{module}.{function.__name__}"


def _where(function: Callable[..., Any]) -> str:
    return f"{function.__module__}.{function.__name__}"
