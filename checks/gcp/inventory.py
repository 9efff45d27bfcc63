"""Checks of the inventory: that labels name what they should."""

from __future__ import annotations

from checks.labels import all_have_labels
from core.model import Severity, Verdict
from core.plugins import check
from core.population import Population
from core.resources.gcp.compute import Disk, Instance
from core.resources.gcp.data import Bucket, CryptoKey, DataprocCluster, Dataset, KubernetesCluster, Secret, SqlInstance
from core.resources.gcp.hierarchy import Container


@check(objective="assets-are-labelled", severity=Severity.LOW)
def resources_are_labelled(  # noqa: PLR0913, PLR0917 - each kind of resource is a population of its own
    containers: Population[Container],
    machines: Population[Instance],
    disks: Population[Disk],
    buckets: Population[Bucket],
    databases: Population[SqlInstance],
    datasets: Population[Dataset],
    clusters: Population[KubernetesCluster],
    data_clusters: Population[DataprocCluster],
    encryption_keys: Population[CryptoKey],
    secrets: Population[Secret],
    *,
    keys: tuple[str, ...] = (),
) -> Verdict:
    """Projects and what keeps or handles data have all the labels that are wanted.

    A resource without an owner is nobody's when something happens. Name the wanted labels in the setting `keys`. Labels
    of a project do not count for what is in it: Google Cloud does not hand them down.

    Remediation: `gcloud projects update PROJECT --update-labels=owner=…`, and likewise for each kind of resource;
    `labels` in Terraform.
    """
    everything = [
        *(each for each in containers if each.type == "project" and each.looked_at),
        *machines.here, *disks.here, *buckets.here, *databases.here, *datasets.here, *clusters.here,
        *data_clusters.here, *encryption_keys.here, *secrets.here,
    ]  # fmt: skip
    return all_have_labels("resources", everything, keys)
