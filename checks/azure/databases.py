"""Checks of PostgreSQL, MySQL, Cosmos DB and Redis."""

from __future__ import annotations

from collections.abc import Mapping

from checks.azure.logs import AUDIT, EVERYTHING, not_sent
from checks.azure.versions import at_least_tls_12
from core.model import Severity, Status, Verdict, failed, passed, unknown
from core.plugins import check
from core.resources.azure.databases import CosmosAccount, MysqlServer, PostgresqlServer, RedisCache

ON, OFF = frozenset({"on", "true", "1", "yes"}), frozenset({"off", "false", "0", "no", ""})
STAGES = frozenset({"all", "receipt", "authentication", "authorization", "setup_durations"})
"""What PostgreSQL can write down of a connection, from version 18 on."""
OF_COSMOS = {"tls": "1.0", "tls11": "1.1", "tls12": "1.2"}
"""Versions of TLS in the words of Cosmos DB, in lower case."""
CONNECTIONS = frozenset({"connection", "connection_v2"})
"""Events of MySQL's audit log that tell who came."""


@check(objective="data-in-transit-is-protected", severity=Severity.HIGH)
def postgresql_demands_tls(server: PostgresqlServer) -> Verdict:
    """A server of PostgreSQL answers over TLS only.

    Without it, whoever is in between reads what is asked and answered.

    Remediation: *Server parameters*, `require_secure_transport`: ON; `az postgres flexible-server parameter set`;
    `azurerm_postgresql_flexible_server_configuration`.
    """
    return _are_on(server.name, server.parameters, "require_secure_transport")


@check(objective="cryptography-is-strong", severity=Severity.HIGH)
def postgresql_demands_tls_12(server: PostgresqlServer) -> Verdict:
    """A server of PostgreSQL demands TLS 1.2 or newer.

    Older versions are broken, and whoever is in between can make both sides use them.

    Remediation: *Server parameters*, `ssl_min_protocol_version`: TLSv1.2; `az postgres flexible-server parameter set`;
    `azurerm_postgresql_flexible_server_configuration`.
    """
    least = server.parameters.get("ssl_min_protocol_version")
    if least is None:
        return unknown(f"Azure does not say ssl_min_protocol_version of {server.name}")
    return at_least_tls_12(server.name, _whole(least))


@check(objective="sign-in-methods-are-strong", severity=Severity.MEDIUM)
def postgresql_takes_no_passwords(server: PostgresqlServer) -> Verdict:
    """People and programs sign in to a server of PostgreSQL with identities of the directory only.

    A server's own passwords know no second factor, no lock and no leaver.

    Remediation: *Authentication*, *Microsoft Entra authentication only*; `az postgres flexible-server update
    --password-auth Disabled`; `authentication { password_auth_enabled = false }` in Terraform.
    """
    if server.passwords:
        return failed(f"{server.name} takes passwords of its own")
    return passed(f"{server.name} takes identities of the directory only")


@check(objective="use-is-logged", severity=Severity.MEDIUM)
def postgresql_logs_connections(server: PostgresqlServer) -> Verdict:
    """A server of PostgreSQL writes down who comes and goes.

    Without it a break-in leaves no trace there.

    Remediation: *Server parameters*, `log_connections` and `log_disconnections`: ON;
    `az postgres flexible-server parameter set`.
    """
    return _are_on(server.name, server.parameters, "log_connections", "log_disconnections")


@check(objective="use-is-logged", severity=Severity.LOW)
def postgresql_logs_checkpoints(server: PostgresqlServer) -> Verdict:
    """A server of PostgreSQL writes down its checkpoints.

    They show when it was so busy that something was wrong.

    Remediation: *Server parameters*, `log_checkpoints`: ON; `az postgres flexible-server parameter set`.
    """
    return _are_on(server.name, server.parameters, "log_checkpoints")


@check(objective="logs-are-collected-centrally", severity=Severity.MEDIUM)
def postgresql_logs_leave_the_server(server: PostgresqlServer) -> Verdict:
    """What a server of PostgreSQL writes down is sent to where it is kept.

    The server itself forgets it after days, and with it goes what whoever took it over did.

    Remediation: *Diagnostic settings*, *PostgreSQL Server Logs*; `az monitor diagnostic-settings create`;
    `azurerm_monitor_diagnostic_setting` with `PostgreSQLLogs`.
    """
    return _sends(server, "PostgreSQLLogs")


@check(objective="data-in-transit-is-protected", severity=Severity.HIGH)
def mysql_demands_tls(server: MysqlServer) -> Verdict:
    """A server of MySQL answers over TLS only.

    Without it, whoever is in between reads what is asked and answered.

    Remediation: *Server parameters*, `require_secure_transport`: ON; `az mysql flexible-server parameter set`;
    `azurerm_mysql_flexible_server_configuration`.
    """
    return _are_on(server.name, server.parameters, "require_secure_transport")


@check(objective="cryptography-is-strong", severity=Severity.HIGH)
def mysql_demands_tls_12(server: MysqlServer) -> Verdict:
    """A server of MySQL demands TLS 1.2 or newer.

    Older versions are broken, and whoever is in between can make both sides use them.

    Remediation: *Server parameters*, `tls_version`: TLSv1.2,TLSv1.3; `az mysql flexible-server parameter set`;
    `azurerm_mysql_flexible_server_configuration`.
    """
    taken = server.parameters.get("tls_version")
    if not taken:
        return unknown(f"Azure does not say tls_version of {server.name}")
    return at_least_tls_12(server.name, min(_whole(each.strip()) for each in taken.split(",")))


@check(objective="use-is-logged", severity=Severity.MEDIUM)
def mysql_is_audited(server: MysqlServer) -> Verdict:
    """A server of MySQL writes down who comes.

    Without it a break-in leaves no trace there.

    Remediation: *Server parameters*, `audit_log_enabled`: ON, with CONNECTION among `audit_log_events`;
    `az mysql flexible-server parameter set`.
    """
    verdict = _are_on(server.name, server.parameters, "audit_log_enabled")
    if verdict.status is not Status.PASS:
        return verdict
    events = server.parameters.get("audit_log_events")
    if events is None:
        return unknown(f"Azure does not say audit_log_events of {server.name}")
    if CONNECTIONS.isdisjoint(each.strip() for each in events.split(",")):
        return failed(f"the audit log of {server.name} is on, and of its events ({events}) none is CONNECTION")
    return verdict


@check(objective="logs-are-collected-centrally", severity=Severity.MEDIUM)
def mysql_audit_leaves_the_server(server: MysqlServer) -> Verdict:
    """What the audit log of a server of MySQL says is sent to where it is kept.

    The server itself forgets it after days, and with it goes what whoever took it over did.

    Remediation: *Diagnostic settings*, *MySQL Audit Logs*; `az monitor diagnostic-settings create`;
    `azurerm_monitor_diagnostic_setting` with `MySqlAuditLogs`.
    """
    return _sends(server, "MySqlAuditLogs")


@check(objective="workloads-use-short-lived-credentials", severity=Severity.MEDIUM)
def cosmos_refuses_keys(account: CosmosAccount) -> Verdict:
    """An account of Cosmos DB takes no keys.

    Who has one of its keys may do everything, is nobody in the logs, and stays until the key is changed.

    Remediation: Let programs sign in with Entra, then `az resource update --set properties.disableLocalAuth=true`;
    `local_authentication_disabled = true` in Terraform.
    """
    if account.keys_work:
        return failed(f"{account.name} ({account.api}) takes keys")
    return passed(f"{account.name} takes no keys")


@check(objective="cryptography-is-strong", severity=Severity.HIGH)
def cosmos_demands_tls_12(account: CosmosAccount) -> Verdict:
    """An account of Cosmos DB demands TLS 1.2 or newer.

    Older versions are broken, and whoever is in between can make both sides use them.

    Remediation: *Networking*, *Connectivity*, *Minimum Transport Layer Security Protocol*; `az cosmosdb update
    --minimal-tls-version Tls12`; `minimal_tls_version = "Tls12"` in Terraform.
    """
    said = account.minimum_tls.lower()
    return at_least_tls_12(account.name, OF_COSMOS.get(said, said))


@check(objective="data-in-transit-is-protected", severity=Severity.HIGH)
def redis_answers_over_tls_only(cache: RedisCache) -> Verdict:
    """A cache of Redis answers over TLS only.

    Without it, whoever is in between reads what is cached, and its password.

    Remediation: *Advanced settings*, *Allow access only via SSL*; `az redis update --set enableNonSslPort=false`;
    `non_ssl_port_enabled = false` in Terraform.
    """
    if cache.plain_port:
        return failed(f"{cache.name} answers without TLS as well")
    return passed(f"{cache.name} answers over TLS only")


@check(objective="cryptography-is-strong", severity=Severity.HIGH)
def redis_demands_tls_12(cache: RedisCache) -> Verdict:
    """A cache of Redis demands TLS 1.2 or newer.

    Older versions are broken, and whoever is in between can make both sides use them.

    Remediation: *Advanced settings*, *Minimum TLS version*; `az redis update --set minimumTlsVersion=1.2`;
    `minimum_tls_version = "1.2"` in Terraform.
    """
    return at_least_tls_12(cache.name, cache.minimum_tls)


def _sends(server: PostgresqlServer | MysqlServer, category: str) -> Verdict:
    if not_sent(server.settings, (category,), (EVERYTHING, AUDIT)):
        return failed(f"no diagnostic setting of {server.name} sends {category}")
    return passed(f"{server.name} sends {category}")


def _whole(version: str) -> str:
    """A version of TLS with both its numbers: the databases call 1.0 just `TLSv1`."""
    return f"{version}.0" if version.endswith("v1") else version


def _are_on(name: str, parameters: Mapping[str, str], *wanted: str) -> Verdict:
    off = [each for each in wanted if parameters.get(each, "on") in OFF]
    if off:
        return failed(f"of {name} {', '.join(off)} is off")
    if unseen := [each for each in wanted if each not in parameters]:
        return unknown(f"Azure does not say {', '.join(unseen)} of {name}")
    if strange := [f"{each} is {parameters[each]}" for each in wanted if not _is_on(each, parameters[each])]:
        return unknown(f"of {name} {', '.join(strange)}, which is neither on nor off")
    return passed(f"of {name} {', '.join(f'{each} is {parameters[each]}' for each in wanted)}")


def _is_on(parameter: str, value: str) -> bool:
    stages = {each.strip() for each in value.split(",")}
    return value in ON or (parameter == "log_connections" and stages <= STAGES)
