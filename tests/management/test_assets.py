"""The inventory of assets: what tags, rules and owners of sources say, and what nobody can tell."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from core.management.organization import Organization, Owned
from core.model import CollectionGap, Evidence
from core.resource import unobserved
from core.resources.aws.inventory import LabelledResource
from core.resources.azure.inventory import AzureResource
from core.resources.gcp.data import Dataset
from core.resources.host.inventory import ListedHost
from management.assets import COLUMNS, LISTED, Asset, Known, inventory, made_of, row
from management.soa import as_csv
from mappings.assets import asset_class, asset_classes, read_asset_classes
from mappings.document import MappingError
from runs.organization_settings import AssetRuleSettings, AssetSettings
from runs.plugins import resource_kinds
from tests.management.conftest import Office

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
SETTINGS = AssetSettings()
STATED = Organization(name="Willow", scope_statement="", source_owners=(Owned(name="host", owner="Linus"),))
AWS, REGION = "aws/111122223333", "eu-west-1"


class Thing:
    """A resource of which only the id counts."""

    def __init__(self, name: str) -> None:
        self.id = name


def seen(kind: str, *resources: Any, source: str = AWS, gap: str = "") -> Evidence:
    return Evidence(
        kind=kind, source=source, scope=REGION, collected_at=NOON, resources=resources,
        gaps=(CollectionGap(gap),) if gap else (),
    )  # fmt: skip


def labelled(arn: str, **tags: str) -> LabelledResource:
    return LabelledResource(id=arn, account="111122223333", location=REGION, labels=tuple(sorted(tags)), tags=tags)


def listed(name: str, *groups: str) -> ListedHost:
    return ListedHost(id=name, address="", port=22, through=(), groups=groups, problem="")


def assets(*evidence: Evidence, **settings: Any) -> dict[str, Asset]:
    found = made_of(evidence, SETTINGS.model_copy(update=settings), STATED).assets
    return {each.id: each for each in found}


def test_tags_say_who_owns_what() -> None:
    found = assets(
        seen("aws_s3_bucket", Thing("photos"), Thing("logs")),
        seen("aws_ec2_instance", Thing("i-1")),
        seen("aws_sqs_queue", Thing("arn:aws:sqs:eu-west-1:111122223333:jobs")),
        seen("aws_iam_user", Thing("grace")),
        seen(
            "aws_labelled_resource",
            labelled("arn:aws:s3:::photos", Owner="Ada", Environment="production"),
            labelled("arn:aws:ec2:eu-west-1:111122223333:instance/i-1", team="web", classification="internal"),
            labelled("arn:aws:sqs:eu-west-1:111122223333:jobs", OWNER="Grace"),
        ),
    )
    assert sorted(found) == ["arn:aws:sqs:eu-west-1:111122223333:jobs", "i-1", "logs", "photos"]
    photos, logs, machine = found["photos"], found["logs"], found["i-1"]
    assert (photos.owner, photos.environment, photos.class_) == ("Ada", "production", "data")
    assert photos.because == ("owner: tag owner", "environment: tag environment")
    assert (photos.known("classification"), logs.known("owner")) == (Known.MISSING, Known.MISSING)
    assert (machine.owner, machine.classification) == ("web", "internal")
    assert found["arn:aws:sqs:eu-west-1:111122223333:jobs"].owner == "Grace"


def test_a_name_that_two_resources_end_with_means_neither() -> None:
    tags = [labelled(f"arn:aws:{service}:::twin", owner="Ada") for service in ("s3", "sqs")]
    assert assets(seen("aws_s3_bucket", Thing("twin")), seen("aws_labelled_resource", *tags))["twin"].owner == ""


@pytest.mark.parametrize(
    "tags",
    [
        seen("aws_labelled_resource", gap="access denied"),
        seen(
            "aws_labelled_resource",
            LabelledResource(
                id="arn:x:::y", account="1", location="global", labels=(), tags=unobserved("not recorded")
            ),
        ),
    ],
    ids=["denied", "older evidence"],
)
def test_where_tags_could_not_be_seen_nobody_can_tell(tags: Evidence) -> None:
    found = made_of([seen("aws_s3_bucket", Thing("photos")), tags], SETTINGS, None)
    (photos,) = found.assets
    assert photos.known("owner") is Known.UNKNOWN
    assert photos.blind
    assert row(photos)["owner_known"] == "unknown"
    assert (found.count("owner", Known.UNKNOWN), found.count("owner", Known.MISSING)) == (1, 0)


def test_rules_say_the_rest_and_the_first_counts() -> None:
    rules = [
        AssetRuleSettings(kinds=["host_system"], groups=["production"], environment="production", owner="Ada"),
        AssetRuleSettings(sources=["host/web-*"], resources=["web-1"], classification="internal", owner="Eve"),
        AssetRuleSettings(kinds=["aws_*"], classification="public"),
    ]
    evidence = (
        seen("host_system", Thing("web-1"), source="host/web-1"),
        seen("host_listed", listed("web-1", "production"), listed("db-1"), source="host/inventory"),
    )
    found = assets(*evidence, rules=rules)
    web, listed_only = found["web-1"], found["db-1"]
    assert (web.kind, web.owner, web.environment, web.classification) == (
        "host_system",
        "Ada",
        "production",
        "internal",
    )
    assert (listed_only.kind, listed_only.owner) == ("host_listed", "Linus")
    assert listed_only.because == ("owner: owner of the source",)


def test_gaps_say_that_there_may_be_more() -> None:
    found = made_of([seen("aws_s3_bucket", gap="throttled"), seen("host_sshd", gap="denied")], SETTINGS, None)
    assert found.gaps == (f"{AWS} {REGION} aws_s3_bucket: throttled",)


def test_every_asset_of_meadows_is_listed(office: Office) -> None:
    with office.desk() as desk:
        found = inventory(desk)
    assert {each.class_ for each in found.assets} == {"other"}
    assert found.classes == {"other": len(found.assets)}
    text = as_csv(COLUMNS, [row(each) for each in found.assets])
    assert text.splitlines()[0] == ",".join(COLUMNS)
    assert set(COLUMNS) == set(row(found.assets[0]))


def test_classes_name_kinds_that_there_are() -> None:
    known = {*resource_kinds(), LISTED}
    named = {kind for kinds in asset_classes().values() for kind in kinds if "*" not in kind}
    assert named <= known
    assert [asset_class(each) for each in ("host_system", "aws_s3_bucket", "host_sshd", "moon_rock")] == [
        "system", "data", "part", "other",
    ]  # fmt: skip


def test_classes_are_read_strictly() -> None:
    with pytest.raises(MappingError, match=r"a.yaml:2: classes.x.kinds: expected a list, found text"):
        read_asset_classes("a.yaml", b"classes:\n  x: {means: y, kinds: z}")


def test_what_azure_lists_is_an_asset_unless_another_kind_tells_of_it_and_says_its_tags() -> None:
    below = "/subscriptions/s/resourcegroups/rg/providers"
    vault, odd = f"{below}/microsoft.keyvault/vaults/v", f"{below}/microsoft.apimanagement/service/s"
    part = f"{below}/microsoft.compute/virtualmachines/vm/extensions/x"
    tags = {vault: {"Owner": "Ada"}, odd: {"Owner": "Grace"}, part: {}}
    every = [AzureResource(id=name, location="westeurope", tags=said) for name, said in tags.items()]
    found = assets(seen("azure_key_vault", Thing(vault)), seen("azure_resource", *every))
    assert {name: (each.class_, each.owner) for name, each in found.items()} == {
        vault: ("secret", "Ada"),
        odd: ("other", "Grace"),
    }


def test_what_google_cloud_says_of_a_resource_is_said_by_the_resource_itself() -> None:
    given: dict[str, Any] = {"container": "projects/1", "location": "europe-west1", "key": ""}
    dataset = Dataset(id="//bigquery/sales", name="sales", labels={"Owner": "Ada"}, **given)
    hidden = Dataset(id="//bigquery/hidden", name="hidden", labels=unobserved("the inventory cut it off"), **given)
    found = assets(seen("gcp_dataset", dataset, hidden, source="gcp/organizations-1"))
    assert (found[dataset.id].owner, found[dataset.id].class_) == ("Ada", "data")
    assert found[dataset.id].known("classification") is Known.MISSING
    assert found[hidden.id].known("owner") is Known.UNKNOWN
