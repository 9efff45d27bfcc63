"""What a whole run must show beyond its tests.

A check nobody has seen fail is not a check: the run fails unless every check was seen to pass and to fail. In CI a test
that was skipped fails it too.
"""

from __future__ import annotations

import gc
import os
import secrets
import signal
from typing import Any

import pytest

import checks
from core.model import Status, Verdict
from core.plugins import Check, discover

pytest_plugins = ("tests.postgresql", "tests.statements")
"""Fixtures that give databases to whoever asks for one, and what makes these cheap."""

SEED = "ANNEXA_SEED"
"""The variable with the seed of tests that choose at random and say so."""

if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:  # as a shell starts what it puts in the background
    signal.signal(signal.SIGINT, signal.default_int_handler)  # or whatever we start could not be interrupted either

seen: set[tuple[str, str]] = set()
_original = Check.__call__


def _watched(self: Check[...], *arguments: Any, **keywords: Any) -> Verdict:
    verdict = _original(self, *arguments, **keywords)
    if isinstance(verdict, Verdict):  # tests of the engine have checks that return something else
        seen.add((self.id, str(verdict.status)))
    return verdict


Check.__call__ = _watched  # type: ignore[method-assign]


class Gate:
    """Gathers what the workers of a parallel run saw; the process that started them judges."""

    def __init__(self) -> None:
        self.seen: set[tuple[str, str]] = set()
        self.skipped: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped:
            self.skipped.append(report.nodeid)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        self.seen |= {tuple(pair) for pair in getattr(node, "workeroutput", {}).get("seen", ())}


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Gate(), "seen-to-pass-and-fail")
    os.environ.setdefault(SEED, str(secrets.randbelow(2**32)))  # which the workers of a parallel run inherit


def pytest_collection_finish() -> None:
    """Leave what the tests themselves are out of the garbage collector's rounds."""
    leave_alone_what_stays()


def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """The same with what a module's tests left behind for others: servers, estates, libraries."""
    if nextitem is not None and nextitem.path != item.path:
        leave_alone_what_stays()


def leave_alone_what_stays() -> None:
    """A worker holds some fifteen thousand tests, and each scan asks the collector for a whole round: most of the time
    of a small scan went there."""
    gc.collect()
    gc.freeze()


def pytest_report_header() -> str:
    return f"{SEED}={os.environ[SEED]} makes the same random choices again"


def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["seen"] = sorted(seen)
        return
    gate = session.config.pluginmanager.get_plugin("seen-to-pass-and-fail")
    chosen = session.config.option
    whole = (
        session.config.args == session.config.getini("testpaths") and not chosen.keyword and chosen.markexpr != "soak"
    )
    if not whole or session.testsfailed or gate is None:
        return  # only a whole run can tell
    missing = sorted(_wanted() - seen - gate.seen)
    for check, status in missing:
        print(f"\nno test has seen {check} conclude {status}")  # noqa: T201 - pytest's own output
    skipped = gate.skipped if os.environ.get("CI") else []
    for test in skipped:
        print(f"\nskipped, which CI does not allow: {test}")  # noqa: T201
    if missing or skipped:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _wanted() -> set[tuple[str, str]]:
    found = discover([checks], Check)
    return {(check, status.value) for check in found for status in (Status.PASS, Status.FAIL)}


@pytest.fixture(autouse=True)
def _no_foreign_configuration(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No test may read or write the configuration, key or data of the person who runs it."""
    home = tmp_path_factory.getbasetemp() / "home"
    home.mkdir(exist_ok=True)
    monkeypatch.setenv("HOME", str(home))
    for name in ("ANNEXA_CONFIG", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
