"""Truth tables of the checks of what keeps data, of keys and secrets, of clusters and zones."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from checks.gcp.dns import zone_is_signed
from checks.gcp.encryption import (
    bucket_has_a_key_of_ours,
    database_has_a_key_of_ours,
    dataproc_cluster_has_a_key_of_ours,
    dataset_has_a_key_of_ours,
    destroyed_key_can_be_brought_back,
    disk_has_a_key_of_ours,
    key_rotates,
    secret_is_renewed,
)
from checks.gcp.kubernetes import (
    cluster_has_no_legacy_sign_in,
    cluster_logs_its_system,
    control_plane_takes_named_networks_only,
    nodes_are_shielded,
    nodes_are_upgraded,
    nodes_have_an_account_of_their_own,
    nodes_have_no_public_addresses,
    rules_between_pods_are_enforced,
    secrets_are_encrypted_with_a_key,
    workloads_have_identities,
)
from checks.gcp.storage import (
    bucket_is_not_public,
    bucket_knows_policies_only,
    database_has_safe_settings,
    database_is_backed_up,
    database_is_not_open_to_everybody,
    database_wants_tls,
    postgresql_logs_who_does_what,
)
from core.resource import NotObservedError
from core.resources.gcp.compute import Disk
from core.resources.gcp.data import (
    Bucket,
    CryptoKey,
    DataprocCluster,
    Dataset,
    DnsZone,
    KubernetesCluster,
    Secret,
    SqlInstance,
)
from core.resources.gcp.iam import Denials, IamPolicy, OrganizationPolicy
from tests.checks.gcp.making import (
    AS_OF,
    ORGANIZATION,
    SHOP,
    all_of,
    binding,
    common,
    containers,
    organization_policy,
    policy,
    rule,
    status,
)

DAY = 86_400
OURS = "projects/p/locations/l/keyRings/r/cryptoKeys/k"


def bucket(**changes: Any) -> Bucket:
    given = common(
        uniform_access=True, public_access_prevention="inherited", key="", versioning=False, retention_seconds=None,
        retention_locked=False,
    )  # fmt: skip
    return Bucket(**{**given, **changes})


@pytest.mark.parametrize(("enforce", "expected"), [(True, "pass"), (False, "fail")])
def test_an_organization_policy_prevents_what_a_bucket_grants(enforce: bool, expected: str) -> None:
    granted = policy(
        binding("roles/storage.objectViewer", "allUsers"), name="//x/thing", kind="storage.googleapis.com/Bucket"
    )
    guardrail = organization_policy("storage.publicAccessPrevention", rule(enforce=enforce))
    found = bucket_is_not_public(
        bucket(), all_of(IamPolicy, granted), containers(), all_of(OrganizationPolicy, guardrail), all_of(Denials)
    )
    assert status(found) == expected


def database(**changes: Any) -> SqlInstance:
    given = common(
        engine="POSTGRES_16",
        public_address=True,
        networks=(),
        tls="ENCRYPTED_ONLY",
        key="",
        flags={},
        backups=True,
        replica=False,
    )
    return SqlInstance(**{**given, **changes})


@pytest.mark.parametrize(
    ("check", "make"),
    [
        (bucket_has_a_key_of_ours, bucket), (database_has_a_key_of_ours, database),
        (disk_has_a_key_of_ours, lambda key: Disk(**common(key=key))), (dataset_has_a_key_of_ours, lambda key: Dataset(**common(key=key))),
        (dataproc_cluster_has_a_key_of_ours, lambda key: DataprocCluster(**common(key=key))),
    ],
)  # fmt: skip
@pytest.mark.parametrize(("key", "expected"), [("", "fail"), (OURS, "pass"), ("supplied", "pass")])
def test_what_is_encrypted_with_a_key_of_ours(check: Any, make: Any, key: str, expected: str) -> None:
    assert status(check(make(key=key))) == expected


@pytest.mark.parametrize(("uniform", "expected"), [(True, "pass"), (False, "fail")])
def test_bucket_knows_policies_only(uniform: bool, expected: str) -> None:
    assert status(bucket_knows_policies_only(bucket(uniform_access=uniform))) == expected


@pytest.mark.parametrize(
    ("changes", "member", "expected"),
    [
        ({}, "user:ada@example.org", "pass"), ({}, "allUsers", "fail"), ({}, "allAuthenticatedUsers", "fail"), ({}, "", "pass"),
        ({"public_access_prevention": "enforced"}, "allUsers", "pass"), ({"uniform_access": False}, "", "unknown"),
        ({"uniform_access": False}, "allUsers", "fail"), ({"uniform_access": False, "public_access_prevention": "enforced"}, "", "pass"),
    ],
)  # fmt: skip
def test_bucket_is_not_public(changes: dict[str, Any], member: str, expected: str) -> None:
    granted = (
        [policy(binding("roles/storage.objectViewer", member), kind="storage.googleapis.com/Bucket", name="//x/thing")]
        if member
        else []
    )
    none = all_of(OrganizationPolicy)
    assert (
        status(
            bucket_is_not_public(bucket(**changes), all_of(IamPolicy, *granted), containers(), none, all_of(Denials))
        )
        == expected
    )
    if member == "allUsers" and not changes:
        assert (
            status(
                bucket_is_not_public(
                    bucket(), all_of(IamPolicy, *granted), containers(), none, all_of(Denials), approved=("thing",)
                )
            )
            == "pass"
        )


def test_a_policy_that_could_not_be_seen_may_let_in_everybody() -> None:
    with pytest.raises(NotObservedError):
        bucket_is_not_public(
            bucket(), all_of(IamPolicy, missing="denied"), containers(), all_of(OrganizationPolicy), all_of(Denials)
        )


def test_what_is_granted_above_a_bucket_reaches_it() -> None:
    for of in (SHOP, ORGANIZATION):
        above = all_of(IamPolicy, policy(binding("roles/storage.objectViewer", "allUsers"), of=of))
        assert (
            status(bucket_is_not_public(bucket(), above, containers(), all_of(OrganizationPolicy), all_of(Denials)))
            == "fail"
        )
    assert (
        status(
            bucket_is_not_public(
                bucket(), all_of(IamPolicy), containers(SHOP), all_of(OrganizationPolicy), all_of(Denials)
            )
        )
        == "unknown"
    )
    assert (
        status(
            bucket_is_not_public(
                bucket(), all_of(IamPolicy), containers(ORGANIZATION), all_of(OrganizationPolicy), all_of(Denials)
            )
        )
        == "unknown"
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"public_address": False, "networks": ("0.0.0.0/0",)}, "pass"), ({}, "pass"), ({"networks": ("0.0.0.0/0",)}, "fail"),
        ({"networks": ("0.0.0.0/1", "128.0.0.0/1")}, "fail"), ({"networks": ("192.0.2.7",)}, "pass"), ({"networks": ("192.0.2.0/24",)}, "pass"),
        ({"networks": ("::/0",)}, "fail"),
    ],
)  # fmt: skip
def test_database_is_not_open_to_everybody(changes: dict[str, Any], expected: str) -> None:
    assert status(database_is_not_open_to_everybody(database(**changes))) == expected


@pytest.mark.parametrize(
    ("engine", "flags", "expected"),
    [
        ("POSTGRES_16", {}, "not_applicable"), ("MYSQL_8_0", {}, "fail"), ("MYSQL_8_4", {"skip_show_database": "on"}, "unknown"),
        ("MYSQL_8_4", {"skip_show_database": "on", "local_infile": "off"}, "pass"),
        ("MYSQL_5_7", {"skip_show_database": "on"}, "fail"), ("MYSQL_5_7", {"skip_show_database": "ON", "local_infile": "0"}, "pass"),
        ("MYSQL_8_0", {"skip_show_database": "on", "local_infile": "on"}, "fail"), ("SQLSERVER_2022_STANDARD", {}, "fail"),
        ("SQLSERVER_2022_STANDARD", {"remote access": "off"}, "pass"), ("SQLSERVER_2019_WEB", {"remote access": "off", "external scripts enabled": "on"}, "fail"),
    ],
)  # fmt: skip
def test_database_has_safe_settings(engine: str, flags: dict[str, str], expected: str) -> None:
    assert status(database_has_safe_settings(database(engine=engine, flags=flags))) == expected


@pytest.mark.parametrize(
    ("tls", "expected"),
    [
        ("ENCRYPTED_ONLY", "pass"),
        ("TRUSTED_CLIENT_CERTIFICATE_REQUIRED", "pass"),
        ("ALLOW_UNENCRYPTED_AND_ENCRYPTED", "fail"),
    ],
)
def test_database_wants_tls(tls: str, expected: str) -> None:
    assert status(database_wants_tls(database(tls=tls))) == expected


GOOD = {"log_connections": "on", "log_disconnections": "1", "log_statement": "DDL"}


@pytest.mark.parametrize(
    ("engine", "flags", "expected"),
    [
        ("POSTGRES_16", GOOD, "pass"), ("POSTGRES_16", {}, "fail"), ("POSTGRES_16", {**GOOD, "log_min_messages": "panic"}, "fail"),
        ("POSTGRES_16", {**GOOD, "log_min_duration_statement": "100"}, "fail"), ("POSTGRES_16", {**GOOD, "log_connections": "off"}, "fail"),
        ("MYSQL_8_0", {}, "not_applicable"),
    ],
)  # fmt: skip
def test_postgresql_logs_who_does_what(engine: str, flags: dict[str, str], expected: str) -> None:
    assert status(postgresql_logs_who_does_what(database(engine=engine, flags=flags))) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [({}, "pass"), ({"backups": False}, "fail"), ({"backups": False, "replica": True}, "not_applicable")],
)
def test_database_is_backed_up(changes: dict[str, Any], expected: str) -> None:
    assert status(database_is_backed_up(database(**changes))) == expected


def key(**changes: Any) -> CryptoKey:
    given = common(
        purpose="ENCRYPT_DECRYPT", primary="ENABLED", protection="SOFTWARE", rotation_seconds=90 * DAY, next_rotation=AS_OF + timedelta(days=1),
        destroy_seconds=30 * DAY,
    )  # fmt: skip
    return CryptoKey(**{**given, **changes})


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "pass"), ({"rotation_seconds": None}, "fail"), ({"next_rotation": None}, "fail"), ({"rotation_seconds": 91 * DAY}, "fail"),
        ({"next_rotation": AS_OF - timedelta(days=1)}, "fail"), ({"next_rotation": AS_OF + timedelta(days=91)}, "fail"), ({"purpose": "ASYMMETRIC_SIGN"}, "not_applicable"),
        ({"primary": "DESTROYED", "rotation_seconds": None}, "not_applicable"), ({"primary": ""}, "pass"),
        ({"protection": "EXTERNAL_VPC"}, "not_applicable"), ({"protection": "HSM"}, "pass"),
    ],
)  # fmt: skip
def test_key_rotates(changes: dict[str, Any], expected: str) -> None:
    assert status(key_rotates(key(**changes), as_of=AS_OF)) == expected


@pytest.mark.parametrize(("seconds", "expected"), [(DAY, "pass"), (DAY - 1, "fail")])
def test_destroyed_key_can_be_brought_back(seconds: int, expected: str) -> None:
    assert status(destroyed_key_can_be_brought_back(key(destroy_seconds=seconds))) == expected


@pytest.mark.parametrize(
    ("rotation", "next_one", "ends", "expected"),
    [
        (90 * DAY, 30, None, "pass"), (90 * DAY, 36500, None, "fail"), (90 * DAY, -8, None, "fail"), (400 * DAY, 30, None, "fail"),
        (None, 30, None, "pass"), (None, 400, None, "fail"), (None, None, 30, "pass"), (None, None, 400, "fail"), (None, None, None, "fail"),
    ],
)  # fmt: skip
def test_secret_is_renewed(rotation: int | None, next_one: int | None, ends: int | None, expected: str) -> None:
    dates = [None if each is None else AS_OF + timedelta(days=each) for each in (next_one, ends)]
    secret = Secret(**common(rotation_seconds=rotation, next_rotation=dates[0], expires=dates[1]))
    assert status(secret_is_renewed(secret, as_of=AS_OF)) == expected


def cluster(**changes: Any) -> KubernetesCluster:
    given = common(
        private_nodes=True, public_control_plane=True, authorized_networks=True, authorized_ranges=("192.0.2.0/24",), open_to_google_cloud=False, legacy_authorization=False, password=False, client_certificate=False, workload_identity=True,
        secrets_encrypted=True, logs=("SYSTEM_COMPONENTS",), shielded_nodes=True, network_policies=True, node_accounts=("nodes@x.iam.gserviceaccount.com",),
        upgraded=True,
    )  # fmt: skip
    return KubernetesCluster(**{**given, **changes})


@pytest.mark.parametrize(
    ("check", "wrong"),
    [
        (nodes_have_no_public_addresses, {"private_nodes": False}), (control_plane_takes_named_networks_only, {"authorized_networks": False}),
        (control_plane_takes_named_networks_only, {"authorized_ranges": ("192.0.2.0/24", "0.0.0.0/0")}),
        (control_plane_takes_named_networks_only, {"open_to_google_cloud": True}), (cluster_has_no_legacy_sign_in, {"password": True}),
        (cluster_has_no_legacy_sign_in, {"legacy_authorization": True}), (cluster_has_no_legacy_sign_in, {"client_certificate": True}),
        (workloads_have_identities, {"workload_identity": False}), (secrets_are_encrypted_with_a_key, {"secrets_encrypted": False}),
        (cluster_logs_its_system, {"logs": ("WORKLOADS",)}), (cluster_logs_its_system, {"logs": ()}),
        (nodes_are_shielded, {"shielded_nodes": False}), (nodes_have_an_account_of_their_own, {"node_accounts": ("default",)}),
        (nodes_have_an_account_of_their_own, {"node_accounts": ("123-compute@developer.gserviceaccount.com",)}),
        (rules_between_pods_are_enforced, {"network_policies": False}), (nodes_are_upgraded, {"upgraded": False}),
    ],
)  # fmt: skip
def test_clusters(check: Any, wrong: dict[str, Any]) -> None:
    assert status(check(cluster())) == "pass"
    assert status(check(cluster(**wrong))) == "fail"


def test_a_cluster_without_nodes_acts_as_nobody() -> None:
    assert status(nodes_have_an_account_of_their_own(cluster(node_accounts=()))) == "pass"


def test_a_control_plane_without_an_address_outside_takes_nobody_from_there() -> None:
    inside = cluster(public_control_plane=False, authorized_networks=False)
    assert status(control_plane_takes_named_networks_only(inside)) == "pass"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "pass"),
        ({"algorithms": ()}, "pass"),
        ({"signed": False}, "fail"),
        ({"algorithms": ("rsasha1",)}, "fail"),
        ({"public": False}, "not_applicable"),
    ],
)
def test_zone_is_signed(changes: dict[str, Any], expected: str) -> None:
    given: dict[str, Any] = {
        "id": "//z", "container": SHOP, "labels": {}, "name": "z", "public": True, "signed": True, "algorithms": ("rsasha256",),
    }  # fmt: skip
    assert status(zone_is_signed(DnsZone(**{**given, **changes}))) == expected
