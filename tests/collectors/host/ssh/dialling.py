"""What tests of SSH share: a way to an address."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from collectors.host.ssh._dialing import Dialer
from collectors.host.ssh.connecting import Connector
from collectors.host.ssh.hops import Hop, Login, Patience
from collectors.host.ssh.transport import SshTransport
from runs import clock

ENOUGH = Patience()
SHORT = Patience(*(timedelta(seconds=seconds) for seconds in (0.7, 0.7, 0.7, 15)))
"""For hosts that never answer."""


class Network:
    """A network of a test, with a clock of its own."""

    def __init__(self, now: datetime | None = None, patience: Patience = ENOUGH, environment: Any = None) -> None:
        self.now = now or clock.now()
        self.connector = Connector(connect=patience.connect.total_seconds(), greet=patience.handshake.total_seconds())
        self.dialer = Dialer(lambda: self.now, patience, self.connector, environment or os.environ)

    def __call__(self) -> Dialer:
        return self.dialer

    def close(self) -> None:
        self.dialer.close()


@contextmanager
def a_way(*hops: Hop, **options: Any) -> Iterator[SshTransport]:
    network = Network(**options)
    try:
        yield SshTransport(hops, network)
    finally:
        network.close()


def hop(port: int, user: str, key: Path | None, known_hosts: Path, **more: Any) -> Hop:
    login = more.pop("login", None) or Login(user, (str(key),) if key else ())
    return Hop("127.0.0.1", login, port, known_hosts=(str(known_hosts),), **more)
