"""Where a bucket is, as plain data: nothing here needs a vendor's SDK."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from urllib.parse import urlsplit

SCHEME = "s3://"

LockMode = Literal["governance", "compliance"]


@dataclass(frozen=True, slots=True)
class Lock:
    """S3 Object Lock: for `days` from its upload an object can be neither changed nor removed; in the mode
    `compliance` by nobody at all, in `governance` by those whom the bucket's owner allows to."""

    mode: LockMode
    days: int

    @property
    def span(self) -> timedelta:
        return timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class BucketAddress:
    """A bucket, and the beginning that all keys in it have: empty, or text that ends with a slash.

    `endpoint` is the address of an S3-compatible store, empty for AWS; an empty `region` is found by the SDK. Nothing
    secret is in here: credentials are found by the SDK where it always looks for them.
    """

    bucket: str
    prefix: str = ""
    endpoint: str = ""
    region: str = ""
    lock: Lock | None = None

    def __str__(self) -> str:
        return f"{SCHEME}{self.bucket}/{self.prefix}"

    def key(self, name: str) -> str:
        """The key of an object with this name."""
        return self.prefix + name


def parse_address(text: str) -> BucketAddress:
    """The bucket in `s3://bucket/prefix`. Raises `ValueError`."""
    bucket, _, prefix = text.removeprefix(SCHEME).partition("/")
    if not text.startswith(SCHEME):
        raise ValueError(f"expected an address that begins with {SCHEME}")
    return BucketAddress(checked_bucket(bucket), checked_prefix(prefix))


def checked_bucket(name: str) -> str:
    """Raises `ValueError` for what cannot be the name of a bucket."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", name):
        raise ValueError("a bucket's name has 3 to 63 lower-case letters, digits, dots and dashes")
    return name


def checked_prefix(text: str) -> str:
    """A prefix with the slash at its end. Raises `ValueError` for one that names no clean path."""
    parts = text.strip("/").split("/") if text.strip("/") else []
    if any(not re.fullmatch(r"[A-Za-z0-9!_.*'()-]+", part) or set(part) == {"."} for part in parts):
        raise ValueError("a prefix is made of letters, digits and !_.*'()- between slashes")
    return "".join(f"{part}/" for part in parts)


def checked_endpoint(text: str) -> str:
    """The address of an S3-compatible store, or empty. Raises `ValueError` for one that is none, holds a secret, or
    leads over a network without TLS."""
    parts = urlsplit(text)
    if not text:
        return text
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("expected an address that begins with https://")
    if parts.username is not None or parts.password is not None:
        raise ValueError("an address with a password in it would be written to places where it does not belong")
    if parts.scheme == "http" and not _is_here(parts.hostname):
        raise ValueError("evidence would travel unprotected: another machine needs https://")
    return text


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
