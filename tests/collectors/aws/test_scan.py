"""Whole scans of AWS: from the configuration to sealed evidence, and back again without AWS."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

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
from tests.collectors.aws.world import REGIONS, World, say_what_is_asked, world

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SOURCES = f"sources: {{aws: [{{regions: [{', '.join(REGIONS)}]}}]}}\n"
MEMBERS = f"sources: {{aws: [{{profile: '', accounts: organization, regions: [{REGIONS[0]}]}}]}}\n"


class Audit:
    """Scans of one store, an hour apart."""

    def __init__(self, folder: Path, text: str) -> None:
        self.folder = folder
        self.text = text
        self.now = NOW

    @property
    def configuration(self) -> Configuration:
        return read(read_document("config.yaml", self.text), dict(os.environ), self.folder)

    def scan(self, **wish: Any) -> Report:
        self.now += timedelta(hours=1)
        done = scan(self.configuration, Wish(**wish), lambda: self.now, trigger="test", progress=Progress())
        with Store.open(self.configuration.location) as store:
            return report(self.configuration, store, self.now, done=done)


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[World]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("collectors.aws.install_hooks", say_what_is_asked)
    the_world = world()
    with the_world.environment():
        yield the_world
    the_world.server.refuse.clear()


def sources(shown: Report) -> set[str]:
    return {finding.source for finding in shown.findings}


def test_a_scan_is_sealed_and_reperformed_without_aws(found: World, tmp_path: Path) -> None:
    audit = Audit(tmp_path, SOURCES)
    shown = audit.scan()
    assert sources(shown) == {"aws/default"}
    assert {each.scope for each in shown.findings if each.check == "aws.kms.key_rotates"} == set(REGIONS)
    found.server.refuse = dict.fromkeys(found.server.calls, "reset")
    asked = found.server.calls.total()
    with Store.open(audit.configuration.location) as store:
        again = reperform(store, Asked())
    assert {each.answer for each in again.units} == {Answer.REPRODUCED}
    assert {each.answer for each in again.checks} == {Answer.REPRODUCED}
    assert again.broken == ()
    assert found.server.calls.total() == asked


def test_refusals_are_reperformed_as_well(found: World, tmp_path: Path) -> None:
    found.server.refuse = {"kms:ListKeys": "expired", "s3:ListBuckets": "reset", "iam:GetAccountSummary": "cut off"}
    audit = Audit(tmp_path, SOURCES)
    shown = audit.scan(checks=("aws.kms", "aws.s3", "aws.iam_root"))
    assert {gap.collector for gap in shown.gaps} == {"aws.kms.keys", "aws.s3.buckets", "aws.iam.account"}
    with Store.open(audit.configuration.location) as store:
        again = reperform(store, Asked())
    assert {each.answer for each in again.units} == {Answer.REPRODUCED}


def test_a_key_that_keeps_us_out_hides_no_other(found: World, tmp_path: Path) -> None:
    found.server.refuse = {"kms:DescribeKey": "denied"}
    shown = Audit(tmp_path, SOURCES).scan(checks=("aws.kms.key_rotates",))
    assert {each.status for each in shown.findings} == {"unknown"}
    seen = [each for (name, _), each in found.everything.items() if name == "aws.kms.keys"]
    assert len(shown.findings) == sum(len(one.resources) for each in seen for one in each.evidence)
    assert shown.gaps == ()


def test_one_check_asks_only_for_what_it_needs(found: World, tmp_path: Path) -> None:
    found.server.calls.clear()
    Audit(tmp_path, SOURCES).scan(checks=("aws.kms.key_rotates",))
    assert {operation.partition(":")[0] for operation in found.server.calls} == {"sts", "ec2", "kms"}


def test_regions_that_cannot_be_listed_are_asked_as_before_and_nothing_ends(found: World, tmp_path: Path) -> None:
    audit, wish = Audit(tmp_path, SOURCES), ("aws.kms", "aws.s3", "aws.survey")
    before = {(f.check, f.scope, f.resource): f.status for f in audit.scan(checks=wish).findings}
    found.server.refuse = {"ec2:DescribeRegions": "denied"}
    after = {(f.check, f.scope, f.resource): f.status for f in audit.scan(checks=wish).findings}
    assert {key for key in before if after.get(key) != before[key]} == set()
    assert after["aws.survey.enabled_region_is_looked_at", "", "*"] == "unknown"


def test_expired_credentials_make_everything_unknown_and_end_nothing(found: World, tmp_path: Path) -> None:
    audit, wish = Audit(tmp_path, SOURCES), ("aws.kms", "aws.s3", "aws.cloudtrail", "aws.iam_root", "aws.survey")
    before = {(f.check, f.scope, f.resource): f.status for f in audit.scan(checks=wish).findings}
    found.server.refuse = dict.fromkeys(found.server.calls, "expired")
    after = {(f.check, f.scope, f.resource): f.status for f in audit.scan(checks=wish).findings}
    assert {key for key in before if after.get(key) not in (before[key], "unknown")} == set()
    silent = {key for key in before if "unknown" not in (after[key], after.get((key[0], key[1], "*"))) and key[1]}
    assert silent == set(), "nothing says that these could not be looked at"


def test_an_organization_is_looked_at_account_by_account(found: World, tmp_path: Path) -> None:
    audit, wish = Audit(tmp_path, MEMBERS), ("aws.kms", "aws.survey")
    shown = audit.scan(checks=wish)
    members = {each for each in sources(shown) if each.startswith("aws/default/")}
    assert len(members) == 3
    looked = {f.resource for f in shown.findings if f.check == "aws.survey.member_account_is_looked_at"}
    assert members == {f"aws/default/{number}" for number in looked}
    found.server.refuse = {"organizations:ListAccounts": "denied"}
    again = audit.scan(checks=wish)
    assert {each for each in sources(again) if each.startswith("aws/default/")} == members


def test_one_account_of_an_organization_can_be_asked_for(found: World, tmp_path: Path) -> None:
    audit = Audit(tmp_path, MEMBERS)
    everybody = audit.scan(checks=("aws.kms",))
    one = min(each for each in sources(everybody) if each.count("/") == 2)
    narrowed = audit.scan(sources=(one,), checks=("aws.kms",))
    assert sources(narrowed) == sources(everybody)  # those that were not asked for stand as they were


def test_doctor_says_as_whom_aws_knows_us(found: World, tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(SOURCES)
    said = {each.subject: each for each in diagnose(None, dict(os.environ), tmp_path, lambda: NOW)}
    assert said["aws/default"].state == "good"
    assert said["aws/default"].finding.startswith("reached as arn:aws:sts::123456789012:")
    found.server.refuse = {"sts:GetCallerIdentity": "expired"}
    said = {each.subject: each for each in diagnose(None, dict(os.environ), tmp_path, lambda: NOW)}
    assert said["aws/default"].state == "bad"
    assert "aws sso login" in said["aws/default"].remedy
