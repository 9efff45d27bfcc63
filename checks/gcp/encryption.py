"""Checks of keys: whose they are, whether they are renewed, and whether they can be brought back."""

from __future__ import annotations

from datetime import datetime, timedelta

from checks.cloud.encryption import has_key_of_ours
from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.resources.gcp.compute import Disk
from core.resources.gcp.data import Bucket, CryptoKey, DataprocCluster, Dataset, Secret, SqlInstance

DAY = 86_400
OURS = "EXTERNAL"
UNUSED = ("DISABLED", "DESTROYED", "DESTROY_SCHEDULED")


@check(objective="keys-are-under-our-control", severity=Severity.LOW)
def disk_has_a_key_of_ours(disk: Disk) -> Verdict:
    """A disk is encrypted with a key of ours.

    Google encrypts every disk; only with a key of ours can we take the data away from everybody.

    Remediation: Make disks with `--kms-key=…`; a snapshot restored with it replaces an old one.
    """
    return key_of_ours(disk.name, disk.key)


@check(objective="keys-are-under-our-control", severity=Severity.LOW)
def bucket_has_a_key_of_ours(bucket: Bucket) -> Verdict:
    """New objects of a bucket are encrypted with a key of ours.

    Google encrypts every object; only with a key of ours can we take the data away from everybody.

    Remediation: `gcloud storage buckets update gs://BUCKET --default-encryption-key=…`; objects that are there must be
    written again.
    """
    return key_of_ours(bucket.name, bucket.key)


@check(objective="keys-are-under-our-control", severity=Severity.LOW)
def database_has_a_key_of_ours(instance: SqlInstance) -> Verdict:
    """A database is encrypted with a key of ours.

    Google encrypts every database; only with a key of ours can we take the data away from everybody.

    Remediation: Make a new instance with `--disk-encryption-key=…` and move the data; it cannot be set later.
    """
    return key_of_ours(instance.name, instance.key)


@check(objective="keys-are-under-our-control", severity=Severity.LOW)
def dataset_has_a_key_of_ours(dataset: Dataset) -> Verdict:
    """New tables of a dataset are encrypted with a key of ours.

    Google encrypts every table; only with a key of ours can we take the data away from everybody.

    Remediation: `bq update --default_kms_key=… DATASET`; tables that are there must be copied.
    """
    return key_of_ours(dataset.name, dataset.key)


@check(objective="keys-are-under-our-control", severity=Severity.LOW)
def dataproc_cluster_has_a_key_of_ours(cluster: DataprocCluster) -> Verdict:
    """The disks of a Dataproc cluster are encrypted with a key of ours.

    Google encrypts every disk; only with a key of ours can we take the data away from everybody.

    Remediation: Make clusters with `--gce-pd-kms-key=…`; it cannot be set later.
    """
    return key_of_ours(cluster.name, cluster.key)


@check(objective="keys-are-rotated", severity=Severity.HIGH)
def key_rotates(key: CryptoKey, *, as_of: datetime, days: int = 90) -> Verdict:
    """A symmetric key gets new material within 90 days.

    New material bounds how much one leaked key opens. Keys of other kinds, and those kept outside, are replaced by
    hand.

    Remediation: `gcloud kms keys update KEY --rotation-period=90d --next-rotation-time=…`.
    """
    if key.purpose != "ENCRYPT_DECRYPT":
        return not_applicable(f"KMS does not rotate {key.name}: {key.purpose}")
    if key.primary in UNUSED:
        return not_applicable(f"nothing is encrypted with {key.name} any more: its version is {key.primary}")
    if key.protection.startswith(OURS):
        return not_applicable(f"KMS does not rotate {key.name}, which is kept outside")
    if key.rotation_seconds is None or key.next_rotation is None:
        return failed(f"{key.name} is not rotated")
    said = f"{key.name} is rotated every {key.rotation_seconds // DAY} days, next on {key.next_rotation:%Y-%m-%d}"
    if key.rotation_seconds > days * DAY:
        return failed(f"{said}, more than {days} days")
    return _soon(said, key.next_rotation, as_of, days)


@check(objective="keys-are-guarded", severity=Severity.MEDIUM)
def destroyed_key_can_be_brought_back(key: CryptoKey, *, hours: int = 24) -> Verdict:
    """A version of a key that somebody destroys can be brought back for a day at least.

    With the key goes everything that it encrypts, for ever.

    Remediation: Make keys with `--destroy-scheduled-duration=30d`; it cannot be set later.
    """
    said = f"a destroyed version of {key.name} can be brought back for {key.destroy_seconds // 3600} hours"
    return passed(said) if key.destroy_seconds >= hours * 3600 else failed(said)


@check(objective="credentials-are-rotated", severity=Severity.MEDIUM)
def secret_is_renewed(secret: Secret, *, as_of: datetime, days: int = 365) -> Verdict:
    """A secret has a plan for its renewal, or an end.

    A password that nobody plans to change is never changed. The next time counts as well: it can be set to a hundred
    years from now, whatever is to be done from then on.

    Remediation: `gcloud secrets update SECRET --rotation-period=… --next-rotation-time=… --topics=…`.
    """
    if secret.rotation_seconds is not None and secret.rotation_seconds > days * DAY:
        said = f"{secret.name} is to be renewed every {secret.rotation_seconds // DAY} days"
        return failed(f"{said}, more than {days}")
    if secret.next_rotation is not None:
        said = f"{secret.name} is to be renewed on {secret.next_rotation:%Y-%m-%d}"
        return _soon(said, secret.next_rotation, as_of, days)
    if secret.expires is not None and secret.expires <= as_of + timedelta(days=days):
        return passed(f"{secret.name} ends on {secret.expires:%Y-%m-%d}")
    if secret.expires is not None:
        return failed(f"{secret.name} ends on {secret.expires:%Y-%m-%d}, in more than {days} days")
    return failed(f"{secret.name} has no plan for its renewal, and no end")


def _soon(said: str, next_rotation: datetime, as_of: datetime, days: int) -> Verdict:
    """Whether something is renewed next within so many days."""
    if next_rotation < as_of:
        return failed(f"{said}, which is past")
    if next_rotation > as_of + timedelta(days=days):
        return failed(f"{said}, in more than {days} days")
    return passed(said)


def key_of_ours(name: str, key: str) -> Verdict:
    """Whether something is encrypted with a key of ours, as the kinds of Google Cloud name it."""
    said = "a key that only we have" if key == "supplied" else key or "keys of Google"
    return has_key_of_ours(name, said, ours=bool(key))
