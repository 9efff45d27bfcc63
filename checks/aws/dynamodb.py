"""Checks of DynamoDB: tables, and the caches in front of them."""

from __future__ import annotations

from datetime import datetime

from checks.aws.backups import backed_up
from checks.aws.databases import apart, has
from checks.aws.our_keys import encrypts_with_ours
from checks.aws.policies import accounts_let_in, everybody_may
from core.model import Severity, Verdict, failed, passed
from core.plugins import check
from core.population import Population
from core.resources.aws.backup import ProtectedResource
from core.resources.aws.dynamodb import DaxCluster, Table
from core.resources.aws.kms import KmsKey


@check(objective="keys-are-under-our-control", severity=Severity.LOW)
def table_is_encrypted_with_our_key(table: Table, keys: Population[KmsKey]) -> Verdict:
    """A table is encrypted with a KMS key of ours.

    DynamoDB encrypts all tables, by default with a key that it owns: then who may read the table may read the data. A
    key of ours is a second permission, and a record of its use.

    Remediation: *Additional settings*, *Manage encryption*, *Stored in your account, and owned and managed by you*.
    """
    return encrypts_with_ours(table.name, table.key, keys)


@check(objective="data-is-backed-up", severity=Severity.MEDIUM)
def table_is_backed_up(
    table: Table, protected: Population[ProtectedResource], as_of: datetime, *, days: int = 7
) -> Verdict:
    """A table is backed up, by itself or by AWS Backup.

    DynamoDB keeps several copies of everything, and a deletion reaches them all. A backup of AWS Backup counts for
    so many days.

    Remediation: Switch on *Point-in-time recovery*, or take the table into a backup plan.
    """
    reach = table.restorable_days
    by_itself = f"can be restored to any moment of the last {reach} days" if reach else ""
    return backed_up(table.name, table.id, by_itself=by_itself, protected=protected, as_of=as_of, days=days)


@check(objective="deletions-can-be-undone", severity=Severity.MEDIUM)
def table_can_be_restored(table: Table, *, days: int = 7) -> Verdict:
    """A table can be restored to any moment of the last days.

    A faulty program overwrites a table in minutes. *Point-in-time recovery* undoes that to the second.

    Remediation: `aws dynamodb update-continuous-backups --point-in-time-recovery-specification
    PointInTimeRecoveryEnabled=true --table-name …`.
    """
    if not table.restorable_days:
        return failed(f"{table.name} cannot be restored to a moment in the past")
    if table.restorable_days < days:
        return failed(f"{table.name} can be restored within {table.restorable_days} days, fewer than {days}")
    return passed(f"{table.name} can be restored within {table.restorable_days} days")


@check(objective="deletions-can-be-undone", severity=Severity.LOW)
def table_is_guarded_against_deletion(table: Table) -> Verdict:
    """A table cannot be deleted by one command.

    Tables are small words in scripts that tidy up.

    Remediation: `aws dynamodb update-table --deletion-protection-enabled --table-name …`.
    """
    return has("protection against deletion", on=table.guarded, name=table.name)


@check(objective="data-is-not-public", severity=Severity.CRITICAL)
def table_is_not_open_to_everybody(table: Table) -> Verdict:
    """The policy of a table does not let everybody in.

    DynamoDB refuses policies that it sees to be public; a condition that confines nobody slips through.

    Remediation: Name accounts or identities in `Principal`, or add `aws:PrincipalOrgID`.
    """
    if everybody_may(table.statements):
        return failed(f"the policy of {table.name} lets everybody in")
    return passed(f"the policy of {table.name} does not let everybody in")


@check(objective="outside-access-is-approved", severity=Severity.HIGH)
def table_lets_in_approved_accounts(table: Table, *, approved: tuple[str, ...] = ()) -> Verdict:
    """The policy of a table lets in no other account, unless that was approved.

    What another account does with our data, only its owner decides.

    Remediation: Name the account in the setting `approved`, or take it out of the table's policy.
    """
    others = sorted(accounts_let_in(table.statements) - {table.account} - set(approved))
    if others:
        return failed(f"the policy of {table.name} lets in {', '.join(others)}, which nobody approved")
    return passed(f"the policy of {table.name} lets in no account that was not approved")


@check(objective="data-at-rest-is-encrypted", severity=Severity.MEDIUM)
def cache_is_encrypted(cluster: DaxCluster) -> Verdict:
    """What a DAX cluster keeps on disk is encrypted.

    Tables are always encrypted, and their cache only when somebody asked for it.

    Remediation: It can only be chosen when a cluster is made: `aws dax create-cluster --sse-specification
    Enabled=true …`.
    """
    return has("encryption of what it keeps", on=cluster.encrypted, name=cluster.name)


@check(objective="data-in-transit-is-protected", severity=Severity.MEDIUM)
def cache_needs_tls(cluster: DaxCluster) -> Verdict:
    """A DAX cluster is reached by TLS alone.

    Without it everything that is read can be read on the way.

    Remediation: It can only be chosen when a cluster is made: `aws dax create-cluster
    --cluster-endpoint-encryption-type TLS …`.
    """
    return has("endpoint with TLS", on=cluster.needs_tls, name=cluster.name)


@check(objective="services-survive-failures", severity=Severity.LOW)
def cache_survives_its_zone(cluster: DaxCluster) -> Verdict:
    """A DAX cluster has nodes in several zones.

    When it is gone, all reading falls onto the table at once.

    Remediation: `aws dax increase-replication-factor --availability-zones …`.
    """
    return apart(cluster.name, cluster.zones)
