"""Checks of keys of service accounts, and of API keys."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.resources.gcp.iam import ApiKey, ServiceAccountKey

EVERY_API = "cloudapis.googleapis.com"
"""The service that stands for all of Google Cloud's."""


@check(objective="workloads-use-short-lived-credentials", severity=Severity.HIGH)
def service_accounts_have_no_keys(key: ServiceAccountKey, *, as_of: datetime) -> Verdict:
    """Service accounts have no keys that somebody keeps.

    Such a key is a password in a file: it works for years, from anywhere, for whoever has it.

    Remediation: Let machines run as the account, and others use *Workload Identity Federation*; then
    `gcloud iam service-accounts keys delete KEY --iam-account=ACCOUNT`.
    """
    if key.managed_by == "SYSTEM_MANAGED":
        return not_applicable(f"{_name(key)} is made, used and replaced by Google")
    if key.disabled:
        return passed(f"{_name(key)} is disabled")
    if key.expires < as_of:
        return passed(f"{_name(key)} ended on {key.expires:%Y-%m-%d}")
    return failed(f"{_name(key)}, made on {key.made:%Y-%m-%d}, opens {key.account}")


@check(objective="credentials-are-rotated", severity=Severity.HIGH)
def service_account_key_is_rotated(key: ServiceAccountKey, *, as_of: datetime, days: int = 90) -> Verdict:
    """A key of a service account that somebody keeps is replaced within 90 days.

    Who copied it unnoticed can use it no longer than that.

    Remediation: Make a new key, use it, and delete the old one: `gcloud iam service-accounts keys create …`.
    """
    if key.managed_by == "SYSTEM_MANAGED":
        return not_applicable(f"{_name(key)} is made, used and replaced by Google")
    if key.disabled or key.expires < as_of:
        return not_applicable(f"{_name(key)} opens nothing any more")
    return _recent(_name(key), key.made, as_of, days)


@check(objective="permissions-are-least", severity=Severity.MEDIUM)
def api_key_is_restricted(key: ApiKey) -> Verdict:
    """An API key opens named APIs only, for named callers.

    API keys stand in pages and apps, where everybody can read them.

    Remediation: *APIs & Services*, *Credentials*: restrict the APIs, and the pages, addresses or apps;
    `gcloud services api-keys update KEY --api-target=service=… --allowed-referrers=…`.
    """
    named = bool(key.services) and EVERY_API not in key.services
    opens = ", ".join(key.services) if named else "every API of the project"
    caller = "anybody" if key.callers == "any" else f"named callers ({key.callers})"
    reason = f"the key {key.name or key.id} opens {opens} for {caller}"
    return passed(reason) if named and key.callers != "any" else failed(reason)


@check(objective="credentials-are-rotated", severity=Severity.MEDIUM)
def api_key_is_rotated(key: ApiKey, *, as_of: datetime, days: int = 90) -> Verdict:
    """An API key is replaced within 90 days.

    Who copied it unnoticed can use it no longer than that.

    Remediation: Make a new key with the same restrictions, use it, and delete the old one.
    """
    return _recent(f"the key {key.name or key.id}", key.made, as_of, days)


def _recent(name: str, made: datetime, as_of: datetime, days: int) -> Verdict:
    if made >= as_of - timedelta(days=days):
        return passed(f"{name} was made on {made:%Y-%m-%d}")
    return failed(f"{name} was made on {made:%Y-%m-%d}, more than {days} days before")


def _name(key: ServiceAccountKey) -> str:
    return f"the key {key.id.rpartition('/')[2]}"
