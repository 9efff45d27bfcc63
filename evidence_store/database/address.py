"""Addresses of PostgreSQL databases: what they may say, before any driver is asked."""

from __future__ import annotations

import ipaddress
from urllib.parse import parse_qs, unquote, urlsplit

SECRETS = {"password", "sslpassword"}
ELSEWHERE = {"service", "servicefile", "hostaddr"}
"""Parameters by which the host of an address would not be the one that it shows."""

VERIFIED = "verify-full"


def refuse_address(address: str) -> None:
    """Raises `ValueError` for an address that is none, holds a secret, or leads over a network unverified.

    Such addresses are those of libpq: `postgresql://user@host:port/name?sslmode=verify-full`, and for a socket
    `postgresql://user@/name?host=/run/postgresql`.
    """
    if "\0" in address:
        raise ValueError("an address has no NUL characters")
    parts = urlsplit(address)
    if parts.scheme not in ("postgresql", "postgres"):
        raise ValueError("expected an address that begins with postgresql://")
    given = parse_qs(parts.query, keep_blank_values=True)
    authority, _, _ = parts.netloc.rpartition("@")
    if ":" in authority or SECRETS & set(given):
        raise ValueError("an address with a password in it would be written to places where it does not belong")
    if named := sorted(ELSEWHERE & set(given)):
        raise ValueError(f"{named[0]} would hide where it leads: name the host itself")
    hosts = _hosts(parts.netloc.rpartition("@")[2], given)
    if not hosts:
        raise ValueError("expected a host, or the folder of its socket with ?host=/run/postgresql")
    remote = [host for host in hosts if not _is_here(host)]
    if remote and (given.get("sslmode") != [VERIFIED] or "ssl" in given):  # libpq takes ssl for another sslmode
        raise ValueError(f"{remote[0]} is another machine: add sslmode={VERIFIED}, and sslrootcert if it needs one")


def _hosts(place: str, given: dict[str, list[str]]) -> list[str]:
    """The hosts an address names: a parameter goes before the part that shows where the others stand."""
    if "host" in given:
        return [each for value in given["host"] for each in value.split(",") if each]
    return [unquote(_without_port(each)) for each in place.split(",") if each]


def _without_port(place: str) -> str:
    if place.startswith("["):
        return place[1:].partition("]")[0]
    return place.partition(":")[0]


def _is_here(host: str) -> bool:
    """Whether a connection to this host stays on this machine."""
    if host == "localhost" or host.startswith(("/", "@")):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
