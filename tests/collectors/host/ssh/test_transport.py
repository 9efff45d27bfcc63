"""Reaching real servers: who they must be, who we are, and what is said when either is wrong."""

from __future__ import annotations

import gc
import subprocess
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from collectors.host.ssh._session import Session
from collectors.host.ssh.errors import CertificateError, ChangedKeyError
from collectors.host.ssh.hops import Hop
from runs.clock import now
from tests.collectors.host.ssh.dialling import a_way, hop
from tests.sshd import USER, Sshd, keygen, make_key, needs_sshd, public

pytestmark = needs_sshd


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    """A server with a host certificate, which trusts an authority of users too."""
    folder = tmp_path_factory.mktemp("sshd")
    for name in ("authority", "users"):
        make_key(folder / name)
    host = make_key(folder / "host")
    keygen(
        "-s",
        folder / "authority",
        "-I",
        "test host",
        "-h",
        "-n",
        "127.0.0.1,web-*.example.org",
        "-V",
        "-1h:+1d",
        f"{host}.pub",
    )
    found = Sshd(folder, f"HostCertificate {host}-cert.pub", f"TrustedUserCAKeys {folder}/users.pub", "MaxAuthTries 20")
    yield found
    found.stop()


@pytest.fixture
def known(server: Sshd, tmp_path: Path) -> Path:
    """A file of known hosts with the server's plain key."""
    file = tmp_path / "known_hosts"
    file.write_text(f"[127.0.0.1]:{server.port} {public(server.host_key)}\n")
    return file


def run(target: Hop, program: bytes = b"echo hello", **options: Any) -> bytes:
    with a_way(target, **options) as way:
        return way.run(program, seconds=10, limit=100_000)


def test_nothing_stays_of_a_connection_once_it_has_ended(server: Sshd, known: Path) -> None:
    target = the_hop(server, known)
    run(target)  # what is made once for all
    gc.collect()
    others = sessions()  # of tests before this one, which may still be ending
    gc.disable()
    try:
        assert run(target) == b"hello\n"
        patience = time.monotonic() + 10  # for its thread, which the interpreter lets go of a moment after its end
        while left := [each for each in sessions() if each not in others]:
            assert time.monotonic() < patience, left
            del left
            time.sleep(0.05)
    finally:
        gc.enable()


def sessions() -> list[Session]:
    return [each for each in gc.get_objects() if isinstance(each, Session)]


def the_hop(server: Sshd, known: Path, **more: Any) -> Hop:
    return hop(server.port, USER, more.pop("key", server.user_key), known, **more)


def test_a_program_is_run_in_one_shell_and_the_connection_is_described(server: Sshd, known: Path) -> None:
    with a_way(the_hop(server, known)) as way:
        assert way.endpoint == f"ssh://{USER}@127.0.0.1:{server.port}"
        assert way.run(b"printf '%s\\n' one two; printf x >&2", seconds=10, limit=1000) == b"one\ntwo\n"
        found = way.connection
    assert found is not None
    assert found.server.startswith("SSH-2.0-OpenSSH")
    assert (found.host_key_type, found.cipher, found.mac) == ("ssh-ed25519", "aes256-gcm@openssh.com", "implicit")
    assert found.kex in ("mlkem768x25519-sha256", "curve25519-sha256")
    listed = subprocess.run(
        ["ssh-keygen", "-l", "-f", f"{server.host_key}.pub"], capture_output=True, text=True, check=True
    )
    assert found.fingerprint == listed.stdout.split()[1]
    assert found.known_from == f"line 1 of {known}"
    assert way.endpoint.startswith(f"ssh://{USER}@127.0.0.1:{server.port} ssh-ed25519 {found.fingerprint} ")


def test_output_is_cut_off_by_size_and_by_time(server: Sshd, known: Path) -> None:
    assert len(run(the_hop(server, known), b"while :; do echo much; done")) >= 100_000
    with a_way(the_hop(server, known)) as way:
        assert way.run(b"echo first; sleep 60", seconds=1, limit=1000) == b"first\n"


def test_a_program_larger_than_all_buffers_arrives_whole(server: Sshd, known: Path) -> None:
    comment = b"# " + b"x" * 100 + b"\n"
    assert run(the_hop(server, known), comment * 30_000 + b"echo end\n") == b"end\n"


def test_a_changed_key_names_both_and_the_line_to_remove(server: Sshd, tmp_path: Path) -> None:
    file = tmp_path / "known_hosts"
    file.write_text(f"[127.0.0.1]:{server.port} {public(server.folder / 'users')}\n")
    with pytest.raises(ChangedKeyError) as refused:
        run(the_hop(server, file))
    assert len(refused.value.known) == 1
    assert refused.value.known[0] in str(refused.value)
    assert refused.value.offered in str(refused.value)
    assert f"remove line 1 of {file}" in refused.value.hint


@pytest.fixture(scope="module")
def certified(server: Sshd) -> Path:
    """A file of known hosts that leaves it to the authority."""
    file = server.folder / "authorities"
    file.write_text(f"@cert-authority [127.0.0.1]:* {public(server.folder / 'authority')}\n")
    return file


def test_a_host_is_believed_by_its_certificate(server: Sshd, certified: Path) -> None:
    with a_way(the_hop(server, certified)) as way:
        assert way.run(b"echo hello", seconds=10, limit=100) == b"hello\n"
        found = way.connection
    assert found is not None
    assert found.host_key_type == "ssh-ed25519-cert-v01@openssh.com"
    assert (found.key_id, found.serial) == ("test host", "0")
    assert found.authority
    assert found.expires


def test_a_certificate_is_judged_by_the_time_that_comes_from_outside(server: Sshd, certified: Path) -> None:
    with pytest.raises(CertificateError, match="it expired on"):
        run(the_hop(server, certified), now=now() + timedelta(days=2))


def test_another_name_may_be_given_to_a_host(server: Sshd, certified: Path) -> None:
    certified.write_text(
        certified.read_text() + f"@cert-authority *.example.org {public(server.folder / 'authority')}\n"
    )
    assert run(the_hop(server, certified, known_as="web-7.example.org")) == b"hello\n"
    with pytest.raises(CertificateError, match=r"it is not for db-1\.example\.org but for 127\.0\.0\.1, web-\*"):
        run(the_hop(server, certified, known_as="db-1.example.org"))
