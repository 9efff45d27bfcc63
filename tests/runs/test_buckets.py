"""Packs in a bucket, from the configuration to what a person is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer
from typer.testing import CliRunner

from agent import app
from core.settings import ConfigurationError
from evidence_store.backends import s3
from evidence_store.backends.address import BucketAddress, Lock
from evidence_store.errors import StoreError, UnreachableError
from evidence_store.questions.states import PublicationState
from evidence_store.verification.verify import verify
from runs import scan as scan_module
from runs.diagnosis import diagnose
from runs.scan import Progress
from tests.runs.farm import LOW, MEADOWS, Farm

ENDPOINT = "http://127.0.0.1:9000"


@pytest.fixture
def address() -> str:
    """Where packs go does not depend on the database, and buckets have one name each."""
    return ""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    made = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    made.start()
    yield f"http://127.0.0.1:{made.get_host_and_port()[1]}"
    made.stop()


@pytest.fixture
def client(server: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-a-secret")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return boto3.session.Session().client("s3", endpoint_url=server, region_name="us-east-1")


def configure(farm: Farm, server: str, bucket: str, more: str = "", publish: str = "") -> None:
    farm.text = (
        f"{MEADOWS}store:\n  blobs:\n    s3: {{bucket: {bucket}, endpoint: '{server}', region: us-east-1{more}}}\n"
        f"  publish: [{publish}]\n"
    )


def diagnosed(farm: Farm, subject: str) -> list[tuple[str, str]]:
    file = farm.folder / "config.yaml"
    file.write_text(farm.text)
    found = diagnose(file, {}, farm.folder, lambda: farm.now)
    assert all(each.remedy for each in found if each.state != "good")
    return [(each.state, each.finding) for each in found if each.subject == subject]


def test_a_scan_carries_its_pack_and_publishes_in_buckets(farm: Farm, server: str, client: Any) -> None:
    client.create_bucket(Bucket="evidence-one", ObjectLockEnabledForBucket=True)
    configure(
        farm, server, "evidence-one", ", prefix: packs, lock: {mode: governance, days: 9}", '"s3://evidence-one/log"'
    )
    stages: list[str] = []
    farm.scan(progress=Progress(stage=stages.append))
    assert stages[-2:] == ["uploading", "publishing"]
    names = [each["Key"] for each in client.list_objects_v2(Bucket="evidence-one")["Contents"]]
    assert [name.partition("/")[0] for name in names] == ["log", "packs"]
    for name in names:
        assert client.head_object(Bucket="evidence-one", Key=name)["ObjectLockMode"] == "GOVERNANCE"
    report = farm.report(farm.last)
    assert report.warnings == ()
    assert report.seal is not None
    assert report.seal.publications == (PublicationState(folder="s3://evidence-one/log/", size=report.seal.size),)
    assert diagnosed(farm, "checkpoints") == [("good", "the newest is published in s3://evidence-one/log/")]
    assert diagnosed(farm, "bucket") == [
        ("good", "s3://evidence-one/packs/ can be reached; packs are locked for 9 days (governance)")
    ]
    farm.scan(later=timedelta(days=1), checks=("meadow.flower_is_low",))  # older evidence comes from the bucket


def test_a_scan_stands_when_the_bucket_is_not_there_and_says_what_waits(farm: Farm, server: str, client: Any) -> None:
    configure(farm, server, "none-yet", publish='"s3://none-yet/log"')
    done = farm.scan()
    assert done.uploads.waiting == 1
    (wait, published) = farm.report(done).warnings
    assert wait == "packs that wait on this machine to be carried to s3://none-yet/: 1; s3://none-yet/: NoSuchBucket"
    assert "s3://none-yet/log/" in published
    assert diagnosed(farm, "bucket") == [("bad", "s3://none-yet/: NoSuchBucket")]
    assert "s3://none-yet/log/ cannot be read" in diagnosed(farm, "checkpoints")[0][1]
    client.create_bucket(Bucket="none-yet")
    assert farm.report().warnings[0] == "packs that wait on this machine to be carried to s3://none-yet/: 1"
    assert diagnosed(farm, "bucket") == [
        ("warning", "s3://none-yet/ keeps no versions"),
        ("warning", "packs that wait on this machine: 1"),
    ]
    farm.scan()
    assert not any("wait" in warning for warning in farm.report().warnings)


def test_while_a_bucket_is_away_a_scan_needs_nothing_of_what_lies_there(
    farm: Farm, server: str, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stands is in the database as well: the intervals are those of a scan that could read what was said before."""
    monkeypatch.setattr(s3, "ATTEMPTS", 1)
    client.create_bucket(Bucket="away")
    configure(farm, server, "away")
    farm.scan()
    configure(farm, "http://127.0.0.1:1", "away")
    farm.world.flowers["north"] = {"daisy": 10, "new": 500}
    done = farm.scan(later=timedelta(days=1))
    assert done.uploads.waiting == 1
    assert farm.report(done).scan.status == "finished"
    assert farm.verdicts()[LOW, "meadow/north", "new"][0] == "fail"
    done = farm.scan(repeats=True, since=farm.now)  # who cannot read what was seen looks at all of it again
    assert farm.report(done).scan.units == 4
    configure(farm, server, "away")
    farm.scan()
    assert farm.report().warnings == ()
    with farm.store() as store:
        assert verify(store).problems == ()


def test_while_a_bucket_is_away_nothing_is_shown_or_judged_in_part(
    farm: Farm, server: str, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3, "ATTEMPTS", 1)
    client.create_bucket(Bucket="away-too")
    configure(farm, server, "away-too")
    farm.scan()
    configure(farm, "http://127.0.0.1:1", "away-too")
    for look in (lambda: farm.scan(later=timedelta(days=1), sources=("meadow/north",)), farm.report):
        with pytest.raises(UnreachableError, match="it cannot be reached") as found:
            look()
        assert (found.value.hint, found.value.exit_status) == ("try again when the bucket can be reached", 2)
    configure(farm, server, "away-too")
    farm.scan()
    assert farm.report().warnings == ()


def test_a_bucket_that_cannot_lock_is_said_before_the_first_scan(farm: Farm, server: str, client: Any) -> None:
    client.create_bucket(Bucket="unlocked")
    configure(farm, server, "unlocked", ", lock: {mode: compliance, days: 9}")
    assert diagnosed(farm, "bucket") == [
        ("bad", "s3://unlocked/ has no Object Lock, although lock is configured"),
    ]


def test_a_database_that_takes_no_note_of_an_upload_costs_no_scan(
    farm: Farm, server: str, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.create_bucket(Bucket="full-database")
    configure(farm, server, "full-database")

    def full(*_: object) -> None:
        raise StoreError("the disk is full", "make room")

    monkeypatch.setattr(scan_module, "upload", full)
    assert farm.scan().uploads.problem == "the disk is full"


def test_what_waits_is_brought_when_asked(farm: Farm, server: str, client: Any) -> None:
    configure(farm, server, "asked-for")
    farm.scan()
    file = farm.folder / "config.yaml"
    file.write_text(farm.text)
    run = CliRunner()
    refused = run.invoke(app, ["store", "upload", "--config", str(file)])
    assert refused.exit_code == 3
    assert "s3://asked-for/: NoSuchBucket" in refused.output
    assert "make the bucket" in refused.output
    client.create_bucket(Bucket="asked-for")
    brought = run.invoke(app, ["store", "upload", "--json", "--config", str(file)])
    assert brought.exit_code == 0
    said = json.loads(brought.stdout)
    assert (said["bucket"], said["waiting"], len(said["sent"])) == ("s3://asked-for/", 0, 1)
    deep = run.invoke(app, ["verify", "--deep", "--config", str(file)])
    assert deep.exit_code == 0
    assert "reading 1 packs, " in deep.output
    file.write_text(MEADOWS)
    without = run.invoke(app, ["store", "upload", "--config", str(file)])
    assert "store.blobs names no bucket" in str(without.exception)


def test_settings_of_a_bucket_arrive(farm: Farm) -> None:
    configure(
        farm,
        ENDPOINT,
        "evidence",
        ", prefix: /a/b, lock: {mode: compliance, days: 400}",
        '"s3://evidence/log", "s3://other"',
    )
    found = farm.configuration
    lock = Lock("compliance", 400)
    assert found.location.bucket == BucketAddress("evidence", "a/b/", ENDPOINT, "us-east-1", lock)
    assert found.publish == (
        BucketAddress("evidence", "log/", ENDPOINT, "us-east-1", lock),
        BucketAddress("other"),
    )


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("bucket: Evidence", "store.blobs.s3.bucket: a bucket's name has 3 to 63"),
        ("bucket: abc, prefix: ../x", "store.blobs.s3.prefix: a prefix is made of"),
        (
            "bucket: abc, endpoint: ftp://s3.example.org",
            "store.blobs.s3.endpoint: expected an address that begins with https",
        ),
        (
            "bucket: abc, endpoint: 'http://s3.example.org'",
            "store.blobs.s3.endpoint: evidence would travel unprotected",
        ),
        ("bucket: abc, endpoint: 'https://me:x@s3.example.org'", "store.blobs.s3.endpoint: an address with a password"),
        ("bucket: abc, lock: {mode: governance, days: 0}", "store.blobs.s3.lock.days: input should be greater than"),
        ("bucket: abc, lock: {mode: forever, days: 1}", "store.blobs.s3.lock.mode: "),
        ("bucket: abc, lock: {mode: governance}", "store.blobs.s3.lock.days: required, but missing"),
    ],
)
def test_a_mistake_in_a_bucket_is_named(farm: Farm, setting: str, message: str) -> None:
    farm.text = f"{MEADOWS}store: {{blobs: {{s3: {{{setting}}}}}}}\n"
    with pytest.raises(ConfigurationError) as caught:
        _ = farm.configuration
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("places", "message"),
    [("s3://", "a bucket's name"), ("'s3://a b/'", "a bucket's name"), ("s3://abc, 's3://abc/'", "the same place")],
)
def test_a_mistake_in_a_place_of_publication_is_named(farm: Farm, places: str, message: str) -> None:
    farm.text = f"{MEADOWS}store:\n  publish: [{places}]\n"
    with pytest.raises(ConfigurationError) as caught:
        _ = farm.configuration
    assert f"{message}" in str(caught.value)


def test_endpoints_on_this_machine_need_no_tls(farm: Farm) -> None:
    for endpoint in ("http://localhost:9000", "http://[::1]:9000", "https://s3.example.org"):
        configure(farm, endpoint, "evidence")
        bucket = farm.configuration.location.bucket
        assert bucket is not None
        assert bucket.endpoint == endpoint


def test_nothing_is_uploaded_without_a_bucket(farm: Farm, tmp_path: Path) -> None:
    assert farm.scan().uploads.waiting == 0
    assert diagnosed(farm, "bucket") == []
