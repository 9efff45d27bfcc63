"""Errors that are answers, of services that keep data: there is no policy, no vault, no service in this region."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from core.engine import Collected
from tests.collectors.aws.server import RESET, Canned
from tests.collectors.aws.world import CHECKS, COLLECTORS, World, judge, run, world

REGION = "eu-west-1"
NOWHERE = "eu-nowhere-9"
"""A region of which the SDK knows nothing."""


@pytest.fixture
def found() -> Iterator[World]:
    with world().environment():
        yield world()


def error(code: str, status: int = 404) -> Canned:
    return Canned({"message": "there is none", "code": code, "__type": code}, status, {"x-amzn-errortype": code})


def look(found: World, name: str, scope: str = REGION) -> Collected:
    place = found.places()[name, REGION]
    place.scope = scope
    return run(COLLECTORS[name], place)


def resources(collected: Collected) -> list[Any]:
    return [each for evidence in collected.evidence for each in evidence.resources]


@pytest.mark.parametrize(
    ("name", "operation", "code"),
    [
        ("aws.backup.vaults", "backup:GetBackupVaultAccessPolicy", "ResourceNotFoundException"),
        ("aws.efs.file_systems", "efs:DescribeFileSystemPolicy", "PolicyNotFound"),
        ("aws.glacier.vaults", "glacier:GetVaultAccessPolicy", "ResourceNotFoundException"),
        ("aws.glue.catalog", "glue:GetResourcePolicy", "EntityNotFoundException"),
        ("aws.kafka.clusters", "kafka:GetClusterPolicy", "NotFoundException"),
    ],
)
def test_no_policy_is_an_answer(
    found: World, monkeypatch: pytest.MonkeyPatch, name: str, operation: str, code: str
) -> None:
    monkeypatch.setitem(found.server.canned, operation, error(code))
    collected = look(found, name)
    assert collected.unit.gaps == ()
    assert [each.statements for each in resources(collected)] == [()] * len(resources(collected)) != []


def test_no_backup_policy_means_no_automatic_backups(found: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(found.server.canned, "efs:DescribeBackupPolicy", error("PolicyNotFound"))
    assert {each.backs_itself_up for each in resources(look(found, "aws.efs.file_systems"))} == {False}


def test_a_vault_that_nobody_locked(found: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(found.server.canned, "glacier:GetVaultLock", error("ResourceNotFoundException"))
    assert [each.lock for each in resources(look(found, "aws.glacier.vaults"))] == [""]


def test_an_account_that_glacier_does_not_take_any_more_has_no_vaults(
    found: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(found.server.canned, "glacier:ListVaults", error("NoLongerSupportedException", 400))
    collected = look(found, "aws.glacier.vaults")
    assert collected.unit.gaps == ()
    assert resources(collected) == []


@pytest.mark.parametrize(
    ("name", "operation"),
    [
        ("aws.bedrock.region", "bedrock:GetModelInvocationLoggingConfiguration"),
        ("aws.efs.file_systems", "efs:DescribeFileSystems"),
        ("aws.emr.clusters", "emr:ListClusters"),
        ("aws.fsx.file_systems", "fsx:DescribeFileSystems"),
        ("aws.sagemaker.models", "sagemaker:ListModels"),
    ],
)
def test_silence_is_an_answer_only_where_the_service_is_not_offered(
    found: World, monkeypatch: pytest.MonkeyPatch, name: str, operation: str
) -> None:
    monkeypatch.setitem(found.server.refuse, operation, RESET)
    nowhere = look(found, name, NOWHERE)
    assert (nowhere.unit.gaps, resources(nowhere)) == ((), [])
    assert "no answer" in look(found, name).unit.gaps[0].reason


def test_emr_that_does_not_say_whether_it_blocks_is_unknown(found: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS documents the member as one that is always there; moto leaves it out where nobody has set it."""
    silent = Canned({"BlockPublicAccessConfiguration": {}, "BlockPublicAccessConfigurationMetadata": {}})
    monkeypatch.setitem(found.server.canned, "emr:GetBlockPublicAccessConfiguration", silent)
    collected = look(found, "aws.emr.region")
    assert collected.unit.gaps == ()
    (finding,) = judge(collected.evidence, [CHECKS["aws.emr.region_blocks_public_clusters"]])
    assert finding.verdict.status == "unknown"
    assert "EMR did not say whether it blocks" in finding.verdict.reason


def test_a_type_of_file_share_that_is_new_is_a_gap(found: World, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = Canned({"FileShareInfoList": [{"FileShareARN": "arn:1", "FileShareType": "FTP"}]})
    monkeypatch.setitem(found.server.canned, "storagegateway:ListFileShares", listed)
    assert "type FTP" in look(found, "aws.storagegateway.shares").unit.gaps[0].reason


def test_shares_of_a_portfolio_are_read_to_the_last_page(found: World, monkeypatch: pytest.MonkeyPatch) -> None:
    operation = "servicecatalog:DescribePortfolioShares"
    asked = found.server.calls[operation]
    first = {"PortfolioShareDetails": [{"PrincipalId": "111111111111", "Type": "ACCOUNT"}], "NextPageToken": "2"}
    second = {"PortfolioShareDetails": [{"PrincipalId": "222222222222", "Type": "ACCOUNT"}]}

    class Pages(Canned):
        @property
        def data(self) -> bytes:
            return Canned(first if found.server.calls[operation] == asked + 1 else second).data

    monkeypatch.setitem(found.server.canned, operation, Pages(None))
    (portfolio,) = resources(look(found, "aws.servicecatalog.portfolios"))
    assert portfolio.accounts == ("111111111111", "222222222222")
    assert found.server.calls[operation] == asked + 2
