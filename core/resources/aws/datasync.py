"""DataSync: tasks that move data between stores."""

from __future__ import annotations

from core.resource import Resource, resource


@resource("aws_datasync_task")
class DataSyncTask(Resource):
    """A task. The id is its ARN."""

    id: str
    name: str
    group: str
    """The ARN of its log group; empty when it has none."""
    logs: str
    """What it logs there: `OFF`, `BASIC` (errors), `TRANSFER` (each file)."""
    verifies: str
    """What it compares at the end: `POINT_IN_TIME_CONSISTENT` (all), `ONLY_FILES_TRANSFERRED`, `NONE`."""
