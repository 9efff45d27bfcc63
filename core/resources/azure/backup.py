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
