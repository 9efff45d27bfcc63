"""Checkpoints as files elsewhere: whole, never replaced, caught up, and an alarm where two logs would share a name."""

from __future__ import annotations

import errno
import os
import shutil
import threading
from pathlib import Path

import pytest

from core.codec import decode, parse
from evidence_store.log import publication
from evidence_store.log.publication import alarms_on_record, notes_in, publish, states
from evidence_store.log.published_places import InFolder, place_at
from evidence_store.questions.states import PublicationState
from evidence_store.records import ScanStarted
from evidence_store.verification.verify import Verification, verify
from tests.evidence_store.worlds import Look, World

LOOK = Look(doors={"front": 90})


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    return folder


def published(world: World, *folders: Path, patience: float = 10.0) -> tuple[PublicationState, ...]:
    with world.create() as store:
        return publish(store, folders, world.tick, patience)


def verified(world: World, *folders: Path) -> Verification:
    with world.open() as store:
        return verify(store, folders=folders)


def files(folder: Path) -> dict[str, str]:
    return {str(each.relative_to(folder)): each.read_text() for each in folder.rglob("*") if each.is_file()}


def test_every_checkpoint_is_a_file_under_the_name_of_its_log(world: World, elsewhere: Path) -> None:
    world.scan(LOOK)
    world.scan(LOOK)
    assert published(world, elsewhere) == (PublicationState(folder=str(elsewhere), size=8),)
    origin = (world.folder / "log.pub").read_text().partition("+")[0].replace("/", "-")
    notes = {f"{origin}/{size}.checkpoint": note for size, note in world.rows("SELECT size, note FROM checkpoint")}
    assert files(elsewhere) == notes
    assert set(notes) == {f"{origin}/4.checkpoint", f"{origin}/8.checkpoint"}


def test_a_store_without_a_checkpoint_publishes_nothing(world: World, elsewhere: Path) -> None:
    world.scan(LOOK, dies=True)
    assert published(world, elsewhere) == ()
    assert files(elsewhere) == {}


def test_what_a_folder_missed_is_caught_up(world: World, elsewhere: Path) -> None:
    world.scan(LOOK)
    elsewhere.rmdir()
    (state,) = published(world, elsewhere)
    assert (state.problem, state.alarm) == ("there is no such folder", "")
    elsewhere.mkdir()
    world.scan(LOOK)
    published(world, elsewhere)
    assert len(files(elsewhere)) == 2
    with world.open() as store, store.reading() as connection:
        assert [each.problem for each in states(connection, 4)] == ["there is no such folder"]
        assert [each.problem for each in states(connection, 8)] == [""]


def test_the_last_attempt_counts(world: World, elsewhere: Path) -> None:
    world.scan(LOOK)
    elsewhere.rmdir()
    published(world, elsewhere)
    elsewhere.mkdir()
    published(world, elsewhere)
    with world.open() as store, store.reading() as connection:
        assert states(connection, 4) == (PublicationState(folder=str(elsewhere), size=4),)
    assert world.rows("SELECT attempt, problem FROM publication") == [(1, "there is no such folder"), (2, "")]


def test_one_folder_that_fails_does_not_keep_another_from_its_copy(world: World, elsewhere: Path) -> None:
    world.scan(LOOK)
    wrong, right = published(world, elsewhere / "none", elsewhere)
    assert wrong.problem
    assert not right.problem
    assert len(files(elsewhere)) == 1


@pytest.mark.parametrize("call", ["fsync", "link"])
@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "No space left on device"),
        (ValueError("odd"), "ValueError: odd"),
    ],
)
def test_whatever_a_folder_does_is_recorded_and_raises_nothing(
    world: World, elsewhere: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, problem: str, call: str
) -> None:
    def fail(*_: object) -> None:
        raise error

    world.scan(LOOK)
    with monkeypatch.context() as patched:
        patched.setattr(os, call, fail)
        (state,) = published(world, elsewhere)
    assert state.problem == problem
    assert files(elsewhere) == {}, "nothing half written is left"


def test_a_folder_that_never_answers_is_given_up(
    world: World, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = threading.Event()
    world.scan(LOOK)
    with monkeypatch.context() as patched:
        patched.setattr(publication, "_bring", lambda *_: gone.wait(30))
        (state,) = published(world, elsewhere, patience=0.05)
    gone.set()
    assert state.problem == "it was not done within 0.05 s"


@pytest.mark.parametrize("found", ["something else", "", "\x00" * 100_000])
def test_another_note_of_the_same_size_is_an_alarm_and_stays_as_it_is(
    world: World, elsewhere: Path, found: str
) -> None:
    world.scan(LOOK)
    published(world, elsewhere)
    (name,) = files(elsewhere)
    (elsewhere / name).write_text(found)
    (state,) = published(world, elsewhere)
    assert state.problem == ""
    assert state.alarm == f"{elsewhere / name} holds another checkpoint than this log has of that size"
    assert (elsewhere / name).read_text() == found


def test_a_note_that_was_there_first_is_an_alarm(
    world: World, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It came between listing the folder and writing to it."""
    world.scan(LOOK)
    published(world, elsewhere)
    (name,) = files(elsewhere)
    (elsewhere / name).write_text("another")
    with monkeypatch.context() as patched:
        patched.setattr(InFolder, "sizes", lambda _place: set())
        (state,) = published(world, elsewhere)
    assert "holds another checkpoint" in state.alarm
    shutil.rmtree((elsewhere / name).parent)
    published(world, elsewhere)
    with monkeypatch.context() as patched:
        patched.setattr(InFolder, "sizes", lambda _place: set())
        (state,) = published(world, elsewhere)
    assert state.alarm == "", "the same note, written by another agent meanwhile, is none"


def test_a_folder_that_knows_more_than_the_store_is_an_alarm(world: World, elsewhere: Path, tmp_path: Path) -> None:
    world.scan(LOOK)
    older = world.copy(tmp_path / "older")
    world.scan(LOOK)
    published(world, elsewhere)
    world = older
    (state,) = published(world, elsewhere)
    assert state.alarm.endswith("8.checkpoint is there, but this log was signed only up to size 4")
    (problem,) = verified(world, elsewhere).problems
    assert "8.checkpoint at size 8: the log has only 4 leaves: leaves were removed" in problem
    world.scan(LOOK)
    (state,) = published(world, elsewhere)
    assert "8.checkpoint holds another checkpoint than this log has" in state.alarm
    (problem,) = verified(world, elsewhere).problems
    assert "8.checkpoint at size 8: its root is not that of the leaves" in problem


def test_old_checkpoints_are_believed_after_a_scan_and_read_again_by_verify(
    world: World, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.scan(LOOK)
    world.scan(LOOK)
    published(world, elsewhere)
    (place,) = elsewhere.iterdir()
    (place / "4.checkpoint").write_text("spoilt")
    with monkeypatch.context() as patched:
        patched.setattr(publication, "COMPARED", 1)
        (state,) = published(world, elsewhere)
    assert state.alarm == ""
    (state,) = published(world, elsewhere)
    assert "4.checkpoint holds another" in state.alarm
    (problem,) = verified(world, elsewhere).problems
    assert problem.startswith(f"published checkpoint {place / '4.checkpoint'}: the note is not a checkpoint")


def test_an_alarm_is_sealed_by_the_next_scan(world: World, elsewhere: Path) -> None:
    world.scan(LOOK)
    published(world, elsewhere)
    (name,) = files(elsewhere)
    (elsewhere / name).write_text("another")
    published(world, elsewhere)
    published(world, elsewhere)
    (elsewhere / name).unlink()
    world.scan(LOOK)
    with world.open() as store, store.reading() as connection:
        ((data,),) = world.rows("SELECT data FROM leaf WHERE position = 4")
        assert isinstance(data, bytes)
        body = decode(ScanStarted, store.read_blob(connection)(bytes.fromhex(parse(data)["body"])))
        assert body.alarms == alarms_on_record(connection)
    (alarm,) = body.alarms
    assert name in alarm


def test_a_folder_without_hard_links_gets_its_files(
    world: World, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    world.scan(LOOK)
    monkeypatch.setattr(os, "link", no_links)
    assert published(world, elsewhere)[0].problem == ""
    ((name, note),) = files(elsewhere).items()
    assert note.startswith("annexa.log/")
    with monkeypatch.context() as patched:
        patched.setattr(InFolder, "sizes", lambda _place: set())
        assert published(world, elsewhere)[0] == PublicationState(folder=str(elsewhere), size=4)
    assert list(files(elsewhere)) == [name]


def test_what_else_lies_there_is_nobody_s_business(world: World, elsewhere: Path) -> None:
    world.scan(LOOK)
    published(world, elsewhere)
    (place,) = elsewhere.iterdir()
    for name in ("notes.txt", "04.checkpoint", ".5.checkpoint.0123", "5.checkpoint~"):
        (place / name).write_text("mine")
    (elsewhere / "annexa.log-0000000000000000").mkdir()
    assert published(world, elsewhere)[0].alarm == ""
    assert verified(world, elsewhere).problems == ()


def test_verify_says_what_each_folder_had_and_which_it_could_not_read(world: World, elsewhere: Path) -> None:
    world.scan(LOOK)
    world.scan(LOOK)
    published(world, elsewhere)
    found = verified(world, elsewhere, elsewhere / "none")
    assert found.problems == ()
    assert found.published == (f"{elsewhere}: checkpoints: 2, up to size 8",)
    (unread,) = found.unread
    assert unread.startswith(f"{elsewhere / 'none'}/annexa.log-")
    assert unread.endswith(": No such file or directory")


def test_an_empty_folder_is_not_taken_for_a_proof(world: World, elsewhere: Path) -> None:
    world.scan(LOOK)
    with world.open() as store, store.reading() as connection:
        origin = store.verifier(connection).name
    place_at(elsewhere, origin).prepare()
    assert notes_in(elsewhere, origin) == []
    assert verified(world, elsewhere).published == (f"{elsewhere}: checkpoints: 0 of this log",)


def test_a_published_file_under_the_wrong_size_is_named(world: World, elsewhere: Path) -> None:
    world.scan(LOOK)
    published(world, elsewhere)
    (place,) = elsewhere.iterdir()
    (place / "4.checkpoint").rename(place / "3.checkpoint")
    (problem,) = verified(world, elsewhere).problems
    assert problem.endswith("3.checkpoint at size 3: the note is about size 4")
