from __future__ import annotations

import re
import secrets
import subprocess
import sys
from dataclasses import replace
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, delete, insert, select, update

import evidence_store
from core.codec import decode, parse
from core.errors import AnnexaError
from core.model import Assessment
from core.resource import resource, unobserved
from core.resources.host.accounts import Account
from evidence_store import records
from evidence_store.acts import seal_act
from evidence_store.errors import StoreError
from evidence_store.keys import secret_file
from evidence_store.log.sealed import SealedLog
from evidence_store.log.trail import units_below
from evidence_store.people import erasure, keyring
from evidence_store.people.concealing import People, named_in, vocabulary
from evidence_store.people.keyring import Keyring, admit, destroy, pseudonym, secret_path
from evidence_store.people.persons import identifiers
from evidence_store.questions.queries import assessed, current_gaps, ended_findings, latest_evidence, leaf_data, scans
from evidence_store.questions.standing import current_findings
from evidence_store.records import ScanStarted
from evidence_store.retention.holds import Scope, place
from evidence_store.schema import about, person
from evidence_store.store import Store
from evidence_store.verification.verify import verify
from tests.evidence_store.tenants import bytes_of, judged, look, people, scan
from tests.evidence_store.worlds import BEGINNING, Look, World

A, B = "host/a", "host/b"
TALK = "a letter to alice@example.com"


@pytest.fixture
def lived(world: World) -> World:
    """Two scans of two machines with three people, one of whom is on both."""
    for _ in range(2):
        scan(world, {A: people("alice", "bob"), B: people("alice", "carol")}, answer=TALK, approved=["bob"])
    return world


def erase(world: World, *names: str, reason: str = "she asked") -> erasure.Erasure:
    decision = erasure.Decision(reason=reason, login="root", approver="Ada Lovelace")
    with world.open() as store:
        return erasure.erase(store, names, decision, world.tick())


def shown(world: World) -> set[str]:
    with world.open() as store, store.reading() as connection:
        return {each.resource for each in current_findings(store, connection)}


def problems(world: World) -> tuple[str, ...]:
    with world.open() as store:
        return verify(store).problems


def unpurged(world: World) -> str:
    ((mark,),) = world.rows("SELECT value FROM about WHERE name = 'unpurged'")
    return str(mark)


def test_nobody_is_named_in_what_is_sealed(lived: World) -> None:
    everything = bytes_of(lived)
    # As words of their own: three letters may well stand in a row in a signature or a token.
    assert not re.findall(rb"(?i)(?<![\w+/-])(?:alice|bob|carol|somebody)(?![\w+/=~-])", everything)
    assert b"nobody has approved" in everything
    assert problems(lived) == ()


def test_everybody_who_asks_sees_names(lived: World) -> None:
    with lived.open() as store, store.reading() as connection:
        found = {each.resource: each for each in current_findings(store, connection)}
        assert found["alice"].reason == "nobody has approved alice (/home/alice)"
        assert "bob" not in found
        evidence = {e.evidence.source: e.evidence for e in latest_evidence(store, connection, {Account.kind: Account})}
        assert tuple(evidence[A].resources) == people("alice", "bob")
        assert assessed(store, connection, found["alice"].leaf).settings["approved"] == ["bob"]
        (unit,) = units_below(store, connection, found["alice"].evidence[0], {Account.kind}, "")
        assert "alice:x:1001" in unit.exchanges[0][1].decode()
        assert "asked about alice" in unit.exchanges[0][0].parameters["command"]
        log = SealedLog(store, connection)
        assert {v.resource for v in log.verdicts(log.assessed(log.leaf(found["alice"].leaf)))} >= {"alice", "carol"}
        sought = Keyring(store, connection).concealed("alice")
    assert (sought,) in lived.rows("SELECT id FROM resource")


def test_unchanged_people_cost_no_row(lived: World) -> None:
    assert {row[0] for row in lived.rows("SELECT DISTINCT first FROM resource")} <= {1, 2}
    assert lived.rows("SELECT count(*) FROM finding WHERE ended <> ''") == [(0,)]


def test_an_answer_is_named_by_the_digest_of_what_was_kept(lived: World) -> None:
    with lived.open() as store, store.reading() as connection:
        log = SealedLog(store, connection)
        exchange = log.units(1)[0].unit.exchanges[0]
        kept = store.read_blob(connection)(bytes.fromhex(exchange.response))
    assert exchange.size == len(kept)
    assert b"~p1." in kept


def test_the_erased_are_named_nowhere_and_others_stay(lived: World) -> None:
    done = erase(lived, "alice", reason="Alice, whose login was alice, asked")
    called = done.pseudonyms["alice"]
    assert done.purged
    assert called in shown(lived)
    assert shown(lived) >= {"carol", "root"}
    assert problems(lived) == ()
    assert b"alice" not in bytes_of(lived)
    with lived.open() as store, store.reading() as connection:
        assert Keyring(store, connection).pseudonyms_of_erased() == {called}
        reason = Keyring(store, connection).reveal(store.read_blob(connection)(_body(connection, done.leaf)))
    assert parse(reason)["reason"] == f"Alice, whose login was {called}, asked"
    assert parse(reason)["approver"] == "Ada Lovelace"


def test_keys_leave_the_files_of_the_database(lived: World) -> None:
    with lived.open() as store, store.reading() as connection:
        before = list(connection.execute(select(person.c.wrapped)).scalars())
        alice = next(one for one in Keyring(store, connection).people.values() if one.identifier == "alice")
        (row,) = connection.execute(select(person).where(person.c.subject == alice.subject))
    erase(lived, "alice")
    files = b"".join(path.read_bytes() for path in lived.folder.rglob("*") if path.is_file())
    assert row.wrapped in before
    assert row.wrapped not in files
    assert row.lookup not in files
    if not lived.address:
        assert sum(each in files for each in before) == len(before) - 1


def test_two_erased_people_are_told_apart(lived: World) -> None:
    done = erase(lived, "alice", "carol")
    assert len(set(done.pseudonyms.values())) == 2
    assert set(done.pseudonyms.values()) <= shown(lived)
    assert lived.rows("SELECT count(*) FROM erasure") == [(2,)]


def test_erasing_twice_is_erasing_once(lived: World) -> None:
    first, second = erase(lived, "alice"), erase(lived, "alice", "nobody-here")
    assert (second.leaf, dict(second.pseudonyms), second.purged) == (-1, {}, True)
    assert lived.rows("SELECT max(position) FROM leaf") == [(first.leaf,)]


def test_who_is_seen_again_is_somebody_new(lived: World) -> None:
    called = erase(lived, "alice").pseudonyms["alice"]
    writer = scan(lived, {A: people("alice", "bob"), B: people("carol")})
    (said,) = writer.met_again
    assert said.startswith("host/a: erased people were here when it was last looked at (1), and people whom")
    assert "alice" in shown(lived)
    assert called not in shown(lived)
    assert problems(lived) == ()
    again = scan(lived, {A: people("alice", "bob", "dora"), B: people("carol")})
    assert again.met_again == []


def test_a_damaged_population_costs_no_scan(lived: World) -> None:
    erase(lived, "alice")
    lived.alter("DELETE FROM blob WHERE digest IN (SELECT population FROM coverage WHERE source = 'host/a')")
    assert scan(lived, {A: people("alice", "bob", "dora"), B: people("carol")}).met_again == []


def test_the_survey_says_where_somebody_occurs(lived: World) -> None:
    with lived.open() as store:
        found = erasure.survey(store, ["alice", "dora"])
    assert (found.identifiers, found.unknown, found.related) == (("alice",), ("dora",), ())
    assert (found.resources, found.verdicts) == (2, 2)
    assert found.sources == found.still_in == (A, B)
    assert [(each.source, each.count) for each in found.answers] == [(A, 1), (B, 1)]
    assert (found.answers[0].first, found.answers[0].last) == (1, 6)
    assert (found.in_clear, found.held, found.unread) == ((), (), 0)
    assert found.records > 0


def test_the_survey_names_what_else_may_be_the_same_person(lived: World) -> None:
    with lived.open() as store:
        admit(store, ["alice@example.com", "Malice"])
        assert erasure.survey(store, ["alice"]).related == ("alice@example.com",)


def test_who_was_not_known_then_is_found_in_clear(world: World) -> None:
    scan(world, {A: people("bob")}, answer="alice was here")
    scan(world, {A: people("alice", "bob")}, answer="alice was here")
    with world.open() as store:
        found = erasure.survey(store, ["alice"])
        assert found.in_clear == (1,)
    erase(world, "alice")
    with world.open() as store:
        assert erasure.survey(store, ["alice"]).in_clear == (1,)
        assert erasure.survey(store, ["~~"]).in_clear == ()


def test_what_is_gone_cannot_be_searched_and_that_is_said(lived: World) -> None:
    lived.alter("DELETE FROM blob WHERE digest IN (SELECT population FROM coverage WHERE source = 'host/a')")
    with lived.open() as store:
        assert erasure.survey(store, ["alice"]).unread == 1


def test_a_legal_hold_forbids_it(lived: World) -> None:
    with lived.open() as store:
        with store.reading() as connection:
            name = Keyring(store, connection).concealed("case of alice")
        place(store, name, Scope(source=B), reason="a court asked", login="root", at=lived.tick())
        assert erasure.survey(store, ["alice"]).held == ("case of alice",)
        assert erasure.survey(store, ["bob"]).held == ()
    assert "alice" not in name
    with pytest.raises(AnnexaError, match="legal holds cover evidence of them: case of alice"):
        erase(lived, "alice")
    assert "alice" in shown(lived)
    assert erase(lived, "bob").leaf > 0


def test_two_who_erase_at_once_do_it_once(lived: World, monkeypatch: pytest.MonkeyPatch) -> None:
    sealing = seal_act

    def after_another(store: Store, *rest: object, **more: object) -> int:
        with store.writing() as connection:
            destroy(connection, [one.subject for one in Keyring(store, connection).named(["alice"])])
        return sealing(store, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(erasure, "seal_act", after_another)
    with pytest.raises(AnnexaError, match="somebody else erased some of them meanwhile"):
        erase(lived, "alice")


def test_an_erasure_that_was_killed_is_finished_by_the_next_scan(lived: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasure, "purge", lambda _store: False)
    assert not erase(lived, "alice").purged
    assert re.fullmatch("keys of people, [0-9a-f]{16}", unpurged(lived))
    assert problems(lived) == ()
    scan(lived, {A: people("bob")})
    assert unpurged(lived) == ""


def test_keys_destroyed_while_others_leave_the_files_are_purged_as_well(
    lived: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasure, "purge", lambda _store: False)
    erase(lived, "alice")
    with lived.open() as store:
        purging = store.database.purge

        def and_then_another_erases() -> bool:
            done = purging()
            erase(lived, "bob")
            return done

        monkeypatch.setattr(store.database, "purge", and_then_another_erases)
        assert keyring.purge(store)
        assert unpurged(lived) != ""
        monkeypatch.setattr(store.database, "purge", purging)
        assert keyring.purge(store)
    assert unpurged(lived) == ""


def test_who_reads_the_store_keeps_it_from_being_purged(lived: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with lived.open() as store:
        monkeypatch.setattr(store.database, "purge", lambda: False)
        with store.writing() as connection:
            destroy(connection, [next(iter(Keyring(store, connection).people))])
            destroy(connection, [next(iter(Keyring(store, connection).people))])
        assert not keyring.purge(store)
    assert unpurged(lived).startswith("keys of people, ")


def test_a_reader_and_a_writer_keep_sqlite_from_writing_its_file_anew(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    if world.address:
        return  # PostgreSQL removes the old file while others still read it
    monkeypatch.setattr("evidence_store.database.sqlite.BUSY_MILLISECONDS", 50)
    scan(world, {A: people("alice")})
    with world.open() as reader, reader.reading() as connection:
        assert shown(world) >= {"alice"}
        assert leaf_data(connection, 0)
        assert not erase(world, "alice").purged
        assert scan(world, {A: people("bob")}).died == ()
    with world.open() as store, store.writing() as connection:
        connection.execute(delete(about).where(about.c.name == "nothing"))
        with world.open() as other, pytest.raises(StoreError, match="database is locked"):
            other.database.purge()
    assert erase(world, "alice").purged
    assert unpurged(world) == ""


def test_somebody_erased_while_a_scan_runs_is_met_anew(lived: World) -> None:
    with lived.open() as store:
        known = identifiers(["alice"])
        writer = People(store)
        assert writer.meet(known) == 0
        before = writer.assessment(_judged("alice")).findings[0].resource
        erase(lived, "alice")
        assert writer.meet(known) == 1
        assert writer.assessment(_judged("alice")).findings[0].resource != before


def test_without_the_secret_people_are_pseudonyms(lived: World) -> None:
    secret_path(lived.key_file).unlink()
    with lived.open() as store, store.reading() as connection:
        names = Keyring(store, connection)
        assert "the file is not there" in names.problem
        assert {each[:7] for each in shown(lived) - {"root", A, B}} == {"person-"}
        assert names.text("plain") == "plain"
    assert problems(lived) == ()
    with pytest.raises(StoreError, match="names cannot be concealed"):
        scan(lived, {A: people("alice")})
    with pytest.raises(AnnexaError, match="nobody can be told from others"):
        erase(lived, "alice")


def test_another_secret_opens_nothing(lived: World) -> None:
    secret_path(lived.key_file).write_text(secrets.token_hex(32))
    with lived.open() as store, store.reading() as connection:
        assert "not the secret of" in Keyring(store, connection).problem
    (problem,) = problems(lived)
    assert problem.startswith("table about: persons is not of the secret in ")


def test_a_secret_that_came_too_late_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    # Two agents on two machines begin a store at once: one of them has another file.
    scan(world, {A: ()})
    with world.create() as store:
        monkeypatch.setattr(secret_file, "load_or_create", lambda _path: secrets.token_bytes(32))
        with pytest.raises(StoreError, match="this is not the secret of"):
            admit(store, ["alice"])


def test_two_who_meet_somebody_at_once_know_one_person(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    scan(world, {A: ()})
    loading = secret_file.load_or_create
    with world.create() as store:

        def after_another(path: Path) -> bytes:
            monkeypatch.setattr(secret_file, "load_or_create", loading)
            admit(store, ["alice"])
            return loading(path)

        monkeypatch.setattr(secret_file, "load_or_create", after_another)
        concealment, new = admit(store, ["alice"])
        assert [one.identifier for one in new] == []
        assert concealment.text("alice") != "alice"


def test_no_two_people_have_one_pseudonym(monkeypatch: pytest.MonkeyPatch) -> None:
    made = iter([b"samesame1111", b"samesame2222", b"k" * 64, b"othersubject", b"k" * 64])
    taken = {b"same"}
    monkeypatch.setattr(secrets, "token_bytes", lambda count: next(x for x in made if len(x) == count))
    assert pseudonym(keyring._new("bob", taken).subject, erased=True) == f"erased-{b'othe'.hex()}"
    assert b"othe" in taken


def test_gaps_and_ended_verdicts_are_shown_with_names(lived: World) -> None:
    began = lived.rows("SELECT max(position) FROM leaf")[0][0]
    assert isinstance(began, int)
    scan(lived, {A: people("alice")}, gap="bob was denied")
    with lived.open() as store, store.reading() as connection:
        assert [gap.reason for gap in current_gaps(store, connection)] == ["bob was denied"]
        assert {each.resource for each in ended_findings(store, connection, began)} >= {"carol"}
    assert b"bob was" not in bytes_of(lived)


def test_a_verdict_about_a_whole_source_keeps_the_name_of_the_place(world: World) -> None:
    scan(world, {"host/alice": people("alice")})
    assert "host/alice" in shown(world)
    assert world.rows("SELECT resource FROM finding WHERE scope = '' AND resource = source") == [("host/alice",)]
    assert problems(world) == ()


def test_a_word_of_the_format_stays_what_it_is(world: World) -> None:
    # An account may be called like a field or a fixed value of what describes it.
    strange = people("home", "usable", "shadowed")
    scan(world, {A: strange})
    with world.open() as store, store.reading() as connection:
        (placed,) = latest_evidence(store, connection, {Account.kind: Account})
        assert placed.evidence.resources == strange
    erase(world, "home")
    with world.open() as store, store.reading() as connection:
        (placed,) = latest_evidence(store, connection, {Account.kind: Account})
        assert [each.shell for each in placed.evidence.resources if isinstance(each, Account)] == ["/bin/bash"] * 4
    assert problems(world) == ()


class Colour(Enum):
    RED = "red"
    NUMBER = 7


@resource("shy")
class Shy(Account):
    colours: dict[str, Colour]


def test_the_words_of_a_type_are_found_however_deep() -> None:
    names, values = vocabulary(Shy)
    assert {b"maximum_days", b"colours", b"$unobserved"} <= names
    assert {b"red", b"usable"} <= values


def test_who_was_not_observed_is_named_nowhere() -> None:
    seen = look(A, people("alice"), BEGINNING)
    unseen = replace(people("alice")[0], system=unobserved("denied"), uid=unobserved("denied"))
    assert list(named_in([seen])) == ["alice"]
    assert list(named_in([replace(seen, evidence=(replace(seen.evidence[0], resources=(unseen,)),))])) == []
    assert list(named_in([replace(seen, evidence=(replace(seen.evidence[0], resources=()),))])) == []


@pytest.mark.parametrize(
    ("changes", "person_there"),
    [
        ({}, True),
        ({"system": True}, False),
        ({"uid": 0, "system": False}, False),
        ({"uid": 65_534, "system": False}, False),
        ({"name": "ubuntu"}, False),
        ({"system": unobserved("no login.defs")}, True),
        ({"system": unobserved("no login.defs"), "uid": 999}, False),
    ],
)
def test_accounts_of_people_are_told_from_others(changes: dict[str, Any], person_there: bool) -> None:
    assert list(replace(people("alice")[0], **changes).persons()) == (["alice"] if person_there else [])


def test_a_world_without_people_has_none(world: World) -> None:
    world.scan(Look(doors={"front": 3}))
    assert b"somebody" not in bytes_of(world)  # who scans is a person, too
    with world.open() as store, store.reading() as connection:
        (state,) = scans(store, connection)
        started = decode(
            ScanStarted,
            Keyring(store, connection).revealing(store.read_blob(connection))(_body(connection, state.first_leaf)),
        )
    assert started.login == "somebody"


class TestVerification:
    def test_a_key_that_is_gone_without_a_tombstone_is_named(self, lived: World) -> None:
        with lived.open() as store, store.writing() as connection:
            (alice,) = Keyring(store, connection).named(["alice"])
            connection.execute(delete(person).where(person.c.subject == alice.subject))
        (problem,) = problems(lived)
        assert problem.startswith(f"table person: the key of {pseudonym(alice.subject, erased=False)}, whom evidence")
        assert problem.endswith("is gone, and no leaf says that it was destroyed")

    def test_a_key_that_came_back_is_named(self, lived: World) -> None:
        with lived.open() as store, store.reading() as connection:
            (alice,) = Keyring(store, connection).named(["alice"])
            row = connection.execute(select(person).where(person.c.subject == alice.subject)).mappings().one()
        leaf = erase(lived, "alice").leaf
        with lived.open() as store, store.writing() as connection:
            connection.execute(insert(person).values(dict(row)))
        (problem,) = problems(lived)
        assert problem.endswith(f"although leaf {leaf} says that it was destroyed")

    @pytest.mark.parametrize("column", ["wrapped", "lookup"])
    def test_a_row_that_was_altered_is_named(self, lived: World, column: str) -> None:
        with lived.open() as store, store.writing() as connection:
            (alice,) = Keyring(store, connection).named(["alice"])
            value = {column: secrets.token_bytes(80 if column == "wrapped" else 32)}
            connection.execute(update(person).where(person.c.subject == alice.subject).values(value))
        (problem,) = problems(lived)
        assert ("alice" in shown(lived)) == (column == "lookup")
        assert problem == f"table person: the row of {pseudonym(alice.subject, erased=False)} was altered"

    def test_a_mark_that_is_gone_is_named(self, lived: World) -> None:
        with lived.open() as store, store.writing() as connection:
            connection.execute(delete(about).where(about.c.name == keyring.ABOUT))
        assert problems(lived) == ("table about: persons is missing, although there are keys of people",)

    def test_a_tombstone_without_people_is_one(self, lived: World) -> None:
        body = records.Erased(salt="", subjects=(), reason="", login="root", approver="root")
        with lived.open() as store:
            seal_act(store, records.ERASURE, body, lived.tick())
        assert problems(lived) == ()


def _body(connection: Connection, position: int) -> bytes:
    return bytes.fromhex(parse(leaf_data(connection, position) or b"")["body"])


def _judged(name: str) -> Assessment:
    return judged(look(A, people(name)[:1], BEGINNING).evidence, BEGINNING)


NAMES = st.from_regex(r"[a-z][a-z0-9._-]{2,9}[a-z0-9]", fullmatch=True) | st.sampled_from(
    ["jos\u00e9", "o'brien", "may", "the", "approved", "home", "bash", "status", "kind"]
)


@settings(max_examples=6, deadline=None)
@given(
    here=st.lists(NAMES, min_size=1, max_size=4, unique=True),
    there=st.lists(NAMES, max_size=3, unique=True),
    data=st.data(),
)
def test_whoever_is_erased_is_gone_and_whoever_is_not_stays(
    tmp_path_factory: pytest.TempPathFactory, here: list[str], there: list[str], data: st.DataObject
) -> None:
    world = World(tmp_path_factory.mktemp("erased"))
    seen = {A: people(*here), B: people(*there)}
    for _ in range(2):
        scan(world, seen, answer=f"Said by {', '.join(here)}; asked\\n{here[0]}")
    everybody = sorted({*here, *there})
    gone = data.draw(st.lists(st.sampled_from(everybody), min_size=1, unique=True))
    called = erase(world, *gone).pseudonyms
    assert called.keys() == set(gone)
    assert problems(world) == ()
    assert shown(world) >= {*everybody, *called.values()} - set(gone)
    assert not shown(world) & set(gone)
    everything = bytes_of(world)
    # A name that only one machine has may be a word of the other one's evidence, sealed before anybody knew it.
    for name in set(gone) & set(here):
        spoken = re.findall(rb"(?<![\w.-])" + re.escape(name.encode()) + rb"(?![\w.-])", everything)
        assert not spoken or name in OURS


OURS = {"the", "approved", "home", "bash", "status", "kind", "may"}
"""Words of the format, and of this world's unsealed parts, that are nobody's."""


def test_the_stated_format_is_enough_to_read_names(lived: World, tmp_path: Path) -> None:
    if lived.address:
        return  # the page is about a SQLite file
    page = (Path(evidence_store.__file__).parent / "FORMAT.md").read_text(encoding="utf-8")
    (program,) = re.findall(r"```python\n(import re, sqlite3.*?)```", page, re.DOTALL)
    with lived.open() as store, store.reading() as connection:
        sealed = SealedLog(store, connection).units(1)[0].unit.exchanges[0].response
        kept = store.read_blob(connection)(bytes.fromhex(sealed))
    arguments = [sys.executable, "-c", program, str(lived.folder / "evidence.db"), str(secret_path(lived.key_file))]
    said = subprocess.run(arguments, input=kept + b" ~p1.~", capture_output=True, check=True)
    assert b"~p1." in kept
    assert said.stdout.decode().splitlines()[0] == "alice:x:1001:1001:/home/alice:/bin/bash"
    assert said.stdout.endswith(b" ~p1.")
