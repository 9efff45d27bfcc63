"""Checks of EMR: who reaches clusters, and how data lies and travels there."""

from __future__ import annotations

from core.model import Severity, Verdict, failed, passed
from core.plugins import check
from core.resources.aws.emr import EmrCluster, EmrRegion

SSH = 22


@check(objective="guardrails-hold-everywhere", severity=Severity.MEDIUM)
def region_blocks_public_clusters(region: EmrRegion, *, ports: tuple[int, ...] = (SSH,)) -> Verdict:
    """A region starts no cluster whose security groups let everybody in.

    Clusters are made often and by many, with consoles that ask for no password. AWS exempts SSH at first; the ports
    that may be exempt are a setting.

    Remediation: *EMR*, *Block public access*, turn on; or `aws emr put-block-public-access-configuration`.
    """
    if not region.blocks_public:
        return failed(f"{region.region} does not block clusters that let everybody in")
    wide = [each for each in region.exceptions if not set(range(each.first, each.last + 1)) <= set(ports)]
    if wide:
        open_ones = ", ".join(f"{each.first}-{each.last}" for each in wide)
        return failed(f"{region.region} blocks clusters that let everybody in, but not on ports {open_ones}")
    return passed(f"{region.region} blocks clusters that let everybody in")


@check(objective="internet-exposure-is-intended", severity=Severity.HIGH)
def cluster_has_no_public_addresses(cluster: EmrCluster) -> Verdict:
    """No instance of a running cluster has a public address.

    With one, a single careless rule of a security group lets the internet in.

    Remediation: Start clusters in private subnets, with endpoints for S3 and EMR.
    """
    if cluster.public:
        return failed(
            f"{len(cluster.public)} instances of {cluster.name} have public addresses: {cluster.public[0]}, …"
        )
    return passed(f"no instance of {cluster.name} has a public address")


@check(objective="data-at-rest-is-encrypted", severity=Severity.MEDIUM)
def cluster_encrypts_at_rest(cluster: EmrCluster) -> Verdict:
    """A running cluster encrypts its disks.

    The disks hold copies of the data while it is worked on.

    Remediation: Start clusters with a security configuration that has *Encryption at rest*.
    """
    if cluster.at_rest:
        return passed(f"the security configuration of {cluster.name} encrypts at rest")
    return failed(f"no security configuration of {cluster.name} encrypts at rest")


@check(objective="data-in-transit-is-protected", severity=Severity.MEDIUM)
def cluster_encrypts_in_transit(cluster: EmrCluster) -> Verdict:
    """A running cluster encrypts what travels between its nodes.

    Between nodes travels all the data that is worked on.

    Remediation: Start clusters with a security configuration that has *Encryption in transit*.
    """
    if cluster.in_transit:
        return passed(f"the security configuration of {cluster.name} encrypts in transit")
    return failed(f"no security configuration of {cluster.name} encrypts in transit")


@check(objective="logs-are-collected-centrally", severity=Severity.LOW)
def cluster_keeps_logs(cluster: EmrCluster) -> Verdict:
    """A running cluster writes its logs to S3.

    Otherwise they are gone when the cluster is.

    Remediation: Start clusters with *Publish cluster-specific logs to Amazon S3*.
    """
    if cluster.logs_to:
        return passed(f"{cluster.name} logs to {cluster.logs_to}")
    return failed(f"the logs of {cluster.name} go with it")
