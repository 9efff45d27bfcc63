"""Inventories of all clouds are recorded alike, and the same facts come to the same verdict in each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from checks.aws import inventory as aws
from checks.azure import inventory as azure
from checks.cloud import inventory as cloud
from checks.gcp import inventory as gcp
from core.model import Status, Verdict
from core.population import Population
from core.resource import NotObservedError, Resource, unobserved
from core.resources.aws.inventory import LabelledResource
from core.resources.azure.inventory import AzureResource
from core.resources.cloud import CloudResource
from core.resources.gcp.compute import Disk, Instance
from core.resources.gcp.data import Bucket, CryptoKey, DataprocCluster, Dataset, KubernetesCluster, Secret, SqlInstance
from core.resources.gcp.hierarchy import Container
from tests.twins import population

Facts = Sequence[tuple[Mapping[str, str], Any]]
"""Tags and place of each resource."""
Judge = Callable[..., Verdict]
GCP: dict[str, type[Resource]] = {
    "containers": Container, "machines": Instance, "disks": Disk, "buckets": Bucket, "databases": SqlInstance,
    "datasets": Dataset, "clusters": KubernetesCluster, "data_clusters": DataprocCluster, "encryption_keys": CryptoKey,
    "secrets": Secret,
}  # fmt: skip
HOME = "host/web-1"


def of_aws(question: str, facts: Facts, settings: Mapping[str, Any]) -> Status:
    made = [
        LabelledResource(
            id=f"arn:aws:ec2:{number}", account="1", location=place, labels=tuple(sorted(tags)), tags=dict(tags)
        )
        for number, (tags, place) in enumerate(facts)
    ]
    one_by_one: dict[str, Judge] = {"owners": aws.resource_has_an_owner, "classes": aws.resource_is_classified}
    if question in one_by_one:
        found = {one_by_one[question](each, **settings).status for each in made}
        return Status.FAIL if Status.FAIL in found else Status.PASS
    together: dict[str, Judge] = {"labels": aws.resources_are_labelled, "places": aws.resources_stand_where_they_may}
    return together[question](population(*made, kind="aws_labelled_resource").at(HOME), **settings).status


def of_azure(question: str, facts: Facts, settings: Mapping[str, Any]) -> Status:
    made = [
        AzureResource(id=f"/subscriptions/s/a/{number}", location=place, tags=dict(tags))
        for number, (tags, place) in enumerate(facts)
    ]
    judges: dict[str, Judge] = {
        "labels": azure.resources_are_labelled,
        "owners": azure.resources_have_owners,
        "classes": azure.resources_are_classified,
        "places": azure.resources_stand_where_they_may,
    }
    return judges[question](population(*made, kind="azure_resource").at(HOME), **settings).status


def of_gcp(question: str, facts: Facts, settings: Mapping[str, Any]) -> Status:
    made = [
        Disk(id=f"//disks/{number}", container="projects/1", location=place, labels=dict(tags), name="disk", key="")
        for number, (tags, place) in enumerate(facts)
    ]
    judges: dict[str, Any] = {
        "labels": gcp.resources_are_labelled,
        "owners": gcp.resources_have_owners,
        "classes": gcp.resources_are_classified,
        "places": gcp.resources_stand_where_they_may,
    }
    check = judges[question]
    every: dict[str, Population[Any]] = {
        name: population(*(made if kind is Disk else ()), kind=kind.kind).at(HOME) for name, kind in GCP.items()
    }
    wanted = {name: each for name, each in every.items() if GCP[name] in (check.subject, *check.joins.values())}
    verdict: Verdict = check(**wanted, **settings)
    return verdict.status


@pytest.mark.parametrize("judged", [of_aws, of_azure, of_gcp])
@pytest.mark.parametrize(
    ("question", "facts", "settings", "expected"),
    [
        ("labels", [({}, "x")], {}, "not_applicable"),
        ("labels", [({"owner": "ada", "env": "prod"}, "x")], {"keys": ("owner", "env")}, "pass"),
        ("labels", [({"owner": "ada"}, "x"), ({}, "x")], {"keys": ("owner",)}, "fail"),
        ("labels", [({"owner": ""}, "x")], {"keys": ("owner",)}, "fail"),
        ("owners", [({"owner": "ada"}, "x"), ({"Team": "web"}, "x")], {}, "pass"),
        ("owners", [({"owner": "ada"}, "x"), ({"stage": "test"}, "x")], {}, "fail"),
        ("owners", [({"owner": ""}, "x")], {}, "fail"),
        ("owners", [({"boss": "ada"}, "x")], {"keys": ("boss",)}, "pass"),
        ("classes", [({"Data-Classification": "secret"}, "x")], {}, "pass"),
        ("classes", [({"owner": "ada"}, "x")], {}, "fail"),
        ("places", [({}, "eu-west-1")], {}, "not_applicable"),
        ("places", [({}, "eu-west-1"), ({}, "EU-north-1")], {"locations": ("eu-*",)}, "pass"),
        ("places", [({}, "eu-west-1"), ({}, "us-east-1")], {"locations": ("eu-*",)}, "fail"),
        ("places", [({}, "West Europe")], {"locations": ("westeurope",)}, "pass"),
        ("places", [({}, "global")], {"locations": ("eu-*",)}, "fail"),
        ("places", [({}, "global")], {"locations": ("eu-*", "global")}, "pass"),
        ("places", [], {"locations": ("eu-*",)}, "pass"),
    ],
)  # fmt: skip
def test_the_same_facts_come_to_the_same_verdict_in_every_cloud(
    judged: Callable[[str, Facts, Mapping[str, Any]], Status],
    question: str,
    facts: Facts,
    settings: Mapping[str, Any],
    expected: str,
) -> None:
    assert judged(question, facts, settings).value == expected


@pytest.mark.parametrize("judged", [of_aws, of_azure, of_gcp])
def test_a_place_that_was_not_seen_is_no_place_that_is_approved(judged: Callable[..., Status]) -> None:
    with pytest.raises(NotObservedError):
        judged("places", [({}, unobserved("not said"))], {"locations": ("*",)})


def test_every_cloud_asks_the_same_functions() -> None:
    for module in (aws, azure, gcp):
        shared = {name: each for name, each in vars(module).items() if name in vars(cloud) and callable(each)}
        asked = {"all_have_labels", "all_stand_in", "label_naming" if module is aws else "all_name"}
        assert asked <= shared.keys()
        assert all(each is vars(cloud)[name] for name, each in shared.items())


def test_reasons_name_ten_resources_and_the_places() -> None:
    made = [AzureResource(id=f"/subscriptions/s/{number:02}", location="eastus", tags={}) for number in range(11)]
    every = population(*made, kind="azure_resource").at(HOME)
    reason = cloud.all_stand_in("resources", every, ("westeurope",)).reason
    assert reason.startswith("11 of 11 resources stand in eastus: /subscriptions/s/00, ")
    assert reason.endswith("/subscriptions/s/09, …")
    assert cloud.all_name("resources", every, "owner", ("owner", "team")).reason.startswith(
        "no label names the owner of 11 of 11 resources, for none of owner, team has a value: /subscriptions/s/00"
    )
    none: Population[AzureResource] = population(kind="azure_resource").at(HOME)
    assert cloud.all_stand_in("resources", none, ("eu",)).reason == "all of 0 resources stand in no place at all"
    assert (
        cloud.all_name("resources", none, "owner", ("owner",)).reason
        == "a label names the owner of each of 0 resources"
    )


def aws_resource(arn: str) -> LabelledResource:
    return LabelledResource(id=arn, account="111122223333", location="eu-west-1", labels=(), tags={})


def azure_resource(path: str) -> AzureResource:
    return AzureResource(id=f"/subscriptions/s-1{path}", location="westeurope", tags={})


def gcp_key(name: str) -> CryptoKey:
    hidden = unobserved("of no matter here")
    more = dict.fromkeys(
        ("purpose", "primary", "protection", "rotation_seconds", "next_rotation", "destroy_seconds"), hidden
    )
    given: dict[str, Any] = {"container": "projects/1", "location": "europe-west1", "labels": {}, "name": "key", **more}
    return CryptoKey(id=name, **given)


PROJECT = Container(
    id="projects/1", type="project", name="shop", state="ACTIVE", above=("folders/8",), labels={}, customer="",
    looked_at=True, left_out="",
)  # fmt: skip
RING = "//cloudkms.googleapis.com/projects/shop/locations/eu/keyRings/ring"
VM = "/resourcegroups/rg/providers/microsoft.compute/virtualmachines/web"


@pytest.mark.parametrize(
    ("resource", "kind", "account", "part_of"),
    [
        (aws_resource("arn:aws:ec2:eu-west-1:111122223333:instance/i-1"), "ec2:instance", "111122223333", None),
        (aws_resource("arn:aws:lambda:eu-west-1:111122223333:function:pay"), "lambda:function", "111122223333", None),
        (aws_resource("arn:aws:apigateway:eu-west-1::/restapis/x"), "apigateway:restapis", "111122223333", None),
        (aws_resource("arn:aws:s3:::photos"), "s3", "111122223333", None),
        (azure_resource(VM), "microsoft.compute/virtualmachines", "s-1", ""),
        (
            azure_resource(f"{VM}/extensions/agent"), "microsoft.compute/virtualmachines/extensions", "s-1",
            f"/subscriptions/s-1{VM}",
        ),
        (
            azure_resource(f"{VM}/providers/microsoft.insights/alerts/a"), "microsoft.insights/alerts", "s-1",
            f"/subscriptions/s-1{VM}",
        ),
        (gcp_key(f"{RING}/cryptoKeys/data"), "cloudkms.googleapis.com/CryptoKey", "projects/1", RING),
        (gcp_key("//storage.googleapis.com/photos"), "cloudkms.googleapis.com/CryptoKey", "projects/1", ""),
        (
            gcp_key("//compute.googleapis.com/projects/p/global/images/i"), "cloudkms.googleapis.com/CryptoKey",
            "projects/1", "",
        ),
        (PROJECT, "project", "projects/1", "folders/8"),
    ],
)  # fmt: skip
def test_resources_of_all_clouds_are_recorded_alike(
    resource: CloudResource, kind: str, account: str, part_of: str | None
) -> None:
    assert (resource.type, resource.account, resource.tags) == (kind, account, {})
    assert resource.location in ("eu-west-1", "westeurope", "europe-west1", "global")
    if part_of is None:
        with pytest.raises(NotObservedError):
            _ = resource.part_of
    else:
        assert resource.part_of == part_of


def test_an_organization_is_part_of_nothing() -> None:
    top = Container(
        id="organizations/9", type="organization", name="example.org", state="ACTIVE", above=(), labels={}, customer="C",
        looked_at=True, left_out="",
    )  # fmt: skip
    assert top.part_of == ""


@pytest.mark.parametrize("kind", [LabelledResource, AzureResource, *GCP.values()])
def test_every_kind_of_an_inventory_fits_the_form(kind: type[Resource]) -> None:
    assert {"id", "type", "account", "location", "tags", "part_of"} <= set(dir(kind))
