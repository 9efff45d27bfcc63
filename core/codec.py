"""Dataclasses to canonical JSON and back. Sealed bytes come from here and nowhere else.

The encoding is RFC 8785 (JCS) on the subset we allow: no floats, integers below 2^53, no lone surrogates. What a type
hint promises is checked while encoding, so that a collector's bad value is refused before it is sealed. A plan is
compiled once per class: reading type hints for every resource would cost thirty times more than the encoding.

An unobserved value is `{"$unobserved": reason}`; a key that a stranger chose and that begins with `$` is escaped by
one more `$`, so nobody can forge the marker.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from core.errors import AnnexaError
from core.resource import Observed, Unobserved, missing_fields

T = TypeVar("T")
Convert = Callable[[Any], Any]
LARGEST_INTEGER = 2**53 - 1
NOT_RECORDED = "not recorded when this evidence was collected"
_dump = msgspec.json.Encoder().encode
_load = msgspec.json.Decoder().decode


class CodecError(AnnexaError):
    """A value cannot be sealed, or sealed bytes are not what their type promises."""


def canonical(value: object) -> bytes:
    """RFC 8785 bytes of plain JSON data (dict, list, str, int, bool, None).

    Raises `CodecError` for anything else, and for integers that JSON readers may round.
    """
    return _bytes(_any_to_json, value)


def encode(value: object) -> bytes:
    """RFC 8785 bytes of a dataclass instance, checked against its type hints. Raises `CodecError`."""
    return _bytes(_plan(value.__class__)[0], value)


def decode(cls: type[T], data: bytes) -> T:
    """Rebuild a `cls` from its canonical bytes; absent fields come back unobserved. Raises `CodecError`."""
    result: T = _plan(cls)[1](parse(data))
    return result


def parse(data: bytes) -> Any:
    """Plain JSON data of sealed bytes. Raises `CodecError` when they are not JSON."""
    try:
        return _load(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CodecError(f"sealed bytes are not JSON: {error}") from error
    except RecursionError as error:
        raise CodecError("sealed bytes are nested too deeply") from error


def timestamp(moment: datetime) -> str:
    """RFC 3339 in UTC, the one spelling of a moment in sealed data. Raises `CodecError` for a naive one."""
    if moment.tzinfo is None:
        raise CodecError("expected a moment with a time zone, found one without")
    if moment.tzinfo is UTC:  # nearly always, and three times as fast
        return moment.isoformat().removesuffix("+00:00") + "Z"
    try:
        return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
    except OverflowError as error:
        raise CodecError("a moment lies outside the years 1 to 9999 of UTC") from error


def moment(text: str) -> datetime:
    """The inverse of `timestamp`. Raises `CodecError`."""
    try:
        value = datetime.fromisoformat(text)
        if value.tzinfo is None:
            raise CodecError("expected a moment with a time zone, found one without")
        return value.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise CodecError("expected a moment, found other text") from error


def _plan(cls: Any) -> tuple[Convert, Convert]:
    return _plans(cls)


def _bytes(convert: Convert, value: Any) -> bytes:
    try:
        return _dump(convert(value))
    except RecursionError as error:
        raise CodecError(f"{value.__class__.__name__}: nested too deeply") from error


@cache
def _plans(hint: Any) -> tuple[Convert, Convert]:
    """How to encode and decode what a type hint describes."""
    origin, arguments = get_origin(hint), get_args(hint)
    if hint in _SCALARS:
        return _SCALARS[hint]
    if hint in (Any, object):
        return _any_to_json, _any_from_json
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


def _exactly(kind: type) -> Convert:
    def same(value: Any) -> Any:
        if value.__class__ is kind:
            return value
        raise _wrong(kind.__name__, value)

    return same


def _text(value: Any) -> str:
    if value.__class__ is not str:
        raise _wrong("str", value)
    text: str = value
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise CodecError(f"expected text, found half a character: {error.reason}") from error
    return text


def _integer(value: Any) -> int:
    if value.__class__ is int and -LARGEST_INTEGER <= value <= LARGEST_INTEGER:
        number: int = value
        return number
    raise _wrong("int below 2^53", value)


def _moment_out(value: Any) -> str:
    if value.__class__ is not datetime:
        raise _wrong("datetime", value)
    return timestamp(value)


def _moment_in(value: Any) -> datetime:
    return moment(_exactly(str)(value))


def _day_out(value: Any) -> str:
    if value.__class__ is not date:
        raise _wrong("date", value)
    text: str = value.isoformat()
    return text


def _day_in(value: Any) -> date:
    try:
        return date.fromisoformat(_exactly(str)(value))
    except ValueError as error:
        raise CodecError("expected a day, found other text") from error


_SCALARS: dict[Any, tuple[Convert, Convert]] = {
    str: (_text, _exactly(str)),
    bool: (_exactly(bool), _exactly(bool)),
    int: (_integer, _integer),
    NoneType: (_exactly(NoneType), _exactly(NoneType)),
    datetime: (_moment_out, _moment_in),
    date: (_day_out, _day_in),
}


def _choice(values: tuple[Any, ...]) -> tuple[Convert, Convert]:
    allowed = {(value.__class__, value) for value in values}  # with the class, for `True == 1`
    if not {value.__class__ for value in values} <= {str, int, bool}:
        raise CodecError(f"{values} cannot be sealed", "literals are text, int and bool")

    def known(value: Any) -> bool:
        return value.__class__ in (str, int, bool) and (value.__class__, value) in allowed

    def out(value: Any) -> Any:
        if known(value):
            return value
        raise _wrong(f"one of {values}", value)

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
        raise _wrong(kind.__name__, value)

    def back(value: Any) -> Any:
        found = members.get((value.__class__, value)) if value.__class__ in (str, int) else None
        return Unobserved(f"{value!r} is not a {kind.__name__} this version knows") if found is None else found

    return out, back


def _union(arguments: tuple[Any, ...]) -> tuple[Convert, Convert]:
    others = [a for a in arguments if a is not NoneType]
    if len(others) == 1:
        inner_out, inner_back = _plans(others[0])
        return (
            lambda value: None if value is None else inner_out(value),
            lambda value: None if value is None else inner_back(value),
        )
    if not set(arguments) <= {str, int, bool, NoneType}:
        raise CodecError(f"a union of {arguments} cannot be read back", "use one type, or plain text, int and bool")
    plans = {a: _plans(a)[0] for a in arguments}

    def same(value: Any) -> Any:
        if value.__class__ in plans:
            return plans[value.__class__](value)
        raise _wrong(" or ".join(a.__name__ for a in arguments), value)

    return same, same


def _sequence(origin: Any, arguments: tuple[Any, ...]) -> tuple[Convert, Convert]:
    if origin is tuple and arguments[-1:] != (Ellipsis,):
        raise CodecError(f"tuple[{arguments}] has no single item type", "use tuple[X, ...] or a dataclass")
    if origin is frozenset:
        return _set(*_plans(arguments[0]))
    item_out, item_back = _or_unobserved(*_plans(arguments[0]))

    def out(value: Any) -> Any:
        if value.__class__ is not tuple:
            raise _wrong("tuple", value)
        return [item_out(item) for item in value]

    def back(value: Any) -> Any:
        return tuple([item_back(item) for item in _exactly(list)(value)])

    return out, back


def _set(item_out: Convert, item_back: Convert) -> tuple[Convert, Convert]:
    """A set is sealed in the order of its items' bytes. It has no room for an unobserved item: then it is all so."""

    def out(value: Any) -> Any:
        if value.__class__ is not frozenset:
            raise _wrong("frozenset", value)
        return sorted((item_out(item) for item in value), key=_dump)

    def back(value: Any) -> Any:
        items = [item_back(item) for item in _exactly(list)(value)]
        unseen = [item for item in items if item.__class__ is Unobserved]
        return unseen[0] if unseen else frozenset(items)

    return out, back


def _mapping(arguments: tuple[Any, ...]) -> tuple[Convert, Convert]:
    if arguments[0] is not str:
        raise CodecError(f"dict[{arguments}] cannot be sealed", "keys are text")
    item_out, item_back = _or_unobserved(*_plans(arguments[1]))

    def out(value: Any) -> Any:
        if not isinstance(value, Mapping):
            raise _wrong("dict", value)
        return {_escape(key): item_out(value[key]) for key in _in_order(value)}

    def back(value: Any) -> Any:
        return {_unescape(key): item_back(item) for key, item in _exactly(dict)(value).items()}

    return out, back


def _or_unobserved(out: Convert, back: Convert) -> tuple[Convert, Convert]:
    def out_or_marker(value: Any) -> Any:
        return {"$unobserved": _text(value.reason)} if value.__class__ is Unobserved else out(value)

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
            raise _wrong(cls.__name__, value)
        missing = missing_fields(value) if honest else {}
        result: dict[str, Any] = {}
        for name, convert in outs:
            try:
                if name in missing:
                    result[name] = {"$unobserved": _text(missing[name])}
                else:
                    result[name] = convert(getattr(value, name))
            except CodecError as error:
                raise _at(cls, name, error) from error
        return result

    return out


def _record_back(cls: type, plans: Mapping[str, tuple[Convert, Convert]]) -> Convert:
    backs = [(name, _or_unobserved(*plan)[1]) for name, plan in plans.items()]
    honest = issubclass(cls, Observed)

    def back(value: Any) -> Any:
        if value.__class__ is not dict:
            raise _wrong(cls.__name__, value)
        known: dict[str, Any] = {}
        for name, convert in backs:
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
        return _plans(hint)
    except CodecError as error:
        raise _at(cls, name, error) from error


def _at(cls: type, name: str, error: CodecError) -> CodecError:
    return CodecError(f"{cls.__name__}.{name}: {error}", error.hint)


def _any_to_json(value: Any) -> Any:
    if value is None or value.__class__ is bool:
        return value
    if value.__class__ is str:
        return _text(value)
    if value.__class__ is int:
        return _integer(value)
    if isinstance(value, Mapping):
        return {_escape(key): _any_to_json(value[key]) for key in _in_order(value)}
    if value.__class__ in (tuple, list):
        return [_any_to_json(item) for item in value]
    if value.__class__ is datetime:
        return timestamp(value)
    if isinstance(value, Enum):
        return _any_to_json(value.value)
    raise _wrong("plain data", value)


def _any_from_json(value: Any) -> Any:
    if value.__class__ is dict:
        return {_unescape(key): _any_from_json(item) for key, item in value.items()}
    return [_any_from_json(item) for item in value] if value.__class__ is list else value


def _in_order(value: Mapping[Any, Any]) -> list[str]:
    """Keys in the order of RFC 8785, 3.2.3: by UTF-16 code units, which differs from code points beyond U+FFFF."""
    keys = list(value)
    if strange := [key.__class__.__name__ for key in keys if key.__class__ is not str]:
        raise CodecError(f"expected text as key, found {strange[0]}")
    try:
        return sorted(keys) if all(map(str.isascii, keys)) else sorted(keys, key=lambda k: k.encode("utf-16-be"))
    except UnicodeEncodeError as error:
        raise CodecError(f"expected text as key, found half a character: {error.reason}") from error


def _escape(key: str) -> str:
    return f"${key}" if key.startswith("$") else key


def _unescape(key: str) -> str:
    return key.removeprefix("$")


def _wrong(expected: str, value: object) -> CodecError:
    # The type alone: a value that does not fit may well be a secret in the wrong place.
    return CodecError(f"expected {expected}, found {value.__class__.__name__}")
