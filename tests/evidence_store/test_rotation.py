"""A log outlives its key: the old one hands over inside the log, both ends verify all of it, and nothing else does."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from evidence_store.blobs.packs import PackWriter
from evidence_store.errors import BrokenSealError, StoreError
from evidence_store.keys import rotation
from evidence_store.keys import signing as keys
from evidence_store.keys.key_history import KeyHistory, hand_over
from evidence_store.keys.rotation import Rotation, rotate
from evidence_store.log.append import loader
from evidence_store.log.notes import Checkpoint, Verifier, open_checkpoint, sign, size_of
from evidence_store.log.publication import publish
from evidence_store.log.tree import root
from evidence_store.records import KeyChanged
from evidence_store.store import PACKS, Store
from evidence_store.verification.verify import Verification, verify
from tests.evidence_store.worlds import Look, World

LOOK = Look(doors={"front": 90})
AT = 4
"""The position of the leaf that changes the key, after one scan."""


@pytest.fixture
def sealed(world: World) -> World:
    world.scan(LOOK)
    return world


def change(world: World) -> Rotation:
    with world.open() as store:
        return rotate(store, world.tick())


def verified(world: World, key: Verifier | None = None, **more: Any) -> Verification:
    with world.open() as store:
        return verify(store, verifier=key, **more)


def history(world: World) -> KeyHistory:
    with world.open() as store, store.reading() as connection:
        return store.history(connection)


def resign(world: World, size: int, *signers: Ed25519PrivateKey) -> None:
    """Sign the checkpoint of this size anew, as whoever has these keys and can write to the store."""
    with world.open() as store, store.writing() as connection:
        point = Checkpoint(store.verifier(connection).name, size, root(size, loader(connection)))
    world.alter("UPDATE checkpoint SET note = ? WHERE size = ?", sign(point, *signers), size)


def key_files(world: World) -> list[str]:
    """Those that sign; the secret of people's keys lies beside them and stays."""
    return sorted(each.name for each in world.key_file.parent.iterdir() if each.suffix != ".persons")


def test_a_log_goes_on_under_a_new_key_and_its_old_name(sealed: World) -> None:
    before = history(sealed)
    done = change(sealed)
    sealed.scan(LOOK)
    after = history(sealed)
    assert (done.old, done.new, done.finished) == (before.current, after.current, False)
    assert after.retired == ((AT, before.current),)
    assert after.current.name == before.current.name
    assert (sealed.folder / "log.pub").read_text() == f"{after.current}\n"
    found = verified(sealed)
    assert found.problems == ()
    assert (found.checkpoints, found.pending) == (3, 0)
    assert found.rotations == (f"leaf {AT}: {before.current} handed over to {after.current}",)


def test_the_old_key_is_kept_for_its_owner_alone(sealed: World) -> None:
    old = keys.load(sealed.key_file).private_bytes_raw()
    done = change(sealed)
    assert done.kept is not None
    assert done.kept.name == "signing-key.pem.retired-20260131T120500Z"
    assert stat.S_IMODE(done.kept.stat().st_mode) == 0o600
    assert keys.load(done.kept).private_bytes_raw() == old
    assert keys.load(sealed.key_file).private_bytes_raw() != old
    assert key_files(sealed) == ["signing-key.pem", done.kept.name]


def test_two_changes_in_one_second_keep_both_old_keys(sealed: World) -> None:
    moment = sealed.tick()
    with sealed.create() as store:
        kept = [rotate(store, moment).kept for _ in range(3)]
    assert len({each and keys.load(each).private_bytes_raw() for each in kept}) == 3
    assert verified(sealed).problems == ()


def test_the_checkpoint_that_hands_over_is_signed_by_both_keys(sealed: World) -> None:
    done = change(sealed)
    ((note,),) = sealed.rows(f"SELECT note FROM checkpoint WHERE size = {AT + 1}")
    assert isinstance(note, str)
    assert open_checkpoint(note, done.old) == open_checkpoint(note, done.new)


def test_every_key_of_a_log_verifies_all_of_it(sealed: World) -> None:
    known = [history(sealed).current]
    for scans in (1, 0, 2):
        known.append(change(sealed).new)
        for _ in range(scans):
            sealed.scan(LOOK)
    for key in known:
        found = verified(sealed, key)
        assert found.problems == ()
        assert len(found.rotations) == 3
        assert found.checkpoints == 7


def test_a_key_of_another_log_verifies_nothing_of_it(sealed: World) -> None:
    change(sealed)
    foreign = Verifier(history(sealed).current.name, Ed25519PrivateKey.generate().public_key().public_bytes_raw())
    found = verified(sealed, foreign)
    assert found.checkpoints == 0
    assert found.problems[0] == f"the store says it is signed by {history(sealed).current}, not by the given {foreign}"


def test_checkpoints_published_before_and_after_the_change_are_extended(sealed: World, tmp_path: Path) -> None:
    for step in (change, lambda world: world.scan(LOOK)):
        with sealed.create() as store:
            (state,) = publish(store, [tmp_path], sealed.tick)
        assert (state.problem, state.alarm) == ("", "")
        step(sealed)
    with sealed.create() as store:
        publish(store, [tmp_path], sealed.tick)
    found = verified(sealed, folders=[tmp_path])
    assert (found.problems, found.published) == ((), (f"{tmp_path}: checkpoints: 3, up to size 9",))


def test_a_log_that_was_never_signed_can_change_its_key(world: World) -> None:
    world.scan(LOOK, dies=True)
    change(world)
    found = verified(world)
    assert (found.problems, found.pending, found.checkpoints) == ((), 0, 1)


# ---------------------------------------------------------------------------------------------------------- crashes


class Killed(BaseException):
    """The process was killed here."""


def kill(*_: object) -> None:
    raise Killed


CRASHES: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "new key made": lambda patch: patch.setattr(rotation, "hand_over", kill),
    "body written": lambda patch: patch.setattr(rotation, "refuse_broken_log", kill),
    "leaf appended": lambda patch: patch.setattr(rotation, "sign", kill),
    "nothing committed yet": lambda patch: patch.setattr(rotation, "_name", kill),
    "committed": lambda patch: patch.setattr(keys, "take_over", kill),
    "old key has its second name": lambda patch: patch.setattr(Path, "replace", kill),
    "files changed places": lambda patch: patch.setattr(Store, "publish_key", kill),
}


def die(world: World, where: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        CRASHES[where](patch)
        with pytest.raises(Killed):
            change(world)


@pytest.mark.parametrize("where", CRASHES)
def test_killed_anywhere_the_store_verifies_and_goes_on_and_the_change_can_be_finished(
    sealed: World, where: str
) -> None:
    first = history(sealed).current
    die(sealed, where)
    found = verified(sealed)
    assert found.problems == ()
    assert "the signing key in" in found.trusted
    sealed.scan(LOOK)
    assert verified(sealed, first).problems == ()
    done = change(sealed)
    assert done.finished is (where in {"committed", "old key has its second name"})
    assert keys.load(sealed.key_file).public_key().public_bytes_raw() == done.new.public
    assert not keys.waiting_file(sealed.key_file).exists()
    assert len(key_files(sealed)) == len(history(sealed).keys), "each key is kept once"
    sealed.scan(LOOK)
    assert verified(sealed, first).problems == ()
    assert verified(sealed, done.new).problems == ()
    assert (sealed.folder / "log.pub").read_text() == f"{done.new}\n"


def test_a_change_finishes_without_the_old_key(sealed: World) -> None:
    die(sealed, "committed")
    sealed.key_file.unlink()
    done = change(sealed)
    assert (done.finished, done.kept) == (True, None)
    sealed.scan(LOOK)
    assert verified(sealed).problems == ()


def test_files_that_cannot_change_places_are_said(sealed: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        with pytest.raises(StoreError, match="cannot take its place: No space") as raised:
            change(sealed)
    assert "annexa key rotate" in raised.value.hint
    assert change(sealed).finished


def test_a_key_that_is_not_the_store_s_hands_nothing_over(sealed: World) -> None:
    sealed.key_file.unlink()
    keys.create(sealed.key_file)
    with pytest.raises(StoreError, match="not the key that signs"):
        change(sealed)
    assert key_files(sealed) == ["signing-key.pem"]


def test_a_retired_key_cannot_come_back(sealed: World) -> None:
    first = change(sealed).kept
    assert first is not None
    shutil.copy(first, keys.waiting_file(sealed.key_file))
    with pytest.raises(StoreError, match="was retired"):
        change(sealed)
    assert verified(sealed).problems == ()


def test_the_current_key_cannot_take_over_from_itself(sealed: World) -> None:
    shutil.copy(sealed.key_file, keys.waiting_file(sealed.key_file))
    with pytest.raises(StoreError, match="was retired") as raised:
        change(sealed)
    assert "signing-key.pem.next away" in raised.value.hint
    assert verified(sealed).problems == ()


def test_two_changes_at_once_make_one(sealed: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another machine, with another key folder, was faster: between our look and our transaction."""
    other = sealed.key_file.parent.parent / "other"
    shutil.copytree(sealed.key_file.parent, other)
    flush = PackWriter.flush

    def slow(pack: PackWriter) -> Any:
        places = flush(pack)
        monkeypatch.undo()
        with sealed.open(key_file=other / "signing-key.pem") as store:
            rotation._hand_over(store, store.history(store.database.engine.connect()).current, sealed.tick())
        return places

    monkeypatch.setattr(PackWriter, "flush", slow)
    with pytest.raises(StoreError, match="was changed meanwhile"):
        change(sealed)
    assert len(history(sealed).keys) == 2
    assert len(list((sealed.folder / PACKS).glob("key-*.zst"))) == 2, "one of them is no evidence"


def test_nothing_is_handed_over_on_top_of_a_broken_log(sealed: World) -> None:
    sealed.alter("UPDATE node SET hash = zeroblob(32) WHERE level = 2")
    with pytest.raises(BrokenSealError, match="not the one its newest checkpoint signs"):
        change(sealed)


def test_a_public_key_that_somebody_put_there_is_not_replaced(sealed: World) -> None:
    (sealed.folder / "log.pub").write_text("mine\n")
    change(sealed)
    assert (sealed.folder / "log.pub").read_text() == "mine\n"
    assert verified(sealed).problems == ("log.pub: not the public key that the store names",)


# -------------------------------------------------------------------------------------------------------- tampering


def forge(world: World, forged: Callable[[KeyChanged], KeyChanged]) -> None:
    """Change the key with another body than it should have: what somebody who has the old key could seal."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rotation, "hand_over", lambda *given: forged(hand_over(*given)))
        change(world)


def test_a_change_that_a_foreign_key_signed_does_not_hold(sealed: World) -> None:
    foreign = Ed25519PrivateKey.generate()
    first = history(sealed).current
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rotation, "hand_over", lambda _old, *given: hand_over(foreign, *given))
        new = change(sealed).new
    for key in (None, first, new):
        found = verified(sealed, key).problems
        assert f"leaf {AT}: the change of the key does not hold: it is not signed by {first}" in found


@pytest.mark.parametrize(
    ("forged", "why"),
    [
        (lambda body: replace(body, signature="%"), "its body is not of this format"),
        (lambda body: replace(body, signature=""), "it is not signed by"),
        (lambda body: replace(body, new=body.new[:-4]), "not an Ed25519 verifier key"),
        (lambda body: replace(body, old=body.old + "\n"), "not spelt as this format"),
        (lambda body: replace(body, old="nobody"), "not an Ed25519 verifier key"),
        (
            lambda body: replace(body, new=str(Verifier("annexa.log/other", Verifier.parse(body.new).public))),
            "same name",
        ),
    ],
)
def test_a_change_with_another_body_does_not_hold(
    sealed: World, forged: Callable[[KeyChanged], KeyChanged], why: str
) -> None:
    forge(sealed, forged)
    found = verified(sealed).problems
    assert found[0].startswith(f"leaf {AT}: the change of the key does not hold: ")
    assert why in found[0]
    assert "table about: its keys are not those that the log hands over to one another" in found


def test_a_change_whose_body_is_gone_does_not_hold(sealed: World) -> None:
    change(sealed)
    for pack in (sealed.folder / PACKS).glob("key-*.zst"):
        pack.unlink()
    assert verified(sealed).problems[0].startswith(f"leaf {AT}: the change of the key does not hold: blob ")


def test_keys_that_do_not_follow_one_another_do_not_hold(sealed: World) -> None:
    change(sealed)
    stranger = Ed25519PrivateKey.generate()
    third = Verifier(history(sealed).current.name, stranger.public_key().public_bytes_raw())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rotation, "hand_over", lambda _old, _current, new: hand_over(stranger, third, new))
        change(sealed)
    assert any("hands over, but the key then was" in problem for problem in verified(sealed).problems)


def test_a_key_that_was_retired_and_comes_back_does_not_hold(sealed: World) -> None:
    first = history(sealed).current
    change(sealed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rotation, "hand_over", lambda old, current, _new: hand_over(old, current, first))
        change(sealed)
    assert any(f"{first} was retired before, and cannot come back" in each for each in verified(sealed).problems)


def test_a_change_that_is_cut_out_of_the_log_is_missed(sealed: World) -> None:
    change(sealed)
    sealed.scan(LOOK)
    sealed.alter("DELETE FROM leaf WHERE position = ?", AT)
    assert verified(sealed).problems[0] == f"leaf {AT} is missing"


def test_a_change_that_is_cut_off_with_all_after_it_is_missed_by_whoever_knows_the_new_key(sealed: World) -> None:
    """The store as it was before, which the retired key still signs for: only the new key or a checkpoint shows it."""
    first = history(sealed).current
    before = sealed.copy(sealed.folder.parent / "before")
    new = change(sealed).new
    sealed = before
    assert verified(sealed, new).problems[0] == f"the store says it is signed by {first}, not by the given {new}"
    assert verified(sealed, first).problems == ()


def test_the_old_key_signs_nothing_any_more(sealed: World) -> None:
    done = change(sealed)
    assert done.kept is not None
    old = keys.load(done.kept)
    sealed.scan(LOOK)
    resign(sealed, 9, old)
    expected = f"checkpoint at size 9: it is signed by {done.old}, which did not sign any more at size 9"
    for key in (None, done.old, done.new):
        assert expected in verified(sealed, key).problems
    with pytest.raises(BrokenSealError):
        sealed.scan(LOOK)


def test_a_foreign_key_signs_nothing_at_any_time(sealed: World) -> None:
    change(sealed)
    sealed.scan(LOOK)
    for size in (AT, 9):
        resign(sealed, size, Ed25519PrivateKey.generate())
    origin = history(sealed).current.name
    found = verified(sealed).problems
    for size in (AT, 9):
        assert f"checkpoint at size {size}: the checkpoint has no valid signature by {origin}" in found


def test_the_new_key_has_signed_nothing_before(sealed: World) -> None:
    done = change(sealed)
    resign(sealed, AT, keys.load(sealed.key_file))
    expected = f"checkpoint at size {AT}: it is signed by {done.new}, which did not sign yet at size {AT}"
    for key in (None, done.old, done.new):
        assert expected in verified(sealed, key).problems


@pytest.mark.parametrize("which", ["old", "new"])
def test_one_key_alone_does_not_hand_over(sealed: World, which: str) -> None:
    done = change(sealed)
    assert done.kept is not None
    resign(sealed, AT + 1, keys.load(done.kept if which == "old" else sealed.key_file))
    for key in (None, done.old, done.new):
        found = verified(sealed, key).problems
        assert f"checkpoint at size {AT + 1}: the checkpoint has no valid signature by {done.old.name}" in found
        assert f"checkpoint at size {AT + 1}: missing, although leaf {AT} changes the key" in found


def test_a_change_without_its_checkpoint_is_named(sealed: World) -> None:
    change(sealed)
    sealed.scan(LOOK)
    sealed.alter("DELETE FROM checkpoint WHERE size = ?", AT + 1)
    assert verified(sealed).problems == (f"checkpoint at size {AT + 1}: missing, although leaf {AT} changes the key",)


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("DELETE FROM about WHERE name LIKE 'retired/%'", "table about: its keys are not those"),
        ("UPDATE about SET name = 'retired/3' WHERE name LIKE 'retired/%'", "table about: its keys are not those"),
        ("UPDATE about SET name = 'retired/x' WHERE name LIKE 'retired/%'", "retired keys are not spelt as"),
        ("UPDATE about SET name = 'retired/04' WHERE name LIKE 'retired/%'", "retired keys are not spelt as"),
        ("UPDATE about SET value = value || ' ' WHERE name LIKE 'retired/%'", "retired keys are not spelt as"),
        ("UPDATE about SET value = 'x' WHERE name LIKE 'retired/%'", "not an Ed25519 verifier key"),
        ("UPDATE about SET value = '' WHERE name LIKE 'retired/%'", "not an Ed25519 verifier key"),
        (
            "UPDATE about SET value = (SELECT value FROM about WHERE name LIKE 'retired/%') WHERE name = 'verifier'",
            "is not the annexa.log",
        ),
    ],
)
def test_keys_that_the_store_names_falsely_are_found(sealed: World, statement: str, named: str) -> None:
    change(sealed)
    sealed.alter(statement)
    found = verified(sealed).problems
    assert any(named in problem for problem in found), found


def test_without_a_key_a_change_is_still_looked_at(sealed: World) -> None:
    change(sealed)
    sealed.alter("DELETE FROM about WHERE name = 'verifier'")
    found = verified(sealed)
    assert found.rotations == ()
    assert "checkpoint at size 4: there is no key to verify it with" in found.problems


def test_what_is_no_leaf_at_all_changes_no_key(sealed: World) -> None:
    change(sealed)
    sealed.alter("UPDATE leaf SET data = x'7b' WHERE position = 1")
    assert "leaf 1: not a leaf of this format" in verified(sealed).problems


@pytest.mark.parametrize("text", ["", "a\n", "a\nb\n", "a\n01\n", 7])
def test_a_note_that_states_no_size_has_none(text: Any) -> None:
    assert size_of(text) == 0


def test_a_new_key_waits_beside_the_old_one() -> None:
    assert keys.waiting_file(Path("/etc/annexa/key.pem")) == Path("/etc/annexa/key.pem.next")
    assert os.path.dirname(keys.waiting_file(Path("a/b"))) == "a"  # noqa: PTH120 - in the same folder, for a rename
