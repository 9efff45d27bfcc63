"""Checks of the SSH connection that we ourselves had with a host."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.resources.host.connection import HostConnection


@check(objective="cryptography-is-strong", severity=Severity.HIGH)
def connection_needs_no_old_algorithms(connection: HostConnection) -> Verdict:
    """The host is reached over SSH without allowing it old algorithms.

    An exception that was made for one old host stays when the host is long renewed, and whoever sits between can make
    use of it: CBC leaks plain text, SHA-1 and MD5 are broken as hashes, and a group that the host chooses may be short.

    Remediation: Update the host's sshd, then remove `algorithms: legacy` from the configuration.
    """
    agreed = f"{connection.key_exchange}, {connection.cipher} and {connection.mac} were negotiated"
    if connection.old_algorithms:
        return failed(f"{agreed}: {', '.join(connection.old_algorithms)} is old, and allowed to this host")
    if connection.old_algorithms_allowed:
        return failed(f"{agreed}, but the configuration allows old algorithms to this host")
    return passed(agreed)


@check(objective="cryptography-is-strong", severity=Severity.MEDIUM)
def key_exchange_was_strict(connection: HostConnection) -> Verdict:
    """The host refuses messages that have no place in a key exchange.

    Without this (strict key exchange, since OpenSSH 9.6 and in the updates of distributions) whoever sits between can
    remove messages from the start of a connection unseen, and so turn protections off: the Terrapin attack,
    CVE-2023-48795.

    Remediation: Install the security updates of the host's SSH server and restart it.
    """
    if not connection.strict:
        return failed(f"{connection.server} did not agree to a strict key exchange")
    return passed(f"{connection.server} agreed to a strict key exchange")


@check(objective="certificates-are-valid", severity=Severity.MEDIUM)
def host_certificate_stays_valid(connection: HostConnection, *, as_of: datetime, least_days: int = 14) -> Verdict:
    """The SSH certificate of the host does not expire soon.

    Once it has expired the host can no longer show that it is itself: people learn to accept warnings, and nothing is
    collected from it any more.

    Remediation: Have the authority sign the host's key anew, and automate that.
    """
    if connection.vouched_by != "certificate":
        return not_applicable("the host is known by its key, which does not expire")
    if connection.certificate_expires is None:
        return passed(f"the certificate {connection.certificate_id} never expires")
    ends = f"the certificate {connection.certificate_id} expires on {connection.certificate_expires:%Y-%m-%d}"
    if connection.certificate_expires - as_of < timedelta(days=least_days):
        return failed(f"{ends}, less than {least_days} days after this scan")
    return passed(ends)
