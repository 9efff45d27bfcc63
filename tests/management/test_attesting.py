"""Attestations at work, the whole standard, and what Annexa's own records say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.errors import AnnexaError
from core.management.attestation import Attested
from core.management.audit import Audit, AuditStage
from core.management.events import RefusedActError
from core.management.review import Decision, Review, ReviewStage
from core.model import Conclusion, Status
from evidence_store import records
from exports.html import render as render_report
from exports.standard import render
from management import own_records
from management.attestations import attest, digest_of, listed, look, withdraw
from management.own_records import Kept, say
from management.standard import standard
from tests.core.management.test_access_review import OPENED
from tests.management.conftest import ADA, DAY, GRACE, Office
from tests.management.test_stating import followed, state

SAID = Attested(
    title="Policy", document="policy.pdf", digest="", controls=("A.5.3", "5.2"), owner="Ada", authors=("Ada",),
    reviewer="Grace", reviewed=date(2026, 1, 1), valid_from=date(2026, 1, 1), valid_until=date(2026, 6, 30),
)  # fmt: skip


def test_an_attestation_is_given_renewed_and_withdrawn(office: Office) -> None:
    with office.desk() as desk:
        first = attest(desk, SAID, ADA)
        assert (first.id, first.attested_by) == ("AT-0001", "Ada")
        second = attest(desk, replace(SAID, valid_until=date(2027, 6, 30)), GRACE, renewed="at-0001")
        assert (second.id, second.events, second.attested_by) == ("AT-0001", 2, "Grace")
        (row,), past = listed(desk)
        assert (row.holds, past) == (True, None)
        (before,), _ = listed(desk, str(first.leaf))
        assert before.attestation.said.valid_until == date(2026, 6, 30)
        told = look(desk, "AT-0001")
        assert [step.act for step in told.events] == ["attested", "attested"]
        withdraw(desk, ["AT-0001"], ADA)
        assert listed(desk)[0] == []
        assert [each.attestation.given for each in listed(desk, ended=True)[0]] == [False]
        with pytest.raises(RefusedActError, match="nobody vouches for it"):
            withdraw(desk, ["AT-0001"], ADA)
        with pytest.raises(AnnexaError, match="there is no attestation AT-0002, did you mean AT-0001"):
            withdraw(desk, ["AT-0002"], ADA)
        with pytest.raises(AnnexaError, match=r"there is no control or clause 5\.22"):
            attest(desk, replace(SAID, controls=("5.22",)), ADA)
    office.verified()


def test_a_document_is_known_by_its_digest(tmp_path: Path) -> None:
    file = tmp_path / "policy.pdf"
    file.write_bytes(b"abc")
    assert digest_of(file) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    for other in (tmp_path, tmp_path / "missing"):
        with pytest.raises(AnnexaError, match="is not a file"):
            digest_of(other)


def test_the_whole_standard_says_what_there_is_and_what_is_owed(office: Office) -> None:
    state(office)
    followed(office)
    with office.desk() as desk:
        attest(desk, SAID, ADA)
        attest(desk, replace(SAID, controls=("7.3",), valid_until=date(2026, 1, 30)), ADA)
        attest(desk, replace(SAID, controls=("iso27001_2013:A.7.1.1", "A.6.1")), ADA)
        desk.begin(records.ACCESS_REVIEW, [[replace(OPENED, due=date(2026, 3, 1))]], ADA)
        found = standard(desk)
    clauses = {each.clause.id: each.conclusion for each in found.clauses}
    assert clauses["4.1"] is clauses["4.2"] is clauses["4.3"] is clauses["5.2"] is Conclusion.SUPPORTED
    assert clauses["5.1"] is Conclusion.NO_EVIDENCE
    assert clauses["7.3"] is Conclusion.UNDETERMINED
    assert clauses["5.3"] is clauses["6.1.3"] is clauses["7.5"] is Conclusion.CONTRADICTED
    controls = {each.control.id: each for each in found.edition.controls}
    assert controls["A.5.3"].sentence == "supported (attested: AT-0001)"
    older = {each.control.id: each for each in office.farm.report().frameworks[1].controls}
    assert older["A.7.1.1"].sentence == "supported (attested: AT-0003)"
    owed = {(each.about, each.owner, each.due) for each in found.owed}
    assert ("R-1", "Linus", date(2026, 1, 10)) in owed
    assert ("AT-0002", "Ada", date(2026, 1, 30)) in owed
    assert ("A.8.17", "Ada", None) in owed
    assert ("AR-0001", "ada@example.org", date(2026, 3, 1)) in owed
    page = render(found)
    for text in ("Willow", "All meadows", "less than planned", "does not agree", "AT-0002 (Policy) was valid until"):
        assert text in page
    assert page == render(found)
    assert "excluded: nobody has such programs" in page


def test_a_standard_of_which_nobody_said_anything(office: Office) -> None:
    with office.desk() as desk:
        found = standard(desk)
        page = render(found)
    assert {each.conclusion for each in found.clauses} == {Conclusion.NO_EVIDENCE, Conclusion.SUPPORTED} | {
        each.conclusion for each in found.clauses if each.clause.id in ("9.1", "10.2")
    }
    assert "none is sealed" in page
    assert "None are sealed" in page
    assert "Nothing: <code>annexa attest add</code>" in page


@pytest.fixture
def kept(office: Office) -> Kept:
    """What is recorded after one scan, with statements."""
    state(office)
    followed(office)
    report = office.farm.report()
    with office.desk() as desk:
        found = standard(desk)
    return Kept(
        at=office.farm.now, report=report, organization=report.answers.organization, applicability=found.applicability,
        register=found.register, flags=(), risks=(), attestations=(), audits=(), reviews=(),
    )  # fmt: skip


def status(kept: Kept, name: str) -> Status | None:
    found = say(kept).get(name)
    return found.verdict.status if found else None


def test_own_records_pass_fail_and_cannot_tell(kept: Kept) -> None:
    year = timedelta(days=own_records.INTERVAL_DAYS + 1)
    assert kept.organization
    assert kept.register
    owned = replace(kept.organization.said.control_owners[0], name="A.5")
    everybody = replace(kept.organization.said, control_owners=(*kept.organization.said.control_owners, owned))
    empty = replace(kept.organization.said, scope_statement="", issues=(), interested_parties=(), objectives=())
    no_risks = replace(kept.register, said=replace(kept.register.said, risks=()))
    late = replace(kept, at=kept.at + year)
    cases: list[tuple[Kept, str, Status | None]] = [
        (kept, "scope", Status.PASS),
        (replace(kept, organization=replace(kept.organization, said=empty)), "scope", None),
        (replace(kept, organization=replace(kept.organization, said=empty)), "issues", None),
        (replace(kept, organization=None), "objectives", None),
        (replace(kept, organization=None), "interested-parties", None),
        (kept, "owners", Status.FAIL),
        (replace(kept, organization=replace(kept.organization, said=everybody)), "owners", Status.PASS),
        (replace(kept, organization=None, applicability=None), "owners", None),
        (replace(kept, applicability=None), "owners", Status.FAIL),
        (kept, "objectives", Status.UNKNOWN),
        (replace(kept, at=kept.at - 60 * DAY), "objectives", Status.PASS),
        (kept, "risk-assessment", Status.PASS),
        (late, "risk-assessment", Status.UNKNOWN),
        (replace(kept, register=no_risks), "risk-assessment", Status.UNKNOWN),
        (replace(kept, register=None), "risk-assessment", None),
        (replace(kept, register=None), "risk-treatment", None),
        (kept, "risk-treatment", Status.PASS),
        (kept, "statement-of-applicability", Status.PASS),
        (replace(kept, applicability=None), "statement-of-applicability", None),
        (kept, "documents", None),
        (kept, "scans", Status.PASS),
        (kept, "nonconformities", Status.UNKNOWN),
        (kept, "audits", None),
        (kept, "management-reviews", None),
    ]
    for given, name, expected in cases:
        assert status(given, name) is expected, name


def test_own_records_of_audits_and_reviews(kept: Kept) -> None:
    plan: Any = _Until(date(2026, 1, 20))
    audit = Audit(id="IA-0001", stage=AuditStage.UNDER_WAY, plan=plan, changed=kept.at, events=1, leaf=1)
    assert status(replace(kept, audits=(audit,)), "audits") is Status.FAIL
    running = replace(audit, plan=replace(plan, ends=date(2026, 3, 1)))
    assert status(replace(kept, audits=(running,)), "audits") is Status.UNKNOWN
    done = replace(audit, stage=AuditStage.CLOSED, reported=kept.at)
    assert status(replace(kept, audits=(done,)), "audits") is Status.PASS
    old = replace(done, reported=kept.at - 400 * DAY)
    assert status(replace(kept, audits=(old,)), "audits") is Status.UNKNOWN
    review = Review(
        id="MR-0001", stage=ReviewStage.PREPARED, begins=date(2025, 1, 1), ends=date(2025, 12, 31), prepared_by="Ada",
        changed=kept.at, events=1, leaf=1,
    )  # fmt: skip
    assert status(replace(kept, reviews=(review,)), "management-reviews") is Status.UNKNOWN
    concluded = replace(review, stage=ReviewStage.CONCLUDED)
    assert status(replace(kept, reviews=(concluded,)), "management-reviews") is Status.PASS
    decided: Any = _Until(date(2026, 1, 2))
    owed = replace(concluded, decisions=(Decision(number=1, decided=decided),))
    assert status(replace(kept, reviews=(owed,)), "management-reviews") is Status.FAIL


@dataclass
class _Until:
    """As much of a plan, or of a decision, as says until when."""

    ends: date

    @property
    def due(self) -> date:
        return self.ends


def test_the_report_says_who_it_is_about_and_what_people_say_of_each_control(office: Office) -> None:
    state(office)
    followed(office)
    with office.desk() as desk:
        attest(desk, SAID, ADA)
    page = render_report(office.farm.report())
    for text in (
        "<dt>Organization</dt><dd>Willow</dd>",
        "All meadows",
        "Stated to be not applicable: nobody has such programs",
        "R-1 is less treated than the plan says, and counts as 4, not 2: Bees cannot see",
        "AT-0001 (Policy) is valid from 2026-01-01 until 2026-06-30",
    ):
        assert text in page
