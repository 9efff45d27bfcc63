"""A real OpenSSH server on loopback that needs no root: its own keys, its own port, and the user who runs the tests."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest

SERVER = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
PATIENCE = 10
USER = getpass.getuser()
needs_sshd = pytest.mark.skipif(
    SERVER is None and not os.environ.get("CI"), reason="OpenSSH's server is not installed (tests/debian-packages.txt)"
)


def keygen(*arguments: str | Path) -> None:
    subprocess.run(
        ["ssh-keygen", "-q", *map(str, arguments)],
        check=True,
        stdin=subprocess.DEVNULL,
        timeout=30,
        capture_output=True,
    )


def make_key(file: Path, kind: str = "ed25519", *, passphrase: str = "", bits: int = 0) -> Path:
    """A new pair of keys; the private one's file."""
    keygen("-t", kind, *(("-b", str(bits)) if bits else ()), "-N", passphrase, "-C", "", "-f", file)
    return file


def public(file: Path) -> str:
    """Type and key of the public part of a key, or of a certificate."""
    return " ".join(Path(f"{file}.pub").read_text().split()[:2])


class Sshd:
    """A server in a folder. `options` are lines of sshd_config; the first value of a setting is the one that counts."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.host_key = folder / "host" if (folder / "host").exists() else make_key(folder / "host")
        self.user_key = folder / "user" if (folder / "user").exists() else make_key(folder / "user")
        self.port = free_port()
        self.known_hosts = folder / "known_hosts"
        self.know(f"[127.0.0.1]:{self.port} {public(self.host_key)}")
        (folder / "authorized_keys").write_text(public(self.user_key) + "\n")
        config = folder / "sshd_config"
        config.write_text(
            "\n".join([
                *options,
                f"Port {self.port}",
                "ListenAddress 127.0.0.1",
                f"HostKey {self.host_key}",
                f"AuthorizedKeysFile {folder}/authorized_keys",
                f"PidFile {folder}/pid",
                "StrictModes no",
                "UsePAM no",
                "SetEnv SHLVL=1",  # or bash would read the user's .bashrc in each session
                "LogLevel VERBOSE",
                "MaxStartups 500",
            ])
        )  # fmt: skip
        Path("/run/sshd").mkdir(exist_ok=True) if os.geteuid() == 0 else None
        self.log = folder / "log"
        assert SERVER is not None
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [SERVER, "-D", "-e", "-f", str(config)], stderr=log, stdin=subprocess.DEVNULL
            )
        self._await()

    def know(self, *lines: str) -> None:
        """Write the file of known hosts."""
        self.known_hosts.write_text("\n".join(lines) + "\n")

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(PATIENCE)

    def _await(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            assert self._process.poll() is None, self.log.read_text()
            time.sleep(0.02)
        raise AssertionError(f"sshd did not listen: {self.log.read_text()}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
