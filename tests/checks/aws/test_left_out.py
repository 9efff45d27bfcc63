"""What a region that is left out leaves open."""

from __future__ import annotations

from checks.aws.left_out import unless_elsewhere
from core.model import Status, failed, passed
from tests.checks.aws.making import looked_at


def test_what_was_found_stands_whatever_is_left_out() -> None:
    found = passed("a recorder runs")
    assert unless_elsewhere(found, "a recorder", looked_at(left_out="not configured")) is found


def test_what_was_not_found_may_be_where_nobody_looked() -> None:
    missing = failed("no recorder runs")
    assert unless_elsewhere(missing, "a recorder", looked_at()) is missing
    verdict = unless_elsewhere(missing, "a recorder", looked_at(left_out="not configured"))
    assert verdict.status is Status.UNKNOWN
    assert verdict.reason.startswith("no recorder runs; a recorder may be in a region that is left out: ")
