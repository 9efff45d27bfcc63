"""Text, numbers, moments and plain data as they are sealed, each checked on its way out and on its way back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from enum import Enum
from types import NoneType
from typing import Any

from core.errors import AnnexaError

Convert = Callable[[Any], Any]
LATER = "later"
"""The metadata of a record's field that older evidence does not have: `field(default="", metadata={LATER: True})`.

The default must mean "not recorded". Resources have no such fields: what they lack is unobserved.
"""
LARGEST_INTEGER = 2**53 - 1


class CodecError(AnnexaError):
    """A value cannot be sealed, or sealed bytes are not what their type promises."""


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


def exactly(kind: type) -> Convert:
    def same(value: Any) -> Any:
        if value.__class__ is kind:
            return value
        raise wrong(kind.__name__, value)

    return same


def text_out(value: Any) -> str:
    if value.__class__ is not str:
        raise wrong("str", value)
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
    raise wrong("int below 2^53", value)


def _moment_out(value: Any) -> str:
    if value.__class__ is not datetime:
        raise wrong("datetime", value)
    return timestamp(value)


def _moment_in(value: Any) -> datetime:
    return moment(exactly(str)(value))


def _day_out(value: Any) -> str:
    if value.__class__ is not date:
        raise wrong("date", value)
    text: str = value.isoformat()
    return text


def _day_in(value: Any) -> date:
    try:
        return date.fromisoformat(exactly(str)(value))
    except ValueError as error:
        raise CodecError("expected a day, found other text") from error


SCALARS: dict[Any, tuple[Convert, Convert]] = {
    str: (text_out, exactly(str)),
    bool: (exactly(bool), exactly(bool)),
    int: (_integer, _integer),
    NoneType: (exactly(NoneType), exactly(NoneType)),
    datetime: (_moment_out, _moment_in),
    date: (_day_out, _day_in),
}


def any_to_json(value: Any) -> Any:
    if value is None or value.__class__ is bool:
        return value
    if value.__class__ is str:
        return text_out(value)
    if value.__class__ is int:
        return _integer(value)
    if isinstance(value, Mapping):
        return {escape(key): any_to_json(value[key]) for key in in_order(value)}
    if value.__class__ in (tuple, list):
        return [any_to_json(item) for item in value]
    if value.__class__ is datetime:
        return timestamp(value)
    if isinstance(value, Enum):
        return any_to_json(value.value)
    raise wrong("plain data", value)


def any_from_json(value: Any) -> Any:
    if value.__class__ is dict:
        return {unescape(key): any_from_json(item) for key, item in value.items()}
    return [any_from_json(item) for item in value] if value.__class__ is list else value


def in_order(value: Mapping[Any, Any]) -> list[str]:
    """Keys in the order of RFC 8785, 3.2.3: by UTF-16 code units, which differs from code points beyond U+FFFF."""
    keys = list(value)
    if strange := [key.__class__.__name__ for key in keys if key.__class__ is not str]:
        raise CodecError(f"expected text as key, found {strange[0]}")
    try:
        return sorted(keys) if all(map(str.isascii, keys)) else sorted(keys, key=lambda k: k.encode("utf-16-be"))
    except UnicodeEncodeError as error:
        raise CodecError(f"expected text as key, found half a character: {error.reason}") from error


def escape(key: str) -> str:
    return f"${key}" if key.startswith("$") else key


def unescape(key: str) -> str:
    return key.removeprefix("$")


def wrong(expected: str, value: object) -> CodecError:
    # The type alone: a value that does not fit may well be a secret in the wrong place.
    return CodecError(f"expected {expected}, found {value.__class__.__name__}")
