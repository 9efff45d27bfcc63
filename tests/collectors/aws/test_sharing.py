"""What several collectors ask is asked once, and each has it on record."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from collectors.aws import replay, sharing
from collectors.aws.iam import GENERATE_REPORT
from collectors.aws.sharing import Shared, lasts
from core.engine import Collected
from core.model import Exchange
from core.source import Source
from tests.collectors.aws.world import AS_OF, COLLECTORS, REGIONS, World, clock, run, world

VAULTS = "backup:ListBackupVaults"
REPORT = "iam:GenerateCredentialReport"
WHO_ASKS_VAULTS = sorted(name for name, each in COLLECTORS.items() if VAULTS in map(str, each.permissions))
WHO_ASKS_THE_REPORT = ["aws.iam.account", "aws.iam.identities"]


@pytest.fixture
def found() -> Iterator[World]:
    the_world = world()
    with the_world.environment():
        the_world.server.calls.clear()
        yield the_world
    the_world.server.refuse.clear()


def _places(found: World) -> dict[str, Source]:
    """The places of an account by scope, where what collectors share is asked once."""
    survey = replace(found.way(), shared=Shared(COLLECTORS.values())).account("aws/default", "")
    shown = run(COLLECTORS["aws.account.regions"], survey).evidence
    return {place.scope: place for place in survey.unfold(shown, ())}


def _at_once(names: list[str], place: Source) -> list[Collected]:
    seen: dict[str, Collected] = {}
    begin = threading.Barrier(len(names))

    def look(name: str) -> None:
        begin.wait()
        seen[name] = run(COLLECTORS[name], place)

    threads = [threading.Thread(target=look, args=(name,)) for name in names]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return [seen[name] for name in names]


def _asked(collected: Collected, operation: str) -> list[Exchange]:
    return [each for each in collected.unit.exchanges if each.operation == operation]


@pytest.mark.parametrize("way", ["", "denied"])
@pytest.mark.parametrize(
    ("operation", "names", "scope"),
    [(VAULTS, WHO_ASKS_VAULTS, REGIONS[0]), (REPORT, WHO_ASKS_THE_REPORT, "global")],
    ids=["vaults", "report"],
)
def test_two_who_ask_at_once_make_one_call_and_both_have_it_on_record(
    found: World, operation: str, names: list[str], scope: str, way: str
) -> None:
    assert len(names) == 2
    place = _places(found)[scope]
    found.server.calls.clear()
    found.server.refuse = {operation: way}
    one, other = _at_once(names, place)
    (kept,), (again,) = _asked(one, operation), _asked(other, operation)
    assert found.server.calls[operation] == 1
    assert (kept.response, kept.request_id, kept.at, kept.status) == (
        again.response, again.request_id, again.at, again.status,
    )  # fmt: skip
    assert sorted((kept.attempts, again.attempts)) == [0, 1]
    found.server.refuse = {}
    alone = [found.everything[name, scope] for name in names]
    for each, without in zip((one, other), alone, strict=True):
        assert [bool(gap) for gap in each.unit.gaps] == ([True] if way else [])
        assert way or [kind.encoded for kind in each.evidence] == [kind.encoded for kind in without.evidence]
        before = found.server.calls.total()
        repeated = run(COLLECTORS[each.unit.collector], _recorded(each))
        assert [kind.encoded for kind in repeated.evidence] == [kind.encoded for kind in each.evidence]
        assert repeated.unit.gaps == each.unit.gaps
        assert found.server.calls.total() == before


def _recorded(collected: Collected) -> Any:
    return replay(collected.unit, collected.unit.exchanges, collected.bodies, clock)


@pytest.mark.parametrize("way", ["expired", "throttled", "failing", "cut off", "reset"])
def test_what_may_pass_is_asked_again(found: World, way: str) -> None:
    place = _places(found)[REGIONS[0]]
    found.server.calls.clear()
    found.server.refuse = {VAULTS: way}
    first = run(COLLECTORS[WHO_ASKS_VAULTS[0]], place)
    found.server.refuse = {}
    second = run(COLLECTORS[WHO_ASKS_VAULTS[1]], place)
    assert first.unit.gaps != ()
    assert second.unit.gaps == ()
    assert found.server.calls[VAULTS] > 1


def test_each_region_is_asked_for_itself(found: World) -> None:
    places = _places(found)
    found.server.calls.clear()
    for name in WHO_ASKS_VAULTS:
        for region in REGIONS:
            run(COLLECTORS[name], places[region])
    assert found.server.calls[VAULTS] == len(REGIONS)


@pytest.mark.parametrize(
    ("answer", "code", "status", "kept"),
    [
        ({"State": "COMPLETE"}, "", 200, True),
        ({"State": "STARTED"}, "", 200, False),
        (None, "ReportInProgress", 404, False),
        (None, "AccessDenied", 403, True),
        (None, "NoSuchEntity", 404, True),
        (None, "ExpiredToken", 403, False),
        (None, "Throttling", 400, False),
        (None, "InternalFailure", 500, False),
    ],
)
def test_a_report_that_is_being_written_is_asked_for_again(answer: Any, code: str, status: int, kept: bool) -> None:
    said: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    assert lasts(GENERATE_REPORT, answer, ClientError(said, "GenerateCredentialReport") if code else None) is kept


def test_no_more_is_kept_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharing, "MOST_BYTES", 10)
    exchange = Exchange(operation=REPORT, parameters={}, response="", size=6, status="200", at=AS_OF, duration_ms=1)
    shared = Shared(COLLECTORS.values())
    for question in ("older", "newer", "large"):
        assert shared.turn(GENERATE_REPORT, question) is not None
        shared.keep(question, exchange, bytes(60 if question == "large" else 6))
    assert _told(shared) == {"older": False, "newer": True, "large": False}
    for _ in WHO_ASKS_THE_REPORT:
        shared.asked("newer")
    assert _told(shared)["newer"] is False
    shared.turn(GENERATE_REPORT, "newer")
    shared.keep("newer", exchange, bytes(6))
    assert not any(_told(shared.apart()).values())
    assert _told(shared)["newer"] is True


def _told(shared: Shared) -> dict[str, bool]:
    turns = {each: shared.turn(GENERATE_REPORT, each) for each in ("older", "newer", "large")}
    return {name: turn is not None and turn.told is not None for name, turn in turns.items()}
