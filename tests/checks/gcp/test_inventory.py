"""Truth table of the check of labels."""

from __future__ import annotations

import pytest

from checks.gcp.inventory import resources_are_labelled
from core.resource import NotObservedError
from core.resources.gcp.compute import Disk, Instance
from core.resources.gcp.data import Bucket, CryptoKey, DataprocCluster, Dataset, KubernetesCluster, Secret, SqlInstance
from core.resources.gcp.hierarchy import Container
from tests.checks.gcp.making import SHOP, all_of, common, container, status

OTHERS = (Bucket, SqlInstance, Dataset, KubernetesCluster, DataprocCluster, CryptoKey, Secret)


@pytest.mark.parametrize(
    ("of_project", "of_disk", "keys", "expected"),
    [
        ({"owner": "ada"}, {"owner": "bob"}, ("owner",), "pass"),
        ({"owner": "ada"}, {}, ("owner",), "fail"),
        ({}, {"owner": "bob"}, ("owner",), "fail"),
        ({}, {}, (), "not_applicable"),
    ],
)
def test_resources_are_labelled(
    of_project: dict[str, str], of_disk: dict[str, str], keys: tuple[str, ...], expected: str
) -> None:
    projects = all_of(
        Container, container(labels=of_project), container("folders/800"), container("projects/9", looked_at=False)
    )
    disks = all_of(Disk, Disk(**common(labels=of_disk, key="")))
    verdict = resources_are_labelled(projects, all_of(Instance), disks, *map(all_of, OTHERS), keys=keys)
    assert status(verdict) == expected


def test_what_was_not_seen_may_have_no_labels() -> None:
    with pytest.raises(NotObservedError):
        resources_are_labelled(
            all_of(Container, container(SHOP)), all_of(Instance, missing="denied"), all_of(Disk), *map(all_of, OTHERS)
        )
