"""Exchanges with AWS over a real connection: refused, spoilt, guarded and recorded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError

from collectors.aws import equivalent, replay
from collectors.aws.asking import install_hooks
from collectors.aws.clients import Clients, acting_as, read_timestamp
from collectors.aws.errors import RefusedError, TruncatedError
from collectors.aws.operations import Read
from collectors.aws.replayed import _clients
from collectors.aws.source import MORE, AwsRegion, Place, _paging
from core.engine import Collected
from core.recording import recording
from core.resource import NotObservedError
from core.resources.aws.guardduty import GuardDutyRegion
from tests.collectors.aws.server import REFUSALS, RESET, SPOILT, WAYS, Canned
from tests.collectors.aws.world import COLLECTORS, REGIONS, World, clock, run, world

LISTINGS = {
    "query": ("iam:GetAccountAuthorizationDetails", "aws.iam.identities", "global"),
    "ec2": ("ec2:DescribeRegions", "aws.account.regions", ""),
    "rest-xml": ("s3:ListBuckets", "aws.s3.buckets", "global"),
    "json": ("kms:ListKeys", "aws.kms.keys", REGIONS[1]),
}
"""An operation of each family of protocols, with the collector and the scope that ask it."""
READS = sorted({read for each in COLLECTORS.values() for read in each.permissions}, key=str)
SAID = {
    "denied": "is denied (",
    "denied by a service control policy": "service control policy",
    "expired": "the credentials are not accepted",
    "not opted in": "has not opted in",
    "throttled": "was throttled to the end",
    "failing": "broke down with status 500",
    "not implemented": "broke down with status 501",
    "empty": "was answered with nothing",
    "a page for people": "a page for people",
    RESET: "no answer from the endpoint",
}


@pytest.fixture
def found() -> Iterator[World]:
    the_world = world()
    with the_world.environment():
        yield the_world
    the_world.server.refuse.clear()
    the_world.server.turns_pages = False


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("protocol", LISTINGS)
def test_a_refusal_is_a_gap_with_its_reason_and_is_replayed(found: World, protocol: str, way: str) -> None:
    operation, name, scope = LISTINGS[protocol]
    place = found.places()[name, scope]
    found.server.refuse = {operation: way}
    collected = run(COLLECTORS[name], place)
    (gap,) = collected.unit.gaps
    assert " failed with " not in gap.reason
    assert SAID.get(way, "") in gap.reason
    assert gap.hint or way in SPOILT or REFUSALS[way].status >= 500
    assert all(each.resources == () for each in collected.evidence)
    again = run(COLLECTORS[name], source(collected))
    assert again.unit.gaps == collected.unit.gaps


def source(collected: Collected) -> Any:
    return replay(collected.unit, collected.unit.exchanges, collected.bodies, clock)


@pytest.fixture
def region(found: World) -> Place:
    place = found.places()["aws.kms.keys", REGIONS[1]]
    assert isinstance(place, AwsRegion)
    return place


def test_what_is_not_declared_is_not_sent(found: World, region: Place) -> None:
    found.server.calls.clear()
    with pytest.raises(RefusedError, match="kms:ListGrants is not declared"):
        region.ask(Read("kms", "ListGrants"), KeyId="x")
    client: Any = region._line.client("kms", REGIONS[1])
    with pytest.raises(AttributeError, match="create_key"):
        client.create_key()
    knows_all: Any = Clients(hooks=install_hooks).client("kms", REGIONS[1])
    signer: Any = region._line._signer  # type: ignore[attr-defined]
    with acting_as(signer), pytest.raises(RefusedError, match=r"kms\.CreateKey was not declared, and not sent"):
        knows_all.create_key()
    assert found.server.calls.total() == 0


def test_a_first_page_is_no_answer(found: World, region: Place) -> None:
    found.server.turns_pages = True
    with pytest.raises(TruncatedError, match="further pages"):
        region.ask(Read("kms", "ListKeys"), Limit=1)


def test_success_without_content_is_an_answer_where_aws_documents_it(
    found: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, scope = "aws.guardduty.region", REGIONS[0]
    for operation in ("guardduty:GetAdministratorAccount", "guardduty:GetDetector"):
        monkeypatch.setitem(found.server.canned, operation, Canned(""))
    collected = run(COLLECTORS[name], found.places()[name, scope])
    (seen,) = (each for kind in collected.evidence for each in kind.resources)
    assert isinstance(seen, GuardDutyRegion)
    assert seen.administrator == ""
    with pytest.raises(NotObservedError, match="GetDetector was answered with nothing"):
        _ = seen.enabled
    assert run(COLLECTORS[name], source(collected)).evidence == collected.evidence
    exchanges = [replace(each, headers={}) for each in collected.unit.exchanges]
    cut_off = replay(collected.unit, exchanges, collected.bodies, clock)
    (seen,) = (each for kind in run(COLLECTORS[name], cut_off).evidence for each in kind.resources)
    assert isinstance(seen, GuardDutyRegion)
    with pytest.raises(NotObservedError, match="GetAdministratorAccount was answered with nothing"):
        _ = seen.administrator


@pytest.mark.parametrize("read", READS, ids=str)
def test_each_sign_of_further_pages_is_known(read: Read) -> None:
    """Or `ask` would take a first page for everything."""
    if read.operation == "ListDistributions":
        return  # its sign stands deeper in the answer: only `answers` may ask it
    client = _clients.client(read.service, REGIONS[0])
    if client.can_paginate(xform_name(read.operation)):
        paging = _paging(client, read)
        tokens = paging["output_token"]
        signs = {paging.get("more_results"), *(tokens if isinstance(tokens, list) else [tokens])}
        assert signs & set(MORE)


def test_an_operation_without_pages_cannot_be_paged(region: Place) -> None:
    with pytest.raises(TruncatedError, match="has no pages"):
        list(region.pages(Read("kms", "DescribeKey"), "KeyMetadata"))


def test_the_sdk_need_not_know_how_an_operation_is_paged(
    found: World, region: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For some operations it has no paginator, though they have tokens."""
    tokens = {"": "second", "second": "third", "third": ""}

    def answer(read: Read, _region: str, parameters: dict[str, str], **_: object) -> dict[str, object]:
        token = parameters.get("NextToken", "")
        return {"SettingEntries": [{"Name": token or "first"}], "NextToken": tokens[token]}

    monkeypatch.setattr(region, "_ask", answer)
    names = [each["Name"] for each in region.pages(Read("ds", "DescribeSettings"), "SettingEntries", DirectoryId="d-1")]
    assert names == ["first", "second", "third"]


def test_exchanges_say_where_what_and_how_many(found: World, region: Place) -> None:
    found.server.turns_pages = True
    region._page_size = 2
    with recording() as recorder:
        keys = list(region.pages(Read("kms", "ListKeys"), "Keys"))
    assert len(keys) > 2
    assert [each.page for each in recorder.exchanges] == list(range(1, (len(keys) + 1) // 2 + 1))
    assert sum(each.items or 0 for each in recorder.exchanges) == len(keys)
    first = recorder.exchanges[0]
    assert (first.operation, first.status, dict(first.parameters)) == ("kms:ListKeys", "200", {"Limit": "2"})
    assert first.request_id
    assert first.endpoint.startswith("http://127.0.0.1")


def test_an_exchange_is_shown_as_a_command(found: World) -> None:
    collected = found.everything["aws.kms.keys", REGIONS[1]]
    shown = {each.operation: equivalent(collected.unit, each) for each in collected.unit.exchanges}
    assert shown["kms:ListKeys"] == "aws kms list-keys --region eu-west-1 --no-paginate --output json"
    assert shown["kms:GetKeyPolicy"].startswith('aws kms get-key-policy --cli-input-json \'{"KeyId": "arn:aws:kms:')
    survey = found.everything["aws.account.regions", ""]
    assert [equivalent(survey.unit, each) for each in survey.unit.exchanges] == [
        "aws sts get-caller-identity --output json",
        ": the configuration says what to look at",
        "aws ec2 describe-regions --cli-input-json '{\"AllRegions\": true}' --output json",
    ]
    buckets = found.everything["aws.s3.buckets", "global"]
    elsewhere = [equivalent(buckets.unit, each) for each in buckets.unit.exchanges if "region" in each.parameters]
    assert any("--region eu-west-1" in each for each in elsewhere)


def test_an_error_that_is_an_answer_reaches_the_collector(region: Place) -> None:
    with pytest.raises(ClientError):
        region.ask(Read("kms", "DescribeKey"), KeyId="1234abcd-12ab-34cd-56ef-1234567890ab")


@pytest.mark.parametrize("written", ["2026-11-22T17:00:00Z", "2026-11-22T17:00:00.000Z", 1795366800, "1795366800"])
def test_moments(written: Any) -> None:
    assert read_timestamp(written) == clock()
