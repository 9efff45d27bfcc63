"""Dataclasses to canonical JSON and back. Sealed bytes come from here and nowhere else.

The encoding is RFC 8785 (JCS) on the subset we allow: no floats, integers below 2^53, no lone surrogates. What a type
hint promises is checked while encoding, so that a collector's bad value is refused before it is sealed.
"""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from core.plans import NOT_RECORDED, plan_for
from core.scalars import LARGEST_INTEGER, CodecError, Convert, any_to_json, moment, timestamp

__all__ = [
    "LARGEST_INTEGER", "NOT_RECORDED", "CodecError", "canonical", "decode", "encode", "moment", "parse", "timestamp",
]  # fmt: skip

T = TypeVar("T")
_dump = msgspec.json.Encoder().encode
_load = msgspec.json.Decoder().decode


def canonical(value: object) -> bytes:
    """RFC 8785 bytes of plain JSON data (dict, list, str, int, bool, None).

    Raises `CodecError` for anything else, and for integers that JSON readers may round.
    """
    return _bytes(any_to_json, value)


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


def _plan(cls: Any) -> tuple[Convert, Convert]:
    return plan_for(cls)  # a class is hashable, which type checkers do not believe


def _bytes(convert: Convert, value: Any) -> bytes:
    try:
        return _dump(convert(value))
    except RecursionError as error:
        raise CodecError(f"{value.__class__.__name__}: nested too deeply") from error
