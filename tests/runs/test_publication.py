"""Folders of the configuration get every checkpoint after a scan, and none of them can cost one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.settings import ConfigurationError
from evidence_store.errors import StoreError
from evidence_store.questions.states import PublicationState
from evidence_store.verification.verify import verify
from runs import diagnosis_of_store
from runs import scan as scan_module
from runs.diagnosis import diagnose
from runs.scan import Progress
from tests.runs.farm import MEADOWS, Farm
from tests.tampering import alter

NONE = "none is published outside this machine"


@pytest.fixture
def address() -> str:
    """What a database does with this is seen in the tests of the store."""
    return ""


@pytest.fixture
def elsewhere(farm: Farm, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("elsewhere")
    configure(farm, folder)
    return folder


def configure(farm: Farm, *folders: Path | str) -> None:
    farm.text = f"{MEADOWS}store:\n  publish: [{', '.join(map(str, folders))}]\n"


def diagnosed(farm: Farm) -> list[tuple[str, str]]:
    file = farm.folder / "config.yaml"
    file.write_text(farm.text)
    found = diagnose(file, {}, farm.folder, lambda: farm.now)
    assert all(each.remedy for each in found if each.state != "good")
    return [(each.state, each.finding) for each in found if each.subject == "checkpoints"]


def test_a_scan_publishes_its_checkpoint(farm: Farm, elsewhere: Path) -> None:
    stages: list[str] = []
    farm.scan(progress=Progress(stage=stages.append))
    assert stages[-2:] == ["sealing", "publishing"]
    report = farm.report()
    assert report.seal is not None
    assert report.seal.publications == (PublicationState(folder=str(elsewhere), size=report.seal.size),)
    assert report.warnings == ()
    (file,) = elsewhere.glob("annexa.log-*/*.checkpoint")
    assert file.read_text() == report.seal.note


def test_without_folders_nothing_is_published_and_no_stage_is_named(farm: Farm) -> None:
    stages: list[str] = []
    farm.scan(progress=Progress(stage=stages.append))
    assert stages[-1] == "sealing"
    report = farm.report()
    assert report.seal is not None
    assert report.seal.publications == ()
    assert report.warnings == ()


def test_a_folder_that_is_not_there_is_a_warning_and_never_made(farm: Farm, elsewhere: Path) -> None:
    elsewhere.rmdir()
    farm.scan()
    assert not elsewhere.exists()
    report = farm.report()
    assert report.scan.status == "finished"
    assert report.seal is not None
    (warning,) = report.warnings
    assert warning == (
        f"checkpoint {report.seal.size} is not published in {elsewhere}: there is no such folder; "
        "the next scan tries again"
    )
    elsewhere.mkdir()
    farm.scan()
    assert farm.report().warnings == ()
    assert len(list(elsewhere.glob("*/*.checkpoint"))) == 2


def test_a_folder_that_nobody_has_written_to_yet_is_said(farm: Farm, tmp_path: Path) -> None:
    farm.scan()
    configure(farm, tmp_path)
    (warning,) = farm.report().warnings
    assert "nobody has tried yet" in warning


def test_a_store_that_takes_no_record_of_it_has_taken_the_scan(
    farm: Farm, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StoreError("evidence.db: database or disk is full")

    monkeypatch.setattr(scan_module, "publish", full)
    farm.scan()
    assert farm.report().scan.status == "finished"
    assert len(farm.report().warnings) == 1


def test_an_alarm_is_shown_with_the_report(farm: Farm, elsewhere: Path) -> None:
    farm.scan()
    (file,) = elsewhere.glob("*/*.checkpoint")
    file.write_text("another")
    farm.scan()
    (warning,) = farm.report().warnings
    assert warning.startswith(f"ALARM: {file} holds another checkpoint than this log has of that size")
    with farm.store() as store:
        assert len(verify(store, folders=farm.configuration.publish).problems) == 1


def test_the_doctor_wants_a_folder_elsewhere_that_has_the_newest_checkpoint(farm: Farm, elsewhere: Path) -> None:
    text = farm.text
    farm.text = MEADOWS
    farm.scan()
    ((state, finding),) = diagnosed(farm)
    assert (state, NONE in finding) == ("warning", True)
    farm.text = text
    behind, none = diagnosed(farm)
    assert behind == ("warning", f"{elsewhere} does not have the newest")
    assert NONE in none[1]
    farm.scan()
    assert diagnosed(farm) == [("good", f"the newest is published in {elsewhere}")]


def test_the_doctor_says_what_is_wrong_with_a_folder(
    farm: Farm, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    absent = elsewhere / "absent"
    inside = farm.configuration.folder / "inside"
    configure(farm, elsewhere, absent, inside)
    farm.scan()
    inside.mkdir()
    farm.scan()
    assert diagnosed(farm) == [
        ("warning", f"{absent} is not there"),
        ("warning", f"{inside} is inside the store"),
        ("good", f"the newest is published in {elsewhere}"),
    ]
    newest = max(elsewhere.glob("*/*.checkpoint"), key=lambda file: int(file.stem))
    newest.write_text("another")
    assert ("warning", f"{elsewhere} holds another checkpoint {newest.stem}") in diagnosed(farm)

    def denied(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(diagnosis_of_store, "notes_in", denied)
    assert ("warning", f"{elsewhere} cannot be read: Permission denied") in diagnosed(farm)
    monkeypatch.setattr(os, "access", lambda path, _mode: Path(path) != elsewhere)
    assert ("warning", f"{elsewhere} is not writable") in diagnosed(farm)


def test_the_doctor_does_not_praise_a_folder_for_a_store_without_checkpoint(farm: Farm, elsewhere: Path) -> None:
    farm.scan()
    alter(farm.configuration.folder / "evidence.db", "DELETE FROM checkpoint")
    assert diagnosed(farm)[0] == ("warning", f"{elsewhere} does not have the newest")


@pytest.mark.parametrize(
    ("folders", "message"),
    [
        ("['']", "store.publish[0]: expected the path of a folder"),
        ("[a, b, a]", "store.publish[2]: the same place stands above"),
        ("[7]", "store.publish[0]: "),
        ('["a\\0b"]', "store.publish[0]: a path has no NUL characters"),
        ("/mnt/x", "store.publish: "),
    ],
)
def test_a_mistake_in_the_folders_is_named(farm: Farm, folders: str, message: str) -> None:
    farm.text = f"{MEADOWS}store:\n  publish: {folders}\n"
    with pytest.raises(ConfigurationError) as caught:
        _ = farm.configuration
    assert message in str(caught.value)


def test_the_home_directory_may_be_written_short(farm: Farm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/eve")
    configure(farm, "~/checkpoints")
    assert farm.configuration.publish == (Path("/home/eve/checkpoints"),)
