"""Measures, audits and reviews as people type them; in this process, at the time of the office."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from agent import app
from core.errors import AnnexaError
from tests.management.conftest import DAY, Office

WHY = ("--reason", "agreed in the spring")
Typed = Callable[..., str]


@pytest.fixture
def typed(office: Office, monkeypatch: pytest.MonkeyPatch) -> Typed:
    """Type a command; what it prints."""
    key = office.farm.configuration.location.key_file
    Path("config.yaml").write_text(f"{office.farm.text}\nstore: {{key: {key}}}\n", encoding="utf-8")

    def now() -> Any:
        office.farm.now += timedelta(seconds=1)
        return office.farm.now

    monkeypatch.setattr("runs.clock.now", now)

    def run(*arguments: str) -> str:
        said = CliRunner().invoke(app, arguments, catch_exceptions=False, standalone_mode=False)
        if said.exception:
            raise said.exception
        return said.output

    return run


def test_measures(office: Office, typed: Typed) -> None:
    office.days(2)
    text = typed("measures")
    for line in ("Figures at the end", "scope: not recorded", "Time to resolve", "A.8.17"):
        assert line in text
    found = json.loads(typed("measures", "--json", "--from", f"{office.farm.now - DAY:%Y-%m-%d}"))
    assert set(found) == {
        "from", "to", "size", "framework", "stale_after_seconds", "organization", "figures", "objectives", "series",
        "resolutions", "nonconformities", "gaps", "known_seconds", "stood_seconds", "controls", "warnings",
    }  # fmt: skip
    assert {"name", "meaning", "unit", "value", "at_least", "counts", "evidence"} == set(found["figures"][0])
    whole = sum(found["controls"][0]["seconds"].values())
    assert all(sum(each["seconds"].values()) == whole for each in found["controls"])
    assert "Page: page.html" in typed("measures", "--output", "page.html")
    assert Path("page.html").read_text(encoding="utf-8").count('<svg class="chart"') == 6
    typed("measures", "--json", "--output", "measures.json")
    assert json.loads(Path("measures.json").read_text(encoding="utf-8"))["framework"] == "iso27001_2022"


def test_an_audit(office: Office, typed: Typed) -> None:
    del office
    assert "There is no audit programme" in typed("audit", "list")
    days = ("--from", "2026-01-01", "--to", "2026-12-31")
    how = ("--frequency", "yearly", "--methods", "samples", "--owner", "Grace")
    typed("audit", "programme", "--title", "2026", *days, "--area", "A.8", *how, *WHY)
    who = ("--auditor", "Ada", "--owner", "Grace")
    what = ("--title", "Doors", "--scope", "all", "--area", "A.8.9", "--criteria", "the policy")
    assert "IA-0001 is planned: Doors" in typed("audit", "plan", *what, *who, *days, *WHY)
    ada = ("--by", "Ada", *WHY)
    typed("audit", "sample", "IA-0001", "--population", "12 doors", "--method", "each", "--item", "door 1", *ada)
    seen = ("--area", "A.8.9", "--observation", "narrow", "--evidence", "door 1")
    with pytest.raises(AnnexaError, match="there is no kind fine of observation"):
        typed("audit", "observe", "IA-0001", "--kind", "fine", *seen, *ada)
    typed("audit", "observe", "IA-0001", "--kind", "conforms", *seen, *ada)
    told = json.loads(typed("audit", "report", "IA-0001", "--conclusion", "all well", "--to", "Grace", *ada, "--json"))
    assert (told["stage"], told["report"]["recipients"]) == ("reported", ["Grace"])
    assert "IA-0001 is closed" in typed("audit", "close", "IA-0001", "--by", "Grace", *WHY)
    shown = typed("audit", "show", "IA-0001")
    for line in ("Auditors: Ada", "sampled door 1 of 12 doors: each", "1. A.8.9 conforms: narrow [door 1]"):
        assert line in shown
    found = json.loads(typed("audit", "list", "--json"))
    assert (found["areas"][0]["audits"], len(found["audits"])) == (["IA-0001"], 1)
    assert json.loads(typed("audit", "show", "IA-0001", "--json"))["done"][0]["act"] == "planned"


def test_a_review(office: Office, typed: Typed, tmp_path: Path) -> None:
    office.days(1)
    days = ("--from", f"{office.farm.now - DAY:%Y-%m-%d}", "--to", f"{office.farm.now:%Y-%m-%d}")
    with pytest.raises(AnnexaError, match="nothing says where to write"):
        typed("review", *days)
    assert "MR-0001" in typed("review", "prepare", *days, *WHY)
    with pytest.raises(AnnexaError, match="there is no topic feedbck, did you mean feedback"):
        typed("review", "note", "MR-0001", "--about", "feedbck", "--text", "good", *WHY)
    typed("review", "note", "MR-0001", "--about", "feedback", "--text", "bees complain", *WHY)
    assert typed("review", *days, "--output", "out").splitlines() == [
        f"out/management-review.{suffix}" for suffix in ("html", "pdf", "json")
    ]
    laid = json.loads((tmp_path / "out" / "management-review.json").read_text(encoding="utf-8"))
    assert (tmp_path / "out" / "management-review.pdf").read_bytes().startswith(b"%PDF")
    assert laid["review"]["notes"][0]["noted"]["text"] == "bees complain"
    assert set(json.loads(typed("review", *days, "--json"))) == set(laid)
    typed(
        "review",
        "hold",
        "MR-0001",
        "--on",
        "2026-02-01",
        "--attended",
        "Grace",
        "--data",
        "out/management-review.json",
        *WHY,
    )
    decision = ("--about", "risks", "--decision", "a fence", "--owner", "Ada", "--due", "2026-09-01")
    typed("review", "decide", "MR-0001", *decision, *WHY)
    with pytest.raises(AnnexaError, match="a day is missing"):
        typed("review", "decide", "MR-0001", *decision[:-1], "", *WHY)
    typed("review", "conclude", "MR-0001", "--conclusion", "suitable", *WHY)
    assert "1. a fence (Ada, due 2026-09-01)" in " ".join(typed("review", "list").split())
    told = typed("review", "follow", "MR-0001", "--decision", "1", "--outcome", "built", *WHY)
    assert "is followed up" in told
    shown = typed("review", "show", "MR-0001")
    for line in ("feedback: bees complain", "1. done: a fence (Ada, due 2026-09-01) built", "concludes: suitable"):
        assert line in shown
    assert json.loads(typed("review", "list", "--json"))[0]["stage"] == "followed_up"


def test_no_file_is_left_by_halves(typed: Typed, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(AnnexaError, match="cannot be made"):
        typed("review", "--output", "file/out")
