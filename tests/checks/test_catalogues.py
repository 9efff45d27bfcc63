"""Every row of what other auditors of Entra ID, Okta and GitHub judge is answered, or merged into a check."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import checks
import checks.entra
import checks.github
import checks.idp
import checks.okta
import checks.people
from core.plugins import Check, discover

ROWS = [
    row
    for provider in ("entra", "github", "okta")
    for row in csv.DictReader((Path(checks.__file__).parent / provider / "catalogue.csv").read_text().splitlines())
]
CHECKS = discover([checks.entra, checks.github, checks.idp, checks.okta, checks.people], Check)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["row"])
def test_a_row_has_an_answer_that_holds(row: dict[str, str]) -> None:
    assert row["answer"] in ("answered", "merged")
    assert row["check"] in CHECKS
    assert row["why"] or row["answer"] == "answered"


def test_no_row_is_lost_or_there_twice() -> None:
    assert len(ROWS) == len({row["row"] for row in ROWS}) == 24 + 9 + 13
