"""Every row of the catalogue of what others judge of identities has an answer; what AWS and hosts are asked is the same."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import checks
from core.plugins import Check, discover
from core.resources import idp

CHECKS = discover([checks], Check)
FOLDER = Path(checks.__file__).parent
OTHERS = {"Entra": "entra", "Google Workspace": "google_workspace", "Okta": "okta", "GitHub": "github"}
"""Providers that answer their rows beside their own checks, as soon as they have any."""
KINDS = {kind.kind for kind in vars(idp).values() if getattr(kind, "kind", "").startswith("idp_")}


def rows(provider: str, name: str = "catalogue.csv") -> list[dict[str, str]]:
    with (FOLDER / provider / name).open(newline="") as text:
        return list(csv.DictReader(text))


ROWS, ELSEWHERE = rows("idp"), rows("idp", "elsewhere.csv")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["row"])
def test_a_row_has_an_answer_that_holds(row: dict[str, str]) -> None:
    assert row["why"] or row["answer"] == "answered"
    match row["answer"]:
        case "answered" | "merged":
            assert row["check"] in CHECKS
        case "rejected":
            assert not row["check"]
        case answer:
            assert answer == "later"
            assert row["check"] in {"", *CHECKS}
            assert row["provider"] in OTHERS


def test_no_row_is_lost_or_there_twice() -> None:
    """When a provider comes that answers its own rows, those here go."""
    own = [each for each in OTHERS.values() if (FOLDER / each / "catalogue.csv").exists()]
    answered = [row["row"] for row in ROWS] + [row["row"] for each in own for row in rows(each)]
    assert len(answered) == len(set(answered)) == 88


def test_every_common_kind_is_judged() -> None:
    """Those of groups and of grants of roles are joined, too."""
    judged = {kind for check in CHECKS.values() for kind in check.kinds}
    assert judged >= KINDS


@pytest.mark.parametrize("row", ELSEWHERE, ids=lambda row: row["of"])
def test_the_same_question_has_the_same_objective_and_another_subject(row: dict[str, str]) -> None:
    """So that nothing is answered twice, and wherever a question is asked it speaks to the same controls."""
    common, own = CHECKS[row["check"]], CHECKS[row["of"]]
    assert common.objective == own.objective
    assert common.subject is not own.subject
