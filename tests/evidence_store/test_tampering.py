"""Whatever is altered by hand is found and named. One line per way to alter a store."""

from __future__ import annotations

import random
import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.exc import OperationalError

from evidence_store.database import DATABASE
from evidence_store.errors import BrokenSealError, StoreError
from evidence_store.log.notes import Checkpoint, Verifier, sign
from evidence_store.log.tree import Tree, hash_leaf
from evidence_store.store import PUBLIC_KEY
from evidence_store.verification.verify import MOST_PROBLEMS, Verification, verify
from tests.evidence_store.worlds import CHECK, Look, World

FLIPS = 50


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A store with a past: things changed, vanished, went out of scope, could not be seen, and a check was retired."""
    world = World(tmp_path_factory.mktemp("original"))
    world.scan(
        Look(source="house/a", scope="east", doors={"front": 90, "back": 120}),
        Look(source="house/a", scope="west", doors={"gate": 300}),
        Look(source="house/b", doors={"door": 80}),
        checks=(CHECK, "doors.other"),
    )
    world.scan(Look(source="house/a", scope="east", doors={"front": 95}), dies=True)
    world.scan(
        Look(source="house/a", scope="east", doors={"front": 90, "back": 120, "cellar": 70}),
        Look(source="house/a", scope="west", gap="the lamp broke"),
    )
    with closing(sqlite3.connect(world.folder / DATABASE)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")  # all of it in one file, so that a copy is one file too
    return world


@pytest.fixture
def sealed(original: World, tmp_path: Path) -> World:
    """A copy to spoil. Its key is elsewhere: what is found is found with the public key alone."""
    world = World(tmp_path)
    shutil.copytree(original.folder, world.folder)
    return world


def problems(world: World, verifier: Verifier | None = None) -> tuple[str, ...]:
    return verification(world, verifier).problems


def verification(world: World, verifier: Verifier | None = None) -> Verification:
    with world.open() as store:
        return verify(store, verifier=verifier)


def test_what_nobody_altered_verifies(sealed: World, original: World) -> None:
    assert problems(sealed) == ()
    found = verification(original)
    assert found.problems == ()
    assert (found.leaves, found.checkpoints, found.pending) == (13, 2, 0)
    assert str(original.key_file) in found.trusted


LAST = "(SELECT max(position) FROM leaf)"
ALTERATIONS = [
    # the log
    ("UPDATE leaf SET data = CAST(replace(data, 'scan-001', 'scan-007') AS BLOB) WHERE position = 0", "leaf 0: its data does not"),
    ("UPDATE leaf SET data = CAST('[]' AS BLOB) WHERE position = 1", "leaf 1: not a leaf of this format"),
    ("UPDATE leaf SET data = CAST('{' AS BLOB) WHERE position = 1", "leaf 1: not a leaf of this format"),
    ("UPDATE leaf SET data = CAST(data || ' ' AS BLOB) WHERE position = 1", "leaf 1: not a leaf of this format"),
    ("UPDATE leaf SET data = x'' WHERE position = 1", "leaf 1: not a leaf of this format"),
    ("UPDATE leaf SET data = 'text' WHERE position = 1", "table leaf: cannot be read"),
    ("UPDATE leaf SET hash = zeroblob(32) WHERE position = 2", "leaf 2: its data does not have its hash"),
    ("UPDATE leaf SET hash = 'text' WHERE position = 2", "leaf 2: its data does not have its hash"),
    ("DELETE FROM leaf WHERE position = 0", "leaf 0 is missing"),
    ("DELETE FROM leaf WHERE position = 4", "leaf 4 is missing"),
    (f"DELETE FROM leaf WHERE position = {LAST}", "leaves were removed"),
    (f"UPDATE leaf SET position = 'x' WHERE position = {LAST}", "leaf"),
    ("UPDATE leaf SET position = -1 WHERE position = 0", "leaf 0 is missing"),
    ("INSERT INTO leaf SELECT -1, data, hash FROM leaf WHERE position = 0", "leaf 0 is missing"),
    (f"INSERT INTO leaf SELECT {LAST} + 1, data, hash FROM leaf WHERE position = 0", "leaf 13: cannot be derived from"),
    ('UPDATE node SET hash = zeroblob(32) WHERE level = 1 AND "index" = 1', "node 1 of level 1: not what the leaves"),
    ('UPDATE node SET hash = 5 WHERE level = 1 AND "index" = 1', "node 1 of level 1: not what the leaves"),
    ('DELETE FROM node WHERE level = 2 AND "index" = 0', "node 0 of level 2: missing"),
    ("INSERT INTO node VALUES (9, 0, zeroblob(32))", "node 0 of level 9: not what the leaves give"),
    # the units below a source leaf
    ("UPDATE entry SET data = CAST(data || ' ' AS BLOB) WHERE position = 1 AND ordinal = 0", "leaf 1: the entries of"),
    ("DELETE FROM entry WHERE position = 1 AND ordinal = 0", "leaf 1: the entries of its units do not have the root"),
    ("DELETE FROM entry WHERE position = 1 AND ordinal = 1", "leaf 1: the entries of its units do not have the root"),
    ("INSERT INTO entry SELECT 1, 2, data FROM entry WHERE position = 1 AND ordinal = 0", "leaf 1: the entries of its"),
    ("UPDATE entry SET ordinal = 7 WHERE position = 1 AND ordinal = 1", "leaf 1: the entries .* not numbered"),
    ("UPDATE entry SET ordinal = -ordinal WHERE position = 1", "leaf 1: the entries of its units"),
    ("INSERT INTO entry SELECT 0, 0, data FROM entry WHERE position = 1 AND ordinal = 0", "leaf 0: has entries of"),
    ("INSERT INTO entry SELECT 99, 0, data FROM entry WHERE position = 1 AND ordinal = 0", "rows for leaf 99"),
    ("INSERT INTO entry SELECT -1, 0, data FROM entry WHERE position = 1 AND ordinal = 0", "rows for leaf -1"),
    # the checkpoints
    ("UPDATE checkpoint SET note = replace(note, char(10) || '13' || char(10), char(10) || '14' || char(10))",
     "checkpoint at size 13: the checkpoint has no valid signature"),
    ("UPDATE checkpoint SET note = substr(note, 1, instr(note, char(8212)) - 1) WHERE size = 13",
     "checkpoint at size 13: the note is not a checkpoint"),
    ("UPDATE checkpoint SET note = note || char(10) WHERE size = 13", "checkpoint at size 13: the note is not a"),
    ("UPDATE checkpoint SET note = CAST(x'ff' AS TEXT) WHERE size = 13", "table checkpoint: cannot be read"),
    ("UPDATE checkpoint SET note = 7 WHERE size = 13", "checkpoint at size 13"),
    ("UPDATE checkpoint SET size = 10 WHERE size = 13", "checkpoint at size 10: the note is about size 13"),
    ("UPDATE checkpoint SET note = (SELECT note FROM checkpoint WHERE size = 6) WHERE size = 13",
     "checkpoint at size 13: the note is about size 6"),
    ("DELETE FROM checkpoint WHERE size = 13", "checkpoint at size 13: missing, although leaf 12 ends a scan"),
    ("DELETE FROM checkpoint WHERE size = 6", "checkpoint at size 6: missing, although leaf 5 ends a scan"),
    ("DELETE FROM checkpoint", "checkpoint at size 6: missing"),
    # the index of blobs
    ("UPDATE blob SET \"offset\" = \"offset\" + 1 WHERE pack = 'scan-001.zst'", "blob [0-9a-f]{64} in packs/scan-001.zst"),
    ('UPDATE blob SET length = length + 1 WHERE "offset" > 0', "blob [0-9a-f]{64} in packs/"),
    ("UPDATE blob SET length = 'x' WHERE pack = 'scan-001.zst'", "blob [0-9a-f]{64} in packs/"),
    ("UPDATE blob SET size = size + 1 WHERE pack = 'scan-001.zst'", "another length than the index says"),
    ("UPDATE blob SET pack = 'scan-003.zst' WHERE pack = 'scan-001.zst'", "in packs/scan-003.zst: altered"),
    ("UPDATE blob SET pack = 'none.zst' WHERE pack = 'scan-001.zst'", "in packs/none.zst: cannot be read"),
    ("UPDATE blob SET pack = '../packs/' || pack", "cannot be read: not the name of a pack"),
    ("UPDATE blob SET pack = CAST(x'ff' AS TEXT) WHERE pack = 'scan-001.zst'", "blobs: cannot be read"),
    ("DELETE FROM blob WHERE pack = 'scan-001.zst'", "blob [0-9a-f]{64} is not in the store"),
    ("UPDATE blob SET digest = zeroblob(32) WHERE rowid = 1", "is not in the store"),
    ("INSERT INTO blob VALUES (zeroblob(32), 'scan-001.zst', 0, 1, 1, NULL)", "table blob: 00000000.* named by nothing"),
    ("INSERT INTO blob VALUES ('text', 'scan-001.zst', 0, 1, 1, NULL)", "cannot be read"),
    ("UPDATE blob SET base = zeroblob(32) WHERE pack = 'scan-001.zst'", "blob 0{64}, the base of blob [0-9a-f]{64}, is not"),
    ("UPDATE blob SET base = digest WHERE pack = 'scan-001.zst'", "its base is none, or leads in a circle"),
    ("UPDATE blob SET base = NULL", "blob [0-9a-f]{64} in packs/.*: altered or damaged: another length than the index"),
    # what the store says of itself
    ("DELETE FROM about", "table about: .* does not name its public key"),
    ("UPDATE about SET value = 'nonsense'", "table about: not an Ed25519 verifier key"),
    ("UPDATE about SET value = value || ' '", "table about: .* was altered"),
    ("UPDATE about SET value = CAST(x'ff' AS TEXT)", "table about: "),
    ("INSERT INTO about VALUES ('colour', 'red')", "table about: colour is nothing that a store says of itself"),
    ("UPDATE about SET value = CAST(value AS BLOB)", "table about: .* does not name its public key"),
    # every derived table: a row altered, removed and added
    ("UPDATE scan SET status = 'finished' WHERE id = 'scan-002'", "table scan: the row id scan-002 was altered: status"),
    ("DELETE FROM scan WHERE id = 'scan-002'", "table scan: the row id scan-002 is missing"),
    ("INSERT INTO scan SELECT 'scan-000', agent, started, finished, status, narrowed, first, \"end\" FROM scan LIMIT 1",
     "table scan: the row id scan-000 follows from nothing"),
    ("UPDATE unit SET gaps = '[]' WHERE gaps != '[]'", "table unit: the row position .* was altered: gaps"),
    ("DELETE FROM unit WHERE position = 1 AND ordinal = 1", "table unit: the row position 1, ordinal 1 is missing"),
    ('INSERT INTO unit SELECT 99, 0, scan, source, scope, collector, finished, exchanges, gaps, body, "end" FROM unit LIMIT 1',
     "table unit: the row position 99, ordinal 0 follows from nothing"),
    ("UPDATE coverage SET complete = 1 WHERE complete = 0", "table coverage: .* was altered: complete"),
    ("DELETE FROM coverage WHERE source = 'house/b'", "table coverage: the row source house/b.* is missing"),
    (("INSERT INTO coverage SELECT 'house/z', scope, kind, position, ordinal, collected, items, complete, population, "
     '"end" FROM coverage LIMIT 1'), "table coverage: the row source house/z.* follows from nothing"),
    ("UPDATE resource SET ended = 'vanished', \"end\" = 10 WHERE id = 'gate'", "table resource: .* was altered: end, ended"),
    ("DELETE FROM resource WHERE id = 'gate'", "table resource: the row .*id gate.* is missing"),
    ("INSERT INTO resource SELECT source, scope, kind, 'zoo', first, digest, \"end\", ended FROM resource LIMIT 1",
     "table resource: the row .*id zoo.* follows from nothing"),
    ("UPDATE assessment SET severity = 'info' WHERE position = 4", "table assessment: .* was altered: severity"),
    ("DELETE FROM assessment WHERE position = 4", "table assessment: the row .*position 4 is missing"),
    ('INSERT INTO assessment SELECT "check", 99, scan, as_of, severity, settings, body FROM assessment LIMIT 1',
     "table assessment: the row .*position 99 follows from nothing"),
    ("UPDATE finding SET status = 'pass' WHERE resource = 'gate'", "table finding: .*resource gate.* was altered: status"),
    ("UPDATE finding SET reason = CAST(x'ff' AS TEXT) WHERE resource = 'gate'", "table finding: cannot be read"),
    ("UPDATE finding SET first = 'x' WHERE resource = 'gate'", "table finding: "),
    ("DELETE FROM finding WHERE resource = 'gate'", "table finding: the row .*resource gate.* is missing"),
    ("INSERT INTO finding SELECT \"check\", source, scope, 'zoo', first, id, 'pass', reason, settings, \"end\", ended FROM finding LIMIT 1",
     "table finding: the row .*resource zoo.* follows from nothing"),
    ("DROP TABLE finding", "table finding: cannot be read: no such table"),
    ("DROP TABLE leaf", "table leaf: cannot be read: no such table"),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "named"), ALTERATIONS, ids=[statement for statement, _ in ALTERATIONS])
def test_what_was_altered_by_hand_is_found_and_named(sealed: World, statement: str, named: str) -> None:
    sealed.alter(statement)
    _assert_named(problems(sealed), named)


def test_an_index_that_leaves_out_a_row_is_damage_although_every_row_can_be_read(sealed: World) -> None:
    with closing(sqlite3.connect(sealed.folder / DATABASE)) as connection, connection:
        connection.execute("PRAGMA writable_schema = ON")
        root = "SELECT rootpage FROM sqlite_master WHERE name = 'coverage_by_leaf'"
        connection.execute(f"UPDATE sqlite_master SET rootpage = ({root}) WHERE name = 'finding_by_id'")
    _assert_named(problems(sealed), "^the database is damaged: .*finding_by_id")


def test_a_blob_of_nothing_has_one_frame_and_no_more(sealed: World) -> None:
    ((pack, offset, length),) = sealed.rows('SELECT pack, "offset", length FROM blob WHERE size = 0')
    assert isinstance(offset, int)
    assert isinstance(length, int)
    path = sealed.folder / "packs" / str(pack)
    data = path.read_bytes()
    path.write_bytes(data + data[offset : offset + length] + b"more")
    sealed.alter('UPDATE blob SET "offset" = ?, length = ? WHERE size = 0', len(data), length + 4)
    _assert_named(problems(sealed), "it is not the frame of nothing that it says it is")


def test_leaves_that_changed_places_are_found(sealed: World) -> None:
    for statement in (
        "UPDATE leaf SET position = 100 WHERE position = 3",
        "UPDATE leaf SET position = 3 WHERE position = 4",
        "UPDATE leaf SET position = 4 WHERE position = 100",
    ):
        sealed.alter(statement)
    _assert_named(problems(sealed), "checkpoint at size 6: its root is not that of the leaves")


def test_a_leaf_that_stands_twice_is_found(sealed: World) -> None:
    sealed.alter("UPDATE leaf SET data = (SELECT data FROM leaf WHERE position = 3), "
                 "hash = (SELECT hash FROM leaf WHERE position = 3) WHERE position = 4")  # fmt: skip
    _assert_named(problems(sealed), "checkpoint at size 6: its root is not that of the leaves")


def _truncate(pack: Path) -> None:
    pack.write_bytes(pack.read_bytes()[:-5])


def _flip(pack: Path) -> None:
    data = bytearray(pack.read_bytes())
    data[len(data) // 2] ^= 0xFF
    pack.write_bytes(data)


def _empty(pack: Path) -> None:
    pack.write_bytes(b"")


def _directory(pack: Path) -> None:
    pack.unlink()
    pack.mkdir()


@pytest.mark.parametrize("spoil", [_truncate, _flip, _empty, _directory, Path.unlink])
def test_a_pack_that_was_damaged_is_named(sealed: World, spoil: Callable[[Path], None]) -> None:
    spoil(sealed.folder / "packs" / "scan-001.zst")
    _assert_named(problems(sealed), "leaf [0-9]+: .*blob [0-9a-f]{64} in packs/scan-001.zst: ")


def test_blobs_that_changed_places_are_named(sealed: World) -> None:
    (one, at, length, size), (two, *other) = sealed.rows(
        'SELECT digest, "offset", length, size FROM blob WHERE pack = \'scan-001.zst\' ORDER BY "offset" LIMIT 2'
    )
    move = 'UPDATE blob SET "offset" = ?, length = ?, size = ? WHERE digest = ?'
    sealed.alter(move, *other, one)
    sealed.alter(move, at, length, size, two)
    _assert_named(problems(sealed), "altered: its content has another digest")


def test_damage_to_what_only_a_population_names_is_named_by_what_needs_it(sealed: World) -> None:
    ((digest,),) = sealed.rows("SELECT population FROM coverage WHERE source = 'house/b'")
    assert isinstance(digest, bytes)
    sealed.alter("DELETE FROM blob WHERE digest = ?", digest)
    assert problems(sealed) == (f"leaf 2: population of door in house/b: blob {digest.hex()} is not in the store",)


def test_many_problems_are_cut_short_with_a_word(sealed: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evidence_store.verification.verify.MOST_PROBLEMS", 3)
    sealed.alter("UPDATE leaf SET hash = zeroblob(32)")
    found = problems(sealed)
    assert len(found) == 4
    assert found[-1].startswith("more than could be listed")
    assert MOST_PROBLEMS > 3


def test_a_suffix_that_was_rewritten_without_the_key_is_found(sealed: World) -> None:
    sealed.alter("UPDATE leaf SET data = replace(data, 'Z', '0Z') WHERE position >= 7")
    sealed.alter("UPDATE leaf SET data = CAST(data AS BLOB)")
    _recompute(sealed)
    _assert_named(problems(sealed), "checkpoint at size 13: its root is not that of the leaves")


def test_a_rewritten_log_signed_with_another_key_is_found_by_whoever_knows_the_first(
    sealed: World, original: World
) -> None:
    with original.open() as store, store.reading() as connection:
        published = store.verifier(connection)
    forger = _sign_everything_anew(sealed)
    assert f"the store says it is signed by {forger}, not by the given {published}" in problems(sealed, published)
    _assert_named(problems(sealed, published), "checkpoint at size 13: .*no valid signature")
    sealed.key_file = original.key_file
    _assert_named(problems(sealed), "the key in .*signing-key.pem is not the")


def test_what_nothing_inside_a_store_can_show_is_said_and_not_claimed(sealed: World) -> None:
    """Who forges everything, key included, is only caught by a key or checkpoint from outside (FORMAT.md)."""
    _sign_everything_anew(sealed)
    found = verification(sealed)
    assert found.problems == ()
    assert found.trusted.startswith("the store's own word")
    assert "--key" in found.trusted


def test_a_published_key_that_was_replaced_is_named(sealed: World) -> None:
    (sealed.folder / PUBLIC_KEY).write_bytes(b"other\n")
    _assert_named(problems(sealed), "log.pub: not the public key that the store names")
    (sealed.folder / PUBLIC_KEY).unlink()
    (sealed.folder / PUBLIC_KEY).mkdir()
    _assert_named(problems(sealed), "log.pub: cannot be read")


def test_without_any_key_nothing_is_believed(sealed: World, original: World) -> None:
    with original.open() as store, store.reading() as connection:
        published = store.verifier(connection)
    sealed.alter("DELETE FROM about")
    found = verification(sealed)
    assert found.trusted == "no key"
    _assert_named(found.problems, "checkpoint at size 6: there is no key to verify it with")
    assert verification(sealed, published).trusted == "the key that was given"


def test_no_room_to_verify_in_is_no_broken_seal(sealed: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OperationalError("INSERT", {}, sqlite3.OperationalError("database or disk is full"))

    monkeypatch.setattr("evidence_store.derived.rebuild.derive", full)
    with pytest.raises(StoreError, match="database or disk is full"):
        problems(sealed)


def test_the_given_key_is_believed_above_the_store(sealed: World, original: World) -> None:
    with original.open() as store, store.reading() as connection:
        published = store.verifier(connection)
    found = verification(sealed, published)
    assert (found.problems, found.trusted, found.verifier) == ((), "the key that was given", str(published))


def test_a_key_file_that_cannot_be_used_leaves_less_to_rely_on_but_breaks_no_seal(sealed: World) -> None:
    sealed.key_file.parent.mkdir()
    sealed.key_file.write_bytes(b"nonsense")
    sealed.key_file.chmod(0o600)
    found = verification(sealed)
    assert found.problems == ()
    assert "this is not an unencrypted PEM private key" in found.trusted


def test_no_flipped_byte_in_a_cell_goes_unnoticed(sealed: World) -> None:
    """Seeded, so that a failure can be had again. Verification reports; it never breaks."""
    chance = random.Random(20260131)
    cells = [
        (table, column, rowid)
        for table in ("about", "leaf", "node", "entry", "checkpoint", "blob", "scan", "unit", "coverage", "resource",
                      "assessment", "finding")
        for column in [row[1] for row in sealed.rows(f'PRAGMA table_info("{table}")')]
        for (rowid,) in sealed.rows(f'SELECT rowid FROM "{table}" WHERE "{column}" IS NOT NULL')
        if table != "about" or sealed.rows(f"SELECT 1 FROM about WHERE rowid = {rowid} AND name = 'verifier'")
    ]  # fmt: skip
    pristine = (sealed.folder / DATABASE).read_bytes()
    for table, column, rowid in chance.sample(cells, FLIPS):
        (sealed.folder / DATABASE).write_bytes(pristine)
        ((kind, cell),) = sealed.rows(
            f'SELECT typeof("{column}"), CAST("{column}" AS BLOB) FROM "{table}" WHERE rowid = {rowid}'
        )
        assert isinstance(cell, bytes)
        if kind == "integer":
            changed: object = int(cell) ^ 1 << chance.randrange(16)
        else:
            at = chance.randrange(len(cell) or 1)
            changed = (
                cell[:at] + bytes([cell[at : at + 1][0] ^ 1 << chance.randrange(8)]) + cell[at + 1 :] if cell else b"!"
            )
        place = "CAST(? AS TEXT)" if kind == "text" else "?"
        try:
            sealed.alter(f'UPDATE "{table}" SET "{column}" = {place} WHERE rowid = ?', changed, rowid)
        except sqlite3.IntegrityError:
            continue  # another row has this key already: nothing was altered
        assert problems(sealed), (table, column, rowid, cell, changed)


def test_no_flipped_byte_in_a_pack_changes_what_is_read(sealed: World) -> None:
    """Either it is found, or it lies in one of the few bits of the container that mean nothing (FORMAT.md)."""
    chance = random.Random(20260201)
    unnoticed = 0
    for _ in range(FLIPS):
        pack = chance.choice(sealed.packs())
        pristine = pack.read_bytes()
        data = bytearray(pristine)
        data[chance.randrange(len(data))] ^= chance.randrange(1, 256)
        pack.write_bytes(data)
        unnoticed += not problems(sealed)
        pack.write_bytes(pristine)
    assert unnoticed <= 3


def test_no_flipped_byte_in_the_file_itself_breaks_verification(sealed: World) -> None:
    """SQLite may refuse the file, which is said as `StoreError`; pages it does not use may change unnoticed."""
    chance = random.Random(20260202)
    pristine = (sealed.folder / DATABASE).read_bytes()
    refused = found = 0
    for _ in range(FLIPS // 4):
        data = bytearray(pristine)
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        (sealed.folder / DATABASE).write_bytes(data)
        try:
            found += bool(problems(sealed))
        except (StoreError, BrokenSealError):
            refused += 1
        for beside in sealed.folder.glob(f"{DATABASE}-*"):
            beside.unlink()
    assert found


def _assert_named(found: tuple[str, ...], named: str) -> None:
    assert any(re.search(named, problem) for problem in found), found


def _recompute(world: World) -> Tree:
    """Make hashes and nodes fit the data again, as anybody can."""
    tree = Tree()
    for position, data in world.rows("SELECT position, data FROM leaf ORDER BY position"):
        assert isinstance(data, bytes)
        tree.append(hash_leaf(data))
        world.alter("UPDATE leaf SET hash = ? WHERE position = ?", hash_leaf(data), position)
    for (level, index), digest in tree.nodes.items():
        if level:
            world.alter('UPDATE node SET hash = ? WHERE level = ? AND "index" = ?', digest, level, index)
    return tree


def _sign_everything_anew(world: World) -> Verifier:
    """What somebody does who owns the folder but not the key: a key of their own, everywhere."""
    tree, key = _recompute(world), Ed25519PrivateKey.generate()
    name = (world.folder / PUBLIC_KEY).read_text(encoding="utf-8").partition("+")[0]
    forger = Verifier(name, key.public_key().public_bytes_raw())
    for (size,) in world.rows("SELECT size FROM checkpoint"):
        assert isinstance(size, int)
        note = sign(Checkpoint(forger.name, size, tree.root(size)), key)
        world.alter("UPDATE checkpoint SET note = ? WHERE size = ?", note, size)
    world.alter("UPDATE about SET value = ? WHERE name = 'verifier'", str(forger))
    (world.folder / PUBLIC_KEY).write_text(f"{forger}\n", encoding="utf-8")
    return forger


def test_a_log_extends_every_checkpoint_that_was_published(world: World) -> None:
    _, first = sealed_scan(world)
    _, second = sealed_scan(world)
    with world.open() as store:
        assert verify(store, published=[first, second]).problems == ()


def test_an_older_copy_does_not_extend_what_was_published_since(world: World, tmp_path: Path) -> None:
    sealed_scan(world)
    older = world.copy(tmp_path / "older")
    _, note = sealed_scan(world)
    with older.open() as store:
        assert verify(store).problems == ()
        (problem,) = verify(store, published=[note]).problems
    assert "leaves were removed" in problem


def test_a_rewritten_log_does_not_extend_what_was_published(world: World, tmp_path: Path) -> None:
    sealed_scan(world)
    other = world.copy(tmp_path / "rewritten")
    _, note = sealed_scan(world)
    sealed_scan(other, width=81, name="another")
    with other.open() as store:
        assert verify(store).problems == ()
        (problem,) = verify(store, published=[note]).problems
    assert "its root is not that of the leaves" in problem


def test_a_published_checkpoint_must_be_one(world: World) -> None:
    _, note = sealed_scan(world)
    with world.open() as store:
        (problem,) = verify(store, published=[note.replace("\n4\n", "\n5\n")]).problems
    assert problem.startswith("published checkpoint: ")
    world.alter("DELETE FROM about WHERE name = 'verifier'")
    with world.open() as store:
        assert "published checkpoint: there is no key to verify it with" in verify(store, published=[note]).problems


def sealed_scan(world: World, width: int = 80, name: str = "") -> tuple[Checkpoint, str]:
    done = world.scan(Look(doors={"front": width}), name=name)
    assert done is not None
    return done
