"""Lists of people in real files: what is read, and that nothing of a list is passed over in silence."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from collectors.people import Settings, equivalent, least_privilege, open_sources, replay
from collectors.people.persons import persons
from collectors.people.reading import PeopleList
from core.codec import decode
from core.engine import Collected, collect
from core.model import Exchange, Unit
from core.resource import missing_fields
from core.resources.people import Person
from core.settings import read_document
from evidence_store.store import Store
from runs.configuration import Configuration, read
from runs.reperform import Asked, reperform
from runs.reperformance import Answer
from runs.report import Report
from runs.scan import Progress, scan
from runs.selection import Wish
from runs.state import report
from tests.slapd import BASE, PASSWORD, READER, Layout, person, slapd

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HEADING = "id,name,email,logins,start,end,manager,department\n"
ADA = "17,Ada,ada@example.org,ada; root-ada ;,2020-01-01,,bo@example.org,Research\n"
BO = '18,"Bo, the second",bo@example.org,,,2026-10-31,,\n'


def written(folder: Path, text: str | bytes, *, modified: datetime = NOW) -> Path:
    file = folder / "people.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    os.utime(file, (modified.timestamp(), modified.timestamp()))
    return file


def looked(file: Path, now: datetime = NOW, **settings: Any) -> Collected:
    """What a scan sees, having seen that a replay sees the same, whenever it is made."""
    (source,) = open_sources([Settings(**{"name": "hr", "file": str(file), **settings})], [], lambda: now)
    seen = collect(persons, source, version="", clock=lambda: now)
    later = now + timedelta(days=900)
    again = collect(
        persons, replay(seen.unit, seen.unit.exchanges, seen.bodies, lambda: later), version="", clock=lambda: later
    )
    assert (again.evidence[0].encoded, again.unit.gaps) == (seen.evidence[0].encoded, seen.unit.gaps)
    assert again.unit.principal == seen.unit.principal
    return seen


def people(seen: Collected) -> list[Person]:
    return [each for each in seen.evidence[0].resources if isinstance(each, Person)]


def gap(seen: Collected) -> str:
    return "".join(each.reason for each in seen.unit.gaps)


def test_everybody_in_a_list(tmp_path: Path) -> None:
    file = written(tmp_path, HEADING + ADA + BO)
    seen = looked(file)
    ada, bo = people(seen)
    assert (ada.id, ada.name, ada.email, ada.logins) == ("17", "Ada", "ada@example.org", ("ada", "root-ada"))
    assert (ada.start, ada.end, ada.manager, ada.department) == (date(2020, 1, 1), None, "bo@example.org", "Research")
    assert (bo.name, bo.logins, bo.start, bo.end) == ("Bo, the second", (), None, date(2026, 10, 31))
    assert gap(seen) == ""
    assert seen.unit.source == "people/hr"
    assert seen.unit.principal == f"uid {os.geteuid()}"
    (body,) = seen.bodies.values()
    assert decode(PeopleList, body).digest == hashlib.sha256(file.read_bytes()).hexdigest()


def test_what_nobody_asked_for_is_not_kept(tmp_path: Path) -> None:
    seen = looked(written(tmp_path, "id,salary,end\n17,98765,\n"))
    assert b"98765" not in b"".join(seen.bodies.values())
    (one,) = people(seen)
    assert missing_fields(one)["logins"] == "the list does not show logins"
    assert set(missing_fields(one)) == {
        *("name", "email", "logins", "start", "manager", "department", "department_since", "role", "role_since")
    }


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        ("\ufeffID,End,Logins\r\n17,2026-10-31,ada\r\n", {}),
        ("id;end;logins\n17;2026-10-31;ada\n;;\n\n", {"separator": ";"}),
        (
            "Nr,Austritt,Konten\n17,2026-10-31,ada\n",
            {"columns": {"id": "nr", "end": "Austritt", "logins": "Konten"}},
        ),
        ('id,end,logins,note\n17,2026-10-31,ada,"two\nlines, \u2028 and more"\n', {}),
    ],
)
def test_the_ways_in_which_programs_write_a_list(tmp_path: Path, text: str, settings: dict[str, Any]) -> None:
    seen = looked(written(tmp_path, text), **settings)
    (one,) = people(seen)
    assert (one.id, one.end, one.logins, gap(seen)) == ("17", date(2026, 10, 31), ("ada",), "")


@pytest.mark.parametrize(
    ("heading", "line"),
    [
        (
            "Employee #,First Name,Last Name,Work Email,Hire Date,Termination Date,Department,Job Title,Reporting to",
            "17,Ada,Example,ada@example.org,01/31/2020,10/15/2026,Research,Baker,Bo",
        ),
        (
            "Worker ID,Worker,Email - Primary Work,Hire Date,Termination Date,Supervisory Organization,Job Profile,Manager",
            "17,Ada Example,ada@example.org,01/31/2020,10/15/2026,Research,Baker,Bo",
        ),
        (
            "Employee ID,First name,Last name,Email,Hire date,Last day of work,Department,Position,Supervisor",
            "17,Ada,Example,ada@example.org,1/31/2020,10/15/2026,Research,Baker,Bo",
        ),
    ],
)
def test_exports_of_systems_for_personnel(tmp_path: Path, heading: str, line: str) -> None:
    seen = looked(written(tmp_path, f"{heading},Salary\n{line},98765\n"), dates=["MM/DD/YYYY"])
    (one,) = people(seen)
    assert (one.id, one.name, one.email, one.manager) == ("17", "Ada Example", "ada@example.org", "Bo")
    assert (one.start, one.end) == (date(2020, 1, 31), date(2026, 10, 15))
    assert (one.department, one.role) == ("Research", "Baker")
    assert set(missing_fields(one)) == {"logins", "department_since", "role_since"}
    assert b"98765" not in b"".join(seen.bodies.values())


def test_days_of_moves_and_of_who_never_came(tmp_path: Path) -> None:
    text = "id,start,end,role,role_since,department_since\n17,2026-02-01,2026-01-31,Baker,,2026-03-01\n"
    (one,) = people(looked(written(tmp_path, text)))
    assert (one.start, one.end) == (date(2026, 2, 1), date(2026, 1, 31))
    assert (one.role, one.role_since, one.department_since) == ("Baker", None, date(2026, 3, 1))


def test_a_day_that_could_be_two_is_a_gap(tmp_path: Path) -> None:
    seen = looked(written(tmp_path, "id,end\n17,03/04/2026\n18,31/12/2026\n"), dates=["DD/MM/YYYY", "MM/DD/YYYY"])
    assert gap(seen) == "line 2: the end is another day as DD/MM/YYYY than as MM/DD/YYYY"
    assert [each.end for each in people(seen)] == [date(2026, 12, 31)]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("19,Eve,,,,31.10.2026,,\n", "line 3: the end is no date such as 2026-12-31"),
        ("19,Eve,,,,2026-02-30,,\n", "line 3: the end is no date such as 2026-12-31"),
        ("19,Eve,,,20261031,,,\n", "line 3: the start is no date such as 2026-12-31"),
        (",Eve,,,,,,\n", "line 3 has no id"),
        ("19,Eve\n", "line 3 has 2 cells where the heading has 8"),
        (
            "19,Eve,,,,,,\n19,Eve,,,,2026-10-31,,\n",
            "line 3 has the id of another line; line 4 has the id of another line",
        ),
        ('19,"Eve"x,,,,,,\n20,Dan,,,,,,\n', "line 3: the quotes do not match, and nothing behind it could be read"),
        ('19,"Eve,,,,,,\n', "line 3: the quotes do not match, and nothing behind it could be read"),
        (",E,,,,,,\n" * 22, "; ".join(f"line {n} has no id" for n in range(3, 23)) + "; and 2 more"),
    ],
)
def test_a_line_that_cannot_be_read_is_a_gap(tmp_path: Path, line: str, reason: str) -> None:
    seen = looked(written(tmp_path, HEADING + ADA + line))
    assert [each.id for each in people(seen)] == ["17"]
    assert gap(seen) == reason
    assert "Eve" not in gap(seen)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "the heading names no column id"),
        ("id,name\n", "the heading names no column end"),
        ("id,end\n\n", "the list names nobody"),
        ("id;end\n17;\n", "the heading names no column id"),
        ("id,end,End\n", "the heading names the column end twice"),
        (
            "id,termination date,last day of work\n",
            "the heading names several columns that can be end: termination date, last day of work",
        ),
        ('"id,end\n', "line 1: the quotes do not match"),
        (b"id,end\n17,\n\xff\n", "line 3 is not UTF-8"),
        ("id,end\n".encode("utf-16"), "line 1 is not UTF-8"),
    ],
)
def test_a_list_that_makes_no_sense_is_a_gap(tmp_path: Path, text: str | bytes, reason: str) -> None:
    seen = looked(written(tmp_path, text))
    assert (people(seen), gap(seen)) == ([], reason)
    assert seen.unit.gaps[0].hint


@pytest.mark.parametrize(
    ("modified", "reason"),
    [
        (NOW - timedelta(days=7), ""),
        (NOW - timedelta(days=8), "the list is of 2026-11-15 and should have been renewed by 2026-11-22"),
        (NOW + timedelta(days=1), "the list says that it is of 2026-11-24, which is still to come"),
    ],
)
def test_a_list_that_nobody_renews_is_a_gap(tmp_path: Path, modified: datetime, reason: str) -> None:
    seen = looked(written(tmp_path, HEADING + ADA, modified=modified))
    assert ([each.id for each in people(seen)], gap(seen)) == (["17"], reason)


def test_how_old_a_list_may_be_is_a_setting(tmp_path: Path) -> None:
    file = written(tmp_path, HEADING + ADA, modified=NOW - timedelta(days=8))
    assert gap(looked(file, max_age=timedelta(days=30))) == ""


@pytest.mark.parametrize("kind", ["missing", "folder", "pipe"])
def test_what_is_no_file_is_a_gap(tmp_path: Path, kind: str) -> None:
    place = tmp_path / kind
    if kind == "folder":
        place.mkdir()
    if kind == "pipe":
        os.mkfifo(place)
    seen = looked(place)
    expected = {"missing": "the file cannot be read: No such file or directory"}
    assert gap(seen) == expected.get(kind, "the file is no list of people")


def test_a_list_that_changes_while_it_is_read_is_a_gap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = written(tmp_path, HEADING + ADA)
    look, looks = os.fstat, list[int]()

    def fstat(descriptor: int) -> os.stat_result:
        looks.append(descriptor)
        if len(looks) == 2:
            written(tmp_path, HEADING + BO, modified=NOW + timedelta(seconds=1))
        return look(descriptor)

    with monkeypatch.context() as patched:
        patched.setattr("collectors.people.source.os.fstat", fstat)
        seen = looked(file)
    assert (people(seen), gap(seen)) == ([], "the file changed while it was read")
    assert seen.unit.gaps[0].retryable


def test_two_fields_of_one_column_are_refused() -> None:
    with pytest.raises(ValueError, match="two fields are read from the same column"):
        Settings.model_validate({"name": "hr", "file": "f", "columns": {"name": "ID"}})


def test_how_a_person_looks(tmp_path: Path) -> None:
    exchange = looked(written(tmp_path, HEADING)).unit.exchanges[0]
    unit = Unit(collector="", version="", source="people/hr", scope="", principal="", started=NOW, finished=NOW)
    assert isinstance(exchange, Exchange)
    assert equivalent(unit, exchange) == f"sha256sum -- {tmp_path}/people.csv"
    assert "setfacl --modify user:annexa:r " in least_privilege(persons.permissions)


class Company:
    """A directory and a list of people, scanned into one store."""

    def __init__(self, folder: Path, text: str) -> None:
        self.folder = folder
        self.text = text

    @property
    def configuration(self) -> Configuration:
        return read(read_document("config.yaml", self.text), dict(os.environ), self.folder)

    def scan(self, now: datetime = NOW, **wish: Any) -> Report:
        done = scan(self.configuration, Wish(**wish), lambda: now, trigger="test", progress=Progress())
        with Store.open(self.configuration.location) as store:
            return report(self.configuration, store, now, done=done)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    folder = tmp_path_factory.mktemp("company")
    file = written(folder, HEADING + ADA + BO)
    with slapd(folder / "slapd", Layout(entries=[person("ada"), person("bo"), person("zed")])) as corp:
        yield Company(
            folder,
            f"store: {{folder: {folder}/store, key: {folder}/key}}\n"
            f"sources:\n  people: [{{name: hr, file: {file}}}]\n"
            f"  ldap: [{{name: corp, url: '{corp.secure}', bind_dn: '{READER}', password: {{env: ANNEXA_TEST_LDAP}},"
            f" authority: {corp.authority}, services: ['ou=services,{BASE}']}}]\n",
        )


def test_a_scan_finds_the_leaver_in_the_directory(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANNEXA_TEST_LDAP", PASSWORD)
    monkeypatch.chdir(company.folder)
    shown = company.scan()
    said = {(each.check, each.resource): (str(each.status), each.reason) for each in shown.findings}
    leavers = "people.leavers.leaver_has_no_open_account"
    assert said[leavers, "18"] == (
        "fail", "Bo, the second left on 2026-10-31, access was to end by 2026-11-01 00:00 UTC, and can sign in: bo (ldap/corp): it is switched on",
    )  # fmt: skip
    assert said[leavers, "17"] == ("not_applicable", "Ada has no last day")
    owned = {reason: status for (check, _), (status, reason) in said.items() if check.endswith("belongs_to_one_person")}
    assert owned["ada belongs to Ada"] == "pass"
    assert owned["no list of people names zed"] == "fail"
    assert owned["it belongs to a program"] == "not_applicable"
    sealed = b"".join(each.read_bytes() for each in (company.folder / "store").rglob("*") if each.is_file())
    assert b" left on 2026-10-31, access was to end by " in sealed
    assert b"Bo, the second" not in sealed
    assert b"bo@example.org" not in sealed
    with Store.open(company.configuration.location) as store:
        again = reperform(store, Asked())
    assert {each.answer for each in again.units} == {Answer.REPRODUCED}
    assert {each.answer for each in again.checks} == {Answer.REPRODUCED}
    written(company.folder, HEADING + ADA.replace(",,bo", ",2026-11-01,bo") + BO)
    shown = company.scan(NOW + timedelta(hours=1), sources=("people/hr",))
    assert {each.reason for each in shown.findings if each.check == leavers and each.resource == "17"} == {
        "Ada left on 2026-11-01, access was to end by 2026-11-02 00:00 UTC, and can sign in: ada (ldap/corp): it is switched on"
    }
