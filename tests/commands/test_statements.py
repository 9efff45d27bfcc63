"""Scope, Statement of Applicability, risks, assets, attestations and the whole standard, as people type them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from agent import app
from core.errors import AnnexaError
from tests.command_line import Folder
from tests.management.test_stating import RISKS, SOA

WHY = ("--reason", "agreed")
ORGANIZATION: dict[str, Any] = {
    "name": "Willow",
    "scope": "All orchards",
    "objectives": [
        {
            "id": "tall",
            "statement": "Tall trees",
            "owner": "Ada",
            "measure": "estate_coverage",
            "at_least": 9,
            "at_most": 20,
        }
    ],
    "owners": {"controls": {"A.8": "Grace"}},
}


def run(*arguments: str, status: int = 0) -> Result:
    """A command in this very process: what it prints, and its exit status."""
    said = CliRunner().invoke(app, arguments)
    if isinstance(said.exception, AnnexaError):
        raise said.exception
    assert said.exit_code == status, said.output
    return said


def document(*arguments: str, status: int = 0) -> Any:
    return json.loads(run(*arguments, "--json", status=status).stdout)


@pytest.fixture
def here(copy: Folder, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """A store with two scans, an organization that states everything, and all of that in this process."""
    monkeypatch.chdir(copy.path)
    monkeypatch.setenv("HOME", str(copy.home))
    monkeypatch.setenv("COLUMNS", "200")
    copy.configure(
        {"name": "north"}, organization=ORGANIZATION, management={"applicability": "soa.yaml", "risks": "risks.yaml"}
    )
    config = copy.path / "config.yaml"
    text = config.read_text(encoding="utf-8")  # the orchard is a plug-in of another process
    config.write_text(text.partition("sources:")[0] + "sources: {}\n", encoding="utf-8")
    Path("soa.yaml").write_text(SOA, encoding="utf-8")
    Path("risks.yaml").write_text(RISKS, encoding="utf-8")
    return copy


def test_statements_from_the_command_line(here: Folder) -> None:
    assert document("scope", "show") is None
    assert "Nothing is sealed" in run("scope", "show").stdout
    assert document("scope", "adopt", *WHY)["version"] == 1
    assert "estate_coverage at least 9 at most" in run("scope", "show").stdout
    found = document("soa", "check", status=1)
    assert (found["sealed"], found["differs"]) == (None, True)
    assert "It is not sealed yet" in run("soa", "check", status=1).stdout
    assert "version 1" in run("soa", "adopt", *WHY, "--by", "Grace").stdout
    found = document("soa", "check", status=1)
    assert (found["sealed"]["author"], found["differs"]) == ("Grace", False)
    assert {"control", "problem", "remedy"} == set(found["flags"][0])
    rows = document("soa", "show")["rows"]
    assert len(rows) == 93
    assert "excluded" in run("soa", "show").stdout
    run("soa", "export", "--output", "soa.csv")
    lines = Path("soa.csv").read_bytes().split(b"\r\n")
    assert len(lines) == 95
    assert lines[0].startswith(b"organization,organization_scope,control,title,")
    assert lines[1].startswith(b"Willow,All orchards,A.5.1,")
    assert json.loads(run("soa", "export", "--json").stdout)["rows"] == rows
    with pytest.raises(AnnexaError, match=r"soa.yaml: is there already"):
        run("soa", "init")
    assert document("soa", "init", "--output", "new.yaml") == {"file": "new.yaml", "controls": 93}
    before = document("soa", "show")["sealed"]["leaf"]
    with pytest.raises(AnnexaError, match="no Statement of Applicability is sealed"):
        run("soa", "show", "--as-of", str(before - 1))
    (control,) = document("controls", "A.8.18")
    assert (control["conclusion"], control["stated"]["applicable"]) == ("excluded", False)
    assert "Stated to be not applicable: nobody has such programs" in run("controls", "A.8.18").stdout


def test_risks_from_the_command_line(here: Folder) -> None:
    assert document("risks", "check", status=1)["differs"]
    run("risks", "adopt", *WHY)
    assert [each["id"] for each in document("risks", "list")["risks"]] == ["R-1", "R-2"]
    shown = document("risks", "show", "R-1")
    assert (shown["level"], shown["treated"], shown["version"]) == (4, "not_shown", 1)
    assert "approved by nobody" in run("risks", "show", "R-1").stdout
    assert "owed: mow" in run("risks", "show", "R-1").stdout
    assert "not shown" in run("risks", "list").stdout
    assert "1 risk of 2 to look at" in run("risks", "check", status=1).stdout
    with pytest.raises(AnnexaError, match="there is no risk R-3, did you mean"):
        run("risks", "show", "R-3")
    run("risks", "export", "--output", "risks.csv")
    assert Path("risks.csv").read_text(encoding="utf-8").startswith("organization,organization_scope,id,statement,")
    run("risks", "export", "--output", "risks.json")
    assert json.loads(Path("risks.json").read_text(encoding="utf-8"))["risks"][0]["controls"] == ["A.8.17"]
    assert run("risks", "export").stdout.count("\n") == 3
    (control,) = document("controls", "A.8.17")
    assert control["risks"] == ["R-1"]
    assert "Treats R-1 (level 4, planned 2): Bees cannot see" in run("controls", "A.8.17").stdout


def test_attestations_from_the_command_line(here: Folder) -> None:
    assert "Nothing is attested" in run("attest", "list").stdout
    Path("policy.pdf").write_bytes(b"abc")
    term = ("--from", "2026-01-01", "--until", "2099-12-31")
    (added,) = document(
        "attest", "add", "--title", "Policy", "--control", "5.2", "--control", "A.5.1", "--document", "policy.pdf",
        "--owner", "Ada", "--author", "Ada", "--reviewer", "Grace", "--reviewed", "2026-01-01", *term, *WHY,
    )  # fmt: skip
    assert added["said"]["digest"].startswith("ba7816bf")
    (listed,) = document("attest", "list")
    assert (listed["id"], listed["holds"], listed["controls"]) == ("AT-0001", True, ["5.2", "A.5.1"])
    assert "✓ holds" in run("attest", "list").stdout
    assert "attested: AT-0001" in run("controls", "A.5.1").stdout
    (renewed,) = document("attest", "renew", "at-0001", "--until", "2099-12-31", *WHY)
    assert (renewed["said"]["reviewer"], renewed["said"]["title"], renewed["events"]) == ("", "Policy", 2)
    assert "✗ fail: is_reviewed: nobody has reviewed it" in run("attest", "show", "AT-0001").stdout
    assert [each["act"] for each in document("attest", "show", "AT-0001")["events"]] == ["attested", "attested"]
    assert "is withdrawn" in run("attest", "withdraw", "AT-0001", *WHY).stdout
    assert "withdrawn" in run("attest", "list", "--all").stdout
    assert "withdrawn at" in run("attest", "show", "AT-0001").stdout
    with pytest.raises(AnnexaError, match="soon is not a day"):
        run("attest", "renew", "AT-0001", "--until", "soon", *WHY)
    with pytest.raises(AnnexaError, match="nobody says until when it holds"):
        run("attest", "renew", "AT-0001", "--until", "", *WHY)


def test_assets_and_the_whole_standard_from_the_command_line(here: Folder) -> None:
    found = document("assets", "list")
    assert found["counts"]["owner"] == {"stated": 0, "missing": 0, "unknown": 0}
    assert "0 assets of 0" in run("assets", "list", "--without", "owner").stdout
    run("assets", "export", "--output", "assets.csv")
    assert Path("assets.csv").read_text(encoding="utf-8").startswith("organization,organization_scope,kind,class,")
    assert json.loads(run("assets", "export", "--json").stdout)["assets"] == []
    for wrong in (("--without", "ower"), ("--class", "systems")):
        with pytest.raises(AnnexaError, match="is not possible here, did you mean"):
            run("assets", "list", *wrong)
    run("scope", "adopt", *WHY)
    run("soa", "adopt", *WHY)
    run("risks", "adopt", *WHY)
    whole = document("standard", "--output", "page.html")
    assert len(whole["clauses"]) == 25
    assert {"about", "sentence", "owner", "due", "command"} == set(whole["owed"][0])
    text = run("standard").stdout
    for line in ("Willow", "All orchards", "Clauses", "Owed: ", "more: annexa standard --json"):
        assert line in text
    page = Path("page.html").read_text(encoding="utf-8")
    assert "http" not in page.replace("http-equiv", "")
    assert "As of" in run("standard", "--as-of", "3").stdout
