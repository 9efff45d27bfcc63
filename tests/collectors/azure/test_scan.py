"""Whole scans of Azure: from the configuration to sealed evidence, and back again without Azure."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from collectors.azure import _connection
from core.settings import read_document
from evidence_store.store import Store
from runs.configuration import Configuration, read
from runs.diagnosis import diagnose
from runs.reperform import Asked, reperform
from runs.reperformance import Answer
from runs.report import Report
from runs.scan import Progress, scan
from runs.selection import Wish
from runs.state import report
from tests.azure_server import Azure, AzureServer
from tests.collectors.azure.estate import BAD, GOOD, estate
from tests.collectors.azure.world import AS_OF, OneToken


class Audit:
    """Scans of one store, an hour apart."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now = AS_OF

    @property
    def configuration(self) -> Configuration:
        return read(read_document("config.yaml", "sources: {azure: [{}]}\n"), dict(os.environ), self.folder)

    def scan(self, **wish: Any) -> Report:
        self.now += timedelta(hours=1)
        done = scan(self.configuration, Wish(**wish), lambda: self.now, trigger="test", progress=Progress())
        with Store.open(self.configuration.location) as store:
            return report(self.configuration, store, self.now, done=done)


@pytest.fixture
def azure() -> Azure:
    return estate()


@pytest.fixture
def audit(azure: Azure, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Audit]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(_connection, "credential", lambda _settings: OneToken())
    with AzureServer(azure) as server:
        monkeypatch.setenv("AZURE_RESOURCE_MANAGER_ENDPOINT", server.url)
        yield Audit(tmp_path)


def test_a_scan_is_sealed_and_reperformed_without_azure(azure: Azure, audit: Audit) -> None:
    shown = audit.scan()
    assert {finding.source for finding in shown.findings} == {"azure/default"}
    assert {each.scope for each in shown.findings if each.check == "azure.key_vault.key_rotates"} == {GOOD, BAD}
    assert shown.gaps == ()
    asked = len(azure.asked)
    with Store.open(audit.configuration.location) as store:
        again = reperform(store, Asked())
    assert {each.answer for each in again.units} == {Answer.REPRODUCED}
    assert {each.answer for each in again.checks} == {Answer.REPRODUCED}
    assert len(azure.asked) == asked


def test_one_check_asks_only_for_what_it_needs_and_lost_reach_ends_nothing(azure: Azure, audit: Audit) -> None:
    wish = ("azure.key_vault.vault_survives_deletion", "azure.survey")
    before = {(f.check, f.scope, f.resource): f.status for f in audit.scan(checks=wish).findings}
    below = {each.partition("/providers/")[2].split("/")[0] for each in azure.asked if "/providers/" in each}
    assert below == {"Microsoft.Management", "Microsoft.Authorization", "Microsoft.ResourceGraph"}
    azure.denied = [f"{BAD}/providers/microsoft.authorization/roleassignments"]
    azure.items = {name: item for name, item in azure.items.items() if BAD not in name}
    after = {(f.check, f.scope, f.resource): f.status for f in audit.scan(checks=wish).findings}
    assert {key for key in before if after.get(key) != before[key]} == set()
    assert after["azure.key_vault.vault_survives_deletion", "tenant", "*"] == "unknown"


def test_doctor_says_as_whom_azure_knows_us(azure: Azure, audit: Audit) -> None:
    (audit.folder / "config.yaml").write_text("sources: {azure: [{}]}\n")
    said = {each.subject: each for each in diagnose(None, dict(os.environ), audit.folder, lambda: AS_OF)}
    assert (said["azure/default"].state, said["azure/default"].finding[:11]) == ("good", "reached as ")
    azure.denied = [""]
    said = {each.subject: each for each in diagnose(None, dict(os.environ), audit.folder, lambda: AS_OF)}
    assert said["azure/default"].state == "warning"
    assert "annexa permissions azure" in said["azure/default"].remedy
