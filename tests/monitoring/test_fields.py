"""Which fields differ: by example, and by what holds for any two resources."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitoring.fields import ABSENT, NOT_RECORDED, Field, FieldChange, changed_fields

UNSEEN = {"$unobserved": "fog"}


def sealed(value: dict[str, Any]) -> bytes:
    """The bytes, as they are: a key with one `$` is a marker of ours, and one with two is a stranger's."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def changed(before: dict[str, Any], after: dict[str, Any]) -> dict[str, tuple[Field, Field]]:
    found = changed_fields(sealed(before), sealed(after))
    return {each.path: (each.before, each.after) for each in found}


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ({"port": 22}, {"port": 2222}, {"port": (Field(22), Field(2222))}),
        ({"on": True}, {"on": 1}, {"on": (Field(True), Field(1))}),
        ({"o": {"a": 1, "b": 2}}, {"o": {"a": 1, "c": 3}}, {"o.b": (Field(2), ABSENT), "o.c": (ABSENT, Field(3))}),
        ({"o": {"$$set": 1}}, {"o": {"$$set": 2}}, {"o.$set": (Field(1), Field(2))}),
        ({"a": 1}, {"a": 1, "b": 2}, {"b": (NOT_RECORDED, Field(2))}),
        ({"a": UNSEEN}, {"a": 1}, {"a": (Field(unseen="fog"), Field(1))}),
        ({"a": {"b": 1}}, {"a": UNSEEN}, {"a": (Field({"b": 1}), Field(unseen="fog"))}),
        ({"o": {"a": 1}}, {"o": {"a": UNSEEN}}, {"o.a": (Field(1), Field(unseen="fog"))}),
        ({"l": ["a", "b"]}, {"l": ["b", "c"]}, {"l[]": (Field(["a"]), Field(["c"]))}),
        ({"l": ["a", "a"]}, {"l": ["a"]}, {"l[]": (Field(["a"]), ABSENT)}),
        ({"l": []}, {"l": [1]}, {"l[]": (ABSENT, Field([1]))}),
        ({"l": ["a", "b"]}, {"l": ["b", "a"]}, {"l": (Field(["a", "b"]), Field(["b", "a"]))}),
        (
            {"l": [{"id": "x", "p": 1}, {"id": "y", "p": 2}]},
            {"l": [{"id": "z", "p": 3}, {"id": "x", "p": 9}]},
            {"l[x].p": (Field(1), Field(9)), "l[y]": (Field({"id": "y", "p": 2}), ABSENT),
             "l[z]": (ABSENT, Field({"id": "z", "p": 3}))},
        ),
        (
            {"l": [{"id": "x"}, {"id": "y"}]},
            {"l": [{"id": "y"}, {"id": "x"}]},
            {"l": (Field([{"id": "x"}, {"id": "y"}]), Field([{"id": "y"}, {"id": "x"}]))},
        ),
        (
            {"l": [{"id": "x", "p": 1}, {"id": "x", "p": 2}]},
            {"l": [{"id": "x", "p": 1}]},
            {"l[]": (Field([{"id": "x", "p": 2}]), ABSENT)},
        ),
        ({"a": [1]}, {"a": 1}, {"a": (Field([1]), Field(1))}),
        (
            {"key": "[redacted: password, 12 bytes, 3f9a0c1d2e4b]"},
            {"key": "[redacted: password, 12 bytes, 000000000000]"},
            {"key": (Field("[redacted: password, 12 bytes, 3f9a0c1d2e4b]"),
                     Field("[redacted: password, 12 bytes, 000000000000]"))},
        ),
    ],
)  # fmt: skip
def test_fields(before: dict[str, Any], after: dict[str, Any], told: dict[str, tuple[Field, Field]]) -> None:
    assert changed(before, after) == told


NAMES = st.sampled_from(["id", "a", "b", "$$c"])
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-3, 3), st.sampled_from(["", "x", "y"]), st.just(UNSEEN))
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=8
)
RESOURCES = st.dictionaries(NAMES, VALUES, max_size=4)


@settings(max_examples=150, deadline=None)
@given(RESOURCES, RESOURCES)
def test_a_change_turned_round_is_the_change_back(one: dict[str, Any], other: dict[str, Any]) -> None:
    before, after = sealed(one), sealed(other)
    there, back = changed_fields(before, after), changed_fields(after, before)
    assert {FieldChange(each.path, each.after, each.before).path for each in there} == {each.path for each in back}
    assert sorted(map(repr, (FieldChange(each.path, each.after, each.before) for each in there))) == sorted(
        map(repr, back)
    )
    assert (there == ()) == (before == after)
    assert changed_fields(before, before) == ()
