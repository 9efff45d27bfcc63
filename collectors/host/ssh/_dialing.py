"""Getting to a host: by one connection, or by a chain of them, each verified and logged in to like the last."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import paramiko
from paramiko.ssh_exception import IncompatiblePeer

from collectors.host.ssh._credentials import Credentials
from collectors.host.ssh._session import Line, Session
from collectors.host.ssh.algorithms import IMPLICIT, host_key_algorithms, key_type
from collectors.host.ssh.attempts import Attempt
from collectors.host.ssh.connecting import Connector
from collectors.host.ssh.errors import HostKeyError, SshError
from collectors.host.ssh.hops import Connection, Hop, Patience
from collectors.host.ssh.keys import fingerprint
from collectors.host.ssh.known_hosts import KnownHosts, Vouched, read_known_hosts
from collectors.host.ssh.passages import Passages
from collectors.host.ssh.wire import string
from core.recording import Clock


class Dialer:
    """Everything that the connections of one scan share: keys, known hosts, hosts on the way, and who waits for all."""

    def __init__(self, clock: Clock, patience: Patience, connector: Connector, environment: Mapping[str, str]) -> None:
        self._clock = clock
        self._patience = patience
        self._connector = connector
        self._credentials = Credentials(environment)
        self._lock = threading.Lock()
        self._known: dict[tuple[str, ...], KnownHosts] = {}
        self._on_the_way: dict[tuple[Hop, ...], _Way] = {}
        self._passages: dict[tuple[Hop, ...], Passages] = {}

    def dial(self, hops: Sequence[Hop], attempt: Attempt | None = None) -> tuple[Session, Connection]:
        """A session on the last of these hosts, and what it came to. Raises `SshError`."""
        *before, hop = hops
        self._credentials.of(hop.login)  # when we have none, nobody need be asked
        line = self._line(tuple(before), hop, attempt)
        try:
            return self._begin(line, hop, tuple(map(str, before)))
        except BaseException:
            line.close()
            raise

    def expect(self, hops: Sequence[Hop]) -> Attempt:
        """An attempt at a host that will be asked for, to be begun when there is time."""
        *before, hop = hops
        return self._connector_through(tuple(before)).expect(hop.address, hop.port)

    def begin(self, hops: Sequence[Hop]) -> None:
        """Connect to what is expected at the same end of the same way."""
        self._connector_through(tuple(hops[:-1])).begin()

    def watch(self, seconds: float, session: Session) -> Any:
        """Close a session after so many seconds, whatever hangs in it; call what this returns to call that off."""
        return self._connector.watch(seconds, session.close)

    def close(self) -> None:
        """Hang up with the hosts on the way."""
        with self._lock:
            ways: list[Passages | _Way] = [*self._passages.values(), *self._on_the_way.values()]
            self._on_the_way.clear()
            self._passages.clear()
        for each in ways:
            each.close()
        self._connector.close()
        self._credentials.close()

    def _line(self, before: tuple[Hop, ...], hop: Hop, attempt: Attempt | None) -> Line:
        connector = self._connector_through(before)
        greeted = connector.connect(attempt or Attempt(hop.address, hop.port))
        return Line(greeted.socket, greeted.version, greeted.beyond)

    def _connector_through(self, before: tuple[Hop, ...]) -> Connector | Passages:
        """What connects to hosts, through a chain of others or directly."""
        if not before:
            return self._connector
        with self._lock:
            if before not in self._passages:
                way = self._on_the_way[before] = _Way()
                self._passages[before] = Passages(
                    lambda: way.session(lambda: self.dial(before)[0]),
                    str(before[-1]),
                    connect=self._patience.connect.total_seconds(),
                    greet=self._patience.handshake.total_seconds(),
                )
            return self._passages[before]

    def _begin(self, line: Line, hop: Hop, through: tuple[str, ...]) -> tuple[Session, Connection]:
        known = self._known_hosts(hop)
        types, authority = known.types_about(hop.host_name, hop.port_name)
        vouched: list[Vouched] = []

        def judge(algorithm: str, blob: bytes) -> None:
            _refuse_other_type(algorithm, blob)
            vouched[:] = [known.vouch(hop.host_name, hop.port_name, blob, self._clock())]

        session = Session(
            line, legacy=hop.legacy, host_keys=host_key_algorithms(types, authority=authority), judge=judge
        )
        limit = self._patience.handshake + self._patience.login
        call_off = self.watch(limit.total_seconds() + 5, session)
        try:
            self._agree(session)
            client_key = self._log_in(session, hop)
        except BaseException:
            session.end()
            raise
        finally:
            call_off()
        session.set_keepalive(self._patience.keep_alive.total_seconds())
        return session, _connection(session, hop, through, vouched[0], client_key)

    def look(self, hops: Sequence[Hop]) -> bytes:
        """The key that a host shows and has proven to hold, whoever it is. Nobody logs in. Raises `SshError`."""
        *before, hop = hops
        line = self._line(tuple(before), hop, None)
        session = Session(
            line, legacy=hop.legacy, host_keys=host_key_algorithms((), authority=False), judge=_refuse_other_type
        )
        try:
            self._agree(session)
            return session.host_key_blob
        finally:
            session.end()

    def _known_hosts(self, hop: Hop) -> KnownHosts:
        with self._lock:
            if hop.known_hosts not in self._known:
                files = [Path(file).expanduser() for file in hop.known_hosts]
                self._known[hop.known_hosts] = read_known_hosts(files)
            return self._known[hop.known_hosts]

    def _agree(self, session: Session) -> None:
        """Exchange keys. Raises `SshError`."""
        done = threading.Event()
        session.start_client(event=done)
        seconds = self._patience.handshake.total_seconds()
        if not done.wait(seconds):
            raise SshError(f"no keys were agreed within {seconds:g} s", "see why sshd there is slow, or stuck")
        if not session.is_active() or not session.initial_kex_done:
            raise _explained(session, "while keys were exchanged")

    def _log_in(self, session: Session, hop: Hop) -> str:
        """Log in with the first of our keys that is accepted; its fingerprint. Raises `SshError`."""
        session.auth_timeout = self._patience.login.total_seconds()
        keys = self._credentials.of(hop.login)
        shown = []
        for key in keys:
            shown.append(fingerprint(key.asbytes()))
            try:
                further = session.auth_publickey(hop.login.user, key)
            except paramiko.BadAuthenticationType as error:
                allowed = ", ".join(map(str, error.allowed_types))
                raise SshError(
                    f"it lets nobody log in with a key, only by: {allowed:.100}", "set PubkeyAuthentication yes there"
                ) from error
            except paramiko.AuthenticationException as error:
                if "timeout" in str(error):
                    raise SshError("it did not answer our login", "see why: PAM or a directory hangs") from error
                if not session.is_active():
                    raise _explained(session, "while we logged in") from error
                continue
            except (paramiko.SSHException, EOFError, OSError) as error:
                raise _explained(session, "while we logged in") from error
            if further:
                raise SshError(
                    f"it wants more than a key: {', '.join(further):.100}",
                    "exempt our user from the second factor (Match User … AuthenticationMethods publickey)",
                )
            return shown[-1]
        raise SshError(
            f"it does not let {hop.login.user} log in with {' or '.join(shown)}",
            f"put the public key into ~{hop.login.user}/.ssh/authorized_keys there, or have its certificate renewed",
        )


class _Way:
    """A host on the way to others: one connection that many share. A failure is kept: nobody need try it again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._session: Session | None = None
        self._failure: SshError | None = None

    def session(self, dial: Any) -> Session:
        with self._lock:
            if self._failure:
                raise self._failure
            if self._session is None or not self._session.is_active():
                try:
                    self._session = dial()
                except SshError as error:
                    self._failure = SshError(f"a host on the way could not be reached: {error}", error.hint)
                    raise self._failure from error
                self._session.allow(2**50)  # what passes through is bounded at its end
            return self._session

    def close(self) -> None:
        if self._session:
            self._session.close()


def _refuse_other_type(algorithm: str, blob: bytes) -> None:
    """Raise `HostKeyError` for a key that is not of the type that was agreed."""
    if not blob.startswith(string(key_type(algorithm).encode())):
        raise HostKeyError("it showed a host key of another type than was agreed", "see what answers there")


def _connection(session: Session, hop: Hop, through: tuple[str, ...], vouched: Vouched, client_key: str) -> Connection:
    cipher = str(session.local_cipher)
    return Connection(
        hop=str(hop),
        through=through,
        server=session.remote_version,
        kex=session.agreed_kex,
        cipher=cipher,
        mac=IMPLICIT if "gcm" in cipher else str(session.local_mac),
        host_key_type=str(session.host_key_type),
        fingerprint=vouched.fingerprint,
        known_from=vouched.place,
        authority=vouched.authority,
        key_id=vouched.key_id,
        serial=str(vouched.serial) if vouched.authority else "",
        expires=vouched.expires,
        legacy=hop.legacy,
        client_key=client_key,
        strict=session.agreed_on_strict_kex,  # type: ignore[attr-defined]
    )


def _explained(session: Session, when: str) -> SshError:
    """Why a session ended, as one of ours."""
    error = session.get_exception() or session.saved_exception
    match error:
        case SshError():
            return error
        case IncompatiblePeer():
            what = str(error).rpartition("(")[2].removesuffix(")")
            return SshError(
                f"we have nothing in common: {what}",
                "update its sshd; or allow this host old ones (algorithms: legacy), which then is a finding",
            )
        case paramiko.SSHException():
            return SshError(f"it broke the rules of SSH {when}: {error}", "see what answers there")
    if session.farewell:
        return SshError(f"it hung up {when}, saying: {session.farewell}", "see its log")
    return SshError(f"it hung up {when}", "see its log")
