"""Hosts behind another host are connected to before they are asked for, and those that hang hold up nobody."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from collectors.host.ssh import passages as module
from collectors.host.ssh.attempts import Attempt
from collectors.host.ssh.errors import SshError
from collectors.host.ssh.passages import Passages
from tests.collectors.host.ssh.dialling import Network, hop
from tests.collectors.host.ssh.hostile import listening
from tests.sshd import USER, Sshd, free_port, needs_sshd, public

pytestmark = needs_sshd
GREETING = b"SSH-2.0-here\r\nand more"
HERE = "127.0.0.1"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    found = Sshd(tmp_path_factory.mktemp("jump"), "MaxStartups 100")
    yield found
    found.stop()


@pytest.fixture(scope="module")
def session(server: Sshd) -> Iterator[Any]:
    """A session on a real server, which connects to wherever it is told."""
    known = Path(server.host_key).parent / "known"
    known.write_text(f"[127.0.0.1]:{server.port} {public(server.host_key)}\n")
    network = Network()
    found, _ = network().dial((hop(server.port, USER, server.user_key, known),))
    found.allow(2**40)
    yield found
    found.end()
    network.close()


def through(session: Any, *, connect: float = 5, greet: float = 5) -> Passages:
    return Passages(lambda: session, "the jump", connect=connect, greet=greet)


def greet(connection: socket.socket) -> None:
    connection.sendall(GREETING)


def ended(attempt: Attempt) -> str:
    return str(attempt.done.exception(timeout=10))


def test_a_host_that_is_expected_greets_before_anybody_asks_for_it(session: Any) -> None:
    ways = through(session)
    with listening(greet) as port:
        expected, left = ways.expect(HERE, port), ways.expect(HERE, port)
        ways.begin()
        found = expected.done.result(timeout=5)
        assert (found.version, found.beyond) == ("SSH-2.0-here", b"and more")
        assert ways.connect(expected).socket is found.socket
        channel = left.done.result(timeout=5).socket
        unasked = ways.expect(HERE, port)
        ways.close()
    assert channel.closed
    assert ended(unasked) == "nobody needs it any more"
    found.socket.close()


@pytest.mark.parametrize(
    ("talk", "reason"),
    [
        (lambda connection: connection.close(), "it hung up before it greeted"),
        (lambda _: None, "it did not greet in time"),
        (lambda connection: connection.sendall(b"HTTP/1.1 400 Bad\n" * 1_000), "before any greeting of SSH"),
    ],
)
def test_what_is_said_of_places_that_do_not_greet(
    session: Any, talk: Callable[[socket.socket], None], reason: str
) -> None:
    with listening(talk) as port, pytest.raises(SshError, match=reason):
        through(session, greet=0.3).connect(Attempt(HERE, port))


def test_each_place_has_its_own_refusal(session: Any) -> None:
    ways = through(session)
    attempts = [ways.expect(HERE, free_port()), ways.expect("a..b", 22)]
    ways.begin()
    for attempt in attempts:
        there = f"{attempt.address} port {attempt.port}"
        assert ended(attempt) == f"the jump does not let us through to {there}: Connect failed"


def test_a_channel_that_is_opened_too_late_is_closed(session: Any) -> None:
    with listening(greet) as port:
        passage = session.ask_for_passage(HERE, port)
        passage.close()
        deadline = time.monotonic() + 5
        while not passage.channel.closed and time.monotonic() < deadline:
            time.sleep(0.01)
    assert passage.opened
    assert passage.channel.closed


class Slow:
    """A session whose host never says what came of it."""

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.active = True

    def is_active(self) -> bool:
        return self.active

    def ask_for_passage(self, *_: object) -> Any:
        self.asked.append(type("Passage", (), {"opened": False, "refusal": "", "close": lambda _self: None})())
        return self.asked[-1]


def test_a_place_that_is_never_reached_is_given_up_and_so_are_all_when_the_way_breaks() -> None:
    session = Slow()
    with pytest.raises(SshError, match=r"the jump did not let us through to .* in time"):
        through(session, connect=0.1).connect(Attempt(HERE, 22))
    ways = through(session)
    expected = ways.expect(HERE, 22)
    ways.begin()
    while not session.asked[1:]:
        time.sleep(0.01)
    session.active = False
    assert ended(expected) == "the connection to the jump broke off"


def test_places_that_hang_make_way_for_those_that_were_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 2)
    monkeypatch.setattr(module, "IMPATIENT", 0.05)
    session = Slow()
    ways = through(session, connect=0.3)
    attempts = [ways.expect(HERE, port) for port in (1, 2, 3)]
    ways.begin()
    assert all("in time" in ended(attempt) for attempt in attempts)
    assert len(session.asked) == 4  # one of them twice
    assert [attempt.put_off for attempt in attempts].count(True) == 1


def test_who_cannot_reach_the_way_says_why_to_all(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused() -> Any:
        raise SshError("nobody may log in")

    ways = Passages(refused, "the jump", connect=1, greet=1)
    with pytest.raises(SshError, match="nobody may log in"):
        ways.connect(ways.expect(HERE, 22))
    broken = through(Slow())
    monkeypatch.setattr(broken, "_advance", None)
    with pytest.raises(SshError, match="our own waiting for passages broke"):
        broken.connect(Attempt(HERE, 22))


def test_a_host_that_waited_too_long_for_us_is_asked_for_again(session: Any) -> None:
    ways, hung_up = through(session), Future[None]()

    def hasty(connection: socket.socket) -> None:
        connection.sendall(b"SSH-2.0-hasty\r\n")
        if not hung_up.done():
            hung_up.set_result(None)
            connection.close()

    with listening(hasty) as port:
        expected = ways.expect(HERE, port)
        ways.begin()
        channel = expected.done.result(timeout=5).socket
        while not channel.eof_received:
            time.sleep(0.01)
        found = ways.connect(expected)
        assert (found.version, found.socket is channel) == ("SSH-2.0-hasty", False)
        found.socket.close()
