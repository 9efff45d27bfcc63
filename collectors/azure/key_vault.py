"""Key Vault: vaults and managed HSMs from Resource Graph; keys and secrets from Resource Manager, which never shows a
value."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from collectors.azure.logging import SETTINGS, settings_in
from collectors.azure.operations import Query, Read
from collectors.azure.reading import Answer
from collectors.azure.rows import itself, where
from collectors.azure.source import AzureSubscription, AzureTenant
from core.plugins import collector
from core.resource import unobserved
from core.resources.azure.key_vault import KeyVault, ManagedHsm, VaultKey, VaultSecret

VERSION = "2023-07-01"
VAULTS = Query(
    "microsoft.keyvault/vaults",
    "Microsoft.KeyVault/vaults/read",
    {
        "by_roles": "properties.enableRbacAuthorization",
        "public": "properties.publicNetworkAccess",
        "default_action": "properties.networkAcls.defaultAction",
        "ip_rules": "properties.networkAcls.ipRules",
        "soft_delete": "properties.enableSoftDelete",
        "purge_protection": "properties.enablePurgeProtection",
    },
)
HSMS = Query(
    "microsoft.keyvault/managedhsms",
    "Microsoft.KeyVault/managedHSMs/read",
    {
        "public": "properties.publicNetworkAccess",
        "default_action": "properties.networkAcls.defaultAction",
        "ip_rules": "properties.networkAcls.ipRules",
        "purge_protection": "properties.enablePurgeProtection",
    },
)
LIST_VAULTS = Read("{scope}/providers/Microsoft.KeyVault/vaults", VERSION, "Microsoft.KeyVault/vaults/read")
KEYS = Read("{scope}/keys", VERSION, "Microsoft.KeyVault/vaults/keys/read")
KEY = Read("{scope}/keys/{name}", VERSION, "Microsoft.KeyVault/vaults/keys/read")
SECRETS = Read("{scope}/secrets", VERSION, "Microsoft.KeyVault/vaults/secrets/read")


@collector(permissions=(VAULTS,))
def vaults(tenant: AzureTenant) -> Iterator[KeyVault]:
    """Every key vault. What was never set has the default that Azure documents."""
    for row in tenant.rows(VAULTS):
        yield KeyVault(
            **itself(row),
            by_roles=row.flag("by_roles", absent=False),
            public=row.switch("public", absent=True),
            default_action=row.text("default_action", absent="Allow"),
            ranges=row.each("ip_rules", lambda each: each.must("value")),
            soft_delete=row.flag("soft_delete", absent=None),
            purge_protection=row.flag("purge_protection", absent=False),
        )


@collector(permissions=(HSMS, SETTINGS))
def managed_hsms(tenant: AzureTenant) -> Iterator[ManagedHsm]:
    """Every managed HSM, and what it logs. What is in it is no business of Resource Manager's."""
    for row in tenant.rows(HSMS):
        hsm = row.must("id")
        yield ManagedHsm(
            **itself(row),
            public=row.switch("public", absent=True),
            default_action=row.text("default_action", absent="Allow"),
            ranges=row.each("ip_rules", lambda each: each.must("value")),
            purge_protection=row.flag("purge_protection"),
            settings=tenant.look(lambda: settings_in(tenant.pages(SETTINGS, hsm))),  # noqa: B023 - asked at once
        )


@collector(permissions=(LIST_VAULTS, KEYS, KEY))
def keys(subscription: AzureSubscription) -> Iterator[VaultKey]:
    """Every key in the vaults of the subscription, with the policy by which it is renewed."""
    found = subscription.each(lambda vault: _keys(subscription, vault), _vaults(subscription))
    yield from chain.from_iterable(found)


@collector(permissions=(LIST_VAULTS, SECRETS))
def secrets(subscription: AzureSubscription) -> Iterator[VaultSecret]:
    """Every secret in the vaults of the subscription: its name and its dates."""
    found = subscription.each(lambda vault: _secrets(subscription, vault), _vaults(subscription))
    yield from chain.from_iterable(found)


def _vaults(subscription: AzureSubscription) -> list[str]:
    return [each.must("id") for each in subscription.listed(LIST_VAULTS)]


def _keys(subscription: AzureSubscription, vault: str) -> list[VaultKey]:
    return [_key(subscription, vault, each) for each in subscription.pages(KEYS, vault)]


def _key(subscription: AzureSubscription, vault: str, found: Answer) -> VaultKey:
    """The listing does not tell of the policy: it is asked for key by key, where the key can be used."""
    enabled = found.flag("properties.attributes.enabled")
    name = found.must("name")
    return VaultKey(
        **where(found),
        name=name,
        vault=vault.lower(),
        enabled=enabled,
        created=found.moment("properties.attributes.created"),
        expires=found.moment("properties.attributes.exp", absent=None),
        rotates=subscription.look(lambda: _rotates(subscription.ask(KEY, vault, name=name)))
        if enabled is True
        else unobserved("the key is switched off"),
    )


def _rotates(key: Answer) -> bool:
    actions = key.parts("properties.rotationPolicy.lifetimeActions")
    return "rotate" in [each.must("action.type").lower() for each in actions]


def _secrets(subscription: AzureSubscription, vault: str) -> list[VaultSecret]:
    return [
        VaultSecret(
            **where(found),
            name=found.must("name"),
            vault=vault.lower(),
            enabled=found.flag("properties.attributes.enabled"),
            created=found.moment("properties.attributes.created"),
            expires=found.moment("properties.attributes.exp", absent=None),
        )
        for found in subscription.pages(SECRETS, vault)
    ]
