"""Checks of DataSync. It always encrypts on the way."""

from __future__ import annotations

from core.model import Severity, Verdict, failed, passed
from core.plugins import check
from core.resources.aws.datasync import DataSyncTask


@check(objective="use-is-logged", severity=Severity.LOW)
def task_is_logged(task: DataSyncTask) -> Verdict:
    """A task that moves data logs what it could not move, at least.

    Whole stores move here, also out of the company: without a log nobody can say what went where.

    Remediation: *Edit* the task, *Logging*, a log group and a level.
    """
    if not task.group:
        return failed(f"{task.name} has no log group")
    if task.logs == "OFF":
        return failed(f"{task.name} has a log group, and logs nothing")
    return passed(f"{task.name} logs {'each file' if task.logs == 'TRANSFER' else 'errors'}")


@check(objective="records-are-intact", severity=Severity.LOW)
def task_verifies_what_it_moved(task: DataSyncTask) -> Verdict:
    """A task that moves data compares at the end.

    Without it, what arrived spoilt is noticed when the original is gone.

    Remediation: *Edit* the task, *Verification*, *Verify only transferred data*.
    """
    if task.verifies == "NONE":
        return failed(f"{task.name} does not compare at the end")
    return passed(f"{task.name} compares at the end: {task.verifies}")
