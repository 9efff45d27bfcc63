"""Checks of the Transfer Family."""

from __future__ import annotations

import re

from core.model import Severity, Verdict, failed, passed, unknown
from core.plugins import check
from core.resources.aws.transfer import TransferServer


@check(objective="data-in-transit-is-protected", severity=Severity.HIGH)
def server_speaks_no_ftp(server: TransferServer) -> Verdict:
    """A server does not speak FTP.

    FTP sends passwords and files in the clear.

    Remediation: `aws transfer update-server --server-id … --protocols SFTP`.
    """
    if "FTP" in server.protocols:
        return failed(f"{server.name} speaks FTP")
    return passed(f"{server.name} speaks {', '.join(server.protocols)}")


@check(objective="cryptography-is-strong", severity=Severity.MEDIUM)
def server_takes_current_algorithms(
    server: TransferServer, *, since: str = "2022-03", approved: tuple[str, ...] = ()
) -> Verdict:
    """A server's security policy is not an old one.

    The policies of 2018 and 2020 take SHA-1 and keys that are too weak by now. Templates of CloudFormation that say
    nothing get the oldest of all.

    Remediation: `aws transfer update-server --server-id … --security-policy-name TransferSecurityPolicy-2024-01`. The
    year and month from which policies are good are a setting.
    """
    if server.ciphers in approved:
        return passed(f"{server.name} has {server.ciphers}, which is approved")
    found = re.search(r"-(\d{4}-\d{2})\Z", server.ciphers)
    if not found:
        return unknown(f"{server.name} has {server.ciphers}, whose name has no date")
    if found[1] < since:
        return failed(f"{server.name} has {server.ciphers}, older than {since}")
    return passed(f"{server.name} has {server.ciphers}")


@check(objective="internet-exposure-is-intended", severity=Severity.MEDIUM)
def server_is_not_open_to_the_internet(server: TransferServer, *, approved: tuple[str, ...] = ()) -> Verdict:
    """A server has an endpoint in a network of ours, unless a public one was approved.

    A public endpoint takes sign-ins from everywhere, and no security group can say from where. Name servers that are
    meant to be so in `approved`.

    Remediation: Stop the server, *Edit endpoint configuration*, *VPC hosted*.
    """
    if server.endpoint != "PUBLIC":
        return passed(f"{server.name} has an endpoint of type {server.endpoint}")
    if {server.name, server.id} & set(approved):
        return passed(f"{server.name} has a public endpoint, which is approved")
    return failed(f"{server.name} has a public endpoint")


@check(objective="use-is-logged", severity=Severity.MEDIUM)
def server_is_logged(server: TransferServer) -> Verdict:
    """A server logs who sent and took which file.

    Partners sign in here: without a log nobody can say what left, and with whom.

    Remediation: *Edit* the additional details, *Logging configuration*, a log group.
    """
    if server.logs:
        return passed(f"{server.name} logs to CloudWatch Logs")
    return failed(f"{server.name} logs nothing")
