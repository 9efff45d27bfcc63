"""What must hold before a scan can be trusted, each with its remedy."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from evidence_store.keys import signing as keys
from runs import diagnosis, diagnosis_of_store
from runs.diagnosis import Diagnosis, diagnose
from tests.runs.farm import MEADOWS, Farm

GOOD_DAY = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.fixture
def address() -> str:
    """These configurations are files, and name no database."""
    return ""


def diagnosed(farm: Farm, subject: str, now: datetime = GOOD_DAY) -> list[tuple[str, str, str]]:
    file = farm.folder / "config.yaml"
    file.write_text(farm.text)
    found = diagnose(file, {}, farm.folder, lambda: now)
    assert all(isinstance(each, Diagnosis) for each in found)
    assert all(each.remedy for each in found if each.state == "bad")
    return [(each.state, each.finding, each.remedy) for each in found if each.subject == subject]


def test_before_the_first_scan_all_is_well(farm: Farm) -> None:
    assert diagnosed(farm, "meadow/north") == [("good", "reached as shepherd, everything can be seen", "")]
    assert diagnosed(farm, "store")[0][0] == "good"
    assert diagnosed(farm, "key")[0][0] == "warning"
    assert diagnosed(farm, "configuration")[0][0] == "good"
    assert diagnosed(farm, "clock")[0][0] == "good"
    assert not (farm.folder / "annexa-data").exists()


def test_an_empty_folder_that_waits_for_a_store_is_good(farm: Farm) -> None:
    (farm.folder / "annexa-data").mkdir()
    assert diagnosed(farm, "store") == [("good", "there is none in annexa-data yet, the first scan makes it", "")]


def test_after_a_scan_it_says_when_and_that_no_checkpoint_is_published(farm: Farm) -> None:
    farm.scan()
    assert diagnosed(farm, "store")[0][:2] == (
        "good",
        "annexa-data: last scan 2026-01-31 13:00 UTC, finished; leaves that await a checkpoint: 0",
    )
    assert diagnosed(farm, "key")[0][0] == "good"
    assert diagnosed(farm, "checkpoints")[0][0] == "warning"


def test_a_source_that_cannot_be_seen_whole_or_at_all_is_said(farm: Farm, meadow: Any) -> None:
    farm.world.wrong["north"] = meadow.GateError("the gate is shut")
    assert diagnosed(farm, "meadow/north") == [
        ("warning", "reached as shepherd, but 1 collectors cannot see all: the gate is shut", "open it")
    ]
    farm.world.principal = ""
    assert diagnosed(farm, "meadow/north") == [("bad", "not reached: the gate is shut", "open it")]


def test_sources_that_cannot_even_be_opened_are_said_and_the_rest_is_looked_at(farm: Farm) -> None:
    farm.world.cannot_open = "the environment variable KEY is not set"
    assert diagnosed(farm, "sources.meadow") == [("bad", "the environment variable KEY is not set", "find the key")]
    assert diagnosed(farm, "store")


def test_no_source_at_all_is_bad(farm: Farm) -> None:
    farm.text = "sources: {}\n"
    assert diagnosed(farm, "sources")[0][0] == "bad"


def test_a_broken_configuration_ends_the_diagnosis(farm: Farm) -> None:
    farm.text = "sorces: {}\n"
    ((state, finding, _),) = diagnosed(farm, "configuration")
    assert (state, "did you mean sources?" in finding) == ("bad", True)
    assert diagnosed(farm, "store") == []


def test_a_clock_before_this_version_or_before_the_last_scan_is_wrong(farm: Farm) -> None:
    farm.now = GOOD_DAY
    farm.scan()
    assert [state for state, *_ in diagnosed(farm, "clock", datetime(1970, 1, 1, tzinfo=UTC))] == ["bad", "bad"]
    assert [state for state, *_ in diagnosed(farm, "clock", GOOD_DAY - timedelta(days=1))] == ["good", "bad"]


def test_a_key_within_the_store_or_open_to_others_is_said(farm: Farm) -> None:
    farm.text = MEADOWS + "store: {folder: ./annexa-data, key: ./annexa-data/key.pem}\n"
    farm.scan()
    assert diagnosed(farm, "key")[0][0] == "warning"
    (farm.folder / "annexa-data/key.pem").chmod(0o644)
    state, finding, remedy = diagnosed(farm, "key")[0]
    assert (state, "others may read" in finding, remedy.startswith("chmod 0600")) == ("bad", True, True)


def test_a_key_that_cannot_sign_the_store_that_is_there_is_said(farm: Farm) -> None:
    """Nothing makes a new key for an old store: a scan would be refused."""
    farm.scan()
    key = farm.configuration.key_file
    key.unlink()
    state, finding, remedy = diagnosed(farm, "key")[0]
    assert (state, remedy[:29]) == ("bad", "restore the key from its back")
    assert finding.endswith("the signing key is not there")
    keys.create(key)
    ((state, finding, remedy),) = diagnosed(farm, "key")
    assert (state, remedy[:41]) == ("bad", "set store.key to the file with the key fo")
    assert finding.endswith("this is not the key that signs annexa-data")


def test_a_store_that_is_none_or_has_no_room_is_said(farm: Farm, monkeypatch: pytest.MonkeyPatch) -> None:
    farm.scan()
    monkeypatch.setattr(diagnosis_of_store, "FEW_BYTES", 2**80)
    assert diagnosed(farm, "store")[0][2] == "make room"
    Path("annexa-data/evidence.db").write_bytes(b"garbage" * 100)
    assert diagnosed(farm, "store")[-1][0] == "bad"


def test_folders_that_cannot_be_written_are_said(farm: Farm, monkeypatch: pytest.MonkeyPatch) -> None:
    farm.scan()
    monkeypatch.setattr("os.access", lambda *_: False)
    assert diagnosed(farm, "store")[0][:2] == ("bad", "annexa-data is not writable")
    farm.text = MEADOWS + "store: {folder: ./nowhere/else}\n"
    assert diagnosed(farm, "store")[0][0] == "bad"


def test_packages_that_two_distributions_claim_are_told(farm: Farm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagnosis, "shared_packages", lambda: {"core": ["annexa", "other"]})
    assert diagnosed(farm, "installation")[0][0] == "bad"


def test_signatures_that_nobody_could_make_or_verify_are_said(farm: Farm, monkeypatch: pytest.MonkeyPatch) -> None:
    assert diagnosed(farm, "management.signatures") == []
    farm.text = MEADOWS + "management: {signatures: {allowed_signers: signers}}\n"
    assert diagnosed(farm, "management.signatures")[0][:2] == ("bad", "signers: there is no such file")
    (farm.folder / "signers").touch()
    assert diagnosed(farm, "management.signatures") == [("good", "the keys in signers count", "")]
    monkeypatch.setattr("shutil.which", lambda _name: None)
    assert diagnosed(farm, "management.signatures")[0][:2] == ("bad", "ssh-keygen is not installed")
