"""How each type of sealed data is written as plain JSON data and read back, checked against its type hints.

A plan is compiled once per class: reading type hints for every resource would cost thirty times more than the encoding.

An unobserved value is `{"$unobserved": reason}`; a key that a stranger chose and that begins with `$` is escaped by
one more `$`, so nobody can forge the marker.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from core.resource import Observed, Unobserved, missing_fields
from core.scalars import (
    LATER,
    SCALARS,
    CodecError,
    Convert,
    any_from_json,
    any_to_json,
    escape,
    exactly,
    in_order,
    text_out,
    unescape,
    wrong,
)

NOT_RECORDED = "not recorded when this evidence was collected"
_dump = msgspec.json.Encoder().encode


@cache
def plan_for(hint: Any) -> tuple[Convert, Convert]:
    """How to encode and decode what a type hint describes."""
    origin, arguments = get_origin(hint), get_args(hint)
    if hint in SCALARS:
        return SCALARS[hint]
    if hint in (Any, object):
        return any_to_json, any_from_json
    if origin is Literal:
        return _choice(arguments)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _enumeration(hint)
    if origin in (Union, UnionType):
        return _union(arguments)
    if origin in (tuple, frozenset):
        return _sequence(origin, arguments)
    if origin in (dict, Mapping):
        return _mapping(arguments)
    if isinstance(hint, type) and is_dataclass(hint):
        return _record(hint)
    raise CodecError(f"{hint!r} cannot be sealed", "use dataclasses, enums, tuples, dicts with text keys and scalars")


def _choice(values: tuple[Any, ...]) -> tuple[Convert, Convert]:
    allowed = {(value.__class__, value) for value in values}  # with the class, for `True == 1`
    if not {value.__class__ for value in values} <= {str, int, bool}:
        raise CodecError(f"{values} cannot be sealed", "literals are text, int and bool")

    def known(value: Any) -> bool:
        return value.__class__ in (str, int, bool) and (value.__class__, value) in allowed

    def out(value: Any) -> Any:
        if known(value):
            return value
        raise wrong(f"one of {values}", value)

    def back(value: Any) -> Any:
        # A newer writer may know more values than this reader: that is no default, and no crash.
        return value if known(value) else Unobserved(f"{value!r} is not a value this version knows")

    return out, back


def _enumeration(kind: type[Enum]) -> tuple[Convert, Convert]:
    members = {(member.value.__class__, member.value): member for member in kind}
    if not {of for of, _ in members} <= {str, int}:
        raise CodecError(f"{kind.__name__} cannot be sealed", "the values of enums are text or int")

    def out(value: Any) -> Any:
        if value.__class__ is kind:
            return value.value
        raise wrong(kind.__name__, value)

    def back(value: Any) -> Any:
        found = members.get((value.__class__, value)) if value.__class__ in (str, int) else None
        return Unobserved(f"{value!r} is not a {kind.__name__} this version knows") if found is None else found

    return out, back


def _union(arguments: tuple[Any, ...]) -> tuple[Convert, Convert]:
    others = [a for a in arguments if a is not NoneType]
    if len(others) == 1:
        inner_out, inner_back = plan_for(others[0])
        return (
            lambda value: None if value is None else inner_out(value),
            lambda value: None if value is None else inner_back(value),
        )
    if not set(arguments) <= {str, int, bool, NoneType}:
        raise CodecError(f"a union of {arguments} cannot be read back", "use one type, or plain text, int and bool")
    plans = {a: plan_for(a)[0] for a in arguments}

    def same(value: Any) -> Any:
        if value.__class__ in plans:
            return plans[value.__class__](value)
        raise wrong(" or ".join(a.__name__ for a in arguments), value)

    return same, same


def _sequence(origin: Any, arguments: tuple[Any, ...]) -> tuple[Convert, Convert]:
    if origin is tuple and arguments[-1:] != (Ellipsis,):
        raise CodecError(f"tuple[{arguments}] has no single item type", "use tuple[X, ...] or a dataclass")
    if origin is frozenset:
        return _set(*plan_for(arguments[0]))
    item_out, item_back = _or_unobserved(*plan_for(arguments[0]))

    def out(value: Any) -> Any:
        if value.__class__ is not tuple:
            raise wrong("tuple", value)
        return [item_out(item) for item in value]

    def back(value: Any) -> Any:
        return tuple([item_back(item) for item in exactly(list)(value)])

    return out, back


def _set(item_out: Convert, item_back: Convert) -> tuple[Convert, Convert]:
    """A set is sealed in the order of its items' bytes. It has no room for an unobserved item: then it is all so."""

    def out(value: Any) -> Any:
        if value.__class__ is not frozenset:
            raise wrong("frozenset", value)
        return sorted((item_out(item) for item in value), key=_dump)

    def back(value: Any) -> Any:
        items = [item_back(item) for item in exactly(list)(value)]
        unseen = [item for item in items if item.__class__ is Unobserved]
        return unseen[0] if unseen else frozenset(items)

    return out, back


def _mapping(arguments: tuple[Any, ...]) -> tuple[Convert, Convert]:
    if arguments[0] is not str:
        raise CodecError(f"dict[{arguments}] cannot be sealed", "keys are text")
    item_out, item_back = _or_unobserved(*plan_for(arguments[1]))

    def out(value: Any) -> Any:
        if not isinstance(value, Mapping):
            raise wrong("dict", value)
        return {escape(key): item_out(value[key]) for key in in_order(value)}

    def back(value: Any) -> Any:
        return {unescape(key): item_back(item) for key, item in exactly(dict)(value).items()}

    return out, back


def _or_unobserved(out: Convert, back: Convert) -> tuple[Convert, Convert]:
    def out_or_marker(value: Any) -> Any:
        return {"$unobserved": text_out(value.reason)} if value.__class__ is Unobserved else out(value)

    def back_or_marker(value: Any) -> Any:
        if value.__class__ is dict and len(value) == 1 and "$unobserved" in value:
            return Unobserved(str(value["$unobserved"]))
        return back(value)

    return out_or_marker, back_or_marker


def _record(cls: type) -> tuple[Convert, Convert]:
    hints = get_type_hints(cls)
    names = sorted(f.name for f in fields(cls))  # identifiers are ASCII: their order is the canonical one
    plans = {name: _field_plan(cls, name, hints[name]) for name in names}
    return _record_out(cls, plans), _record_back(cls, plans)


def _record_out(cls: type, plans: Mapping[str, tuple[Convert, Convert]]) -> Convert:
    outs = [(name, out) for name, (out, _) in plans.items()]
    honest = issubclass(cls, Observed)

    def out(value: Any) -> Any:
        if value.__class__ is not cls:
            raise wrong(cls.__name__, value)
        missing = missing_fields(value) if honest else {}
        result: dict[str, Any] = {}
        for name, convert in outs:
            try:
                if name in missing:
                    result[name] = {"$unobserved": text_out(missing[name])}
                else:
                    result[name] = convert(getattr(value, name))
            except CodecError as error:
                raise _at(cls, name, error) from error
        return result

    return out


def _record_back(cls: type, plans: Mapping[str, tuple[Convert, Convert]]) -> Convert:
    backs = [(name, _or_unobserved(*plan)[1]) for name, plan in plans.items()]
    honest = issubclass(cls, Observed)
    later = set() if honest else {f.name for f in fields(cls) if f.metadata.get(LATER)}

    def back(value: Any) -> Any:
        if value.__class__ is not dict:
            raise wrong(cls.__name__, value)
        known: dict[str, Any] = {}
        for name, convert in backs:
            if name in later and name not in value:
                continue  # its default says that nobody recorded it
            try:
                known[name] = convert(value[name]) if name in value else Unobserved(NOT_RECORDED)
            except CodecError as error:
                raise _at(cls, name, error) from error
            if known[name].__class__ is Unobserved and not honest:
                raise CodecError(f"{cls.__name__}.{name}: {known[name].reason}")
        return cls(**known)

    return back


def _field_plan(cls: type, name: str, hint: Any) -> tuple[Convert, Convert]:
    try:
        return plan_for(hint)
    except CodecError as error:
        raise _at(cls, name, error) from error


def _at(cls: type, name: str, error: CodecError) -> CodecError:
    return CodecError(f"{cls.__name__}.{name}: {error}", error.hint)
