"""Objects in an S3-compatible bucket: put once, read in ranges, looked at, and locked. Nothing is ever overwritten.

The SDK finds credentials by itself. What goes wrong is told with the place and a remedy, never with what a provider
put into its message: that may hold more than a log should.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from evidence_store.backends.address import BucketAddress
from evidence_store.backends.s3_errors import CutOffError, code_of, explained
from evidence_store.errors import StoreError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PART = 16 * 2**20
"""Bytes of one part of a large upload; what is smaller goes in one piece."""

ATTEMPTS = 4
"""How often the SDK asks when the store is busy, fails or cuts the connection, with longer pauses each time."""

TRIES = 3
"""How often a range is asked for when the connection is cut in the middle, which the SDK does not see to."""

NOT_THERE = {"404", "NoSuchKey", "NoSuchVersion", "NotFound"}
SHORTER = {"InvalidRange", "416"}
TAKEN = {"PreconditionFailed", "ConditionalRequestConflict", "412"}

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ObjectState:
    """An object as the bucket describes it. `checksum` is the SHA-256 it states, as it states it, or empty; `sha256`
    is what the uploader wrote beside it, in hexadecimal; `locked_until` says how long nobody may remove it."""

    size: int
    checksum: str
    sha256: str
    version: str
    modified: datetime
    locked_until: datetime | None


class Bucket:
    """One bucket, below one prefix. Methods raise `StoreError` when it cannot be reached or refuses."""

    def __init__(self, address: BucketAddress) -> None:
        self.address = address
        self._made: S3Client | None = None

    @property
    def client(self) -> S3Client:
        """Made on first use: importing the SDK takes half a second that many commands can do without."""
        if self._made is None:
            try:
                import boto3  # noqa: PLC0415
                from botocore.config import Config  # noqa: PLC0415
            except ImportError as error:
                raise StoreError(f"{self.address}: reading it needs boto3", "pip install 'annexa[s3]'") from error
            with self._explained():
                self._made = boto3.session.Session().client(
                    "s3",
                    endpoint_url=self.address.endpoint or None,
                    region_name=self.address.region or None,
                    config=Config(
                        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
                        connect_timeout=10,
                        read_timeout=60,
                        max_pool_connections=16,
                        # Stores other than AWS know no checksums but those that are asked for.
                        request_checksum_calculation="when_required",
                        response_checksum_validation="when_required",
                    ),
                )
        return self._made

    def where(self, name: str) -> str:
        """What to call an object in a sentence."""
        return f"{self.address}{name}"

    def read(self, name: str, offset: int, length: int, version: str = "") -> bytes | None:
        """As many of these bytes as there are, or `None` when there is no such object."""

        def read() -> bytes:
            where = f"bytes={offset}-{offset + length - 1}"
            with self.client.get_object(**self._named(name, version), Range=where)["Body"] as body:
                return body.read()

        for _ in range(TRIES - 1):
            with suppress(CutOffError):
                return self._if_there(name, read, nothing=b"")
        return self._if_there(name, read, nothing=b"")

    def state(self, name: str, version: str = "") -> ObjectState | None:
        """What the bucket says about an object, its newest version or the one that is asked for."""

        def look() -> ObjectState:
            found = self.client.head_object(**self._named(name, version), ChecksumMode="ENABLED")
            return ObjectState(
                size=found["ContentLength"],
                checksum=found.get("ChecksumSHA256", ""),
                sha256=found.get("Metadata", {}).get("sha256", ""),
                version=found.get("VersionId", ""),
                modified=found["LastModified"],
                locked_until=found.get("ObjectLockRetainUntilDate"),
            )

        state = self._if_there(name, look)
        if state is None:
            self.refuse_missing()
        return state

    def put(self, name: str, data: bytes, locked_until: datetime | None = None) -> bool:
        """Put a small object, whole or not at all. False when there is one of that name: it stays as it is."""
        digest = hashlib.sha256(data)

        def put() -> None:
            self.client.put_object(
                **self._named(name),
                Body=data,
                IfNoneMatch="*",
                ChecksumAlgorithm="SHA256",
                ChecksumSHA256=encoded(digest.digest()),
                Metadata={"sha256": digest.hexdigest()},
                **self._lock(locked_until),
            )

        return self._unless_taken(name, put)

    def put_in_parts(
        self, name: str, sha256: str, sizes: Sequence[int], read: Callable[[int], bytes], until: datetime | None
    ) -> bool:
        """Put a large object, going on where an earlier attempt was cut off. False when there is one of that name.

        `read` gives the part of this number, from 0; `sizes` are the lengths of all. Only a whole object has a name.
        """
        with self._explained(name):
            upload, there = self._begun(name) or (self._begin(name, sha256, until), {})
        done: list[Any] = []
        for number, size in enumerate(sizes, 1):
            data = read(number - 1)
            digest = encoded(hashlib.sha256(data).digest())
            tag = there.get((number, size, digest)) or there.get(
                (number, size, hashlib.md5(data, usedforsecurity=False).hexdigest())
            )
            if not tag:
                with self._explained(name):
                    sent = self.client.upload_part(
                        **self._named(name), UploadId=upload, PartNumber=number, Body=data, ChecksumSHA256=digest
                    )
                tag = sent["ETag"]
            done.append({"PartNumber": number, "ETag": tag, "ChecksumSHA256": digest})

        def complete() -> None:
            self.client.complete_multipart_upload(
                **self._named(name), UploadId=upload, MultipartUpload={"Parts": done}, IfNoneMatch="*"
            )

        return self._unless_taken(name, complete)

    def lock(self, name: str, version: str, until: datetime) -> None:
        """Lock an object that is there without a lock."""
        with self._explained(name):
            self.client.put_object_retention(
                **self._named(name, version),
                Retention={"Mode": self._mode(), "RetainUntilDate": until},
            )

    def names(self, below: str = "") -> list[str]:
        """The names of the objects there are, in order; `below` is how they begin."""
        with self._explained():
            pages = self.client.get_paginator("list_objects_v2").paginate(
                Bucket=self.address.bucket, Prefix=self.address.key(below)
            )
            keys = [item["Key"] for page in pages for item in page.get("Contents", ())]
        return sorted(key.removeprefix(self.address.prefix) for key in keys)

    def remove(self, name: str, version: str = "") -> None:
        """Remove one version of an object for good. Raises `StoreError` when its lock, or anything else, forbids it."""
        with self._explained(name):
            self.client.delete_object(**self._named(name, version))

    def keeps_versions(self) -> bool:
        """Whether what is overwritten or removed stays there as an older version."""
        with self._explained():
            return self.client.get_bucket_versioning(Bucket=self.address.bucket).get("Status") == "Enabled"

    def can_lock(self) -> bool:
        """Whether the bucket was made with Object Lock."""
        from botocore.exceptions import ClientError  # noqa: PLC0415

        with self._explained():
            try:
                found = self.client.get_object_lock_configuration(Bucket=self.address.bucket)
            except ClientError as error:
                if code_of(error) == "ObjectLockConfigurationNotFoundError":
                    return False
                raise
            return found["ObjectLockConfiguration"].get("ObjectLockEnabled") == "Enabled"

    def refuse_missing(self) -> None:
        """Raises `StoreError` unless there is such a bucket and we may see it."""
        with self._explained():
            self.client.head_bucket(Bucket=self.address.bucket)

    def _begin(self, name: str, sha256: str, until: datetime | None) -> str:
        made = self.client.create_multipart_upload(
            **self._named(name), ChecksumAlgorithm="SHA256", Metadata={"sha256": sha256}, **self._lock(until)
        )
        return made["UploadId"]

    def _begun(self, name: str) -> tuple[str, dict[tuple[int, int, str], str]] | None:
        """An upload that was cut off, and the parts that it brought: by number, size and checksum."""
        named = self._named(name)
        found = self.client.list_multipart_uploads(Bucket=named["Bucket"], Prefix=named["Key"]).get("Uploads", [])
        ours = [each["UploadId"] for each in found if each["Key"] == named["Key"]]
        if not ours:
            return None
        parts: dict[tuple[int, int, str], str] = {}
        for page in self.client.get_paginator("list_parts").paginate(**named, UploadId=ours[-1]):
            for part in page.get("Parts", ()):
                for checksum in (part.get("ChecksumSHA256", ""), part["ETag"].strip('"')):
                    parts[part["PartNumber"], part["Size"], checksum] = part["ETag"]
        return ours[-1], parts

    def _named(self, name: str, version: str = "") -> Any:
        named = {"Bucket": self.address.bucket, "Key": self.address.key(name)}
        return named | {"VersionId": version} if version else named

    def _mode(self) -> Any:
        return self.address.lock.mode.upper() if self.address.lock else "GOVERNANCE"

    def _lock(self, until: datetime | None) -> Any:
        return {} if until is None else {"ObjectLockMode": self._mode(), "ObjectLockRetainUntilDate": until}

    def _if_there(self, name: str, ask: Callable[[], T], nothing: T | None = None) -> T | None:
        """The answer, or `None` when the object is not there; `nothing` when it is shorter than what was asked for."""
        from botocore.exceptions import ClientError  # noqa: PLC0415

        with self._explained(name):
            try:
                return ask()
            except ClientError as error:
                if code_of(error) in NOT_THERE:
                    return None
                if code_of(error) in SHORTER and nothing is not None:
                    return nothing
                raise

    def _unless_taken(self, name: str, put: Callable[[], None]) -> bool:
        from botocore.exceptions import ClientError  # noqa: PLC0415

        with self._explained(name):
            try:
                put()
            except ClientError as error:
                if code_of(error) in TAKEN:
                    return False
                raise
        return True

    def _explained(self, name: str = "") -> AbstractContextManager[None]:
        return explained(self.where(name))


def encoded(digest: bytes) -> str:
    """A checksum as S3 writes it."""
    return base64.b64encode(digest).decode()
