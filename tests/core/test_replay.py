"""A recording answers what it was asked then, in the order it was, and nothing else."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest

from core.model import Exchange
from core.replay import NotRecordedError, Recording

AT = datetime(2026, 1, 31, 12, tzinfo=UTC)


def exchange(body: bytes, *, metadata_only: bool = False, **parameters: str) -> Exchange:
    return Exchange(
        operation="List",
        parameters=parameters,
        response="" if metadata_only else hashlib.sha256(body).hexdigest(),
        size=len(body),
        status="200",
        at=AT,
        duration_ms=1,
    )


def recording(*bodies: bytes) -> Recording:
    known = {hashlib.sha256(body).hexdigest(): body for body in bodies}
    return Recording([exchange(body, page="1", region="north") for body in bodies], known)


def test_answers_to_one_question_come_in_order_and_the_last_one_stays() -> None:
    replayed = recording(b"first", b"second")
    answers = [replayed.answer("List", {"page": "1", "region": "north"})[1] for _ in range(3)]
    assert answers == [b"first", b"second", b"second"]


def test_the_order_of_parameters_does_not_matter() -> None:
    found, body = recording(b"it").answer("List", {"region": "north", "page": "1"})
    assert (found.status, body) == ("200", b"it")


@pytest.mark.parametrize(
    ("operation", "parameters"), [("List", {"page": "2", "region": "north"}), ("Get", {"page": "1", "region": "north"})]
)
def test_another_question_was_not_asked_then(operation: str, parameters: dict[str, str]) -> None:
    with pytest.raises(NotRecordedError, match="was not asked then"):
        recording(b"it").answer(operation, parameters)


def test_an_exchange_of_which_only_metadata_was_kept_has_no_answer() -> None:
    replayed = Recording([exchange(b"token", metadata_only=True)], {})
    with pytest.raises(NotRecordedError, match="only the metadata was kept"):
        replayed.answer("List", {})


def test_no_collector_can_take_the_end_of_a_recording_for_a_failure_to_look() -> None:
    assert not issubclass(NotRecordedError, Exception)
