"""Checks of Key Vault: who reaches a vault, whether it survives its deletion, and how old keys and secrets grow."""

from __future__ import annotations

from checks.azure.logs import is_logged
from checks.azure.reachable import closed_unless_allowed
from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.population import Population
from core.resources.azure.key_vault import KeyVault, VaultKey, VaultSecret
from core.resources.azure.logging import ResourceLogging


@check(objective="access-is-managed-centrally", severity=Severity.MEDIUM)
def vault_gives_access_by_roles(vault: KeyVault) -> Verdict:
    """Access to a vault is given by roles of Azure.

    Access policies of a vault's own stand beside all other rights: nobody sees them where rights are reviewed, and
    whoever may configure the vault can let himself in.

    Remediation: *Access configuration*, *Azure role-based access control*, after the roles are assigned;
    `az keyvault update --enable-rbac-authorization true`; `rbac_authorization_enabled` in Terraform.
    """
    if vault.by_roles:
        return passed(f"{vault.name} gives access by roles")
    return failed(f"{vault.name} gives access by policies of its own")


@check(objective="networks-deny-by-default", severity=Severity.HIGH)
def vault_is_closed_to_public_networks(vault: KeyVault) -> Verdict:
    """A vault answers only networks that are meant to reach it.

    Where every network may ask, a stolen token is all that a thief needs.

    Remediation: *Networking*, *Disable public access* or *Allow access from selected networks*;
    `az keyvault update --default-action Deny`; `network_acls { default_action = "Deny" }` in Terraform.
    """
    return closed_unless_allowed(vault)


@check(objective="keys-are-guarded", severity=Severity.HIGH)
def vault_survives_deletion(vault: KeyVault) -> Verdict:
    """Whoever deletes a vault, or something in it, can destroy nothing for some time.

    With a key goes all that it encrypts: one command, and no backup helps.

    Remediation: *Properties*, *Enable purge protection*; `az keyvault update --enable-purge-protection true`;
    `purge_protection_enabled = true` in Terraform. It cannot be switched off again.
    """
    if vault.soft_delete is False:
        return failed(f"what is deleted in {vault.name} is gone at once")
    if vault.purge_protection:
        return passed(f"{vault.name} has purge protection")
    return failed(f"{vault.name} has no purge protection: what is deleted can be destroyed at once")


@check(objective="keys-are-rotated", severity=Severity.MEDIUM)
def key_has_an_end(key: VaultKey) -> Verdict:
    """A key in use has a day on which it ends.

    A key without an end is renewed when somebody thinks of it.

    Remediation: Set an expiration date on its version, or in its rotation policy (*Keys*, *Rotation policy*);
    `az keyvault key set-attributes --expires …`; `expiration_date` in Terraform.
    """
    if not key.enabled:
        return not_applicable(f"{key.name} is switched off")
    if key.expires is None:
        return failed(f"{key.name} has no end")
    return passed(f"{key.name} ends on {key.expires:%Y-%m-%d}")


@check(objective="keys-are-rotated", severity=Severity.MEDIUM)
def key_rotates(key: VaultKey) -> Verdict:
    """A key in use is renewed by itself.

    What people must remember is done late.

    Remediation: *Keys*, *Rotation policy*, *Enable auto rotation*; `az keyvault key rotation-policy update`;
    `rotation_policy` of `azurerm_key_vault_key`.
    """
    if not key.enabled:
        return not_applicable(f"{key.name} is switched off")
    if key.rotates:
        return passed(f"the rotation policy of {key.name} makes new versions")
    return failed(f"no rotation policy of {key.name} makes new versions")


@check(objective="credentials-are-rotated", severity=Severity.MEDIUM)
def secret_has_an_end(secret: VaultSecret) -> Verdict:
    """A secret in use has a day on which it ends.

    A password that never ends is also the password of everybody who ever saw it.

    Remediation: *Secrets*, *Set expiration date*; `az keyvault secret set-attributes --expires …`; `expiration_date`
    in Terraform.
    """
    if not secret.enabled:
        return not_applicable(f"{secret.name} is switched off")
    if secret.expires is None:
        return failed(f"{secret.name} has no end")
    return passed(f"{secret.name} ends on {secret.expires:%Y-%m-%d}")


@check(objective="use-is-logged", severity=Severity.HIGH)
def vault_use_is_logged(vault: KeyVault, logging: Population[ResourceLogging]) -> Verdict:
    """What is done with the keys and secrets of a vault is written down.

    Without it nobody can say who fetched a secret before it was misused.

    Remediation: *Diagnostic settings*, category *Audit Logs*, to a workspace or storage account;
    `az monitor diagnostic-settings create`; `azurerm_monitor_diagnostic_setting` with `AuditEvent`.
    """
    return is_logged(vault.name, vault.id, logging, ("AuditEvent",))
