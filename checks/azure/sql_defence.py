"""Checks of what watches the servers of Azure SQL: attacks, whom they are told to, and vulnerabilities."""

from __future__ import annotations

from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.population import Population
from core.resources.azure.logging import SecurityContact
from core.resources.azure.sql import SqlServer, ThreatAlerts


@check(objective="threat-detection-is-on", severity=Severity.HIGH)
def server_is_watched_for_attacks(server: SqlServer) -> Verdict:
    """Defender for SQL watches what is done to a server, and none of its alerts is switched off.

    Injected commands and guessed passwords look like any other use to whoever does not search for them.

    Remediation: *Microsoft Defender for Cloud* of the server, *Enable*; `az sql server
    advanced-threat-protection-setting update --state Enabled`; `azurerm_mssql_server_security_alert_policy` without
    `disabled_alerts`.
    """
    return watched(server.name, server.threats)


@check(objective="security-alarms-reach-a-person", severity=Severity.MEDIUM)
def attacks_on_server_are_told(server: SqlServer, contacts: Population[SecurityContact]) -> Verdict:
    """Somebody is told when Defender for SQL sees an attack on a server.

    What nobody reads was not found. The server's own addresses count, and those of the whole subscription.

    Remediation: *Microsoft Defender for Cloud*, *Environment settings*, *Email notifications*; `az security contact
    create`; `azurerm_security_center_contact`, or `email_account_admins = true` of
    `azurerm_mssql_server_security_alert_policy`.
    """
    threats = server.threats
    if not threats.enabled:
        return not_applicable(f"nobody watches for attacks on {server.name}")
    if threats.addresses or threats.administrators:
        whom = [f"{len(threats.addresses)} addresses"] if threats.addresses else []
        whom += ["the administrators of the subscription"] if threats.administrators else []
        return passed(f"{server.name} tells {' and '.join(whom)} of attacks")
    for _, each in contacts.having(server.subscription, by="subscription"):
        if each.alerts and (each.addresses or each.roles):
            return passed(f"the security contacts of the subscription are told of attacks on {server.name}")
    contacts.here.require_all("subscription")
    return failed(f"nobody is told of attacks on {server.name}")


@check(objective="vulnerabilities-are-looked-for", severity=Severity.MEDIUM)
def server_is_searched_for_vulnerabilities(server: SqlServer) -> Verdict:
    """The databases of a server are searched for weak settings and rights again and again.

    Rights that were given in a hurry stay until somebody looks.

    Remediation: *Microsoft Defender for Cloud* of the server, *Vulnerability assessment*, *express configuration*;
    `express_vulnerability_assessment_enabled = true` in Terraform.
    """
    if server.searched.managed:
        return passed(f"Azure searches the databases of {server.name} for vulnerabilities")
    if server.searched.scheduled:
        return passed(f"the databases of {server.name} are searched for vulnerabilities again and again")
    return failed(f"nothing searches the databases of {server.name} for vulnerabilities")


def watched(name: str, threats: ThreatAlerts) -> Verdict:
    """Whether attacks on a server or an instance are searched for, of all kinds."""
    if not threats.enabled:
        return failed(f"nobody watches for attacks on {name}")
    if threats.silenced:
        return failed(f"Defender for SQL watches {name} with these alerts switched off: {', '.join(threats.silenced)}")
    return passed(f"Defender for SQL watches {name}")
