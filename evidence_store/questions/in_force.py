"""What a scan was read with, sealed with its end: so that what was concluded then can be told for ever.

Mappings, the words of checks and the freshness target change with versions and configurations. Conclusions about
controls follow from them as much as from verdicts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from core.codec import CodecError, decode, encode
from core.model import DescribedCheck
from evidence_store.errors import BrokenSealError
from evidence_store.records import ScanFinished, lines


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """The files of the mappings by name, what each check that was switched on said of itself, and how old evidence
    might be before it was no longer believed."""

    documents: Mapping[str, bytes]
    checks: tuple[DescribedCheck, ...]
    stale_after: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedInForce:
    """The same as digests of blobs: what the body of `scan_finished` holds."""

    documents: Mapping[str, str]
    catalogue: str
    stale_after_seconds: int


def seal(put: Callable[[bytes], bytes], in_force: InForce) -> SealedInForce:
    """Keep what was in force with `put`, which keeps a blob and gives its digest."""
    catalogue = b"".join(encode(each) + b"\n" for each in sorted(in_force.checks, key=lambda check: check.id))
    return SealedInForce(
        documents={name: put(content).hex() for name, content in in_force.documents.items()},
        catalogue=put(catalogue).hex(),
        stale_after_seconds=in_force.stale_after // timedelta(seconds=1),
    )


def unseal(read: Callable[[bytes], bytes], end: ScanFinished) -> InForce | None:
    """What was in force when a scan ended; `None` when it did not say so. Raises `BrokenSealError`."""
    if not end.catalogue:
        return None
    try:
        return InForce(
            documents={name: read(bytes.fromhex(digest)) for name, digest in end.documents.items()},
            checks=tuple(decode(DescribedCheck, line) for line in lines(read(bytes.fromhex(end.catalogue)))),
            stale_after=timedelta(seconds=end.stale_after_seconds),
        )
    except (CodecError, ValueError) as error:
        raise BrokenSealError(f"what was in force cannot be read: {error}", "run `annexa verify`") from error
