"""Checks of managed instances of Azure SQL."""

from __future__ import annotations

from checks.azure.logs import not_sent
from checks.azure.our_keys import encrypted_with_our_key
from checks.azure.sql import EVENTS
from checks.azure.sql_defence import watched
from checks.azure.versions import at_least_tls_12
from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.resources.azure.sql import SqlManagedInstance


@check(objective="internet-exposure-is-intended", severity=Severity.HIGH)
def instance_has_no_public_endpoint(instance: SqlManagedInstance, *, approved: tuple[str, ...] = ()) -> Verdict:
    """A managed instance has no address on the internet.

    With one, only the security group of its subnet stands before its passwords. Name instances that may have one in
    `approved`.

    Remediation: *Networking*, *Public endpoint (data)*: Disable; `az sql mi update --public-data-endpoint-enabled
    false`; `public_data_endpoint_enabled = false` in Terraform.
    """
    if not instance.public_endpoint:
        return passed(f"{instance.name} has no public endpoint")
    if instance.name in approved:
        return not_applicable(f"{instance.name} may have a public endpoint")
    return failed(f"{instance.name} has a public endpoint, port 3342")


@check(objective="cryptography-is-strong", severity=Severity.HIGH)
def instance_demands_tls_12(instance: SqlManagedInstance) -> Verdict:
    """A managed instance demands TLS 1.2 or newer.

    Older versions are broken, and whoever is in between can make both sides use them.

    Remediation: *Networking*, *Minimum TLS version*; `az sql mi update --minimal-tls-version 1.2`;
    `minimum_tls_version = "1.2"` in Terraform.
    """
    return at_least_tls_12(instance.name, instance.minimum_tls)


@check(objective="sign-in-methods-are-strong", severity=Severity.MEDIUM)
def instance_takes_no_passwords(instance: SqlManagedInstance) -> Verdict:
    """People and programs sign in to a managed instance with identities of the directory only.

    An instance's own passwords know no second factor, no lock and no leaver.

    Remediation: *Microsoft Entra admin*, *Support only Microsoft Entra authentication*; `az sql mi ad-only-auth
    enable`; `azuread_authentication_only = true` in Terraform.
    """
    if instance.entra_only:
        return passed(f"{instance.name} takes identities of the directory only")
    return failed(f"{instance.name} takes passwords of its own")


@check(objective="keys-are-under-our-control", severity=Severity.LOW)
def instance_is_protected_by_our_key(instance: SqlManagedInstance) -> Verdict:
    """The databases of a managed instance are protected by a key of ours.

    With a key of Microsoft's alone, nobody but Microsoft can take it away when the data must not be read any more.

    Remediation: *Transparent data encryption*, *Customer-managed key*; `az sql mi tde-key set --server-key-type
    AzureKeyVault`; `azurerm_mssql_managed_instance_transparent_data_encryption`.
    """
    return encrypted_with_our_key(instance.name, instance.key_type)


@check(objective="threat-detection-is-on", severity=Severity.HIGH)
def instance_is_watched_for_attacks(instance: SqlManagedInstance) -> Verdict:
    """Defender for SQL watches what is done to a managed instance, and none of its alerts is switched off.

    Injected commands and guessed passwords look like any other use to whoever does not search for them.

    Remediation: *Microsoft Defender for Cloud* of the instance, *Enable*; `az sql mi advanced-threat-protection-setting
    update --state Enabled`; `azurerm_mssql_managed_instance_security_alert_policy`.
    """
    return watched(instance.name, instance.threats)


@check(objective="vulnerabilities-are-looked-for", severity=Severity.MEDIUM)
def instance_is_searched_for_vulnerabilities(instance: SqlManagedInstance) -> Verdict:
    """The databases of a managed instance are searched for weak settings and rights again and again.

    Rights that were given in a hurry stay until somebody looks.

    Remediation: *Microsoft Defender for Cloud* of the instance, *Vulnerability assessment*, with *Periodic recurring
    scans*; `azurerm_mssql_managed_instance_vulnerability_assessment`.
    """
    if instance.searched.scheduled:
        return passed(f"the databases of {instance.name} are searched for vulnerabilities again and again")
    return failed(f"nothing searches the databases of {instance.name} for vulnerabilities")


@check(objective="use-is-logged", severity=Severity.HIGH)
def instance_use_is_logged(instance: SqlManagedInstance, *, approved: tuple[str, ...] = ()) -> Verdict:
    """What auditing writes down in a managed instance is sent to where it is kept.

    Without it nobody can say who read what. Auditing itself is switched on inside, by SQL, where we do not look, and
    can also write straight to storage: name instances that do in `approved`.

    Remediation: `CREATE SERVER AUDIT … TO EXTERNAL_MONITOR`, then *Diagnostic settings*, *SQL Security Audit Event*;
    `az monitor diagnostic-settings create`; `azurerm_monitor_diagnostic_setting` with `SQLSecurityAuditEvents`.
    """
    if not not_sent(instance.monitored, (EVENTS,), ("allLogs", "audit")):
        return passed(f"{instance.name} sends {EVENTS}")
    if instance.name in approved:
        return not_applicable(f"{instance.name} keeps what it writes down elsewhere")
    return failed(f"no diagnostic setting of {instance.name} sends {EVENTS}")
