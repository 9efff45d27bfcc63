"""AWS Backup: plans, vaults, what is in them, and what is exercised."""

from __future__ import annotations

from datetime import datetime

from core.resource import Observed, Resource, part, resource
from core.resources.aws.policy import Statement


@part
class BackupRule(Observed):
    """When a plan backs up, and how long it keeps what it made."""

    name: str
    vault: str
    schedule: str
    """A cron expression; empty for a rule that runs when AWS likes, by default once a day."""
    days: int | None
    """After how many days a backup is deleted; `None` when never."""
    copies_to: tuple[str, ...]
    """The ARNs of further vaults."""


@resource("aws_backup_plan")
class BackupPlan(Resource):
    """A plan. The id is its ARN."""

    id: str
    name: str
    rules: tuple[BackupRule, ...]
    selections: tuple[str, ...]
    """The names of what the plan selects: without one it backs up nothing."""


@resource("aws_backup_vault")
class BackupVault(Resource):
    """A vault of this account. The id is its ARN."""

    id: str
    name: str
    key: str
    """The ARN of the key it encrypts with, as far as it does so itself; empty for a key that AWS owns."""
    locked: bool
    """Vault Lock holds: nobody deletes backups before their time."""
    lock_ends: bool
    """Those with the permission can still take the lock off: it has no date from which on it is for ever."""
    minimum_days: int | None
    """How long the lock keeps each backup at least; `None` when it says nothing."""
    statements: tuple[Statement, ...]
    """Of its access policy."""


@resource("aws_backup_vault_contents")
class BackupVaultContents(Resource):
    """What is in a vault, as far as it changes only when something is wrong. The id is the vault's ARN."""

    id: str
    name: str
    empty: bool
    plain: tuple[str, ...]
    """The ARNs of recovery points that are not encrypted."""
    unclear: tuple[str, ...]
    """The ARNs of those of which AWS does not say."""


@resource("aws_backup_protected_resource")
class ProtectedResource(Resource):
    """Something that AWS Backup has backed up; it may be gone since. The id is its ARN."""

    id: str
    type: str
    last: datetime | None
    """When it was backed up last; `None` where AWS does not say."""


@resource("aws_backup_restore_test")
class RestoreTest(Resource):
    """A plan by which AWS Backup restores as an exercise. The id is its ARN."""

    id: str
    name: str
    last: datetime | None
    """When it ran last; `None` when it never did."""
