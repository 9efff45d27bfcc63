"""Checks of Redshift: who reaches the warehouse, what it keeps of its data, and what it tells of its use."""

from __future__ import annotations

from checks.aws.databases import encrypted, has, kept, sent
from core.model import Severity, Verdict, failed, passed
from core.plugins import check
from core.resources.aws.redshift import Namespace, RedshiftCluster, RedshiftSnapshot, Workgroup


@check(objective="internet-exposure-is-intended", severity=Severity.HIGH)
def cluster_has_no_public_address(cluster: RedshiftCluster, *, approved: tuple[str, ...] = ()) -> Verdict:
    """A Redshift cluster cannot be addressed from the internet.

    A warehouse holds the data of many systems at once. Name clusters that must have a public address in the setting
    `approved`.

    Remediation: `aws redshift modify-cluster --no-publicly-accessible --cluster-identifier …`.
    """
    return _not_public(cluster.name, public=cluster.public, approved=approved)


@check(objective="data-at-rest-is-encrypted", severity=Severity.HIGH)
def cluster_is_encrypted(cluster: RedshiftCluster) -> Verdict:
    """The storage of a Redshift cluster is encrypted.

    New clusters have been so since January 2025; older ones stay as they are until somebody changes them.

    Remediation: `aws redshift modify-cluster --encrypted --kms-key-id … --cluster-identifier …`.
    """
    return encrypted(cluster.name, on=cluster.encrypted, key=cluster.key)


@check(objective="data-in-transit-is-protected", severity=Severity.HIGH)
def cluster_refuses_plain_text(cluster: RedshiftCluster) -> Verdict:
    """A Redshift cluster refuses connections in plain text.

    Who does not ask for TLS is else answered without it, and passwords and data can be read on the way.

    Remediation: Set `require_ssl` to `true` in the cluster's parameter group, and reboot the cluster.
    """
    return _plain_text(cluster.name, refused=cluster.needs_tls)


@check(objective="use-is-logged", severity=Severity.MEDIUM)
def cluster_logs_who_signs_in(cluster: RedshiftCluster) -> Verdict:
    """A Redshift cluster writes an audit log, and its delivery works.

    It says who signed in, and from where, for longer than the few days that system tables go back.

    Remediation: `aws redshift enable-logging --log-destination-type cloudwatch --log-exports connectionlog userlog
    useractivitylog --cluster-identifier …`.
    """
    if not cluster.logs_to:
        return failed(f"{cluster.name} writes no audit log")
    if cluster.log_failure:
        return failed(f"{cluster.name} cannot write its audit log to {cluster.logs_to}: {cluster.log_failure}")
    return passed(f"{cluster.name} writes its audit log to {cluster.logs_to}")


@check(objective="use-is-logged", severity=Severity.LOW)
def cluster_logs_queries(cluster: RedshiftCluster) -> Verdict:
    """The audit log of a Redshift cluster holds the queries.

    The log of connections says who was there; only the log of user activity says what they read.

    Remediation: Set `enable_user_activity_logging` to `true` in the cluster's parameter group, and reboot the cluster.
    """
    return has("log of queries", on=cluster.logs_queries and bool(cluster.logs_to), name=cluster.name)


@check(objective="traffic-is-filtered", severity=Severity.LOW)
def cluster_loads_through_its_network(cluster: RedshiftCluster) -> Verdict:
    """What a Redshift cluster loads and unloads goes through its own network.

    Else `COPY` and `UNLOAD` go over the internet, past security groups, endpoint policies and flow logs.

    Remediation: `aws redshift modify-cluster --enhanced-vpc-routing --cluster-identifier …`, with an endpoint for S3.
    """
    return has("routing through its own network", on=cluster.own_routes, name=cluster.name)


@check(objective="services-survive-failures", severity=Severity.LOW)
def cluster_survives_its_zone(cluster: RedshiftCluster) -> Verdict:
    """A Redshift cluster runs in two zones.

    When a zone fails, the other part goes on without loss.

    Remediation: `aws redshift modify-cluster --multi-az --cluster-identifier …` (RA3 nodes, encrypted).
    """
    return has("part in a second zone", on=cluster.multi_zone, name=cluster.name)


@check(objective="data-is-backed-up", severity=Severity.MEDIUM)
def cluster_is_backed_up(cluster: RedshiftCluster, *, days: int = 7) -> Verdict:
    """Automatic snapshots of a Redshift cluster are kept for some days.

    AWS keeps them for one day when nobody says more.

    Remediation: `aws redshift modify-cluster --automated-snapshot-retention-period 7 --cluster-identifier …`.
    """
    return kept(cluster.name, cluster.backup_days, days)


@check(objective="vulnerabilities-are-fixed", severity=Severity.MEDIUM)
def cluster_takes_upgrades(cluster: RedshiftCluster) -> Verdict:
    """New versions of Redshift are installed in a cluster by themselves.

    They hold the fixes of known flaws.

    Remediation: `aws redshift modify-cluster --allow-version-upgrade --cluster-identifier …`.
    """
    if cluster.upgrades:
        return passed(f"new versions are installed in {cluster.name} by themselves")
    return failed(f"somebody must install new versions in {cluster.name}")


@check(objective="credentials-are-rotated", severity=Severity.LOW)
def cluster_password_is_managed(cluster: RedshiftCluster) -> Verdict:
    """Secrets Manager keeps and changes the password of the administrator of a Redshift cluster.

    Nobody needs to know it then.

    Remediation: `aws redshift modify-cluster --manage-master-password --cluster-identifier …`.
    """
    return has("password of its administrator in Secrets Manager", on=cluster.managed_password, name=cluster.name)


@check(objective="outside-access-is-approved", severity=Severity.HIGH)
def snapshot_is_shared_with_approved_accounts(snapshot: RedshiftSnapshot, *, approved: tuple[str, ...] = ()) -> Verdict:
    """A snapshot of a Redshift cluster is shared with no other account, unless that was approved.

    Who restores it has the whole warehouse.

    Remediation: Name the account in the setting `approved`, or `aws redshift revoke-snapshot-access`.
    """
    if others := sorted(set(snapshot.restorable_by) - set(approved)):
        return failed(f"{snapshot.name} is shared with {', '.join(others)}, which nobody approved")
    return passed(f"{snapshot.name} is shared with no account that was not approved")


@check(objective="data-at-rest-is-encrypted", severity=Severity.MEDIUM)
def snapshot_is_encrypted(snapshot: RedshiftSnapshot) -> Verdict:
    """A snapshot of a Redshift cluster is encrypted.

    It is as its cluster was, and outlives it.

    Remediation: Encrypt the cluster, take another snapshot, and delete this one.
    """
    return has("encryption", on=snapshot.encrypted, name=f"{snapshot.name} of {snapshot.cluster}")


@check(objective="internet-exposure-is-intended", severity=Severity.HIGH)
def workgroup_has_no_public_address(workgroup: Workgroup, *, approved: tuple[str, ...] = ()) -> Verdict:
    """A workgroup of Redshift Serverless cannot be addressed from the internet.

    A warehouse holds the data of many systems at once. Name workgroups that must have a public address in the setting
    `approved`.

    Remediation: `aws redshift-serverless update-workgroup --no-publicly-accessible --workgroup-name …`.
    """
    return _not_public(workgroup.name, public=workgroup.public, approved=approved)


@check(objective="data-in-transit-is-protected", severity=Severity.HIGH)
def workgroup_refuses_plain_text(workgroup: Workgroup) -> Verdict:
    """A workgroup of Redshift Serverless refuses connections in plain text.

    Who does not ask for TLS is else answered without it, and passwords and data can be read on the way.

    Remediation: `aws redshift-serverless update-workgroup --config-parameters
    parameterKey=require_ssl,parameterValue=true --workgroup-name …`.
    """
    return _plain_text(workgroup.name, refused=workgroup.needs_tls)


@check(objective="traffic-is-filtered", severity=Severity.LOW)
def workgroup_loads_through_its_network(workgroup: Workgroup) -> Verdict:
    """What a workgroup of Redshift Serverless loads and unloads goes through its own network.

    Else `COPY` and `UNLOAD` go over the internet, past security groups, endpoint policies and flow logs.

    Remediation: `aws redshift-serverless update-workgroup --enhanced-vpc-routing --workgroup-name …`.
    """
    return has("routing through its own network", on=workgroup.own_routes, name=workgroup.name)


@check(objective="use-is-logged", severity=Severity.MEDIUM)
def namespace_sends_its_logs_away(
    namespace: Namespace, *, needed: tuple[str, ...] = ("connectionlog", "userlog")
) -> Verdict:
    """A namespace of Redshift Serverless logs who signs in, and to CloudWatch Logs.

    System tables go back only a few days, and who administers the warehouse can read and change them.

    Remediation: `aws redshift-serverless update-namespace --log-exports connectionlog userlog useractivitylog
    --namespace-name …`.
    """
    return sent(namespace.name, namespace.log_exports, needed)


@check(objective="credentials-are-rotated", severity=Severity.LOW)
def namespace_password_is_managed(namespace: Namespace) -> Verdict:
    """Secrets Manager keeps and changes the password of the administrator of a namespace of Redshift Serverless.

    Nobody needs to know it then.

    Remediation: `aws redshift-serverless update-namespace --manage-admin-password --namespace-name …`.
    """
    return has("password of its administrator in Secrets Manager", on=namespace.managed_password, name=namespace.name)


def _not_public(name: str, *, public: bool, approved: tuple[str, ...]) -> Verdict:
    if not public:
        return passed(f"{name} has no public address")
    if name in approved:
        return passed(f"{name} has a public address, which is approved")
    return failed(f"{name} has a public address")


def _plain_text(name: str, *, refused: bool) -> Verdict:
    if refused:
        return passed(f"{name} refuses connections in plain text")
    return failed(f"{name} answers connections in plain text")
