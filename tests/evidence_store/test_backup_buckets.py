"""A store whose packs lie in a bucket is backed up to a folder, and a folder is restored into a bucket."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from evidence_store.backends.address import BucketAddress
from evidence_store.copies.backup import backup
from evidence_store.copies.restore import restore
from evidence_store.errors import StoreError
from evidence_store.verification.verify import verify
from tests.evidence_store.test_backup import LOOK, WIDER, as_store, back_up, rows
from tests.evidence_store.test_buckets import Estate
from tests.evidence_store.worlds import World


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """An S3 server in memory."""
    made = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    made.start()
    host, port = made.get_host_and_port()
    yield f"http://{host}:{port}"
    made.stop()


@pytest.fixture
def client(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-a-real-secret")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
    return boto3.session.Session().client("s3", endpoint_url=endpoint, region_name="us-east-1")


@pytest.fixture
def bucket(client: Any, endpoint: str, tmp_path: Path) -> BucketAddress:
    """A bucket of this test alone."""
    name = f"evidence-{abs(hash(str(tmp_path))):x}"
    client.create_bucket(Bucket=name)
    return BucketAddress(name, "annexa/", endpoint, "us-east-1")


@pytest.fixture
def estate(tmp_path: Path, bucket: BucketAddress) -> Estate:
    """A scan whose pack is in the bucket, and one whose pack waits here."""
    made = Estate(tmp_path, bucket)
    made.scan(LOOK)
    assert made.upload().problem == ""
    made.scan(WIDER)
    return made


def test_packs_of_a_bucket_are_brought_to_the_backup(estate: Estate, tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    done = back_up(estate, folder)
    assert (done.in_place, done.packs, done.unread, done.verification.problems) == (True, 2, (), ())
    assert rows(as_store(estate, folder)) == rows(estate)
    assert estate.upload().problem == ""
    assert back_up(estate, folder).brought == 0
    target = World(tmp_path / "target")
    target.key_file = estate.key_file
    assert restore(folder, target.location, estate.now).verification.problems == ()
    assert [path.name for path in target.packs()] == ["scan-001.zst", "scan-002.zst"]


def test_a_backup_is_restored_into_a_bucket(estate: Estate, client: Any, tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    back_up(estate, folder)
    target = Estate(tmp_path / "target", replace(estate.bucket, prefix="restored/"))
    target.key_file = estate.key_file
    done = restore(folder, target.location, estate.now)
    assert done.verification.problems == ()
    assert done.uploads.sent == ("scan-001.zst", "scan-002.zst")
    assert list((target.folder / "pending").iterdir()) == []
    with target.open() as store:
        found = verify(store, deep=lambda _said: None)
    assert (found.problems, found.packs) == ((), (f"{target.bucket}: 2 packs, each there as it was put",))
    assert rows(target) == rows(estate)


def test_a_pack_that_is_gone_from_the_bucket_or_shorter_is_named(estate: Estate, client: Any, tmp_path: Path) -> None:
    named = {"Bucket": estate.bucket.bucket, "Key": "annexa/scan-001.zst"}
    whole = client.get_object(**named)["Body"].read()
    client.put_object(**named, Body=whole[:-1])
    done = back_up(estate, tmp_path / "shorter")
    assert done.unread == (f"packs/scan-001.zst: it ends before byte {len(whole)}",)
    assert done.verification.problems
    client.delete_object(**named)
    done = back_up(estate, tmp_path / "gone")
    assert done.unread == ("packs/scan-001.zst: it is not in the bucket",)
    estate.alter("UPDATE upload SET length = length - 1")
    done = back_up(estate, tmp_path / "misstated")
    assert done.unread == ("packs/scan-001.zst: another length than the index says",)


def test_a_bucket_that_cannot_be_reached_is_no_missing_pack(
    estate: Estate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evidence_store.backends.s3.ATTEMPTS", 1)
    estate.bucket = replace(estate.bucket, endpoint="http://127.0.0.1:9")
    with estate.open() as store, pytest.raises(StoreError, match="it cannot be reached"):
        backup(store, tmp_path / "backup")
