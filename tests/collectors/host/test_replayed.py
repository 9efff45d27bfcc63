"""Every collector comes to the same over the exchanges that it left behind, whatever the host said then."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import pytest

from collectors.host import replay
from collectors.host.answers import Answers
from collectors.host.facts import Answer, Fact
from collectors.host.source import FactError, Host, MissingProgramError, NeedsRootError, UnansweredError
from collectors.host.transport import TransportError
from core.engine import Collected, collect
from core.model import Unit
from core.plugins import Collector, collector
from core.recording import recording
from core.replay import NotRecordedError
from core.resource import Resource, resource
from runs.plugins import collectors_of
from tests.twins import MISSING, NEEDS_ROOT, NOW, RecordedHost

COLLECTORS = {name: each for name, each in collectors_of("host").items() if issubclass(Host, each.source)}
ANSWERS = {
    "nothing": Answer(b""),
    "garbage": Answer(b"\xff\x00 = : {[ \n\n12 0x yes\tno\n", "a complaint\non two lines", redactions={"value": 1}),
    "another status": Answer(b"half an answer\n", "it broke", 3),
    "no status": Answer(b"", "", -1),
    "a missing program": MISSING,
    "needs root": NEEDS_ROOT,
    "out of time": Answer(b"", "", 124),
    "cut off": Answer(b"much", truncated=True),
}
FACT = Fact("fact", "cat /etc/fact")


class Unreachable:
    """A transport that never gets there, and says too much."""

    endpoint = "nowhere"
    waited = 0.0

    def run(self, program: bytes, *, seconds: int, limit: int) -> bytes:
        raise TransportError("no way there; password=correct-horse-battery")


@resource("test.told")
class Said(Resource):
    """What a host said."""

    id: str


def again(collector: Collector, seen: Collected) -> Collected:
    source = replay(seen.unit, seen.unit.exchanges, seen.bodies, lambda: seen.unit.started)
    return collect(collector, source, version="1", clock=lambda: NOW)


@pytest.mark.parametrize("said", ANSWERS)
@pytest.mark.parametrize("name", COLLECTORS)
def test_a_collector_comes_to_the_same_over_its_recording(name: str, said: str) -> None:
    collector = COLLECTORS[name]
    seen = collect(
        collector, RecordedHost(dict.fromkeys(collector.permissions, ANSWERS[said])), version="1", clock=lambda: NOW
    )
    assert again(collector, seen) == seen


@pytest.mark.parametrize("name", COLLECTORS)
def test_a_host_that_ended_too_soon_or_was_not_reached_is_replayed_as_such(name: str) -> None:
    collector = COLLECTORS[name]
    for host in (RecordedHost({}), Host("web-1", Unreachable(), collector.permissions, clock=lambda: NOW)):
        seen = collect(collector, host, version="1", clock=lambda: NOW)
        assert again(collector, seen) == seen


def recorded(answer: Answer | None) -> Host:
    """The replay of a host that was asked one fact."""
    host = RecordedHost({FACT: answer} if answer else {})
    with recording() as recorder, suppress(FactError):
        host.answer(FACT)
    unit = Unit(
        collector="host.fact.fact",
        version="1",
        source=host.id,
        scope="",
        principal=host.principal,
        started=NOW,
        finished=NOW,
        exchanges=tuple(recorder.exchanges),
    )
    found = replay(unit, unit.exchanges, recorder.bodies, lambda: NOW)
    assert isinstance(found, Host)
    return found


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (NEEDS_ROOT, NeedsRootError, "only root"),
        (Answer(b"", "sudo: a password is required", 1), NeedsRootError, "only root"),
        (MISSING, MissingProgramError, "not there"),
        (Answer(b"", "", 124), FactError, "no answer within"),
        (Answer(b"much", truncated=True), FactError, "cut off"),
        (None, UnansweredError, "did not answer in time"),
    ],
)
def test_each_failure_to_look_comes_back_as_what_it_was(
    answer: Answer | None, error: type[FactError], words: str
) -> None:
    with pytest.raises(error, match=words) as raised:
        recorded(answer).answer(FACT)
    assert type(raised.value) is error


@pytest.mark.parametrize(
    "answers",
    [
        Answers("", {}, said="This account is not available."),
        Answers("annexa", {}, lacks="setsid"),
        Answers("annexa", {}, outdated=frozenset({FACT.name})),
        Answers("annexa", {}, done=True),
        Answers("annexa", {}),
    ],
)
def test_why_there_is_no_answer_comes_back(answers: Answers) -> None:
    @collector(permissions=(FACT,))
    def said(host: Host) -> Iterator[Said]:
        """What a host said."""
        yield Said(id=host.text(FACT))

    host = RecordedHost({})
    host._answers = answers
    seen = collect(said, host, version="1", clock=lambda: NOW)
    (gap,) = seen.unit.gaps
    assert gap.reason.startswith("fact: ")
    assert gap.retryable is (answers == Answers("annexa", {}))
    assert again(said, seen) == seen


def test_an_answer_comes_back_with_everything_that_was_recorded_of_it() -> None:
    answer = Answer(b"said\n", "a warning", 2, redactions={"value": 2}, duration_ms=30)
    replayed = recorded(answer)
    assert replayed.answer(FACT) == answer
    assert (replayed.id, replayed.principal) == ("host/web-1", "root")


def test_a_fact_that_was_not_asked_then_is_no_failure_to_look() -> None:
    with pytest.raises(NotRecordedError, match="other"):
        recorded(Answer(b"")).look(lambda: recorded(Answer(b"")).text(Fact("other", "cat /etc/other")))


def test_a_fact_that_is_asked_in_other_words_today_has_the_answer_of_then() -> None:
    """As a store of that time must be read for ever; the digest of the collector tells that it has changed."""
    assert recorded(Answer(b"said\n")).text(Fact(FACT.name, "cat /etc/fact || exit 1")) == "said\n"


def test_why_a_host_was_not_reached_is_redacted_before_it_is_recorded() -> None:
    collector = next(iter(COLLECTORS.values()))
    host = Host("web-1", Unreachable(), collector.permissions, clock=lambda: NOW)
    seen = collect(collector, host, version="1", clock=lambda: NOW)
    assert {each.status for each in seen.unit.exchanges} == {"unreachable"}
    assert "correct-horse" not in str(seen)
    assert "no way there; password=[redacted" in seen.unit.gaps[0].reason
