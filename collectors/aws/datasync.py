"""DataSync. The listing says little, so each task is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from collectors.aws.offers import listed
from collectors.aws.operations import Read
from collectors.aws.parts import part_of
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resource import unobserved
from core.resources.aws.datasync import DataSyncTask

TASKS = Read("datasync", "ListTasks")
TASK = Read("datasync", "DescribeTask")


@collector(permissions=(TASKS, TASK))
def tasks(region: AwsRegion) -> Iterator[DataSyncTask]:
    """Every task of the region."""
    yield from region.each(lambda found: _task(region, found), list(listed(region, TASKS, "Tasks")))


def _task(region: AwsRegion, found: Mapping[str, Any]) -> DataSyncTask:
    arn = found["TaskArn"]
    name = found.get("Name") or arn.rpartition("/")[2]
    silent = unobserved(f"AWS does not say it of {name}")
    seen = region.look(lambda: region.ask(TASK, TaskArn=arn))
    return DataSyncTask(
        id=arn,
        name=name,
        group=part_of(seen, lambda task: task.get("CloudWatchLogGroupArn", "")),
        logs=part_of(seen, lambda task: task.get("Options", {}).get("LogLevel", silent)),
        verifies=part_of(seen, lambda task: task.get("Options", {}).get("VerifyMode", silent)),
    )
