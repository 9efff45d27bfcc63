"""Checks of the telephones and tablets on which people use their accounts."""

from __future__ import annotations

from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.resource import missing_fields
from core.resources.google_workspace import WorkspaceDevice


@check(objective="devices-are-managed", severity=Severity.MEDIUM)
def device_is_encrypted(device: WorkspaceDevice) -> Verdict:
    """A device that may synchronise is encrypted.

    Whoever finds it reads its storage otherwise, whatever locks its screen.

    Remediation: Devices, Mobile and endpoints, Settings: require encryption, and block devices without it.
    """
    if not device.approved:
        return _not_admitted(device)
    verdict, said = (passed, "is encrypted") if device.encrypted else (failed, "is not encrypted")
    return verdict(f"{_name(device)} {said}")


@check(objective="devices-are-managed", severity=Severity.MEDIUM)
def device_is_locked(device: WorkspaceDevice) -> Verdict:
    """A device that may synchronise opens only with a password or what stands for one.

    Telephones are lost, lent and stolen, and every mail that resets a password arrives there.

    Remediation: Devices, Mobile and endpoints, Settings: require a screen lock or password.
    """
    if not device.approved:
        return _not_admitted(device)
    if device.locked:
        return passed(f"{_name(device)} is locked with a password")
    return failed(f"{_name(device)} opens without a password")


@check(objective="devices-are-managed", severity=Severity.HIGH)
def device_is_not_compromised(device: WorkspaceDevice) -> Verdict:
    """Nobody has broken the protections of a device that may synchronise.

    On a device that was rooted or jailbroken any program can read what others keep.

    Remediation: Devices, Mobile and endpoints, Settings: block compromised devices. Wipe this account from it.
    """
    if not device.approved:
        return _not_admitted(device)
    if device.compromised:
        return failed(f"the protections of {_name(device)} are broken")
    return passed(f"no protection of {_name(device)} is seen to be broken")


def _not_admitted(device: WorkspaceDevice) -> Verdict:
    return not_applicable(f"{_name(device)} may not synchronise")


def _name(device: WorkspaceDevice) -> str:
    return f"the device {device.id}" if "model" in missing_fields(device) else device.model
