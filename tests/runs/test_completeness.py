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
COUNTS = replace(LISTED, operation="iam:GetAccountSummary", parameters={}, page=0, items=None)
ACCOUNT = replace(USERS, kind="aws_iam_account", count=1)


class Known:
    """Populations, and an account with a summary, which may be nothing (never asked) or empty (disposed of)."""

    def __init__(self, summary: bytes | None, gaps: Sequence[str], lines: Sequence[bytes]) -> None:
        self.summary = summary
        self.lines = lines
        self.gaps = tuple(CollectionGap(each) for each in gaps)

    def unit(self, of: Population) -> Unit:
        if of.kind == ACCOUNT.kind:
            return replace(UNIT, exchanges=(LISTED, COUNTS) if self.summary is not None else (LISTED,))
        return replace(UNIT, gaps=self.gaps)

    def all(self, _: object) -> list[Population]:
        return [replace(ACCOUNT, source="aws/2"), ACCOUNT]

    def answer(self, _: str) -> bytes | None:
        return self.summary or None

    def sealed_lines(self, _: Population) -> Sequence[bytes]:
        return self.lines


def told(summary: str | None, *gaps: str, of: Population = USERS, lines: Sequence[bytes] = ()) -> Completeness:
    known: Any = Known(None if summary is None else summary.encode(), gaps, lines)
    (found,) = completeness(known, [of])
    return found


def says(name: str, value: int) -> str:
    """A summary with one count, as IAM writes it."""
    return f"<SummaryMap><entry><key>{name}</key> <value>{value}</value></entry></SummaryMap>"


@pytest.mark.parametrize(
    ("summary", "confirmed", "begins"),
    [
        (says("Users", 130), True, "complete: 130 of aws_iam_user in aws/1, seen 2026-01-31 12:00:00 UTC; "),
        (says("Users", 131), False, "NOT CONFIRMED: 130 of aws_iam_user in aws/1"),
        (says("Groups", 130), False, "complete as far as the provider answered: "),
        ("", False, "complete as far as the provider answered: "),
        (None, False, "complete as far as the provider answered: "),
    ],
)
def test_the_provider_counts_as_well(summary: str | None, confirmed: bool, begins: str) -> None:
    found = told(summary)
    assert found.confirmed is confirmed
    assert found.sentence.startswith(begins)
    assert "arn:auditor asked, 1 question" in found.sentence
    assert "iam:GetAccountSummary" in found.sentence


@pytest.mark.parametrize(
    ("kind", "name", "count", "ends"),
    [
        ("aws_iam_group", "Groups", 3, "the provider counts as many (iam:GetAccountSummary, "),
        ("aws_iam_role", "Roles", 3, "the provider counts as many with or without those linked to services ("),
        ("aws_iam_role", "Roles", 2, "the provider counts as many with or without those linked to services ("),
        ("aws_iam_role", "Roles", 1, "but the provider counts 1 with or without those linked to services ("),
        ("aws_iam_policy", "Policies", 2, "the provider counts as many without those of AWS itself ("),
        ("aws_iam_policy", "Policies", 3, "but the provider counts 3 without those of AWS itself ("),
        ("aws_iam_server_certificate", "ServerCertificates", 3, "the provider counts as many ("),
    ],
)
def test_what_a_count_means_is_said(kind: str, name: str, count: int, ends: str) -> None:
    lines = (b'{"is_of_aws":true,"is_service_linked":true}', b'{"is_of_aws":false}', b'{"is_service_linked":false}')
    found = told(says(name, count), of=replace(USERS, kind=kind, count=3), lines=lines)
    assert ends in found.sentence
    assert found.confirmed is not ends.startswith("but")


def test_a_gap_is_never_whole_and_without_a_count_the_provider_is_believed() -> None:
    hidden = told(says("Users", 130), "access denied", "access denied")
    assert not hidden.confirmed
    assert hidden.sentence.startswith("NOT COMPLETE: at least 130 of ")
    assert hidden.sentence.endswith("; not seen: access denied")
    other = told("", of=replace(USERS, kind="aws_vpc", scope="eu-west-1"))
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
