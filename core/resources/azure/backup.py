"""Backups in vaults of Recovery Services."""

from __future__ import annotations

from datetime import datetime

from core.resource import Resource, resource


@resource("azure_backup_item")
class BackupItem(Resource):
    """Something that is backed up, as the vault that keeps the copies knows it."""

    id: str
    protects: str
    """The id of what is backed up."""
    subscription: str
    """Of the vault."""
    state: str
    """`Protected` or `ProtectionConfigured`, `IRPending` (no copy yet), `ProtectionError`, `ProtectionStopped`,
    `SoftDeleted`, …"""
    latest_copy: datetime | None
    """When the newest copy was made; `None` when there is none."""
    policy: str
    """The id of the policy by which it is backed up; empty where there is none."""


@resource("azure_backup_policy")
class BackupPolicy(Resource):
    """A policy by which things are backed up."""

    id: str
    name: str
    subscription: str
    days: int
    """For how many days the copy is kept that is kept longest."""


@resource("azure_backup_vault")
class BackupVault(Resource):
    """A vault of Recovery Services, which keeps copies."""

    id: str
    name: str
    location: str
    subscription: str
    soft_delete: str
    """What becomes of deleted copies: `Enabled` or `AlwaysON` where they are kept for some days, `Disabled`."""
    immutable: str
    """Whether copies cannot be deleted before their time: `Locked`, `Unlocked` where that can be undone, `Disabled`."""
