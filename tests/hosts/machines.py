"""A throw-away host: systemd in systemd-nspawn over an overlay, with a network of its own and one door to its sshd.

Everything goes with its processes: the mounts are those of a namespace of its own, and the kernel ends the host when
the thread that started it ends.
"""

from __future__ import annotations

import ctypes
import os
import selectors
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.hosts.trees import MOUNT, CannotBuildError, Overlay

HERE = Path(__file__).parent
PATIENCE = 90
"""Seconds after which a host that is not up counts as hanging."""
CLONE_NEWNET = 0x40000000

# What is planted is there before the host first boots, as an administrator would have left it.
START = f"""
{MOUNT}
mount -t proc proc "$root/proc"
[ ! -d "$plan/files" ] || cp -rT --no-preserve=ownership "$plan/files" "$root"
echo "$name" >"$root/etc/hostname"
cp -rT "$materials" "$root/root/planting"
cp "$plan/../common.sh" "$plan/plant.sh" "$root/root/planting/"
chroot "$root" /usr/bin/env -i PATH="$PATH" LC_ALL=C /bin/sh -eu /root/planting/plant.sh >"$log" 2>&1
rm -r "$root/root/planting"
umount "$root/proc"
exec systemd-nspawn --quiet --directory="$root" --machine="$name" --boot --private-network --console=pipe \\
  --register=no $unit $binds --resolv-conf=off --timezone=off --link-journal=no --hostname="$name"
"""


class Machine:
    """A host that runs while the `with` lasts. `plan` is a folder of files and a script that is run before it boots.
    `shows` are folders of this machine that it sees and cannot write, by where it sees them."""

    def __init__(
        self,
        name: str,
        layers: tuple[Path, ...],
        workspace: Path,
        materials: Path,
        shows: Mapping[str, Path] | None = None,
    ) -> None:
        self.name = name
        self._overlay = Overlay(workspace / name, layers)
        self._plan = HERE / name
        self._materials = materials
        self._shows = shows or {}
        self._process: subprocess.Popen[bytes] | None = None
        self._door: Door | None = None
        self.leader = 0

    def __enter__(self) -> Self:
        self._overlay.make()
        folder = self._overlay.folder
        environment = {
            **self._overlay.environment,
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "name": self.name,
            "plan": str(self._plan),
            "materials": str(self._materials),
            "log": str(folder / "plant.log"),
            "binds": " ".join(f"--bind-ro={folder}:{place}" for place, folder in self._shows.items()),
            # Without systemd outside there is nobody who could give the host a unit of its own.
            "unit": "" if Path("/run/systemd/system").exists() else "--keep-unit",
        }
        with (folder / "console.log").open("wb") as console:
            self._process = subprocess.Popen(
                ["setpriv", "--pdeathsig=KILL", "unshare", "--mount", "/bin/sh", "-euc", START],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self._wait()
            self._door = Door(self.leader)
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    @property
    def port(self) -> int:
        """Where its sshd is reached on this machine's loopback."""
        assert self._door, "the host is not running"
        return self._door.port

    def run(self, script: str, *, seconds: int = 60) -> str:
        """Output of a shell script run as root inside. Raises `CalledProcessError`, `TimeoutExpired`."""
        return subprocess.run(
            [*self.inside, "/bin/sh", "-euc", script],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            timeout=seconds,
            check=True,
            text=True,
            errors="replace",
        ).stdout

    @property
    def inside(self) -> list[str]:
        """What to put before a command to have root run it inside, with nothing of our environment."""
        path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        enter = ["nsenter", f"--target={self.leader}", "--all", "--wdns=/"]
        return [*enter, "/usr/bin/env", "-i", path, "HOME=/root", "LC_ALL=C"]

    def _wait(self) -> None:
        """Until systemd has started everything, whether all of it came up or not."""
        assert self._process
        deadline = time.monotonic() + PATIENCE
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise CannotBuildError(f"{self.name} did not start: {self._said()}")
            if Path(f"/proc/{self._process.pid}/comm").read_text().strip() == "systemd-nspawn" and (
                found := children.read_text().split()
            ):
                self.leader = int(found[0])
                if self._is_up():
                    return
            time.sleep(0.1)
        raise CannotBuildError(f"{self.name} was not up within {PATIENCE} s: {self._said()}")

    def _is_up(self) -> bool:
        """A degraded host is up: that something failed can be what was planted."""
        asked = subprocess.run(
            [*self.inside, "systemctl", "is-system-running"], capture_output=True, timeout=PATIENCE, check=False
        )
        return asked.stdout.strip() in (b"running", b"degraded")

    def _said(self) -> str:
        logs = [self._overlay.folder / name for name in ("plant.log", "console.log")]
        return "\n".join(log.read_text(errors="replace")[-1500:] for log in logs if log.exists())

    def _stop(self) -> None:
        if self._door:
            self._door.close()
        if self._process:
            for number in (self.leader, self._process.pid):
                if number and self._process.poll() is None:
                    os.kill(number, signal.SIGKILL)
            self._process.wait()
        shutil.rmtree(self._overlay.folder)


class Door:
    """Takes connections on our loopback and carries them to port 22 of another network namespace's loopback."""

    def __init__(self, leader: int) -> None:
        self._namespace = os.open(f"/proc/{leader}/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        os.close(self._namespace)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return  # closed
            threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        """A namespace belongs to a thread; the socket stays in the one it was made in."""
        if ctypes.CDLL(None, use_errno=True).setns(self._namespace, CLONE_NEWNET):
            client.close()
            return
        with client, socket.create_connection(("127.0.0.1", 22)) as server, selectors.DefaultSelector() as ready:
            ready.register(client, selectors.EVENT_READ, server)
            ready.register(server, selectors.EVENT_READ, client)
            while ready.get_map():
                for key, _ in ready.select():
                    source, target = key.fileobj, key.data
                    assert isinstance(source, socket.socket)
                    try:
                        data = source.recv(65_536)
                        target.sendall(data) if data else target.shutdown(socket.SHUT_WR)
                    except OSError:
                        return
                    if not data:
                        ready.unregister(source)
