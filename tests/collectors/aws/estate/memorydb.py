"""Clusters of MemoryDB, tidy and careless."""

from __future__ import annotations

from tests.collectors.aws.world import REGIONS, Maker


def populate(aws: Maker) -> None:
    for region in REGIONS:
        memory = aws.client("memorydb", region)
        memory.create_cluster(
            ClusterName="tidy",
            NodeType="db.t4g.small",
            ACLName="users",
            TLSEnabled=True,
            SnapshotRetentionLimit=14,
            AutoMinorVersionUpgrade=True,
        )
        memory.create_cluster(
            ClusterName="careless",
            NodeType="db.t4g.small",
            ACLName="open-access",
            TLSEnabled=False,
            NumReplicasPerShard=0,
            SnapshotRetentionLimit=1,
            AutoMinorVersionUpgrade=False,
        )
