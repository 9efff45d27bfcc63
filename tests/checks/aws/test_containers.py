"""Truth tables of the checks of ECR, ECS and EKS."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from checks.aws.ecr import (
    newest_image_has_no_serious_findings,
    repository_drops_old_images,
    repository_is_not_public,
    repository_is_scanned,
    repository_keeps_tags,
    repository_lets_in_approved_accounts,
)
from checks.aws.ecs import (
    cluster_is_watched,
    commands_in_containers_are_logged,
    containers_are_logged,
    containers_are_not_privileged,
    containers_cannot_change_themselves,
    containers_on_the_network_of_the_host_do_not_run_as_root,
    service_has_no_public_addresses,
    service_runs_on_the_newest_platform,
    task_keeps_no_secrets_in_its_environment,
    task_stays_apart_from_its_host,
)
from checks.aws.eks import (
    LOGS,
    cluster_is_not_open_to_the_internet,
    cluster_is_reached_from_within,
    cluster_logs_what_its_control_plane_does,
    cluster_secrets_are_encrypted_with_our_key,
    cluster_version_gets_fixes,
    nodes_do_not_let_the_internet_sign_in,
)
from core.resource import NotObservedError, unobserved
from core.resources.aws.ecr import NewestImage, Repository
from core.resources.aws.ecs import Cluster, Service, TaskContainer, TaskDefinition
from core.resources.aws.eks import KubernetesCluster, NodeGroup, VersionSupport
from tests.checks.aws.making import ACCOUNT, OTHER, account, everybody, policy, status

DAY = datetime(2026, 11, 1, tzinfo=UTC)


def image(**changes: Any) -> NewestImage:
    return NewestImage(**{"digest": "sha256:1", "pushed": DAY, "scan": "COMPLETE", "serious": 0, **changes})


def repository(**changes: Any) -> Repository:
    given: dict[str, Any] = {
        "id": f"arn:aws:ecr:eu-west-1:{ACCOUNT}:repository/web",
        "name": "web",
        "mutability": "IMMUTABLE",
        "other_tags": (),
        "scanned": "SCAN_ON_PUSH",
        "drops_images": True,
        "statements": (),
        "newest": image(),
    }
    return Repository(**{**given, **changes})


def task(*containers: dict[str, Any], **changes: Any) -> TaskDefinition:
    given: dict[str, Any] = {"id": "arn", "family": "web", "revision": 3, "network": "awsvpc", "shares": ()}
    safe = {"name": "web", "privileged": False, "user": "", "read_only": True, "log_driver": "awslogs", "secrets": ()}
    made = tuple(TaskContainer(**{**safe, **each}) for each in containers or ({},))
    return TaskDefinition(**{**given, **changes}, containers=made)


def cluster(**changes: Any) -> Cluster:
    given = {"id": "arn", "name": "shop", "status": "ACTIVE", "insights": "enhanced", "command_log": "OVERRIDE"}
    return Cluster(**{**given, **changes})


def kubernetes(**changes: Any) -> KubernetesCluster:
    given: dict[str, Any] = {
        "id": "arn",
        "name": "shop",
        "version": "1.34",
        "support": VersionSupport(status="STANDARD_SUPPORT", standard_ends=DAY),
        "public": False,
        "public_from": (),
        "private": True,
        "secrets_key": "arn:aws:kms:eu-west-1:1:key/1",
        "logs": LOGS,
    }
    return KubernetesCluster(**{**given, **changes})


def test_who_may_use_a_repository() -> None:
    assert status(repository_is_not_public(repository())) == "pass"
    assert status(repository_is_not_public(repository(statements=policy(everybody("ecr:BatchGetImage"))))) == "fail"
    alien = repository(statements=policy(account(OTHER, "ecr:PutImage")))
    assert status(repository_lets_in_approved_accounts(alien)) == "fail"
    assert status(repository_lets_in_approved_accounts(alien, approved=(OTHER,))) == "pass"


@pytest.mark.parametrize(
    ("scanned", "expected"), [("SCAN_ON_PUSH", "pass"), ("CONTINUOUS_SCAN", "pass"), ("MANUAL", "fail")]
)
def test_repository_is_scanned(scanned: str, expected: str) -> None:
    assert status(repository_is_scanned(repository(scanned=scanned))) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "pass"),
        ({"newest": image(serious=3)}, "fail"),
        ({"newest": image(serious=None, scan="FAILED")}, "unknown"),
        ({"newest": image(serious=None, scan="")}, "unknown"),
        ({"newest": None}, "not_applicable"),
        ({"newest": image(serious=3), "scanned": "CONTINUOUS_SCAN"}, "not_applicable"),
    ],
)
def test_newest_image_has_no_serious_findings(changes: dict[str, Any], expected: str) -> None:
    assert status(newest_image_has_no_serious_findings(repository(**changes))) == expected


def test_images_that_were_not_seen_are_unknown() -> None:
    with pytest.raises(NotObservedError):
        newest_image_has_no_serious_findings(repository(newest=unobserved("denied")))


def test_tags_and_old_images() -> None:
    assert status(repository_keeps_tags(repository())) == "pass"
    for tags, expected in ((("latest*",), "pass"), (("**", "latest"), "fail")):
        found = repository(mutability="IMMUTABLE_WITH_EXCLUSION", other_tags=tags)
        assert status(repository_keeps_tags(found)) == expected
    assert status(repository_keeps_tags(repository(mutability="MUTABLE"))) == "fail"
    assert status(repository_drops_old_images(repository())) == "pass"
    assert status(repository_drops_old_images(repository(drops_images=False))) == "fail"


@pytest.mark.parametrize(
    ("judge", "changes"),
    [
        (containers_are_logged, {"log_driver": ""}),
        (containers_are_logged, {"log_driver": "none"}),
        (containers_are_not_privileged, {"privileged": True}),
        (task_keeps_no_secrets_in_its_environment, {"secrets": ("DB_PASSWORD (value)",)}),
        (containers_cannot_change_themselves, {"read_only": False}),
    ],
)
def test_one_container_of_two_fails_a_task(judge: Any, changes: dict[str, Any]) -> None:
    assert status(judge(task())) == "pass"
    verdict = judge(task({}, {"name": "job", **changes}))
    assert status(verdict) == "fail"
    assert "job" in verdict.reason
    assert "web," not in verdict.reason


def test_task_stays_apart_from_its_host() -> None:
    assert status(task_stays_apart_from_its_host(task())) == "pass"
    assert status(task_stays_apart_from_its_host(task(shares=("processes",)))) == "fail"


@pytest.mark.parametrize(
    ("network", "users", "expected"),
    [
        ("awsvpc", ("root",), "not_applicable"),
        ("", ("root",), "not_applicable"),
        ("host", ("1000",), "pass"),
        ("host", ("1000", "root"), "fail"),
        ("host", ("0:0",), "fail"),
        ("host", ("", "root"), "fail"),
        ("host", ("", "1000"), "unknown"),
    ],
)
def test_root_on_the_network_of_the_host(network: str, users: tuple[str, ...], expected: str) -> None:
    found = task(*({"user": user} for user in users), network=network)
    assert status(containers_on_the_network_of_the_host_do_not_run_as_root(found)) == expected


@pytest.mark.parametrize(
    ("public", "approved", "expected"), [(False, (), "pass"), (True, (), "fail"), (True, ("web",), "pass")]
)
def test_service_has_no_public_addresses(public: bool, approved: tuple[str, ...], expected: str) -> None:
    service = Service(id="arn", name="web", public_address=public, platform="LATEST", system="Linux")
    assert status(service_has_no_public_addresses(service, approved=approved)) == expected


@pytest.mark.parametrize(
    ("platform", "system", "expected"),
    [
        ("LATEST", "Linux", "pass"),
        ("1.4.0", "Linux", "pass"),
        ("1.3.0", "Linux", "fail"),
        ("1.0.0", "Linux", "fail"),
        ("1.0.0", "WINDOWS_SERVER_2022_CORE", "pass"),
        ("", "", "not_applicable"),
    ],
)
def test_service_runs_on_the_newest_platform(platform: str, system: str, expected: str) -> None:
    service = Service(id="arn", name="web", public_address=False, platform=platform, system=system)
    assert status(service_runs_on_the_newest_platform(service)) == expected


@pytest.mark.parametrize(
    ("changes", "watched", "logged"),
    [
        ({}, "pass", "pass"),
        ({"insights": "disabled", "command_log": "NONE"}, "fail", "fail"),
        ({"insights": "enabled", "command_log": "DEFAULT"}, "pass", "pass"),
        ({"status": "INACTIVE"}, "not_applicable", "not_applicable"),
    ],
)
def test_clusters(changes: dict[str, Any], watched: str, logged: str) -> None:
    assert status(cluster_is_watched(cluster(**changes))) == watched
    assert status(commands_in_containers_are_logged(cluster(**changes))) == logged


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "pass"),
        ({"public": True, "public_from": ("198.51.100.0/24",)}, "pass"),
        ({"public": True, "public_from": ("198.51.100.0/24", "0.0.0.0/0")}, "fail"),
        ({"public": True, "public_from": ("::/0",)}, "fail"),
        ({"public": True, "public_from": ("0.0.0.0/1", "128.0.0.0/1")}, "fail"),
        ({"public": True}, "unknown"),
    ],
)
def test_cluster_is_not_open_to_the_internet(changes: dict[str, Any], expected: str) -> None:
    assert status(cluster_is_not_open_to_the_internet(kubernetes(**changes))) == expected


@pytest.mark.parametrize(
    ("judge", "changes"),
    [
        (cluster_is_reached_from_within, {"private": False}),
        (cluster_secrets_are_encrypted_with_our_key, {"secrets_key": ""}),
        (cluster_logs_what_its_control_plane_does, {"logs": ("api",)}),
        (cluster_version_gets_fixes, {"support": None}),
        (cluster_version_gets_fixes, {"support": VersionSupport(status="EXTENDED_SUPPORT", standard_ends=DAY)}),
        (cluster_version_gets_fixes, {"support": VersionSupport(status="UNSUPPORTED", standard_ends=None)}),
    ],
)
def test_kubernetes(judge: Any, changes: dict[str, Any]) -> None:
    assert status(judge(kubernetes())) == "pass"
    assert status(judge(kubernetes(**changes))) == "fail"


def test_a_state_of_support_that_nobody_knows_is_unknown() -> None:
    strange = kubernetes(support=VersionSupport(status="PREVIEW", standard_ends=None))
    assert status(cluster_version_gets_fixes(strange)) == "unknown"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [({}, "pass"), ({"ssh_from": ()}, "fail"), ({"ssh_key": "", "ssh_from": ()}, "not_applicable")],
)
def test_nodes_do_not_let_the_internet_sign_in(changes: dict[str, Any], expected: str) -> None:
    given = {"id": "arn", "name": "workers", "cluster": "shop", "ssh_key": "operators", "ssh_from": ("sg-1",)}
    assert status(nodes_do_not_let_the_internet_sign_in(NodeGroup(**{**given, **changes}))) == expected
