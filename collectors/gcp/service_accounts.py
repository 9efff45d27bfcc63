"""Service accounts and their keys."""

from __future__ import annotations

from collections.abc import Iterator
from sys import intern
from typing import Any

from collectors.gcp.asking import RESOURCE, Listing
from collectors.gcp.reading import Asset
from collectors.gcp.source import Estate
from core.plugins import collector
from core.resource import unobserved
from core.resources.gcp.iam import ServiceAccount, ServiceAccountKey

ACCOUNTS = Listing(RESOURCE, ("iam.googleapis.com/ServiceAccount",))
KEYS = Listing(RESOURCE, ("iam.googleapis.com/ServiceAccountKey",))
MANAGED = ("USER_MANAGED", "SYSTEM_MANAGED")


@collector(permissions=(ACCOUNTS,))
def accounts(estate: Estate) -> Iterator[ServiceAccount]:
    """Every service account. https://cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts"""
    for asset in map(Asset, estate.assets(ACCOUNTS)):
        yield ServiceAccount(
            id=asset.name,
            container=asset.container,
            email=asset.text("email"),
            number=asset.text("uniqueId"),
            disabled=asset.switch("disabled"),
        )


@collector(permissions=(KEYS,))
def keys(estate: Estate) -> Iterator[ServiceAccountKey]:
    """Every key. https://cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts.keys"""
    for asset in map(Asset, estate.assets(KEYS)):
        yield ServiceAccountKey(
            id=asset.name,
            container=asset.container,
            account=_account(asset.name),
            managed_by=asset.choice("keyType", MANAGED),
            disabled=asset.switch("disabled"),
            made=asset.time("validAfterTime"),
            expires=asset.time("validBeforeTime"),
        )


def _account(name: str) -> Any:
    """Of `//iam.googleapis.com/projects/P/serviceAccounts/ACCOUNT/keys/KEY`, ACCOUNT."""
    _, found, rest = name.partition("/serviceAccounts/")
    return intern(rest.partition("/")[0]) if found else unobserved("the name of the key has no account in it")
