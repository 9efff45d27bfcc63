"""Clusters, closed and open. moto knows no versions of Kubernetes."""

from __future__ import annotations

from tests.collectors.aws.server import Canned
from tests.collectors.aws.world import REGIONS, Maker


def populate(aws: Maker) -> None:
    role = f"arn:aws:iam::{aws.account}:role/cluster"
    for region in REGIONS:
        eks = aws.client("eks", region)
        eks.create_cluster(
            name="tidy",
            version="1.34",
            roleArn=role,
            resourcesVpcConfig={
                "subnetIds": ["subnet-1"],
                "endpointPublicAccess": False,
                "endpointPrivateAccess": True,
            },
            logging={
                "clusterLogging": [
                    {
                        "types": ["api", "audit", "authenticator", "controllerManager", "scheduler"],
                        "enabled": True,
                    }
                ]
            },
            encryptionConfig=[
                {
                    "resources": ["secrets"],
                    "provider": {"keyArn": f"arn:aws:kms:{region}:{aws.account}:key/1"},
                }
            ],
        )
        eks.create_cluster(
            name="open",
            version="1.30",
            roleArn=role,
            resourcesVpcConfig={
                "subnetIds": ["subnet-1"],
                "endpointPublicAccess": True,
                "endpointPrivateAccess": False,
                "publicAccessCidrs": ["0.0.0.0/0"],
            },
        )
        for name, access in (
            ("guarded", {"ec2SshKey": "operators", "sourceSecurityGroups": ["sg-1"]}),
            ("loose", {"ec2SshKey": "operators"}),
        ):
            eks.create_nodegroup(
                clusterName="open",
                nodegroupName=name,
                subnets=["subnet-1"],
                nodeRole=role,
                remoteAccess=access,
            )


ANSWERS = {
    "eks:DescribeClusterVersions": Canned(
        {
            "clusterVersions": [
                {"clusterVersion": "1.34", "versionStatus": "STANDARD_SUPPORT", "endOfStandardSupportDate": 1796083200},
                {"clusterVersion": "1.30", "versionStatus": "UNSUPPORTED", "endOfStandardSupportDate": 1753228800},
            ]
        }
    )
}
