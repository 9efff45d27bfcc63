"""Verdicts that checks of all kinds of databases reach in the same way: backups, encryption, logs, versions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from checks.cloud.encryption import is_encrypted
from core.model import Verdict, failed, passed, unknown


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


def maintained(name: str, engine: str, version: str, status: str) -> Verdict:
    """A pass when AWS still offers a version of an engine."""
    match status:
        case "available":
            return passed(f"{name} runs {engine} {version}, which RDS offers")
        case "deprecated":
            return failed(f"{name} runs {engine} {version}, which RDS has deprecated")
        case _:
            return unknown(f"{name} runs {engine} {version}, of which RDS says {status!r}")


def apart(name: str, zones: Iterable[str]) -> Verdict:
    """A pass when nodes stand in several zones."""
    found = sorted(set(zones))
    if len(found) > 1:
        return passed(f"the nodes of {name} are in {', '.join(found)}")
    return failed(f"all nodes of {name} are in {found[0] if found else 'no zone'}")
