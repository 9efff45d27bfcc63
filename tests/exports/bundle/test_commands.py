"""`annexa export bundle`, and `verify` and `reperform` of what it wrote: what people and programs are told."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import pytest
import typer

from commands.export.forms import writing
from commands.export.request import request
from commands.reperform import reperform
from commands.verify import verify
from core.errors import AnnexaError
from runs import clock
from tests.exports.bundle.conftest import Estate
from tests.exports.bundle.test_bundle import names


@pytest.fixture
def here(estate: Estate, monkeypatch: pytest.MonkeyPatch) -> Estate:
    """The folder of the estate, with its configuration, as where somebody types."""
    (estate.farm.folder / "config.yaml").write_text(estate.farm.text, encoding="utf-8")
    monkeypatch.setenv("HOME", str(estate.farm.folder))
    monkeypatch.setattr(clock, "now", estate.farm.clock)  # or what is sealed here would lie after what others do
    return estate


def ended(
    capsys: pytest.CaptureFixture[str], status: int, command: object, *arguments: object, **options: object
) -> str:
    with pytest.raises(typer.Exit) as end:
        command(*arguments, **options)  # type: ignore[operator]  # a command
    assert end.value.exit_code == status
    return capsys.readouterr().out


def test_a_bundle_is_written_verified_and_done_again(here: Estate, capsys: pytest.CaptureFixture[str]) -> None:
    writing("bundle")(Path("typed.zip"), start="2026-01-01", control=["A.8.17"], reason="for Grace")
    said = capsys.readouterr()
    assert "Bundle: typed.zip" in said.out
    assert "SHA-256" in said.out
    assert "writing sealed" in said.err
    assert "✓ every seal holds in the bundle" in ended(capsys, 0, verify, "typed.zip")
    assert "sealed exchanges" in ended(capsys, 0, reperform, "typed.zip")


def test_programs_are_told_the_same(here: Estate, capsys: pytest.CaptureFixture[str]) -> None:
    writing("bundle")(Path("json.zip"), control=["A.8.17"], redact="people", json=True)
    done = json.loads(capsys.readouterr().out)
    assert done["file"] == "json.zip"
    assert done["size"] == Path("json.zip").stat().st_size
    verified = json.loads(ended(capsys, 0, verify, "json.zip", json=True))
    assert (verified["verified"], verified["problems"], verified["files"]) == (True, [], len(names(Path("json.zip"))))
    assert verified["notes"]
    assert json.loads(ended(capsys, 0, reperform, "json.zip", json=True))["reproduced"] is True


def test_answers_to_requests_call_people_by_pseudonyms(here: Estate, capsys: pytest.CaptureFixture[str]) -> None:
    Path("requests.csv").write_text("id,control\nR1,A.8.17\n", encoding="utf-8")
    said = []
    request(Path("requests.csv"), Path("answers.zip"), json=True)
    request(Path("requests.csv"), Path("redacted-answers.zip"), redact="people", json=True)
    for name in ("answers.zip", "redacted-answers.zip"):
        with zipfile.ZipFile(name) as archive:
            said.append(b"".join(map(archive.read, archive.namelist())))
    capsys.readouterr()
    plain, redacted = said
    assert b"linus" in plain
    assert b"linus" not in redacted
    assert b"person-" in redacted


def test_what_does_not_hold_is_told_with_status_4(
    bundle: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    shutil.unpack_archive(bundle, tmp_path)
    (tmp_path / "findings.csv").unlink()
    assert "✗ findings.csv: is missing" in ended(capsys, 4, verify, str(tmp_path))
    assert "findings.csv: is missing" in ended(capsys, 4, reperform, str(tmp_path))


def test_what_is_no_bundle_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "text.zip").write_text("no archive", encoding="utf-8")
    for path in (tmp_path / "text.zip", tmp_path / "nowhere.zip"):
        with pytest.raises(AnnexaError, match="is no bundle"):
            verify(str(path))


def test_a_bundle_answers_one_question(bundle: Path) -> None:
    with pytest.raises(AnnexaError, match="a bundle answers one question"):
        reperform(str(bundle), scan="scan-1")
