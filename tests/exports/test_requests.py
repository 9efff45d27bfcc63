"""Lists of requests, exports of one format and samples, as commands: what they write, seal, answer and refuse."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from agent import app
from core.errors import AnnexaError
from evidence_store.questions.events import samples
from exports.formats import FORMATS
from exports.request_list import period, read
from runs import clock
from tests.exports.forms import estate
from tests.runs.farm import LOW, Farm

LIST = """Request ID,Control or question,Period
R1,A.8.17,2026-02-01/2026-02-01
R2,"Show that screening (A.6.1) is done, please",2026
../R3,meadow.flower_is_low,
R1,Who screens new employees before employment begins?,2026-Q1
R5,A.8.17,2019
R6,A.99.1,
R7,A.8.17 and iso27001_2013:A.12.4.4,
R8,A.8.17,sometime
,,
R9,,2026-02-01
"""


@pytest.fixture(scope="module")
def farm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Farm]:
    with estate(tmp_path_factory.mktemp("estate")) as found, pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", found.clock)
        (found.folder / "config.yaml").write_text(found.text)
        yield found


@pytest.fixture(autouse=True)
def _at_home(farm: Farm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(farm.folder))
    monkeypatch.chdir(farm.folder)


def run(*arguments: str) -> tuple[int, str]:
    """Exit status and output of a command; errors fly."""
    said = CliRunner().invoke(app, arguments, standalone_mode=False)
    if said.exception:
        raise said.exception
    return said.return_value or 0, said.output


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


def sealed(farm: Farm) -> list[str]:
    return [json.loads(data)["type"] for (data,) in farm.rows("SELECT data FROM leaf ORDER BY position")]


def test_each_request_has_a_folder_and_what_is_missing_is_said(farm: Farm) -> None:
    (farm.folder / "requests.csv").write_text(LIST)
    status, out = run("export", "request", "requests.csv", "--output", "answers.zip", "--reason", "for the auditor")
    assert status == 3
    assert sealed(farm)[-1] == "export"
    with zipfile.ZipFile(farm.folder / "answers.zip") as archive:
        found = rows(archive.read("requests.csv"))
        names = archive.namelist()
        low = rows(archive.read("R1/findings.csv"))
        page = archive.read("R2/answer.md").decode()
        checked = rows(archive.read("R3/controls.csv"))
    by_folder = {each["folder"]: each for each in found}
    assert {name.partition("/")[0] for name in names} == {*by_folder, "requests.csv"}
    assert [(each["request"], each["answered"]) for each in found] == [
        ("R1", "yes"), ("R2", "in part"), ("../R3", "in part"), ("R1 (line 5)", "no"), ("R5", "no"), ("R6", "no"), ("R7", "no"), ("R8", "no"), ("R9", "no"),
    ]  # fmt: skip
    assert {each["check"] for each in low} == {LOW, "meadow.flowers_grow_on_soil"}
    assert "no check speaks to it" in page
    assert "people, documents and places do" in page
    assert [each["control"] for each in checked] == ["A.8.17"]
    assert "perhaps one of these is meant: A.6.1 Screening" not in by_folder["R1_line_5"]["what_could_not_be_answered"]
    assert (
        "A.6.5 Responsibilities after termination or change of employment"
        in by_folder["R1_line_5"]["what_could_not_be_answered"]
    )
    assert "there is no checkpoint at or before 2019-12-31" in by_folder["R5"]["what_could_not_be_answered"]
    assert "has no control A.99.1" in by_folder["R6"]["what_could_not_be_answered"]
    assert "several editions" in by_folder["R7"]["what_could_not_be_answered"]
    assert "sometime is not a moment" in by_folder["R8"]["what_could_not_be_answered"]
    assert "meadow/south: meadow.flower could not be seen: " in by_folder["R3"]["what_could_not_be_answered"]
    assert "in part" in out
    status, out = run("export", "request", "requests.csv", "--output", "again.zip", "--json")
    assert json.loads(out)["answers"][0] == {"request": "R1", "answered": "yes", "folder": "R1", "missing": []}
    assert (farm.folder / "again.zip").read_bytes() == (farm.folder / "answers.zip").read_bytes()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "line 1: no column is called request id"),
        ("id,what\n", "line 1: no column is called control or question"),
        ("id,control\n", "has 0 requests"),
        ('id,control\nR1,"A.8.17', "line 2: unexpected end of data"),
        ("id,control\n" + "R,A.8.17\n" * 1001, "has 1001 requests"),
    ],
)
def test_what_is_no_list_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "list.csv").write_text(text)
    with pytest.raises(AnnexaError, match=problem):
        read(tmp_path / "list.csv")


def test_lists_as_spreadsheets_save_them(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes("\ufeffNo;Question;Period\r\n1;Größe von A.8.17;2026-02\r\n".encode())
    (found,) = read(path)
    assert (found.id, found.asked, found.start, found.problem) == ("1", "Größe von A.8.17", at(2), "")
    path.write_bytes(b"No;Question\n\xff;x\n")
    with pytest.raises(AnnexaError, match="is not in UTF-8"):
        read(path)
    with pytest.raises(AnnexaError, match="No such file"):
        read(tmp_path / "gone.csv")


def at(month: int, day: int = 1) -> datetime:
    return datetime(2026, month, day, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026-01-01/2026-03-31", at(1), at(4)),
        ("2026-01-01 to 2026-03-31", at(1), at(4)),
        ("2026-01-01 - 2026-03-31", at(1), at(4)),
        ("2026-Q1", at(1), at(4)),
        ("2026-02", at(2), at(3)),
        ("2026-02-01 .. 2026-02", at(2), at(3)),
        ("2026", at(1), datetime(2027, 1, 1, tzinfo=UTC)),
        ("2026-03-31", at(3, 31), at(4)),
    ],
)
def test_periods_as_people_write_them(text: str, start: datetime, end: datetime) -> None:
    found = period(text)
    assert found[0] == start
    assert found[1] == end - datetime.resolution


def test_a_period_that_ends_before_it_begins_is_none() -> None:
    assert period("") == (None, None)
    with pytest.raises(AnnexaError, match="ends before it begins"):
        period("2026-03-31/2026-01-01")


@pytest.mark.parametrize("form", sorted(FORMATS.keys() - {"bundle"}))
def test_one_format_alone(farm: Farm, form: str) -> None:
    asked: Sequence[str] = ("--control", "A.8.17", "--to", "2026-02-02T13:00:00Z")
    before = len(sealed(farm))
    status, out = run("export", form, "--output", f"one.{form}", *asked)
    assert status == 0
    assert f"sealed as leaf {before}" in out
    assert (farm.folder / f"one.{form}").stat().st_size > 1000
    with pytest.raises(AnnexaError, match=f"one.{form}: is there already"):
        run("export", form, "--output", f"one.{form}", *asked)


def test_the_same_question_asked_twice(farm: Farm) -> None:
    asked: Sequence[str] = ("--to", "2026-02-02T13:00:00Z", "--json")
    left: list[dict[str, Any]] = [json.loads(run("export", "csv", "--output", f"{n}.zip", *asked)[1]) for n in (1, 2)]
    assert [(each["form"], each["file"]) for each in left] == [("csv", "1.zip"), ("csv", "2.zip")]
    assert left[1]["leaf"] == left[0]["leaf"] + 1
    assert left[0]["digest"] == left[1]["digest"]


def test_nothing_is_left_where_nothing_could_be_written(farm: Farm, monkeypatch: pytest.MonkeyPatch) -> None:
    (farm.folder / "requests.csv").write_text(LIST)
    before = sealed(farm), sorted(path.name for path in farm.folder.iterdir())

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(FORMATS, "ocsf", full)
    with pytest.raises(AnnexaError, match="cannot be written: No space left on device"):
        run("export", "ocsf", "--output", "full.jsonl")
    with pytest.raises(AnnexaError, match="is no folder"):
        run("export", "ocsf", "--output", "gone/full.jsonl")
    with pytest.raises(AnnexaError, match="there is no framework zebra"):
        run("export", "oscal", "--output", "zebra.json", "--framework", "zebra")
    with pytest.raises(AnnexaError, match="there is no framework zebra"):
        run("export", "request", "requests.csv", "--output", "zebra.zip", "--framework", "zebra")
    assert (sealed(farm), sorted(path.name for path in farm.folder.iterdir())) == before


def test_a_sample_as_a_command(farm: Farm) -> None:
    status, out = run("sample", "--check", LOW, "--size", "3", "--seed", "Q2", "--output", "sample.zip", "--by", "Eve")
    assert status == 3  # the gate of one meadow is shut
    assert sealed(farm)[-2:] == ["sample", "export"]
    assert re.search(r"SA-\d{4}: 3 of 23 verdicts, random", out)
    assert "not shown to be complete" in out
    with zipfile.ZipFile(farm.folder / "sample.zip") as archive:
        name = archive.namelist()[0].partition("/")[0]
        kept = json.loads(archive.read(f"{name}/sample.json"))
    status, out = run(
        "sample", "--check", LOW, "--size", "3", "--source", "meadow/north", "--as-of", "2026-02-01", "--json"
    )
    assert status == 0
    said = json.loads(out)
    assert (said["population"], said["complete"], len(said["items"]), len(said["seed"])) == (21, True, 3, 64)
    with farm.store() as store, store.reading() as connection:
        found = samples(store, connection)
    assert (found[name].author, found[name].said.seed, list(found[name].said.parts[0].lines)) == (
        "Eve", "Q2", kept["parts"][0]["lines"],
    )  # fmt: skip
    assert found[said["id"]].said.seed == said["seed"]
