"""The way to JSON interfaces, against a server on loopback: what is sent, waited for, believed, recorded and replayed."""

from __future__ import annotations

import base64
import ssl
import sys
from collections.abc import Callable, Iterator, Mapping
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from collectors import _rest_sending
from collectors._rest_line import LiveLine
from collectors._rest_sending import Wait
from collectors.rest import Read, RecordedLine, RestSource, counted, live_line, remembered, side_by_side
from collectors.rest_answers import Fields, RestError
from collectors.rest_credentials import Credential, Exchanging, Token
from collectors.rest_pace import Pace, Rate, asked_to_wait
from collectors.rest_pages import by_index, next_link, odata_next_link, only_page, page_token
from core.model import CollectionGap, Unit
from core.plugins import PluginError
from core.recording import Recorder, recording, tell_of_answers
from core.replay import Recording
from core.settings import ConfigurationError
from tests.https_server import Asked, Said, Server, https_server
from tests.slapd import certified

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TOKEN = "only-for-this-test-77c2"
THINGS = Read("/things")
THING = Read("/things/{name}")
DATE = "Mon, 23 Nov 2026 12:00:00 GMT"


@dataclass
class Seen:
    """What was listed, why it ended, and what was recorded."""

    found: list[Any] = field(default_factory=list[Any])
    gap: CollectionGap | None = None
    recorder: Recorder = field(default_factory=Recorder)


@dataclass
class Place:
    """A server, the time that passes there, and ways to ask it."""

    server: Server
    passed: float = 0.0
    pauses: list[float] = field(default_factory=list[float])

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.passed += seconds

    def source(self, *declared: Read, credential: Credential | None = None, **settings: Any) -> RestSource:
        line = LiveLine(
            {"": f"{self.server.url}/v1"}, credential or Token(lambda: TOKEN), declared or (THINGS, THING), lambda: NOW,
            **{"authority": str(self.server.authority), "wait": Wait(lambda: self.passed, self.pause), **settings},
        )  # fmt: skip
        return RestSource("rest/test", line)

    def answers(self, *said: Said | Callable[[Asked], Said]) -> None:
        """Answer with one after the other, and then with the last."""
        self.server.asked.clear()
        waiting = list(said)

        def answer(asked: Asked) -> Said:
            now = waiting.pop(0) if len(waiting) > 1 else waiting[0]
            return now(asked) if callable(now) else now

        self.server.answer = answer

    def listing(self, following: Any = next_link, source: RestSource | None = None, **words: Any) -> Seen:
        """A listing of things, having seen that a replay ends the same."""
        source = source or self.source()
        seen = listed(source, following, **words)
        source.close()
        unit = Unit(collector="c", version="", source="rest/test", scope="", principal="", started=NOW, finished=NOW)
        line = RecordedLine(unit, Recording(seen.recorder.exchanges, seen.recorder.bodies))
        again = listed(RestSource("rest/test", line), following, **words)
        assert (again.found, again.gap) == (seen.found, seen.gap)
        everything = repr(seen.recorder.exchanges).encode() + b"".join(seen.recorder.bodies.values())
        assert TOKEN.encode() not in everything + repr(seen.gap).encode()
        return seen


def listed(source: RestSource, following: Any, **words: Any) -> Seen:
    seen = Seen()
    with recording() as seen.recorder:
        try:
            for each in source.listing(THINGS, following, **words):
                seen.found.append(each)
        except RestError as error:
            seen.gap = source.explain(error)
    return seen


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with https_server(tmp_path_factory.mktemp("rest"), lambda _: Said({})) as server:
        yield server


@pytest.fixture
def place(running: Server) -> Place:
    return Place(running)


def test_a_question_is_sent_with_the_token_and_recorded_without_it(place: Place) -> None:
    place.answers(Said({"echo": TOKEN, "password": "hunter2hunter2"}, headers={"X-Request-Id": "r1"}))
    source = place.source()
    with recording() as recorder:
        answer = source.ask(THING, name="a/b c", depth="2")
    asked = place.server.asked[0]
    assert (asked.verb, asked.path, asked.query) == ("GET", "/v1/things/a%2Fb%20c", {"depth": "2"})
    assert asked.headers["authorization"] == f"Bearer {TOKEN}"
    (exchange,) = recorder.exchanges
    assert (exchange.operation, exchange.status, exchange.request_id) == ("GET /things/{name}", "200", "r1")
    assert exchange.parameters == {"name": "a/b c", "depth": "2"}
    assert exchange.endpoint == f"{place.server.url}/v1"
    assert answer.data["echo"] == "[redacted: our own credential]"
    assert "hunter2" not in answer.data["password"]
    assert exchange.redactions
    source.close()


def test_what_is_not_declared_is_not_sent(place: Place) -> None:
    place.answers(Said([]))
    seen = place.listing(source=place.source(THING))
    assert seen.gap == CollectionGap(
        "GET /things is not declared as reading, and was not sent", "declare it among the permissions of the collector"
    )
    assert place.server.asked == []


def test_a_reading_post_sends_its_body(place: Place) -> None:
    place.answers(Said({"rows": []}))
    query = Read("/query/{table}", posts=True)
    place.source(query).ask(query, table="t", body='{"where":1}')
    asked = place.server.asked[0]
    assert (asked.verb, asked.path, asked.query, asked.body) == ("POST", "/v1/query/t", {}, b'{"where":1}')


def link(path: str) -> dict[str, str]:
    return {"Link": f'<https://example.org/self>; rel="self", <{path}>; rel="next"'}


def test_pages_are_turned_by_links(place: Place) -> None:
    place.answers(Said([1, 2], headers=link("/v1/things?after=2")), Said([3]))
    seen = place.listing(limit="2")
    assert seen.found == [1, 2, 3]
    assert [asked.query for asked in place.server.asked] == [{"limit": "2"}, {"after": "2"}]
    assert [(each.page, each.items) for each in seen.recorder.exchanges] == [(1, 2), (2, 1)]
    assert [dict(each.parameters) for each in seen.recorder.exchanges] == [
        {"limit": "2"},
        {"limit": "2", "(page)": "2"},
    ]


@pytest.mark.parametrize("elsewhere", [
    "https://thief.example.org/v1/things?after=2", "http://127.0.0.1/v1/things", "//127.0.0.1:1/v1/things",
    "https://127.0.0.1:99999/",
])  # fmt: skip
def test_the_token_goes_to_no_other_server(place: Place, elsewhere: str) -> None:
    place.answers(Said([1], headers=link(elsewhere)))
    seen = place.listing()
    assert seen.found == [1]
    assert seen.gap is not None
    assert "on another server, which is not asked" in seen.gap.reason
    assert len(place.server.asked) == 1


def test_somebody_named_in_a_link_is_somebody_else(place: Place) -> None:
    host = place.server.url.removeprefix("https://")
    place.answers(Said([1], headers=link(f"https://me@{host}/v1/things")))
    assert "another server" in str(place.listing().gap)


def test_what_the_server_wants_remembered_is_forgotten(place: Place) -> None:
    place.answers(
        Said([1], headers={"Set-Cookie": "session=of-somebody; Path=/", **link("/v1/things?after=1")}), Said([2])
    )
    nobody = Read("/things", as_nobody=True)
    source = place.source(THINGS, nobody)
    assert listed(source, next_link).found == [1, 2]
    source.ask(nobody)
    assert [set(asked.headers) & {"cookie", "authorization"} for asked in place.server.asked] == [
        {"authorization"}, {"authorization"}, set(),
    ]  # fmt: skip


def test_a_redirection_is_not_followed(place: Place) -> None:
    place.answers(Said(b"", 302, {"Location": f"{place.server.url}/v1/other"}))
    seen = place.listing()
    assert "the way to another place, which is not followed" in str(seen.gap)
    assert len(place.server.asked) == 1


@pytest.mark.parametrize("first", ["/v1/things", "/v1/things?after=2"])
def test_pages_that_lead_back_are_no_end(place: Place, first: str) -> None:
    place.answers(Said([1], headers=link(first)), Said([2], headers=link("/v1/things")))
    seen = place.listing()
    assert "lead back to one that was read before" in str(seen.gap)
    assert len(place.server.asked) <= 2


def test_tokens_of_pages_are_sent_and_not_recorded_though_masked(place: Place) -> None:
    parts = (b'{"alg":"HS256"}', b'{"sub":"of two pages"}', b"no signature of anything at all")
    secret = ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)
    place.answers(Said({"items": [1], "nextPageToken": secret}), Said({"items": [2]}))
    seen = place.listing(page_token, items="items", size="1")
    assert seen.found == [1, 2]
    assert place.server.asked[1].query == {"size": "1", "pageToken": secret}
    assert secret.encode() not in b"".join(seen.recorder.bodies.values())


def test_a_token_that_comes_again_is_a_circle(place: Place) -> None:
    place.answers(Said({"items": [1], "nextPageToken": "t"}))
    seen = place.listing(page_token, items="items")
    assert (seen.found, len(place.server.asked)) == ([1, 1], 2)
    assert "lead back" in str(seen.gap)


def test_pages_by_index_count_what_came(place: Place) -> None:
    def page(asked: Asked) -> Said:
        start = int(asked.query.get("start", 1))
        return Said({"all": list(range(start, min(start + 2, 6))), "total": 5})

    place.answers(page)
    seen = Seen()
    source = place.source()
    seen = listed(source, by_index("start", "all", "total"), items="all", count="100")
    assert seen.found == [1, 2, 3, 4, 5]
    assert [asked.query.get("start", "1") for asked in place.server.asked] == ["1", "3", "5"]
    source.close()


def test_a_page_that_fails_is_a_gap_and_no_end(place: Place) -> None:
    place.answers(Said([1], headers=link("/v1/things?after=1")), Said({"message": "no"}, 403))
    seen = place.listing()
    assert seen.found == [1]
    assert seen.gap == CollectionGap("GET /things is answered with status 403 (no)")


@pytest.mark.parametrize(("body", "reason"), [
    (b"[1", "cannot be read as JSON"), (b"", "cannot be read as JSON"), (b"<html>", "cannot be read as JSON"),
    (b'[{"a":1,"a":2}]', "cannot be read as JSON"), (b"[NaN]", "cannot be read as JSON"),
    (b"\xff[]", "cannot be read as JSON"), (b"[" * 100_000, "cannot be read as JSON"),
    (b'{"a":1}', "has no list"), (b"null", "has no list"),
])  # fmt: skip
def test_what_is_no_list_is_a_gap(place: Place, body: bytes, reason: str) -> None:
    place.answers(Said(body))
    assert reason in str(place.listing().gap)


def test_an_answer_that_is_cut_off_is_asked_for_again(place: Place) -> None:
    place.answers(Said(b"[1,2", cut=True), Said([1, 2]))
    seen = place.listing()
    assert (seen.found, seen.recorder.exchanges[0].attempts) == ([1, 2], 2)
    assert place.pauses == [1.0]


def test_an_answer_without_end_is_not_read_to_the_end(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_rest_sending, "LARGEST_ANSWER", 100)
    place.answers(Said(b"[" + b" " * 200 + b"]"))
    seen = place.listing()
    assert "is larger than" in str(seen.gap)
    assert seen.recorder.exchanges[0].size == 0


WAITS = [
    ({"Retry-After": "7"}, 7.0),
    ({"Retry-After": "Mon, 23 Nov 2026 12:00:09 GMT", "Date": DATE}, 9.0),
    ({"Retry-After": "Mon, 23 Nov 2026 12:00:09 GMT"}, 9.0),
    ({"X-Rate-Limit-Remaining": "0", "X-Rate-Limit-Reset": str(int(NOW.timestamp()) + 5), "Date": DATE}, 6.0),
    ({"X-RateLimit-Reset": str(int(NOW.timestamp()) + 5), "Date": DATE}, 6.0),
    ({"RateLimit-Reset": "4"}, 4.0),
    ({"Retry-After": "soon"}, 1.0),
    ({"X-Rate-Limit-Remaining": "3", "X-Rate-Limit-Reset": "30"}, 1.0),
    ({}, 1.0),
]  # fmt: skip


@pytest.mark.parametrize(("headers", "seconds"), WAITS)
def test_who_is_told_to_slow_down_waits(place: Place, headers: Mapping[str, str], seconds: float) -> None:
    place.answers(Said(b"", 429, headers), Said([1]))
    seen = place.listing()
    assert seen.found == [1]
    assert place.pauses == [seconds]
    (exchange,) = seen.recorder.exchanges
    assert (exchange.attempts, exchange.throttled) == (2, 1)


def test_a_refusal_that_says_when_to_come_back_is_none(place: Place) -> None:
    place.answers(Said({"message": "secondary rate limit"}, 403, {"Retry-After": "3"}), Said([1]))
    assert place.listing().found == [1]
    assert place.pauses == [3.0]


@pytest.mark.parametrize("status", [403, 429])
def test_a_limit_that_is_told_in_words_alone_is_sat_out_for_a_minute(place: Place, status: int) -> None:
    words = {"message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}
    place.answers(Said(words, status, {"X-RateLimit-Remaining": "4000"}), Said([1]))
    assert place.listing().found == [1]
    assert place.pauses == [60.0]


@pytest.mark.parametrize(
    ("reason", "asked"), [("rateLimitExceeded", 2), ("userRateLimitExceeded", 2), ("forbidden", 1)]
)
def test_a_refusal_for_a_rate_that_was_exceeded_is_none(place: Place, reason: str, asked: int) -> None:
    """So Google says it, without a word on when to come back."""
    place.answers(Said({"error": {"code": 403, "message": "no", "errors": [{"reason": reason}]}}, 403), Said([1]))
    assert place.listing().found == ([1] if asked == 2 else [])
    assert len(place.server.asked) == asked


def test_nobody_waits_for_ever(place: Place) -> None:
    place.answers(Said({"message": "slow"}, 429, {"Retry-After": "3600"}))
    seen = place.listing()
    assert seen.gap is not None
    assert "asked us to wait longer than we do" in seen.gap.reason
    assert seen.gap.retryable
    assert place.pauses == []


def test_pauses_grow_where_nothing_is_said_and_end(place: Place) -> None:
    place.answers(Said(b"", 429))
    seen = place.listing()
    assert place.pauses == [1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]
    assert seen.recorder.exchanges[0].throttled == 8


def test_what_is_broken_is_asked_a_few_times(place: Place) -> None:
    place.answers(Said(b"", 503))
    seen = place.listing()
    assert seen.gap == CollectionGap("GET /things is answered with status 503", retryable=True)
    assert len(place.server.asked) == 4
    place.answers(Said(b"", 501))
    place.listing()
    assert len(place.server.asked) == 1


def test_an_empty_answer_that_means_yes(place: Place) -> None:
    place.answers(Said(b"", 204))
    assert place.source().ask(THING, name="x").data is None


def test_who_used_up_what_was_allowed_waits_before_the_next_question(place: Place) -> None:
    place.answers(Said([], headers={"X-Rate-Limit-Remaining": "0", "X-Rate-Limit-Reset": "20"}), Said([]))
    source = place.source()
    source.ask(THINGS)
    source.ask(THINGS)
    assert place.pauses == [20.0]


def test_others_find_something_left(place: Place) -> None:
    headers = {"X-Rate-Limit-Limit": "600", "X-Rate-Limit-Remaining": "300", "X-Rate-Limit-Reset": "40"}
    place.answers(Said([], headers=headers))
    for spare, pauses in ((0.0, []), (0.49, []), (0.5, [40.0])):
        source = place.source(spare=spare)
        source.ask(THINGS)
        source.ask(THINGS)
        assert place.pauses == pauses


@pytest.mark.parametrize(("left", "rest", "pauses"), [
    (2501, 3599, []), (2500, 3599, [1.44, 1.44]), (900, 99, []), (10, 3599, [10.0, 10.0]),
])  # fmt: skip
def test_what_is_left_of_an_hour_is_spread_over_it(place: Place, left: int, rest: int, pauses: list[float]) -> None:
    headers = {
        "X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": str(left), "Date": DATE,
        "X-RateLimit-Reset": str(int(NOW.timestamp()) + rest),
    }  # fmt: skip
    place.answers(Said([], headers=headers))
    source = place.source()
    for _ in range(4):
        source.ask(THINGS)
    assert place.pauses == pytest.approx(pauses)


def test_documented_rates_are_kept(place: Place) -> None:
    place.answers(Said([]))
    slow = Read("/things", limit="slow")
    source = place.source(slow, rates={"slow": Rate(2, 10.0)})
    for _ in range(5):
        source.ask(slow)
    assert place.pauses == [5.0, 5.0, 5.0]


def test_a_burst_is_allowed_again_after_rest() -> None:
    now = 0.0
    pace = Pace(Rate(2, 10.0), lambda: now)
    assert [pace.turn() for _ in range(3)] == [0.0, 0.0, 5.0]
    now = 100.0
    assert [pace.turn() for _ in range(3)] == [0.0, 0.0, 5.0]


def test_a_token_that_was_renewed_meanwhile_is_used(place: Place) -> None:
    tokens = iter(["first-token-of-this-test", "second-token-of-this-test", "second-token-of-this-test"])

    def answer(asked: Asked) -> Said:
        return Said([1]) if "second" in asked.headers["authorization"] else Said({"message": "expired"}, 401)

    place.answers(answer)
    seen = place.listing(source=place.source(credential=Token(lambda: next(tokens))))
    assert (seen.found, seen.recorder.exchanges[0].attempts) == ([1], 2)


def test_a_token_that_is_refused_is_a_gap_with_a_hint(place: Place) -> None:
    place.answers(Said({"error": {"code": "InvalidAuthenticationToken", "message": "expired"}}, 401))
    seen = place.listing()
    assert seen.gap == CollectionGap(
        "GET /things is answered with status 401 (InvalidAuthenticationToken: expired)",
        "see that the credential is valid and has not expired, and renew it if need be",
    )
    assert len(place.server.asked) == 1


class Exchanged(Credential):
    """A credential that asks for its token."""

    def __init__(self, url: str) -> None:
        self._url = url

    def headers(self, exchange: Exchanging) -> Mapping[str, str]:
        said = exchange(self._url, {"grant_type": "client_credentials"}, {"Authorization": f"Basic {TOKEN}"})
        return {"Authorization": f"Bearer {said['access_token']}"}


@pytest.mark.parametrize("lost", [0, 1])
def test_a_reference_that_leads_nowhere_is_a_gap(place: Place, lost: int) -> None:
    given = [TOKEN] * lost

    def reveal() -> str:
        if given:
            return given.pop()
        raise ConfigurationError("the secret in /run/x cannot be read: No such file or directory")

    place.answers(Said({"message": "expired"}, 401))
    seen = place.listing(source=place.source(credential=Token(reveal)))
    wanted = "GET /things is answered with status 401 (expired)" if lost else "the secret in /run/x cannot be read"
    assert seen.gap is not None
    assert wanted in seen.gap.reason


def test_of_an_exchange_for_a_token_only_that_it_happened_is_kept(place: Place) -> None:
    def answer(asked: Asked) -> Said:
        given = Said({"access_token": f"{TOKEN}-given"})
        return given if asked.path == "/token" else Said([asked.headers["authorization"].endswith("-given")])

    place.answers(answer)
    seen = place.listing(source=place.source(credential=Exchanged(f"{place.server.url}/token")))
    assert seen.found == [True]
    assert place.server.asked[0].body == b"grant_type=client_credentials"
    token, _ = seen.recorder.exchanges
    assert (token.operation, token.response, token.size) == ("POST token", "", 0)


@pytest.mark.parametrize("said", [Said({"error": TOKEN}, 400), Said(TOKEN.encode()), Said(b"", cut=True)])
def test_no_token_is_a_gap(place: Place, said: Said) -> None:
    place.answers(said)
    seen = place.listing(source=place.source(credential=Exchanged(f"{place.server.url}/token")))
    assert seen.gap is not None
    assert seen.recorder.exchanges[-1].status == "credentials"


def test_who_is_not_trusted_is_sent_nothing(place: Place, tmp_path: Path) -> None:
    other, _ = certified(tmp_path)
    place.answers(Said([]))
    seen = place.listing(source=place.source(authority=str(other)))
    assert "cannot be trusted" in str(seen.gap)
    assert place.server.asked == []
    assert place.pauses == []


def test_nobody_there_is_a_gap(place: Place) -> None:
    place.server.url, before = "https://127.0.0.1:1", place.server.url
    try:
        seen = place.listing()
    finally:
        place.server.url = before
    assert seen.gap is not None
    assert seen.gap.reason.startswith("https://127.0.0.1:1 gave no answer: ")
    assert seen.gap.retryable


def test_verification_cannot_be_switched_off(monkeypatch: pytest.MonkeyPatch, place: Place) -> None:
    made: list[ssl.SSLContext] = []
    original = ssl.create_default_context

    def remembered(**words: Any) -> ssl.SSLContext:
        made.append(original(**words))
        return made[-1]

    monkeypatch.setattr(ssl, "create_default_context", remembered)
    place.answers(Said([]))
    place.source().ask(THINGS)
    assert [(each.verify_mode, each.check_hostname) for each in made] == [(ssl.CERT_REQUIRED, True)]


def test_the_configuration_is_recorded(place: Place) -> None:
    with recording() as recorder:
        assert place.source().line.configured(Read, THINGS) == THINGS
    unit = Unit(collector="c", version="", source="r/t", scope="", principal="me", started=NOW, finished=NOW)
    line = RecordedLine(unit, Recording(recorder.exchanges, recorder.bodies))
    assert line.configured(Read, None) == THINGS
    assert RestSource("r/t", line).principal == "me"


def test_what_is_not_installed_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "collectors._rest_line", None)
    with pytest.raises(PluginError, match="okta needs a package") as refused:
        live_line("okta")
    assert refused.value.hint == "pip install 'annexa[okta]'"


def test_what_is_asked_once_is_remembered_and_so_is_its_failure() -> None:
    asked = list[int]()

    def read() -> int:
        asked.append(1)
        if len(asked) > 1:
            raise RestError("no")
        return 7

    good = remembered(read)
    assert (good(), good(), len(asked)) == (7, 7, 1)
    bad = remembered(read)
    for _ in range(2):
        with pytest.raises(RestError):
            bad()
    assert len(asked) == 2


def test_things_side_by_side_come_in_order_and_one_that_is_refused_hides_no_other() -> None:
    with recording() as recorder:
        assert list(side_by_side(lambda each: each * 2, range(50), at_once=3)) == [each * 2 for each in range(50)]
    assert recorder.exchanges == []

    def breaks(number: int) -> int:
        if number == 20:
            raise RestError("broken")
        return number

    found = side_by_side(breaks, range(50))
    assert [next(found) for _ in range(49)] == [each for each in range(50) if each != 20]
    with pytest.raises(RestError, match="broken"):
        next(found)


def test_a_listing_that_breaks_off_hides_nothing_that_it_told() -> None:
    def things() -> Iterator[int]:
        yield from range(20)
        raise RestError("no further")

    found = side_by_side(lambda each: each, things())
    assert [next(found) for _ in range(20)] == list(range(20))
    with pytest.raises(RestError, match="no further"):
        next(found)


def test_listings_that_are_read_first_are_counted_and_break_off_where_they_did() -> None:
    def things() -> Iterator[int]:
        yield from range(20)
        raise RestError("no further")

    heard: list[int] = []

    def look() -> tuple[Iterator[int], ...]:
        tell_of_answers(lambda: None, heard.append)
        return counted(things(), range(3), questions=2)

    broken, whole = copy_context().run(look)
    assert heard == [46]
    assert [next(broken) for _ in range(20)] == list(range(20))
    with pytest.raises(RestError, match="no further"):
        next(broken)
    assert list(whole) == [0, 1, 2]


@pytest.mark.parametrize(("error", "asked"), [
    (RestError("no", status=403), 20), (RestError("no", status=401), 1), (RestError("no", status=503, retryable=True), 1),
    (RestError("no", kind="unreachable"), 1),
])  # fmt: skip
def test_who_is_refused_everything_does_not_go_on_for_ever(error: RestError, asked: int) -> None:
    counted = []

    def refuses(number: int) -> int:
        counted.append(number)
        raise error

    with pytest.raises(RestError, match="no"):
        list(side_by_side(refuses, range(10_000), at_once=1))
    assert asked <= len(counted) <= asked + 3


LINKS = [
    ("", None),
    ('<https://a/1>; rel="next"', "https://a/1"),
    ("<https://a/1>; rel=next", "https://a/1"),
    ('<https://a/0>; rel="prev first", <https://a/1?x=1,2>; title="a, b"; rel="next"', "https://a/1?x=1,2"),
    ('<https://a/0>; rel="nextish"', None),
    ('<https://a/1>; rel="NEXT", <https://a/1>; rel="next"', "https://a/1"),
]  # fmt: skip


@pytest.mark.parametrize(("header", "expected"), LINKS)
def test_link_headers_are_read(header: str, expected: str | None) -> None:
    assert next_link(None, {"link": header}) == expected


@pytest.mark.parametrize(
    "header",
    ["<https://[>; rel=next", "https://a/1", '<https://a/1>; rel="next" garbage', '<a>; rel="next", <b>; rel="next"'],
)
def test_link_headers_that_cannot_be_read_are_no_end(place: Place, header: str) -> None:
    place.answers(Said([1], headers={"Link": header}))
    assert "what leads to the next page cannot be read" in str(place.listing().gap)


def test_other_ways_to_the_next_page() -> None:
    assert odata_next_link({"@odata.nextLink": "a"}, {}) == "a"
    assert odata_next_link({"nextLink": "b"}, {}) == "b"
    assert odata_next_link({}, {}) is None
    assert page_token([], {}) is None
    only_page({}, {})
    with pytest.raises(ValueError):
        page_token({"nextPageToken": 1}, {})
    with pytest.raises(ValueError):
        by_index("s", "all", "total")({"all": []}, {})


def test_a_span_that_is_over_is_no_waiting() -> None:
    assert asked_to_wait({"x-ratelimit-reset": "1700000000"}, NOW) == 0.0


def test_members_are_believed_only_as_what_they_are() -> None:
    thing = Fields({
        "text": "a", "number": 1, "share": 0.5, "flag": True, "null": None, "list": ["a"], "mixed": [1], "part": {"x": "y"},
        "time": "2026-01-02T03:04:05.678+01:00", "bare": "2026-01-02T03:04:05", "parts": [{"x": "1"}],
    }, "a thing")  # fmt: skip
    assert (thing.text("text"), thing.number("number"), thing.flag("flag")) == ("a", 1, True)
    assert (thing.measure("number"), thing.measure("share")) == (1, 0.5)
    assert thing.moment("time") == datetime(2026, 1, 2, 2, 4, 5, tzinfo=UTC)
    assert (thing.texts("list"), thing.part("part").text("x")) == (("a",), "y")
    assert [each.text("x") for each in thing.parts("parts")] == ["1"]
    assert (thing.is_null("null"), thing.is_null("text"), "text" in thing) == (True, False, True)
    assert "text" in thing.names()
    wrong: list[tuple[Callable[[], object], str]] = [
        (lambda: thing.text("gone"), "a thing has no gone in the answer"),
        (lambda: thing.text("null"), "null of a thing is null"),
        (lambda: thing.number("flag"), "flag of a thing is true or false"),
        (lambda: thing.flag("part"), "part of a thing is an object"),
        (lambda: thing.texts("mixed"), "mixed of a thing are not all texts"),
        (lambda: thing.moment("text"), "text of a thing is no time"),
        (lambda: thing.moment("bare"), "bare of a thing is a time without a zone"),
        (lambda: Fields([], "a thing"), "a thing is not what it should be, but a list"),
    ]
    for read, words in wrong:
        with pytest.raises(RestError, match=f"^{words}$"):
            read()
