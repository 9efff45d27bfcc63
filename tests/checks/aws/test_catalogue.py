"""Every row of the catalogue of what others judge is answered by a check, merged into one, rejected, or still open."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import checks.aws
from core.plugins import Check, discover

FOLDER = Path(checks.aws.__file__).parent / "catalogue"
FILES = sorted(FOLDER.glob("*.csv"))
ROWS = 337
CHECKS = discover([checks.aws], Check)


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(newline="") as text:
        return list(csv.DictReader(text))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_row_has_an_answer_that_holds(file: Path) -> None:
    for row in rows(file):
        match row["answer"]:
            case "answered":
                assert row["check"] in CHECKS, row
            case "merged":
                assert row["check"] in CHECKS, row
                assert row["why"], row
            case "rejected":
                assert not row["check"], row
                assert row["why"], row
            case answer:
                assert answer == "open", row
                assert not row["check"], row


def test_no_row_is_lost_or_there_twice() -> None:
    names = [row["row"] for file in FILES for row in rows(file)]
    assert len(names) == len(set(names)) == ROWS


def test_no_row_of_a_service_that_is_judged_stays_open() -> None:
    judged = {check.split(".")[1] for check in CHECKS}
    assert [row["row"] for file in FILES if file.stem in judged for row in rows(file) if row["answer"] == "open"] == []
