from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

import evidence_store
from evidence_store.log.trail import LeafProof, prove
from evidence_store.questions.queries import seal
from evidence_store.questions.states import StampState
from evidence_store.timestamps.stamps import stamp_newest
from evidence_store.timestamps.timestamp import Authority
from evidence_store.verification.verify import Verification, verify
from runs.clock import now
from tests.evidence_store.authority import Server, Tsa, answering, openssl_accepts, serving
from tests.evidence_store.worlds import Look, World
from tests.postgresql import ON_SQLITE

HOUSE = Look(doors={"front": 90, "back": 120})
LENIENCE = timedelta(seconds=60)
"""More than the accuracy of the authority and the duration of a test's step on a busy machine."""


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Tsa:
    return Tsa.make(tmp_path_factory.mktemp("tsa") / "good")


@pytest.fixture
def server(tsa: Tsa) -> Iterator[Server]:
    with serving(answering(tsa.reply)) as running:
        yield running


@pytest.fixture
def one(tsa: Tsa, server: Server) -> Authority:
    return Authority("one", server.url, tsa.root)


def _stamp(world: World, *authorities: Authority, clock: Callable[[], datetime] = now) -> None:
    with world.open() as store:
        stamp_newest(store, authorities, clock)


def _verify(world: World, *authorities: Authority) -> Verification:
    with world.open() as store:
        return verify(store, authorities=authorities)


def _prove(world: World, position: int, authorities: Sequence[Authority] | None = ()) -> LeafProof:
    with world.open() as store, store.reading() as connection:
        return prove(store, connection, position, authorities)


def _states(world: World) -> tuple[StampState, ...]:
    with world.open() as store, store.reading() as connection:
        found = seal(store, connection)
    assert found is not None
    return found.stamps


def _broken(server: Server) -> None:
    server.behave = answering(lambda _query: b"", status=500)


def _size(world: World) -> int:
    (size,) = world.rows("SELECT max(size) FROM checkpoint")[0]
    assert isinstance(size, int)
    return size


def test_the_newest_checkpoint_is_stamped_and_openssl_verifies_what_is_stored(
    world: World, one: Authority, tsa: Tsa, tmp_path: Path
) -> None:
    world.scan(HOUSE)
    world.scan(HOUSE)
    _stamp(world, one)
    ((size, response, note),) = world.rows(
        "SELECT stamp.size, response, note FROM stamp JOIN checkpoint ON stamp.size = checkpoint.size"
    )
    assert size == _size(world)
    assert isinstance(response, bytes)
    assert isinstance(note, str)
    assert openssl_accepts(tmp_path / "oracle", response, note.encode(), tsa.root)
    found = _verify(world, one)
    assert found.problems == ()
    assert found.clock == ()
    assert found.stamps == ("one: checkpoints stamped: 1, verified with the certificate in the configuration",)
    (state,) = _states(world)
    assert state.time is not None
    assert abs(state.time - now()) < LENIENCE
    assert state.problem == ""
    assert state.clock == ""


def test_a_checkpoint_that_is_stamped_is_not_stamped_again(world: World, one: Authority, server: Server) -> None:
    world.scan(HOUSE)
    _stamp(world, one)
    _stamp(world, one)
    assert len(server.queries) == 1
    assert world.rows("SELECT count(*) FROM stamp") == [(1,)]


def test_a_store_without_a_checkpoint_has_nothing_to_stamp(world: World, one: Authority, server: Server) -> None:
    world.scan(HOUSE, dies=True)
    _stamp(world, one)
    assert server.queries == []
    proof = _prove(world, 0)
    assert proof.not_before is None
    assert proof.not_after is None


def test_a_missing_stamp_is_recorded_and_asked_for_again_after_the_next_scan(
    world: World, one: Authority, server: Server, tsa: Tsa
) -> None:
    world.scan(HOUSE)
    _broken(server)
    _stamp(world, one)
    assert world.rows("SELECT size, authority, problem, response FROM stamp") == [
        (_size(world), "one", "it answered with the status 500", b"")
    ]
    (state,) = _states(world)
    assert state.time is None
    assert state.problem == "it answered with the status 500"
    found = _verify(world, one)
    assert found.problems == ()
    assert found.stamps == ("one: checkpoints stamped: 0, asked in vain: 1",)

    server.behave = answering(tsa.reply)
    world.scan(HOUSE)
    _stamp(world, one)
    assert _states(world)[0].problem == ""
    assert _verify(world, one).stamps == (
        "one: checkpoints stamped: 1, asked in vain: 1, verified with the certificate in the configuration",
    )


def test_an_attempt_that_succeeds_later_stands_beside_the_one_that_failed(
    world: World, one: Authority, server: Server, tsa: Tsa
) -> None:
    world.scan(HOUSE)
    _broken(server)
    _stamp(world, one)
    _stamp(world, one)
    server.behave = answering(tsa.reply)
    _stamp(world, one)
    assert [row[0] for row in world.rows("SELECT attempt FROM stamp ORDER BY attempt")] == [1, 2, 3]
    (state,) = _states(world)
    assert state.time is not None
    assert _verify(world, one).problems == ()


def test_one_authority_that_fails_takes_nothing_from_another(world: World, one: Authority, tsa: Tsa) -> None:
    with serving(answering(lambda _query: b"x")) as other:
        world.scan(HOUSE)
        _stamp(world, Authority("two", other.url, tsa.root), one)
    states = {state.authority: state for state in _states(world)}
    assert states["one"].time is not None
    assert states["two"].time is None
    assert "not an RFC 3161 response" in states["two"].problem


def test_a_leaf_was_sealed_between_the_stamp_before_its_scan_and_the_one_after(world: World, one: Authority) -> None:
    world.scan(HOUSE)
    _stamp(world, one)
    between = now()
    first = _size(world)
    world.scan(HOUSE)
    _stamp(world, one)
    for position in (0, first - 1):
        proof = _prove(world, position, [one])
        assert proof.not_before is None, "nothing was stamped before it"
        assert proof.not_after is not None
        assert proof.not_after.size == first
        assert abs(proof.not_after.time - between) < LENIENCE
    for position in (first, _size(world) - 1):
        proof = _prove(world, position, [one])
        assert proof.not_before is not None
        assert proof.not_after is not None
        assert (proof.not_before.size, proof.not_after.size) == (first, _size(world))
        assert proof.not_before.authority == proof.not_after.authority == "one"
        assert proof.not_before.against == "the certificate in the configuration"
        assert proof.not_before.time <= between + LENIENCE
        assert proof.not_before.time < proof.not_after.time
        assert proof.refused == ()


def test_a_leaf_after_the_last_stamp_has_only_a_beginning(world: World, one: Authority) -> None:
    world.scan(HOUSE)
    _stamp(world, one)
    first = _size(world)
    world.scan(HOUSE)
    proof = _prove(world, first)
    assert proof.not_before is not None
    assert proof.not_after is None


def test_a_scan_without_a_stamp_lies_between_its_neighbours(world: World, one: Authority) -> None:
    sizes = []
    for stamped in (True, False, True):
        world.scan(HOUSE)
        sizes.append(_size(world))
        if stamped:
            _stamp(world, one)
    proof = _prove(world, sizes[0])
    assert proof.not_before is not None
    assert proof.not_after is not None
    assert (proof.not_before.size, proof.not_after.size) == (sizes[0], sizes[2])


def test_of_several_authorities_the_narrowest_moments_count(world: World, one: Authority, tmp_path: Path) -> None:
    vague = Tsa.make(tmp_path / "vague", accuracy="accuracy = secs:40")
    with serving(answering(vague.reply)) as server:
        two = Authority("two", server.url, vague.root)
        world.scan(HOUSE)
        _stamp(world, two, one)
        first = _size(world)
        world.scan(HOUSE)
        _stamp(world, two, one)
    proof = _prove(world, first, [one, two])
    assert proof.not_before is not None
    assert proof.not_after is not None
    assert (proof.not_before.authority, proof.not_after.authority) == ("one", "one")


def test_without_being_asked_for_time_a_proof_looks_at_no_stamp(world: World, one: Authority) -> None:
    world.scan(HOUSE)
    _stamp(world, one)
    assert _prove(world, 0, None).not_after is None


def test_an_authority_that_is_not_configured_is_verified_with_what_the_store_keeps(
    world: World, one: Authority
) -> None:
    world.scan(HOUSE)
    _stamp(world, one)
    because = "the certificate kept in the store, because the configuration names no such authority"
    found = _verify(world)
    assert found.problems == ()
    assert found.stamps == (f"one: checkpoints stamped: 1, verified with {because}",)
    proof = _prove(world, 0)
    assert proof.not_after is not None
    assert proof.not_after.against == because


def test_an_authority_whose_certificate_cannot_be_read_is_verified_with_what_the_store_keeps(
    world: World, one: Authority
) -> None:
    world.scan(HOUSE)
    _stamp(world, one)
    unreadable = Authority("one", one.url, "", "root.pem cannot be used: Permission denied")
    found = _verify(world, unreadable)
    assert found.problems == ()
    assert len(found.stamps) == 1
    assert found.stamps[0].endswith(
        "verified with the certificate kept in the store, because root.pem cannot be used: Permission denied"
    )


def test_another_authority_under_the_same_name_is_found_out_by_the_configured_certificate(
    world: World, one: Authority, tmp_path: Path
) -> None:
    """Somebody with the store can put stamp and certificate of an authority of his own there, with any time."""
    forged = Tsa.make(tmp_path / "forged")
    with serving(answering(forged.reply)) as server:
        world.scan(HOUSE)
        _stamp(world, Authority("one", server.url, forged.root))
    assert _verify(world).problems == ()
    (problem,) = _verify(world, one).problems
    assert problem.startswith(f"stamp of checkpoint {_size(world)} by one: its signature is refused")
    proof = _prove(world, 0, [one])
    assert proof.not_after is None
    assert proof.refused == (problem,)


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("UPDATE stamp SET response = CAST('text' AS BLOB)", "not an RFC 3161 response"),
        ("UPDATE stamp SET response = x'00'", "not an RFC 3161 response"),
        ("UPDATE stamp SET nonce = '1'", "the nonce is not ours"),
        ("UPDATE stamp SET nonce = 'many'", "not a stamp of this format"),
        ("UPDATE stamp SET nonce = x'ff'", "not a stamp of this format"),
        ("UPDATE stamp SET size = 1", "there is no checkpoint of that size"),
        ("UPDATE checkpoint SET note = note || ' '", "it stamped another message"),
        ("UPDATE stamp SET requested = 'once'", "its moments were altered"),
        ("UPDATE stamp SET problem = 'none'", "it was altered"),
        ("UPDATE stamp SET response = x''", "it was altered"),
    ],
)
def test_what_was_altered_is_named(world: World, one: Authority, statement: str, why: str) -> None:
    world.scan(HOUSE)
    _stamp(world, one)
    world.alter(statement)
    found = _verify(world, one)
    assert any(each.startswith("stamp of checkpoint ") and why in each for each in found.problems), found.problems


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM stamp WHERE size = (SELECT min(size) FROM stamp)",
        "UPDATE stamp SET problem = 'it was down', response = x'' WHERE size = (SELECT min(size) FROM stamp)",
        "UPDATE stamp SET authority = 'another' WHERE size = (SELECT min(size) FROM stamp)",
    ],
)
def test_a_stamp_that_a_later_scan_sealed_cannot_be_taken_away(world: World, one: Authority, statement: str) -> None:
    world.scan(HOUSE)
    _stamp(world, one)
    first = _size(world)
    world.scan(HOUSE)
    world.scan(HOUSE)
    assert _verify(world, one).problems == ()
    world.alter(statement)
    missing = f"stamp of checkpoint {first} by one: leaf {first} seals it, but it is not there as it was"
    assert _verify(world, one).problems == (
        missing,
        f"stamp of checkpoint {first}: leaf {first} seals a row that is not there",
    )
    proof = _prove(world, first, [one])
    assert proof.not_before is None
    assert proof.refused == (missing,)


def test_a_stamp_put_in_the_place_of_a_sealed_one_is_named(world: World, one: Authority) -> None:
    """The later one is as true, and would make the first scan look younger than it is."""
    world.scan(HOUSE)
    _stamp(world, one)
    first = _size(world)
    world.scan(HOUSE)
    world.alter("DELETE FROM stamp")
    with world.open() as store, store.reading() as connection:
        note = connection.exec_driver_sql("SELECT note FROM checkpoint ORDER BY size").scalars().first()
    assert isinstance(note, str)
    world.alter("UPDATE checkpoint SET size = -size WHERE size > ?", first)  # so that the first is stamped again
    _stamp(world, one)
    world.alter("UPDATE checkpoint SET size = -size WHERE size < 0")
    problem, row = _verify(world, one).problems
    assert problem.startswith(f"stamp of checkpoint {first} by one: leaf {first} seals it")
    assert row == f"stamp of checkpoint {first}: leaf {first} seals a row that is not there"


def test_a_clock_that_disagrees_is_a_fault_of_the_clock_and_breaks_no_seal(world: World, one: Authority) -> None:
    world.scan(HOUSE)
    _stamp(world, one, clock=lambda: now() + timedelta(hours=2))
    found = _verify(world, one)
    assert found.problems == ()
    (said,) = found.clock
    assert said.startswith(f"stamp of checkpoint {_size(world)} by one: the clock of this machine was 7")  # 7200 s
    assert "s ahead of that of one" in said
    (state,) = _states(world)
    assert "s ahead of that of one" in state.clock
    assert state.time is not None


def test_a_refused_stamp_shows_as_missing_in_what_stands(world: World, one: Authority) -> None:
    world.scan(HOUSE)
    _stamp(world, one)
    world.alter("UPDATE stamp SET nonce = '1'")
    (state,) = _states(world)
    assert state.time is None
    assert "nonce" in state.problem


def test_an_altered_signature_is_refused(world: World, one: Authority) -> None:
    world.scan(HOUSE)
    _stamp(world, one)
    ((response,),) = world.rows("SELECT response FROM stamp")
    assert isinstance(response, bytes)
    world.alter("UPDATE stamp SET response = ?", response[:-1] + bytes([response[-1] ^ 1]))
    (problem,) = _verify(world, one).problems
    assert "its signature is refused" in problem


def test_of_two_stamps_by_one_authority_the_first_stands(world: World, one: Authority) -> None:
    """Two scans that end at once may both have the newest checkpoint stamped."""
    world.scan(HOUSE)
    _stamp(world, one)
    before = _states(world)
    world.alter(
        "INSERT INTO stamp SELECT size, authority, 2, requested, answered, nonce, certificates, response, problem FROM stamp"
    )
    assert _states(world) == before
    assert _verify(world, one).problems == ()
    assert _verify(world, one).stamps[0].startswith("one: checkpoints stamped: 2")
    world.scan(HOUSE)
    assert _verify(world, one).problems == ()


def test_where_the_body_of_a_scan_is_missing_its_leaves_have_no_beginning(world: World, one: Authority) -> None:
    world.scan(HOUSE)
    _stamp(world, one)
    first = _size(world)
    world.scan(HOUSE)
    ((data,),) = world.rows(f"SELECT data FROM leaf WHERE position = {first}")
    assert isinstance(data, bytes)
    body = bytes.fromhex(json.loads(data)["body"])
    world.alter("DELETE FROM blob WHERE digest = ?", body)
    proof = _prove(world, first + 1, [one])
    assert proof.not_before is None
    assert proof.refused == (f"leaf {first}: blob {body.hex()} is not in the store",)
    assert [each for each in _verify(world, one).problems if "stamp" in each] == []


def test_where_the_body_of_a_scan_is_no_body_its_leaves_have_no_beginning(world: World, one: Authority) -> None:
    world.scan(HOUSE)
    _stamp(world, one)
    first = _size(world)
    world.scan(HOUSE)
    world.alter("UPDATE leaf SET data = ? WHERE position = ?", b'{"type":"scan_started"}', first)
    proof = _prove(world, first + 1, [one])
    assert proof.not_before is None
    assert proof.refused[0].startswith(f"leaf {first}: its body cannot be read")


def test_a_leaf_that_was_altered_is_in_no_stamped_checkpoint(world: World, one: Authority) -> None:
    world.scan(HOUSE)
    _stamp(world, one)
    ((data,),) = world.rows("SELECT data FROM leaf WHERE position = 1")
    assert isinstance(data, bytes)
    world.alter("UPDATE leaf SET data = ? WHERE position = 1", data.replace(b"2026", b"2020"))
    proof = _prove(world, 1, [one])
    assert not proof.proven
    assert proof.not_after is None
    assert proof.refused == (f"checkpoint at size {_size(world)}: no path leads from leaf 1 to it",)


def test_without_the_row_of_its_scan_a_leaf_has_no_beginning(world: World, one: Authority) -> None:
    world.scan(HOUSE)
    _stamp(world, one)
    world.alter("DELETE FROM scan")
    proof = _prove(world, 0, [one])
    assert proof.not_before is None
    assert proof.not_after is not None


@ON_SQLITE
@pytest.mark.skipif(not all(map(shutil.which, ("sqlite3", "openssl"))), reason="needs the commands")
def test_a_stranger_verifies_a_stamp_with_the_commands_on_the_page(
    world: World, one: Authority, tmp_path: Path
) -> None:
    page = (Path(evidence_store.__file__).parent / "FORMAT.md").read_text(encoding="utf-8")
    section = page.partition("## Stamps\n")[2].partition("\n## ")[0]
    (commands,) = re.findall(r"```\n(.*?)```", section, re.DOTALL)
    world.scan(HOUSE)
    _stamp(world, one)
    world.scan(HOUSE)
    shutil.copytree(world.folder, tmp_path / "copy")
    environment = {"PATH": os.environ["PATH"], "db": str(tmp_path / "copy" / "evidence.db")}
    done = subprocess.run(
        ["bash", "-euc", commands], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Verification: OK" in done.stdout
    assert "Time stamp: " in done.stdout
