"""Checks of EBS: whether volumes and snapshots are encrypted, kept to ourselves, and there when they are needed."""

from __future__ import annotations

from datetime import datetime, timedelta

from checks.aws.verdicts import lately
from checks.cloud.encryption import is_encrypted
from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.population import Population
from core.resources.aws.ebs import EbsDefaults, Snapshot, SnapshotSharing, Volume, VolumeBackup
from core.resources.aws.ec2_instances import Ec2Instance

BLOCKED = "block-all-sharing"
KEY_OF_AWS = "alias/aws/ebs"


@check(objective="data-at-rest-is-encrypted", severity=Severity.MEDIUM)
def region_encrypts_new_volumes(defaults: EbsDefaults) -> Verdict:
    """New volumes of the region are encrypted, whoever makes them.

    EBS encrypts only what somebody asks it to, until this is switched on; and it is a setting of each region.

    Remediation: *EC2*, *Account attributes*, *Data protection and security*, *EBS encryption*; or
    `aws ec2 enable-ebs-encryption-by-default`, in each region.
    """
    if defaults.encrypts:
        return passed(f"new volumes in {defaults.region} are encrypted")
    return failed(f"new volumes in {defaults.region} are encrypted only when somebody asks for it")


@check(objective="keys-are-under-our-control", severity=Severity.LOW)
def region_encrypts_volumes_with_our_key(defaults: EbsDefaults) -> Verdict:
    """Where nobody names a key, volumes of the region are encrypted with one that we control.

    AWS's own key for EBS opens to everybody in the account who may use EBS. It can neither be restricted nor revoked.

    Remediation: `aws ec2 modify-ebs-default-kms-key-id --kms-key-id …`, in each region.
    """
    if not defaults.encrypts:
        return not_applicable(f"{defaults.region} does not encrypt volumes by itself")
    if defaults.key.endswith(KEY_OF_AWS):
        return failed(f"{defaults.region} encrypts with the key of AWS for EBS")
    return passed(f"{defaults.region} encrypts with {defaults.key}")


@check(objective="data-is-not-public", severity=Severity.MEDIUM)
def region_keeps_snapshots_private(defaults: EbsDefaults) -> Verdict:
    """Nobody can make a snapshot of the region public.

    One wrong click on a snapshot gives the whole disk to the world.

    Remediation: `aws ec2 enable-snapshot-block-public-access --state block-all-sharing`, in each region.
    """
    match defaults.blocks_public:
        case "block-all-sharing":
            return passed(f"no snapshot in {defaults.region} can be public")
        case "block-new-sharing":
            return passed(f"no further snapshot in {defaults.region} can be made public")
        case "unblocked":
            return failed(f"snapshots in {defaults.region} can be made public")
        case said:
            return unknown(f"EC2 says {said} of public snapshots in {defaults.region}")


@check(objective="data-at-rest-is-encrypted", severity=Severity.HIGH)
def volume_is_encrypted(volume: Volume) -> Verdict:
    """The volume is encrypted.

    Its snapshots inherit that, and what is encrypted can never be made public.

    Remediation: A volume is encrypted when it is made: take a snapshot, copy it with encryption, make a volume of the
    copy, and put it in the place of the old one.
    """
    return is_encrypted(_named(volume), on=volume.encrypted, key=volume.key if volume.encrypted else "")


@check(objective="data-is-backed-up", severity=Severity.MEDIUM)
def volume_has_a_recent_snapshot(
    volume: Volume,
    backups: Population[VolumeBackup],
    instances: Population[Ec2Instance],
    *,
    as_of: datetime,
    days: int = 7,
    exempt: tuple[str, ...] = (),
) -> Verdict:
    """There is a snapshot of the volume from the last days.

    AWS Backup and Data Lifecycle Manager make such snapshots too: whatever made it, it can be restored. Volumes of
    instances that an Auto Scaling group made are not kept, and need none; others that need none can be named, by id or
    by name, in the setting `exempt`.

    Remediation: Take the volume into a plan of AWS Backup, or into a policy of Data Lifecycle Manager.
    """
    if {volume.id, volume.name} & set(exempt):
        return not_applicable(f"{_named(volume)} is named in the setting exempt")
    if volume.operator:
        return not_applicable(f"{volume.operator} looks after {_named(volume)}")
    for each in volume.instances:
        instance = instances.get(each)
        if instance is not None and instance.scaling_group:
            return not_applicable(f"{_named(volume)} belongs to {instance.scaling_group}, which replaces its instances")
    backup = backups.get(volume.id)
    begin = as_of - timedelta(days=days)
    if backup is not None and backup.started >= begin:
        return passed(f"{_named(volume)} has a snapshot of {backup.started:%Y-%m-%d}")
    if volume.created >= begin:
        return not_applicable(f"{_named(volume)} is of {volume.created:%Y-%m-%d}: its first snapshot is not due yet")
    if backup is None:
        return failed(f"there is no completed snapshot of {_named(volume)}")
    return failed(
        f"the last snapshot of {_named(volume)} is of {backup.started:%Y-%m-%d}, more than {days} days before"
    )


@check(objective="what-is-not-needed-is-removed", severity=Severity.LOW)
def volume_is_in_use(volume: Volume) -> Verdict:
    """The volume belongs to something.

    What nobody has attached, nobody looks after, and it still holds data.

    Remediation: Take a snapshot if the data may be needed, and delete the volume.
    """
    if volume.state == "available":
        return failed(f"nothing uses {_named(volume)}, which was made on {volume.created:%Y-%m-%d}")
    if volume.state == "in-use":
        return passed(f"{_named(volume)} is in use")
    return not_applicable(f"{_named(volume)} is {volume.state}")


@check(objective="data-at-rest-is-encrypted", severity=Severity.MEDIUM)
def snapshot_is_encrypted(snapshot: Snapshot) -> Verdict:
    """The snapshot is encrypted.

    What is not encrypted can be shared with anybody, and read by whoever has it.

    Remediation: Copy the snapshot with `--encrypted`, and delete the old one.
    """
    return is_encrypted(_named(snapshot), on=snapshot.encrypted)


@check(objective="data-is-not-public", severity=Severity.CRITICAL)
def snapshot_is_not_public(snapshot: Snapshot, regions: Population[EbsDefaults]) -> Verdict:
    """The snapshot is not for everybody.

    Public snapshots are listed for all customers of AWS, and copied by those who make a living of it.

    Remediation: `aws ec2 modify-snapshot-attribute --snapshot-id … --attribute createVolumePermission --operation-type
    remove --group-names all`.
    """
    if not snapshot.public:
        return passed(f"{_named(snapshot)} is not public")
    region = regions.get(snapshot.defaults)
    if region is None:
        return failed(f"{_named(snapshot)} is public")
    if region.blocks_public == BLOCKED:
        return passed(f"{_named(snapshot)} is marked as public, and {region.region} blocks all that are")
    return failed(f"{_named(snapshot)} is public")


@check(objective="outside-access-is-approved", severity=Severity.HIGH)
def snapshot_is_shared_as_approved(snapshot: SnapshotSharing, *, approved: tuple[str, ...] = ()) -> Verdict:
    """The snapshot is shared with no other account, unless that was approved.

    To share a snapshot is the quietest way to carry a whole disk out of an account.

    Remediation: Name the account in the setting `approved`, or take it from the permissions of the snapshot.
    """
    others = sorted(set(snapshot.accounts) - set(approved))
    if others:
        return failed(f"{snapshot.id} is shared with {', '.join(others)}, which nobody approved")
    return passed(f"{snapshot.id} is shared with {', '.join(snapshot.accounts) or 'no account'}")


@check(objective="data-is-deleted-when-due", severity=Severity.LOW)
def snapshot_is_not_kept_for_ever(snapshot: Snapshot, *, as_of: datetime, days: int = 400) -> Verdict:
    """The snapshot is not older than copies are kept.

    Old copies hold what was deleted elsewhere long ago, and must be found when somebody asks for deletion.

    Remediation: Delete the snapshot, and let a lifecycle policy do so from now on.
    """
    return lately(f"{_named(snapshot)} is of {snapshot.started:%Y-%m-%d}", snapshot.started, as_of, days)


def _named(thing: Volume | Snapshot) -> str:
    return f"{thing.name} ({thing.id})" if thing.name else thing.id
