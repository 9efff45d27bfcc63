"""Every question and its answer are kept, with the unit that asked."""

from __future__ import annotations

import hashlib
import threading
from contextvars import copy_context

from core.recording import expect_answers, record, record_again, recording, tell_of_answers
from tests.core.garden import NOW


def say(body: bytes, operation: str = "ask", **more: str) -> None:
    record(operation, {"what": "roses"}, body, status="0", at=NOW, duration_ms=3, **more)  # type: ignore[arg-type]


def test_an_exchange_says_what_was_asked_and_names_the_answer_by_digest() -> None:
    with recording() as recorder:
        record(
            "ask",
            {"what": "roses"},
            b"red",
            status="200",
            at=NOW,
            duration_ms=3,
            request_id="r1",
            truncated=True,
            error="cut off",
            redactions={"value": 1},
            endpoint="https://roses.example",
            page=2,
            items=3,
        )
    (exchange,) = recorder.exchanges
    assert exchange.response == hashlib.sha256(b"red").hexdigest()
    assert (exchange.operation, exchange.parameters, exchange.size) == ("ask", {"what": "roses"}, 3)
    assert (exchange.status, exchange.request_id, exchange.truncated, exchange.error) == ("200", "r1", True, "cut off")
    assert (exchange.at, exchange.duration_ms, exchange.redactions) == (NOW, 3, {"value": 1})
    assert (exchange.endpoint, exchange.page, exchange.items) == ("https://roses.example", 2, 3)
    assert recorder.bodies == {exchange.response: b"red"}


def test_of_credentials_only_the_metadata_is_kept() -> None:
    with recording() as recorder:
        record("take a role", {}, None, status="200", at=NOW, duration_ms=3, headers={"x-kind": "keys"})
    (exchange,) = recorder.exchanges
    assert (exchange.response, exchange.size, exchange.headers) == ("", 0, {"x-kind": "keys"})
    assert recorder.bodies == {}


def test_one_exchange_that_answers_twice_is_one() -> None:
    with recording() as recorder:
        say(b"red")
        say(b"red")
        say(b"red", operation="ask again")
    assert [exchange.operation for exchange in recorder.exchanges] == ["ask", "ask again"]
    assert len(recorder.bodies) == 1


def test_outside_of_a_unit_nothing_is_recorded() -> None:
    say(b"before")
    with recording() as recorder:
        pass
    say(b"after")
    assert recorder.exchanges == []


def test_who_waits_hears_of_answers_and_of_how_many_are_to_come() -> None:
    expect_answers(5)  # nobody waits
    heard: list[int] = []

    def unit() -> None:
        tell_of_answers(lambda: heard.append(0), heard.append)
        expect_answers(2)
        say(b"one")

    copy_context().run(unit)
    say(b"elsewhere")
    assert heard == [2, 0]


def test_units_side_by_side_do_not_hear_each_other() -> None:
    found: dict[str, list[bytes]] = {}
    barrier = threading.Barrier(2)

    def unit(name: str) -> None:
        with recording() as recorder:
            barrier.wait(5)
            say(name.encode())
            barrier.wait(5)
        found[name] = list(recorder.bodies.values())

    threads = [threading.Thread(target=unit, args=(name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert found == {"one": [b"one"], "two": [b"two"]}


def test_a_unit_within_a_unit_keeps_its_own() -> None:
    with recording() as outer:
        with recording() as inner:
            say(b"in")
        say(b"out")
    assert list(inner.bodies.values()) == [b"in"]
    assert list(outer.bodies.values()) == [b"out"]


def test_what_one_unit_was_told_can_be_recorded_in_another_too() -> None:
    with recording() as first:
        say(b"red")
    with recording() as second:
        record_again(first.exchanges[0], b"red")
    assert (second.exchanges, second.bodies) == (first.exchanges, first.bodies)
    record_again(first.exchanges[0], b"red")  # outside of any unit, nobody keeps it
    assert len(first.exchanges) == 1
