"""Collect keeps what was seen, assess is pure, and what goes wrong costs its own part only."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest

from core.codec import encode
from core.engine import Collected, assess, collect, nothing_collected, statuses
from core.model import (
    REST_OF_POPULATION,
    CollectionGap,
    Evidence,
    Finding,
    Severity,
    Status,
    Verdict,
    failed,
    not_applicable,
    passed,
)
from core.plugins import Check, check, collector
from core.population import Population
from core.recording import record
from core.resource import Resource, resource, unobserved
from core.source import Source
from tests.core.garden import NOW, Bee, Flower, Garden, LockedError, seen, ticking

ROSE, LILY = Flower(id="rose", color="red"), Flower(id="lily", color="white")
BUG = "this is a bug of the collector: report it"


@collector(permissions=())
def flowers_and_bees(garden: Garden) -> Iterator[Flower | Bee]:
    """Whatever is in the garden."""
    record("walk", {"garden": garden.id}, b"seen", status="0", at=NOW, duration_ms=1)
    yield from garden.walk()  # type: ignore[misc] # some of it is garbage, on purpose


@resource("garden.moss")
class Moss(Flower):
    """A flower of another kind."""


class UnspeakableError(Exception):
    """An error that cannot say what it is."""

    def __str__(self) -> str:
        raise RuntimeError("speechless")


def look(*things: object, **more: Any) -> Collected:
    return collect(flowers_and_bees, Garden(*things, **more), version="v1", clock=ticking())


def ids(collected: Collected) -> dict[str, list[str]]:
    return {evidence.kind: [each.id for each in evidence.resources] for evidence in collected.evidence}


def test_a_unit_brings_home_every_kind_it_promised_sorted_by_id() -> None:
    found = look(ROSE, LILY, scope="pond")
    assert ids(found) == {"garden.bee": [], "garden.flower": ["lily", "rose"]}
    assert all(evidence.complete for evidence in found.evidence)
    assert found.evidence[1].encoded == (encode(LILY), encode(ROSE))
    unit = found.unit
    assert (unit.collector, unit.version, unit.source, unit.scope) == (
        flowers_and_bees.id,
        "v1",
        "garden/north",
        "pond",
    )
    assert (unit.principal, unit.started, unit.finished) == ("gardener", NOW, NOW)
    assert [exchange.operation for exchange in unit.exchanges] == ["walk"]
    assert found.bodies == {unit.exchanges[0].response: b"seen"}


def test_what_was_seen_before_a_failure_is_kept_and_every_kind_has_the_gap() -> None:
    found = look(ROSE, LockedError(), LILY)
    assert ids(found) == {"garden.bee": [], "garden.flower": ["rose"]}
    assert found.unit.gaps == (CollectionGap("the gate is locked", "ask for the key"),)
    assert [evidence.gaps for evidence in found.evidence] == [found.unit.gaps, found.unit.gaps]


@pytest.mark.parametrize(
    ("thing", "reason"),
    [
        (RuntimeError("the ladder broke"), "failed with RuntimeError: the ladder broke"),
        (SystemExit(3), "failed with SystemExit: 3"),
        (UnspeakableError(), "failed with UnspeakableError: it does not say why"),
        (RuntimeError("x" * 9000), "failed with RuntimeError: " + "x" * 500),
        ("garbage", "failed with CodecError: {} promised garden.flower, garden.bee and yielded a str"),
        (None, "failed with CodecError: {} promised garden.flower, garden.bee and yielded a NoneType"),
        (Flower(id="tulip", color=5), "failed with CodecError: Flower.color: expected str, found int"),  # type: ignore[arg-type]
        (Flower(id="tulip", color="\ud800"), "failed with CodecError: Flower.color: expected text, found half a char"),
        (Flower(id=unobserved("fog"), color="red"), "failed with NotObservedError: garden.flower.id was not observed"),
        (
            Flower(id="*", color="red"),
            "failed with CodecError: {} yielded a garden.flower with the id *, which means all",
        ),
        (
            Flower(id="é" * 751, color="red"),
            "failed with CodecError: {} yielded a garden.flower whose id is longer than 1500 bytes",
        ),
        (Moss(id="moss", color="green"), "failed with KeyError: 'garden.moss'"),
    ],
)
def test_garbage_and_bugs_cost_their_own_unit_only(thing: object, reason: str) -> None:
    found = look(ROSE, thing, LILY)
    assert ids(found)["garden.flower"] == ["rose"]
    (gap,) = found.unit.gaps
    assert gap.reason.startswith(f"{flowers_and_bees.id} " + reason.format(flowers_and_bees.id))
    assert gap.hint == BUG
    encode(found.unit)


def test_the_same_thing_seen_twice_is_one() -> None:
    found = look(ROSE, Flower(id="rose", color="red"))
    assert ids(found)["garden.flower"] == ["rose"]
    assert found.unit.gaps == ()


@pytest.mark.parametrize(
    ("others", "reason"),
    [(("blue",), "garden.flower rose was told twice"), (("blue", "white"), "garden.flower rose and 1 more was told")],
)
def test_what_is_told_twice_and_not_alike_is_a_gap_and_hides_nothing_after_it(
    others: Sequence[str], reason: str
) -> None:
    found = look(ROSE, *(Flower(id="rose", color=each) for each in others), LILY)
    assert ids(found)["garden.flower"] == ["lily", "rose"]
    (gap,) = found.unit.gaps
    assert gap.reason.startswith(reason)
    assert gap.retryable


def test_a_collector_that_returns_nothing_leaves_a_gap() -> None:
    def lazy(garden: Garden) -> Iterator[Flower]:
        """Forgets to yield."""
        return None  # type: ignore[return-value] # on purpose

    found = collect(collector(permissions=())(lazy), Garden(), version="", clock=ticking())
    assert "TypeError" in found.unit.gaps[0].reason


def test_an_interrupt_is_not_swallowed() -> None:
    with pytest.raises(KeyboardInterrupt):
        look(ROSE, KeyboardInterrupt())


class Rude(Garden):
    """A source that breaks wherever the engine relies on it."""

    principal_is: Any = "gardener"
    explains: Any = None

    @property
    def principal(self) -> str:
        if isinstance(self.principal_is, Exception):
            raise self.principal_is
        answer: str = self.principal_is
        return answer

    def explain(self, error: Exception) -> CollectionGap | None:
        if isinstance(self.explains, Exception):
            raise self.explains
        gap: CollectionGap | None = self.explains
        return gap


@pytest.mark.parametrize("explains", [None, RuntimeError("no idea"), UnspeakableError()])
def test_an_explanation_that_breaks_does_not_hide_what_it_should_explain(explains: object) -> None:
    source = Rude(ROSE, LockedError("rust"))
    source.explains = explains
    found = collect(flowers_and_bees, source, version="", clock=ticking())
    assert found.unit.gaps == (CollectionGap(f"{flowers_and_bees.id} failed with LockedError: rust", BUG),)


@pytest.mark.parametrize(
    ("attribute", "value", "problem"),
    [
        ("principal_is", RuntimeError("who knows"), "RuntimeError: who knows"),
        ("principal_is", None, "CodecError: Unit.principal: expected str, found NoneType"),
        ("explains", "the gate is locked", "CodecError: Unit.gaps: expected CollectionGap, found str"),
        ("explains", CollectionGap("rust\ud800"), "CodecError: Unit.gaps: CollectionGap.reason: expected text"),
    ],
)
def test_a_record_that_cannot_be_sealed_costs_its_own_unit_only(attribute: str, value: object, problem: str) -> None:
    source = Rude(ROSE, LockedError())
    setattr(source, attribute, value)
    found = collect(flowers_and_bees, source, version="", clock=ticking())
    assert problem in found.unit.gaps[0].reason
    assert ids(found)["garden.flower"] == ["rose"]
    encode(found.unit)


def test_an_exchange_that_cannot_be_sealed_costs_its_own_unit_only() -> None:
    def careless(garden: Garden) -> Iterator[Flower]:
        """Records a number where text belongs."""
        record("walk", {"depth": 5}, b"", status="0", at=NOW, duration_ms=1)  # type: ignore[dict-item] # on purpose
        yield ROSE

    found = collect(collector(permissions=())(careless), Garden(), version="", clock=ticking())
    assert "Unit.exchanges: Exchange.parameters: expected str, found int" in found.unit.gaps[0].reason
    assert found.unit.exchanges == ()
    encode(found.unit)


def test_no_secret_of_an_error_reaches_gap_or_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    source = Rude(RuntimeError("password=hunter2"))
    source.explains = RuntimeError("token: hunter2")
    found = collect(flowers_and_bees, source, version="", clock=ticking())
    assert "password=[redacted: password, 7 bytes]" in found.unit.gaps[0].reason
    assert "hunter2" not in f"{found} {caplog.text}"
    assert "could not explain RuntimeError" in caplog.text
    assert "in walk" in caplog.text  # where it broke is told to those who debug


def test_a_unit_that_never_ran_is_a_gap_of_every_kind() -> None:
    gap = CollectionGap("gave up after 120 s")
    found = nothing_collected(flowers_and_bees, Garden(ROSE, scope="pond"), gap, version="v1", at=NOW)
    assert ids(found) == {"garden.bee": [], "garden.flower": []}
    assert [evidence.gaps for evidence in found.evidence] == [(gap,), (gap,)]
    assert (found.unit.scope, found.unit.principal, found.unit.gaps, found.bodies) == ("pond", "", (gap,), {})


low = check(objective="o", severity=Severity.LOW)


def doc(function: Any) -> Any:
    function.__doc__ = "It is so.\n\nIt matters.\n\nRemediation: Mend it."
    return function


@low
@doc
def is_red(flower: Flower, *, color: str = "red") -> Verdict:
    return passed(f"{flower.id} is {color}") if flower.color == color else failed(f"{flower.id} is {flower.color}")


@low
@doc
def has_bee(flower: Flower, bees: Population[Bee]) -> Verdict:
    bee = bees.get(flower.id, by="visits")
    return failed(f"no bee visits {flower.id}") if bee is None else passed(f"{bee.id} visits {flower.id}")


@low
@doc
def there_are_two(flowers: Population[Flower]) -> Verdict:
    return passed(f"{len(flowers)} flowers")


def judged(checked: Check[...], *evidence: Evidence, **settings: object) -> list[tuple[str, str, str, str, str]]:
    assessment = assess(checked, evidence, as_of=NOW, digest="d", settings=settings or None)
    return [(f.source, f.scope, f.resource, f.verdict.status.value, f.verdict.reason) for f in assessment.findings]


def test_each_resource_is_judged_and_the_assessment_says_on_what() -> None:
    evidence = (seen(ROSE, LILY), seen(Bee(id="maya", visits="rose")))
    assessment = assess(has_bee, evidence, as_of=NOW, digest="d")
    assert [(f.resource, f.verdict) for f in assessment.findings] == [
        ("lily", failed("no bee visits lily")),
        ("rose", passed("maya visits rose")),
    ]
    assert (assessment.check, assessment.check_digest, assessment.severity) == (has_bee.id, "d", Severity.LOW)
    assert (assessment.as_of, assessment.parameters) == (NOW, {})
    assert [(c.kind, c.count, c.complete) for c in assessment.subjects] == [("garden.flower", 2, True)]
    assert [(c.kind, c.count, c.complete) for c in assessment.joins] == [("garden.bee", 1, True)]


def test_settings_override_defaults_and_are_recorded() -> None:
    assert judged(is_red, seen(LILY), color="white") == [("garden/north", "", "lily", "pass", "lily is white")]
    assert assess(is_red, [seen(LILY)], as_of=NOW, digest="", settings={"color": "white"}).parameters == {
        "color": "white"
    }
    assert assess(is_red, [seen(LILY)], as_of=NOW, digest="").parameters == {"color": "red"}


def test_gaps_give_one_unknown_per_scope_so_that_keys_are_unique() -> None:
    found = judged(
        is_red,
        seen(ROSE, gaps=("fog", "rain", "fog")),
        seen(kind="garden.flower", scope="pond", gaps=("ice",)),
        seen(kind="garden.flower", source="garden/south", gaps=("fog",)),
    )
    assert found == [
        ("garden/north", "", REST_OF_POPULATION, "unknown", "could not look: fog; rain"),
        ("garden/north", "", "rose", "pass", "rose is red"),
        ("garden/north", "pond", REST_OF_POPULATION, "unknown", "could not look: ice"),
        ("garden/south", "", REST_OF_POPULATION, "unknown", "could not look: fog"),
    ]
    keys = [key[:3] for key in found]
    assert len(set(keys)) == len(keys)


def test_what_the_evidence_does_not_say_is_unknown_never_a_pass() -> None:
    shy = Flower(id="rose", color=unobserved("fog"))
    assert judged(is_red, seen(shy))[0][3:] == ("unknown", "garden.flower.color was not observed: fog")
    bees = seen(kind="garden.bee", gaps=("night",))
    assert judged(has_bee, seen(ROSE), bees)[0][3:] == (
        "unknown",
        "garden.bee with visits rose was not observed: night",
    )
    assert judged(has_bee, seen(ROSE))[0][3] == "unknown"


@pytest.mark.parametrize(
    ("result", "reason"),
    [
        (RuntimeError("oops"), "the check broke with RuntimeError: oops"),
        (UnspeakableError(), "the check broke with UnspeakableError: it does not say why"),
        (SystemExit(3), "the check broke with SystemExit: 3"),
        (Verdict(Status.PASS, "half \ud83c"), "the check returned a verdict that is not a status and a sentence"),
        (None, "the check returned NoneType instead of a verdict"),
        (True, "the check returned bool instead of a verdict"),
        (Verdict("pass", "x"), "the check returned a verdict that is not a status and a sentence"),  # type: ignore[arg-type]
        (Verdict(Status.PASS, None), "the check returned a verdict that is not a status and a sentence"),  # type: ignore[arg-type]
    ],
)
def test_a_broken_check_is_an_error_of_ours(result: object, reason: str) -> None:
    def broken(flower: Flower) -> Verdict:
        if isinstance(result, BaseException):
            raise result
        return result  # type: ignore[return-value] # on purpose

    assert judged(low(doc(broken)), seen(ROSE, LILY)) == [
        ("garden/north", "", "lily", "error", reason),
        ("garden/north", "", "rose", "error", reason),
    ]


def test_a_whole_population_is_judged_once_per_source() -> None:
    evidence = (seen(ROSE), seen(LILY, scope="pond"), seen(ROSE, source="garden/south"))
    assert judged(there_are_two, *evidence) == [
        ("garden/north", "", "garden/north", "pass", "2 flowers"),
        ("garden/south", "", "garden/south", "pass", "1 flowers"),
    ]
    assert judged(there_are_two, seen(kind="garden.flower"))[0][4] == "0 flowers"


def test_the_gap_speaks_for_a_population_that_is_not_whole() -> None:
    evidence = (seen(ROSE), seen(kind="garden.flower", scope="pond", gaps=("ice",)))
    assert judged(there_are_two, *evidence) == [
        ("garden/north", "pond", REST_OF_POPULATION, "unknown", "could not look: ice")
    ]


def test_the_same_evidence_gives_the_same_findings_in_whatever_order_it_comes() -> None:
    evidence = [
        seen(ROSE, LILY),
        seen(ROSE, scope="pond", gaps=("ice",)),
        seen(LILY, source="garden/south"),
        seen(Bee(id="maya", visits="rose")),
    ]
    for checked in (is_red, has_bee, there_are_two):
        forward = assess(checked, evidence, as_of=NOW, digest="d")
        assert forward == assess(checked, evidence, as_of=NOW, digest="d")
        assert forward.findings == assess(checked, evidence[::-1], as_of=NOW, digest="d").findings


def test_as_of_is_the_moment_of_the_judgement_and_not_a_setting() -> None:
    def dated(flower: Flower, *, as_of: Any) -> Verdict:
        return passed(f"{as_of:%Y-%m-%d}")

    dated.__annotations__["as_of"] = type(NOW)
    assessment = assess(low(doc(dated)), [seen(ROSE)], as_of=NOW + timedelta(days=1), digest="")
    assert assessment.findings[0].verdict.reason == "2026-02-01"
    assert assessment.parameters == {}


def test_joins_can_be_shared_between_checks() -> None:
    bees = Population[Bee]("garden.bee", [seen(Bee(id="maya", visits="rose"))])
    assessment = assess(has_bee, [seen(ROSE)], as_of=NOW, digest="", populations=lambda _kind: bees)
    assert assessment.findings[0].verdict == passed("maya visits rose")


def test_a_check_may_say_that_it_does_not_apply() -> None:
    def waters(flower: Flower) -> Verdict:
        return not_applicable(f"{flower.id} is a cactus")

    assert judged(low(doc(waters)), seen(ROSE))[0][3:] == ("not_applicable", "rose is a cactus")


def test_statuses_are_counted() -> None:
    findings = [Finding("c", "s", "", str(n), passed("x")) for n in range(2)]
    assert statuses(findings) == {**dict.fromkeys(Status, 0), Status.PASS: 2}


def test_kinds_and_sources_of_these_tests_are_the_real_ones() -> None:
    assert issubclass(Garden, Source)
    assert issubclass(Flower, Resource)


def test_what_a_broken_check_says_is_redacted_in_the_log_too(caplog: pytest.LogCaptureFixture) -> None:
    def broken(flower: Flower) -> Verdict:
        raise RuntimeError("no answer, password = hunter2hunter2")

    caplog.set_level(logging.DEBUG)
    assert judged(low(doc(broken)), seen(ROSE))[0][3] == "error"
    assert "check" in caplog.text
    assert "in broken" in caplog.text
    assert "hunter2" not in caplog.text
