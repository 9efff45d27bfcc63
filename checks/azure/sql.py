"""Checks of Azure SQL: who reaches a server, how people sign in, what is written down, and whose key protects it."""

from __future__ import annotations

from collections.abc import Iterator

from checks.azure.firewalls import letting_everybody_in
from checks.azure.logs import AUDIT, EVERYTHING, not_sent
from checks.azure.our_keys import encrypted_with_our_key
from checks.azure.versions import at_least_tls_12
from checks.cloud.encryption import is_encrypted
from core.model import Severity, Status, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.population import Population
from core.resource import NotObservedError
from core.resources.azure.logging import DiagnosticSetting, LogWorkspace
from core.resources.azure.sql import Auditing, SqlDatabase, SqlServer

EVENTS = "SQLSecurityAuditEvents"
"""The category in which Azure Monitor gets what auditing writes down."""


@check(objective="use-is-logged", severity=Severity.HIGH)
def server_is_audited(server: SqlServer) -> Verdict:
    """What is done with the databases of a server is written down.

    Without it nobody can say who read what.

    Remediation: *Auditing*, *Enable Azure SQL Auditing*; `az sql server audit-policy update --state Enabled`;
    `azurerm_mssql_server_extended_auditing_policy`.
    """
    return _audited(server.name, server, server.auditing)


@check(objective="use-is-logged", severity=Severity.HIGH)
def database_is_audited(database: SqlDatabase, servers: Population[SqlServer]) -> Verdict:
    """What is done with a database is written down, by its server's auditing or its own.

    A server's auditing holds for all its databases, whatever they say themselves; where it is off, each has to say it.

    Remediation: *Auditing* of the server, *Enable Azure SQL Auditing*, or of the database; `az sql db audit-policy
    update --state Enabled`; `azurerm_mssql_database_extended_auditing_policy`.
    """
    if database.auditing is None:
        return not_applicable(f"{database.name} is in a managed instance, which audits as a whole")
    own = _audited(database.name, database, database.auditing)
    if own.status is Status.PASS:
        return own
    server = servers.get(database.server)
    if server is None:
        return unknown(f"the server of {database.name} was not seen")
    inherited = _audited(server.name, server, server.auditing)
    return inherited if inherited.status is Status.PASS else failed(f"{own.reason}, and {inherited.reason}")


@check(objective="logs-are-kept", severity=Severity.MEDIUM)
def audit_is_kept(server: SqlServer, workspaces: Population[LogWorkspace], *, days: int = 90) -> Verdict:
    """What auditing writes down is kept for long enough.

    Thefts are noticed after months.

    Remediation: *Auditing*, *Storage*, *Retention (Days)*; `az sql server audit-policy update --retention-days 90`;
    `retention_in_days` in Terraform. What goes to a workspace is kept as long as that keeps it.
    """
    audit = server.auditing
    if not audit.enabled:
        return not_applicable(f"{server.name} is not audited")
    if audit.to_storage and audit.retention_days == 0:
        return passed(f"what {server.name} writes down is kept for ever")
    kept = [audit.retention_days] if audit.to_storage else []
    if max(kept, default=0) < days and audit.to_monitor:
        kept += _days_in_workspaces(server, workspaces)
    if not kept:
        return not_applicable(f"what {server.name} writes down goes to neither storage nor a workspace")
    if max(kept) >= days:
        return passed(f"what {server.name} writes down is kept for {max(kept)} days")
    return failed(f"what {server.name} writes down is kept for {max(kept)} days, not for {days}")


@check(objective="data-at-rest-is-encrypted", severity=Severity.HIGH)
def database_is_encrypted(database: SqlDatabase) -> Verdict:
    """A database is encrypted where it is stored.

    Whoever gets at the disks or a backup could read it.

    Remediation: *Transparent data encryption*: On; `az sql db tde set --status Enabled`;
    `transparent_data_encryption_enabled = true` in Terraform.
    """
    return is_encrypted(database.name, on=database.encrypted)


@check(objective="keys-are-under-our-control", severity=Severity.LOW)
def server_is_protected_by_our_key(server: SqlServer) -> Verdict:
    """The databases of a server are protected by a key of ours.

    With a key of Microsoft's alone, nobody but Microsoft can take it away when the data must not be read any more.

    Remediation: *Transparent data encryption*, *Customer-managed key*; `az sql server tde-key set --server-key-type
    AzureKeyVault`; `azurerm_mssql_server_transparent_data_encryption`.
    """
    return encrypted_with_our_key(server.name, server.key_type)


@check(objective="cryptography-is-strong", severity=Severity.HIGH)
def server_demands_tls_12(server: SqlServer) -> Verdict:
    """A server demands TLS 1.2 or newer.

    Older versions are broken, and whoever is in between can make both sides use them.

    Remediation: *Networking*, *Connectivity*, *Minimum TLS version*; `az sql server update --minimal-tls-version 1.2`;
    `minimum_tls_version = "1.2"` in Terraform.
    """
    return at_least_tls_12(server.name, server.minimum_tls)


@check(objective="sign-in-methods-are-strong", severity=Severity.MEDIUM)
def server_takes_no_passwords(server: SqlServer) -> Verdict:
    """People and programs sign in to a server with identities of the directory only.

    A server's own passwords know no second factor, no lock and no leaver.

    Remediation: *Microsoft Entra ID*, *Support only Microsoft Entra authentication*; `az sql server ad-only-auth
    enable`; `azuread_authentication_only = true` in Terraform.
    """
    if server.entra_only:
        return passed(f"{server.name} takes identities of the directory only")
    return failed(f"{server.name} takes passwords of its own")


@check(objective="internet-exposure-is-intended", severity=Severity.CRITICAL)
def server_is_not_open_to_everybody(server: SqlServer, *, approved: tuple[str, ...] = ()) -> Verdict:
    """The firewall of a server lets in neither the whole internet nor the whole of Azure.

    Passwords are guessed from everywhere; and everybody can rent a machine in Azure. A range of more than 65,536
    addresses counts as the internet, of IPv6 one of more than a /32. Name rules that may stand in `approved`.

    Remediation: *Networking*: remove the rule, and *Allow Azure services and resources to access this server*;
    `az sql server firewall-rule delete`; `azurerm_mssql_firewall_rule`. A private endpoint needs no rule at all.
    """
    if not server.public:
        return passed(f"{server.name} does not answer public networks")
    wrong = letting_everybody_in(server.firewall, approved) or letting_everybody_in(server.firewall_ipv6, approved)
    if wrong:
        return failed(f"the firewall of {server.name}: {'; '.join(wrong)}")
    rules = len(server.firewall) + len(server.firewall_ipv6)
    return passed(f"none of {rules} rules of {server.name} lets in everybody")


def _audited(name: str, audited: SqlServer | SqlDatabase, audit: Auditing) -> Verdict:
    if not audit.enabled:
        return failed(f"{name} is not audited")
    if audit.to_storage:
        return passed(f"{name} is audited, to storage")
    if audit.to_monitor and any(map(_sends_events, audited.monitored)):
        return passed(f"{name} is audited, to Azure Monitor")
    return failed(f"{name} is audited, and what is written down goes nowhere")


def _sends_events(setting: DiagnosticSetting) -> bool:
    return not not_sent((setting,), (EVENTS,), (EVERYTHING, AUDIT))


def _days_in_workspaces(server: SqlServer, workspaces: Population[LogWorkspace]) -> Iterator[int]:
    """For how long each workspace keeps what auditing sends there. Raises `NotObservedError` for one we cannot see."""
    for each in filter(_sends_events, server.monitored):
        if each.workspace:
            found = workspaces.get(each.workspace)
            if found is None:
                raise NotObservedError(f"{each.workspace.rpartition('/')[2]} is in no subscription that we look at")
            yield found.retention_days
