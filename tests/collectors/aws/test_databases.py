"""What databases say in the corners: old answers that lack members, new ones with more, errors that are answers.

What must hold for every collector, of these as well, stands in `test_every_collector.py`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NoReturn

import pytest

from collectors.aws import (
    dax,
    dms,
    dynamodb,
    elasticache,
    memorydb,
    opensearch,
    rds,
    rds_parameters,
    rds_snapshots,
    redshift,
    redshift_serverless,
)
from collectors.aws.errors import NoAnswerError
from core.engine import Collected
from core.plugins import Collector
from core.resource import Resource, missing_fields
from core.resources.aws.rds import DatabaseCluster, DatabaseInstance
from tests.collectors.aws.answering import Answer, AnsweringLine, error, region_that_says
from tests.collectors.aws.world import ACCOUNT, run

DAY = datetime(2026, 11, 20, tzinfo=UTC)
BEGIN = f"arn:aws:rds:us-east-1:{ACCOUNT}"
INSTANCE = {
    "DBInstanceArn": f"{BEGIN}:db:records",
    "DBInstanceIdentifier": "records",
    "Engine": "postgres",
    "EngineVersion": "16.4",
}
CLUSTER = {
    "DBClusterArn": f"{BEGIN}:cluster:orders",
    "DBClusterIdentifier": "orders",
    "Engine": "aurora-postgresql",
    "EngineVersion": "16.4",
    "DBClusterParameterGroup": "own",
}
NO_VERSIONS: dict[str, Answer] = {
    "rds:DescribeDBEngineVersions": {"DBEngineVersions": []},
    "rds:DescribeDBMajorEngineVersions": {"DBMajorEngineVersions": []},
}


def look(collector: Collector, answers: Mapping[str, Answer], scope: str = "us-east-1") -> Collected:
    place = region_that_says(answers)
    place.scope = scope
    return run(collector, place)


def only(collector: Collector, answers: Mapping[str, Answer]) -> Any:
    """The one thing that a collector sees in these answers."""
    collected = look(collector, answers)
    assert collected.unit.gaps == ()
    (found,) = [each for one in collected.evidence for each in one.resources]
    return found


def unseen(found: Resource) -> set[str]:
    return set(missing_fields(found))


def instance(**more: Any) -> DatabaseInstance:
    found: DatabaseInstance = only(
        rds.instances, {"rds:DescribeDBInstances": {"DBInstances": [{**INSTANCE, **more}]}, **NO_VERSIONS}
    )
    return found


def cluster(**more: Any) -> DatabaseCluster:
    found: DatabaseCluster = only(
        rds.clusters, {"rds:DescribeDBClusters": {"DBClusters": [{**CLUSTER, **more}]}, **NO_VERSIONS}
    )
    return found


def test_what_rds_leaves_out_was_not_seen() -> None:
    assert unseen(instance()) == {
        "version_status", "standard_support_ends", "public", "encrypted", "backup_days", "guarded", "multi_zone",
        "minor_upgrades", "iam_sign_in", "copies_tags", "certificate_ends",
    }  # fmt: skip
    assert unseen(cluster()) == {
        "version_status", "standard_support_ends", "encrypted", "backup_days", "guarded", "multi_zone", "iam_sign_in",
        "copies_tags",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"StorageEncrypted": True}, True),
        ({"StorageEncrypted": False}, False),
        ({"StorageEncrypted": False, "StorageEncryptionType": "sse-rds"}, True),
        ({"StorageEncrypted": True, "StorageEncryptionType": "sse-kms"}, True),
        ({"StorageEncrypted": False, "StorageEncryptionType": "none"}, False),
    ],
)
def test_a_key_that_aws_owns_encrypts_as_well(said: dict[str, Any], expected: bool) -> None:
    assert cluster(**said).encrypted is expected
    assert "encrypted" in unseen(cluster(**{**said, "StorageEncryptionType": "sse-of-tomorrow"}))


def test_a_cluster_runs_with_its_parameters_when_all_members_do() -> None:
    def members(*statuses: str) -> list[dict[str, str]]:
        return [{"DBClusterParameterGroupStatus": status} for status in statuses]

    assert cluster().group.status == "in-sync"
    assert cluster(DBClusterMembers=members("in-sync", "in-sync")).group.status == "in-sync"
    assert cluster(DBClusterMembers=members("in-sync", "pending-reboot")).group.status == "pending-reboot"
    assert cluster(DBClusterMembers=[{}]).group.status == "not told"
    assert cluster().group.arn == f"{BEGIN}:cluster-pg:own"


def test_a_version_is_asked_for_once_and_not_for_members() -> None:
    more = ({"DBInstanceArn": f"{BEGIN}:db:a"}, {"DBInstanceArn": f"{BEGIN}:db:b", "DBClusterIdentifier": "orders"})
    listed = [INSTANCE, *({**INSTANCE, **each} for each in more)]
    versions = {"DBEngineVersions": [{"EngineVersion": "16.4", "Status": "available"}]}
    place = region_that_says(
        {
            "rds:DescribeDBInstances": {"DBInstances": listed},
            "rds:DescribeDBEngineVersions": versions,
        }
    )
    (evidence,) = run(rds.instances, place).evidence
    assert sorted(each.version_status for each in evidence.resources) == ["", "available", "available"]  # type: ignore[attr-defined]
    assert isinstance(place._line, AnsweringLine)
    assert place._line.asked.count("rds:DescribeDBEngineVersions") == 1


def test_a_version_that_cannot_be_asked_for_hides_nothing_else() -> None:
    found = only(rds.instances, {"rds:DescribeDBInstances": {"DBInstances": [INSTANCE]}})
    assert "denied" in missing_fields(found)["version_status"]
    assert "denied" in missing_fields(found)["standard_support_ends"]


@pytest.mark.parametrize(
    ("engine", "version", "expected"),
    [
        ("mysql", "8.0.44", 2026),
        ("mysql", "8.4.3", 2029),
        ("aurora-mysql", "8.0.mysql_aurora.3.05.2", 2026),
        ("neptune", "1.3.2.1", None),
    ],
)
def test_the_support_of_a_version_is_that_of_its_major_version(engine: str, version: str, expected: int | None) -> None:
    majors = [
        {"MajorEngineVersion": major, "SupportedEngineLifecycles": [
            {"LifecycleSupportName": f"open-source-rds-{name}-support",
             "LifecycleSupportEndDate": datetime(year + later, 7, 31, tzinfo=UTC)}
            for name, later in (("standard", 0), ("extended", 3))
        ]}
        for major, year in (("8", 2001), ("8.0", 2026), ("8.4", 2029))
    ]  # fmt: skip
    listed = {"DBInstances": [{**INSTANCE, "Engine": engine, "EngineVersion": version}]}
    majors_said: Answer = {"DBMajorEngineVersions": majors}
    answers = {"rds:DescribeDBInstances": listed, **NO_VERSIONS, "rds:DescribeDBMajorEngineVersions": majors_said}
    ends = only(rds.instances, answers).standard_support_ends
    assert (ends.year if ends else None) == expected


def test_parameters_that_nobody_judges_are_left_out() -> None:
    listed: dict[str, Answer] = {
        "rds:DescribeDBParameterGroups": {
            "DBParameterGroups": [
                {
                    "DBParameterGroupName": "own",
                    "DBParameterGroupFamily": "mysql8.0",
                    "DBParameterGroupArn": f"{BEGIN}:pg:own",
                }
            ]
        },
        "rds:DescribeDBClusterParameterGroups": {"DBClusterParameterGroups": []},
    }
    parameters = [{"ParameterName": "require_secure_transport"}, {"ParameterName": "sort_buffer_size"}]
    found = only(rds_parameters.parameter_groups, {**listed, "rds:DescribeDBParameters": {"Parameters": parameters}})
    assert [(each.name, each.value) for each in found.parameters] == [("require_secure_transport", None)]
    assert unseen(only(rds_parameters.parameter_groups, listed)) == {"parameters"}


def test_a_snapshot_that_may_not_be_asked_who_may_restore_it() -> None:
    snapshot = {
        "DBSnapshotArn": f"{BEGIN}:snapshot:before",
        "DBSnapshotIdentifier": "before",
        "DBInstanceIdentifier": "records",
        "Engine": "postgres",
        "Encrypted": True,
    }
    answers: dict[str, Answer] = {
        "rds:DescribeDBSnapshots": {"DBSnapshots": [snapshot]},
        "rds:DescribeDBClusterSnapshots": {"DBClusterSnapshots": []},
    }
    assert unseen(only(rds_snapshots.snapshots, answers)) == {"created", "restorable_by"}
    answers["rds:DescribeDBSnapshotAttributes"] = {"DBSnapshotAttributesResult": {"DBSnapshotAttributes": []}}
    assert unseen(only(rds_snapshots.snapshots, answers)) == {"created", "restorable_by"}


TABLE: dict[str, Answer] = {
    "dynamodb:ListTables": {"TableNames": ["orders"]},
    "dynamodb:DescribeTable": {"Table": {"DeletionProtectionEnabled": False}},
    "dynamodb:DescribeContinuousBackups": {
        "ContinuousBackupsDescription": {"PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": "DISABLED"}}
    },
    "dynamodb:GetResourcePolicy": error("PolicyNotFoundException"),
}


def encrypted(**said: str) -> Answer:
    return {"Table": {"SSEDescription": said}}


def recovery(**said: Any) -> Answer:
    return {"ContinuousBackupsDescription": {"PointInTimeRecoveryDescription": said}}


def test_a_table_as_it_is_made() -> None:
    found = only(dynamodb.tables, TABLE)
    assert (found.key, found.guarded, found.restorable_days, found.statements) == ("", False, 0, ())
    assert found.id == f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/orders"


def test_the_states_of_a_table() -> None:
    def table(operation: str, answer: Answer) -> Any:
        return only(dynamodb.tables, {**TABLE, f"dynamodb:{operation}": answer})

    assert table("DescribeTable", encrypted(SSEType="KMS", Status="ENABLED", KMSMasterKeyArn="arn:1")).key == "arn:1"
    assert table("DescribeTable", encrypted(SSEType="KMS", Status="DISABLED", KMSMasterKeyArn="arn:1")).key == ""
    assert unseen(table("DescribeTable", encrypted(SSEType="KMS", Status="ENABLED"))) == {"key", "guarded"}
    assert unseen(table("DescribeTable", error("AccessDeniedException"))) == {"key", "guarded"}
    assert unseen(table("GetResourcePolicy", error("AccessDeniedException"))) == {"statements"}
    on = {"PointInTimeRecoveryStatus": "ENABLED"}
    assert table("DescribeContinuousBackups", recovery(**on)).restorable_days == 35
    assert table("DescribeContinuousBackups", recovery(**on, RecoveryPeriodInDays=3)).restorable_days == 3
    assert unseen(table("DescribeContinuousBackups", recovery())) == {"restorable_days"}


def nobody_there(_: Mapping[str, Any]) -> NoReturn:
    raise NoAnswerError("unreachable", "no answer from the endpoint")


@pytest.mark.parametrize(
    ("collector", "operation"),
    [
        (dax.clusters, "dax:DescribeClusters"),
        (memorydb.clusters, "memorydb:DescribeClusters"),
        (redshift_serverless.workgroups, "redshift-serverless:ListWorkgroups"),
        (redshift_serverless.namespaces, "redshift-serverless:ListNamespaces"),
    ],
)
def test_a_region_without_the_service_has_none(collector: Collector, operation: str) -> None:
    for scope, gaps in (("eu-nowhere-9", 0), ("us-east-1", 1)):
        collected = look(collector, {operation: nobody_there}, scope)
        assert len(collected.unit.gaps) == gaps
        assert [each.resources for each in collected.evidence] == [()]


def test_a_cache_of_which_dax_says_little() -> None:
    bare = {"ClusterArn": "arn:aws:dax:us-east-1:1:cache/a", "ClusterName": "a"}
    assert unseen(only(dax.clusters, {"dax:DescribeClusters": {"Clusters": [bare]}})) == {"encrypted", "needs_tls"}


def warehouse(logging: Answer, **more: Any) -> Any:
    group = {"ParameterGroupName": "own", "ParameterApplyStatus": "in-sync"}
    found = {"ClusterIdentifier": "sales", "ClusterParameterGroups": [group], **more}
    parameters = [
        {"ParameterName": "require_ssl", "ParameterValue": "true"},
        {"ParameterName": "enable_user_activity_logging"},
    ]
    answers = {
        "redshift:DescribeClusters": {"Clusters": [found]},
        "redshift:DescribeClusterParameters": {"Parameters": parameters},
        "redshift:DescribeLoggingStatus": logging,
    }
    return only(redshift.clusters, answers)


OFF: Answer = {"LoggingEnabled": False}


def test_a_warehouse_runs_with_what_its_group_says_only_when_it_is_in_sync() -> None:
    found = warehouse(OFF, MultiAZ="Enabled")
    assert found.needs_tls is True
    assert found.multi_zone is True
    assert {"logs_queries", "encrypted"} <= unseen(found)
    status = {"ParameterName": "require_ssl", "ParameterApplyStatus": "pending-reboot"}
    pending = {
        "ParameterGroupName": "own",
        "ParameterApplyStatus": "in-sync",
        "ClusterParameterStatusList": [{"ParameterName": "datestyle"}, status],
    }
    found = warehouse(OFF, ClusterParameterGroups=[pending])
    assert "pending-reboot" in missing_fields(found)["needs_tls"]
    assert {"needs_tls", "multi_zone"} <= unseen(warehouse(OFF, ClusterParameterGroups=[]))


def test_the_log_of_a_warehouse() -> None:
    earlier = datetime(2026, 11, 19, tzinfo=UTC)
    bucket = {"LoggingEnabled": True, "BucketName": "logs"}
    assert warehouse(OFF).logs_to == ""
    assert warehouse(bucket).logs_to == "s3 logs"
    assert warehouse({"LoggingEnabled": True, "LogDestinationType": "cloudwatch"}).logs_to == "cloudwatch"
    failed = {**bucket, "LastFailureTime": DAY, "LastFailureMessage": "no such bucket"}
    assert warehouse(failed).log_failure == "no such bucket"
    assert warehouse({**failed, "LastSuccessfulDeliveryTime": earlier}).log_failure == "no such bucket"
    assert warehouse({**failed, "LastFailureTime": earlier, "LastSuccessfulDeliveryTime": DAY}).log_failure == ""
    assert {"logs_to", "log_failure"} <= unseen(warehouse(error("AccessDenied")))


def test_a_workgroup_that_does_not_say_its_parameters() -> None:
    bare = {"workgroupArn": "arn:aws:redshift-serverless:us-east-1:1:workgroup/a", "workgroupName": "a"}
    found = only(redshift_serverless.workgroups, {"redshift-serverless:ListWorkgroups": {"workgroups": [bare]}})
    assert unseen(found) == {"public", "own_routes", "needs_tls"}


def domain(**more: Any) -> Any:
    found = {"ARN": f"arn:aws:es:us-east-1:{ACCOUNT}:domain/search", "DomainName": "search", **more}
    answers = {
        "opensearch:ListDomainNames": {"DomainNames": [{"DomainName": "search"}]},
        "opensearch:DescribeDomains": {"DomainStatusList": [found]},
    }
    return only(opensearch.domains, answers)


def test_what_a_domain_leaves_out_was_not_seen() -> None:
    assert unseen(domain()) == {
        "version", "statements", "encrypted", "encrypts_between_nodes", "needs_tls", "tls_policy", "knows_users",
        "nodes", "zones", "update",
    }  # fmt: skip


def test_the_parts_of_a_domain() -> None:
    assert domain(AccessPolicies="").statements == ()
    two = {"InstanceCount": 2, "ZoneAwarenessEnabled": True, "DedicatedMasterCount": 3, "DedicatedMasterEnabled": False}
    found = domain(ClusterConfig=two, ServiceSoftwareOptions={"UpdateAvailable": True})
    assert (found.zones, found.masters, found.update) == (2, 0, "a newer version")
    assert domain(ClusterConfig={"InstanceCount": 2, "ZoneAwarenessEnabled": False}).zones == 1


def test_domains_are_described_five_at_a_time() -> None:
    asked: list[list[str]] = []

    def describe(parameters: Mapping[str, Any]) -> Any:
        asked.append(list(parameters["DomainNames"]))
        return {"DomainStatusList": []}

    names = [{"DomainName": f"domain-{number}"} for number in range(7)]
    look(
        opensearch.domains,
        {"opensearch:ListDomainNames": {"DomainNames": names}, "opensearch:DescribeDomains": describe},
    )
    assert sorted(map(len, asked)) == [2, 5]


def cache(**more: Any) -> Any:
    found = {"ARN": "arn:aws:elasticache:us-east-1:1:replicationgroup:a", "ReplicationGroupId": "a", **more}
    return only(elasticache.groups, {"elasticache:DescribeReplicationGroups": {"ReplicationGroups": [found]}})


def test_the_encryption_of_a_cache() -> None:
    assert cache(AtRestEncryptionEnabled=False, StorageEncryptionType="sse-elasticache").encrypted is True
    assert cache(AtRestEncryptionEnabled=True, StorageEncryptionType="none").encrypted is False
    assert cache(AtRestEncryptionEnabled=True).encrypted is True
    assert "encrypted" in unseen(cache(StorageEncryptionType="sse-of-tomorrow"))
    assert cache(TransitEncryptionEnabled=True).needs_tls is True
    assert cache(TransitEncryptionEnabled=True, TransitEncryptionMode="preferred").needs_tls is False
    assert cache(TransitEncryptionEnabled=False).needs_tls is False
    assert {"offers_tls", "needs_tls"} <= unseen(cache())


def test_who_may_use_a_cache_and_who_takes_over() -> None:
    assert cache(UserGroupIds=["shop"]).asks_who is True
    assert cache(AuthTokenEnabled=False, UserGroupIds=[]).asks_who is False
    assert cache(AutomaticFailover="enabling").fails_over is False
    assert {"asks_who", "fails_over", "multi_zone"} <= unseen(cache(AutomaticFailover="resting"))


def test_members_of_groups_are_no_clusters_that_stand_alone() -> None:
    member = {"ARN": "arn:1", "CacheClusterId": "a-001", "Engine": "redis", "ReplicationGroupId": "a"}
    assert (
        look(elasticache.clusters, {"elasticache:DescribeCacheClusters": {"CacheClusters": [member]}})
        .evidence[0]
        .resources
        == ()
    )


def test_a_memory_cluster_of_which_aws_says_little() -> None:
    bare = {"ARN": "arn:aws:memorydb:us-east-1:1:cluster/a", "Name": "a"}
    assert unseen(only(memorydb.clusters, {"memorydb:DescribeClusters": {"Clusters": [bare]}})) == {
        "needs_tls", "access_list", "open_users", "multi_zone", "backup_days", "minor_upgrades",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"SslMode": "require"}, "require"),
        ({"SslMode": "none", "RedisSettings": {}}, "ssl-encryption"),
        ({"SslMode": "none", "RedisSettings": {"SslSecurityProtocol": "plaintext"}}, "plaintext"),
        ({"SslMode": "none", "KafkaSettings": {"SecurityProtocol": "sasl-ssl"}}, "sasl-ssl"),
        ({"SslMode": "none", "KafkaSettings": {}}, None),
        ({}, None),
    ],
)
def test_how_an_endpoint_is_reached(said: dict[str, Any], expected: str | None) -> None:
    found = {"EndpointArn": "arn:1", "EndpointIdentifier": "a", "EngineName": "REDIS", "EndpointType": "SOURCE", **said}
    seen = only(dms.endpoints, {"dms:DescribeEndpoints": {"Endpoints": [found]}})
    assert (seen.engine, seen.role) == ("redis", "source")
    assert unseen(seen) == {"tls"} if expected is None else seen.tls == expected


def task(**said: str) -> Collected:
    found = {"ReplicationTaskArn": "arn:1", "ReplicationTaskIdentifier": "a", **said}
    return look(dms.tasks, {"dms:DescribeReplicationTasks": {"ReplicationTasks": [found]}})


@pytest.mark.parametrize(
    ("settings", "missing"),
    [
        ({}, {"logs", "levels"}),
        ({"ReplicationTaskSettings": "{}"}, {"logs"}),
        ({"ReplicationTaskSettings": json.dumps({"Logging": {"EnableLogging": True}})}, set()),
    ],
)
def test_the_settings_of_a_task(settings: dict[str, str], missing: set[str]) -> None:
    (found,) = task(**settings).evidence[0].resources
    assert unseen(found) == missing


@pytest.mark.parametrize("settings", ["{", "[]"])
def test_settings_of_a_task_that_are_none_are_a_gap(settings: str) -> None:
    assert "not JSON" in task(ReplicationTaskSettings=settings).unit.gaps[0].reason


def user(number: str, sign_in: str, rights: str) -> dict[str, Any]:
    return {"UserName": number, "AccessString": rights, "Authentication": {"Type": sign_in}, "UserGroupIds": ["shop"]}


@pytest.mark.parametrize(
    ("users", "expected"),
    [
        ([user("default", "no-password", "on ~* +@all")], ("default",)),
        ([user("default", "no-password", "off ~* +@all"), user("app", "password", "on ~* +@all")], ()),
        ([user("default", "no-password", "~* +@all"), user("idle", "no-password", "on ~* -@all")], ()),
        ([user("b", "no-password", "on allkeys allcommands"), user("a", "no-password", "on +get")], ("a", "b")),
    ],
)
def test_who_needs_no_password_is_told(users: list[dict[str, Any]], expected: tuple[str, ...]) -> None:
    asked: dict[str, Answer] = {"elasticache:DescribeUsers": {"Users": users}}
    group = {"ARN": "arn:a", "ReplicationGroupId": "a", "UserGroupIds": ["shop"]}
    found = only(elasticache.groups, {"elasticache:DescribeReplicationGroups": {"ReplicationGroups": [group]}, **asked})
    assert found.open_users == expected
    caches = [{"ARN": f"arn:{each}", "ServerlessCacheName": "a", "Engine": "valkey", **each} for each in (
        {"UserGroupId": "shop"}, {"UserGroupId": "else"})]  # fmt: skip
    listed: Answer = {"ServerlessCaches": caches}
    seen = look(elasticache.serverless_caches, {"elasticache:DescribeServerlessCaches": listed, **asked})
    assert {each.open_users for one in seen.evidence for each in one.resources} == {expected, ()}  # type: ignore[attr-defined]


def test_users_that_are_not_told_leave_open_whether_one_needs_no_password() -> None:
    found = only(memorydb.clusters, {"memorydb:DescribeClusters": {"Clusters": [
        {"ARN": "arn:aws:memorydb:us-east-1:1:cluster/a", "Name": "a", "ACLName": "shop"}]}})  # fmt: skip
    assert "denied" in missing_fields(found)["open_users"]
    assert cache(AuthTokenEnabled=True).open_users == ()
