"""Checks of what nobody uses: service accounts and their keys.

Google sees uses of its own interfaces, some days late; not those of Workspace by delegation, nor of API keys that are
bound to an account (https://cloud.google.com/policy-intelligence/docs/service-account-usage-tools).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.population import Population
from core.resource import missing_fields
from core.resources.gcp.iam import AccountUses, KeyUses, LastUse, ServiceAccount, ServiceAccountKey

LATE = timedelta(days=14)
"""How old what Google saw may be."""


@check(objective="unused-access-is-removed", severity=Severity.MEDIUM)
def service_account_key_is_used(
    key: ServiceAccountKey, uses: Population[KeyUses], *, as_of: datetime, days: int = 90
) -> Verdict:
    """A key of a service account that somebody keeps was used within 90 days, or is not older.

    Nobody misses a key that nobody uses, also when a thief has it.

    Remediation: `gcloud iam service-accounts keys disable KEY --iam-account=ACCOUNT`, and later `delete`.
    """
    name = key.id.rpartition("/")[2]
    said = f"the key {name}"
    if key.managed_by == "SYSTEM_MANAGED":
        return not_applicable(f"{said} is made, used and replaced by Google")
    if key.disabled or key.expires < as_of:
        return not_applicable(f"{said} opens nothing any more")
    if key.made > as_of - timedelta(days=days):
        return passed(f"{said} was made on {key.made:%Y-%m-%d}")
    found = _of(name, (each.uses for _, each in uses.here.having(key.container, by="id")))
    return _used(said, found, as_of, days) if found else _unheard(said, uses)


@check(objective="unused-access-is-removed", severity=Severity.LOW)
def service_account_is_used(
    account: ServiceAccount, uses: Population[AccountUses], *, as_of: datetime, days: int = 90
) -> Verdict:
    """A service account was used within 90 days.

    What it may do waits for whoever finds a way to act as it, and nobody would notice. Google does not say when an
    account was made: a young one that was not used yet fails as well.

    Remediation: `gcloud iam service-accounts disable ACCOUNT`, and delete it after some weeks.
    """
    if account.disabled:
        return not_applicable(f"{account.email} is disabled")
    found = _of(account.number, (each.uses for _, each in uses.here.having(account.container, by="id")))
    return _used(account.email, found, as_of, days) if found else _unheard(account.email, uses)


def _of(name: str, uses: Iterable[tuple[LastUse, ...]]) -> LastUse | None:
    return next(
        (each for some in uses for each in some if "name" not in missing_fields(each) and each.name == name), None
    )


def _unheard(name: str, uses: Population[KeyUses] | Population[AccountUses]) -> Verdict:
    """The verdict on something of which Google says nothing. Raises `NotObservedError` where not all was told."""
    uses.here.require_all()
    return unknown(f"Google says nothing of when {name} was used")


def _used(name: str, use: LastUse, as_of: datetime, days: int) -> Verdict:
    begin = as_of - timedelta(days=days)
    if use.last is not None:
        said = f"{name} was last used on {use.last:%Y-%m-%d}"
        return passed(said) if use.last >= begin else failed(f"{said}, more than {days} days before")
    said = f"{name} was not used from {use.since:%Y-%m-%d} to {use.until:%Y-%m-%d}"
    if use.since <= begin and use.until >= as_of - LATE:
        return failed(said)
    return unknown(f"{said}, and what was before or after was not looked at")
