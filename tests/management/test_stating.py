"""Statements of the organization, its controls and its risks: sealed when they change, held against evidence."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.conclusions import by_objective, conclude, weighed
from core.errors import AnnexaError
from core.management.applicability import Implementation
from core.management.attestation import judged
from core.management.events import RefusedActError
from core.model import Conclusion
from core.settings import ConfigurationError, read_document
from evidence_store import records
from management import risks, soa
from management.following import follow
from management.risks import Treated
from management.sealing import By, Desk
from management.standard import checked, checked_risks, standard, stated_rows, treated_risks
from management.stating import adopt, begun, changed, newest, stated_organization
from mappings.loader import framework
from runs.configuration import read
from tests.core.management.test_attestation import CHECK, NOON, given
from tests.management.conftest import ADA, NORTH, Office

CLOCKS = "A.8.17"
"""What the meadows fail."""

SETTINGS = """\
organization:
  name: Willow
  scope: All meadows
  issues: [drought]
  interested_parties: [{name: Bees, needs: flowers}]
  objectives: [{id: low, statement: Low flowers, owner: Grace, target: none above the knee, due: 2026-01-01}]
  owners: {controls: {A.8: Grace}, sources: {meadow: Linus}}
"""
SOA = """\
controls:
  A.5.1: {applicable: true, justification: law, status: implemented}
  A.5.6: {applicable: true, justification: law}
  A.8.17: {applicable: true, justification: law, status: implemented, owner: Ada, risks: [R-1, R-7]}
  A.8.18: {applicable: false, justification: nobody has such programs}
"""
RISKS = """\
method: {likelihood: [rare, likely], impact: [minor, severe], formula: product, acceptable: 1}
risks:
  - id: R-1
    statement: Bees cannot see
    threat: growth
    likelihood: likely
    impact: 2
    owner: Ada
    treatment: modify
    controls: [A.8.17]
    plan: [{action: mow, owner: Linus, due: 2026-01-10}]
    residual: {likelihood: rare, impact: severe}
  - id: R-2
    statement: It rains
    threat: rain
    likelihood: rare
    impact: minor
    owner: Ada
    treatment: retain
    residual: {likelihood: rare, impact: minor, approved_by: Grace, approved: 2026-01-01}
"""


def state(office: Office, *, soa_text: str = SOA, risks_text: str = RISKS) -> None:
    """Write the files, and name them in the configuration."""
    Path("soa.yaml").write_text(soa_text, encoding="utf-8")
    Path("risks.yaml").write_text(risks_text, encoding="utf-8")
    if "soa.yaml" not in office.farm.text:
        named = "management: {applicability: soa.yaml, risks: risks.yaml, "
        office.farm.text = SETTINGS + office.farm.text.replace("management: {", named)


def followed(office: Office) -> tuple[str, ...]:
    with office.desk() as desk:
        return follow(desk).stated


def test_statements_are_sealed_when_they_change(office: Office) -> None:
    assert followed(office) == ()
    state(office)
    assert followed(office) == (
        "organization and scope: sealed as version 1",
        "Statement of Applicability: sealed as version 1",
        "risks: sealed as version 1",
    )
    assert followed(office) == ()
    state(office, soa_text=SOA.replace("law", "the law"))
    assert followed(office) == ("Statement of Applicability: sealed as version 2",)
    office.verified()
    with office.desk() as desk:
        found = newest(desk, records.ORGANIZATION)
        assert found is not None
        assert found.said == stated_organization(office.farm.configuration)
        assert adopt(desk, records.RISKS, By(reason="looked at again", name="Grace")).events == 2
        report = office.farm.report()
    assert report.answers.organization
    assert report.answers.organization.said.owner_of_source(NORTH) == "Linus"


def test_secrets_in_files_and_reasons_are_masked_before_they_are_sealed(office: Office) -> None:
    state(
        office,
        soa_text=SOA.replace("law", "password=hunter2x", 1),
        risks_text=RISKS.replace("threat: growth", "threat: token=hunter2y"),
    )
    followed(office)
    assert followed(office) == ()  # what is masked is compared with what was masked
    with office.desk() as desk:
        adopt(desk, records.RISKS, By(reason="password: hunter2z", name="Grace"))
        said = [newest(desk, kind) for kind in (records.APPLICABILITY, records.RISKS)]
    assert all(found and "[redacted: " in repr(found) and "hunter2" not in repr(found) for found in said)
    office.verified()


def test_a_file_that_cannot_be_read_changes_nothing(office: Office) -> None:
    state(office)
    followed(office)
    state(office, soa_text="controls: [", risks_text=RISKS.replace("R-2", "R-1"))
    first, second = followed(office)
    assert first.startswith("soa.yaml:2: not readable as YAML")
    assert first.endswith("; version 1 of 2026-01-31 counts")
    assert second == "risks.yaml:13: risks[1].id: R-1 stands there twice; version 1 of 2026-01-31 counts"
    Path("soa.yaml").unlink()
    Path("risks.yaml").write_bytes(b"\xff")
    assert [each.partition(";")[0] for each in followed(office)] == [
        "soa.yaml: cannot be read: No such file or directory",
        "risks.yaml: is not UTF-8 text",
    ]


def test_where_a_signature_is_required_a_scan_only_says_so(office: Office) -> None:
    state(office)
    signed = "signatures: {required: [adopt], allowed_signers: keys}, "
    office.farm.text = office.farm.text.replace("effectiveness:", f"{signed}effectiveness:")
    sentences = followed(office)
    assert sentences[1] == (
        "Statement of Applicability: changed, and not sealed, for that needs a signature: annexa soa adopt --sign KEY"
    )
    with office.desk() as desk, pytest.raises(AnnexaError, match="to adopt needs a signature"):
        adopt(desk, records.RISKS, ADA)


def test_two_who_adopt_at_once_cannot_both(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    state(office)
    with office.desk() as desk:
        submit = Desk.submit
        met: list[bool] = []

        def meanwhile(self: Desk, *arguments: Any, **more: Any) -> list[int]:
            if not met:
                met.append(True)
                adopt(self, records.RISKS, By(reason="quicker", name="Grace"))
            return submit(self, *arguments, **more)

        monkeypatch.setattr(Desk, "submit", meanwhile)
        with pytest.raises(RefusedActError, match="somebody else changed it meanwhile"):
            adopt(desk, records.RISKS, ADA)
        found = newest(desk, records.RISKS)
    assert found
    assert (found.events, found.author) == (1, "Grace")
    office.verified()


def test_nothing_is_adopted_where_nothing_is_stated(office: Office) -> None:
    with office.desk() as desk:
        for kind in (records.ORGANIZATION, records.APPLICABILITY, records.RISKS):
            assert changed(desk, kind) == (None, None)
            with pytest.raises(AnnexaError, match="the configuration names no"):
                adopt(desk, kind, ADA)
        with pytest.raises(AnnexaError, match="no Statement of Applicability is sealed"):
            stated_rows(desk)
        with pytest.raises(AnnexaError, match="no risks are sealed"):
            treated_risks(desk)
        with pytest.raises(AnnexaError, match="there are no risks"):
            checked_risks(desk)


def test_the_file_to_fill_in_has_every_control_and_decides_nothing(office: Office) -> None:
    state(office)
    text = begun(office.farm.configuration, "iso27001_2022")
    document = read_document("soa.yaml", text)
    assert len(document.data["controls"]) == 93
    row = document.data["controls"][CLOCKS]
    assert row == {
        "applicable": True, "justification": "", "status": "not_implemented", "owner": "Grace", "risks": ["R-1"],
    }  # fmt: skip
    with pytest.raises(
        ConfigurationError, match=r"justification: nobody says why A.5.1 is applicable \(and 92 more\)"
    ) as error:
        soa.understood(document)
    assert len({str(each).partition(": ")[0] for each in error.value.each}) == 93  # lines
    Path("risks.yaml").unlink()
    assert "R-1" not in begun(office.farm.configuration, "iso27001_2022")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("edition: iso27001_2021\ncontrols: {}", "soa.yaml:1: edition: there is no framework named iso27001_2021, did"),
        ("controls:\n  A.5.99: {applicable: true, justification: x}", "soa.yaml:2: controls.A.5.99: ISO/IEC 27001:2022 has"),
        ("controls:\n  A.5.1: {applicable: maybe, justification: x}", "soa.yaml:2: controls.A.5.1.applicable: input"),
        ("controls:\n  A.5.1: {applicable: true, justificaton: x}", "justificaton: unknown setting, did you mean justif"),
        (
            "controls:\n  A.5.1:\n    applicable: false\n    justification: x\n    status: partial",
            "soa.yaml:5: controls.A.5.1.status: a control that is not applicable is not put in place",
        ),
        ("controls:\n  A.5.1: {}\n  A.5.1: {}", "soa.yaml:3: A.5.1: given twice, first in line 2"),
        ("- 1", "soa.yaml:1: expected settings, found a list"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_statement_is_told_with_its_place(text: str, problem: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        soa.understood(read_document("soa.yaml", text))
    assert problem in str(error.value)
    assert error.value.hint


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("likelihood: likely\n", "likelihood: often\n", "risks[0].likelihood: is not on the scale"),
        ("impact: 2", "impact: 3", "risks[0].impact: is not on the scale"),
        ("impact: 2", "impact: true", "risks[0].impact"),
        ("A.8.17", "A.8.71", "risks[0].controls[0]: there is no control A.8.71, did you mean A.8.7?"),
        ("    controls: [A.8.17]\n", "", "risks[0]: R-1: is to be modified, and no control does so"),
        ("due: 2026-01-10", "due: soon", "risks[0].plan[0].due: input should be a valid date"),
        ("modify", "ignore", "risks[0].treatment: input should be 'modify', 'retain', 'avoid' or 'share'"),
        ("method:", "edition: none\nmethod:", "edition: there is no framework named none"),
    ],
)
def test_a_mistake_in_the_risks_is_told_with_its_place(old: str, new: str, problem: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        risks.understood(read_document("risks.yaml", RISKS.replace(old, new, 1)))
    assert problem in str(error.value)
    assert error.value.hint


def test_every_mistake_is_told_at_once_in_the_order_of_the_lines() -> None:
    wrong = SOA.replace("A.5.1:", "A.5.99:").replace("justification: law}", "status: done}")
    with pytest.raises(ConfigurationError) as error:
        soa.understood(read_document("soa.yaml", f"{wrong}  A.8.19: {{applicable: false, justification: ' '}}\n"))
    said = [str(each) for each in error.value.each]
    assert [each.split(": ")[0:2] for each in said] == [
        ["soa.yaml:2", "controls.A.5.99"],
        ["soa.yaml:3", "controls.A.5.6.status"],
        ["soa.yaml:3", "controls.A.5.6.justification"],
        ["soa.yaml:6", "controls.A.8.19.justification"],
    ]
    assert str(error.value) == f"{said[0]} (and 3 more)"

    wrong = (
        RISKS.replace("threat: growth", "thread: growth").replace("impact: minor", "impact: none").replace("R-2", "R-1")
    )
    with pytest.raises(ConfigurationError) as error:
        risks.understood(read_document("risks.yaml", f"{wrong}  - 7\n"))
    assert [str(each).split(": ")[1] for each in error.value.each] == [
        "risks[0].threat", "risks[0].thread", "risks[1].impact", "risks[1].residual.impact", "risks[2]",
    ]  # fmt: skip
    assert "risks[0].threat" in str(error.value)
    with pytest.raises(ConfigurationError, match=r"method\.likelihood"):
        risks.understood(read_document("risks.yaml", "method: {likelihood: [a]}\nrisks: []"))


def test_where_statement_and_evidence_do_not_agree_is_flagged(office: Office) -> None:
    state(office)
    followed(office)
    with office.desk() as desk:
        version, rows, past = stated_rows(desk)
        found = checked(desk, version.said)
        excluded = replace(version.said.rows[2], applicable=False, status=Implementation.NOT_IMPLEMENTED)
        others = checked(desk, replace(version.said, rows=(excluded, version.said.rows[0])))
    about = {(each.control, each.problem) for each in found}
    assert past is None
    assert ("A.5.1", "it is said to be implemented, and there is no evidence") in about
    assert ("A.5.6", "it is applicable, and neither a check nor an attestation covers it") in about
    assert any(each.startswith("it is linked to R-7, and there is no such risk") for _, each in about)
    (contradicted,) = (each.problem for each in found if each.control == CLOCKS and "contradicts" in each.problem)
    assert contradicted.startswith("it is said to be implemented, and evidence contradicts that: contradicted")
    assert ("A.5.2", "the statement does not name it") in about
    assert not [each for each in found if each.control == "A.8.18"]
    problems = [each.problem for each in others if each.control == CLOCKS]
    assert any(each.startswith("it is said not to be applicable, and ") and each.endswith(" fail") for each in problems)
    assert "it is said not to be applicable, and is to treat R-1" in problems
    by_control = {row["control"]: row for row in rows}
    assert by_control["A.8.18"]["conclusion"] == "excluded"
    assert by_control["A.8.18"]["evidence"] == "excluded: nobody has such programs"
    assert by_control["A.5.2"]["applicable"] == "not stated"
    assert soa.as_csv(soa.COLUMNS, rows).count("\n") == 94


def test_implemented_without_evidence_is_flagged() -> None:
    control = framework("iso27001_2022").controls[0]
    stated = soa.understood(read_document("soa.yaml", SOA))
    check = replace(CHECK, objective=control.links[0].objective)
    (flag, *_) = soa.flags(stated, [conclude(control, by_objective([check]), {})], None)
    assert flag.problem == "it is said to be implemented, and there is no evidence"
    attested = weighed(conclude(control, {}, {}), stated.rows[0], judged([given()], NOON))
    assert soa.flags(stated, [attested], None) == ()


def test_an_exclusion_is_in_every_conclusion_and_in_the_past(office: Office) -> None:
    state(office)
    before = office.farm.now.isoformat().replace("+00:00", "Z")
    followed(office)
    results = {each.control.id: each for each in office.farm.report().frameworks[0].controls}
    assert results["A.8.18"].conclusion is Conclusion.EXCLUDED
    assert results["A.8.18"].stated
    with office.desk() as desk:
        found = {each.control.id: each for each in standard(desk, before).edition.controls}
        assert standard(desk).applicability
    assert found["A.8.18"].conclusion is Conclusion.NO_EVIDENCE
    older = {each.id: each for each in office.farm.report().frameworks}["iso27001_2013"]
    assert not [each for each in older.controls if each.conclusion is Conclusion.EXCLUDED]


def test_a_contradicted_control_leaves_risks_less_treated_than_planned(office: Office) -> None:
    state(office)
    followed(office)
    with office.desk() as desk:
        version, (first, second), _ = treated_risks(desk)
        assert checked_risks(desk)[1:] == (False, (first, second))
    assert (first.treated, first.level, first.planned, first.counts) == (Treated.LESS_THAN_PLANNED, 4, 2, 4)
    assert first.because[0].startswith("A.8.17 is contradicted")
    assert first.owed == (
        "mow: was due on 2026-01-10 by Linus",
        "the residual level 2 is above 1, and nobody has approved it",
    )
    assert (second.treated, second.counts, second.owed) == (Treated.AS_PLANNED, 1, ())
    state(office, risks_text=RISKS.replace("due: 2026-01-10", "due: 2026-01-10, done: 2026-01-09"))
    office.mow()
    office.farm.world.flowers["south"] = {"oak": 5}
    office.farm.scan()
    with office.desk() as desk:
        assert checked_risks(desk)[1]
        (first, _) = checked_risks(desk)[2]
        assert version.events == 1
    assert (first.treated, first.counts) == (Treated.AS_PLANNED, 2)


def test_what_evidence_does_not_show_does_not_count() -> None:
    register = risks.understood(read_document("risks.yaml", RISKS))
    day = register.risks[0].plan[0].due
    said = {CLOCKS: (Conclusion.SUPPORTED, "supported")}
    first = risks.states(register, said, day)[0]
    assert (first.treated, first.because) == (Treated.NOT_SHOWN, ("not done yet: mow (due 2026-01-10)",))
    bare = replace(register.risks[1], impact=2)
    (third,) = risks.states(replace(register, risks=(bare,)), said, day)
    assert (third.treated, third.because) == (
        Treated.NOT_SHOWN, ("no control is named that evidence could speak to",),
    )  # fmt: skip
    (fourth, _) = risks.states(register, {}, day)
    assert fourth.because[0] == "A.8.17 is no evidence"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{scope: All}", "config.yaml:1: organization: name the organization, too"),
        (
            "{name: W, owners: {controls: {A.9.9: Ada}}}",
            "organization.owners.controls.A.9.9: there is no control A.9.9",
        ),
        ("{name: W, objectives: [{id: a, statement: b, owner: c}]}", "objectives[0]: an objective needs a target"),
        (
            "{name: W, objectives: [{id: a, statement: b, owner: c, measure: d}]}",
            "objectives[0]: a measure needs at_least or at_most, and these need a measure",
        ),
        (
            "{name: W, objectives: [{id: a, statement: b, owner: c, target: d}, {id: a, statement: b, owner: c, target: d}]}",
            "organization: two objectives have the same id",
        ),
    ],
)
def test_a_mistake_about_the_organization_is_told_with_its_place(text: str, problem: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        read(read_document("config.yaml", f"organization: {text}"), {}, Path())
    assert problem in str(error.value)


def test_controls_of_a_clause_or_a_whole_theme_can_be_owned() -> None:
    text = "organization: {name: W, owners: {controls: {A.5: Ada, '7.2': Eve, A.8.5: Grace}}}"
    found = stated_organization(read(read_document("config.yaml", text), {}, Path()))
    assert found
    assert [found.owner_of_control(each) for each in ("A.5.9", "7.2", "A.8.5")] == ["Ada", "Eve", "Grace"]
