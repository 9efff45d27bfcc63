"""Repositories, tidy and open. moto keeps what a scan finds apart from images: it is put where ECR has it."""

from __future__ import annotations

import json

from tests.collectors.aws.world import REGIONS, Maker


def populate(aws: Maker) -> None:
    for region in REGIONS:
        ecr = aws.client("ecr", region)
        ecr.create_repository(repositoryName="tidy", imageTagMutability="IMMUTABLE")
        ecr.create_repository(repositoryName="open")
        ecr.put_registry_scanning_configuration(
            scanType="BASIC",
            rules=[
                {
                    "scanFrequency": "SCAN_ON_PUSH",
                    "repositoryFilters": [{"filter": "tidy*", "filterType": "WILDCARD"}],
                }
            ],
        )
        old = {"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": 14}
        ecr.put_lifecycle_policy(
            repositoryName="tidy",
            lifecyclePolicyText=json.dumps(
                {"rules": [{"rulePriority": 1, "selection": old, "action": {"type": "expire"}}]}
            ),
        )
        everybody = {"Effect": "Allow", "Principal": "*", "Action": "ecr:BatchGetImage"}
        stranger = {**everybody, "Principal": {"AWS": "arn:aws:iam::999999999999:root"}}
        ecr.set_repository_policy(
            repositoryName="open",
            policyText=json.dumps({"Version": "2012-10-17", "Statement": [everybody, stranger]}),
        )
        for name in ("tidy", "open"):
            manifest = {
                "schemaVersion": 2,
                "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
                "config": {"digest": f"sha256:{name}", "size": 1, "mediaType": "application/json"},
                "layers": [],
            }
            ecr.put_image(repositoryName=name, imageManifest=json.dumps(manifest), imageTag="1")


def _with_scans(body: bytes) -> bytes:
    answer = json.loads(body)
    for image in answer.get("imageDetails", ()):
        found = {} if image["repositoryName"] == "tidy" else {"HIGH": 2, "LOW": 9}
        image |= {
            "imageScanStatus": {"status": "COMPLETE"},
            "imageScanFindingsSummary": {"imageScanCompletedAt": 1767225600, "findingSeverityCounts": found},
        }
    return json.dumps(answer).encode()


MENDED = {"ecr:DescribeImages": _with_scans}
