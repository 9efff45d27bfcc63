"""Make the golden store of a revision: a past as stores have it, sealed by the code of that revision.

    git worktree add ../past COMMIT && cd ../past
    PYTHONPATH=. python PATH-TO/tests/golden/make.py PATH-TO/tests/golden/REVISION.tar.xz

Run it once, when a revision ships; what it made is then kept as it is. Two recorded hosts are scanned by the whole
program. The last scan and the stamps are of now, and the scans before it of the days before.
"""

from __future__ import annotations

import getpass
import importlib
import json
import os
import platform
import shutil
import sqlite3
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from threading import Lock
from typing import Any

import yaml

RECORDING = Path("tests/collectors/host/data/rich_host.json")
DENIED = {"audit_status", "sockets", "sudoers"}
"""Facts that the second host keeps from us in one scan."""
COLLECTORS = ("host.accounts.", "host.audit.", "host.certificates.", "host.network.", "host.sshd.", "host.sudo.")
"""How the collectors begin that look: all of them would make a store too large to keep for ever."""

Stage = Callable[[str], None]


class Clock:
    """Begins at a moment and goes on by a second each time it is read."""

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._seconds = count()
        self._reading = Lock()

    def __call__(self) -> datetime:
        with self._reading:
            return self._start + timedelta(seconds=next(self._seconds))


class DiedError(Exception):
    """Ends a scan in its middle."""


def main(archive: Path) -> None:
    """Scan, change, look away, die, change the key, scan again, and pack all of it."""
    with tempfile.TemporaryDirectory() as scratch:
        recording = _checkout() / RECORDING
        for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
            del os.environ[name]
        past = Path(scratch) / "golden"
        for folder in ("published", "keys"):
            (past / folder).mkdir(parents=True)
        os.chdir(past)  # so that no path of the machine that makes it gets into the store
        _live(past, json.loads(recording.read_text(encoding="utf-8")), Path(scratch) / "authority")
        _merge_write_ahead_log(past / "store")
        _pack(past, archive)


def _live(past: Path, rich: dict[str, dict[str, Any]], authority_folder: Path) -> None:
    authority, clock, rotation, scan_module, selection = map(
        importlib.import_module,
        ("tests.evidence_store.authority", "runs.clock", "runs.key_rotation", "runs.scan", "runs.selection"),
    )
    tsa = authority.Tsa.make(authority_folder)
    today = clock.now().replace(microsecond=0)
    with authority.serving(authority.answering(tsa.reply)) as server:
        platform.node, getpass.getuser = lambda: "golden", lambda: "auditor"
        _narrow(selection)
        stamped = _configuration(past, {"name": "golden", "url": server.url, "certificate": str(tsa.root_file)})
        unstamped = replace(stamped, timestamps=())  # what an authority stamps today cannot have been made days ago

        def scan(days_ago: int, hosts: Mapping[str, Any], *only: str, stage: Stage = _nothing) -> None:
            _install(hosts)
            wish, told = selection.Wish(sources=only), scan_module.Progress(stage=stage)
            moment = Clock(today - timedelta(days=days_ago)) if days_ago else clock.now
            scan_module.scan(unstamped if days_ago else stamped, wish, moment, trigger="golden", progress=told)

        scan(4, {"web-1": rich, "db-1": rich})
        changed = rich | {
            "sshd_options": _replaced(rich, "sshd_options", "permitrootlogin", "permitrootlogin yes"),
            "passwd": _replaced(rich, "passwd", "carol:", ""),
        }
        scan(3, {"web-1": changed, "db-1": {name: said for name, said in rich.items() if name not in DENIED}})
        scan(2, {"web-1": rich, "db-1": rich}, "host/web-1")
        with suppress(DiedError):
            scan(1, {"web-1": changed, "db-1": rich}, stage=_die)
        shutil.copy(past / "store" / "log.pub", past / "first.pub")
        rotation.rotate(stamped, clock.now)
        scan(0, {"web-1": changed, "db-1": rich})
        shutil.copy(tsa.root_file, past / "authority.pem")


def _narrow(selection: Any) -> None:
    """Install fewer collectors, and only the checks that read nothing else."""
    collectors_of, all_checks = selection.collectors_of, selection.all_checks
    kept = {name: each for name, each in collectors_of("host").items() if name.startswith(COLLECTORS)}
    kinds = {kind for each in kept.values() for kind in each.kinds}
    judging = {name: check for name, check in all_checks().items() if check.kinds <= kinds}
    selection.collectors_of = lambda _name: kept
    selection.all_checks = lambda: judging


def _nothing(_stage: str) -> None:
    return


def _die(stage: str) -> None:
    if stage == "judging":
        raise DiedError


def _configuration(past: Path, authority: Mapping[str, str]) -> Any:
    written = past.parent / "config.yaml"
    store = {
        "folder": str(past / "store"),
        "key": str(past / "keys" / "signing-key.pem"),
        "timestamps": [dict(authority)],
    }
    hosts = [{"name": "web-1"}, {"name": "db-1"}]
    written.write_text(yaml.safe_dump({"store": store, "sources": {"host": hosts}}), encoding="utf-8")
    loaded = importlib.import_module("runs.configuration").load(written, {}, past.parent)
    return replace(loaded, publish=(Path("published"),))


def _install(hosts: Mapping[str, Mapping[str, Any]]) -> None:
    provider: Any = importlib.import_module("collectors.host")
    provider.open_sources = recorded(hosts)


def recorded(hosts: Mapping[str, Mapping[str, Any]]) -> Callable[..., Iterator[Any]]:
    """What opens, as the provider of hosts does, twins of hosts that answer from these recordings."""
    answer_type = importlib.import_module("collectors.host.facts").Answer
    twin = importlib.import_module("tests.twins").RecordedHost

    def open_sources(settings: Sequence[Any], collectors: Sequence[Any], _clock: object) -> Iterator[Any]:
        facts = {fact.name: fact for collector in collectors for fact in collector.permissions}
        for host in settings:
            said = hosts[host.name]
            answers = {
                fact: answer_type(said[name]["output"].encode(), said[name]["error"], said[name]["status"])
                for name, fact in sorted(facts.items())
                if name in said
            }
            yield twin(answers, host.name)

    return open_sources


def _replaced(recorded: Mapping[str, dict[str, Any]], fact: str, begins: str, line: str) -> dict[str, Any]:
    """The answer to a fact with the line that begins so replaced, or, by nothing, left out."""
    lines = recorded[fact]["output"].splitlines()
    if not any(each.startswith(begins) for each in lines):
        raise ValueError(f"{fact} has no line that begins with {begins}")
    kept = [line if each.startswith(begins) else each for each in lines]
    return recorded[fact] | {"output": "".join(f"{each}\n" for each in kept if each)}


def _merge_write_ahead_log(store: Path) -> None:
    """All of the database in one file, and no locks of scans that are over."""
    connection = sqlite3.connect(store / "evidence.db")
    connection.execute("VACUUM")
    connection.execute("PRAGMA journal_mode=DELETE")
    connection.close()
    shutil.rmtree(store / "running")


def _pack(past: Path, archive: Path) -> None:
    with tarfile.open(archive, "w:xz") as packed:
        for path in sorted(past.rglob("*")):
            entry = packed.gettarinfo(path, str(path.relative_to(past)))
            entry.uid = entry.gid = entry.mtime = 0
            entry.uname = entry.gname = ""
            if path.is_file():
                with path.open("rb") as content:
                    packed.addfile(entry, content)
            else:
                packed.addfile(entry)


def _checkout() -> Path:
    """The code that seals: the first folder of PYTHONPATH, which must be a checkout."""
    folder = Path(os.environ.get("PYTHONPATH", "").split(os.pathsep)[0]).resolve()
    if not (folder / RECORDING).is_file():
        raise SystemExit("error: PYTHONPATH must begin with a checkout of the revision to make a store of")
    return folder


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
