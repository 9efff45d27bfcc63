"""Checks of managed HSMs, which keep the keys that matter most."""

from __future__ import annotations

from checks.azure.logs import AUDIT, EVERYTHING, not_sent
from checks.azure.reachable import closed_unless_allowed
from core.model import Severity, Verdict, failed, passed
from core.plugins import check
from core.resources.azure.key_vault import ManagedHsm


@check(objective="keys-are-guarded", severity=Severity.HIGH)
def hsm_survives_deletion(hsm: ManagedHsm) -> Verdict:
    """Whoever deletes a managed HSM, or a key in it, can destroy nothing for some time.

    With a key goes all that it encrypts. Deleted ones are always kept; purge protection keeps them from being
    destroyed before that time is over.

    Remediation: `az keyvault update-hsm --enable-purge-protection true`; `purge_protection_enabled = true` in
    Terraform. It cannot be switched off again.
    """
    if hsm.purge_protection:
        return passed(f"{hsm.name} has purge protection")
    return failed(f"{hsm.name} has no purge protection: what is deleted can be destroyed at once")


@check(objective="networks-deny-by-default", severity=Severity.HIGH)
def hsm_is_closed_to_public_networks(hsm: ManagedHsm) -> Verdict:
    """A managed HSM answers only networks that are meant to reach it.

    Where every network may ask, a stolen token is all that a thief needs.

    Remediation: *Networking*, *Disable public access*; `az keyvault update-hsm --public-network-access Disabled`;
    `public_network_access_enabled = false` in Terraform.
    """
    return closed_unless_allowed(hsm)


@check(objective="use-is-logged", severity=Severity.HIGH)
def hsm_use_is_logged(hsm: ManagedHsm) -> Verdict:
    """What is done with the keys in a managed HSM is written down.

    Without it nobody can say who used a key, and for what.

    Remediation: *Diagnostic settings*, category *Audit Logs*; `az monitor diagnostic-settings create`;
    `azurerm_monitor_diagnostic_setting` with `AuditEvent`.
    """
    if not_sent(hsm.settings, ("AuditEvent",), (EVERYTHING, AUDIT)):
        return failed(f"no diagnostic setting of {hsm.name} sends AuditEvent")
    return passed(f"{hsm.name} logs AuditEvent")
