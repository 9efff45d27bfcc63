"""Real OpenSSH servers on loopback, and addresses that look like servers and never answer."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from getpass import getuser
from pathlib import Path

SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
PATIENCE = 10


@dataclass(frozen=True, slots=True)
class Servers:
    """Servers that share one key of their own and let one key of ours in."""

    folder: Path
    ports: tuple[int, ...]

    @property
    def key(self) -> Path:
        return self.folder / "user"

    @property
    def known_hosts(self) -> Path:
        return self.folder / "known_hosts"


@contextmanager
def servers(folder: Path, count: int) -> Iterator[Servers]:
    """So many servers, as the user who runs this, for as long as they are needed."""
    if SSHD is None:
        raise SystemExit("error: OpenSSH's server is not installed: apt-get install openssh-server")
    for name in ("host", "user"):
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", folder / name], check=True, timeout=30
        )
    shutil.copy(folder / "user.pub", folder / "authorized_keys")
    host_key = " ".join((folder / "host.pub").read_text(encoding="utf-8").split()[:2])
    ports = tuple(_free_port() for _ in range(count))
    (folder / "known_hosts").write_text("".join(f"[127.0.0.1]:{port} {host_key}\n" for port in ports), encoding="utf-8")
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    with ExitStack() as stack:
        for port in ports:
            stack.enter_context(_sshd(SSHD, folder, port))
        yield Servers(folder, ports)


@contextmanager
def _sshd(program: str, folder: Path, port: int) -> Iterator[None]:
    options = {
        "Port": port,
        "ListenAddress": "127.0.0.1",
        "HostKey": folder / "host",
        "AuthorizedKeysFile": folder / "authorized_keys",
        "PidFile": "none",
        "StrictModes": "no",
        "UsePAM": "no",
        "SetEnv": "SHLVL=1",  # else a login shell that is bash would read the user's .bashrc, whatever that costs
        "MaxStartups": 500,
    }
    words = [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
    process = subprocess.Popen(
        [program, "-D", "-e", "-f", "/dev/null", *words], stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + PATIENCE
        while not _answers(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit("error: sshd does not start")
            time.sleep(0.02)
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE)


@contextmanager
def silent() -> Iterator[int]:
    """The port of a server that takes every connection, on all of 127.0.0.0/8, and never says a word."""
    # Not 127.0.0.1: each of the thousands of addresses is to be a host of its own.
    with socket.create_server(("0.0.0.0", 0), backlog=4_096) as server:
        yield server.getsockname()[1]


@contextmanager
def full() -> Iterator[int]:
    """The port of a server whose queue is full: who knocks hears nothing at all."""
    with ExitStack() as stack:
        server = stack.enter_context(socket.socket())
        server.bind(("0.0.0.0", 0))
        server.listen(0)
        port: int = server.getsockname()[1]
        for _ in range(8):
            knocking = stack.enter_context(socket.socket())
            knocking.setblocking(False)
            knocking.connect_ex(("127.0.0.1", port))
        yield port


def user() -> str:
    return getuser()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
