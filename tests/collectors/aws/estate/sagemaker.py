"""SageMaker, good and careless. moto's training is over as soon as it begins, so a running job is told here."""

from __future__ import annotations

import json
from typing import Any

from tests.collectors.aws.server import Canned
from tests.collectors.aws.world import ACCOUNT, REGIONS, Maker

ROLE = f"arn:aws:iam::{ACCOUNT}:role/sagemaker"
NETWORK = {"SecurityGroupIds": ["sg-12345678"], "Subnets": ["subnet-12345678"]}
CONTAINER = {"Image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/model:1"}
TRAINING = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:training-job/nightly"
KEY = "1234-5678"


def populate(aws: Maker) -> None:
    for region in REGIONS:
        sagemaker = aws.client("sagemaker", region)
        for name, settings in (
            ("good", {"SubnetId": "subnet-1", "DirectInternetAccess": "Disabled", "KmsKeyId": KEY}),
            ("careless", {"DirectInternetAccess": "Enabled"}),
        ):
            root = "Disabled" if name == "good" else "Enabled"
            sagemaker.create_notebook_instance(
                NotebookInstanceName=name, InstanceType="ml.t3.medium", RoleArn=ROLE, RootAccess=root, **settings
            )
            confined = {"VpcConfig": NETWORK} if name == "good" else {}
            sagemaker.create_model(ModelName=name, PrimaryContainer=CONTAINER, ExecutionRoleArn=ROLE, **confined)
            variant = {
                "VariantName": "all",
                "ModelName": name,
                "InstanceType": "ml.m5.large",
                "InitialInstanceCount": 2 if name == "good" else 1,
            }
            sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant])
            studio = {"AppNetworkAccessType": "VpcOnly", "KmsKeyId": KEY} if name == "good" else {}
            sagemaker.create_domain(
                DomainName=name,
                AuthMode="IAM",
                DefaultUserSettings={"ExecutionRole": ROLE},
                SubnetIds=["subnet-1"],
                VpcId="vpc-1",
                **{"AppNetworkAccessType": "PublicInternetOnly", **studio},
            )


def _with_metadata(body: bytes) -> bytes:
    """moto does not know the metadata service of notebooks."""
    answer: dict[str, Any] = json.loads(body)
    version = "2" if answer["NotebookInstanceName"] == "good" else "1"
    answer["InstanceMetadataServiceConfiguration"] = {"MinimumInstanceMetadataServiceVersion": version}
    return json.dumps(answer).encode()


MENDED = {"sagemaker:DescribeNotebookInstance": _with_metadata}
ANSWERS = {
    "sagemaker:ListTrainingJobs": Canned(
        {
            "TrainingJobSummaries": [
                {
                    "TrainingJobName": "nightly",
                    "TrainingJobArn": TRAINING,
                    "CreationTime": 1795366800,
                    "TrainingJobStatus": "InProgress",
                }
            ]
        }
    ),
    "sagemaker:DescribeTrainingJob": Canned(
        {
            "TrainingJobName": "nightly",
            "TrainingJobArn": TRAINING,
            "ResourceConfig": {"InstanceCount": 2, "InstanceType": "ml.m5.large", "VolumeKmsKeyId": KEY},
            "OutputDataConfig": {"S3OutputPath": "s3://results", "KmsKeyId": KEY},
            "VpcConfig": NETWORK,
            "EnableInterContainerTrafficEncryption": False,
        }
    ),
}
