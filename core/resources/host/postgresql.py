"""PostgreSQL servers that run on a host."""

from __future__ import annotations

from typing import Literal

from core.resource import Resource, resource


@resource("host_postgresql")
class PostgreSql(Resource):
    """A running server, as it answers about itself: files, `ALTER SYSTEM` and its command line resolved. The id is
    `port 5432`."""

    id: str
    version: str
    addresses: tuple[str, ...]
    """`listen_addresses`: names, addresses, `*`; empty for Unix sockets only."""
    local: bool
    """It listens on loopback and Unix sockets only."""
    tls: bool
    minimum_protocol: str
    """`TLSv1`, `TLSv1.1`, `TLSv1.2`, `TLSv1.3`; empty for whatever OpenSSL allows."""
    ciphers: str
    password_encryption: str
    """How passwords are stored that are set from now on: `scram-sha-256`, `md5` …"""
    md5_passwords: int
    """Roles that can log in and whose password is stored as MD5."""
    superusers: int
    """Superusers that can log in."""
    logs_connections: bool
    logs_disconnections: bool
    log_statement: str
    """`none`, `ddl`, `mod`, `all`."""
    audited: tuple[str, ...]
    """Classes of statements that pgaudit logs; empty without it."""
    log_destinations: tuple[str, ...]
    log_collector: bool
    """It writes log files itself. Else its standard error goes wherever whoever started it sends it."""
    overrides: tuple[str, ...]
    """What is set otherwise for some databases or roles: `log_statement=none`. Who they are is not kept."""


@resource("host_postgresql_rule")
class PostgreSqlRule(Resource):
    """A line of pg_hba.conf, as the server reads it. The first that fits wins; the id is its port and its number."""

    id: str
    server: str
    """The id of the server."""
    type: str
    """`local`, `host`, `hostssl`, `hostnossl`, `hostgssenc`, `hostnogssenc`."""
    databases: tuple[str, ...]
    everybody: bool
    """It is for all roles, not for named ones."""
    address: str
    """Address and mask, a name, `all`, `samenet` …; empty for Unix sockets."""
    place: Literal["local", "loopback", "remote"]
    method: str
