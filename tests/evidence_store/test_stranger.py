"""FORMAT.md is enough: a script that knows nothing of ours comes to the same answer, and its commands work."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import evidence_store
from evidence_store import records, schema
from evidence_store.database import REVISION
from evidence_store.keys import rotation
from evidence_store.keys.key_history import hand_over
from evidence_store.keys.rotation import rotate
from tests.evidence_store.test_disposal import rules, throw_away
from tests.evidence_store.worlds import Look, World

FORMAT = Path(evidence_store.__file__).parent / "FORMAT.md"
TEXT = FORMAT.read_text(encoding="utf-8")


@pytest.fixture
def address() -> str:
    """The page and the stranger read files."""
    return ""


@pytest.fixture
def sealed(world: World) -> World:
    world.scan(Look(source="house/a", doors={"front": 90, "back": 120}), Look(source="house/b", gap="the lamp broke"))
    world.scan(*(Look(source="house/a", scope=scope, doors={"front": 95}) for scope in ("east", "north", "west")))
    return world


def stranger(world: World, key: Path | None = None) -> tuple[int, str]:
    script = Path(__file__).parent / "stranger.py"
    command = [sys.executable, "-I", str(script), str(world.folder), str(key or world.folder / "log.pub")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return done.returncode, done.stdout


def test_the_stranger_imports_nothing_of_ours() -> None:
    script = (Path(__file__).parent / "stranger.py").read_text(encoding="utf-8")
    ours = {path.parent.name for path in FORMAT.parent.parent.glob("*/__init__.py")}
    imported = set(re.findall(r"^(?:from|import) (\w+)", script, re.MULTILINE))
    assert "hashlib" in imported
    assert not imported & ours


def test_a_stranger_verifies_a_good_store(sealed: World) -> None:
    assert stranger(sealed) == (0, "every seal holds\n")


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE leaf SET data = CAST(data || ' ' AS BLOB) WHERE position = 1", "leaf 1: missing, moved or altered"),
        ("DELETE FROM leaf WHERE position = 3", "leaf 3: missing, moved or altered"),
        ("DELETE FROM leaf WHERE position = (SELECT max(position) FROM leaf)", "its root is not that of the leaves"),
        ("DELETE FROM entry WHERE position = 1", "leaf 1: its entries do not have the root it seals"),
        ("DELETE FROM blob WHERE pack = 'scan-001.zst'", "leaf 0: blob [0-9a-f]{64} cannot be read"),
        ("UPDATE blob SET digest = zeroblob(32) WHERE rowid = 3", "cannot be read"),
        (
            "UPDATE checkpoint SET note = replace(note, 'annexa.log', 'annexa.lag')",
            "checkpoint 5: it is about annexa.lag",
        ),
        ("UPDATE checkpoint SET size = size - 1", "checkpoint 4: its root is not that of the leaves"),
        ("DELETE FROM checkpoint", "nothing is signed"),
    ],
)
def test_a_stranger_finds_what_was_altered(sealed: World, statement: str, named: str) -> None:
    sealed.alter(statement)
    status, said = stranger(sealed)
    assert status == 1
    assert re.search(named, said), said


@pytest.mark.parametrize("which", ["first", "newest"])
def test_a_stranger_follows_the_keys_from_either_end(sealed: World, which: str) -> None:
    first = (sealed.folder / "log.pub").read_text(encoding="utf-8")
    for _ in range(2):
        with sealed.open() as store:
            rotate(store, sealed.tick())
        sealed.scan(Look(source="house/a", doors={"front": 90}))
    newest = (sealed.folder / "log.pub").read_text(encoding="utf-8")
    key = sealed.folder.parent / "published"
    key.write_text(first if which == "first" else newest, encoding="utf-8")
    assert stranger(sealed, key) == (0, "every seal holds\n")
    with sealed.open() as store, store.reading() as connection:
        history = store.history(connection)
    assert (f"{history.keys[0]}\n", f"{history.current}\n", len(history.keys)) == (first, newest, 3)
    (position, _), *_ = history.retired
    sealed.alter(
        "UPDATE checkpoint SET note = (SELECT note FROM checkpoint WHERE size = 5) WHERE size = ?", position + 1
    )
    status, said = stranger(sealed, key)
    assert (status, f"checkpoint {position + 1}: the key did not sign it\n" in said) == (1, True)


def test_a_stranger_refuses_a_change_that_the_old_key_did_not_sign(sealed: World) -> None:
    first = sealed.folder.parent / "published"
    first.write_bytes((sealed.folder / "log.pub").read_bytes())
    foreign = Ed25519PrivateKey.generate()
    with pytest.MonkeyPatch.context() as patched, sealed.open() as store:
        patched.setattr(rotation, "hand_over", lambda _old, *keys: hand_over(foreign, *keys))
        rotate(store, sealed.tick())
    status, said = stranger(sealed, first)
    assert (status, "the old key did not hand over" in said) == (1, True)


def test_a_stranger_finds_a_signature_that_does_not_fit(sealed: World) -> None:
    ((note,),) = sealed.rows("SELECT note FROM checkpoint WHERE size = 5")
    head, signature = str(note).rsplit(" ", 1)
    raw = bytearray(base64.b64decode(signature))
    raw[40] ^= 1
    sealed.alter("UPDATE checkpoint SET note = ? WHERE size = 5", f"{head} {base64.b64encode(raw).decode()}\n")
    assert stranger(sealed) == (1, "checkpoint 5: the signature does not verify\n")


def test_a_stranger_knows_what_was_thrown_away_from_what_was_taken_away(sealed: World) -> None:
    for width in (90, 91):
        sealed.scan(Look(doors={"front": width}))
    throw_away(sealed, rules(sealed.tick()))
    sealed.scan(Look(doors={"front": 92}))
    assert stranger(sealed) == (0, "every seal holds\n")
    ((digest,),) = sealed.rows("SELECT population FROM coverage ORDER BY position DESC LIMIT 1")
    sealed.alter("DELETE FROM blob WHERE digest = ?", digest)
    status, said = stranger(sealed)
    assert (status, "cannot be read" in said) == (1, True)


def test_a_stranger_finds_an_altered_pack(sealed: World) -> None:
    pack = sealed.packs()[0]
    data = bytearray(pack.read_bytes())
    data[len(data) // 2] ^= 0xFF
    pack.write_bytes(data)
    status, said = stranger(sealed)
    assert status == 1
    assert re.search("blob [0-9a-f]{64} ", said)


@pytest.mark.skipif(not all(map(shutil.which, ("sqlite3", "openssl", "zstd", "python3"))), reason="needs the commands")
@pytest.mark.parametrize("before", ["nothing", "change the key", "throw away"])
def test_the_commands_of_the_page_do_what_it_says(sealed: World, tmp_path: Path, before: str) -> None:
    """Every command between ```sh fences, run in the order of the page in one shell that stops at the first failure."""
    gone: tuple[bytes, ...] = ()
    if before == "change the key":
        with sealed.open() as store:
            rotate(store, sealed.tick())
    if before == "throw away":
        sealed.scan(Look(doors={"front": 91}))
        gone = throw_away(sealed, rules(sealed.tick())).plan.digests
        assert gone
    script = "set -eu\n" + "\n".join(re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL))
    environment = {**os.environ, "STORE": str(sealed.folder), "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    ((leaf,),) = sealed.rows("SELECT data FROM leaf WHERE position = 0")
    assert isinstance(leaf, bytes)
    assert "Signature Verified Successfully" in done.stdout
    assert hashlib.sha256(b"\0" + leaf).hexdigest() in done.stdout
    assert "root agrees" in done.stdout
    assert re.search("blob agrees", done.stdout)
    assert all(digest.hex() in done.stdout for digest in gone)


def test_the_page_names_every_table_and_column() -> None:
    for table in schema.metadata.tables.values():
        assert f"`{table.name}`" in TEXT
        for column in table.columns:
            assert f"`{column.name}`" in TEXT, (table.name, column.name)


def test_the_page_names_every_leaf_and_every_field_of_a_body() -> None:
    for kind in (
        records.SCAN_STARTED,
        records.SOURCE,
        records.ASSESSMENT,
        records.SCAN_FINISHED,
        records.KEY_CHANGED,
        records.DISPOSAL,
        records.HOLD,
        records.HOLD_RELEASED,
    ):
        assert f"`{kind}`" in TEXT
    for body in (
        records.ScanStarted,
        records.SourceSeen,
        records.UnitSeen,
        records.PopulationSeen,
        records.Assessed,
        records.Looked,
        records.SealedVerdict,
        records.ScanFinished,
        records.StampSeen,
        records.RowSeen,
        records.KeyChanged,
        records.Disposed,
        records.Cut,
        records.StandingResource,
        records.StandingVerdict,
        records.HoldPlaced,
        records.HoldReleased,
    ):
        for name in body.__dataclass_fields__:
            assert f"`{name}`" in TEXT, (body.__name__, name)


def test_the_page_is_about_this_revision() -> None:
    assert f"revision `{REVISION}`" in TEXT
