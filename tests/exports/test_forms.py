"""Formats that others read, held against their own schemas; and samples that strangers draw again."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from openpyxl import load_workbook
from py_ocsf_models.events.findings.compliance_finding import (  # type: ignore[import-untyped]  # it has none
    ComplianceFinding,
)

from core.errors import AnnexaError
from core.management.organization import Organization
from core.management.statements import Version
from core.model import Status
from core.sampling import Method
from evidence_store.people.keyring import Keyring
from evidence_store.questions.events import samples
from evidence_store.questions.past import Past
from evidence_store.questions.populations import Populations
from exports import ocsf, oscal, pdf, workbook
from exports.bundle import forms, paper
from exports.bundle.content import Content
from exports.bundle.parts import Snapshot
from exports.bundle.pinning import asked
from management.samples import DrawnSample, drawn_again
from runs.as_of import AsOf
from runs.state import report
from tests.exports.forms import DAY, FORMULA, GREEK, MARKUP, draw, estate, seen
from tests.runs.farm import LOW, Farm

SCHEMA = Path(__file__).parent / "data" / "oscal_assessment-results_schema.json"
SOME = ("A.8.17", "A.5.1")
"""Controls of which papers are short."""
DAY_OF_IT = datetime(2026, 1, 31, tzinfo=UTC)
UUID5 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


@pytest.fixture(scope="module")
def farm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Farm]:
    with estate(tmp_path_factory.mktemp("estate")) as found:
        yield found


@pytest.fixture(scope="module")
def files(farm: Farm) -> dict[str, bytes]:
    """Everything that a bundle gets from here."""
    with farm.store() as store:
        return {each.path: b"".join(each.pieces) for each in forms.files(seen(farm, store, controls=SOME))}


@pytest.fixture
def found(farm: Farm) -> Iterator[Snapshot]:
    with farm.store() as store:
        yield seen(farm, store)


def document(found: Snapshot) -> dict[str, Any]:
    whole: dict[str, Any] = json.loads(b"".join(oscal.pieces(found)))
    return whole["assessment-results"]  # type: ignore[no-any-return]  # of JSON


def walk(value: object) -> Iterator[tuple[str, str]]:
    """Every member that is text, by name."""
    if isinstance(value, dict):
        for name, each in value.items():
            if isinstance(each, str):
                yield name, each
            yield from walk(each)
    elif isinstance(value, list):
        for each in value:
            yield from walk(each)


def dangling(doc: dict[str, Any]) -> set[str]:
    """What is referred to and not there. Neither the schema nor trestle notices."""
    members = list(walk(doc))
    there = {value for name, value in members if name == "uuid"}
    asked = {value for name, value in members if name.endswith("-uuid")}
    asked |= {value[1:] for name, value in members if name == "href" and value.startswith("#")}
    return asked - there


def test_oscal_is_valid_and_nothing_dangles(files: dict[str, bytes]) -> None:
    data = json.loads(files["oscal/assessment-results.json"])
    problems = [
        error.message for error in jsonschema_rs.validator_for(json.loads(SCHEMA.read_text())).iter_errors(data)
    ]
    assert problems == []
    doc = data["assessment-results"]
    assert dangling(doc) == set()
    uuids = [value for name, value in walk(doc) if name == "uuid"]
    assert len(set(uuids)) == len(uuids)
    assert all(UUID5.fullmatch(each) for each in uuids)
    del doc["results"][0]["observations"][0]
    assert len(dangling(doc)) == 1


def test_oscal_says_what_evidence_says(found: Snapshot) -> None:
    (result,) = document(found)["results"]
    (finding,) = result["findings"]
    assert finding["target"]["target-id"] == "A.8.17"
    assert (finding["target"]["status"]["state"], finding["target"]["status"]["reason"]) == ("not-satisfied", "fail")
    assert len(finding["related-observations"]) == len(result["observations"]) == len(found.report.findings)
    assert "A.5.1 (no evidence)" in result["remarks"].replace("\\", "")
    texts = [o["title"] for o in result["observations"]]
    assert any(GREEK in text for text in texts)
    assert any(r"\<b\>\*rose\*\</b\>" in text for text in texts)  # Markdown shows it, and does not obey it
    evidence = {r["href"][1:] for o in result["observations"] for r in o.get("relevant-evidence", [])}
    resources = {r["uuid"]: r for r in document(found)["back-matter"]["resources"]}
    with found.store.reading() as connection:
        read = found.store.read_blob(connection)
        for each in evidence:
            ((link,)) = resources[each]["rlinks"]
            digest = link["hashes"][0]["value"]
            assert hashlib.sha256(read(bytes.fromhex(digest))).hexdigest() == digest


def test_oscal_has_a_risk_for_what_people_answer_for(found: Snapshot) -> None:
    (result,) = document(found)["results"]
    risks = {each["title"].partition(":")[0]: each for each in result["risks"]}
    assert {name: each["status"] for name, each in risks.items()} == {
        "NC-0001": "open",
        "RA-0001": "deviation-approved",
    }
    titles = {o["uuid"]: o["title"] for o in result["observations"]}
    about = {
        name: [titles[r["observation-uuid"]].replace("\\", "") for r in each["related-observations"]]
        for name, each in risks.items()
    }
    assert about == {"NC-0001": [f"{LOW}: f08"], "RA-0001": [f"{LOW}: f04"]}
    assert risks["RA-0001"]["deadline"] == "2026-03-03T13:00:00Z"
    (finding,) = result["findings"]
    assert {each["risk-uuid"] for each in finding["related-risks"]} == {each["uuid"] for each in risks.values()}


def test_oscal_of_what_is_left_open_supported_and_accepted(found: Snapshot) -> None:
    passing = tuple(each for each in found.report.findings if each.status is Status.PASS)
    edition = found.conclusions
    for conclusion, expected in (("supported", ("satisfied", "pass")), ("undetermined", ("not-satisfied", "other"))):
        (control,) = (each for each in edition.controls if each.control.id == "A.8.17")
        said = replace(control, conclusion=type(control.conclusion)(conclusion))
        other = replace(
            found, report=replace(found.report, findings=passing, frameworks=(replace(edition, controls=(said,)),))
        )
        (finding,) = document(other)["results"][0]["findings"]
        assert (finding["target"]["status"]["state"], finding["target"]["status"]["reason"]) == expected
    nothing = replace(found, report=replace(found.report, findings=(), frameworks=(replace(edition, controls=()),)))
    assert {"observations", "findings", "risks"}.isdisjoint(document(nothing)["results"][0])


def test_the_organization_and_its_scope_stand_at_the_head(found: Snapshot) -> None:
    said = Organization(name="Willow", scope_statement="All meadows")
    stated = Version(
        id="ORGANIZATION", said=said, events=2, at=DAY_OF_IT, author="Ada", login="ada", reason="as agreed", leaf=7
    )
    answers = replace(found.report.answers, organization=stated)
    other = replace(found, report=replace(found.report, answers=answers))
    (party,) = document(other)["metadata"]["parties"]
    assert (party["type"], party["name"], party["remarks"]) == ("organization", "Willow", "All meadows")
    whole = {"assessment-results": document(other)}
    assert not list(jsonschema_rs.validator_for(json.loads(SCHEMA.read_text())).iter_errors(whole))
    facts = dict(Content(other).facts())
    assert (facts["organization"], facts["scope stated"]) == ("Willow", "version 2, leaf 7")
    assert paper.facts(Content(other))[:2] == [
        ("Organization", "Willow"), ("Its scope", "All meadows (version 2, leaf 7)"),
    ]  # fmt: skip
    assert "parties" not in document(found)["metadata"]
    for event in map(ComplianceFinding.model_validate_json, ocsf.lines(other)):
        assert event.metadata.labels == ["organization: Willow", "scope: All meadows"]
    assert all(b'"labels"' not in line for line in ocsf.lines(found))
    about = next(each for each in forms.files(other) if each.path == "about.csv")
    assert b"organization,Willow\r\nscope of its management system,All meadows\r\n" in b"".join(about.pieces)


def test_the_same_question_gives_the_same_bytes(farm: Farm, files: dict[str, bytes]) -> None:
    with farm.store() as store:
        again = {each.path: b"".join(each.pieces) for each in forms.files(seen(farm, store, controls=SOME))}
    assert [path for path in files if again[path] != files[path]] == []
    assert again.keys() == files.keys()


def test_ocsf_is_valid(found: Snapshot, files: dict[str, bytes]) -> None:
    lines = files["ocsf/findings.jsonl"].splitlines()
    events = [ComplianceFinding.model_validate_json(line) for line in lines]
    assert len(events) == len(found.report.findings)
    assert {event.type_uid for event in events} <= {200301, 200302}
    by_status = {event.status_code: event.compliance.status_id for event in events}
    assert {status: int(number) for status, number in by_status.items() if number} == {
        "fail": 3,
        "pass": 1,
        "unknown": 2,
    }
    failing = [event for event in events if event.status_code == "fail"]
    assert sorted(str(event.status) for event in failing) == ["In Progress", *["New"] * 4, "Suppressed"]
    assert all(event.compliance.requirements == ["A.8.17"] for event in events)


def test_ocsf_says_what_is_done_about_a_failure(found: Snapshot) -> None:
    failing = next(each for each in found.report.findings if each.status is Status.FAIL)
    odd = replace(failing, status=Status.ERROR, check="gone.since")
    for changed, status, caption in (
        (replace(failing, accepted="RA-0001"), "Suppressed", "Fail"),
        (replace(failing, nonconformities=("NC-0001",)), "In Progress", "Fail"),
        (odd, None, "error"),
    ):
        (line,) = ocsf.lines(replace(found, report=replace(found.report, findings=(changed,))))
        event = json.loads(line)
        assert (event.get("status"), event["compliance"]["status"]) == (status, caption)
        ComplianceFinding.model_validate(event)


def test_the_workbook_has_every_table_and_runs_nothing(files: dict[str, bytes]) -> None:
    book = load_workbook(io.BytesIO(files["workbook.xlsx"]))
    assert book.sheetnames == [
        "about", "controls", "period_controls", "findings", "gaps", "populations", "samples", "nonconformities",
        "acceptances", "period_checks", "period_populations", "period_changes", "log",
    ]  # fmt: skip
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert {FORMULA, GREEK, MARKUP.replace("\n", "\\n")} <= {cell.value for cell in cells}
    heads = {sheet.title: [cell.value for cell in sheet[1]] for sheet in book}
    at = heads["findings"].index("collected_at")
    assert all(isinstance(row[at].value, datetime) for row in book["findings"].iter_rows(min_row=2))
    assert all(sheet.freeze_panes == "A2" and sheet.auto_filter.ref for sheet in book)


def test_the_paper_has_a_head_contents_bookmarks_and_letters_of_all_kinds(
    files: dict[str, bytes], tmp_path: Path
) -> None:
    (tmp_path / "report.pdf").write_bytes(files["report.pdf"])
    run = subprocess.run(["pdftotext", "-layout", "report.pdf", "-"], cwd=tmp_path, capture_output=True, check=True)
    text = " ".join(run.stdout.decode().split())  # lines end where columns do
    for each in (
        "2026-01-30 13:00 UTC to 2026-02-03 13:00 UTC", "Contents", "Ωμέγα", "花", "SA-0001: 6 of 23 verdicts", "the gate is shut",
        "fail 75.0 %, blind 25.0 %", "How this was made", "=HYPERLINK",
    ):  # fmt: skip
        assert each in text, each
    run = subprocess.run(
        ["pdftohtml", "-xml", "-i", "-stdout", "report.pdf"], cwd=tmp_path, capture_output=True, check=True
    )
    outline = run.stdout.decode().partition("<outline>")[2]
    assert ">Controls and conclusions</item>" in outline


def test_lists_on_paper_end_and_say_where_the_rest_is(found: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "_written", lambda _, text: (text.encode(), ()))
    for name in ("MOST_FAILURES", "MOST_ROWS", "MOST_ITEMS"):
        monkeypatch.setattr(paper, name, 1)
    said = paper.write(Content(found)).decode()
    failing = sum(each.status is Status.FAIL for each in found.report.findings)
    assert said.count('class="findings"') == 1
    assert f"{failing - 1} more, of {failing} that fail: sheet <code>findings</code>" in said
    assert "1 more: sheet <code>populations</code>" in said
    assert "5 more items: folder <code>samples/SA-0001</code> of the bundle" in said


def test_the_period_as_tables(files: dict[str, bytes]) -> None:
    text = files["period/checks.csv"].decode()
    row = next(csv.DictReader(io.StringIO(text, newline="")))
    assert (row["check"], row["verdicts"], row["ever_failed"]) == (LOW, "24", "7")
    assert (row["fail_share"], row["blind_share"], row["partly_blind_share"]) == ("75.0 %", "25.0 %", "50.0 %")
    assert (row["first_failure"], row["fail_seconds"]) == ("2026-01-31T13:00:00Z", "259200")


@pytest.fixture
def _without_extras(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object, **__: object) -> None:
        raise AnnexaError("PDF needs the extra `pdf`", "pip install 'annexa[pdf]'")

    monkeypatch.setattr(pdf, "render", missing)
    monkeypatch.setattr(workbook, "write", missing)


@pytest.mark.usefixtures("_without_extras")
def test_without_an_extra_a_bundle_says_what_it_lacks(found: Snapshot) -> None:
    made = {each.path for each in forms.files(found)}
    assert {"report.pdf", "workbook.xlsx"}.isdisjoint(made)
    assert found.stated["report.pdf"] == "not made: PDF needs the extra `pdf`; pip install 'annexa[pdf]'"


def test_only_gaps_that_hide_something_from_a_control_are_told_with_it(farm: Farm) -> None:
    with farm.store() as store:
        (gap,) = seen(farm, store, controls=("A.8.17",)).report.gaps
        assert gap.kinds == ("meadow.flower",)
        assert seen(farm, store, controls=("A.6.1",)).report.gaps == ()
        assert seen(farm, store).report.gaps == (gap,)


def test_an_answer_that_is_not_kept_any_more_is_none(farm: Farm) -> None:
    with farm.store() as store, store.reading() as connection:
        populations = Populations(store, connection, Keyring(store, connection).reveal)
        known = next(populations.all())
        assert populations.answer(known.lines)
        assert populations.answer("0" * 64) is None


def test_a_period_may_end_with_a_scan_or_a_leaf(farm: Farm) -> None:
    with farm.store() as store:
        ends = [
            asked(store, ("", text), "iso27001_2022", farm.now, ((), ())).end
            for text in ("3", "", farm.report().scan.id)
        ]
        assert sorted(ends) == ends
        assert ends[0] < ends[2]
        with pytest.raises(AnnexaError, match="someday is neither a moment nor a scan"):
            asked(store, ("", "someday"), "iso27001_2022", farm.now, ((), ()))


def again(farm: Farm, drawn: DrawnSample) -> DrawnSample:
    with farm.store() as store, store.reading() as connection:
        sample = samples(store, connection)[drawn.sample.id]
        past = Past(size=sample.said.size, moment=sample.said.moment)
        stood = report(farm.configuration, store, farm.now, then=AsOf(past=past))
        return drawn_again(sample, stood, Populations(store, connection, Keyring(store, connection).reveal, past))


def test_a_sample_is_drawn_again_by_us_and_by_strangers(farm: Farm, files: dict[str, bytes], tmp_path: Path) -> None:
    sample = json.loads(files["samples/SA-0001/sample.json"])
    (tmp_path / "population-1.txt").write_bytes(files["samples/SA-0001/population-1.txt"])
    how = files["samples/SA-0001/HOW.md"].decode()
    script = how.partition("```sh\n")[2].partition("```")[0]
    said = subprocess.run(
        ["/bin/sh", "-c", script], cwd=tmp_path, env={"SEED": sample["seed"], "PATH": "/usr/bin:/bin"},
        capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    assert said[0].split()[0] == sample["parts"][0]["population_sha256"]
    assert [line.split(" ", 2)[2] for line in said[1:]] == sample["parts"][0]["lines"]
    evidence = [json.loads(files[f"samples/SA-0001/evidence/{n:04}.json"]) for n in range(1, 7)]
    assert [each["item"] for each in evidence] == sample["parts"][0]["lines"]
    assert all(each["observed"]["id"] == each["resource"] for each in evidence)
    assert all(each["verdicts"][0]["check"] == LOW for each in evidence)
    assert b"complete as far as the provider answered" in files["samples/SA-0001/completeness.csv"]
    assert b",walk,," in files["samples/SA-0001/completeness.csv"]
    assert (sample["population"], sample["drawn"], sample["complete"], sample["author"]) == (23, 6, True, "Adelheid")


def test_resources_stratified_and_all_failures(farm: Farm) -> None:
    flowers = draw(farm, size=4, method=Method.STRATIFIED, kind="meadow.flower")
    assert [(part.name, len(part.drawn)) for part in flowers.strata] == [("meadow/north", 3), ("meadow/south", 1)]
    item = flowers.items[0]
    line = json.loads(item.line)
    assert line == ["meadow.flower", "meadow/north", "", hashlib.sha256(item.sealed).hexdigest()]
    assert {verdict.check for verdict in item.verdicts} == {LOW}
    assert not flowers.complete
    assert "the gate is shut" in flowers.sample.said.unseen[0]
    failures = draw(farm, size=3, method=Method.FAILURES, controls=("A.8.17",), checks=())
    assert [(part.name, len(part.drawn)) for part in failures.strata] == [("failing", 6), ("others", 3)]
    assert all(each.verdicts[0].status is Status.FAIL for each in failures.items[:6])
    assert any("meadow/south" in each for each in failures.sample.said.unseen)
    for drawn in (flowers, failures):
        assert [each.line for each in again(farm, drawn).items] == [each.line for each in drawn.items]
        assert again(farm, drawn).completeness == drawn.completeness


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        ({"checks": ()}, "a sample is drawn from verdicts or from resources"),
        ({"checks": ("zebra",)}, "no check zebra was in force then"),
        ({"checks": (), "controls": ("A.7.1",)}, "no check served A.7.1 then"),
        ({"kind": "zebra"}, "nobody had looked for zebra there"),
        ({"kind": "meadow.flower", "method": Method.FAILURES}, "a resource neither passes nor fails by itself"),
        ({"size": 0}, "a sample has one item at least"),
        ({"sources": ("meadow/west",)}, "there is nothing to draw from"),
        ({"method": Method.STRATIFIED, "size": 1}, "1 items cannot be drawn from 2 parts"),
    ],
)
def test_what_cannot_be_drawn_is_refused(farm: Farm, asked: dict[str, Any], problem: str) -> None:
    with pytest.raises(AnnexaError, match=problem):
        draw(farm, **{"size": 5, **asked})


def test_a_sample_that_comes_out_otherwise_is_said_to(farm: Farm, found: Snapshot) -> None:
    drawn = draw(farm, size=2)
    with found.store.reading() as connection:
        populations = Populations(found.store, connection, bytes, found.past)
        less = replace(found.report, findings=found.report.findings[3:])
        with pytest.raises(AnnexaError, match="what it was drawn from is not what it was"):
            drawn_again(drawn.sample, less, populations)


@pytest.mark.usefixtures("_without_extras")
def test_people_are_called_by_pseudonyms_everywhere(farm: Farm) -> None:
    with farm.store() as store:
        found = seen(farm, store, redact_people=True)
        made = {each.path: b"".join(each.pieces) for each in forms.files(found)}
    assert [path for path, data in made.items() if b"Adelheid" in data] == []
    assert re.search(rb"by person-[0-9a-f]{8} ", made["samples/SA-0001/HOW.md"])


def test_figures_end_where_knowledge_ends(farm: Farm) -> None:
    with farm.store() as store:
        found = seen(farm, store, end=farm.now + 30 * DAY)
        period = Content(found).period.period
    assert period.end == found.past.moment < datetime(2026, 2, 10, tzinfo=UTC)
