"""What watches Azure SQL, managed instances, and auditing that databases inherit: the truth tables."""

from __future__ import annotations

from typing import Any

import pytest

from checks.azure import sql, sql_defence, sql_managed
from core.resource import NotObservedError, unobserved
from core.resources.azure.logging import SecurityContact
from core.resources.azure.sql import AddressRange, SqlServer
from tests.checks.azure import making
from tests.checks.azure.making import audit, contact, population, scans, setting, threats

HIDDEN = unobserved("denied")
TABLE: list[tuple[Any, Any, dict[str, Any], str]] = [
    (sql_defence.server_is_watched_for_attacks, making.sql_server, {}, "pass"),
    (sql_defence.server_is_watched_for_attacks, making.sql_server, {"threats": threats(enabled=False)}, "fail"),
    (sql_defence.server_is_watched_for_attacks, making.sql_server, {"threats": threats(silenced=("X",))}, "fail"),
    (sql_defence.server_is_searched_for_vulnerabilities, making.sql_server, {}, "pass"),
    (
        sql_defence.server_is_searched_for_vulnerabilities,
        making.sql_server,
        {"searched": scans(managed=False, scheduled=True)},
        "pass",
    ),
    (
        sql_defence.server_is_searched_for_vulnerabilities,
        making.sql_server,
        {"searched": scans(managed=True, scheduled=HIDDEN)},
        "pass",
    ),
    (
        sql_defence.server_is_searched_for_vulnerabilities,
        making.sql_server,
        {"searched": scans(managed=False)},
        "fail",
    ),
    (sql_managed.instance_has_no_public_endpoint, making.sql_instance, {}, "pass"),
    (sql_managed.instance_has_no_public_endpoint, making.sql_instance, {"public_endpoint": True}, "fail"),
    (sql_managed.instance_demands_tls_12, making.sql_instance, {}, "pass"),
    (sql_managed.instance_demands_tls_12, making.sql_instance, {"minimum_tls": "1.0"}, "fail"),
    (sql_managed.instance_takes_no_passwords, making.sql_instance, {}, "pass"),
    (sql_managed.instance_takes_no_passwords, making.sql_instance, {"entra_only": False}, "fail"),
    (sql_managed.instance_is_protected_by_our_key, making.sql_instance, {}, "pass"),
    (sql_managed.instance_is_protected_by_our_key, making.sql_instance, {"key_type": "ServiceManaged"}, "fail"),
    (sql_managed.instance_is_watched_for_attacks, making.sql_instance, {}, "pass"),
    (sql_managed.instance_is_watched_for_attacks, making.sql_instance, {"threats": threats(enabled=False)}, "fail"),
    (sql_managed.instance_is_searched_for_vulnerabilities, making.sql_instance, {}, "pass"),
    (sql_managed.instance_is_searched_for_vulnerabilities, making.sql_instance, {"searched": scans()}, "fail"),
    (sql_managed.instance_use_is_logged, making.sql_instance, {}, "pass"),
    (sql_managed.instance_use_is_logged, making.sql_instance, {"monitored": (setting(groups=("audit",)),)}, "pass"),
    (sql_managed.instance_use_is_logged, making.sql_instance, {"monitored": (setting("ResourceUsageStats"),)}, "fail"),
    (sql_managed.instance_use_is_logged, making.sql_instance, {"monitored": ()}, "fail"),
]


@pytest.mark.parametrize(("check", "make", "more", "status"), TABLE, ids=lambda value: getattr(value, "id", None))
def test_the_table(check: Any, make: Any, more: dict[str, Any], status: str) -> None:
    verdict = check(make(**more))
    assert verdict.status == status, verdict.reason


def test_instances_that_may_do_so() -> None:
    exposed = making.sql_instance(public_endpoint=True, monitored=())
    assert sql_managed.instance_has_no_public_endpoint(exposed, approved=("mi",)).status == "not_applicable"
    assert sql_managed.instance_use_is_logged(exposed, approved=("mi",)).status == "not_applicable"


def rules(first: str, last: str) -> tuple[AddressRange, ...]:
    return (AddressRange(name="rule", first=first, last=last),)


@pytest.mark.parametrize(
    ("first", "last", "status"),
    [
        ("2001:db8:1::", "2001:db8:1:ffff:ffff:ffff:ffff:ffff", "pass"),
        ("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "pass"),
        ("2001:db8::", "2001:db9::", "fail"),
        ("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fail"),
        ("0.0.0.1", "::1", "fail"),
        ("odd", "::1", "fail"),
    ],
)
def test_a_firewall_lets_everybody_in_by_ipv6_as_well(first: str, last: str, status: str) -> None:
    server = making.sql_server(firewall_ipv6=rules(first, last))
    assert sql.server_is_not_open_to_everybody(server).status == status
    assert sql.server_is_not_open_to_everybody(server, approved=("rule",)).status == "pass"
    assert sql.server_is_not_open_to_everybody(making.sql_server(public=False, firewall_ipv6=HIDDEN)).status == "pass"


def test_rules_of_ipv6_that_were_not_seen_hide_no_rule_of_ipv4_and_are_not_taken_for_none() -> None:
    hidden = making.sql_server(firewall=rules("0.0.0.0", "255.255.255.255"), firewall_ipv6=HIDDEN)
    assert sql.server_is_not_open_to_everybody(hidden).status == "fail"
    with pytest.raises(NotObservedError):
        sql.server_is_not_open_to_everybody(making.sql_server(firewall_ipv6=HIDDEN))


OFF = audit(enabled=False)
MONITOR = audit(to_storage=False, to_monitor=True)
SENT = (setting("SQLSecurityAuditEvents"),)


@pytest.mark.parametrize(
    ("own", "sent", "of_server", "status", "words"),
    [
        (audit(), (), OFF, "pass", "db is audited, to storage"),
        (MONITOR, SENT, OFF, "pass", "db is audited, to Azure Monitor"),
        (OFF, (), audit(), "pass", "sql is audited, to storage"),
        (MONITOR, (), OFF, "fail", "goes nowhere, and sql is not audited"),
        (OFF, (), OFF, "fail", "db is not audited, and sql is not audited"),
        (OFF, (), MONITOR, "fail", "sql is audited, and what is written down goes nowhere"),
        (None, (), OFF, "not_applicable", "managed instance"),
    ],
)
def test_a_database_is_audited_by_itself_or_its_server(
    own: Any, sent: tuple[Any, ...], of_server: Any, status: str, words: str
) -> None:
    servers = population(SqlServer, [making.sql_server(auditing=of_server)])
    verdict = sql.database_is_audited(making.sql_database(auditing=own, monitored=sent), servers)
    assert verdict.status == status
    assert words in verdict.reason


def test_a_database_whose_server_was_not_seen() -> None:
    database = making.sql_database(auditing=OFF)
    assert sql.database_is_audited(database, population(SqlServer)).status == "unknown"
    with pytest.raises(NotObservedError):
        sql.database_is_audited(database, population(SqlServer, gap="denied"))


QUIET = threats(administrators=False)


@pytest.mark.parametrize(
    ("said", "contacts", "status", "words"),
    [
        (threats(), [], "pass", "tells the administrators of the subscription of"),
        (threats(administrators=False, addresses=("a@b.example", "c@d.example")), [], "pass", "tells 2 addresses"),
        (QUIET, [contact()], "pass", "security contacts"),
        (QUIET, [contact(addresses=(), roles=("Owner",))], "pass", "security contacts"),
        (QUIET, [contact(addresses=())], "fail", "nobody is told"),
        (QUIET, [contact(alerts=False)], "fail", "nobody is told"),
        (QUIET, [contact(subscription="other")], "fail", "nobody is told"),
        (threats(enabled=False), [], "not_applicable", "nobody watches"),
    ],
)
def test_attacks_on_server_are_told(said: Any, contacts: list[SecurityContact], status: str, words: str) -> None:
    verdict = sql_defence.attacks_on_server_are_told(
        making.sql_server(threats=said), population(SecurityContact, contacts)
    )
    assert verdict.status == status
    assert words in verdict.reason


def test_contacts_that_may_be_hidden_make_it_unknown() -> None:
    with pytest.raises(NotObservedError):
        sql_defence.attacks_on_server_are_told(
            making.sql_server(threats=QUIET), population(SecurityContact, gap="denied")
        )


@pytest.mark.parametrize("make", [making.sql_server, making.sql_instance])
def test_who_is_told_can_be_erased(make: Any) -> None:
    server = make(threats=threats(addresses=("ada@example.org",)), searched=scans(addresses=("bea@example.org",)))
    assert list(server.persons()) == ["ada@example.org", "bea@example.org"]
    assert list(make(threats=HIDDEN, searched=scans(addresses=HIDDEN)).persons()) == []
