"""Checks of WorkSpaces: desktops are devices, wherever they stand."""

from __future__ import annotations

from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.resources.aws.workspaces import Workspace, WorkspaceDirectory


@check(objective="data-at-rest-is-encrypted", severity=Severity.HIGH)
def desktop_is_encrypted(workspace: Workspace) -> Verdict:
    """Both volumes of the desktop are encrypted.

    Here lie people's documents, their browser's passwords, and copies of what they work on.

    Remediation: Volumes are encrypted when a desktop is made: make a new one with encryption, and move the data.
    """
    if workspace.state in ("TERMINATING", "TERMINATED"):
        return not_applicable(f"{workspace.id} is {workspace.state}")
    plain = [
        name
        for name, encrypted in (("root", workspace.root_encrypted), ("user", workspace.user_encrypted))
        if not encrypted
    ]
    if plain:
        return failed(f"{' and '.join(plain)} volume of {workspace.id} is not encrypted")
    return passed(f"both volumes of {workspace.id} are encrypted")


@check(objective="privileged-access-is-rare", severity=Severity.MEDIUM)
def people_do_not_administer_desktops(directory: WorkspaceDirectory) -> Verdict:
    """People are not administrators of their desktops.

    What an administrator opens by mistake owns the machine, and can switch off what protects it.

    Remediation: *WorkSpaces*, *Directories*, *Local administrator setting*, disable.
    """
    return _setting(directory, directory.local_administrators, "people administer desktops", wanted=False)


@check(objective="internet-exposure-is-intended", severity=Severity.MEDIUM)
def desktops_get_no_public_address(directory: WorkspaceDirectory) -> Verdict:
    """Desktops get no public address.

    With one they reach the internet past every filter of ours, and the other way round.

    Remediation: *WorkSpaces*, *Directories*, *Access to internet*, disable; lead traffic through a NAT gateway.
    """
    return _setting(directory, directory.internet, "desktops get a public address", wanted=False)


@check(objective="vulnerabilities-are-fixed", severity=Severity.MEDIUM)
def desktops_are_patched_in_a_window(directory: WorkspaceDirectory) -> Verdict:
    """Desktops get their updates in a weekly window.

    Without it a desktop that sleeps whenever nobody works at it is never updated.

    Remediation: *WorkSpaces*, *Directories*, *Maintenance mode*, enable.
    """
    return _setting(directory, directory.maintenance, "desktops have a maintenance window", wanted=True)


@check(objective="internet-exposure-is-intended", severity=Severity.LOW)
def people_connect_from_known_networks(directory: WorkspaceDirectory) -> Verdict:
    """People can connect to desktops only from certain networks.

    Otherwise a password that somebody lost works from anywhere in the world.

    Remediation: *WorkSpaces*, *IP access controls*: make a group, and associate it with the directory.
    """
    if not directory.address_groups:
        return failed(f"people of {directory.name} may connect from everywhere")
    return passed(f"people of {directory.name} may connect from what {', '.join(directory.address_groups)} lists")


def _setting(directory: WorkspaceDirectory, setting: bool | None, words: str, *, wanted: bool) -> Verdict:
    if setting is None:
        return unknown(f"WorkSpaces does not say of {directory.name} whether {words}")
    reason = f"{words} of {directory.name}: {'yes' if setting else 'no'}"
    return passed(reason) if setting is wanted else failed(reason)
