"""Which fields of a resource differ: paths, each with what stood there before and after. Pure.

Canonical JSON in, as it was sealed. Secrets are the marks they were sealed as. What nobody could see is `UNSEEN`, with
the reason, and never taken for a value that is gone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.codec import canonical, parse
from core.plans import NOT_RECORDED as NEVER_RECORDED
from core.scalars import unescape

IDENTIFYING = ("id", "arn", "name", "key", "sid")
"""Fields by which the items of a list are known again, if they all have one and no two the same."""


@dataclass(frozen=True, slots=True)
class Field:
    """One side of a field: its value, or that there was none, or why it could not be seen."""

    value: object = None
    absent: bool = False
    unseen: str = ""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """`path` is as in `options.port`, `rules[web].port`; `groups[]` stands for items of a list that are on one side."""

    path: str
    before: Field
    after: Field


ABSENT = Field(absent=True)
NOT_RECORDED = Field(unseen=NEVER_RECORDED)


def changed_fields(before: bytes, after: bytes) -> tuple[FieldChange, ...]:
    """How a resource changed, by its canonical bytes; empty for the same resource.

    A field of the resource itself that one side does not have was not recorded there: its version did not know it yet.
    """
    old, new = parse(before), parse(after)
    found: list[FieldChange] = []
    for name in sorted(old.keys() | new.keys()):
        if name not in old or name not in new:
            found.append(FieldChange(name, _side(old, name, NOT_RECORDED), _side(new, name, NOT_RECORDED)))
        else:
            found += _compare(name, old[name], new[name])
    return tuple(found)


def _compare(path: str, old: Any, new: Any) -> Iterator[FieldChange]:
    if canonical(old) == canonical(new):
        return
    if _plain_mapping(old) and _plain_mapping(new):
        for name in sorted(old.keys() | new.keys()):
            if name in old and name in new:
                yield from _compare(f"{path}.{unescape(name)}", old[name], new[name])
            else:
                yield FieldChange(f"{path}.{unescape(name)}", _side(old, name, ABSENT), _side(new, name, ABSENT))
    elif isinstance(old, list) and isinstance(new, list):
        yield from _compare_lists(path, old, new)
    else:
        yield FieldChange(path, _field(old), _field(new))


def _compare_lists(path: str, old: Sequence[Any], new: Sequence[Any]) -> Iterator[FieldChange]:
    by = next((name for name in IDENTIFYING if _known_by(name, old) and _known_by(name, new)), "")
    if by:
        before, after = ({str(item[by]): item for item in items} for items in (old, new))
        if before != after:
            for name in sorted(before.keys() | after.keys()):
                if name in before and name in after:
                    yield from _compare(f"{path}[{name}]", before[name], after[name])
                else:
                    yield FieldChange(f"{path}[{name}]", _side(before, name, ABSENT), _side(after, name, ABSENT))
            return
    gone, come = (_beyond(these, those) for these, those in ((old, new), (new, old)))
    if gone or come:
        yield FieldChange(f"{path}[]", Field(gone) if gone else ABSENT, Field(come) if come else ABSENT)
    else:
        yield FieldChange(path, Field(list(old)), Field(list(new)))  # only the order differs


def _beyond(items: Sequence[Any], others: Sequence[Any]) -> list[Any]:
    """The items that are not in the others, or not as often."""
    left = Counter(canonical(item) for item in others)
    found = []
    for item in items:
        name = canonical(item)
        if left[name]:
            left[name] -= 1
        else:
            found.append(item)
    return found


def _known_by(name: str, items: Sequence[Any]) -> bool:
    names = [item.get(name) for item in items if _plain_mapping(item)]
    texts = {each for each in names if isinstance(each, str)}
    return bool(items) and len(texts) == len(items)


def _plain_mapping(value: Any) -> bool:
    return isinstance(value, dict) and "$unobserved" not in value


def _side(values: Mapping[str, Any], name: str, otherwise: Field) -> Field:
    return _field(values[name]) if name in values else otherwise


def _field(value: Any) -> Field:
    if isinstance(value, dict) and "$unobserved" in value:
        return Field(unseen=str(value["$unobserved"]))
    return Field(value)
