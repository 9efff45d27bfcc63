"""Checks of Directory Service: second factors, logs, and how directories are spoken to."""

from __future__ import annotations

from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.resources.aws.directories import Directory

MICROSOFT, CONNECTOR = "MicrosoftAD", "ADConnector"


@check(objective="logs-are-collected-centrally", severity=Severity.MEDIUM)
def directory_forwards_its_log(directory: Directory) -> Verdict:
    """A directory forwards its security log to CloudWatch.

    Who signed in, and who was made an administrator, is else only on domain controllers that nobody can reach.

    Remediation: *Directory Service*, *Networking & security*, *Log forwarding*; or `aws ds create-log-subscription`.
    """
    if directory.type != MICROSOFT:
        return not_applicable(f"{directory.name} is of the kind {directory.type}, which forwards no log here")
    if directory.log_group:
        return passed(f"{directory.name} forwards its log to {directory.log_group}")
    return failed(f"{directory.name} forwards its log nowhere")


@check(objective="sign-in-needs-mfa", severity=Severity.MEDIUM)
def directory_asks_for_a_second_factor(directory: Directory) -> Verdict:
    """A directory asks for a second factor where people come in through it.

    Its passwords open WorkSpaces, the console and other services from the internet.

    Remediation: *Directory Service*, *Networking & security*, *Multi-factor authentication*: name a RADIUS server.
    """
    if directory.type not in (MICROSOFT, CONNECTOR):
        return not_applicable(f"{directory.name} is of the kind {directory.type}, where none can be set up")
    if directory.radius == "Completed":
        return passed(f"{directory.name} asks a RADIUS server")
    state = f"has a RADIUS server in the state {directory.radius}" if directory.radius else "asks no RADIUS server"
    return failed(f"{directory.name} {state}")


@check(objective="cryptography-is-strong", severity=Severity.MEDIUM)
def radius_protocol_is_strong(directory: Directory) -> Verdict:
    """A directory speaks MS-CHAPv2 with its RADIUS server.

    With PAP the password goes over as good as readable; the others are broken as well.

    Remediation: `aws ds update-radius --radius-settings AuthenticationProtocol=MS-CHAPv2,…`.
    """
    if not directory.radius_protocol:
        return not_applicable(f"{directory.name} asks no RADIUS server")
    if directory.radius_protocol == "MS-CHAPv2":
        return passed(f"{directory.name} speaks MS-CHAPv2 with its RADIUS server")
    return failed(f"{directory.name} speaks {directory.radius_protocol} with its RADIUS server")


@check(objective="data-in-transit-is-protected", severity=Severity.MEDIUM)
def directory_is_asked_over_tls(directory: Directory) -> Verdict:
    """AWS asks a directory by LDAP over TLS.

    Without it names, groups and attributes travel readable through the network.

    Remediation: Register the directory's certificate (*Client-side LDAPS*), then `aws ds enable-ldaps --type Client`.
    """
    if not directory.ldaps:
        return not_applicable(f"{directory.name} is of the kind {directory.type}, which has no say in it")
    if directory.ldaps == "Enabled":
        return passed(f"{directory.name} is asked over TLS")
    return failed(f"LDAP over TLS is {directory.ldaps} for {directory.name}")


@check(objective="cryptography-is-strong", severity=Severity.MEDIUM)
def directory_takes_no_weak_cryptography(directory: Directory) -> Verdict:
    """A directory takes neither old versions of TLS nor weak ciphers.

    What it still takes, an attacker in between can choose.

    Remediation: *Directory Service*, *Networking & security*, *Directory settings*: disable all but TLS 1.2 and AES.
    """
    if directory.type != MICROSOFT:
        return not_applicable(f"{directory.name} is of the kind {directory.type}, where it cannot be chosen")
    if directory.weak_protocols:
        return failed(f"{directory.name} takes {', '.join(directory.weak_protocols)}")
    return passed(f"{directory.name} takes only TLS 1.2 or later, and AES")
