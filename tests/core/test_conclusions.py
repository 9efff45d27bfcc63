"""What findings say about a control, as a table."""

from __future__ import annotations

from itertools import product

import pytest

from core.conclusions import ControlResult, Tally, by_objective, conclude
from core.model import Conclusion, Control, Link, Severity, Status, Verdict, passed
from core.plugins import Check, check
from tests.core.garden import Flower

PASS, FAIL, UNKNOWN, ERROR, NOT = (
    Status.PASS,
    Status.FAIL,
    Status.UNKNOWN,
    Status.ERROR,
    Status.NOT_APPLICABLE,
)


def serving(objective: str, name: str) -> Check[...]:
    def function(flower: Flower) -> Verdict:
        """It is well.

        It matters.

        Remediation: Make it well.
        """
        return passed(flower.id)

    function.__name__ = name
    return check(objective=objective, severity=Severity.LOW)(function)


def concluded(*objectives: tuple[str, list[Status]]) -> ControlResult:
    """The conclusion over one objective per pair of share and statuses."""
    links = tuple(Link(f"o{n}", share, "because") for n, (share, _) in enumerate(objectives))
    checks = [serving(f"o{n}", f"c{n}") for n, _ in enumerate(objectives)]
    tallies = {checks[n].id: Tally.of(statuses) for n, (_, statuses) in enumerate(objectives)}
    return conclude(Control("A.1", "Gardens", "plants", "direct", links), by_objective(checks), tallies)


@pytest.mark.parametrize(
    ("objectives", "sentence"),
    [
        ([], "no evidence"),
        ([("most", [])], "no evidence"),
        ([("most", [NOT])], "no evidence"),
        ([("most", [PASS])], "supported (most), 1 of 1 objectives"),
        ([("some", [PASS, NOT])], "supported (some), 1 of 1 objectives"),
        ([("little", [PASS])], "supported (little), 1 of 1 objectives"),
        ([("little", [PASS]), ("most", [PASS]), ("some", [])], "supported (most), 2 of 3 objectives"),
        ([("little", [PASS]), ("some", [PASS])], "supported (some), 2 of 2 objectives"),
        ([("most", [FAIL])], "contradicted; 0 of 1 objectives supported"),
        ([("some", [FAIL, PASS])], "contradicted; 0 of 1 objectives supported"),
        ([("most", [FAIL]), ("most", [UNKNOWN])], "contradicted; 0 of 2 objectives supported"),
        ([("most", [PASS]), ("some", [FAIL])], "contradicted; 1 of 2 objectives supported"),
        ([("most", [UNKNOWN])], "undetermined; 0 of 1 objectives supported"),
        ([("most", [ERROR, PASS])], "undetermined; 0 of 1 objectives supported"),
        ([("most", [PASS]), ("little", [UNKNOWN])], "undetermined; 1 of 2 objectives supported"),
        ([("little", [FAIL])], "undetermined; 0 of 1 objectives supported; reservations about 1"),
        ([("little", [FAIL]), ("most", [])], "undetermined; 0 of 2 objectives supported; reservations about 1"),
        ([("little", [FAIL]), ("most", [PASS])], "supported (most), 1 of 2 objectives; reservations about 1"),
        ([("little", [FAIL]), ("little", [PASS])], "supported (little), 1 of 2 objectives; reservations about 1"),
        ([("little", [FAIL]), ("most", [FAIL])], "contradicted; 0 of 2 objectives supported; reservations about 1"),
        ([("little", [FAIL]), ("most", [UNKNOWN])], "undetermined; 0 of 2 objectives supported; reservations about 1"),
        (
            [("little", [FAIL, UNKNOWN]), ("most", [PASS])],
            "undetermined; 1 of 2 objectives supported; reservations about 1",
        ),
    ],
)
def test_the_rules(objectives: list[tuple[str, list[Status]]], sentence: str) -> None:
    assert concluded(*objectives).sentence == sentence


def test_no_statuses_whatsoever_turn_a_failure_or_ignorance_into_support() -> None:
    shares = ("most", "some", "little")
    choices: tuple[list[Status], ...] = ([], [PASS], [FAIL], [UNKNOWN], [ERROR], [NOT], [PASS, FAIL])
    for first, second in product(product(shares, choices), repeat=2):
        result = concluded(first, second)
        statuses = {status for _, found in (first, second) for status in found}
        weighty = any(FAIL in found and share != "little" for share, found in (first, second))
        assert (result.conclusion is Conclusion.CONTRADICTED) == weighty
        if result.conclusion is Conclusion.SUPPORTED:
            assert PASS in statuses
            assert not statuses & {UNKNOWN, ERROR}
            assert result.strength
        if result.conclusion is Conclusion.NO_EVIDENCE:
            assert statuses <= {NOT}


def test_reservations_name_the_objective() -> None:
    assert concluded(("most", [PASS]), ("little", [FAIL])).reservations == ("o1",)


def test_an_objective_gathers_all_the_checks_that_serve_it_and_no_others() -> None:
    checks = [serving("o0", "one"), serving("o0", "two"), serving("elsewhere", "three")]
    tallies = {each.id: Tally.of([PASS]) for each in checks}
    control = Control("A.1", "Gardens", "plants", "direct", (Link("o0", "most", "b"), Link("o1", "some", "b")))
    first, second = conclude(control, by_objective(checks), tallies).objectives
    assert first.checks == (checks[0].id, checks[1].id)
    assert first.tally == Tally(passes=2)
    assert (second.checks, second.tally) == ((), Tally())


def test_tallies_count_and_add_up() -> None:
    tally = Tally.of([PASS, PASS, FAIL, UNKNOWN, ERROR, NOT])
    assert tally == Tally(2, 1, 2, 1)
    assert tally + tally == Tally(4, 2, 4, 2)
