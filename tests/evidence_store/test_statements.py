"""Statements and attestations in the log: read back as they were, named by no name, verified like everything else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import update

from core.management.attestation import Attested
from core.management.events import RefusedActError
from evidence_store import records
from evidence_store.derived.rebuild import rebuild
from evidence_store.errors import BrokenSealError
from evidence_store.events import concealed
from evidence_store.log.trail import ACTS
from evidence_store.questions.events import applicability, attestations, organization, risks
from evidence_store.questions.past import Past
from evidence_store.schema import event
from evidence_store.verification.verify import verify
from tests.core.management.test_attestation import SAID
from tests.core.management.test_statements import NOON, ORGANIZATION, REGISTER, SOA
from tests.evidence_store.stranger import verify as verify_as_a_stranger
from tests.evidence_store.test_events import body, house, sealed
from tests.evidence_store.worlds import World
from tests.postgresql import ON_SQLITE

STATED: dict[str, Any] = {
    records.ORGANIZATION: ORGANIZATION,
    records.APPLICABILITY: SOA,
    records.RISKS: REGISTER,
}
assert house  # a fixture that these tests share
READ: dict[str, Any] = {
    records.ORGANIZATION: organization,
    records.APPLICABILITY: applicability,
    records.RISKS: risks,
}


@pytest.fixture
def stated(house: World) -> World:
    for kind, said in STATED.items():
        sealed(house, body(said, record=kind), kind=kind)
    sealed(house, body(SAID, record="AT-0001"), kind=records.ATTESTATION)
    return house


def test_they_read_back_and_verify(stated: World) -> None:
    with stated.open() as store, store.reading() as connection:
        for kind, said in STATED.items():
            found = READ[kind](store, connection)
            assert (found.said, found.events, found.author) == (said, 1, "Grace")
            assert READ[kind](store, connection, Past(size=0, moment=NOON)) is None
        assert attestations(store, connection)["AT-0001"].said == SAID
        assert verify(store).problems == ()
    with stated.open() as store:
        rebuild(store, lambda _done, _all: None)
        with store.reading() as connection:
            assert organization(store, connection) is not None
    assert set(records.EVENTS) <= ACTS


@ON_SQLITE
def test_a_stranger_can_verify_them(stated: World) -> None:
    assert verify_as_a_stranger(stated.folder, (stated.folder / "log.pub").read_text()) == []


def test_nobody_is_named_in_what_is_sealed(house: World) -> None:
    with house.open() as store:
        for act in (*STATED.values(), SAID):
            (found,) = concealed(store, [body(act)])
            for name in ("Grace", "Ada", "Linus", "Eve"):
                assert name not in str(found.content)
        (found,) = concealed(store, [body(REGISTER)])
        assert "A.8.5" in str(found.content)


def test_the_newest_version_counts_and_none_is_overtaken(stated: World) -> None:
    sealed(stated, body(replace(SOA, rows=()), 2, record="applicability"), kind=records.APPLICABILITY)
    with stated.open() as store, store.reading() as connection:
        found = applicability(store, connection)
        assert found is not None
        assert (found.events, found.said.rows) == (2, ())
        before = applicability(store, connection, Past(size=found.leaf, moment=NOON))
        assert before is not None
        assert before.events == 1
    with pytest.raises(RefusedActError, match="somebody else changed it meanwhile"):
        sealed(stated, body(SOA, 2, record="applicability"), kind=records.APPLICABILITY)
    contradictory = replace(SOA, rows=(replace(SOA.rows[0], justification=""),))
    with pytest.raises(RefusedActError, match="has no justification"):
        sealed(stated, body(contradictory, 3, record="applicability"), kind=records.APPLICABILITY)
    nothing = replace(SAID, title="")
    assert isinstance(nothing, Attested)
    with pytest.raises(RefusedActError, match="title is missing"):
        sealed(stated, body(nothing, record="AT-0002"), kind=records.ATTESTATION)


def test_a_row_that_makes_no_statement_is_a_broken_seal(stated: World) -> None:
    with stated.open() as store:
        with store.writing() as connection:
            connection.execute(update(event).where(event.c.type == records.RISKS).values(body=b"{}"))
        with store.reading() as connection, pytest.raises(BrokenSealError, match="table event"):
            risks(store, connection)
