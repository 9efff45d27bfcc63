"""Checks of Step Functions."""

from __future__ import annotations

from core.model import Severity, Verdict, failed, passed
from core.plugins import check
from core.resources.aws.stepfunctions import StateMachine


@check(objective="use-is-logged", severity=Severity.MEDIUM)
def machine_is_logged(machine: StateMachine) -> Verdict:
    """The state machine logs its executions.

    Of an express machine nothing stays but the log; a standard one can be looked up for 90 days, and then no more.

    Remediation: *Edit*, *Logging*, with the level `ALL` or `ERROR` and a log group.
    """
    if machine.logs != "OFF":
        return passed(f"{machine.name} ({machine.type}) logs {machine.logs}")
    return failed(f"{machine.name} ({machine.type}) logs nothing")
