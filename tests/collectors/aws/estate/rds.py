"""Databases: one of each kind as it should be, and one as AWS makes it when nobody says more."""

from __future__ import annotations

import re
from typing import Any

from tests.collectors.aws.server import Canned
from tests.collectors.aws.world import REGIONS, Maker

SUPPORTED, DEPRECATED = "16.4", "9.6.24"
PASSWORD = {"MasterUsername": "owner", "MasterUserPassword": "Xy12345678"}


def populate(aws: Maker) -> None:
    for region in REGIONS:
        rds = aws.client("rds", region)
        _groups(rds)
        _tidy(rds)
        _careless(rds)
        for name in ("tidy", "careless"):
            rds.create_db_snapshot(DBInstanceIdentifier=name, DBSnapshotIdentifier=f"{name}-before")
            rds.create_db_cluster_snapshot(
                DBClusterIdentifier=f"{name}-cluster", DBClusterSnapshotIdentifier=f"{name}-cluster-before"
            )
        everybody: dict[str, Any] = {"AttributeName": "restore", "ValuesToAdd": ["all", "999999999999"]}
        rds.modify_db_snapshot_attribute(DBSnapshotIdentifier="careless-before", **everybody)
        rds.modify_db_cluster_snapshot_attribute(DBClusterSnapshotIdentifier="careless-cluster-before", **everybody)
        for name, tls in (("strict", True), ("lax", False)):
            rds.create_db_proxy(
                DBProxyName=name,
                EngineFamily="POSTGRESQL",
                Auth=[{"AuthScheme": "SECRETS", "IAMAuth": "REQUIRED"}],
                RoleArn=f"arn:aws:iam::{aws.account}:role/reads-secrets",
                VpcSubnetIds=_subnets(aws, region),
                RequireTLS=tls,
            )
    for kind in ("db-instance", "db-cluster"):
        aws.client("rds").create_event_subscription(
            SubscriptionName=f"tell-{kind}",
            SnsTopicArn=f"arn:aws:sns:{REGIONS[0]}:{aws.account}:databases",
            SourceType=kind,
            EventCategories=["failure", "maintenance"],
            Enabled=True,
        )


def _subnets(aws: Maker, region: str) -> list[str]:
    """Of the default network alone: other estates have made networks of their own."""
    default = [{"Name": "default-for-az", "Values": ["true"]}]
    return [each["SubnetId"] for each in aws.client("ec2", region).describe_subnets(Filters=default)["Subnets"]]


def _groups(rds: Any) -> None:
    for name, value in (("strict", "1"), ("lax", "0")):
        parameters = [
            {"ParameterName": parameter, "ParameterValue": value, "ApplyMethod": "immediate"}
            for parameter in ("rds.force_ssl", "log_connections", "log_disconnections")
        ]
        rds.create_db_parameter_group(DBParameterGroupName=name, DBParameterGroupFamily="postgres16", Description=name)
        rds.modify_db_parameter_group(DBParameterGroupName=name, Parameters=parameters)
        rds.create_db_cluster_parameter_group(
            DBClusterParameterGroupName=f"{name}-cluster",
            DBParameterGroupFamily="aurora-postgresql16",
            Description=name,
        )
        rds.modify_db_cluster_parameter_group(DBClusterParameterGroupName=f"{name}-cluster", Parameters=parameters)


def _tidy(rds: Any) -> None:
    common = {
        "EngineVersion": SUPPORTED,
        "BackupRetentionPeriod": 14,
        "StorageEncrypted": True,
        "DeletionProtection": True,
        "CopyTagsToSnapshot": True,
        "EnableIAMDatabaseAuthentication": True,
        "EnableCloudwatchLogsExports": ["postgresql"],
    }
    rds.create_db_instance(
        DBInstanceIdentifier="tidy",
        DBInstanceClass="db.t4g.micro",
        AllocatedStorage=20,
        Engine="postgres",
        DBParameterGroupName="strict",
        MultiAZ=True,
        PubliclyAccessible=False,
        MonitoringInterval=60,
        MonitoringRoleArn="arn:aws:iam::123456789012:role/measures",
        MasterUsername="owner",
        ManageMasterUserPassword=True,
        **common,
    )
    rds.create_db_cluster(
        DBClusterIdentifier="tidy-cluster",
        Engine="aurora-postgresql",
        DBClusterParameterGroupName="strict-cluster",
        MasterUsername="owner",
        ManageMasterUserPassword=True,
        **common,
    )


def _careless(rds: Any) -> None:
    rds.create_db_instance(
        DBInstanceIdentifier="careless",
        DBInstanceClass="db.t4g.micro",
        AllocatedStorage=20,
        Engine="postgres",
        EngineVersion=DEPRECATED,
        DBParameterGroupName="lax",
        PubliclyAccessible=True,
        AutoMinorVersionUpgrade=False,
        **PASSWORD,
    )
    rds.create_db_cluster(
        DBClusterIdentifier="careless-cluster",
        Engine="aurora-postgresql",
        EngineVersion=DEPRECATED,
        DBClusterParameterGroupName="lax-cluster",
        **PASSWORD,
    )
    rds.create_db_instance(
        DBInstanceIdentifier="member",
        DBInstanceClass="db.t4g.micro",
        Engine="aurora-postgresql",
        DBClusterIdentifier="careless-cluster",
        PubliclyAccessible=False,
    )
    rds.create_db_cluster(DBClusterIdentifier="graph", Engine="neptune", EngineVersion="1.3.2.1")


def _with_certificates(body: bytes) -> bytes:
    """moto's instances show no certificate."""
    certificate = rb"<CertificateDetails><ValidTill>20%d-08-22T17:08:50Z</ValidTill></CertificateDetails>"
    for name, year in ((b"tidy", 61), (b"careless", 26)):
        arn = rb"(<DBInstanceArn>[\w:-]+:db:" + name + rb"</DBInstanceArn>)"
        body = re.sub(arn, rb"\g<1>" + certificate % year, body)
    return body


def _in_two_zones(body: bytes) -> bytes:
    """moto's clusters are in one zone, whatever instances they have."""
    return re.sub(
        rb"(<DBClusterIdentifier>tidy-cluster</DBClusterIdentifier>.*?<MultiAZ>)false",
        rb"\g<1>true",
        body,
        flags=re.DOTALL,
    )


def _versions() -> str:
    found = {SUPPORTED: "available", DEPRECATED: "deprecated", "1.3.2.1": "available"}
    rows = "".join(
        f"<DBEngineVersion><EngineVersion>{version}</EngineVersion><Status>{status}</Status></DBEngineVersion>"
        for version, status in found.items()
    )
    return (
        "<DescribeDBEngineVersionsResponse><DescribeDBEngineVersionsResult><DBEngineVersions>"
        f"{rows}</DBEngineVersions></DescribeDBEngineVersionsResult></DescribeDBEngineVersionsResponse>"
    )


def _support() -> str:
    rows = "".join(
        f"<DBMajorEngineVersion><MajorEngineVersion>{major}</MajorEngineVersion><SupportedEngineLifecycles>"
        "<SupportedEngineLifecycle><LifecycleSupportName>open-source-rds-standard-support</LifecycleSupportName>"
        f"<LifecycleSupportEndDate>{year}-02-28T23:59:59.999Z</LifecycleSupportEndDate></SupportedEngineLifecycle>"
        "</SupportedEngineLifecycles></DBMajorEngineVersion>"
        for major, year in (("16", 2061), ("9.6", 2022))
    )
    return (
        "<DescribeDBMajorEngineVersionsResponse><DescribeDBMajorEngineVersionsResult><DBMajorEngineVersions>"
        f"{rows}</DBMajorEngineVersions></DescribeDBMajorEngineVersionsResult></DescribeDBMajorEngineVersionsResponse>"
    )


ANSWERS = {
    "rds:DescribeDBEngineVersions": Canned(_versions()),
    "rds:DescribeDBMajorEngineVersions": Canned(_support()),
}
MENDED = {"rds:DescribeDBInstances": _with_certificates, "rds:DescribeDBClusters": _in_two_zones}
