"""PostgreSQL: what each running server says of itself, asked as its administrator through its Unix socket.

The settings that hold come from files, from `ALTER SYSTEM`, from the command line and from databases and roles; the
server resolves them (docs/decisions/0027-services-are-read-or-asked.md). One query, which reads catalogues only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import ip_address
from typing import Literal

from collectors.host.facts import Fact
from collectors.host.source import FactError, Host
from collectors.host.sshd import rows
from collectors.host.system import PROCESSES, running
from core.plugins import collector
from core.resources.host.postgresql import PostgreSql, PostgreSqlRule

PORTS = ("5432", "5433", "5434")
"""Rules of sudo pin the port: Debian gives these to the first three clusters of a host."""
SETTINGS = (
    "listen_addresses", "log_connections", "log_destination", "log_disconnections", "log_statement",
    "logging_collector", "password_encryption", "pgaudit.log", "server_version", "ssl", "ssl_ciphers",
    "ssl_min_protocol_version",
)  # fmt: skip
OURS = ("client", "database", "database user", "session", "user")
"""Sources of a setting that holds for the asking role or database only."""
WIDTH = 7
# No sign of this may be special to sudoers beyond what is escaped there: no asterisk, no brackets, no exclamation mark.
_NAMES = ", ".join(f"'{name}'" for name in SETTINGS)
_PADDING = ", ''" * 3
_OVERRIDES = "pg_catalog.pg_db_role_setting, pg_catalog.unnest(setconfig) AS items(item)"
_COUNT = f"CAST(pg_catalog.count(1) AS text), '', ''{_PADDING}"
_LOGINS = "pg_catalog.pg_authid WHERE rolcanlogin"
_RULES = (
    "type, pg_catalog.array_to_string(database, ','), CASE WHEN 'all' = ANY (user_name) THEN 'all' ELSE 'some' END, "
    "address, netmask, auth_method"  # null, which psql prints as nothing, for a line that the server cannot read
)
QUERY = " UNION ALL ".join(
    f"SELECT {columns} FROM {tables}"  # noqa: S608 - literals of this module
    for columns, tables in (
        (f"'setting', name, setting, source{_PADDING}", f"pg_catalog.pg_settings WHERE name IN ({_NAMES})"),
        (
            f"'override', item, '', ''{_PADDING}",
            f"{_OVERRIDES} WHERE pg_catalog.split_part(item, '=', 1) IN ({_NAMES})",
        ),
        (f"'md5_passwords', {_COUNT}", f"{_LOGINS} AND pg_catalog.substr(rolpassword, 1, 3) = 'md5'"),
        (f"'superusers', {_COUNT}", f"{_LOGINS} AND rolsuper"),
        (f"'rule', {_RULES}", "pg_catalog.pg_hba_file_rules"),
    )
)


def program(port: str) -> str:
    """psql as the account that owns the servers: no start-up file, no password, NUL between fields and after rows.

    On a terminal a pager would let whoever may run this start a shell.
    """
    return f"/usr/sbin/runuser -u postgres -- /usr/bin/psql -X -A -t -w -z -0 -P pager=off -p {port} -d postgres -c"


POSTGRESQL = Fact(
    "postgresql",
    f'q="{QUERY}"\n'
    'for s in /var/run/postgresql/.s.PGSQL.*[0-9]; do [ -S "$s" ] || continue; case ${s##*.} in\n'
    + "".join(
        f"{port}) printf 'port\\0%s\\0\\0\\0\\0\\0\\0' {port}; $SUDO {program(port)} \"$q\" || exit ;;\n"
        for port in PORTS
    )
    + "*) printf 'other\\0%s\\0\\0\\0\\0\\0\\0' \"${s##*.}\" ;; esac; done; printf 'end\\0\\0\\0\\0\\0\\0\\0'",
    tuple(f"{program(port)} {QUERY}" for port in PORTS),
)


@collector(permissions=(POSTGRESQL, PROCESSES))
def postgresql(host: Host) -> Iterator[PostgreSql | PostgreSqlRule]:
    """The servers whose sockets are in /var/run/postgresql, with the rules by which they let people in.

    The rules are those in the file now, which a server that was not told to reload may not know yet.
    """
    asked = rows(host, POSTGRESQL, WIDTH)
    if not asked or asked[-1][0] != "end":
        raise FactError(POSTGRESQL, f"{POSTGRESQL.name}: the answer has no end")
    if len(asked) == 1 and running(host, ("postgres", "postmaster")):
        raise FactError(POSTGRESQL, "postgres runs, but there is no socket of it in /var/run/postgresql")
    servers: dict[str, list[tuple[str, ...]]] = {}
    current: list[tuple[str, ...]] = []
    for row in asked:
        if row[0] == "port":
            current = servers.setdefault(row[1], [])
        current.append(row)
    for port, said in servers.items():
        try:
            yield parse_server(port, said)
            yield from parse_rules(port, said)
        except (KeyError, ValueError) as error:
            raise FactError(POSTGRESQL, f"{POSTGRESQL.name}: the server on port {port} did not say {error}") from error
    if others := [row[1] for row in asked if row[0] == "other"]:
        raise FactError(
            POSTGRESQL, f"only the ports {', '.join(PORTS)} are asked, and there is a server on {others[0]}"
        )


def parse_server(port: str, said: Sequence[Sequence[str]]) -> PostgreSql:
    """Raises `KeyError` for what the server did not say, and `ValueError` for what it said for us only."""
    settings = {row[1]: row[2] for row in said if row[0] == "setting"}
    if ours := [row[1] for row in said if row[0] == "setting" and row[3] in OURS]:
        raise ValueError(f"what {ours[0]} is for others than its administrator")
    counts = {row[0]: int(row[1]) for row in said if row[0] in ("md5_passwords", "superusers")}
    addresses = _words(settings["listen_addresses"])
    return PostgreSql(
        id=f"port {port}",
        version=settings["server_version"].partition(" ")[0],
        addresses=addresses,
        local=all(_is_loopback(address) for address in addresses),
        tls=_switch(settings["ssl"]),
        minimum_protocol=settings["ssl_min_protocol_version"],
        ciphers=settings["ssl_ciphers"],
        password_encryption=settings["password_encryption"],
        md5_passwords=counts["md5_passwords"],
        superusers=counts["superusers"],
        logs_connections=settings["log_connections"] not in ("off", ""),  # a list since version 18
        logs_disconnections=_switch(settings["log_disconnections"]),
        log_statement=settings["log_statement"],
        audited=tuple(
            word.strip() for word in settings.get("pgaudit.log", "none").split(",") if word.strip() != "none"
        ),
        log_destinations=_words(settings["log_destination"]),
        log_collector=_switch(settings["logging_collector"]),
        overrides=tuple(sorted(row[1] for row in said if row[0] == "override")),
    )


def parse_rules(port: str, said: Sequence[Sequence[str]]) -> Iterator[PostgreSqlRule]:
    """The rules in their order. Raises `ValueError` for one that the server could not read."""
    for number, row in enumerate((row for row in said if row[0] == "rule"), start=1):
        _, kind, databases, users, address, mask, method = row
        if not method:
            raise ValueError(f"what rule {number} of pg_hba.conf means")
        yield PostgreSqlRule(
            id=f"port {port} rule {number}",
            server=f"port {port}",
            type=kind,
            databases=tuple(databases.split(",")),
            everybody=users == "all",
            address=f"{address} {mask}".strip(),
            place=_place(kind, address, mask),
            method=method,
        )


def _place(kind: str, address: str, mask: str) -> Literal["local", "loopback", "remote"]:
    """Where those come from whom a rule is for. A mask of loopback that reaches further makes it remote."""
    if kind == "local":
        return "local"
    whole = mask in ("", "255.255.255.255", "255.0.0.0", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")
    return "loopback" if whole and _is_loopback(address) else "remote"


def _is_loopback(address: str) -> bool:
    try:
        return address == "localhost" or ip_address(address).is_loopback
    except ValueError:
        return False


def _words(value: str) -> tuple[str, ...]:
    """A list of names as settings write it."""
    return tuple(filter(None, (each.strip() for each in value.split(","))))


def _switch(value: str) -> bool:
    return {"on": True, "off": False}[value]
