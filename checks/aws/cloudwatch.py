"""Checks of CloudWatch Logs: logs are kept, guarded, and read and written only by those who should."""

from __future__ import annotations

from collections.abc import Iterable

from checks.aws.grants import fits
from checks.aws.policies import accounts_let_in, everybody_may
from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.resources.aws.logs import LogGroup, LogPolicy

PASSES_ON = "DELIVERY"


@check(objective="logs-are-kept", severity=Severity.MEDIUM)
def log_group_is_kept(group: LogGroup, *, days: int = 365, shorter: tuple[str, ...] = ()) -> Verdict:
    """The events of a log group are kept as long as the rules demand.

    Intrusions are found months after they began. Groups that may be kept for less time can be named, with wildcards, in
    `shorter`.

    Remediation: `aws logs put-retention-policy --log-group-name … --retention-in-days 400`.
    """
    if group.storage == PASSES_ON:
        return not_applicable(f"{group.name} only passes events on")
    if group.days is None:
        return passed(f"{group.name} is kept for ever")
    if group.days >= days:
        return passed(f"{group.name} is kept for {group.days} days")
    if _is_named(group, shorter):
        return passed(f"{group.name} is kept for {group.days} days, which is approved")
    return failed(f"{group.name} is kept for {group.days} days, less than {days}")


@check(objective="data-is-deleted-when-due", severity=Severity.LOW)
def log_group_ends(group: LogGroup, *, for_ever: tuple[str, ...] = ()) -> Verdict:
    """The events of a log group are deleted some day.

    Logs tell of people. A log group that nobody gave a time is kept for ever. Groups that must be can be named, with
    wildcards, in `for_ever`.

    Remediation: `aws logs put-retention-policy --log-group-name … --retention-in-days 400`, or a retention policy of
    the account.
    """
    if group.storage == PASSES_ON:
        return not_applicable(f"{group.name} only passes events on")
    if group.days is not None:
        return passed(f"{group.name} is deleted after {group.days} days")
    if _is_named(group, for_ever):
        return passed(f"{group.name} is kept for ever, which is approved")
    return failed(f"{group.name} is kept for ever")


@check(objective="keys-are-under-our-control", severity=Severity.LOW)
def log_group_is_encrypted_with_kms(group: LogGroup) -> Verdict:
    """A log group is encrypted with a key of KMS.

    CloudWatch Logs encrypts everything with keys of its own. A key of KMS is a second permission for whoever would
    read, and a record of its use.

    Remediation: `aws logs associate-kms-key --log-group-name … --kms-key-id …`, with a key whose policy lets the
    service use it.
    """
    if group.storage == PASSES_ON:
        return not_applicable(f"{group.name} only passes events on")
    if group.key:
        return passed(f"{group.name} is encrypted with {group.key}")
    return failed(f"{group.name} is encrypted with keys of CloudWatch Logs")


@check(objective="logs-are-protected", severity=Severity.LOW)
def log_group_is_guarded(group: LogGroup) -> Verdict:
    """A log group cannot be deleted before somebody lifts its protection.

    Deleting the logs is the last thing that an intruder does, and a wrong line in a template does it as well.

    Remediation: `aws logs put-log-group-deletion-protection --log-group-identifier … --deletion-protection-enabled`.
    """
    if group.storage == PASSES_ON:
        return not_applicable(f"{group.name} only passes events on")
    if group.guarded:
        return passed(f"{group.name} is protected from deletion")
    return failed(f"{group.name} can be deleted at once")


@check(objective="sensitive-fields-are-hidden", severity=Severity.LOW)
def log_group_hides_sensitive_data(group: LogGroup, *, needed: tuple[str, ...] = ()) -> Verdict:
    """Log groups that may get secrets or data of people hide them.

    A data protection policy masks what looks like a key, a card or an address for everybody who has no right to see it.
    Name the groups that need one, with wildcards, in `needed`. What is written in logs is not looked at.

    Remediation: *CloudWatch*, *Log groups*, the group, *Data protection*; or *Settings* for all groups of the account.
    """
    if group.masks:
        return passed(f"a data protection policy masks what is sensitive in {group.name}")
    if _is_named(group, needed):
        return failed(f"no data protection policy masks what is sensitive in {group.name}")
    return not_applicable(f"{group.name} is not named as one that gets sensitive data")


@check(objective="logs-are-protected", severity=Severity.HIGH)
def log_policy_is_not_for_everybody(policy: LogPolicy) -> Verdict:
    """No resource policy of the account lets everybody in the world use its log groups.

    Whoever can write into a log can bury in it what others should see. Policies of single log groups are not looked at.

    Remediation: Name services or accounts in `Principal`, with `aws:SourceAccount` or `aws:SourceArn`.
    """
    if everybody_may(policy.statements):
        return failed(f"the policy {policy.id} lets everybody in")
    return passed(f"the policy {policy.id} lets only certain principals in")


@check(objective="outside-access-is-approved", severity=Severity.MEDIUM)
def log_policy_lets_in_approved_accounts(policy: LogPolicy, *, approved: tuple[str, ...] = ()) -> Verdict:
    """No resource policy names another account, unless that was approved.

    Whoever else writes into our logs can bury in them what we should see.

    Remediation: Name the account in the setting `approved`, or `aws logs delete-resource-policy --policy-name …`.
    """
    others = sorted(accounts_let_in(policy.statements) - {policy.account} - set(approved))
    if others:
        return failed(f"the policy {policy.id} lets in {', '.join(others)}, which nobody approved")
    return passed(f"the policy {policy.id} lets in no account that was not approved")


def _is_named(group: LogGroup, patterns: Iterable[str]) -> bool:
    return any(fits(each, group.name) for each in patterns)
