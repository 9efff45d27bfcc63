"""What we prove with who we are: private keys, user certificates and the agent, each loaded once and shared by all."""

from __future__ import annotations

import os
import socket
import stat
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import paramiko
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_ssh_private_key
from nacl.signing import SigningKey

from collectors.host.ssh.certificates import parse_certificate
from collectors.host.ssh.errors import SshError
from collectors.host.ssh.hops import Login
from collectors.host.ssh.wire import string
from core.settings import ConfigurationError

AGENT_SECONDS = 10
LARGEST_KEY = 65_536


class CredentialsError(SshError):
    """We have nothing to show: the fault is on our side, and no host was asked."""


class Credentials:
    """Keys by file and agents by socket. Loading one takes up to 230 ms, so it is done once."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._lock = threading.Lock()
        self._keys: dict[tuple[str, str], list[paramiko.PKey]] = {}
        self._agents: dict[str, _Agent] = {}

    def of(self, login: Login) -> list[paramiko.PKey]:
        """The keys of a login in the order to try them. Raises `CredentialsError`."""
        with self._lock:
            agent = self._agent(login.agent) if login.agent else None
            keys = [key for file in login.keys for key in self._of_file(file, login, agent)]
            if agent and not login.keys:
                keys = list(agent.get_keys())
        if not keys:
            raise CredentialsError(
                f"we have no key for {login.user}", "name a file with `key`, or use an agent that holds one"
            )
        return keys

    def close(self) -> None:
        for agent in self._agents.values():
            agent.close()

    def _of_file(self, file: str, login: Login, agent: _Agent | None) -> list[paramiko.PKey]:
        """The key of a file: with its certificate first, if it has one, then by itself, for hosts that know it so."""
        wanted = (file, login.certificate)
        if wanted not in self._keys:
            if agent and (held := _held(agent, file)):
                return [held]
            path = Path(file).expanduser()
            self._keys[wanted] = [self._load(path, login)]
            certificate = Path(login.certificate or f"{file}-cert.pub").expanduser()
            if login.certificate or certificate.exists():
                certified = self._load(path, login)
                _certify(certified, certificate)
                self._keys[wanted].insert(0, certified)
        return self._keys[wanted]

    def _load(self, file: Path, login: Login) -> paramiko.PKey:
        _refuse_open_to_others(file)
        try:
            passphrase = login.passphrase.reveal(self._environment).encode() if login.passphrase else None
        except ConfigurationError as error:
            raise CredentialsError(str(error), error.hint) from error
        try:
            return _parsed(file.read_bytes(), passphrase)
        except (ValueError, TypeError, UnsupportedAlgorithm, paramiko.SSHException) as error:
            # Their words could hold parts of the key, so they go no further.
            if passphrase is None and ("encrypted" in str(error) or "assword" in str(error)):
                raise CredentialsError(
                    f"the key {file} is encrypted", "name its passphrase: passphrase: {file: …}, or use an agent"
                ) from None
            asked = "with this passphrase" if passphrase else "as a private key of OpenSSH"
            raise CredentialsError(
                f"the key {file} cannot be read {asked}", "make one: ssh-keygen -t ed25519"
            ) from None

    def _agent(self, path: str) -> _Agent:
        if path not in self._agents:
            self._agents[path] = _Agent(path)
        return self._agents[path]


class _Agent(paramiko.agent.AgentSSH):
    """An SSH agent at a socket. Many threads sign with it, one after the other."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self._one_at_a_time = threading.Lock()
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(AGENT_SECONDS)
        try:
            connection.connect(path)
            self._connect(connection)  # type: ignore[attr-defined]
        except (OSError, paramiko.SSHException) as error:
            connection.close()
            raise CredentialsError(
                f"the SSH agent at {path} does not answer: {getattr(error, 'strerror', None) or error}",
                "start one (ssh-agent), or name a file with `key`",
            ) from None

    def _send_message(self, message: Any) -> Any:
        with self._one_at_a_time:
            return super()._send_message(message)  # type: ignore[misc]

    def close(self) -> None:
        self._close()  # type: ignore[attr-defined]


def _held(agent: _Agent, file: str) -> paramiko.PKey | None:
    """The key of an agent that belongs to a file, which may be its public part."""
    public = Path(file if file.endswith(".pub") else f"{file}.pub").expanduser()
    try:
        blob = paramiko.pkey.PublicBlob.from_file(str(public)).key_blob
    except (OSError, ValueError, IndexError):
        return None
    return next((key for key in agent.get_keys() if blob in (key.blob, key.asbytes())), None)


def _parsed(data: bytes, passphrase: bytes | None) -> paramiko.PKey:
    """A private key. Paramiko's own reader takes every fourth ECDSA key without a comment for broken."""
    read = load_ssh_private_key if b"BEGIN OPENSSH" in data else load_pem_private_key
    key = read(data, passphrase)
    match key:
        case rsa.RSAPrivateKey():
            return paramiko.RSAKey(key=key)
        case ec.EllipticCurvePrivateKey():
            return paramiko.ECDSAKey(vals=(key, key.public_key()))
        case ed25519.Ed25519PrivateKey():
            shown = string(b"ssh-ed25519") + string(key.public_key().public_bytes_raw())
            found = paramiko.Ed25519Key(data=shown)
            found._signing_key = SigningKey(key.private_bytes_raw())  # type: ignore[attr-defined] # noqa: SLF001 - the only way
            return found
    raise ValueError("a type of key that SSH does not use any more")


def _certify(key: paramiko.PKey, file: Path) -> None:
    try:
        key.load_certificate(str(file))
        if key.public_blob is None or parse_certificate(key.public_blob.key_blob).key.blob != key.asbytes():
            raise ValueError("it is that of another key")
    except OSError as error:
        raise CredentialsError(f"the certificate {file} cannot be read: {error.strerror}", "name another") from None
    except (ValueError, IndexError, paramiko.SSHException):
        raise CredentialsError(
            f"{file} is no certificate for its key", "have one issued: ssh-keygen -s CA -I NAME -n USER …"
        ) from None


def _refuse_open_to_others(file: Path) -> None:
    """As OpenSSH does: a key that others can read is nobody's proof."""
    try:
        found = os.stat(file)  # noqa: PTH116 - paramiko takes a path, this only looks
    except OSError as error:
        raise CredentialsError(f"the key {file} cannot be read: {error.strerror}", "name another, or mend it") from None
    if not stat.S_ISREG(found.st_mode) or found.st_size > LARGEST_KEY:
        raise CredentialsError(f"the key {file} is no file with a key", "name another")
    if found.st_mode & 0o077:
        raise CredentialsError(
            f"the key {file} can be read by others (mode {stat.S_IMODE(found.st_mode):04o})", f"chmod 600 {file}"
        )
