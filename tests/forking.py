"""Processes of Python that begin where the imports are over.

Most of what a short command costs is importing, and the tests start a thousand of them. So one process imports what
nearly all of them import, once, and each program is a fork of it: with an environment, a folder, streams and a process
number of its own, killed and waited for like any other. What start-up itself does has tests that start from nothing
(`tests/commands/test_start_up.py`), and so has whatever asks for another interpreter, other options or another user.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import json
import os
import pkgutil
import runpy
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
PACKAGES = ("core", "mappings", "checks", "evidence_store", "runs", "management", "monitoring", "exports", "commands")
SLOW_OR_FOREIGN = ("evidence_store.backends.s3", "evidence_store.migrations", "exports.pdf", "monitoring.schedule")
"""What few programs import, or only with packages that need not be there."""

LENGTH = struct.Struct("!I")
BECOME_PARENT_OF_ORPHANS = 36
"""`PR_SET_CHILD_SUBREAPER`, prctl(2)."""


class Forked(subprocess.Popen[str]):
    """`Popen`, but the program is forked from one that has imported already."""

    def _execute_child(self, args: Sequence[str], *rest: Any) -> None:
        cwd, env = rest[4:6]
        pipes = rest[9:15]
        self.pid = _begin(args[1:], str(cwd), dict(env), [pipes[0], pipes[3], pipes[5]])
        self._child_created = True
        self._close_pipe_fds(*pipes)  # type: ignore[attr-defined]


def can_fork(arguments: Sequence[str], environment: dict[str, str]) -> bool:
    """Whether this program would be the same: a script, and no variable that the interpreter itself obeys."""
    obeyed = {each for each in environment if each.startswith(("PYTHON", "LC_"))} - {"PYTHONPATH"}
    return arguments[0].endswith(".py") and environment.get("LANG") == "C.UTF-8" and not obeyed


_ancestor: socket.socket | None = None


def _begin(arguments: Sequence[str], folder: str, environment: dict[str, str], streams: list[int]) -> int:
    """Ask for a fork that runs this script; its process number."""
    global _ancestor
    if _ancestor is None:
        _ancestor, theirs = socket.socketpair()
        subprocess.Popen(
            [sys.executable, "-X", "utf8", "-m", "tests.forking", str(theirs.fileno())],
            cwd=ROOT,
            pass_fds=[theirs.fileno()],
        )
        theirs.close()
    asked = json.dumps([list(arguments), folder, environment]).encode()
    process = ctypes.CDLL(None)
    process.prctl(
        BECOME_PARENT_OF_ORPHANS, 1, 0, 0, 0
    )  # for this moment, lest every orphan of every test be left to us
    socket.send_fds(_ancestor, [LENGTH.pack(len(asked))], streams)
    _ancestor.sendall(asked)
    (number,) = LENGTH.unpack(_ancestor.recv(LENGTH.size, socket.MSG_WAITALL))
    process.prctl(BECOME_PARENT_OF_ORPHANS, 0, 0, 0, 0)
    return int(number)


def import_what_most_import() -> None:
    for package in PACKAGES:
        for found in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
            if not found.name.startswith(SLOW_OR_FOREIGN):
                with contextlib.suppress(ImportError):
                    importlib.import_module(found.name)


def wait_for_an_order(orders: socket.socket) -> list[str]:
    """Returns in each fork, with its streams, folder and environment in place: the script and its arguments."""
    while True:
        length, streams, _, _ = socket.recv_fds(orders, LENGTH.size, 3)
        if not length:
            os._exit(0)
        arguments, folder, environment = json.loads(orders.recv(LENGTH.unpack(length)[0], socket.MSG_WAITALL))
        told, tell = os.pipe()
        if (between := os.fork()) == 0:
            # Whoever is forked by a process that ends at once belongs to the tests, which then wait for it.
            if number := os.fork():
                os.write(tell, LENGTH.pack(number))
                os._exit(0)
            os.close(told)
            os.close(tell)
            orders.close()
            for wanted, given in enumerate(streams):
                os.dup2(given, wanted)
            for each in streams:
                os.close(each)
            sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w", errors="backslashreplace")  # noqa: SIM115
            os.chdir(folder)
            os.environ.clear()
            os.environ.update(environment)
            time.tzset()
            return list(arguments)
        os.close(tell)
        for each in streams:
            os.close(each)
        os.waitpid(between, 0)
        orders.sendall(os.read(told, LENGTH.size))
        os.close(told)


if __name__ == "__main__":
    import_what_most_import()
    gc.collect()
    gc.freeze()  # or each fork would look through all of it again
    sys.argv = wait_for_an_order(socket.socket(fileno=int(sys.argv[1])))
    sys.path[0] = str(Path(sys.argv[0]).resolve().parent)
    sys.path[1:1] = [each for each in os.environ.get("PYTHONPATH", "").split(os.pathsep) if each]
    importlib.invalidate_caches()
    runpy.run_path(sys.argv[0], run_name="__main__")
