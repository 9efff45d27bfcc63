"""Checks of PostgreSQL servers: how they let people in, what they encrypt, and what they log."""

from __future__ import annotations

from checks.host.web import WITHDRAWN, weak_ciphers
from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.population import Population
from core.resources.host.postgresql import PostgreSql, PostgreSqlRule

SCRAM = "scram-sha-256"
LOGGED = ("ddl", "mod", "all")
"""Values of `log_statement` that log at least what changes tables, roles and rights."""
AUDITED = {"ddl", "role"}
"""The classes of pgaudit that hold the same."""


@check(objective="data-in-transit-is-protected", severity=Severity.HIGH)
def remote_connections_are_encrypted(rule: PostgreSqlRule, servers: Population[PostgreSql]) -> Verdict:
    """PostgreSQL lets other hosts in through TLS only.

    A plain connection shows every query and answer to whoever is on the way, and often the password.

    Remediation: In pg_hba.conf write `hostssl` instead of `host` (or `hostgssenc`), turn on `ssl`, and reload
    (`SELECT pg_reload_conf()`).
    """
    if (elsewhere := _not_for_others(rule, servers)) is not None:
        return elsewhere
    observed = f"{rule.type} {','.join(rule.databases)} from {rule.address}"
    return (passed if rule.type in ("hostssl", "hostgssenc") else failed)(observed)


@check(objective="sign-in-methods-are-strong", severity=Severity.HIGH)
def everybody_proves_who_they_are(rule: PostgreSqlRule) -> Verdict:
    """PostgreSQL lets nobody in on their word alone.

    With `trust`, whoever can connect is whoever they say, the superuser too; with `ident` from elsewhere the client's
    host says who it is.

    Remediation: In pg_hba.conf write `scram-sha-256`, `cert` or `gss`, for Unix sockets `peer`; then reload.
    """
    observed = f"{rule.type} {','.join(rule.databases)} {rule.address}".strip() + f" has the method {rule.method}"
    weak = rule.method == "trust" or (rule.method == "ident" and rule.place == "remote")
    return failed(observed) if weak else passed(observed)


@check(objective="sign-in-methods-are-strong", severity=Severity.HIGH)
def passwords_do_not_travel_plainly(rule: PostgreSqlRule, servers: Population[PostgreSql]) -> Verdict:
    """PostgreSQL never asks other hosts for a password that travels as it is.

    `password`, `ldap`, `radius`, `pam` and `bsd` send the password itself; without TLS everybody on the way has it.

    Remediation: In pg_hba.conf write `hostssl`, and `scram-sha-256` instead of `password`; then reload.
    """
    if (elsewhere := _not_for_others(rule, servers)) is not None:
        return elsewhere
    if rule.method not in ("password", "ldap", "radius", "pam", "bsd"):
        return passed(f"{rule.method} does not send the password")
    observed = f"{rule.method} sends the password, and the rule is {rule.type}"
    return (passed if rule.type in ("hostssl", "hostgssenc") else failed)(observed)


@check(objective="secrets-are-stored-safely", severity=Severity.MEDIUM)
def passwords_are_stored_with_scram(server: PostgreSql) -> Verdict:
    """PostgreSQL stores passwords as SCRAM-SHA-256 only.

    From a stored MD5 hash one can sign in without knowing the password, and guess it fast.

    Remediation: `ALTER SYSTEM SET password_encryption = 'scram-sha-256'`, reload, have every role with an MD5 password
    set it again, then write `scram-sha-256` instead of `md5` in pg_hba.conf.
    """
    observed = (
        f"password_encryption is {server.password_encryption}, and {server.md5_passwords} roles have passwords as MD5"
    )
    otherwise = _overridden(server, "password_encryption")
    if otherwise:
        return failed(f"{observed}; some roles or databases have {otherwise}")
    strong = server.password_encryption == SCRAM and not server.md5_passwords
    return (passed if strong else failed)(observed)


@check(objective="data-in-transit-is-protected", severity=Severity.HIGH)
def server_speaks_tls(server: PostgreSql) -> Verdict:
    """A PostgreSQL server that other hosts reach speaks TLS.

    Without it nobody can connect safely, whatever pg_hba.conf demands.

    Remediation: Set `ssl_cert_file` and `ssl_key_file`, `ALTER SYSTEM SET ssl = on`, and reload.
    """
    if server.local:
        return not_applicable(_listens(server))
    return (passed if server.tls else failed)(f"ssl is {'on' if server.tls else 'off'}; {_listens(server)}")


@check(objective="cryptography-is-strong", severity=Severity.HIGH)
def server_refuses_old_tls(server: PostgreSql) -> Verdict:
    """PostgreSQL speaks no TLS below 1.2, and no broken cipher.

    TLS 1.0 and 1.1 rest on MD5 and SHA-1 and have been withdrawn (RFC 8996).

    Remediation: `ALTER SYSTEM SET ssl_min_protocol_version = 'TLSv1.2'`, `ALTER SYSTEM RESET ssl_ciphers`, and reload.
    """
    if not server.tls:
        return not_applicable("ssl is off")
    if not server.minimum_protocol:
        return failed("ssl_min_protocol_version is empty: whatever OpenSSL allows is spoken")
    observed = f"ssl_min_protocol_version is {server.minimum_protocol}"
    if server.minimum_protocol in WITHDRAWN:
        return failed(observed)
    weak = weak_ciphers(server.ciphers)
    if weak:
        return failed(f"{observed}, and the ciphers {server.ciphers} hold {', '.join(weak)}")
    return passed(f"{observed}, and the ciphers are {server.ciphers}")


@check(objective="use-is-logged", severity=Severity.MEDIUM)
def connections_are_logged(server: PostgreSql) -> Verdict:
    """PostgreSQL logs who connects and who leaves.

    Without it nobody can tell who was there when something happened.

    Remediation: `ALTER SYSTEM SET log_connections = on`, `ALTER SYSTEM SET log_disconnections = on`, and reload; remove
    exceptions with `ALTER ROLE … RESET log_disconnections`.
    """
    off = [
        name
        for name, on in (
            ("log_connections", server.logs_connections),
            ("log_disconnections", server.logs_disconnections),
        )
        if not on
    ]
    if off:
        return failed(f"{' and '.join(off)} {'is' if len(off) == 1 else 'are'} off")
    otherwise = _overridden(server, "log_connections", "log_disconnections")
    if otherwise:
        return failed(f"some roles or databases have {otherwise}")
    return passed("log_connections and log_disconnections are on")


@check(objective="administration-is-logged", severity=Severity.MEDIUM)
def changes_of_structure_are_logged(server: PostgreSql) -> Verdict:
    """PostgreSQL logs statements that change tables, roles and rights.

    Who gave themselves a right, and who dropped a table, shows nowhere else.

    Remediation: `ALTER SYSTEM SET log_statement = 'ddl'` and reload, or use pgaudit with
    `pgaudit.log = 'ddl, role'`; remove exceptions with `ALTER ROLE … RESET log_statement`.
    """
    otherwise = _overridden(server, "log_statement", "pgaudit.log")
    if "all" in server.audited or {*server.audited} >= AUDITED:
        observed, logged = f"pgaudit.log has {', '.join(server.audited)}", True
    else:
        observed, logged = f"log_statement is {server.log_statement}", server.log_statement in LOGGED
    if otherwise:
        return failed(f"{observed}; some roles or databases have {otherwise}")
    return (passed if logged else failed)(observed)


@check(objective="logs-are-kept", severity=Severity.LOW)
def log_has_a_place(server: PostgreSql) -> Verdict:
    """PostgreSQL itself sends its log to a file or to the log of the system.

    Otherwise it goes where standard error goes, which whoever starts the server decides.

    Remediation: `ALTER SYSTEM SET logging_collector = on` and restart, or `ALTER SYSTEM SET log_destination = 'syslog'`
    and reload. Debian's clusters write to /var/log/postgresql without either.
    """
    if not server.log_destinations:
        return failed("log_destination is empty: nothing is logged")
    observed = (
        f"log_destination is {', '.join(server.log_destinations)}, and logging_collector is "
        f"{'on' if server.log_collector else 'off'}"
    )
    if server.log_collector or {"syslog", "eventlog"} & {*server.log_destinations}:
        return passed(observed)
    return unknown(f"{observed}: where standard error goes is not known here")


@check(objective="privileged-access-is-rare", severity=Severity.LOW)
def superusers_are_few(server: PostgreSql, *, superusers: int = 1) -> Verdict:
    """Few roles of PostgreSQL are superusers.

    A superuser reads everything, and runs programs as the account of the server.

    Remediation: `ALTER ROLE NAME NOSUPERUSER`, and grant what the role needs (`pg_monitor`, `pg_read_all_data` …).
    """
    observed = f"{server.superusers} superusers can log in"
    return (passed if server.superusers <= superusers else failed)(observed)


def _not_for_others(rule: PostgreSqlRule, servers: Population[PostgreSql]) -> Verdict | None:
    """Why a rule says nothing about other hosts."""
    if rule.place != "remote":
        return not_applicable(f"the rule is for this host: {rule.type} {rule.address}".strip())
    if rule.method == "reject":
        return not_applicable(f"the rule lets nobody in from {rule.address}")
    server = servers.here.get(rule.server)
    return not_applicable(_listens(server)) if server and server.local else None


def _listens(server: PostgreSql) -> str:
    return f"it listens on {', '.join(server.addresses) or 'Unix sockets only'}"


def _overridden(server: PostgreSql, *names: str) -> str:
    """The exceptions that some roles or databases have from these settings."""
    weaker = ("=off", "=none", "=md5", "=")
    return ", ".join(each for each in server.overrides if each.partition("=")[0] in names and each.endswith(weaker))
