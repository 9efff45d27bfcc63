"""Every row of the catalogue of what others judge in Azure is answered by a check, merged into one, or rejected."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import checks.azure
from core.plugins import Check, discover

FILE = Path(checks.azure.__file__).with_name("catalogue.csv")
ROWS = list(csv.DictReader(FILE.read_text().splitlines()))
CHECKS = discover([checks.azure], Check)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["row"])
def test_a_row_has_an_answer_that_holds(row: dict[str, str]) -> None:
    if row["answer"] == "rejected":
        assert not row["check"]
    else:
        assert row["answer"] in ("answered", "merged")
        assert row["check"] in CHECKS
    assert row["why"] or row["answer"] == "answered"


def test_no_row_is_lost_or_there_twice() -> None:
    assert len(ROWS) == len({row["row"] for row in ROWS}) == 76


def test_a_check_that_a_reason_names_is_there() -> None:
    named = {word.strip("();,.") for row in ROWS for word in row["why"].split() if word.startswith("azure.")}
    assert named
    assert named <= CHECKS.keys()
