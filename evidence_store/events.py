"""Sealing what people did to the records they answer for: one leaf for each act, and one checkpoint over all at once.

What is signed by SSH is the act as it is sealed, people concealed: so the signature can be verified by anybody, without
any key of ours, also when somebody named there has been erased.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from core.codec import canonical, encode, parse
from evidence_store import records
from evidence_store.derived.derive import Sealed, apply
from evidence_store.log.append import Appender
from evidence_store.people.concealing import NO_PERSON, People
from evidence_store.records import EventSealed
from evidence_store.store import Store
from evidence_store.writer import refuse_broken_log, sign_checkpoint

NAMESPACE = "annexa"
"""Of signatures by SSH: one made for another purpose is none of ours."""

KEPT = frozenset(
    {
        *("check", "source", "scope", "status", "grade", "severity", "rule", "external", "nonconformities"),
        *("id", "control", "controls", "edition", "formula", "treatment", "digest"),
        *("topic", "fate", "kind", "areas", "area", "nonconformity"),
        *("seed", "part", "lines", "drawn_from", "in_sources"),
    }
)
"""What an act says that names things and places, and is compared with other tables: never a person."""

PERSONS = frozenset({"owner", "authors", "reviewer", "approved_by", "auditors", "owners", "recipients", "attended"})
"""What an act says that names a person, or several."""


def concealed(store: Store, bodies: Sequence[EventSealed]) -> list[EventSealed]:
    """The same without names: those who act, those who own, and whoever is known already. Raises `StoreError`."""
    people = People(store)
    named = {name for body in bodies for name in (body.login, body.author, *_persons(body.content))}
    people.meet(named - NO_PERSON)

    def conceal(name: str, value: Any) -> Any:
        if name in KEPT:
            return value
        if isinstance(value, str):
            return people.text(value)
        if isinstance(value, Mapping):
            return {key: conceal(key, each) for key, each in value.items()}
        return [conceal("", each) for each in value] if isinstance(value, list) else value

    return [
        replace(
            body,
            login=people.text(body.login),
            author=people.text(body.author),
            reason=people.text(body.reason),
            content=conceal("", body.content),
        )
        for body in bodies
    ]


def statement(origin: str, body: EventSealed) -> bytes:
    """The bytes that a signature by SSH is over: the log, and the concealed act without its signature."""
    content = parse(encode(body))
    del content["signature"]
    return b"annexa.act/v1\n" + origin.encode() + b"\n" + canonical(content) + b"\n"


def seal(
    store: Store,
    kind: str,
    bodies: Sequence[EventSealed],
    at: datetime,
    *,
    within: Callable[[Connection], None] = lambda _: None,
) -> list[int]:
    """Seal these concealed acts, all or none, and sign for them. Returns the positions of their leaves.

    `within` runs in the same transaction, before the first. Raises `RefusedActError` for what a record does not take,
    `StoreError`, `BrokenSealError`.
    """
    with store.pack(f"{kind}-{at:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}") as pack:
        digests = [pack.put(encode(body)) for body in bodies]
        pack.flush()
        with store.writing() as connection:
            refuse_broken_log(store, connection)
            within(connection)
            written = pack.flushed()
            pack.index(connection)
            appender = Appender(connection)
            positions = []
            for digest in digests:
                data = records.leaf(kind, "", at, digest)
                positions.append(appender.append(data))
                apply(connection, Sealed(positions[-1], data), written.__getitem__)
            sign_checkpoint(store, connection, appender)
    return positions


def _persons(content: Any, name: str = "") -> Iterator[str]:
    """Whom an act names, at whatever depth."""
    if isinstance(content, Mapping):
        for key, value in content.items():
            yield from _persons(value, key)
    elif isinstance(content, list):
        for each in content:
            yield from _persons(each, name)
    elif name in PERSONS and isinstance(content, str):
        yield content
