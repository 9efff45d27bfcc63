"""Text that PostgreSQL refuses: U+0000. Evidence may hold it, so it is written as two characters that it takes.

U+0000 becomes U+0001 U+0001, and U+0001 becomes U+0001 U+0002. Nothing else changes, no two texts become one, and
their order stays that of their bytes, so rows of both databases can be compared as they come.
"""

from __future__ import annotations

from typing import Any

from psycopg import Connection
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.types.string import StrDumperUnknown

NUL, ESCAPE = "\x00", "\x01"


def escaped(text: str) -> str:
    """Text as the database takes it."""
    if NUL in text or ESCAPE in text:
        return text.replace(ESCAPE, "\x01\x02").replace(NUL, "\x01\x01")
    return text


def plain(text: str) -> str:
    """Text as it was."""
    if ESCAPE in text:
        return text.replace("\x01\x01", NUL).replace("\x01\x02", ESCAPE)
    return text


class _Dumper(StrDumperUnknown):
    def dump(self, obj: str) -> Buffer | None:
        return super().dump(escaped(obj))


class _Loader(Loader):
    def load(self, data: Buffer) -> str:
        return plain(bytes(data).decode())


def adapt(connection: Connection[Any]) -> None:
    """Have a connection write and read all text so."""
    connection.adapters.register_dumper(str, _Dumper)
    for name in ("text", "varchar"):
        connection.adapters.register_loader(name, _Loader)
