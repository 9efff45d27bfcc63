"""How a population was made whole: pages are one question, and a provider's own count confirms or contradicts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.model import CollectionGap, Exchange, Unit
from evidence_store.questions.populations import Population
from runs.completeness import Completeness, asked, completeness

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
LISTED = Exchange(
    operation="iam:ListUsers", parameters={"PathPrefix": "/"}, response="0" * 64, size=9, status="200", at=NOON,
    duration_ms=1, endpoint="https://iam.amazonaws.com", page=1, items=100,
)  # fmt: skip
MORE = replace(LISTED, parameters={"PathPrefix": "/", "Marker": "x"}, page=2, items=30, at=NOON + timedelta(seconds=2))
UNIT = Unit(
    collector="aws.iam.identities", version="1", source="aws/1", scope="", principal="arn:auditor", started=NOON,
    finished=NOON, exchanges=(LISTED, MORE),
)  # fmt: skip
USERS = Population(
    kind="aws_iam_user", source="aws/1", scope="", collected_at=NOON, count=130, complete=True, lines="0" * 64, leaf=1,
    ordinal=0,
)  # fmt: skip
ACCOUNT = replace(USERS, kind="aws_iam_account", count=1)


class Known:
    """Populations with one unit, and an account that says what it was told to."""

    def __init__(self, lines: Sequence[bytes], *gaps: str) -> None:
        self.lines = lines
        self.seen = replace(UNIT, gaps=tuple(CollectionGap(each) for each in gaps))

    def unit(self, _: Population) -> Unit:
        return self.seen

    def all(self, _: object) -> list[Population]:
        return [replace(ACCOUNT, source="aws/2"), ACCOUNT] if self.lines else []

    def sealed_lines(self, _: Population) -> Sequence[bytes]:
        return self.lines


def told(lines: Sequence[bytes], *gaps: str, of: Population = USERS) -> Completeness:
    known: Any = Known(lines, *gaps)
    (found,) = completeness(known, [of])
    return found


@pytest.mark.parametrize(
    ("lines", "confirmed", "begins"),
    [
        ((b'{"id":"1","users":130}',), True, "complete: 130 of aws_iam_user in aws/1, seen 2026-01-31 12:00:00 UTC; "),
        ((b'{"id":"1","users":131}',), False, "NOT CONFIRMED: 130 of aws_iam_user in aws/1"),
        ((b'{"id":"1","users":{"$unobserved":"denied"}}',), False, "complete as far as the provider answered: "),
        ((), False, "complete as far as the provider answered: "),
    ],
)
def test_the_provider_counts_as_well(lines: Sequence[bytes], confirmed: bool, begins: str) -> None:
    found = told(lines)
    assert found.confirmed is confirmed
    assert found.sentence.startswith(begins)
    assert "arn:auditor asked, 1 question" in found.sentence
    assert "iam:GetAccountSummary" in found.sentence


def test_a_gap_is_never_whole_and_without_a_count_the_provider_is_believed() -> None:
    hidden = told((b'{"id":"1","users":130}',), "access denied", "access denied")
    assert not hidden.confirmed
    assert hidden.sentence.startswith("NOT COMPLETE: at least 130 of ")
    assert hidden.sentence.endswith("; not seen: access denied")
    other = told((), of=replace(USERS, kind="aws_iam_role", scope="eu-west-1"))
    assert other.confirmed
    assert other.sentence.endswith("in aws/1 eu-west-1, seen 2026-01-31 12:00:00 UTC; arn:auditor asked, 1 question; no independent count is known")  # fmt: skip


def test_pages_of_a_list_are_one_question() -> None:
    wrong = replace(LISTED, operation="iam:GetUser", parameters={}, endpoint="", items=None, page=0, truncated=True, error="denied", response="")  # fmt: skip
    listing, single = asked([LISTED, wrong, MORE])
    assert (listing.pages, listing.items, listing.first, listing.last) == (2, 130, NOON, MORE.at)
    assert listing.parameters == {"PathPrefix": "/"}
    assert listing.sentence == (
        "iam:ListUsers at https://iam.amazonaws.com (PathPrefix=/): 2 answers, 130 items, 2026-01-31 12:00:00 UTC"
    )
    assert single.sentence == "iam:GetUser: 1 answer, 1 failed, 1 cut off, 2026-01-31 12:00:00 UTC"
    assert (single.items, single.responses) == (None, ())
