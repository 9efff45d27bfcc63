"""Hosts that mean harm: what they send is bounded, what they claim is not believed, and each failure is said plainly."""

from __future__ import annotations

import socket
import struct
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import paramiko
import pytest

from collectors.host.ssh.errors import SshError
from collectors.host.ssh.hops import Patience
from tests.collectors.host.ssh.dialling import ENOUGH, SHORT, a_way, hop
from tests.collectors.host.ssh.hostile import Talk, listening, lying
from tests.sshd import make_key, public

MUCH = 64 * 2**20
VERSION = b"SSH-2.0-hostile\r\n"


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A host's key, which is ours as well; everybody listens on another port with it."""
    key = make_key(tmp_path_factory.mktemp("keys") / "key")
    (key.parent / "known_hosts").write_text(f"[127.0.0.1]:* {public(key)}\n")
    return key


@pytest.fixture(autouse=True)
def _bounded_memory() -> Iterator[None]:
    tracemalloc.start()
    yield
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < MUCH, "a host made us keep what it sent"


def run(
    key: Path, port: int, program: bytes = b"echo", seconds: int = 5, limit: int = 2**20, patience: Patience = ENOUGH
) -> bytes:
    with a_way(hop(port, "annexa", key, key.parent / "known_hosts"), patience=patience) as way:
        return way.run(program, seconds=seconds, limit=limit)


def flood(data: bytes, before: bytes = b"") -> Talk:
    def talk(connection: socket.socket) -> None:
        connection.sendall(before)
        while True:
            connection.sendall(data)

    return talk


def say(*parts: bytes, pause: float = 0.0, hold: bool = False) -> Talk:
    def talk(connection: socket.socket) -> None:
        for part in parts:
            connection.sendall(part)
            time.sleep(pause)
        if hold:
            time.sleep(30)
        connection.close()

    return talk


def packet(payload: bytes) -> bytes:
    padding = 8 - (len(payload) + 5) % 8 + 8
    return struct.pack(">IB", len(payload) + padding + 1, padding) + payload + bytes(padding)


RAW: dict[str, tuple[Talk, str]] = {
    "a greeting without end": (flood(b"x" * 4096), "sent more than 8192 bytes before any greeting"),
    "lines without end": (flood(b"hello\r\n" * 500), "sent more than 8192 bytes before any greeting"),
    "a slow drip": (say(*[b"x"] * 100, pause=0.1), "did not greet within 0.7 s"),
    "silence": (say(hold=True), "did not greet within 0.7 s"),
    "it hangs up": (say(), "hung up before it greeted"),
    "another protocol": (say(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "hung up before it greeted"),
    "an old protocol": (say(b"SSH-1.5-old\r\n", hold=True), "is not that of SSH 2"),
    "terminal escapes in the version": (say(b"SSH-2.0-\x1b]0;owned\x07\r\n", hold=True), r"'SSH-2\.0-\\x1b\]0;owned\\x07'"),
    "an endless version": (say(b"SSH-2.0-" + b"x" * 300 + b"\r\n", hold=True), "is not that of SSH 2"),
    "a packet of 4 GB": (flood(b"\0" * 65_536, VERSION + b"\xff\xff\xff\xf4\x04"), "a packet of more than 262144 bytes"),
    "packets without end": (flood(packet(b"\x02" + struct.pack(">I", 30_000) + bytes(30_000)), VERSION), "far more than it was asked"),
    "silence after the greeting": (say(VERSION, hold=True), "no keys were agreed within 0.7 s"),
    "nonsense after the greeting": (say(VERSION, packet(b"\x14" + b"\xff" * 40), hold=True), "broke the rules|hung up|nothing in common"),
}  # fmt: skip


@pytest.mark.parametrize("what", RAW)
def test_before_any_key_is_agreed(what: str, key: Path) -> None:
    talk, reason = RAW[what]
    with listening(talk) as port, pytest.raises(SshError, match=reason) as refused:
        run(key, port, patience=SHORT)
    assert "\x1b" not in str(refused.value)


def endless(channel: paramiko.Channel) -> None:
    while True:
        channel.sendall(b"y\n" * 8_192)


def endless_errors(channel: paramiko.Channel) -> None:
    channel.sendall(b"the answer\n")
    for _ in range(600):
        channel.sendall_stderr(b"e" * 8_192)


def dripping(channel: paramiko.Channel) -> None:
    for _ in range(100):
        channel.sendall(b".")
        time.sleep(0.1)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (endless, lambda said: 2**20 <= len(said) < 2**20 + 70_000),
        (endless_errors, lambda said: said == b"the answer\n"),
        (dripping, lambda said: 5 < len(said) <= 11),
        (lambda channel: channel.sendall(b"$(reboot); `id` | sh\n"), lambda said: said == b"$(reboot); `id` | sh\n"),
    ],
)
def test_answers_are_bounded_in_size_and_time(
    answer: Callable[[Any], None], expected: Callable[[bytes], bool], key: Path
) -> None:
    with lying(key, answer) as port:
        assert expected(run(key, port, seconds=1 if answer is dripping else 5))


class IgnoresTheWindow(paramiko.Transport):
    """Sends more than it was allowed to, for ever."""

    def _send_user_message(self, data: Any) -> None:
        while self.is_active():
            super()._send_user_message(data)  # type: ignore[misc]


class ManyExtensions(paramiko.Transport):
    """Announces four thousand million extensions."""

    def _activate_outbound(self) -> None:
        super()._activate_outbound()  # type: ignore[misc]
        message = paramiko.Message()
        message.add_byte(bytes([7]))
        message.add_int(2**32 - 1)
        self._send_message(message)  # type: ignore[attr-defined]


def test_a_host_that_ignores_our_window_is_cut_off(key: Path) -> None:
    with lying(key, lambda channel: channel.sendall(b"z" * 30_000), server=IgnoresTheWindow) as port:
        answer = run(key, port, limit=2**20)
    assert 2**20 <= len(answer) < 2**20 + 70_000


def test_extensions_are_not_counted_for_hours(key: Path) -> None:
    begun = time.monotonic()
    with lying(key, lambda channel: channel.sendall(b"answer"), server=ManyExtensions) as port:
        assert run(key, port) == b"answer"
    assert time.monotonic() - begun < 5


def test_a_banner_is_not_kept_nor_shown(key: Path) -> None:
    with lying(
        key, lambda channel: channel.sendall(b"answer"), banner="\x1b]0;owned\x07 password=hunter2 " * 1000
    ) as port:
        assert run(key, port) == b"answer"


def test_old_algorithms_are_not_talked_into(key: Path) -> None:
    with (
        lying(key, endless, _preferred_ciphers=("aes128-cbc",)) as port,
        pytest.raises(SshError, match="no acceptable ciphers"),
    ):
        run(key, port)


def test_a_key_of_another_is_refused_before_we_say_who_we_are(key: Path, tmp_path: Path) -> None:
    other = make_key(tmp_path / "other")
    asked = []

    class Listening(paramiko.Transport):
        def _parse_service_request(self, message: Any) -> None:
            asked.append(message)

    with lying(other, endless, server=Listening) as port, pytest.raises(SshError, match="its host key changed"):
        run(key, port)
    assert not asked


def test_thousands_that_do_not_answer_hold_nobody_up(key: Path) -> None:
    """Hanging places take a socket each, no thread; whoever answers is asked meanwhile."""
    from collectors.host.ssh.connecting import Connector  # noqa: PLC0415 - what is measured

    with listening(say(hold=True)) as silent, listening(say(VERSION, hold=True)) as talking:
        connector = Connector(connect=1, greet=1, most=400)
        hanging = [connector.expect("127.0.0.1", silent) for _ in range(1_000)]
        good = connector.expect("127.0.0.1", talking)
        before, begun = set(threading.enumerate()), time.monotonic()
        greeted = connector.connect(good)
        assert (greeted.version, time.monotonic() - begun < 1) == ("SSH-2.0-hostile", True)
        greeted.socket.close()
        ours = [each for each in set(threading.enumerate()) - before if each.name.startswith("annexa")]
        assert len(ours) <= 1, ours
        with pytest.raises(SshError, match="did not greet"):
            connector.connect(hanging[0])
        connector.close()
