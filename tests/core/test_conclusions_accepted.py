"""Accepted failures contradict a control like any other; the conclusion says so, and until when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from core.conclusions import AcceptedFailures, Tally, by_objective, conclude
from core.model import Conclusion, Control, DescribedCheck, Link, Severity

MAY, JUNE = datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)
LINKS = tuple(Link(f"o{n}", share, "because") for n, share in enumerate(("most", "some", "little")))
CHECKS = [
    DescribedCheck(
        id=f"c{n}", title="", rationale="", remediation="", objective=f"o{n}", severity=Severity.LOW, kind="k"
    )
    for n in range(3)
]


@pytest.mark.parametrize(
    ("fails", "accepted", "sentence"),
    [
        ({"c0": 2}, {}, "contradicted; 0 of 3 objectives supported"),
        (
            {"c0": 2},
            {"c0": AcceptedFailures(2, JUNE)},
            "contradicted (accepted until 2026-06-01); 0 of 3 objectives supported",
        ),
        (
            {"c0": 2, "c1": 1},
            {"c0": AcceptedFailures(2, JUNE), "c1": AcceptedFailures(1, MAY)},
            "contradicted (accepted until 2026-05-01); 0 of 3 objectives supported",
        ),
        (
            {"c0": 2, "c1": 3},
            {"c0": AcceptedFailures(2, JUNE)},
            "contradicted (2 of 5 failures accepted until 2026-06-01); 0 of 3 objectives supported",
        ),
        (
            {"c2": 1},
            {"c2": AcceptedFailures(1, MAY)},
            "undetermined; 0 of 3 objectives supported; reservations about 1",
        ),
    ],
)
def test_what_is_accepted_is_said_and_changes_nothing(
    fails: Mapping[str, int], accepted: Mapping[str, AcceptedFailures], sentence: str
) -> None:
    tallies = {check: Tally(fails=count) for check, count in fails.items()}
    control = Control("A.1", "Gardens", "plants", "direct", LINKS)
    found = conclude(control, by_objective(CHECKS), tallies, accepted)
    assert found.sentence == sentence
    assert found.conclusion is conclude(control, by_objective(CHECKS), tallies).conclusion
    assert found.conclusion is not Conclusion.SUPPORTED
