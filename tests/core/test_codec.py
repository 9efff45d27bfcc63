"""What is sealed reads back, in the bytes of RFC 8785, and what could not read back is refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from enum import Enum, IntEnum, StrEnum
from typing import Any, Literal, NamedTuple

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from core.codec import CodecError, canonical, decode, encode, moment, parse, timestamp
from core.resource import NotObservedError, Observed, Resource, Unobserved, missing_fields, part, resource, unobserved
from core.scalars import LATER


class Size(StrEnum):
    NONE = ""
    SMALL = "small"
    LARGE = "large"


class Level(IntEnum):
    ZERO = 0
    ONE = 1


@dataclass(frozen=True)
class Plain:
    """A record that is no resource."""

    name: str
    count: int


@part
class Inner(Observed):
    """A part with a part of every sort."""

    flag: bool
    size: Size
    tags: frozenset[str]
    more: Mapping[str, object]


@resource("test.everything")
class Everything(Resource):
    """One field of every type that can be sealed."""

    id: str
    number: int
    at: datetime
    day: date
    nothing: None
    maybe: int | None
    either: str | int | bool | None
    mode: Literal["a", "b", 1]
    size: Size
    level: Level
    parts: tuple[Inner, ...]
    by_name: dict[str, Inner]
    sizes: frozenset[Size]
    plain: Plain
    perhaps: Inner | None
    anything: Any
    nested: dict[str, tuple[int, ...]]


def _of(hint: Any) -> Any:
    """A kind with one field of this type."""
    name = "Odd"
    cls = type(name, (Resource,), {"__annotations__": {"id": str, "field": hint}, "__module__": __name__})
    return resource("test.odd")(cls)


text = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
integers = st.integers(-(2**53) + 1, 2**53 - 1)
plain_json = st.recursive(
    st.none() | st.booleans() | integers | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=8,
)


def _hideable(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return values | st.builds(Unobserved, text)


inners = st.builds(
    Inner,
    flag=_hideable(st.booleans()),
    size=_hideable(st.sampled_from(Size)),
    tags=_hideable(st.frozensets(text, max_size=3)),
    more=_hideable(st.dictionaries(text, plain_json, max_size=3)),
)
moments = st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
everything = st.builds(
    Everything,
    id=text,
    number=_hideable(integers),
    at=_hideable(moments),
    day=_hideable(st.dates()),
    nothing=st.none(),
    maybe=_hideable(st.none() | integers),
    either=_hideable(st.none() | integers | text | st.booleans()),
    mode=_hideable(st.sampled_from(["a", "b", 1])),
    size=_hideable(st.sampled_from(Size)),
    level=_hideable(st.sampled_from(Level)),
    parts=_hideable(st.lists(inners, max_size=2).map(tuple)),
    by_name=_hideable(st.dictionaries(text, inners, max_size=2)),
    sizes=_hideable(st.frozensets(st.sampled_from(Size))),
    plain=st.builds(Plain, name=text, count=integers),
    perhaps=_hideable(st.none() | inners),
    anything=_hideable(plain_json),
    nested=_hideable(st.dictionaries(text, st.lists(integers, max_size=2).map(tuple), max_size=2)),
)


@given(everything)
def test_what_is_sealed_reads_back(value: Everything) -> None:
    sealed = encode(value)
    back = decode(Everything, sealed)
    assert back == value
    assert encode(back) == sealed
    assert missing_fields(back) == missing_fields(value)


@given(everything)
def test_sealed_bytes_are_canonical(value: Everything) -> None:
    sealed = encode(value)
    assert rfc8785.dumps(json.loads(sealed)) == sealed


@given(plain_json)
def test_canonical_bytes_are_those_of_the_rfc8785_package(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(_escaped(value))


def _escaped(value: Any) -> Any:
    if isinstance(value, dict):
        return {f"${key}" if key.startswith("$") else key: _escaped(item) for key, item in value.items()}
    return [_escaped(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    "value",
    [
        {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\x80": 6, "\xf6": 7},  # RFC 8785, 3.2.3
        {"\uffff": 1, "\U00010000": 2, "z": 3},
        ['\x00\x1f\x7f\b\t\n\f\r"\\/\u2028\u2029\U0001f600'],
        {"": {}, "a": [], "b": None},
        [2**53 - 1, -(2**53) + 1, 0],
    ],
)
def test_order_and_escapes_follow_the_rfc(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)


def test_moments_enums_and_tuples_are_sealed_as_plain_data() -> None:
    at = datetime(2026, 1, 31, 13, tzinfo=timezone(timedelta(hours=1)))
    assert canonical({"at": at, "size": Size.LARGE, "list": (1, 2)}) == (
        b'{"at":"2026-01-31T12:00:00Z","list":[1,2],"size":"large"}'
    )
    assert moment(timestamp(at)) == at


@pytest.mark.parametrize(
    ("hint", "value", "problem"),
    [
        (int, 2**53, "expected int below 2^53, found int"),
        (int, -(2**53), "expected int below 2^53, found int"),
        (int, True, "expected int below 2^53, found bool"),
        (int, "s3cret", "expected int below 2^53, found str"),
        (bool, 1, "expected bool, found int"),
        (str, b"s3cret", "expected str, found bytes"),
        (str, "s3cret\ud800", "expected text, found half a character: surrogates not allowed"),
        (Any, {"a": "s3cret\udfff"}, "expected text, found half a character: surrogates not allowed"),
        (Any, {"s3cret\udfff": 1}, "expected text as key, found half a character: surrogates not allowed"),
        (Any, {1: "s3cret"}, "expected text as key, found int"),
        (Any, 1.5, "expected plain data, found float"),
        (Any, {"s3cret"}, "expected plain data, found set"),
        (object, [2**53], "expected int below 2^53, found int"),
        (datetime, datetime(2026, 1, 31), "expected a moment with a time zone, found one without"),  # noqa: DTZ001
        (
            datetime,
            datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1))),
            "a moment lies outside the years 1 to 9999 of UTC",
        ),
        (datetime, date(2026, 1, 31), "expected datetime, found date"),
        (date, datetime(2026, 1, 31, tzinfo=UTC), "expected date, found datetime"),
        (tuple[str, ...], ["s3cret"], "expected tuple, found list"),
        (tuple[int, ...], ("s3cret",), "expected int below 2^53, found str"),
        (frozenset[str], {"s3cret"}, "expected frozenset, found set"),
        (dict[str, int], [("s3cret", 1)], "expected dict, found list"),
        (dict[str, int], {"a": "s3cret"}, "expected int below 2^53, found str"),
        (Size, "small", "expected Size, found str"),
        (Literal["a", "b"], "s3cret", "expected one of ('a', 'b'), found str"),
        (Literal[1], True, "expected one of (1,), found bool"),
        (Literal["a"], ["s3cret"], "expected one of ('a',), found list"),
        (str | int, b"s3cret", "expected str or int, found bytes"),
        (int | None, "s3cret", "expected int below 2^53, found str"),
        (Plain, "s3cret", "expected Plain, found str"),
        (Plain, Plain("s3cret", "s3cret"), "Plain.count: expected int below 2^53, found str"),  # type: ignore[arg-type]
        (int, Unobserved("s3cret\ud800"), "expected text, found half a character: surrogates not allowed"),
    ],
)
def test_a_wrong_value_is_refused_by_class_and_field_and_never_shown(hint: Any, value: object, problem: str) -> None:
    with pytest.raises(CodecError) as refused:
        encode(_of(hint)(id="1", field=value))
    assert str(refused.value) == f"Odd.field: {problem}"
    assert "s3cret" not in str(refused.value)


class Fraction(Enum):
    HALF = 0.5


class Pair(NamedTuple):
    left: int
    right: int


@pytest.mark.parametrize(
    ("hint", "problem"),
    [
        (float, "cannot be sealed"),
        (set[str], "cannot be sealed"),
        (list[str], "cannot be sealed"),
        (bytes, "cannot be sealed"),
        (dict, "cannot be sealed"),
        (Pair, "cannot be sealed"),
        (dict[int, str], "cannot be sealed"),
        (tuple[int, str], "has no single item type"),
        (Plain | str, "cannot be read back"),
        (datetime | str, "cannot be read back"),
        (tuple[Plain | str, ...], "cannot be read back"),
        (Literal[b"a"], "literals are text, int and bool"),
        (Fraction, "the values of enums are text or int"),
    ],
)
def test_a_type_that_could_not_be_read_back_is_refused_by_class_and_field(hint: Any, problem: str) -> None:
    with pytest.raises(CodecError, match=r"^Odd\.field: ") as refused:
        encode(_of(hint)(id="1", field="s3cret"))
    assert problem in f"{refused.value} {refused.value.hint}"
    assert "s3cret" not in str(refused.value)


def test_what_has_no_type_of_ours_cannot_be_sealed_at_all() -> None:
    with pytest.raises(CodecError, match="cannot be sealed"):
        encode(NotImplemented)
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(CodecError, match="list: nested too deeply"):
        canonical(deep)


def test_a_strangers_key_cannot_forge_a_marker() -> None:
    forged = {"$unobserved": "trust me", "$$": 1, "$": 2}
    for hint in (Any, dict[str, Any], Mapping[str, object]):
        odd = _of(hint)
        back = decode(odd, encode(odd(id="1", field=forged)))
        assert missing_fields(back) == {}
        assert back.field == forged
    inner = {"$unobserved": "trust me"}
    odd = _of(dict[str, dict[str, str]])
    assert decode(odd, encode(odd(id="1", field={"a": inner}))).field == {"a": inner}
    assert parse(canonical(forged)) == {"$$unobserved": "trust me", "$$$": 1, "$$": 2}


def test_fields_that_old_evidence_does_not_have_come_back_unobserved() -> None:
    back = decode(Inner, b'{"flag":true}')
    assert back.flag
    with pytest.raises(NotObservedError, match="size was not observed: not recorded when this evidence was collected"):
        _ = back.size


def test_fields_that_this_version_no_longer_knows_are_passed_over() -> None:
    assert decode(Inner, b'{"flag":true,"gone":1}').flag


def test_a_value_of_a_newer_version_comes_back_unobserved() -> None:
    old = {"size": "huge", "level": 7, "mode": "z", "sizes": ["small", "huge"], "flag": True}
    back = decode(Everything, canonical(old))
    reasons = missing_fields(back)
    assert reasons["size"] == "'huge' is not a Size this version knows"
    assert reasons["level"] == "7 is not a Level this version knows"
    assert reasons["mode"] == "'z' is not a value this version knows"
    assert reasons["sizes"] == "'huge' is not a Size this version knows"  # a set that is not whole is no set
    for strange in (True, ["small"], {"a": "b"}, None, 1):
        assert "size" in missing_fields(decode(Everything, canonical({"size": strange})))
        assert missing_fields(decode(_of(Literal["a"]), canonical({"field": strange}))).keys() == {"id", "field"}
    for member in (Size.NONE, Level.ZERO):  # falsy members are members
        odd = _of(type(member))
        assert missing_fields(decode(odd, encode(odd(id="1", field=member)))) == {}


def test_unobserved_items_keep_their_place() -> None:
    odd = _of(tuple[int, ...])
    back = decode(odd, encode(odd(id="1", field=(1, unobserved("fog"), 3))))
    first, second, third = back.field
    assert (first, second.reason, third) == (1, "fog", 3)


@pytest.mark.parametrize(
    ("sealed", "problem"),
    [
        (b'{"name":"a"}', "Plain.count: not recorded when this evidence was collected"),
        (b'{"name":"a","count":{"$unobserved":"fog"}}', "Plain.count: fog"),
        (b'{"name":"a","count":"many"}', "Plain.count: expected int below 2^53, found str"),
        (b'{"name":"a","count":1.5}', "Plain.count: expected int below 2^53, found float"),
        (b"[]", "expected Plain, found list"),
    ],
)
def test_a_plain_record_has_no_room_for_what_is_missing(sealed: bytes, problem: str) -> None:
    with pytest.raises(CodecError) as refused:
        decode(Plain, sealed)
    assert str(refused.value) == problem


@pytest.mark.parametrize(
    ("hint", "sealed", "problem"),
    [
        (datetime, "yesterday", "expected a moment, found other text"),
        (datetime, "2026-01-31T12:00:00", "expected a moment with a time zone, found one without"),
        (datetime, "0001-01-01T00:00:00+01:00", "expected a moment, found other text"),
        (datetime, 1, "expected str, found int"),
        (date, "someday", "expected a day, found other text"),
        (tuple[int, ...], {}, "expected list, found dict"),
        (frozenset[str], "a", "expected list, found str"),
        (dict[str, int], [], "expected dict, found list"),
        (str | int, [], "expected str or int, found list"),
    ],
)
def test_sealed_bytes_that_are_not_what_their_type_promises_are_refused(hint: Any, sealed: Any, problem: str) -> None:
    with pytest.raises(CodecError) as refused:
        decode(_of(hint), canonical({"id": "1", "field": sealed}))
    assert str(refused.value) == f"Odd.field: {problem}"


@pytest.mark.parametrize("garbage", [b"", b"{", b"\xff\xfe", b'{"a":"\xff"}', b"nan", b"[" * 100_000])
def test_garbage_is_no_json(garbage: bytes) -> None:
    with pytest.raises(CodecError, match="sealed bytes are n"):
        parse(garbage)


@dataclass(frozen=True)
class Grown:
    """A record that has got two fields since it was first sealed."""

    name: str
    place: str = field(default="", metadata={LATER: True})
    tags: tuple[str, ...] = field(default=(), metadata={LATER: True})
    count: int = 0


def test_a_record_may_grow_by_fields_that_say_so() -> None:
    assert decode(Grown, b'{"count":1,"name":"a"}') == Grown("a", count=1)
    grown = Grown("a", "here", ("b",), 2)
    assert decode(Grown, encode(grown)) == grown


def test_a_default_alone_is_no_answer() -> None:
    with pytest.raises(CodecError, match=r"Grown\.count: not recorded when this evidence was collected"):
        decode(Grown, b'{"name":"a"}')
    with pytest.raises(CodecError, match=r"Grown\.place: expected"):
        decode(Grown, b'{"count":1,"name":"a","place":1}')
