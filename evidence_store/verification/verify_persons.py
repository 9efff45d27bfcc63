"""Verification of the keys of people: they are not sealed, but what is sealed says whose there must be."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import Connection, select

from evidence_store.errors import StoreError
from evidence_store.keys import secret_file
from evidence_store.people.keyring import ABOUT, PersonSecret, mark_of, pseudonym, secret_path
from evidence_store.schema import erasure, person
from evidence_store.store import Store


def key_problems(store: Store, connection: Connection, named: Collection[bytes]) -> Iterator[str]:
    """Whom evidence names has a key, or a leaf that says it was destroyed, and never both.

    Rows themselves can be checked only where the secret is that wraps them.
    """
    rows = list(connection.execute(select(person).order_by(person.c.subject)))
    keys = {row.subject for row in rows}
    erased = {row.subject: row.position for row in connection.execute(select(erasure))}
    for subject in sorted(keys & erased.keys()):
        yield (
            f"table person: there is a key of {pseudonym(subject, erased=True)}, although leaf {erased[subject]} says "
            "that it was destroyed"
        )
    for subject in sorted(set(named) - keys - erased.keys()):
        yield (
            f"table person: the key of {pseudonym(subject, erased=False)}, whom evidence names, is gone, and no leaf "
            "says that it was destroyed"
        )
    yield from _row_problems(store, connection, rows)


def _row_problems(store: Store, connection: Connection, rows: Collection[Any]) -> Iterator[str]:
    mark = mark_of(connection)
    if rows and not mark:
        yield f"table about: {ABOUT} is missing, although there are keys of people"
    try:
        secret = PersonSecret(secret_file.load(secret_path(store.key_file)))
    except StoreError:
        return  # as the signing key's file: whoever verifies elsewhere does not have it
    if mark and secret.mark != mark:
        yield f"table about: {ABOUT} is not of the secret in {secret_path(store.key_file)}"
        return
    for row in rows:
        one = secret.unwrap(row.subject, row.wrapped)
        if one is None or secret.lookup(one.identifier) != row.lookup:
            yield f"table person: the row of {pseudonym(row.subject, erased=False)} was altered"
