"""Truth tables of the checks of PostgreSQL."""

from __future__ import annotations

from typing import Any

import pytest

from checks.host import postgresql as checks
from core.model import Status
from core.plugins import Check
from core.resource import NotObservedError
from core.resources.host.postgresql import PostgreSql, PostgreSqlRule
from tests.twins import population

P, F, N, U = Status.PASS, Status.FAIL, Status.NOT_APPLICABLE, Status.UNKNOWN


def server(**changes: Any) -> PostgreSql:
    usual: dict[str, Any] = {
        "id": "port 5432",
        "version": "15.14",
        "addresses": ("*",),
        "local": False,
        "tls": True,
        "minimum_protocol": "TLSv1.2",
        "ciphers": "HIGH:MEDIUM:+3DES:!aNULL",
        "password_encryption": "scram-sha-256",
        "md5_passwords": 0,
        "superusers": 1,
        "logs_connections": True,
        "logs_disconnections": True,
        "log_statement": "ddl",
        "audited": (),
        "log_destinations": ("stderr",),
        "log_collector": True,
        "overrides": (),
    }
    return PostgreSql(**{**usual, **changes})


def rule(type_: str = "host", place: str = "remote", method: str = "scram-sha-256") -> PostgreSqlRule:
    return PostgreSqlRule(
        id="port 5432 rule 1",
        server="port 5432",
        type=type_,
        databases=("all",),
        everybody=True,
        address="" if place == "local" else "10.0.0.0 255.0.0.0",
        place=place,  # type: ignore[arg-type] # one of the three
        method=method,
    )


LOCAL = server(local=True, addresses=("localhost",))


@pytest.mark.parametrize(
    ("judged", "by", "encrypted", "plain"),
    [
        (rule("host"), server(), F, P),
        (rule("hostnossl"), server(), F, P),
        (rule("hostssl"), server(), P, P),
        (rule("hostgssenc"), server(), P, P),
        (rule("host", method="password"), server(), F, F),
        (rule("hostnossl", method="ldap"), server(), F, F),
        (rule("hostssl", method="password"), server(), P, P),
        (rule("host", method="reject"), server(), N, N),
        (rule("host", "loopback", "password"), server(), N, N),
        (rule("local", "local", "peer"), server(), N, N),
        (rule("host", method="password"), LOCAL, N, N),
    ],
)
def test_rules_for_others(judged: PostgreSqlRule, by: PostgreSql, encrypted: Status, plain: Status) -> None:
    assert checks.remote_connections_are_encrypted(judged, population(by)).status is encrypted
    assert checks.passwords_do_not_travel_plainly(judged, population(by)).status is plain


def test_a_rule_whose_server_was_not_seen() -> None:
    with pytest.raises(NotObservedError):
        checks.remote_connections_are_encrypted(rule(), population(kind="host_postgresql", missing="cut off"))


@pytest.mark.parametrize(
    ("judged", "status", "reason"),
    [
        (rule(method="trust"), F, "host all 10.0.0.0 255.0.0.0 has the method trust"),
        (rule("local", "local", "trust"), F, "local all has the method trust"),
        (rule("host", "loopback", "trust"), F, "host all 10.0.0.0 255.0.0.0 has the method trust"),
        (rule(method="ident"), F, "host all 10.0.0.0 255.0.0.0 has the method ident"),
        (rule("host", "loopback", "ident"), P, "host all 10.0.0.0 255.0.0.0 has the method ident"),
        (rule("local", "local", "peer"), P, "local all has the method peer"),
    ],
)
def test_proof(judged: PostgreSqlRule, status: Status, reason: str) -> None:
    verdict = checks.everybody_proves_who_they_are(judged)
    assert (verdict.status, verdict.reason) == (status, reason)


ROLES = "some roles or databases have"


@pytest.mark.parametrize(
    ("check", "changes", "status", "reason"),
    [
        (checks.passwords_are_stored_with_scram, {}, P, "password_encryption is scram-sha-256, and 0 roles"),
        (checks.passwords_are_stored_with_scram, {"password_encryption": "md5"}, F, "password_encryption is md5"),
        (checks.passwords_are_stored_with_scram, {"md5_passwords": 3}, F, "3 roles have passwords as MD5"),
        (
            checks.passwords_are_stored_with_scram,
            {"overrides": ("password_encryption=md5",)},
            F,
            f"{ROLES} password_encryption=md5",
        ),
        (checks.server_speaks_tls, {}, P, "ssl is on; it listens on *"),
        (checks.server_speaks_tls, {"tls": False}, F, "ssl is off; it listens on *"),
        (checks.server_speaks_tls, {"local": True, "addresses": ()}, N, "it listens on Unix sockets only"),
        (checks.server_refuses_old_tls, {}, P, "ssl_min_protocol_version is TLSv1.2"),
        (checks.server_refuses_old_tls, {"tls": False}, N, "ssl is off"),
        (checks.server_refuses_old_tls, {"minimum_protocol": "TLSv1.1"}, F, "ssl_min_protocol_version is TLSv1.1"),
        (checks.server_refuses_old_tls, {"minimum_protocol": ""}, F, "ssl_min_protocol_version is empty"),
        (checks.server_refuses_old_tls, {"ciphers": "HIGH:RC4"}, F, "the ciphers HIGH:RC4 hold RC4"),
        (checks.connections_are_logged, {}, P, "log_connections and log_disconnections are on"),
        (checks.connections_are_logged, {"logs_connections": False}, F, "log_connections is off"),
        (
            checks.connections_are_logged,
            {"logs_connections": False, "logs_disconnections": False},
            F,
            "log_connections and log_disconnections are off",
        ),
        (
            checks.connections_are_logged,
            {"overrides": ("log_disconnections=off", "log_statement=none")},
            F,
            f"{ROLES} log_disconnections=off",
        ),
        (checks.changes_of_structure_are_logged, {}, P, "log_statement is ddl"),
        (checks.changes_of_structure_are_logged, {"log_statement": "none"}, F, "log_statement is none"),
        (checks.changes_of_structure_are_logged, {"overrides": ("log_statement=mod",)}, P, "log_statement is ddl"),
        (
            checks.changes_of_structure_are_logged,
            {"overrides": ("log_statement=none",)},
            F,
            f"{ROLES} log_statement=none",
        ),
        (
            checks.changes_of_structure_are_logged,
            {"log_statement": "none", "audited": ("role", "ddl")},
            P,
            "pgaudit.log has role, ddl",
        ),
        (
            checks.changes_of_structure_are_logged,
            {"log_statement": "none", "audited": ("ddl",)},
            F,
            "log_statement is none",
        ),
        (checks.changes_of_structure_are_logged, {"audited": ("all",)}, P, "pgaudit.log has all"),
        (checks.log_has_a_place, {}, P, "log_destination is stderr, and logging_collector is on"),
        (
            checks.log_has_a_place,
            {"log_collector": False, "log_destinations": ("stderr", "syslog")},
            P,
            "log_destination is stderr, syslog, and logging_collector is off",
        ),
        (checks.log_has_a_place, {"log_destinations": ()}, F, "log_destination is empty: nothing is logged"),
        (checks.log_has_a_place, {"log_collector": False}, U, "where standard error goes is not known here"),
        (checks.superusers_are_few, {}, P, "1 superusers can log in"),
        (checks.superusers_are_few, {"superusers": 2}, F, "2 superusers can log in"),
    ],
)
def test_servers(check: Check[...], changes: dict[str, Any], status: Status, reason: str) -> None:
    verdict = check(server(**changes))
    assert verdict.status is status
    assert reason in verdict.reason
