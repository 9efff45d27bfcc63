"""A copy of a store with a past, to tamper with: its rows and files, read and changed with other code than ours."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import zstandard

from evidence_store.database import DATABASE
from evidence_store.errors import BrokenSealError, StoreError
from evidence_store.log.notes import Verifier
from evidence_store.schema import DERIVED, metadata
from evidence_store.store import PACKS, PUBLIC_KEY
from evidence_store.timestamps.timestamp import Authority
from evidence_store.verification.verify import verify
from tests.evidence_store.worlds import World

Value = int | float | str | bytes | None
Row = dict[str, Value]

PROVES_NOTHING = {
    "person": "the keys of people: to lose one is what erasing means",
    "upload": "what a bucket answered when a pack was brought there: the pack is proven by its blobs",
}
"""Tables that no seal covers, and why: the campaign leaves them alone."""

MAY_BE_ADDED_TO = {"stamp", "publication"}
"""Tables of which what is sealed cannot be changed, and to which anybody may add: a row there is no proof by itself."""

KEYS_OF_PEOPLE = ("persons", "unpurged")
"""Rows of `about` that no seal covers either, for the same reason."""

TABLES = {table.name: table for table in metadata.sorted_tables if table.name not in PROVES_NOTHING}
DAMAGE = "malformed|not a database|cannot be read|is damaged"
"""How it is named that a file can no longer be read as what it is."""

PLACE = {"pack", "offset", "length", "size", "base"}
"""Columns that say where a blob lies: what counts is what is found there."""

DERIVED_TABLES = [table.name for table in DERIVED]


@dataclass(frozen=True, slots=True)
class Past:
    """What happened before somebody tampered, and what a person kept elsewhere: a key, a checkpoint, a root.

    `older` are copies of the whole store after each chapter but the last.
    """

    store: Path
    older: tuple[Path, ...]
    keys: Path
    key: Verifier
    published: str
    authority: Authority | None


@dataclass(frozen=True, slots=True)
class Content:
    """What a store says, read with other code than ours: rows as text by table and key, plain blobs by digest."""

    tables: Mapping[str, Mapping[str, str]]
    blobs: Mapping[str, str]
    public_key: bytes

    def unlike(self, other: Content) -> str:
        """How problems may name what is not the same in both; empty when everything is."""
        found = [f"{name}" for name in self.tables if self.tables[name] != other.tables.get(name)]
        blobs = {*self.blobs.items()} ^ {*other.blobs.items()}
        patterns = [f"table {name}" for name in found] + sorted({digest for digest, _ in blobs})
        patterns += [_word(name) for name in found] + [PUBLIC_KEY] * (self.public_key != other.public_key)
        return "|".join(patterns)


def _word(table: str) -> str:
    return {"entry": "the entries of", "about": "the store says|log.pub", "blob": "blob"}.get(table, rf"\b{table} ")


class Ground:
    """A copy of the store to tamper with. SQLite; its files may be spoiled as well as its rows."""

    def __init__(self, past: Past, folder: Path) -> None:
        self.past = past
        self.folder = folder
        self.restore()

    def restore(self, store: Path | None = None) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(store or self.past.store, self.folder)

    def found(self) -> tuple[str, ...]:
        """What verification says, given the first public key and the newest published checkpoint."""
        authorities = [self.past.authority] if self.past.authority else []
        world = World(self.folder.parent)
        try:
            with world.open(self.folder, self.folder.parent / "no-key.pem") as store:
                return verify(
                    store, verifier=self.past.key, published=[self.past.published], authorities=authorities
                ).problems
        except (StoreError, BrokenSealError) as error:
            return (str(error),)

    def connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.folder / DATABASE)
        connection.text_factory = lambda data: data.decode(errors="surrogateescape")
        connection.row_factory = sqlite3.Row
        return connection

    def rows(self, table: str) -> list[Row]:
        with closing(self.connect()) as connection:
            found = [dict(row) for row in connection.execute(f'SELECT * FROM "{table}" NOT INDEXED')]
        return [row for row in found if table != "about" or row["name"] not in KEYS_OF_PEOPLE]

    def change(self, table: str, row: Row, **values: Value) -> None:
        """Give a row other values."""
        new = ", ".join(f'"{column}" = {place(value)}' for column, value in values.items())
        which, key = where(table, row)
        self._execute(f'UPDATE "{table}" SET {new} WHERE {which}', [*map(given, values.values()), *key])

    def delete(self, table: str, row: Row) -> None:
        which, key = where(table, row)
        self._execute(f'DELETE FROM "{table}" WHERE {which}', key)

    def insert(self, table: str, row: Row) -> None:
        columns = ", ".join(f'"{column}"' for column in row)
        places = ", ".join(map(place, row.values()))
        self._execute(f'INSERT INTO "{table}" ({columns}) VALUES ({places})', list(map(given, row.values())))

    def content(self) -> Content | None:
        """Everything the store says, or `None` where it cannot be read to its end."""
        try:
            tables = {name: self._texts(name) for name in TABLES}
            blobs = {bytes(row["digest"]).hex(): row for row in self.rows("blob") if isinstance(row["digest"], bytes)}
            plain = {digest: self._plain(digest, blobs) for digest in blobs}
            return Content(tables, plain, (self.folder / PUBLIC_KEY).read_bytes())
        except (sqlite3.Error, OSError, ValueError, TypeError):
            return None

    def whole(self) -> bool:
        """Whether the file of the database is sound: an index may be damaged although every row can be read."""
        try:
            with closing(self.connect()) as connection:
                return [row[0] for row in connection.execute("PRAGMA integrity_check")] == ["ok"]
        except sqlite3.Error:
            return False

    def packs(self) -> list[Path]:
        return sorted((self.folder / PACKS).iterdir())

    def _execute(self, statement: str, values: Iterable[Value]) -> None:
        with closing(self.connect()) as connection, connection:
            for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                connection.execute(f'DROP TRIGGER "{trigger}"')  # whoever tampers does not ask
            connection.execute(statement, list(values))

    def _texts(self, table: str) -> dict[str, str]:
        ignored = PLACE if table == "blob" else set()
        return {
            repr(key_of(table, row)): repr([value for column, value in row.items() if column not in ignored])
            for row in self.rows(table)
        }

    def _plain(self, digest: str, rows: Mapping[str, Row], depth: int = 0) -> str:
        """What the bytes of a blob are by another name, or that there are none."""
        try:
            return hashlib.sha256(self.decoded(digest, rows, depth)).hexdigest()
        except (OSError, zstandard.ZstdError, KeyError, TypeError, ValueError, OverflowError, MemoryError):
            return "unreadable"

    def decoded(self, digest: str, rows: Mapping[str, Row], depth: int) -> bytes:
        row = rows[digest]
        offset, length, size, base = row["offset"], row["length"], row["size"], row.get("base")
        if depth > 64 or not isinstance(offset, int) or not isinstance(length, int) or min(offset, length) < 0:
            raise ValueError("no place of a frame")
        frame = (self.folder / PACKS / str(row["pack"])).read_bytes()[offset : offset + length]
        if len(frame) != length:
            raise ValueError("another length than the index says")
        against = None
        if isinstance(base, bytes):
            if frame[:8].hex() != "502a4d1820000000" or frame[8:40] != base:
                raise ValueError("no link to the base")
            frame = frame[40:]
            prefix = self.decoded(base.hex(), rows, depth + 1)
            against = zstandard.ZstdCompressionDict(prefix, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
        elif base is not None:
            raise ValueError("no digest of a base")
        reader = zstandard.ZstdDecompressor(dict_data=against, max_window_size=2**31).decompressobj()
        data = reader.decompress(frame)
        if not reader.eof or reader.unused_data or zstandard.frame_content_size(frame) != size or len(data) != size:
            raise ValueError("not one frame of the length that the index says")
        return data


def key_of(table: str, row: Row) -> tuple[Value, ...]:
    return tuple(row[column.name] for column in TABLES[table].primary_key.columns)


def where(table: str, row: Row) -> tuple[str, list[Value]]:
    columns = [column.name for column in TABLES[table].primary_key.columns]
    return " AND ".join(f'"{column}" IS {place(row[column])}' for column in columns), [given(row[c]) for c in columns]


def place(value: Value) -> str:
    return "CAST(? AS TEXT)" if isinstance(value, str) else "?"


def given(value: Value) -> Value:
    return value.encode(errors="surrogateescape") if isinstance(value, str) else value
