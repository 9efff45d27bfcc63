"""Events: sealed all or none, folded again from the log, without names, and refused where a record does not take them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from core.codec import CodecError, encode
from core.management.acceptance import Accepted, AcceptedFinding
from core.management.acts import Assigned, Closed, Grade, Raised, Similar
from core.management.events import RefusedActError, written
from core.management.subject import Subject
from core.model import Severity
from evidence_store import records
from evidence_store.derived.derive import Sealed, apply
from evidence_store.derived.rebuild import rebuild
from evidence_store.errors import BrokenSealError
from evidence_store.events import concealed, seal, statement
from evidence_store.log.append import Appender
from evidence_store.people.erasure import Decision, erase, survey
from evidence_store.questions.events import acceptances, events, how_many, nonconformities, sealed_event
from evidence_store.questions.past import Past
from evidence_store.records import EventSealed
from evidence_store.schema import event
from evidence_store.store import Store
from evidence_store.verification.verify import verify
from evidence_store.writer import sign_checkpoint
from tests.evidence_store.stranger import verify as verify_as_a_stranger
from tests.evidence_store.worlds import CHECK, Look, World
from tests.postgresql import ON_SQLITE

DUE = date(2026, 3, 2)
SUBJECT = Subject(check=CHECK, source="house/a", resource="front")
RAISED = Raised(
    title="wide", statement="Adelheid's door is wide", grade=Grade.MINOR, severity=Severity.HIGH, due=DUE, subjects=(SUBJECT,)
)  # fmt: skip


def body(act: Any, number: int = 1, record: str = "NC-0001", **said: str) -> EventSealed:
    name, content = written(act)
    values = {"login": "grace", "author": "Grace", "reason": "seen by Adelheid", **said}
    return EventSealed(salt=records.salt(), record=record, number=number, act=name, content=content, **values)


def sealed(
    world: World, *bodies: EventSealed, kind: str = records.NONCONFORMITY, at: datetime | None = None
) -> list[int]:
    with world.open() as store:
        return seal(store, kind, concealed(store, bodies), at or world.tick())


@pytest.fixture
def house(world: World) -> World:
    world.scan(Look(doors={"front": 120}))
    return world


def problems(world: World) -> tuple[str, ...]:
    with world.open() as store:
        return verify(store).problems


def test_events_are_sealed_folded_and_verified(house: World) -> None:
    assert sealed(house, body(RAISED)) == [4]
    assert sealed(house, body(Assigned(owner="Adelheid", due=DUE), 2)) == [5]
    with house.open() as store, store.reading() as connection:
        (found,) = nonconformities(store, connection).values()
        (done,) = events(store, connection, records.NONCONFORMITY).values()
        then = nonconformities(store, connection, Past(size=5, moment=house.now))
        assert how_many(connection, records.NONCONFORMITY) == 1
        assert acceptances(store, connection) == {}
    assert (found.id, found.stage, found.owner, found.statement, found.leaf) == (
        "NC-0001", "assigned", "Adelheid", "Adelheid's door is wide", 5,
    )  # fmt: skip
    assert [(each.number, each.author, each.login, each.leaf) for each in done] == [
        (1, "Grace", "grace", 4), (2, "Grace", "grace", 5),
    ]  # fmt: skip
    assert then["NC-0001"].stage == "raised"
    assert problems(house) == ()
    before = house.rows("SELECT * FROM event")
    with house.open() as store:
        rebuild(store, lambda _done, _all: None)
    assert house.rows("SELECT * FROM event") == before


def test_many_are_sealed_at_once_under_one_checkpoint(house: World) -> None:
    checkpoints = house.rows("SELECT count(*) FROM checkpoint")
    leaves = sealed(house, *(body(RAISED, record=f"NC-{n:04}") for n in range(1, 31)))
    assert leaves == list(range(4, 34))
    assert house.rows("SELECT count(*) FROM checkpoint") == [(int(str(checkpoints[0][0])) + 1,)]
    assert problems(house) == ()


def test_all_or_none(house: World) -> None:
    with pytest.raises(RefusedActError, match="NC-0002: somebody else changed it meanwhile"):
        sealed(house, body(RAISED), body(RAISED, 2, "NC-0002"))
    assert house.rows("SELECT count(*) FROM event") == [(0,)]
    assert problems(house) == ()


def test_the_second_of_two_who_act_at_once_is_refused(house: World) -> None:
    sealed(house, body(RAISED))
    sealed(house, body(Assigned(owner="Adelheid", due=DUE), 2))
    with pytest.raises(RefusedActError, match="somebody else changed it meanwhile"):
        sealed(house, body(Assigned(owner="Alan", due=DUE), 2))


def test_time_does_not_go_back_in_a_record(house: World) -> None:
    sealed(house, body(RAISED))
    with pytest.raises(RefusedActError, match="a clock was wrong"):
        sealed(house, body(Assigned(owner="Adelheid", due=DUE), 2), at=house.now - timedelta(days=1))


def test_what_runs_within_can_still_refuse(house: World) -> None:
    def refuse(_connection: object) -> None:
        raise RefusedActError("no")

    with house.open() as store, pytest.raises(RefusedActError, match="no"):
        seal(store, records.NONCONFORMITY, [body(RAISED)], house.tick(), within=refuse)
    assert house.rows("SELECT count(*) FROM leaf") == [(4,)]


def test_nobody_is_named_in_what_is_sealed(house: World) -> None:
    similar = Similar(subject=SUBJECT, status="fail", count=1, because="Adelheid says so")
    sealed(house, body(RAISED, login="grace", author="Grace Hopper"), body(Assigned(owner="Adelheid", due=DUE), 2))
    with house.open() as store, store.reading() as connection:
        kept = b"".join(connection.execute(select(event.c.body)).scalars())
        for name in (b"Adelheid", b"Grace", b"grace", b"Hopper"):
            assert name not in kept
        assert b"house/a" in kept
        assert b"front" in kept
        (found,) = nonconformities(store, connection).values()
        assert (found.owner, found.raised_by, found.statement) == (
            "Adelheid",
            "Grace Hopper",
            "Adelheid's door is wide",
        )
    with house.open() as store:
        (hidden,) = concealed(store, [replace(body(RAISED), content={"found": written_similar(similar)})])
    assert b"Adelheid" not in encode(hidden)
    assert problems(house) == ()


def written_similar(similar: Similar) -> list[dict[str, object]]:
    return [{"because": similar.because, "check": similar.subject.check, "count": similar.count}]


def test_who_is_erased_is_erased_from_records_too(house: World) -> None:
    sealed(house, body(RAISED), body(Assigned(owner="Adelheid", due=DUE), 2))
    with house.open() as store:
        assert survey(store, ["Adelheid"]).records == 2
        erase(store, ["Adelheid"], Decision(reason="asked for", login="x", approver="y"), house.tick())
        with store.reading() as connection:
            (found,) = nonconformities(store, connection).values()
    assert found.owner.startswith("erased-")
    assert found.statement == f"{found.owner}'s door is wide"
    assert problems(house) == ()


def test_an_acceptance_is_sealed_the_same_way(house: World) -> None:
    finding = AcceptedFinding(check=CHECK, source="house/a", scope="", resource="front", reason="it is wide")
    act = Accepted(findings=(finding,), risk="burglars", expires=house.now + timedelta(days=3))
    sealed(house, body(act, record="RA-0001"), kind=records.ACCEPTANCE)
    with house.open() as store, store.reading() as connection:
        (found,) = acceptances(store, connection).values()
    assert (found.findings, found.approver) == ((finding,), "Grace")
    assert problems(house) == ()


def test_a_signature_is_over_what_is_sealed(house: World) -> None:
    one = body(RAISED)
    assert statement("log/1", one) == statement("log/1", replace(one, signature="signed"))
    assert statement("log/1", one) != statement("log/2", one)
    assert statement("log/1", one) != statement("log/1", replace(one, reason="another"))
    (leaf,) = sealed(house, replace(one, signature="signed"))
    with house.open() as store, store.reading() as connection:
        assert sealed_event(connection, leaf).signature == "signed"


def append(store: Store, bodies: Sequence[bytes], at: datetime, *, derive: bool, sign: bool) -> None:
    """What somebody with the key can write past our commands."""
    with store.pack("by-hand") as pack:
        digests = [pack.put(data) for data in bodies]
        pack.flush()
        with store.writing() as connection:
            pack.index(connection)
            appender = Appender(connection)
            for digest in digests:
                data = records.leaf(records.NONCONFORMITY, "", at, digest)
                position = appender.append(data)
                if derive:
                    apply(connection, Sealed(position, data), store.read_blob(connection))
            if sign:
                sign_checkpoint(store, connection, appender)


def test_a_log_with_an_act_that_may_not_be_has_no_tables(house: World) -> None:
    with house.open() as store:
        append(store, [encode(body(RAISED)), encode(body(Closed(), 2))], house.tick(), derive=False, sign=True)
        found = verify(store).problems
        assert any("leaf 5: cannot be derived from: RefusedActError: NC-0001: is raised" in each for each in found)
        with pytest.raises(BrokenSealError, match="no tables can be derived from this log: RefusedActError"):
            rebuild(store, lambda _done, _all: None)


def test_an_act_of_a_newer_version_is_said_to_be_one(house: World) -> None:
    with pytest.raises(CodecError, match="there is no act named burned"):
        sealed(house, replace(body(RAISED), act="burned"))


def test_events_that_nobody_signed_for_are_found(house: World) -> None:
    with house.open() as store:
        append(store, [encode(body(RAISED))], house.tick(), derive=True, sign=False)
        assert verify(store).problems == ("checkpoint at size 5: missing, although leaf 4 is what a person decided",)


def test_every_act_has_its_own_checkpoint(house: World) -> None:
    sealed(house, body(RAISED))
    sealed(house, body(RAISED, record="NC-0002"))
    house.alter("DELETE FROM checkpoint WHERE size = 5")
    assert problems(house) == ("checkpoint at size 5: missing, although leaf 4 is what a person decided",)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET act = 'closed'",
        "UPDATE event SET record = 'NC-0002'",
        "UPDATE event SET body = x'7b7d'",
        "DELETE FROM event",
    ],
)
def test_rows_that_were_altered_by_hand_show(house: World, statement: str) -> None:
    sealed(house, body(RAISED))
    house.alter(statement)
    assert any("table event" in each for each in problems(house))


@pytest.mark.parametrize(
    "statement",
    ["UPDATE event SET number = 3, body = x'7b7d' WHERE number = 2", "DELETE FROM event WHERE number = 1"],
)
def test_altered_rows_make_no_record(house: World, statement: str) -> None:
    sealed(house, body(RAISED), body(Assigned(owner="Adelheid", due=DUE), 2))
    house.alter(statement)
    with (
        house.open() as store,
        store.reading() as connection,
        pytest.raises(BrokenSealError, match="table event: "),
    ):
        nonconformities(store, connection)


@ON_SQLITE
def test_a_stranger_verifies_a_store_with_events(house: World) -> None:
    sealed(house, body(RAISED), body(Assigned(owner="Adelheid", due=DUE), 2))
    assert verify_as_a_stranger(house.folder, (house.folder / "log.pub").read_text()) == []
