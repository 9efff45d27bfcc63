from __future__ import annotations

import pytest

from checks.host.sshd_daemon import its_files_say_what_it_does
from core.model import Status
from core.resources.host.sshd import SshdDaemon


@pytest.mark.parametrize(
    ("running", "own_file", "given", "status"),
    [
        (True, False, (), Status.PASS),
        (True, True, (), Status.FAIL),
        (True, False, ("ciphers", "permitrootlogin"), Status.FAIL),
        (True, False, ("ciphers", "macs"), Status.UNKNOWN),
        (False, False, (), Status.NOT_APPLICABLE),
    ],
)
def test_files_and_daemon(running: bool, own_file: bool, given: tuple[str, ...], status: Status) -> None:
    daemon = SshdDaemon(id="web-1", running=running, own_file=own_file, given=given)
    assert its_files_say_what_it_does(daemon).status is status
