"""Looking for secrets in everything that is kept or shown, in every form in which they could stand there."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from sqlalchemy import select, text

from evidence_store.schema import blob
from evidence_store.store import Store
from tests.command_line import Folder


def kept(folder: Folder) -> Iterator[tuple[str, bytes]]:
    """Everything the store keeps: files as they are, every blob unpacked, and every cell of the database."""
    for path in folder.store.rglob("*"):
        if path.is_file():
            yield str(path), path.read_bytes()
    with Store.open(folder.location) as store, store.reading() as connection:
        read = store.read_blob(connection)
        for digest in connection.execute(select(blob.c.digest)).scalars():
            yield f"blob {digest.hex()}", read(digest)
        tables = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars()
        for table in list(tables):
            for row in connection.execute(text(f'SELECT * FROM "{table}"')):
                yield f"table {table}", b"\n".join(c if isinstance(c, bytes) else str(c).encode() for c in row)


def forms(secret: str) -> set[bytes]:
    """A secret as it is, in base64 at each offset, in hexadecimal, and escaped for JSON (twice) and for addresses."""
    plain = secret.encode()
    # What comes before and after shifts the digits: those that depend on the secret alone are the same.
    shifted = {base64.b64encode(b"\0" * shift + plain)[4 if shift else 0 : -4] for shift in range(3)}
    once = json.dumps(secret)[1:-1]
    escaped = {once, json.dumps(once)[1:-1], quote(secret, safe="")}
    return {plain, plain.hex().encode(), plain.hex().upper().encode(), *shifted, *(each.encode() for each in escaped)}


def leaks(places: Iterable[tuple[str, bytes]], secrets: Iterable[str]) -> list[str]:
    """Which secrets stand where."""
    wanted = [(secret, form) for secret in secrets for form in forms(secret)]
    return [f"{secret} in {place}" for place, data in places for secret, form in wanted if form in data]
