"""Checks of the inventory: what labels say of projects and of what keeps or handles data, and where that stands."""

from __future__ import annotations

from typing import Any

from checks.cloud.inventory import all_have_labels, all_name, all_stand_in
from core.model import Severity, Verdict
from core.plugins import check
from core.population import Population
from core.resources.cloud import CloudResource
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
    everything = _everything(
        containers, machines, disks, buckets, databases, datasets, clusters, data_clusters, encryption_keys, secrets
    )
    return all_have_labels("resources", everything, keys)


@check(objective="assets-are-labelled", severity=Severity.LOW)
def resources_have_owners(  # noqa: PLR0913, PLR0917 - the same
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
    keys: tuple[str, ...] = ("owner", "team"),
) -> Verdict:
    """A label of each project, and of what keeps or handles data, says who owns it.

    Nobody mends, pays for or removes what is nobody's. One of the labels in the setting `keys` has to be there. Where
    owners follow from something else (`assets.rules`, or the owner of the organization in the configuration), switch
    this off: the inventory says whom they name.

    Remediation: `gcloud projects update PROJECT --update-labels=owner=…`, and likewise for each kind of resource;
    `labels` in Terraform.
    """
    everything = _everything(
        containers, machines, disks, buckets, databases, datasets, clusters, data_clusters, encryption_keys, secrets
    )
    return all_name("resources", everything, "owner", keys)


@check(objective="assets-are-labelled", severity=Severity.LOW)
def resources_are_classified(  # noqa: PLR0913, PLR0917 - the same
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
    keys: tuple[str, ...] = ("classification", "data-classification"),
) -> Verdict:
    """A label of each project, and of what keeps or handles data, says how its information is classified.

    What is secret is protected as such only where somebody can see that it is. One of the labels in the setting `keys`
    has to be there. Where classes follow from something else (`assets.rules` in the configuration), switch this off:
    the inventory says which.

    Remediation: `gcloud projects update PROJECT --update-labels=classification=…`, and likewise for each kind of
    resource; `labels` in Terraform.
    """
    everything = _everything(
        containers, machines, disks, buckets, databases, datasets, clusters, data_clusters, encryption_keys, secrets
    )
    return all_name("resources", everything, "classification", keys)


@check(objective="guardrails-hold-everywhere", severity=Severity.MEDIUM)
def resources_stand_where_they_may(  # noqa: PLR0913, PLR0917 - the same
    containers: Population[Container],
    machines: Population[Instance],
    disks: Population[Disk],
    buckets: Population[Bucket],
    databases: Population[SqlInstance],
    datasets: Population[Dataset],
    clusters: Population[KubernetesCluster],
    data_clusters: Population[DataprocCluster],
    encryption_keys: Population[CryptoKey],
    *,
    locations: tuple[str, ...] = (),
) -> Verdict:
    """What keeps or handles data stands in places that are approved.

    Other laws hold elsewhere, for the information and for who may want to see it. Name regions, zones and larger places
    in the setting `locations`, with `*` for any end: `europe-west1*`, `eu`; `global` for keys without a region. Secrets
    are not judged: where their copies stand is not in the inventory's word for their place.

    Remediation: Move what the reason names; the constraint `constraints/gcp.resourceLocations` keeps others away.
    """
    projects = _everything(containers)
    everything = _everything(
        containers, machines, disks, buckets, databases, datasets, clusters, data_clusters, encryption_keys
    )
    return all_stand_in(f"resources of {len(projects)} projects", everything[len(projects) :], locations)


def _everything(containers: Population[Container], *kinds: Population[Any]) -> list[CloudResource]:
    """The projects that are looked at, and all that is there of some kinds."""
    projects = (each for each in containers if each.type == "project" and each.looked_at)
    return [*projects, *(each for kind in kinds for each in kind.here)]
