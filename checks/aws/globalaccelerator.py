"""Checks of Global Accelerator."""

from __future__ import annotations

from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.resources.aws.globalaccelerator import Accelerator


@check(objective="use-is-logged", severity=Severity.LOW)
def accelerator_logs_flows(accelerator: Accelerator) -> Verdict:
    """An accelerator records the traffic that it carries.

    Its addresses are on the internet; the log has who came in by them.

    Remediation: `aws globalaccelerator update-accelerator-attributes --flow-logs-enabled --flow-logs-s3-bucket …`.
    """
    if not accelerator.enabled:
        return not_applicable(f"{accelerator.name} is switched off")
    if accelerator.logs_flows:
        return passed(f"{accelerator.name} records its traffic")
    return failed(f"{accelerator.name} does not record its traffic")
