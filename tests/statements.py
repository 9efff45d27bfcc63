"""Statements are compiled once for all databases of a kind, not once for each: tests open thousands of them.

An engine keeps what it compiled for itself, and most of what a small test asked of a fresh store went into that.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from sqlalchemy import create_engine

from evidence_store.database import postgresql, sqlite


class Compiled(dict[Any, Any]):
    """What was compiled, by the kind of database instead of the one that it was compiled for first."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(_of_any(key), default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(_of_any(key), value)


def _of_any(key: tuple[Any, ...]) -> tuple[Any, ...]:
    dialect, *rest = key
    return (type(dialect), *rest)


COMPILED = Compiled()


for module in (sqlite, postgresql):
    module.create_engine = partial(  # type: ignore[attr-defined] # they import it by name
        create_engine, execution_options={"compiled_cache": COMPILED}
    )
