"""Transports: how the batch reaches a host. They know nothing of facts."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import threading
import time
from typing import Protocol

CHUNK = 65_536


class TransportError(Exception):
    """The host could not be asked at all. `hint` says what to do about it, where that is known."""

    def __init__(self, reason: str, hint: str = "") -> None:
        super().__init__(reason)
        self.hint = hint


class Transport(Protocol):
    """Feeds a shell program to `sh -s` on a host. `endpoint` says which way, as `Exchange` records it.

    `waited` is for how many seconds the last `run` did not send the program yet: it waited for its turn, and connected.
    """

    endpoint: str
    waited: float

    def run(self, program: bytes, *, seconds: int, limit: int) -> bytes:
        """Standard output of the program, cut off after `seconds` or `limit` bytes. Raises `TransportError`."""


class LocalTransport:
    """This very machine."""

    endpoint = "local"
    waited = 0.0

    def run(self, program: bytes, *, seconds: int, limit: int) -> bytes:
        """Run the program in a process group of its own, without our environment, which may hold secrets."""
        try:
            process = subprocess.Popen(
                ["/bin/sh", "-s"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={"PATH": os.defpath, "HOME": "/"},
                cwd="/",
                start_new_session=True,
            )
        except OSError as error:
            raise TransportError(f"/bin/sh cannot be started: {error.strerror}") from error
        with process:
            # The shell reads its program while it runs it: feeding it must not wait for its output, nor we for both.
            threading.Thread(target=_feed, args=(process, program), daemon=True).start()
            try:
                return _read(process, deadline=time.monotonic() + seconds, limit=limit)
            finally:
                _end(process)


def _feed(process: subprocess.Popen[bytes], program: bytes) -> None:
    try:
        with process.stdin:  # type: ignore[union-attr] # made with PIPE
            process.stdin.write(program)  # type: ignore[union-attr]
    except (BrokenPipeError, ValueError):
        return  # the shell ended first; what it said so far is the answer


def _read(process: subprocess.Popen[bytes], *, deadline: float, limit: int) -> bytes:
    descriptor, chunks, size = process.stdout.fileno(), [], 0  # type: ignore[union-attr]
    while size < limit:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([descriptor], [], [], left)[0]:
            break
        chunk = os.read(descriptor, CHUNK)
        if not chunk:
            break
        chunks.append(chunk)
        size += len(chunk)
    return b"".join(chunks)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        try:
            process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
