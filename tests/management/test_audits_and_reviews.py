"""Audits and management reviews at a desk: what is sealed, who may act, and the documents that come of it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from core.codec import parse
from core.errors import AnnexaError
from core.management.audit import AuditProgramme, AuditStage, Kind, Observed, Sampled
from core.management.events import RefusedActError
from core.management.figures import Measured
from core.management.organization import InterestedParty, Objective, Organization, Owned
from core.management.review import Decided, Fate, Noted, ReviewStage, Topic
from evidence_store import records
from evidence_store.questions.events import organization
from exports import review as documents
from management import audits, reviews
from management.audits import Plan
from management.review_inputs import inputs
from management.sealing import By, Desk, Draft
from tests.exports.test_html import Outline
from tests.management.conftest import ADA, DAY, GRACE, Office

EVE = By(name="Eve", reason="because")
PROGRAMME = AuditProgramme(
    title="Audits of 2026",
    begins=date(2026, 1, 1),
    ends=date(2026, 12, 31),
    frequency="twice a year",
    methods="samples and talks",
    owner="Grace",
    areas=("A.8", "A.5.9"),
)
PLAN = Plan(
    title="Meadows",
    scope="both meadows",
    areas=("A.8.9",),
    criteria="flowers are low",
    auditors=("Ada",),
    begins=date(2026, 2, 1),
    ends=date(2026, 3, 1),
)
SAMPLED = Sampled(population="4 flowers", method="all", items=("lily",))
WIDE = Observed(kind=Kind.NONCONFORMITY, area="A.8.9", observation="the lily is too high", evidence=("leaf 2",))
BETTER = Observed(kind=Kind.OPPORTUNITY, area="A.8.9", observation="mow <weekly> 草地", evidence=("a talk",))
SAYS = Organization(
    name="Wiesen GmbH 草地",
    scope_statement="All meadows and what grows on them",
    issues=("drought",),
    interested_parties=(InterestedParty(name="Bees", needs="flowers"),),
    objectives=(
        Objective(id="O1", statement="nothing is too high", owner="Grace", measure="failing", at_most=0),
        Objective(id="O2", statement="everybody mows", owner="Grace", target="by summer"),
    ),
    control_owners=(Owned(name="A.8", owner="Eve"),),
    source_owners=(Owned(name="meadow/south", owner="Linus"),),
)


def says(desk: Desk, said: Organization) -> None:
    """The organization says this of itself."""
    with desk.store.reading() as connection:
        known = organization(desk.store, connection)
    draft = Draft(record="ORGANIZATION", events=known.events if known else 0, act=said)
    desk.submit(records.ORGANIZATION, [draft], GRACE, {"ORGANIZATION": known} if known else {})


def test_an_audit_from_programme_to_note(office: Office) -> None:
    raised = office.raised()
    with office.desk() as desk:
        with pytest.raises(AnnexaError, match="there is no audit programme"):
            audits.plan(desk, PLAN, GRACE)
        says(desk, SAYS)
        assert audits.set_programme(desk, PROGRAMME, GRACE).events == 1
        newer = audits.set_programme(desk, replace(PROGRAMME, frequency="yearly"), GRACE)
        assert (newer.events, newer.said.frequency) == (2, "yearly")
        with pytest.raises(RefusedActError, match="eve answers for what is audited, and cannot audit it"):
            audits.plan(desk, replace(PLAN, auditors=("eve",)), GRACE)
        with pytest.raises(RefusedActError, match="Linus answers for what is audited"):
            audits.plan(desk, replace(PLAN, areas=("meadow",), auditors=("Linus",)), GRACE)  # for a part of it
        with pytest.raises(AnnexaError, match=r"there is no control or clause A\.8\.99, did you mean"):
            audits.plan(desk, replace(PLAN, areas=("A.8.99",)), GRACE)
        with pytest.raises(AnnexaError, match=r"there is no control or clause 11"):
            audits.set_programme(desk, replace(PROGRAMME, areas=("11",)), GRACE)
        planned = audits.plan(desk, PLAN, GRACE)
        assert (planned.id, planned.plan.owners) == ("IA-0001", ("Eve",))
        assert planned.plan.programme == f"Audits of 2026 (leaf {newer.leaf})"
        again = audits.plan(desk, replace(PLAN, owners=("Grace",)), GRACE, planned.id)
        assert again.plan.owners == ("Eve", "Grace")
        audits.sample(desk, "ia-0001", SAMPLED, ADA)
        with pytest.raises(RefusedActError, match="Grace is none of its auditors"):
            audits.observe(desk, "IA-0001", WIDE, GRACE)
        with pytest.raises(AnnexaError, match="there is no nonconformity NC-0009"):
            audits.observe(desk, "IA-0001", replace(WIDE, nonconformity="NC-0009"), ADA)
        audits.observe(desk, "IA-0001", WIDE, ADA)
        audits.observe(desk, "IA-0001", BETTER, ADA)
        audits.link(desk, "IA-0001", 1, raised.lower(), ADA)
        reported = audits.report(desk, "IA-0001", "one flower is too high", ("Grace",), ADA)
        assert reported.nonconformities == (raised,)
        found = audits.look(desk)
        assert [(each.name, each.audits, each.looked_at) for each in found.areas] == [
            ("A.8", ("IA-0001",), ("A.8.9",)), ("A.5.9", (), ()),
        ]  # fmt: skip
        with pytest.raises(RefusedActError, match="cannot take note"):
            audits.close(desk, "IA-0001", ADA)
        assert audits.close(desk, "IA-0001", GRACE).stage is AuditStage.CLOSED
        assert [each.act for each in audits.history(desk, "IA-0001")][-1] == "closed"
        second = audits.plan(desk, PLAN, GRACE)
        assert audits.cancel(desk, second.id, GRACE).stage is AuditStage.CANCELLED
        with pytest.raises(AnnexaError, match="there is no audit IA-0003, did you mean"):
            audits.one(desk, "IA-0003")
    office.verified()


def test_a_review_is_followed_up_in_the_next(office: Office, tmp_path: Path) -> None:
    first, last = office.farm.now.date(), (office.farm.now + 10 * DAY).date()
    data = tmp_path / "laid.json"
    data.write_text("{}", encoding="utf-8")
    with office.desk() as desk:
        says(desk, SAYS)
        assert reviews.prepare(desk, first, last, GRACE).id == "MR-0001"
        with pytest.raises(AnnexaError, match="MR-0001 is of the same period"):
            reviews.prepare(desk, first, last, GRACE)
        reviews.note(desk, "mr-0001", Topic.FEEDBACK, "bees complain", ADA)
        with pytest.raises(AnnexaError, match="cannot be read"):
            reviews.hold(desk, "MR-0001", first, ("Grace",), tmp_path / "none.json", GRACE)
        with pytest.raises(AnnexaError, match="has not been yet"):
            reviews.hold(desk, "MR-0001", date(2099, 1, 1), ("Grace",), data, GRACE)
        held = reviews.hold(desk, "MR-0001", first, ("Grace", "Ada"), data, GRACE)
        assert held.held is not None
        assert held.held.digest == sha256(b"{}").hexdigest()
        decided = Decided(topic=Topic.RESOURCES, decision="a second mower", owner="Ada", due=last)
        reviews.decide(desk, "MR-0001", decided, GRACE)
        reviews.decide(desk, "MR-0001", replace(decided, decision="a fence"), GRACE)
        assert reviews.conclude(desk, "MR-0001", "it is suitable", GRACE).stage is ReviewStage.CONCLUDED
    office.days(12)
    with office.desk() as desk:
        says(desk, replace(SAYS, issues=("flood",)))
        found = inputs(desk, start=f"{first + timedelta(days=11)}")
        assert found.review is None
        assert [(each.review, each.decision.number, each.overdue) for each in found.previous] == [
            ("MR-0001", 1, True),
            ("MR-0001", 2, True),
        ]
        assert (found.issues.added, found.issues.gone) == (("flood",), ("drought",))
        reviews.follow(desk, "MR-0001", 1, "bought", ADA)
        assert reviews.follow(desk, "MR-0001", 2, "no money", ADA, dropped=True).stage is ReviewStage.FOLLOWED_UP
        later = inputs(desk, start=f"{first + timedelta(days=11)}")
        assert [each.decision.fate for each in later.previous] == [Fate.DONE, Fate.DROPPED]
        assert [each.act for each in reviews.history(desk, "MR-0001")][:3] == ["prepared", "noted", "held"]
        with pytest.raises(AnnexaError, match="there is no review MR-0002"):
            reviews.one(desk, "MR-0002")
    office.verified()


def test_a_review_of_nothing_says_that_nothing_is_recorded(office: Office) -> None:
    with office.desk() as desk:
        found = inputs(desk)
        page = documents.render(found, desk.clock())
    Outline(page)
    assert page.count("Not recorded") >= 10
    assert (found.programme, found.risk_register, found.review) == (None, None, None)


@pytest.fixture
def full(office: Office) -> Office:
    """An office with something of everything, and a name that is no ASCII."""
    office.raised()
    with office.desk() as desk:
        says(desk, SAYS)
        audits.set_programme(desk, PROGRAMME, GRACE)
        audits.plan(desk, PLAN, GRACE)
        audits.sample(desk, "IA-0001", SAMPLED, ADA)
        audits.observe(desk, "IA-0001", BETTER, ADA)
        now = desk.clock()
        reviews.prepare(desk, now.date(), (now + 3 * DAY).date(), GRACE)
        reviews.note(desk, "MR-0001", Topic.FEEDBACK, "bees complain <loudly>", ADA)
    office.days(3)
    return office


def test_the_page_names_the_evidence_of_each_section(full: Office) -> None:
    with full.desk() as desk:
        found = inputs(desk)
        page = documents.render(found, desk.clock())
        assert page == documents.render(found, desk.clock())
    outline = Outline(page)
    wanted = (
        "previous context parties nonconformities measures audits objectives feedback risks opportunities decisions"
    )
    assert set(wanted.split()) <= set(outline.ids)
    for text in (
        "bees complain &lt;loudly&gt;",
        "mow &lt;weekly&gt; 草地",
        "annexa nonconformities show NC-0001",
        "missed",
    ):
        assert text in page
    commands = set(re.findall("Evidence: <code>annexa ([a-z]+)", page))
    assert {"measures", "drift", "status", "history", "nonconformities", "audit", "review"} <= commands
    assert page.count('<svg class="chart"') == 6
    links = re.findall('href="#([^"]+)"', page)
    assert "of-failing" in links
    assert set(links) <= set(outline.ids)
    assert "<script" not in page


def test_what_is_sealed_names_nobody(full: Office) -> None:
    """Auditors, owners and those who attend are people: their names are not in the log, nor in plain in a body."""
    for (body,) in full.farm.rows("select body from event where type in ('audit', 'review', 'audit_programme')"):
        said = parse(body)
        assert "Grace" not in json.dumps(said)
        assert "Ada" not in json.dumps(said)


def test_of_two_who_act_at_once_one_learns_of_it(office: Office) -> None:
    with office.desk() as desk:
        seen = reviews.prepare(desk, date(2026, 1, 1), date(2026, 1, 31), GRACE)
        reviews.note(desk, seen.id, Topic.FEEDBACK, "hers", ADA)
        late = Draft(record=seen.id, events=seen.events, act=Noted(topic=Topic.FEEDBACK, text="his"))
        with pytest.raises(RefusedActError, match="somebody else changed it meanwhile"):
            desk.submit(records.REVIEW, [late], EVE, {seen.id: seen})
        assert [each.noted.text for each in reviews.one(desk, seen.id).notes] == ["hers"]


def test_a_review_rests_on_either_database(fresh_office: Office) -> None:
    with fresh_office.desk() as desk:
        says(desk, SAYS)
        audits.set_programme(desk, PROGRAMME, GRACE)
        audits.plan(desk, PLAN, GRACE)
        found = inputs(desk)
    assert (len(found.audits), found.measures.figures["failing"]) == (1, Measured(2))
    assert [each.reached for each in found.measures.objectives] == [False, None]
    fresh_office.verified()
