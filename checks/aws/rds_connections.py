"""Checks of what parameter groups decide: whether a database refuses plain text, and whether it logs who signs in."""

from __future__ import annotations

from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.population import Population
from core.resource import NotObservedError
from core.resources.aws.rds import AppliedGroup, DatabaseCluster, DatabaseInstance, DatabaseProxy, ParameterGroup

IN_SYNC = "in-sync"
OFF = ("0", "off", "false", "disabled", "none", "")
ON = ("1", "on", "true", "enabled", "tls1.2+", "tls1.3+", "fips-140-3")

TLS = {
    "aurora-mysql": "require_secure_transport",
    "aurora-postgresql": "rds.force_ssl",
    "docdb": "tls",
    "mariadb": "require_secure_transport",
    "mysql": "require_secure_transport",
    "postgres": "rds.force_ssl",
    "sqlserver": "rds.force_ssl",
}
"""The parameter by which each engine refuses connections in plain text."""
LOGS = {
    "aurora-mysql": ("server_audit_logging", "server_audit_events"),
    "aurora-postgresql": ("log_connections", "log_disconnections"),
    "docdb": ("audit_logs",),
    "neptune": ("neptune_enable_audit_log",),
    "postgres": ("log_connections", "log_disconnections"),
}
"""The parameters without which each engine does not log who signs in."""
NEPTUNE_WITH_TLS_ONLY = (1, 0, 4)
MARIADB_WITH_TLS_BY_DEFAULT = (11, 8)
"""RDS leaves `require_secure_transport` on from this version, and off before: its user guide says so."""


@check(objective="data-in-transit-is-protected", severity=Severity.HIGH)
def instance_refuses_plain_text(instance: DatabaseInstance, groups: Population[ParameterGroup]) -> Verdict:
    """A database instance refuses connections in plain text.

    Every engine offers TLS; most use it only with those who ask for it, and passwords and data of the others can be
    read on the way.

    Remediation: In a parameter group of your own set `rds.force_ssl` (PostgreSQL, SQL Server) or
    `require_secure_transport` (MySQL, MariaDB) to `1`.
    """
    if instance.cluster:
        return not_applicable(f"{instance.name} belongs to the cluster {instance.cluster}, which decides that")
    return _refuses_plain_text(_Database(instance, instance.groups), groups)


@check(objective="data-in-transit-is-protected", severity=Severity.HIGH)
def cluster_refuses_plain_text(cluster: DatabaseCluster, groups: Population[ParameterGroup]) -> Verdict:
    """A database cluster refuses connections in plain text.

    Every engine offers TLS; most use it only with those who ask for it. Neptune has spoken nothing else since version
    1.0.4.0.

    Remediation: In a cluster parameter group of your own set `rds.force_ssl` (PostgreSQL) or `require_secure_transport`
    (MySQL) to `1`, `tls` (DocumentDB) to `enabled`.
    """
    if cluster.engine == "neptune":
        if _numbers(cluster.version) >= NEPTUNE_WITH_TLS_ONLY:
            return passed(f"{cluster.name} runs neptune {cluster.version}, which speaks only TLS")
        return failed(f"{cluster.name} runs neptune {cluster.version}, which does not insist on TLS")
    return _refuses_plain_text(_Database(cluster, (cluster.group,)), groups)


@check(objective="data-in-transit-is-protected", severity=Severity.HIGH)
def proxy_refuses_plain_text(proxy: DatabaseProxy) -> Verdict:
    """A proxy in front of a database refuses connections in plain text.

    What it says to the database is another connection: that the database refuses plain text does not help here.

    Remediation: `aws rds modify-db-proxy --require-tls --db-proxy-name …`.
    """
    if proxy.needs_tls:
        return passed(f"{proxy.name} refuses plain text")
    return failed(f"{proxy.name} answers plain text")


@check(objective="use-is-logged", severity=Severity.MEDIUM)
def instance_logs_who_signs_in(instance: DatabaseInstance, groups: Population[ParameterGroup]) -> Verdict:
    """A database instance logs who signs in.

    Without that nobody can say who was there, nor see that somebody guesses passwords.

    Remediation: In a parameter group of your own set `log_connections` and `log_disconnections` to `1` (PostgreSQL).
    """
    if instance.cluster:
        return not_applicable(f"{instance.name} belongs to the cluster {instance.cluster}, which decides that")
    return _logs(_Database(instance, instance.groups), groups)


@check(objective="use-is-logged", severity=Severity.MEDIUM)
def cluster_logs_who_signs_in(cluster: DatabaseCluster, groups: Population[ParameterGroup]) -> Verdict:
    """A database cluster logs who signs in, or who does what.

    Without that nobody can say who was there. That the log then leaves the cluster is judged apart.

    Remediation: In a cluster parameter group of your own set `log_connections` and `log_disconnections` (Aurora
    PostgreSQL), `server_audit_logging` and `server_audit_events` (Aurora MySQL), `audit_logs` (DocumentDB) or
    `neptune_enable_audit_log`.
    """
    return _logs(_Database(cluster, (cluster.group,)), groups)


class _Database:
    """An instance or a cluster, and the groups that it was given."""

    def __init__(self, seen: DatabaseInstance | DatabaseCluster, given: tuple[AppliedGroup, ...]) -> None:
        self.name = seen.name
        self.version = _numbers(seen.version)
        self.engine = next((each for each in {**TLS, **LOGS} if seen.engine.startswith(each)), seen.engine)
        self.given = given

    def value(self, groups: Population[ParameterGroup], parameter: str) -> str:
        """The value of a parameter in lower case. Raises `NotObservedError` where nobody says it."""
        for each in self.given:
            if each.status != IN_SYNC:
                raise NotObservedError(f"{self.name} does not run with {_name(each)} yet: {each.status}")
            group = groups.get(each.arn)
            if group is None:
                raise NotObservedError(f"{_name(each)}, which {self.name} has, is not among the parameter groups")
            for found in group.parameters:
                if found.name == parameter:
                    return self._default(parameter) if found.value is None else found.value.lower()
        raise NotObservedError(f"the parameter groups of {self.name} do not say {parameter}")

    def _default(self, parameter: str) -> str:
        """What RDS documents for a parameter that a group leaves to the engine."""
        if parameter == "require_secure_transport":
            on = self.engine == "mariadb" and self.version >= MARIADB_WITH_TLS_BY_DEFAULT
            return "on" if on else "off"
        if parameter in ("log_connections", "log_disconnections", "server_audit_logging", "server_audit_events"):
            return "off"
        raise NotObservedError(f"the parameter groups of {self.name} leave {parameter} to the engine")


def _refuses_plain_text(database: _Database, groups: Population[ParameterGroup]) -> Verdict:
    parameter = TLS.get(database.engine)
    if parameter is None:
        return unknown(f"whether {database.name} refuses plain text is not said by parameters of {database.engine}")
    value = database.value(groups, parameter)
    reason = f"{parameter} of {database.name} is {value}"
    if value in ON:
        return passed(reason)
    return failed(reason) if value in OFF else unknown(f"{reason}, which nobody knows")


def _logs(database: _Database, groups: Population[ParameterGroup]) -> Verdict:
    parameters = LOGS.get(database.engine)
    if parameters is None:
        return not_applicable(f"in {database.engine} of {database.name} it is no parameter that decides about that")
    values = {each: database.value(groups, each) for each in parameters}
    reason = " and ".join(f"{name} of {database.name} is {value}" for name, value in values.items())
    return failed(reason) if any(value in OFF for value in values.values()) else passed(reason)


def _name(group: AppliedGroup) -> str:
    return group.arn.rpartition(":")[2]


def _numbers(version: str) -> tuple[int, ...]:
    """The numbers that a version begins with: `11.8.3` or `10.11-rds.1`."""
    found = []
    for each in version.split("."):
        if not each.isdigit():
            break
        found.append(int(each))
    return tuple(found)
