"""Connections before there is anything said: names, several addresses, waiting too long, and what breaks."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from collectors.host import open_sources
from collectors.host.settings import Settings
from collectors.host.ssh.connecting import Connector
from collectors.host.ssh.errors import SshError
from core.plugins import PluginError
from tests.collectors.host.ssh.hostile import listening
from tests.sshd import free_port
from tests.twins import NOW

GREETING = b"SSH-2.0-here\r\nand more"


@pytest.fixture
def connector() -> Iterator[Connector]:
    found = Connector(connect=5, greet=5, most=50)
    yield found
    found.close()


def greet(connection: socket.socket) -> None:
    connection.sendall(GREETING)


def test_a_name_is_looked_up_and_each_of_its_addresses_tried(connector: Connector) -> None:
    with listening(greet) as port:  # on 127.0.0.1 alone, while localhost may be ::1 as well
        found = connector.connect(connector.expect("localhost", port))
    assert (found.version, found.beyond) == ("SSH-2.0-here", b"and more")
    found.socket.close()


@pytest.mark.parametrize(
    ("address", "reason"),
    [("a..b", "the name a..b is not known"), ("127.0.0.1", "connection refused"), ("::1", "port")],
)
def test_who_cannot_be_reached_says_why(address: str, reason: str, connector: Connector) -> None:
    with pytest.raises(SshError) as refused:
        connector.connect(connector.expect(address, free_port()))
    assert reason in str(refused.value)
    assert refused.value.hint


def test_a_host_that_waited_too_long_for_us_is_connected_to_again(connector: Connector) -> None:
    def hasty(connection: socket.socket) -> None:
        connection.sendall(b"SSH-2.0-hasty\r\n")
        if len(seen) < 2:
            seen.append(connection)
            connection.close()

    seen: list[socket.socket] = []
    with listening(hasty) as port:
        first, second = connector.expect("127.0.0.1", port), connector.expect("127.0.0.1", port)
        deadline = time.monotonic() + 5
        connector.connect(first).socket.close()
        while not second.done.done() and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(0.05)  # until the second has hung up, too
        found = connector.connect(second)
        assert found.version == "SSH-2.0-hasty"
        found.socket.close()
    assert len(seen) == 2


def test_hosts_that_hang_make_way_for_those_that_were_not_tried_and_are_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("collectors.host.ssh.connecting.IMPATIENT", 0.05)
    connector = Connector(connect=5, greet=0.4, most=2)
    seen: list[socket.socket] = []
    with listening(seen.append) as silent, listening(greet) as port:
        hang = [connector.expect("127.0.0.1", silent) for _ in range(3)]
        answers = connector.expect("127.0.0.1", port)
        connector.begin()
        answers.done.result(timeout=5).socket.close()
        assert not any(each.done.done() for each in hang)
        problems = [str(each.done.exception(timeout=5)) for each in hang]
    assert problems == ["it did not greet within 0.4 s"] * 3
    assert len(seen) > len(hang)
    connector.close()


def test_when_the_waiting_itself_breaks_nobody_waits_for_ever(
    connector: Connector, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError("no more memory")

    monkeypatch.setattr(connector, "_try_next", broken)
    with pytest.raises(SshError, match="our own waiting for connections broke: no more memory"):
        connector.connect(connector.expect("127.0.0.1", 22))
    expected = connector.expect("127.0.0.1", 22)
    connector.begin()
    assert "our own waiting" in str(expected.done.exception(timeout=5))
    monkeypatch.undo()
    with listening(greet) as port:
        connector.connect(connector.expect("127.0.0.1", port)).socket.close()


def test_paramiko_is_imported_when_the_first_host_is_asked_and_not_before(tmp_path: Path) -> None:
    program = (
        "import sys\nfrom runs.plugins import collectors_of, provider\nfrom runs.clock import now\n"
        "host = provider('host')\ncollectors = list(collectors_of('host').values())\n"
        "list(host.open_sources([host.Settings(name='a', transport='ssh')], collectors, now))\n"
        "assert 'paramiko' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=Path(__file__).parents[4], timeout=60)


def test_without_paramiko_it_is_said_which_extra_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(PluginError, match="hosts over SSH need paramiko") as refused:
        list(open_sources([Settings(name="a", transport="ssh")], [], lambda: NOW))
    assert refused.value.hint == "pip install 'annexa[ssh]'"
