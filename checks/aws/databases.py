"""Verdicts that checks of all kinds of databases reach in the same way: backups, encryption, logs, versions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from checks.cloud.encryption import is_encrypted
from core.model import Verdict, failed, passed, unknown
from core.resources.aws.rds import DatabaseCluster, DatabaseInstance


def has(what: str, *, on: bool, name: str) -> Verdict:
    """A pass when a database has something that it should have."""
    return passed(f"{name} has {what}") if on else failed(f"{name} has no {what}")


def encrypted(name: str, *, on: bool, key: str) -> Verdict:
    """A pass when storage is encrypted, with the key where AWS names one."""
    return is_encrypted(f"the storage of {name}", on=on, key=key or "a key that AWS owns")


def kept(name: str, days: int, least: int) -> Verdict:
    """A pass when automatic backups are kept for so many days."""
    if not days:
        return failed(f"{name} has no automatic backups")
    if days < least:
        return failed(f"automatic backups of {name} are kept for {days} days, fewer than {least}")
    return passed(f"automatic backups of {name} are kept for {days} days")


def sent(name: str, logs: Sequence[str], needed: Iterable[str]) -> Verdict:
    """A pass when logs leave the database, and all that are needed are among them."""
    if not logs:
        return failed(f"{name} sends no log to CloudWatch Logs")
    if lacking := sorted(set(needed) - set(logs)):
        return failed(f"{name} sends {', '.join(logs)} to CloudWatch Logs, and not {', '.join(lacking)}")
    return passed(f"{name} sends {', '.join(logs)} to CloudWatch Logs")


def maintained(database: DatabaseInstance | DatabaseCluster, as_of: datetime) -> Verdict:
    """A pass when AWS still offers a version of an engine, and its standard support has not ended.

    Versions in Extended Support are offered as well.
    """
    what = f"{database.name} runs {database.engine} {database.version}"
    match database.version_status:
        case "available":
            ends = database.standard_support_ends
            if ends is None:
                return passed(f"{what}, which RDS offers")
            if ends < as_of:
                return failed(f"{what}, whose standard support ended on {ends:%Y-%m-%d}")
            return passed(f"{what}, which RDS offers, with standard support until {ends:%Y-%m-%d}")
        case "deprecated":
            return failed(f"{what}, which RDS has deprecated")
        case status:
            return unknown(f"{what}, of which RDS says {status!r}")


def apart(name: str, zones: Iterable[str]) -> Verdict:
    """A pass when nodes stand in several zones."""
    found = sorted(set(zones))
    if len(found) > 1:
        return passed(f"the nodes of {name} are in {', '.join(found)}")
    return failed(f"all nodes of {name} are in {found[0] if found else 'no zone'}")
