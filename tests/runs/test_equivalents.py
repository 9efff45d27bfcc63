"""Every exchange can be shown as something a person can do, whatever its provider offers."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from core.errors import AnnexaError
from core.model import Exchange, Unit
from runs import equivalents as module
from runs.equivalents import equivalents
from tests.twins import NOW

UNIT = Unit(
    collector="host.sshd.sshd", version="1", source="host/web-1", scope="", principal="root", started=NOW, finished=NOW
)


def exchange(**parameters: str) -> Exchange:
    return Exchange(operation="ask", parameters=parameters, response="", size=0, status="0", at=NOW, duration_ms=0)


def provided(monkeypatch: pytest.MonkeyPatch, **hooks: object) -> None:
    monkeypatch.setattr(module, "collector_with_provider", lambda *_: (None, "meadow", SimpleNamespace(**hooks)))


def test_a_provider_says_it_in_its_own_words() -> None:
    assert equivalents(UNIT, [exchange(command="uname -r")]) == ["LC_ALL=C uname -r"]


def test_without_words_of_its_own_all_that_was_asked_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    provided(monkeypatch)
    assert equivalents(UNIT, [exchange(what="two roses", by="ada"), exchange()]) == [
        "ask by=ada what='two roses'",
        "ask",
    ]


def test_a_collector_that_is_gone_hides_nothing() -> None:
    nobody = Unit(collector="zebra.c", version="1", source="zebra/1", scope="", principal="", started=NOW, finished=NOW)
    assert equivalents(nobody, [exchange(a="b")]) == ["ask a=b"]


def test_an_sdk_that_is_not_installed_hides_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object) -> None:
        raise AnnexaError("the provider aws needs boto3, which is not installed")

    monkeypatch.setattr(module, "collector_with_provider", missing)
    assert equivalents(UNIT, [exchange(a="b")]) == ["ask a=b"]


def test_a_provider_that_stumbles_over_old_evidence_hides_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def stumbles(unit: Unit, exchange: Exchange) -> str:
        raise KeyError("region")

    provided(monkeypatch, equivalent=stumbles)
    assert equivalents(UNIT, [exchange(a="b")]) == ["ask a=b"]
    assert "ask cannot be said as a command: KeyError" in caplog.text
