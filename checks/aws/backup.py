"""Checks of AWS Backup: that something is backed up, that it lasts, and that it can be restored."""

from __future__ import annotations

from datetime import datetime

from checks.aws.our_keys import encrypts_with_ours
from checks.aws.policies import accounts_let_in, everybody_may
from checks.aws.verdicts import lately
from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.population import Population
from core.resources.aws.backup import BackupPlan, BackupVault, BackupVaultContents, RestoreTest
from core.resources.aws.kms import KmsKey


@check(objective="data-is-backed-up", severity=Severity.MEDIUM)
def plan_exists(plans: Population[BackupPlan]) -> Verdict:
    """A plan of AWS Backup backs something up.

    Backups that a person has to think of are missing on the day they are needed. An account that backs up by other
    means can be left out of this check.

    Remediation: *AWS Backup*, *Backup plans*, *Create backup plan*, then *Assign resources*.
    """
    working = sorted(plan.name for plan in plans.observed if plan.rules and plan.selections)
    if working:
        return passed(f"{', '.join(working)} backs up what it selects")
    return failed(f"none of {len(plans)} plans has both rules and a selection")


@check(objective="data-is-backed-up", severity=Severity.MEDIUM)
def plan_selects_something(plan: BackupPlan) -> Verdict:
    """A plan selects what it backs up.

    A plan without a selection looks like a backup, and makes none.

    Remediation: *Backup plans*, the plan, *Assign resources*; delete a plan that nobody needs.
    """
    if plan.selections:
        return passed(f"{plan.name} backs up {', '.join(plan.selections)}")
    return failed(f"{plan.name} selects nothing")


@check(objective="deletions-can-be-undone", severity=Severity.LOW)
def plan_keeps_backups(plan: BackupPlan, *, days: int = 35) -> Verdict:
    """A plan keeps at least some of its backups long enough.

    Data that was spoilt slowly is noticed late. The longest rule counts: daily backups may go
    earlier than monthly ones.

    Remediation: Raise *Total retention period* of a rule. The days are a setting.
    """
    if not plan.rules:
        return not_applicable(f"{plan.name} has no rules")
    kept = [rule.days for rule in plan.rules]
    if None in kept:
        return passed(f"{plan.name} keeps backups until somebody deletes them")
    longest = max(each for each in kept if each is not None)
    if longest >= days:
        return passed(f"{plan.name} keeps backups for {longest} days")
    return failed(f"{plan.name} keeps no backup longer than {longest} days, less than {days}")


@check(objective="services-survive-failures", severity=Severity.LOW)
def plan_copies_elsewhere(plan: BackupPlan) -> Verdict:
    """A plan copies backups to another region or another account.

    What destroys the data often destroys what lies beside it: a lost region, or an intruder with rights in the account.

    Remediation: Add to a rule *Copy to destination*, with a vault in another region or account.
    """
    here = plan.id.split(":")[3:5]
    elsewhere = sorted(
        {
            " of account ".join((copy.split(":")[3], copy.split(":")[4]))
            for rule in plan.rules
            for copy in rule.copies_to
            if copy.split(":")[3:5] != here
        }
    )
    if elsewhere:
        return passed(f"{plan.name} copies to {', '.join(elsewhere)}")
    return failed(f"{plan.name} copies to no other region or account")


@check(objective="deletions-can-be-undone", severity=Severity.MEDIUM)
def vault_is_locked(vault: BackupVault, *, exempt: tuple[str, ...] = ("aws/efs/automatic-backup-vault",)) -> Verdict:
    """A vault is locked: its backups are not deleted before their time.

    Ransomware looks for the backups first. A lock without a day from which it is final can be taken off by those with
    the permission: the reason says which it is. The vault that EFS makes by itself is exempt by default; name others
    in `exempt`.

    Remediation: `aws backup put-backup-vault-lock-configuration --backup-vault-name … --min-retention-days …`, with
    `--changeable-for-days` to make it final.
    """
    if vault.name in exempt:
        return not_applicable(f"{vault.name} is exempt by a setting")
    if not vault.locked:
        return failed(f"{vault.name} is not locked")
    least = f", for at least {vault.minimum_days} days" if vault.minimum_days else ""
    ends = "which those with the permission can take off" if vault.lock_ends else "with a day from which it is final"
    return passed(f"{vault.name} is locked{least}, {ends}")


@check(objective="keys-are-under-our-control", severity=Severity.LOW)
def vault_uses_our_key(vault: BackupVault, keys: Population[KmsKey]) -> Verdict:
    """A vault encrypts with a key that we control.

    Every vault encrypts. With a key of ours, reading a backup needs a second permission that we give and take.

    Remediation: Make a vault with a key of your own: the key of a vault cannot be changed.
    """
    return encrypts_with_ours(vault.name, vault.key, keys)


@check(objective="data-at-rest-is-encrypted", severity=Severity.MEDIUM)
def recovery_points_are_encrypted(contents: BackupVaultContents) -> Verdict:
    """Every recovery point in a vault is encrypted.

    Backups of some services are encrypted as the original is, not as the vault says: of a plain volume comes a plain
    backup.

    Remediation: Encrypt what the recovery point was made of, back up again, then delete the plain recovery points.
    """
    if contents.plain:
        return failed(f"in {contents.name} {len(contents.plain)} are not encrypted, such as {contents.plain[0]}")
    if contents.unclear:
        return unknown(
            f"in {contents.name} AWS does not say it of {len(contents.unclear)}, such as {contents.unclear[0]}"
        )
    if contents.empty:
        return not_applicable(f"{contents.name} is empty")
    return passed(f"all recovery points in {contents.name} are encrypted")


@check(objective="data-is-not-public", severity=Severity.CRITICAL)
def vault_is_not_public(vault: BackupVault) -> Verdict:
    """Not everybody in the world can get at a vault.

    A backup is the data, all at once and in order.

    Remediation: Take the statement for all principals out of the vault's access policy, or add `aws:PrincipalOrgID`.
    """
    if everybody_may(vault.statements):
        return failed(f"the policy of {vault.name} lets everybody in")
    return passed(f"the policy of {vault.name} lets not everybody in")


@check(objective="outside-access-is-approved", severity=Severity.HIGH)
def vault_lets_in_approved_accounts(vault: BackupVault, *, approved: tuple[str, ...] = ()) -> Verdict:
    """A vault's policy lets in no other account, unless that was approved.

    Who may copy from a vault has the data for good.

    Remediation: Name the account in the setting `approved`, or take it out of the vault's access policy.
    """
    others = sorted(accounts_let_in(vault.statements) - {vault.id.split(":")[4]} - set(approved))
    if others:
        return failed(f"the policy of {vault.name} lets in {', '.join(others)}, which nobody approved")
    return passed(f"the policy of {vault.name} lets in no account that was not approved")


@check(objective="recovery-is-exercised", severity=Severity.LOW)
def restoring_is_exercised(tests: Population[RestoreTest], *, as_of: datetime, days: int = 90) -> Verdict:
    """Restoring is exercised by a plan, and was lately.

    A backup that nobody ever restored is a hope. Exercises by hand are attested instead.

    Remediation: *AWS Backup*, *Restore testing*, *Create restore testing plan*.
    """
    ran = [(test.last, test.name) for test in tests.observed if test.last is not None]
    if ran:
        when, name = max(ran)
        verdict = lately(f"{name} restored last on {when:%Y-%m-%d}", when, as_of, days)
        return verdict if verdict.status == "pass" else _none_is_hidden(tests, verdict)
    return failed(f"none of {len(tests)} restore testing plans has run")


def _none_is_hidden(tests: Population[RestoreTest], verdict: Verdict) -> Verdict:
    """A failure counts only when all were seen. Raises `NotObservedError` otherwise."""
    len(tests)
    return verdict
