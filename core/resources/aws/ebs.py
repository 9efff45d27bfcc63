"""Elastic Block Store: volumes and snapshots."""

from __future__ import annotations

from datetime import datetime

from core.resource import Resource, resource


@resource("aws_ebs_defaults")
class EbsDefaults(Resource):
    """What one region of an account says about all its volumes and snapshots. The id is `ACCOUNT/REGION`."""

    id: str
    region: str
    encrypts: bool
    """New volumes are encrypted whether or not somebody asked for it."""
    key: str
    """The key for that, as AWS names it: an ARN, or `alias/aws/ebs`."""
    blocks_public: str
    """`block-all-sharing`, `block-new-sharing`, or `unblocked`: whether snapshots can be public."""


@resource("aws_ebs_volume")
class Volume(Resource):
    """A volume."""

    id: str
    name: str
    created: datetime
    state: str
    """`in-use`, `available` when nothing has it, …"""
    encrypted: bool
    key: str
    """The ARN of the key; empty when it is not encrypted."""
    instances: tuple[str, ...]
    """Those that have it."""
    operator: str
    """The AWS service that made it and looks after it; empty when the account does itself."""


@resource("aws_ebs_snapshot")
class Snapshot(Resource):
    """A snapshot that the account owns."""

    id: str
    name: str
    defaults: str
    """The id of what its region says about all snapshots."""
    volume: str
    """What it was made of; copies name a volume that never was."""
    state: str
    """`completed`, `pending`, `error`, …"""
    started: datetime
    encrypted: bool
    public: bool
    """Everybody is permitted to make volumes of it. Only what is not encrypted can be."""


@resource("aws_ebs_backup")
class VolumeBackup(Resource):
    """The newest completed snapshot of a volume. The id is that of the volume, which may be gone."""

    id: str
    snapshot: str
    started: datetime


@resource("aws_ebs_snapshot_sharing")
class SnapshotSharing(Resource):
    """With whom a snapshot is shared. The id is that of the snapshot; AWS must be asked about each of them."""

    id: str
    accounts: tuple[str, ...]
    """Beside the owner; that it may be public stands with the snapshot."""
