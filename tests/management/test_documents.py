"""Documents: a record edited as YAML, many brought in and taken out, malformed ones refused with the line, 10,000."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from core.errors import AnnexaError
from core.management.events import RefusedActError
from core.management.nonconformity import Nonconformity
from management import nonconformities as leading
from management.documents import apply_form, bring_in, form, taken_out
from management.looking import Filter, all_events, listed
from management.nonconformities import known, one
from management.sealing import By
from tests.management.conftest import ADA, GRACE, Office

ONE = "nonconformities:\n- {external: A-1, title: no minutes, statement: the review has none}\n"


def edited(office: Office, record: Nonconformity, **changes: Any) -> Nonconformity | None:
    text = form(record)
    fields = {**yaml.safe_load(text), **changes}
    with office.desk() as desk:
        return apply_form(desk, record, "form.yaml", yaml.safe_dump(fields), By(reason="", name="Grace"))


def record_of(office: Office, name: str) -> Nonconformity:
    with office.desk() as desk:
        return one(desk, name)


def test_one_edit_is_as_many_acts_as_it_takes(office: Office) -> None:
    record = record_of(office, office.raised())
    said = {"title": "too high", "owner": "Ada", "due": date(2026, 5, 1), "correction": "mown", "consequences": "none"}
    found = edited(office, record, **said, cause="no plan", similar="none", grade="major", reason="after the meeting")
    assert found is not None
    assert (found.stage, found.title, found.owner, found.due, found.grade, found.cause) == (
        "analysed", "too high", "Ada", date(2026, 5, 1), "major", "no plan",
    )  # fmt: skip
    with office.desk() as desk:
        done = all_events(desk)[record.id]
    assert [(each.author, each.reason) for each in done[1:]] == [("Grace", "after the meeting")] * 4
    office.verified()


def test_an_edit_that_changes_nothing_seals_nothing(office: Office) -> None:
    assert edited(office, record_of(office, office.raised()), reason="because") is None


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"title": "x"}, "form.yaml:11: reason: nobody says why"),
        ({"title": "", "reason": "x"}, "title is missing"),
        ({"grade": "awful", "reason": "x"}, "form.yaml:3: grade: input should be 'minor' or 'major'"),
        ({"due": "tomorrow", "reason": "x"}, "form.yaml:2: due: input should be a valid date"),
        ({"onwer": "x", "reason": "x"}, "onwer: unknown setting, did you mean owner"),
        ({"cause": "x", "similar": "x", "reason": "x"}, "NC-0001: is raised, and can be analysed only while"),
    ],
)
def test_a_malformed_edit_is_refused_and_nothing_changes(office: Office, changes: dict[str, Any], message: str) -> None:
    record = record_of(office, office.raised())
    with pytest.raises(AnnexaError) as refused:
        edited(office, record, **changes)
    assert message.rsplit(":", maxsplit=1)[-1] in str(refused.value)
    assert record_of(office, record.id) == record


@pytest.mark.parametrize(
    "text", ["title: [", "- a\n- b\n", "", "title: 1\ntitle: 2\n", "title: !!python/object:os.system x"]
)
def test_what_is_no_form_is_refused(office: Office, text: str) -> None:
    record = record_of(office, office.raised())
    with office.desk() as desk, pytest.raises(AnnexaError, match=r"form\.yaml"):
        apply_form(desk, record, "form.yaml", text, GRACE)


def test_two_people_edit_at_once_and_the_second_is_told(office: Office) -> None:
    record = record_of(office, office.raised())
    assert edited(office, record, title="first", reason="x")
    with pytest.raises(
        RefusedActError, match="somebody else changed it meanwhile: this would be event 2, and there are 2"
    ):
        edited(office, record, title="second", reason="x")
    assert record_of(office, record.id).title == "first"


def brought(office: Office, text: str, name: str = "in.yaml") -> tuple[list[Nonconformity], list[str]]:
    file = office.farm.folder / name
    file.write_text(text, encoding="utf-8")
    with office.desk() as desk:
        return bring_in(desk, Path(name), ADA)


def test_what_is_brought_in_is_brought_in_once(office: Office) -> None:
    (record,), passed = brought(office, ONE)
    assert (record.id, record.external, record.severity, record.due, record.owner, passed) == (
        "NC-0001", "A-1", "medium", date(2026, 5, 1), "", [],
    )  # fmt: skip
    more = (
        ONE
        + "- {external: A-2, title: x, statement: y, owner: Ada, due: 2026-06-01, severity: high, subjects: [{check: c}]}\n"
    )
    (record,), passed = brought(office, more)
    assert (record.id, record.owner, record.due, record.stage, passed) == (
        "NC-0002", "Ada", date(2026, 6, 1), "assigned", ["A-1"],
    )  # fmt: skip
    assert brought(office, more) == ([], ["A-1", "A-2"])
    office.verified()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nonconformities: 3\n", "in.yaml:1: nonconformities: input should be a valid list"),
        ("- a\n", "in.yaml:1: expected settings, found a list"),
        (
            "nonconformities:\n- {external: a, title: b}\n",
            "in.yaml:2: nonconformities[0].statement: required, but missing",
        ),
        (
            ONE + "- {external: A-1, title: b, statement: c}\n",
            "in.yaml:3: nonconformities[1].external: stands in this file twice",
        ),
        (
            ONE + "- {external: b, title: b, statement: c, due: soon}\n",
            "nonconformities[1].due: expected a day such as",
        ),
        (ONE + "- {external: b, title: b, statement: c, gade: x}\n", "unknown setting, did you mean grade"),
        ("\x00", "in.yaml:1: not readable as YAML"),
    ],
)
def test_a_malformed_file_brings_nothing_in(office: Office, text: str, message: str) -> None:
    with pytest.raises(AnnexaError) as refused:
        brought(office, text)
    assert message in str(refused.value)
    with office.desk() as desk:
        assert known(desk) == {}


def test_spreadsheets(office: Office) -> None:
    text = "external,title,statement,check,source,due\nA-1,=cmd(),x,meadow.flower_is_low,meadow/north,2026-06-01\nA-2,b,c,,,\n"
    (first, second), _ = brought(office, text, "in.csv")
    assert (first.title, first.due, str(first.subjects[0])) == (
        "=cmd()", date(2026, 6, 1), "meadow.flower_is_low in meadow/north",
    )  # fmt: skip
    assert second.subjects == ()
    with office.desk() as desk:
        out = taken_out(desk, [first, second], ".csv")
    assert "'=cmd()" in out, "a spreadsheet would run it"
    assert out.splitlines()[0] == "external,title,statement,grade,severity,owner,due,check,source"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("external,title\nA-1\n", "in.csv:2: has not as many columns"),
        ("external,title\nA-1,b,c\n", "in.csv:2: has not as many columns"),
        ('external,title\nA-1,"b\n', "in.csv:"),
        ("external,title\n\nA-1,b\n", "in.csv:3: nonconformities[0].statement: required"),
    ],
)
def test_a_malformed_spreadsheet_names_the_line(office: Office, text: str, message: str) -> None:
    with pytest.raises(AnnexaError) as refused:
        brought(office, text, "in.csv")
    assert message in str(refused.value)


def test_what_cannot_be_read_is_explained(office: Office) -> None:
    (office.farm.folder / "latin.yaml").write_bytes(b"\xff")
    (office.farm.folder / "large.yaml").touch()
    with (office.farm.folder / "large.yaml").open("r+b") as file:
        file.truncate(65 * 2**20)
    with office.desk() as desk:
        for name, message in (
            ("none.yaml", "cannot be read"),
            ("latin.yaml", "not UTF-8"),
            ("large.yaml", "more than"),
        ):
            with pytest.raises(AnnexaError, match=message):
                bring_in(desk, Path(name), ADA)


def test_what_is_taken_out_can_be_brought_in_elsewhere_once(office: Office) -> None:
    office.raised()
    with office.desk() as desk:
        leading.assign(desk, ["NC-0001"], "Ada", None, ADA)
        text = taken_out(desk, known(desk).values(), ".yaml")
    assert brought(office, text) == ([], [yaml.safe_load(text)["nonconformities"][0]["external"]])
    (record,), _ = brought(office, text.replace("NC-0001@", "NC-0001@other."))
    assert (record.id, record.owner, record.subjects) == ("NC-0002", "Ada", record_of(office, "NC-0001").subjects)


@pytest.mark.parametrize("many", [300, pytest.param(10_000, marks=pytest.mark.soak)])
def test_many(office: Office, many: int) -> None:
    """Brought in at once, listed, acted on in bulk, and verified."""
    rows = "".join(f"A-{n},title {n},statement {n},meadow.flower_is_low,meadow/north\n" for n in range(many))
    raised, _ = brought(office, "external,title,statement,check,source\n" + rows, "in.csv")
    assert (len(raised), raised[-1].id) == (many, f"NC-{many:04}")
    with office.desk() as desk:
        names = [each.record.id for each in listed(desk, Filter()).rows]
        assert len(names) == many
        leading.assign(desk, names[:100], "Ada", None, ADA)
        assert len(listed(desk, Filter(owner="Ada")).rows) == 100
    office.verified()
