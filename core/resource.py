"""Resources: what a collector saw, as typed plain data.

A field nobody could read is not `None`, `False` or empty: it is *unobserved*. It leaves the instance, so that
reading it raises `NotObservedError`, which the engine turns into the status `unknown`. So no check can mistake
"we could not look" for "we looked, and there was nothing", and no author of a check has to remember it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, TypeVar, dataclass_transform


class NotObservedError(Exception):
    """Something was read that was never observed. The engine answers `unknown`, never `error`."""


@dataclass(frozen=True, slots=True, eq=False)
class Unobserved:
    """Stands for a value that could not be read, and says why.

    It refuses to be used as a value: truth, comparison, arithmetic, length, iteration, text and attributes all raise
    `NotObservedError`.
    """

    reason: str

    def _refuse(self, *_: object) -> NoReturn:
        raise NotObservedError(f"a value was not observed: {self.reason}")

    __bool__ = __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _refuse
    __iter__ = __len__ = __contains__ = __getitem__ = __str__ = __format__ = __hash__ = _refuse
    __add__ = __radd__ = __sub__ = __rsub__ = __int__ = __index__ = _refuse

    if not TYPE_CHECKING:  # hidden, so that type checkers still catch misspelt fields

        def __getattr__(self, name: str) -> NoReturn:
            if name.startswith("__"):
                raise AttributeError(name)  # protocols such as copying ask for what is not there
            self._refuse()


def unobserved(reason: str) -> Any:
    """Fill a field with "we could not look". Typed `Any` so that it fits every field."""
    return Unobserved(reason)


class Observed:
    """The base of resources and of their parts. Declare subclasses with `@resource` or `@part`."""

    __slots__ = ("_missing",)
    _missing: dict[str, str] | None

    def __post_init__(self) -> None:
        missing: dict[str, str] | None = None
        for name in self.__dataclass_fields__:  # type: ignore[attr-defined]
            value = getattr(self, name)
            if value.__class__ is Unobserved:
                missing = missing or {}
                missing[name] = value.reason
                object.__delattr__(self, name)
        object.__setattr__(self, "_missing", missing)

    if not TYPE_CHECKING:  # hidden, so that type checkers still catch misspelt fields

        def __getattr__(self, name: str) -> NoReturn:
            # Only reached when the slot is empty: reading what was observed costs nothing extra.
            missing = object.__getattribute__(self, "_missing") if name != "_missing" else None
            if missing and name in missing:
                raise NotObservedError(f"{_label(self)}.{name} was not observed: {missing[name]}")
            raise AttributeError(f"{_label(self)} has no field {name}")

    def __eq__(self, other: object) -> bool:
        return self.__class__ is other.__class__ and _contents(self) == _contents(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        name = "" if "id" in missing_fields(self) else getattr(self, "id", "")
        return f"<{_label(self)} {name}>".replace(" >", ">")


class Resource(Observed):
    """One thing a collector looked at, known by the provider's immutable `id` within its source and scope."""

    __slots__ = ()
    kind: ClassVar[str]
    id: str

    def persons(self) -> Iterator[str]:
        """What identifies people here: logins, e-mail addresses, full names. The store conceals them wherever they
        stand as words of their own, so that erasing a person is destroying a key. No name of a service or a machine.
        """
        yield from ()


def missing_fields(seen: object) -> dict[str, str]:
    """The unobserved fields of a resource or part, each with its reason."""
    return getattr(seen, "_missing", None) or {}


def _contents(seen: Any) -> tuple[dict[str, str], dict[str, object]]:
    missing = missing_fields(seen)
    return missing, {f.name: getattr(seen, f.name) for f in fields(seen) if f.name not in missing}


def _label(seen: Observed) -> str:
    return getattr(seen.__class__, "kind", seen.__class__.__name__)


R = TypeVar("R", bound=Resource)
O = TypeVar("O", bound=Observed)  # noqa: E741 - O for Observed


def _frozen(cls: type[O]) -> type[O]:
    # `slots=True` also strips class defaults: a field that left the instance cannot fall back on one.
    return dataclass(frozen=True, kw_only=True, slots=True, repr=False, eq=False)(cls)


@dataclass_transform(frozen_default=True, kw_only_default=True)
def resource(kind: str) -> Callable[[type[R]], type[R]]:
    """Declare a kind of resource: a frozen, keyword-only dataclass. `kind` is its sealed name."""

    def declare(cls: type[R]) -> type[R]:
        cls.kind = kind
        return _frozen(cls)

    return declare


@dataclass_transform(frozen_default=True, kw_only_default=True)
def part(cls: type[O]) -> type[O]:
    """Declare a part of a resource (an access key, a rule): the same honesty, without a kind of its own.

    Raises `TypeError` for a class that is not an `Observed`: its unobserved fields would pass for values.
    """
    if not issubclass(cls, Observed):
        raise TypeError(f"declare it as class {cls.__name__}(Observed)")
    return _frozen(cls)
