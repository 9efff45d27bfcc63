"""Logging in to real servers: keys, certificates, passphrases, agents, hosts on the way, and what is said when it fails."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from collectors.host.ssh.errors import SshError
from collectors.host.ssh.hops import Hop, Login
from core.settings import Secret
from tests.collectors.host.ssh.dialling import a_way, hop
from tests.sshd import USER, Sshd, free_port, keygen, make_key, needs_sshd, public

pytestmark = needs_sshd


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    """A server that trusts an authority of users, and lets at most as many keys be tried as OpenSSH does."""
    folder = tmp_path_factory.mktemp("sshd")
    make_key(folder / "users")
    found = Sshd(folder, f"TrustedUserCAKeys {folder}/users.pub")
    yield found
    found.stop()


@pytest.fixture(scope="module")
def keys(server: Sshd) -> Path:
    """A folder with keys: a locked one that is accepted, strangers, one with a certificate, and one that is accepted by
    itself although its certificate is not."""
    folder = server.folder
    make_key(folder / "locked", passphrase="correct horse")
    make_key(folder / "stranger")
    make_key(folder / "rsa", "rsa", bits=2048)
    make_key(folder / "curve", "ecdsa", bits=256)
    make_key(folder / "certified")
    keygen("-s", folder / "users", "-I", "us", "-n", USER, "-V", "-1h:+1h", folder / "certified.pub")
    make_key(folder / "elsewhere")
    make_key(folder / "plain")
    keygen("-s", folder / "elsewhere", "-I", "us", "-n", USER, "-V", "-1h:+1h", folder / "plain.pub")
    accepted = [public(folder / name) for name in ("user", "locked", "rsa", "curve", "plain")]
    (folder / "authorized_keys").write_text("\n".join(accepted) + "\n")
    return folder


def run(target: Hop, *before: Hop) -> bytes:
    with a_way(*before, target) as way:
        return way.run(b"echo hello", seconds=10, limit=1000)


def refusal(target: Hop, *before: Hop) -> tuple[str, str]:
    with pytest.raises(SshError) as refused:
        run(target, *before)
    return str(refused.value), refused.value.hint


def to(server: Sshd, *files: str, **more: object) -> Hop:
    login = Login(USER, tuple(str(server.folder / file) for file in files), **more)  # type: ignore[arg-type]
    return hop(server.port, USER, None, server.known_hosts, login=login)


@pytest.mark.parametrize("files", [("user",), ("rsa",), ("curve",), ("certified",), ("plain",), ("stranger", "user")])
def test_keys_of_every_kind_and_certificates_are_accepted(files: tuple[str, ...], server: Sshd, keys: Path) -> None:
    assert run(to(server, *files)) == b"hello\n"


def test_a_locked_key_is_opened_by_reference(server: Sshd, keys: Path, tmp_path: Path) -> None:
    (tmp_path / "passphrase").write_text("correct horse\n")
    (tmp_path / "wrong").write_text("battery staple\n")
    assert run(to(server, "locked", passphrase=Secret(file=str(tmp_path / "passphrase")))) == b"hello\n"
    assert "is encrypted" in refusal(to(server, "locked"))[0]
    reason, _ = refusal(to(server, "locked", passphrase=Secret(file=str(tmp_path / "wrong"))))
    assert reason.endswith("cannot be read with this passphrase")
    assert "cannot be read: No such file" in refusal(to(server, "locked", passphrase=Secret(file="/nowhere")))[0]


def test_a_stranger_is_told_which_key_was_shown(server: Sshd, keys: Path) -> None:
    listed = subprocess.run(["ssh-keygen", "-lf", keys / "stranger.pub"], capture_output=True, text=True, check=True)
    reason, hint = refusal(to(server, "stranger"))
    assert reason == f"it does not let {USER} log in with {listed.stdout.split()[1]}"
    assert "authorized_keys" in hint


def test_what_is_wrong_on_our_side_is_said_so_and_nobody_is_asked(server: Sshd, keys: Path, tmp_path: Path) -> None:
    (tmp_path / "garbage").write_text(
        "-----BEGIN OPENSSH PRIVATE KEY-----\nsecretbytes\n-----END OPENSSH PRIVATE KEY-----\n"
    )
    (tmp_path / "garbage").chmod(0o600)
    (tmp_path / "open").write_bytes((keys / "user").read_bytes())
    (tmp_path / "open").chmod(0o644)
    before = server.log.read_text().count("Connection from")
    for file, reason in {
        "nowhere": "cannot be read: No such file",
        "garbage": "cannot be read as a private key",
        "open": r"can be read by others \(mode 0644\)",
        "": "is no file with a key",
    }.items():
        found, hint = refusal(to(server, str(tmp_path / file)))
        assert re.search(reason, found), found
        assert "secretbytes" not in found + hint
        assert hint
    assert "we have no key" in refusal(to(server))[0]
    assert (
        "is no certificate for its key" in refusal(to(server, "user", certificate=str(keys / "certified-cert.pub")))[0]
    )
    assert server.log.read_text().count("Connection from") == before


def test_an_agent_holds_the_keys(server: Sshd, keys: Path, tmp_path: Path) -> None:
    socket = str(tmp_path / "agent")
    agent = subprocess.Popen(["ssh-agent", "-D", "-a", socket], stdout=subprocess.DEVNULL)
    try:
        while not Path(socket).exists():
            assert agent.poll() is None
        environment = {**os.environ, "SSH_AUTH_SOCK": socket}
        subprocess.run(
            ["ssh-add", "-q", keys / "rsa", keys / "certified"], env=environment, check=True, capture_output=True
        )
        assert run(to(server, agent=socket)) == b"hello\n"
        elsewhere = tmp_path / "certified.pub"
        elsewhere.write_bytes((keys / "certified.pub").read_bytes())
        assert refusal(to(server, str(elsewhere), agent=socket))[0].startswith("it does not let"), (
            "only that one was tried"
        )
    finally:
        agent.terminate()
        agent.wait(10)
    assert "does not answer" in refusal(to(server, agent=socket))[0]


def test_a_host_behind_two_others_is_reached_through_them(server: Sshd, keys: Path) -> None:
    jump = to(server, "user")
    with a_way(jump, jump, jump) as way:
        assert way.run(b"echo far away", seconds=10, limit=1000) == b"far away\n"
        assert way.connection is not None
        assert way.connection.through == (str(jump), str(jump))
        assert way.endpoint.endswith(f"through {jump}, {jump}")


def test_who_is_in_the_way_is_named(server: Sshd, keys: Path) -> None:
    closed, port = to(server, "user"), free_port()
    reason, _ = refusal(replace(closed, port=port), to(server, "user"))
    assert f"does not let us through to 127.0.0.1 port {port}" in reason
    reason, _ = refusal(to(server, "user"), to(server, "stranger"))
    assert reason.startswith("a host on the way could not be reached: it does not let")
    reason, hint = refusal(replace(closed, port=port))
    assert reason == f"127.0.0.1 port {port}: connection refused"
    assert "sshd" in hint


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (
            ("PubkeyAuthentication no", "PasswordAuthentication yes"),
            "it lets nobody log in with a key, only by: password, keyboard-interactive",
        ),
        (
            ("AuthenticationMethods publickey,password", "PasswordAuthentication yes"),
            "it wants more than a key: password",
        ),
        (("Ciphers aes128-cbc", "MACs hmac-sha1"), "we have nothing in common: no acceptable ciphers"),
        (("MACs hmac-sha1",), "we have nothing in common: no acceptable macs"),
        (("KexAlgorithms diffie-hellman-group1-sha1",), "we have nothing in common: no acceptable kex algorithm"),
        (("ForceCommand /bin/false",), "its shell said nothing and ended with status 1"),
    ],
)
def test_each_failure_has_its_own_words(options: tuple[str, ...], reason: str, tmp_path: Path) -> None:
    server = Sshd(tmp_path, *options)
    try:
        found, hint = refusal(to(server, "user"))
        assert found == reason
        assert hint
        if options[0].startswith("Ciphers"):
            with a_way(replace(to(server, "user"), legacy=True)) as way:
                assert way.run(b"echo old", seconds=5, limit=100) == b"old\n"
                assert way.connection is not None
                assert (way.connection.cipher, way.connection.mac) == ("aes128-cbc", "hmac-sha1")
    finally:
        server.stop()
