"""Checks of Athena: how workgroups treat what queries find."""

from __future__ import annotations

from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.resources.aws.athena import Workgroup

WITH_KMS = ("SSE_KMS", "CSE_KMS", "MANAGED")


@check(objective="keys-are-under-our-control", severity=Severity.LOW)
def results_are_encrypted_with_kms(group: Workgroup) -> Verdict:
    """A workgroup that is used encrypts results with a key of KMS.

    Results are copies of the data, and outlive the query. S3 encrypts them anyway, with keys of its own; a key of KMS
    is a second permission for whoever would read them.

    Remediation: *Athena*, *Workgroups*, the workgroup, *Encrypt query results*, with *SSE-KMS* or *CSE-KMS*.
    """
    if unused := _unused(group):
        return unused
    if group.encryption in WITH_KMS:
        return passed(f"{group.name} encrypts results by {group.encryption}")
    return failed(f"{group.name} encrypts results by {group.encryption or 'what the bucket does'}")


@check(objective="systems-are-hardened", severity=Severity.LOW)
def settings_are_binding(group: Workgroup) -> Verdict:
    """The settings of a workgroup that is used hold whatever a client asks for.

    Otherwise each client chooses where results go, and whether they are encrypted.

    Remediation: *Athena*, *Workgroups*, the workgroup, *Override client-side settings*.
    """
    if unused := _unused(group):
        return unused
    if group.binding:
        return passed(f"the settings of {group.name} are binding")
    return failed(f"clients override the settings of {group.name}")


@check(objective="use-is-logged", severity=Severity.LOW)
def use_is_measured(group: Workgroup) -> Verdict:
    """A workgroup that is used publishes what its queries did as metrics.

    Somebody who takes all the data reads far more than others do: alarms need the numbers. Athena itself forgets
    queries after 45 days.

    Remediation: *Athena*, *Workgroups*, the workgroup, *Publish query metrics to AWS CloudWatch*.
    """
    if unused := _unused(group):
        return unused
    if group.measured:
        return passed(f"{group.name} publishes metrics")
    return failed(f"{group.name} publishes no metrics")


def _unused(group: Workgroup) -> Verdict | None:
    if not group.enabled:
        return not_applicable(f"{group.name} is disabled")
    return None if group.used else not_applicable(f"nobody used {group.name} within 45 days")
