"""Key Vault: vaults, the keys and secrets in them without what is secret of them, and managed HSMs."""

from __future__ import annotations

from datetime import datetime

from core.resource import Resource, resource
from core.resources.azure.logging import DiagnosticSetting


@resource("azure_key_vault")
class KeyVault(Resource):
    """A vault for keys, secrets and certificates."""

    id: str
    name: str
    location: str
    subscription: str
    by_roles: bool
    """Access is given by roles of Azure instead of the vault's own access policies."""
    public: bool
    """Its address answers the internet at all (`publicNetworkAccess`)."""
    default_action: str
    """What happens to networks that no rule names: `Allow` or `Deny`."""
    ranges: tuple[str, ...]
    """Addresses, and ranges of them, that rules let in."""
    soft_delete: bool | None
    """`None` where Azure does not say."""
    purge_protection: bool


@resource("azure_vault_key")
class VaultKey(Resource):
    """A key in a vault."""

    id: str
    name: str
    vault: str
    subscription: str
    enabled: bool
    created: datetime
    expires: datetime | None
    rotates: bool
    """Its rotation policy makes a new version by itself."""


@resource("azure_vault_secret")
class VaultSecret(Resource):
    """A secret in a vault: that it is there, never what it is."""

    id: str
    name: str
    vault: str
    subscription: str
    enabled: bool
    created: datetime
    expires: datetime | None


@resource("azure_managed_hsm")
class ManagedHsm(Resource):
    """A managed HSM: hardware of our own that keeps keys. What is deleted there is always kept for some days."""

    id: str
    name: str
    location: str
    subscription: str
    public: bool
    """Its address answers the internet at all (`publicNetworkAccess`)."""
    default_action: str
    """What happens to networks that no rule names: `Allow` or `Deny`."""
    ranges: tuple[str, ...]
    """Addresses, and ranges of them, that rules let in."""
    purge_protection: bool
    settings: tuple[DiagnosticSetting, ...]
    """Where its logs go."""
