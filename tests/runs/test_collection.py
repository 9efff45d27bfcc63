"""Units run side by side, within limits; one that hangs or dies costs itself and nobody else."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest

from core.engine import Collected
from core.model import CollectionGap
from core.plugins import collector
from core.recording import expect_answers, record
from core.resource import Resource, resource
from core.source import Source
from runs import collection
from runs.collection import Collection, Limits, Queues, Task
from runs.movement import Movement

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


@resource("shop.ware")
class Ware(Resource):
    """Something in a shop."""

    id: str


class Shop(Source):
    """A shop in which something happens."""

    def __init__(self, name: str, happens: Callable[[], object], concurrency: int = 8, scope: str = "") -> None:
        self.name = name
        self.happens = happens
        self.concurrency = concurrency
        self.scope = scope

    @property
    def id(self) -> str:
        return self.name

    @property
    def principal(self) -> str:
        return "clerk"

    def explain(self, error: Exception) -> CollectionGap | None:
        return None


@collector(permissions=())
def wares(shop: Shop) -> Iterator[Ware]:
    """Wares."""
    shop.happens()
    yield Ware(id=shop.id)


def nothing() -> None:
    """A quiet shop."""


def gather(*shops: Shop, workers: int = 8, seconds: float = 20) -> tuple[Collection, list[Collected]]:
    heard: list[Collected] = []
    round_ = Collection(
        [Task(wares, shop, "v1") for shop in shops], Limits(workers, seconds), lambda: NOW, heard.append
    )
    return round_, heard


def gaps(units: list[Collected]) -> list[str]:
    return [gap.reason for unit in units for gap in unit.unit.gaps]


class Crowd:
    """Counts how many are inside at once, all in all and by shop."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.inside: Counter[str] = Counter()
        self.most: Counter[str] = Counter()

    def visit(self, name: str) -> Callable[[], None]:
        def happens() -> None:
            for step in (1, -1):
                with self.lock:
                    for key in (name, "all"):
                        self.inside[key] += step
                        self.most[key] = max(self.most[key], self.inside[key])
                time.sleep(0.01 if step == 1 else 0)

        return happens


def test_limits_of_sources_and_of_the_whole_are_kept() -> None:
    crowd = Crowd()
    shops = [Shop(name, crowd.visit(name), 2, str(n)) for n in range(6) for name in ("a", "b", "c")]
    round_, heard = gather(*shops, workers=5)
    found = dict(round_.run())
    assert {source: len(units) for source, units in found.items()} == {"a": 6, "b": 6, "c": 6}
    assert len(heard) == 18
    assert max(crowd.most[name] for name in "abc") <= 2
    assert crowd.most["all"] <= 5
    assert round_.abandoned == 0


def test_a_source_that_has_its_fill_lets_others_pass_and_comes_before_those_that_were_not_begun() -> None:
    queues = Queues()
    targets = [Shop(name, nothing, 1 if name == "a" else 2) for name in "aaabb"]
    for number, target in enumerate(targets):
        queues.put(number, target)

    def take() -> int | None:
        return queues.take(targets.__getitem__)

    assert [take(), take(), take(), take()] == [0, 3, 4, None]
    queues.ended(targets[3])
    assert take() is None
    queues.ended(targets[0])
    queues.put(5, targets[4])
    queues.put(6, Shop("c", nothing))
    targets += [targets[4], Shop("c", nothing)]
    assert [take(), take(), take(), take()] == [1, 5, 6, None]
    queues.put(7, targets[4])
    queues.put(8, targets[6])
    targets += [targets[4], targets[6]]
    queues.ended(targets[4])
    queues.ended(targets[1])
    assert [take(), take(), take(), take()] == [2, 7, 8, None]


def test_many_units_take_their_turn_in_no_time() -> None:
    queues = Queues()
    shops = [Shop(str(number), nothing) for number in range(100)]
    for number in range(100_000):
        queues.put(number, shops[number % 100])
    taken = 0
    while (found := queues.take(lambda each: shops[each % 100])) is not None:
        queues.ended(shops[found % 100])
        taken += 1
    assert taken == 100_000


class Opening(Shop):
    """A shop that says when it may be visited."""

    doors: ClassVar[list[Callable[[], None]]] = []

    def may_start(self, tell: Callable[[], None]) -> bool:
        self.doors.append(tell)
        return False


def test_sources_that_make_ready_take_no_worker_until_they_may_be_looked_at() -> None:
    Opening.doors = []
    closed = [Opening(f"closed-{number}", nothing) for number in range(3)]
    opened: list[str] = []
    round_, heard = gather(*closed, Shop("open", lambda: Opening.doors[2]()), workers=1)  # noqa: PLW0108 - not there yet
    for name, _ in round_.run():
        opened.append(name)
        if name == "closed-2":
            Opening.doors[0]()
            Opening.doors[1]()
    assert opened == ["open", "closed-2", "closed-0", "closed-1"]
    assert gaps(heard) == []


def test_each_source_comes_with_all_its_units_in_the_order_of_the_tasks() -> None:
    first_may_end = threading.Event()
    round_, _ = gather(Shop("a", lambda: first_may_end.wait(5), scope="1"), Shop("a", first_may_end.set, scope="2"))
    ((_, units),) = round_.run()
    assert [unit.unit.scope for unit in units] == ["1", "2"]


def test_nothing_to_do_is_done_at_once() -> None:
    assert list(gather()[0].run()) == []


def test_a_unit_that_hangs_is_given_up_while_others_finish_and_what_it_brings_late_is_dropped() -> None:
    release, left = threading.Event(), threading.Event()

    def hang() -> None:
        release.wait(10)
        left.set()

    busy = threading.Event()
    round_, heard = gather(
        Shop("slow", hang), Shop("quick", nothing), Shop("late", lambda: busy.wait(10)), seconds=0.15
    )
    found: dict[str, list[Collected]] = {}
    for source, units in round_.run():
        found[source] = units
        if source == "slow":
            release.set()
            left.wait(5)
    busy.set()
    assert gaps(found["quick"]) == []
    assert gaps(found["slow"]) == ["gave up after 0.15 s"]
    assert found["slow"][0].evidence[0].gaps == found["slow"][0].unit.gaps
    assert found["slow"][0].unit.gaps[0].retryable
    assert round_.abandoned == 2
    assert len(heard) == 3


def test_a_late_result_is_not_taken_for_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collection, "POLL_SECONDS", 0.01)
    release = threading.Event()
    round_, heard = gather(
        Shop("slow", lambda: release.wait(10)), Shop("next", lambda: time.sleep(0.05)), workers=1, seconds=0.1
    )
    found = {}
    for source, units in round_.run():
        found[source] = gaps(units)
        release.set()  # the first brings its wares while the second is still busy
    assert found == {"slow": ["gave up after 0.1 s"], "next": []}
    assert len(heard) == 2


def answered() -> bool:
    """One question, after a while."""
    time.sleep(0.1)
    record("ask", {}, b"{}", status="ok", at=datetime(2026, 11, 22, tzinfo=UTC), duration_ms=100)
    return True


def test_a_unit_that_is_answered_goes_on_for_longer_than_one_without_an_answer() -> None:
    found = dict(gather(Shop("large", lambda: [answered() for _ in range(6)]), seconds=0.4)[0].run())
    assert gaps(found["large"]) == []


def test_after_the_last_answer_it_counts_as_hanging() -> None:
    release = threading.Event()
    found = dict(gather(Shop("stuck", lambda: [answered(), release.wait(10)]), seconds=0.4)[0].run())
    release.set()
    assert gaps(found["stuck"]) == ["gave up after 0.4 s without an answer"]


def test_whoever_answers_for_ever_is_given_up_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collection, "LONGEST", 2)
    release = threading.Event()

    def on_and_on() -> None:
        while not release.is_set():
            answered()

    found = dict(gather(Shop("endless", on_and_on), seconds=0.2)[0].run())
    release.set()
    assert gaps(found["endless"]) == ["gave up after 0.4 s with answers to the end"]


def test_who_follows_hears_how_far_units_have_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collection, "POLL_SECONDS", 0.01)
    heard, release = list[Movement](), threading.Event()

    def follow(moving: Sequence[Movement]) -> None:
        heard.extend(moving)
        if heard and heard[-1].awaited is not None:
            release.set()

    def asks() -> None:
        answered()
        expect_answers(3)
        answered()
        release.wait(10)

    task = Task(wares, Shop("large", asks), "v1")
    for _ in Collection([task], Limits(1, 20), lambda: NOW, lambda _: None, on_move=follow).run():
        pass
    assert (heard[0].source, heard[0].collector, heard[0].answers, heard[0].awaited) == ("large", wares.id, 0, None)
    assert heard[0].left is None
    assert heard[-1].awaited == 4
    assert heard[-1].left == pytest.approx((4 - heard[-1].answers) * heard[-1].seconds / heard[-1].answers)


def test_a_crash_costs_its_own_unit_only() -> None:
    def crash() -> None:
        raise RuntimeError("the roof fell in")

    found = dict(gather(Shop("a", crash), Shop("b", nothing))[0].run())
    assert "RuntimeError: the roof fell in" in gaps(found["a"])[0]
    assert gaps(found["b"]) == []


def test_what_not_even_the_engine_catches_is_a_gap_at_once() -> None:
    def stop() -> None:
        raise GeneratorExit

    found = dict(gather(Shop("a", stop), Shop("b", nothing))[0].run())
    assert gaps(found["a"]) == [f"{wares.id} ended with GeneratorExit"]
    assert gaps(found["b"]) == []


def test_an_interrupt_makes_gaps_of_the_rest_and_still_yields_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()
    shops = [Shop("quick", nothing), *(Shop(f"slow-{n}", lambda: release.wait(10)) for n in range(3))]
    round_, heard = gather(*shops, workers=2)
    wait = round_._wait

    def interrupted() -> Any:
        if heard:
            raise KeyboardInterrupt
        return wait()

    monkeypatch.setattr(round_, "_wait", interrupted)
    found = {source: gaps(units) for source, units in round_.run()}
    release.set()
    assert found == {"quick": [], **{f"slow-{n}": ["interrupted before it was done"] for n in range(3)}}
    assert round_.abandoned == 2  # the third had not begun
    assert len(heard) == 4


def test_who_is_told_to_stop_makes_gaps_of_the_rest() -> None:
    release = threading.Event()
    shops = [Shop("quick", nothing), Shop("slow", lambda: release.wait(10))]
    heard: list[Collected] = []
    tasks = [Task(wares, shop, "v1") for shop in shops]
    round_ = Collection(tasks, Limits(2, 20), lambda: NOW, heard.append, stop=lambda: bool(heard))
    found = {source: gaps(units) for source, units in round_.run()}
    release.set()
    assert found == {"quick": [], "slow": ["interrupted before it was done"]}
    assert round_.abandoned == 1


def test_a_unit_between_waiting_and_running_is_not_lost_by_an_interrupt(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    round_, _ = gather(Shop("a", nothing), Shop("b", nothing))
    monkeypatch.setattr(threading, "Thread", interrupted)
    assert {source: gaps(units) for source, units in round_.run()} == {
        "a": ["interrupted before it was done"],
        "b": ["interrupted before it was done"],
    }


def test_a_source_that_was_begun_is_finished_before_another_is_begun() -> None:
    order: list[str] = []

    def more(task: Task, _collected: Collected) -> list[Task]:
        order.append(task.target.id)
        return [Task(wares, Shop(task.target.id, nothing), "v1")] * 2 if order.count(task.target.id) == 1 else []

    tasks = [Task(wares, Shop(name, nothing), "v1") for name in ("north", "south", "west")]
    for _ in Collection(tasks, Limits(1, 20), lambda: NOW, lambda _collected: None, more).run():
        pass
    assert order == ["north"] * 3 + ["south"] * 3 + ["west"] * 3
