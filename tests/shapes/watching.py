"""Fields that a server of ours showed in some test and that its publisher does not know: a slip in a fixture."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache

from core.engine import Collected
from tests.shapes import declared
from tests.shapes.schema import HERE, UNKNOWN_FIELD, Shapes

ANSWERED = "200"


def unknown_fields(provider: str, units: Iterable[Collected]) -> set[str]:
    """What answers held that the schema does not, and that is not declared. Words and kinds of values may be odd: many
    tests are about that."""
    return {
        complaint
        for unit in units
        for each in unit.unit.exchanges
        if each.status == ANSWERED
        for complaint in _unknown(provider, each.operation, unit.bodies.get(each.response, b""))
    }


@cache  # tests see the same answers again and again
def _unknown(provider: str, operation: str, body: bytes) -> frozenset[str]:
    shapes = _published(provider)
    if not shapes or not (kind := shapes.operations.get(operation)):
        return frozenset()
    try:
        found = shapes.compared(json.loads(body), kind, operation).complaints
    except ValueError:  # some tests spoil answers
        return frozenset()
    known = declared.ANSWERED.get(provider, {})
    return frozenset(each for each in found if each.endswith(UNKNOWN_FIELD) and each not in known)


@cache
def _published(provider: str) -> Shapes | None:
    """The shapes of a provider; `None` for one whose publisher gives none away."""
    return Shapes.of(provider) if (HERE / f"{provider}.json").exists() else None
