"""Packs in a bucket: carried there whole, gone on with after every interruption, and nothing about them believed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from core.codec import timestamp
from evidence_store.backends import s3
from evidence_store.backends.address import BucketAddress, Lock, checked_endpoint, parse_address
from evidence_store.backends.s3 import Bucket
from evidence_store.backends.s3_errors import explained
from evidence_store.blobs.compaction import compact, finished
from evidence_store.blobs.uploads import Uploads, upload, waiting_packs
from evidence_store.derived.derive import Sealed
from evidence_store.errors import BrokenSealError, StoreError
from evidence_store.location import Location
from evidence_store.log.publication import publish
from evidence_store.log.published_places import place_at
from evidence_store.retention.consistency import conditions
from evidence_store.store import Store
from evidence_store.verification.verify import Verification, verify
from evidence_store.verification.verify_blobs import BlobWalk
from evidence_store.verification.verify_packs import _span
from tests.evidence_store.buckets import Road, Rule, road
from tests.evidence_store.test_disposal import rules, throw_away
from tests.evidence_store.worlds import BEGINNING, Look, World

LOOK = Look(doors={f"door-{number:03}": number for number in range(100)})
SECRET = "wJalrXUtnFEMI-not-a-real-secret"


@pytest.fixture(scope="module")
def server() -> Iterator[int]:
    """The port of an S3 server in memory."""
    made = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    made.start()
    yield made.get_host_and_port()[1]
    made.stop()


@pytest.fixture
def way(server: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[Road]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.setattr(s3, "ATTEMPTS", 3)  # the pauses between more of them show nothing else
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
    with road(server) as made:
        yield made


@pytest.fixture
def client(server: int, way: Road) -> Any:
    return boto3.session.Session().client("s3", endpoint_url=f"http://127.0.0.1:{server}", region_name="us-east-1")


@pytest.fixture
def address(way: Road, client: Any, request: pytest.FixtureRequest, tmp_path: Path) -> BucketAddress:
    """A bucket with Object Lock, of this test alone."""
    name = f"evidence-{abs(hash((request.node.nodeid, str(tmp_path)))):x}"[:60]
    client.create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
    return BucketAddress(name, "annexa/", way.address, "us-east-1")


class Estate(World):
    """A world whose packs are carried to a bucket."""

    def __init__(self, folder: Path, bucket: BucketAddress) -> None:
        super().__init__(folder)
        self.bucket = bucket

    @property
    def location(self) -> Location:
        return replace(super().location, bucket=self.bucket)

    def open(self, folder: Path | None = None, key_file: Path | None = None) -> Store:
        return Store.open(self.location)

    def upload(self, **more: Any) -> Uploads:
        with self.create() as store:
            return upload(store, self.now, **more)

    def verify(self, *, deep: bool = False) -> tuple[Verification, list[str]]:
        heard: list[str] = []
        with self.open() as store:
            return verify(store, deep=heard.append if deep else None), heard

    def waiting(self) -> list[str]:
        with self.create() as store:
            return [path.name for path in waiting_packs(store)]


@pytest.fixture
def estate(tmp_path: Path, address: BucketAddress) -> Estate:
    return Estate(tmp_path, address)


def only(method: str, fate: str) -> Rule:
    """What becomes of requests of one method, or of all."""
    return lambda asked, _path: fate if asked.startswith(method) else ""


def keys(client: Any, address: BucketAddress) -> list[str]:
    return [each["Key"] for each in client.list_objects_v2(Bucket=address.bucket).get("Contents", ())]


def test_packs_are_carried_to_the_bucket_and_read_from_there(estate: Estate, client: Any) -> None:
    estate.scan(LOOK)
    estate.scan(LOOK)
    assert estate.waiting() == ["scan-001.zst", "scan-002.zst"]
    here, _ = estate.verify()
    assert (here.problems, here.packs) == ((), ())
    assert estate.upload() == Uploads(("scan-001.zst", "scan-002.zst"))
    assert estate.waiting() == []
    assert keys(client, estate.bucket) == ["annexa/scan-001.zst", "annexa/scan-002.zst"]
    assert not (estate.folder / "packs").exists()
    found, _ = estate.verify()
    assert found.problems == ()
    assert found.packs[0] == f"{estate.bucket}: 2 packs, each there as it was put"
    assert found.packs[1].startswith("not read: 1 raw answers in the bucket, ")
    estate.scan(LOOK)  # what it leans on is read from the bucket
    assert estate.upload().sent == ("scan-003.zst",)


def test_deep_reads_everything_and_says_how_much_it_is(estate: Estate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evidence_store.verification.verify_packs.ENOUGH_SECONDS", 0.0)
    estate.scan(LOOK)
    estate.upload()
    estate.scan(LOOK)
    (estate.folder / "pending" / "lost.zst").write_bytes(b"left over")
    with (estate.folder / "pending" / "scan-002.zst").open("ab") as pack:
        pack.write(b"tail")
    found, heard = estate.verify(deep=True)
    assert found.problems == ()
    assert heard[0].startswith("reading 3 packs, ")
    assert [sentence.partition(":")[0] for sentence in heard[1:]] == ["the packs", "the blobs"]
    assert heard[1].endswith(" to go")
    assert found.packs == (
        f"{estate.bucket}: 1 packs, each there as it was put",
        "pending/lost.zst: 9 bytes that no row names: a leftover, no evidence",
        "pending/scan-002.zst: 4 bytes that no row names: a leftover, no evidence",
    )


def test_what_is_read_often_is_fetched_once(estate: Estate, way: Road) -> None:
    estate.scan(LOOK)
    estate.upload()
    way.asked.clear()
    found, _ = estate.verify()
    assert found.problems == ()
    assert [method for method, _ in way.asked] == ["HEAD", "GET"]


@pytest.mark.parametrize("fate", ["cut", "500", "503"])
def test_a_scan_stands_whatever_becomes_of_its_upload_and_the_next_brings_it(
    estate: Estate, way: Road, client: Any, fate: str
) -> None:
    estate.scan(LOOK)
    way.rule = lambda method, _path: fate if method == "PUT" else ""
    found = estate.upload()
    assert (found.sent, found.waiting) == ((), 1)
    assert found.problem.startswith(f"{estate.bucket}scan-001.zst: ")
    assert found.hint
    assert keys(client, estate.bucket) == []
    assert estate.verify()[0].problems == ()
    way.rule = lambda _method, _path: ""
    assert estate.upload().sent == ("scan-001.zst",)
    assert estate.verify()[0].problems == ()


def test_throttling_is_waited_for(estate: Estate, way: Road) -> None:
    answers = iter(["503", "429"])
    way.rule = lambda method, _path: next(answers, "") if method == "PUT" else ""
    estate.scan(LOOK)
    found = estate.upload()
    assert (found.sent, found.busy, found.problem) == (("scan-001.zst",), 0, "")


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3, "PART", 5 * 2**20)  # the least that a bucket takes


@pytest.mark.usefixtures("small_parts")
def test_an_upload_in_parts_goes_on_where_it_was_cut(estate: Estate, way: Road, client: Any) -> None:
    with estate.create() as store, store.pack("large") as pack:
        pack.put(os.urandom(12 * 2**20))
        pack.flush()
    parts: list[str] = []

    def third_is_cut(method: str, path: str) -> str:
        if method == "PUT" and "partNumber" in path:
            parts.append(path.partition("partNumber=")[2][:1])
            return "cut" if parts[-1] == "3" else ""
        return ""

    way.rule = third_is_cut
    assert estate.upload().problem.endswith("large.zst: the connection was cut")
    assert set(parts) == {"1", "2", "3"}
    assert keys(client, estate.bucket) == []
    way.asked.clear()
    way.rule = lambda _method, _path: ""
    assert estate.upload().sent == ("large.zst",)
    assert [path.partition("partNumber=")[2][:1] for method, path in way.asked if method == "PUT"] == ["3"]
    state = client.head_object(Bucket=estate.bucket.bucket, Key="annexa/large.zst")
    assert state["ContentLength"] > 12 * 2**20
    with estate.open() as store:
        assert store.has_elsewhere("large.zst")


def test_a_large_pack_is_locked_whatever_the_store_makes_of_the_wish(
    tmp_path: Path, address: BucketAddress, client: Any, small_parts: None
) -> None:
    estate = Estate(tmp_path, replace(address, lock=Lock("compliance", 30)))
    with estate.create() as store, store.pack("large") as pack:
        pack.put(os.urandom(6 * 2**20))
        pack.flush()
    assert estate.upload().problem == ""
    found = client.head_object(Bucket=address.bucket, Key="annexa/large.zst")
    assert found["ObjectLockMode"] == "COMPLIANCE"
    assert found["ObjectLockRetainUntilDate"] == estate.now + timedelta(days=30)


def test_a_pack_is_locked_and_nobody_removes_it(tmp_path: Path, address: BucketAddress, client: Any) -> None:
    estate = Estate(tmp_path, replace(address, lock=Lock("governance", 400)))
    estate.now = datetime(2099, 1, 1, tzinfo=UTC)  # a lock that is over locks nothing, and the server has its own clock
    estate.scan(LOOK)
    assert estate.upload().problem == ""
    found = client.head_object(Bucket=address.bucket, Key="annexa/scan-001.zst")
    assert found["ObjectLockMode"] == "GOVERNANCE"
    assert found["ObjectLockRetainUntilDate"] == estate.now + timedelta(days=400)
    with pytest.raises(StoreError, match="AccessDenied"):
        Bucket(estate.bucket).remove("scan-001.zst", found["VersionId"])
    state = Bucket(estate.bucket).state("scan-001.zst")
    assert state is not None
    assert state.locked_until == found["ObjectLockRetainUntilDate"]


def test_killed_between_upload_and_note_the_pack_is_looked_at_again(estate: Estate, way: Road) -> None:
    estate.scan(LOOK)
    kept = (estate.folder / "pending" / "scan-001.zst").read_bytes()
    estate.upload()
    (estate.folder / "pending" / "scan-001.zst").write_bytes(kept)  # killed before it was removed
    assert estate.upload().sent == ("scan-001.zst",)
    estate.alter("DELETE FROM upload")  # killed before the note
    (estate.folder / "pending" / "scan-001.zst").write_bytes(kept)
    way.asked.clear()
    assert estate.upload().sent == ("scan-001.zst",)
    assert [method for method, _ in way.asked] == ["HEAD"]
    assert estate.verify(deep=True)[0].problems == ()


def test_another_pack_of_that_name_is_not_believed_and_not_overwritten(estate: Estate, client: Any) -> None:
    client.put_object(Bucket=estate.bucket.bucket, Key="annexa/scan-001.zst", Body=b"theirs")
    estate.scan(LOOK)
    found = estate.upload()
    assert found.problem.endswith("scan-001.zst: another pack of this name is there already")
    assert "prefix" in found.hint
    assert estate.waiting() == ["scan-001.zst"]
    assert client.get_object(Bucket=estate.bucket.bucket, Key="annexa/scan-001.zst")["Body"].read() == b"theirs"


def test_of_the_same_length_either(estate: Estate, client: Any) -> None:
    estate.scan(LOOK)
    size = (estate.folder / "pending" / "scan-001.zst").stat().st_size
    client.put_object(Bucket=estate.bucket.bucket, Key="annexa/scan-001.zst", Body=bytes(size))
    assert estate.upload().problem.endswith("another pack of this name is there already")


def test_a_pack_that_is_still_written_waits(estate: Estate) -> None:
    with estate.create() as store, store.pack("running") as pack:
        pack.put(b"some")
        pack.flush()
        assert estate.upload() == Uploads(waiting=1, busy=1)
    assert estate.upload().sent == ("running.zst",)


def test_a_pack_without_a_byte_is_not_carried(estate: Estate, client: Any) -> None:
    """Its writer was killed, or has yet to hold it."""
    estate.scan(LOOK)
    empty = estate.folder / "pending" / "empty.zst"
    empty.touch()
    assert estate.upload() == Uploads(sent=("scan-001.zst",))
    assert not empty.exists()
    assert keys(client, estate.bucket) == ["annexa/scan-001.zst"]


def test_packs_from_before_there_was_a_bucket_stay_until_they_are_asked_for(
    tmp_path: Path, address: BucketAddress, client: Any
) -> None:
    World(tmp_path).scan(LOOK)
    estate = Estate(tmp_path, address)
    assert estate.upload() == Uploads()
    assert estate.verify()[0].problems == ()
    assert estate.upload(everything=True).sent == ("scan-001.zst",)
    assert keys(client, address) == ["annexa/scan-001.zst"]
    assert estate.verify()[0].problems == ()


def test_without_the_bucket_in_the_configuration_it_is_said_where_packs_are(estate: Estate) -> None:
    estate.scan(LOOK)
    estate.upload()
    with Store.open(replace(estate.location, bucket=None)) as store:
        assert upload(store, BEGINNING) == Uploads()
        with pytest.raises(StoreError, match=r"scan-001\.zst lies in a bucket") as raised:
            verify(store)
    assert raised.value.hint == "name it below store.blobs"


def test_a_pack_that_was_overwritten_is_named_and_still_read(estate: Estate, client: Any) -> None:
    estate.scan(LOOK)
    estate.upload()
    client.put_object(Bucket=estate.bucket.bucket, Key="annexa/scan-001.zst", Body=b"theirs")
    found, _ = estate.verify()
    (problem,) = found.problems
    assert problem.startswith(f"{estate.bucket}scan-001.zst: overwritten on ")


def test_a_pack_that_was_removed_is_named(estate: Estate, client: Any) -> None:
    estate.scan(LOOK)
    estate.upload()
    (state,) = client.list_object_versions(Bucket=estate.bucket.bucket)["Versions"]
    client.delete_object(Bucket=estate.bucket.bucket, Key="annexa/scan-001.zst")
    (problem,) = estate.verify()[0].problems
    assert problem == f"{estate.bucket}scan-001.zst: missing; but its version {state['VersionId']} can be brought back"
    client.delete_object(Bucket=estate.bucket.bucket, Key="annexa/scan-001.zst", VersionId=state["VersionId"])
    problems = estate.verify()[0].problems
    assert problems[0] == f"{estate.bucket}scan-001.zst: missing"
    assert f"{estate.bucket}scan-001.zst: cannot be read: it is not in the bucket" in problems[1]


@pytest.mark.parametrize("body", [b"", b"short", None])
def test_a_bucket_without_versions_cannot_hide_another_pack(
    tmp_path: Path, way: Road, client: Any, body: bytes | None
) -> None:
    name = f"plain-{abs(hash(str(tmp_path))):x}"[:60]
    client.create_bucket(Bucket=name)
    estate = Estate(tmp_path, BucketAddress(name, "", way.address, "us-east-1"))
    estate.scan(LOOK)
    estate.upload()
    true = client.get_object(Bucket=name, Key="scan-001.zst")["Body"].read()
    altered = bytes([*true[:200], true[200] ^ 1, *true[201:]]) if body is None else body
    client.put_object(Bucket=name, Key="scan-001.zst", Body=altered)
    for deep in (False, True):
        problems = estate.verify(deep=deep)[0].problems
        assert problems[0].startswith(f"{estate.bucket}scan-001.zst: it")
        assert len(problems) > (body is not None)


def test_altered_notes_of_what_was_uploaded_are_named(estate: Estate) -> None:
    estate.scan(LOOK)
    estate.upload()
    for change, named in (
        ("length = length - 1", "it has "),
        ("digest = zeroblob(32)", "its checksum is not"),
        ("checksum = 'x'", "its checksum is not"),
        ("pack = 'other.zst'", "cannot be read: [Errno 2]"),
    ):
        before = estate.rows("SELECT * FROM upload")
        estate.alter(f"UPDATE upload SET {change}")
        for deep in (False, True):
            assert named in "\n".join(estate.verify(deep=deep)[0].problems)
        estate.alter("DELETE FROM upload")
        estate.alter("INSERT INTO upload VALUES (?, ?, ?, ?, ?)", *before[0])
    assert estate.verify(deep=True)[0].problems == ()


@pytest.mark.parametrize("fate", ["half", "cut"])
def test_an_answer_that_breaks_off_is_asked_for_again(estate: Estate, way: Road, fate: str) -> None:
    estate.scan(LOOK)
    estate.upload()
    answers = iter([fate, fate])
    way.rule = lambda method, _path: next(answers, "") if method == "GET" else ""
    assert estate.verify()[0].problems == ()


def test_a_bucket_that_stays_away_is_no_broken_seal(estate: Estate, way: Road) -> None:
    estate.scan(LOOK)
    estate.upload()
    for fate, said in (("half", "the connection was cut"), ("403", "AccessDenied"), ("503", "503")):
        way.rule = only("GET", fate)
        with pytest.raises(StoreError, match=said) as raised:
            estate.verify()
        assert not isinstance(raised.value, BrokenSealError)


@pytest.mark.parametrize(
    ("status", "said", "remedy"),
    [("403", "AccessDenied", "docs/buckets.md"), ("301", "PermanentRedirect", "region"), ("400", "not accepted", "")],
)
def test_refusals_are_told_with_a_remedy(estate: Estate, way: Road, status: str, said: str, remedy: str) -> None:
    estate.scan(LOOK)
    way.rule = lambda _method, _path: status
    found = estate.upload()
    assert said in found.problem
    assert remedy in found.hint


def test_no_such_bucket_is_told(tmp_path: Path, way: Road) -> None:
    estate = Estate(tmp_path, BucketAddress("there-is-none", "", way.address, "us-east-1"))
    estate.scan(LOOK)
    found = estate.upload()
    assert found.problem.startswith("s3://there-is-none/")
    assert "NoSuchBucket" in found.problem
    assert "make the bucket" in found.hint
    assert estate.waiting() == ["scan-001.zst"]


def test_without_credentials_it_is_said(estate: Estate, monkeypatch: pytest.MonkeyPatch) -> None:
    estate.scan(LOOK)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    assert "no credentials" in estate.upload().problem
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    assert "half of the credentials" in estate.upload().problem


def test_a_store_that_is_not_there_is_said(tmp_path: Path, way: Road) -> None:
    way.server_close()
    estate = Estate(tmp_path, BucketAddress("evidence", "", way.address, "us-east-1"))
    estate.scan(LOOK)
    assert "cannot be reached" in estate.upload().problem


def test_no_message_holds_a_credential(estate: Estate, way: Road) -> None:
    estate.scan(LOOK)
    for status in ("301", "400", "403", "404", "500"):
        way.rule = only("", status)
        found = estate.upload()
        assert found.problem
        assert SECRET not in found.problem + found.hint
        assert "AKIAEXAMPLE" not in found.problem + found.hint


def test_without_the_sdk_the_extra_is_named(estate: Estate, monkeypatch: pytest.MonkeyPatch) -> None:
    estate.scan(LOOK)
    monkeypatch.setitem(__import__("sys").modules, "boto3", None)
    found = estate.upload()
    assert found.hint == "pip install 'annexa[s3]'"


def test_a_pack_that_cannot_be_read_waits(estate: Estate, monkeypatch: pytest.MonkeyPatch) -> None:
    estate.scan(LOOK)

    def broken(*_: object) -> bytes:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "pread", broken)
    found = estate.upload()
    assert "scan-001.zst: cannot be read: Input/output error" in found.problem


def test_a_bucket_that_states_no_checksum_is_read_again(
    estate: Estate, way: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = Bucket.state

    def silent(bucket: Bucket, name: str, version: str = "") -> Any:
        found = state(bucket, name, version)
        return found and replace(found, checksum="")

    monkeypatch.setattr(Bucket, "state", silent)
    estate.scan(LOOK)
    assert estate.upload().sent == ("scan-001.zst",)
    assert "GET" in [method for method, _ in way.asked]
    assert estate.verify()[0].problems == ()


def test_what_vanishes_at_once_is_no_upload(estate: Estate, monkeypatch: pytest.MonkeyPatch) -> None:
    estate.scan(LOOK)
    monkeypatch.setattr(Bucket, "state", lambda *_: None)
    assert estate.upload().problem.endswith("it was put there and is not there")


def test_what_a_bucket_can_do_is_asked(address: BucketAddress, way: Road, client: Any) -> None:
    assert Bucket(address).can_lock()
    assert Bucket(address).keeps_versions()
    client.create_bucket(Bucket=f"{address.bucket[:50]}-plain")
    plain = Bucket(replace(address, bucket=f"{address.bucket[:50]}-plain"))
    assert not plain.can_lock()
    assert not plain.keeps_versions()
    way.rule = lambda _method, _path: "403"
    with pytest.raises(StoreError, match="AccessDenied"):
        plain.can_lock()


def test_names_are_listed_below_the_prefix(address: BucketAddress) -> None:
    bucket = Bucket(address)
    assert bucket.put("log/1", b"one")
    assert not bucket.put("log/1", b"two")
    bucket.put("other", b"")
    assert bucket.names("log/") == ["log/1"]
    assert bucket.read("log/1", 0, 100) == b"one"
    assert bucket.read("log/1", 3, 10) == b""
    assert bucket.read("log/2", 0, 10) is None


@pytest.mark.parametrize(
    ("text", "bucket", "prefix"),
    [
        ("s3://evidence", "evidence", ""),
        ("s3://evidence/", "evidence", ""),
        ("s3://my.evidence/annexa/prod/", "my.evidence", "annexa/prod/"),
    ],
)
def test_an_address_names_bucket_and_prefix(text: str, bucket: str, prefix: str) -> None:
    found = parse_address(text)
    assert (found.bucket, found.prefix) == (bucket, prefix)
    assert parse_address(str(found)) == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/mnt",
        "https://evidence",
        "s3://",
        "s3://A",
        "s3://ev_idence",
        "s3://evidence/../x",
        "s3://evidence/a//b",
        "s3://evidence/a b",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_address(text)


def test_two_that_carry_the_same_pack_do_not_meet(estate: Estate) -> None:
    estate.scan(LOOK)
    with finished(estate.folder / "pending" / "scan-001.zst") as held:
        assert held is not None
        assert estate.upload() == Uploads(waiting=1, busy=1)


def test_what_no_row_names_leaves_the_bucket(estate: Estate, client: Any) -> None:
    estate.scan(LOOK)
    estate.scan(LOOK)
    estate.upload()
    with estate.create() as store, store.writing() as connection:
        connection.exec_driver_sql("DELETE FROM blob WHERE pack = 'scan-002.zst'")
        connection.exec_driver_sql(
            "DELETE FROM blob WHERE digest = (SELECT digest FROM blob WHERE pack = 'scan-001.zst' AND base IS NULL "
            "AND digest NOT IN (SELECT base FROM blob WHERE base IS NOT NULL) LIMIT 1)"
        )
    assert any("scan-002.zst, in the bucket: no blob is in it any more" in said for said in estate.verify()[0].packs)
    with estate.create() as store:
        before = dict(store_blobs(store))
        done = compact(store, estate.now)
        assert (done.removed, done.rewritten, done.locked) == (("scan-002.zst",), ("scan-001.zst",), ())
        assert done.freed > 0
        assert dict(store_blobs(store)) == before
        assert compact(store, estate.now).freed == 0
    assert keys(client, estate.bucket) == []
    (name,) = estate.waiting()
    assert name.startswith("scan-001+")
    assert estate.upload().sent == (name,)
    with estate.create() as store:
        assert dict(store_blobs(store)) == before
    assert client.list_object_versions(Bucket=estate.bucket.bucket).get("DeleteMarkers") is None


def store_blobs(store: Store) -> Iterator[tuple[bytes, bytes]]:
    with store.blob_index() as index:
        for digest in index.connection.exec_driver_sql("SELECT digest FROM blob").scalars().all():
            yield digest, index.read(digest)


def test_what_is_locked_stays_until_its_day(tmp_path: Path, address: BucketAddress, client: Any) -> None:
    estate = Estate(tmp_path, replace(address, lock=Lock("compliance", 10)))
    estate.scan(LOOK)
    estate.upload()
    until = estate.now + timedelta(days=10)
    estate.alter("DELETE FROM blob")
    with estate.create() as store:
        assert compact(store, estate.now).locked == (("scan-001.zst", until),)
        assert keys(client, address) == ["annexa/scan-001.zst"]
        assert compact(store, until).removed == ("scan-001.zst",)
    assert keys(client, address) == []


@pytest.mark.parametrize("days", [0, 10])
def test_what_is_too_old_goes_from_the_bucket_when_no_lock_holds_it(
    tmp_path: Path, address: BucketAddress, client: Any, days: int
) -> None:
    estate = Estate(tmp_path, replace(address, lock=Lock("compliance", days) if days else None))
    uploaded = []
    for width in (90, 91, 92):
        estate.scan(Look(doors={"front": width}))
        estate.upload()
        uploaded.append(estate.now)
    until = uploaded[1] + timedelta(days=days)
    done = throw_away(estate, rules(estate.tick()))
    assert [name for name, _ in done.compacted.locked] == (["scan-001.zst", "scan-002.zst"] if days else [])
    assert bool(done.compacted.removed or done.compacted.rewritten) is not bool(days)
    (said,) = estate.verify()[0].disposals
    where = f"{estate.bucket}".removesuffix("/")
    assert (f"; Object Lock keeps bytes of 2 packs in {where}" in said) is bool(days)
    assert (f" until {timestamp(until)}" in said) is bool(days)
    assert estate.verify()[0].problems == ()
    estate.now = until + timedelta(days=1)
    estate.upload()
    assert throw_away(estate, []).leaf == -1
    estate.upload()
    assert estate.verify()[0].problems == ()
    assert not {"annexa/scan-001.zst", "annexa/scan-002.zst"} & set(keys(client, estate.bucket))
    with estate.open() as store:
        found = {(each.subject, each.state) for each in conditions(store)}
    assert found == {("packs", "good"), ("bucket", "good"), ("log", "good")}


def test_files_and_index_of_a_bucket(estate: Estate, client: Any) -> None:
    def untidy() -> list[tuple[str, str]]:
        with estate.open() as store:
            return [(each.state, each.finding) for each in conditions(store) if each.state != "good"]

    estate.scan(LOOK)
    assert untidy() == [("warning", "packs that wait to be carried there: 1")]
    estate.upload()
    assert untidy() == []
    (state,) = client.list_object_versions(Bucket=estate.bucket.bucket)["Versions"]
    client.delete_object(Bucket=estate.bucket.bucket, Key=state["Key"], VersionId=state["VersionId"])
    ((status, finding),) = untidy()
    assert (status, "scan-001.zst" in finding) == ("bad", True)
    with Store.open(replace(estate.location, bucket=None)) as store:
        found = [each.finding for each in conditions(store) if each.state == "bad"]
    assert found == ["nobody could look: scan-001.zst lies in a bucket, but the configuration names none"]


def test_what_somebody_removed_already_is_only_noted(estate: Estate, client: Any) -> None:
    estate.scan(LOOK)
    estate.upload()
    (state,) = client.list_object_versions(Bucket=estate.bucket.bucket)["Versions"]
    client.delete_object(Bucket=estate.bucket.bucket, Key=state["Key"], VersionId=state["VersionId"])
    estate.alter("DELETE FROM blob")
    with estate.create() as store:
        assert compact(store, estate.now).removed == ("scan-001.zst",)
    assert estate.rows("SELECT * FROM upload") == []


def test_checkpoints_are_published_in_a_bucket_and_read_back(estate: Estate, client: Any, way: Road) -> None:
    where = replace(estate.bucket, prefix="checkpoints/", lock=Lock("governance", 5))
    estate.scan(LOOK)
    with estate.create() as store:
        (state,) = publish(store, [where], estate.tick)
        assert (state.problem, state.alarm) == ("", "")
        (key,) = keys(client, where)
        assert client.head_object(Bucket=where.bucket, Key=key)["ObjectLockMode"] == "GOVERNANCE"
        (_, note) = store_note(store)
        assert client.get_object(Bucket=where.bucket, Key=key)["Body"].read().decode() == note
        found = verify(store, folders=[where])
        assert (found.problems, found.published) == ((), (f"{where}: checkpoints: 1, up to size 4",))
        client.put_object(Bucket=where.bucket, Key=key, Body=b"another")
        (state,) = publish(store, [where], estate.tick)
        assert state.alarm.endswith("4.checkpoint holds another checkpoint than this log has of that size")
        assert "not a checkpoint" in verify(store, folders=[where]).problems[0]
        way.rule = only("", "403")
        (state,) = publish(store, [where], estate.tick)
        assert "AccessDenied" in state.problem
        assert "AccessDenied" in verify(store, folders=[where]).unread[0]


def test_a_checkpoint_that_vanishes_between_list_and_read_is_said(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = replace(estate.bucket, prefix="checkpoints/")
    monkeypatch.setattr(Bucket, "names", lambda *_: ["log/4.checkpoint"])
    with pytest.raises(StoreError, match="it was listed and is not there"):
        place_at(where, "log").read(4)


def store_note(store: Store) -> tuple[Any, str]:
    with store.reading() as connection:
        found = store.latest_checkpoint(connection)
    assert found is not None
    return found


def test_a_frame_may_lie_across_what_is_fetched_at_a_time(estate: Estate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evidence_store.backends.stored.CHUNK", 50)
    monkeypatch.setattr("evidence_store.backends.stored.KEPT_CHUNKS", 2)
    estate.scan(LOOK)
    estate.upload()
    assert estate.verify(deep=True)[0].problems == ()


def test_a_place_outside_a_pack_is_named(estate: Estate) -> None:
    estate.scan(LOOK)
    estate.upload()
    estate.alter("UPDATE blob SET length = length + 100000")
    assert "another length than the index says" in estate.verify()[0].problems[0]


def test_an_endpoint_leads_somewhere_safe() -> None:
    for good in ("", "https://s3.example.org", "http://127.0.0.1:9000", "http://localhost"):
        assert checked_endpoint(good) == good
    for bad in ("s3.example.org", "http://s3.example.org", "https://a:b@s3.example.org", "ftp://localhost"):
        with pytest.raises(ValueError):
            checked_endpoint(bad)


@pytest.mark.parametrize(
    ("error", "raised"), [(OSError(5, "Input/output error"), StoreError), (KeyError("x"), KeyError)]
)
def test_what_is_no_answer_of_a_bucket_is_not_taken_for_one(error: Exception, raised: type[Exception]) -> None:
    with pytest.raises(raised), explained("s3://evidence/"):
        raise error


def test_a_disk_that_does_not_give_its_packs_is_said(estate: Estate, monkeypatch: pytest.MonkeyPatch) -> None:
    estate.scan(LOOK)

    def broken(*_: object) -> int:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("evidence_store.verification.verify_packs.Path.open", broken)
    with pytest.raises(StoreError, match=r"scan-001\.zst: cannot be read: Input/output error"):
        estate.verify(deep=True)


def test_deep_needs_the_bucket_too(estate: Estate) -> None:
    estate.scan(LOOK)
    estate.upload()
    with Store.open(replace(estate.location, bucket=None)) as store, pytest.raises(StoreError, match="in a bucket"):
        verify(store, deep=lambda _: None)


def test_what_is_gone_from_the_bucket_is_short_when_read(estate: Estate, monkeypatch: pytest.MonkeyPatch) -> None:
    estate.scan(LOOK)
    estate.upload()
    monkeypatch.setattr(Bucket, "read", lambda *_: None)
    problems = estate.verify(deep=True)[0].problems
    assert "scan-001.zst: it has 0 bytes of " in problems[0]


def test_only_the_checksum_of_the_whole_is_wrong(estate: Estate) -> None:
    estate.scan(LOOK)
    estate.upload()
    estate.alter("UPDATE upload SET digest = zeroblob(32)")
    assert any("its SHA-256 is not that of the pack" in each for each in estate.verify(deep=True)[0].problems)


@pytest.mark.parametrize(("seconds", "said"), [(0.2, "1 s"), (100, "100 s"), (600, "10 min"), (90_000, "25 h")])
def test_spans_are_told_as_people_do(seconds: float, said: str) -> None:
    assert _span(seconds) == said


def test_a_blob_in_a_bucket_that_nobody_names_is_no_broken_seal(estate: Estate) -> None:
    estate.scan(LOOK)
    estate.upload()
    ((digest,),) = estate.rows("SELECT digest FROM blob LIMIT 1")
    with Store.open(replace(estate.location, bucket=None)) as store, store.blob_index() as index:
        assert isinstance(digest, bytes)
        with pytest.raises(StoreError, match=r"scan-001\.zst lies in a bucket") as raised:
            index.read(digest)
    assert not isinstance(raised.value, BrokenSealError)


def test_a_bucket_that_goes_away_while_answers_are_read_is_no_broken_seal(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    estate.scan(LOOK)
    estate.upload()
    with estate.open() as store, store.reading() as connection:
        sealed = [Sealed(*row) for row in connection.exec_driver_sql("SELECT position, data FROM leaf").all()]

        def gone(*_: object) -> bytes:
            raise StoreError("s3://evidence/: it cannot be reached", "wait")

        monkeypatch.setattr(Bucket, "read", gone)
        with pytest.raises(StoreError, match="cannot be reached"):
            list(BlobWalk(store, connection).problems(sealed, lambda _done, _all: None))


def test_an_overwritten_pack_whose_version_is_gone_is_named(estate: Estate, client: Any) -> None:
    estate.scan(LOOK)
    estate.upload()
    (ours,) = client.list_object_versions(Bucket=estate.bucket.bucket)["Versions"]
    client.put_object(Bucket=estate.bucket.bucket, Key=ours["Key"], Body=b"theirs")
    client.delete_object(Bucket=estate.bucket.bucket, Key=ours["Key"], VersionId=ours["VersionId"])
    problems = estate.verify()[0].problems
    assert "overwritten on " in problems[0]
    assert problems[1].endswith("the version that was put there is gone")


def test_deep_says_what_of_a_pack_in_the_bucket_no_row_names(estate: Estate) -> None:
    estate.scan(LOOK)
    with (estate.folder / "pending" / "scan-001.zst").open("ab") as pack:
        pack.write(b"tail of a killed scan")
    estate.upload()
    packs = estate.verify(deep=True)[0].packs
    assert f"{estate.bucket}scan-001.zst: 21 bytes that no row names: a leftover, no evidence" in packs
