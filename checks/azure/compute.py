"""Checks of virtual machines and disks."""

from __future__ import annotations

from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.population import Population
from core.resources.azure.compute import Disk, VirtualMachine, VmExtension

ENCRYPTING = frozenset({"azurediskencryption", "azurediskencryptionforlinux"})
PUBLISHER = "microsoft.azure.security"


@check(objective="data-at-rest-is-encrypted", severity=Severity.HIGH)
def machine_is_encrypted_to_its_caches(machine: VirtualMachine, extensions: Population[VmExtension]) -> Verdict:
    """What a virtual machine keeps is encrypted, its temporary disks and caches as well.

    Managed disks are encrypted by themselves; what the host keeps beside them is not, unless it is told to.

    Remediation: *Disks*, *Additional settings*, *Encryption at host*; `az vm update --set
    securityProfile.encryptionAtHost=true` while the machine is stopped; `encryption_at_host_enabled = true` in
    Terraform.
    """
    if machine.encrypted_at_host:
        return passed(f"{machine.name} is encrypted at its host")
    encrypting = [
        each
        for _, each in extensions.having(machine.id, by="machine")
        if each.publisher.lower() == PUBLISHER and each.type.lower() in ENCRYPTING and not _is_switched_off(each)
    ]
    if any(each.state.lower() == "succeeded" for each in encrypting):
        return passed(f"{machine.name} is encrypted by Azure Disk Encryption")
    extensions.here.require_all("machine")
    if encrypting:
        return failed(f"Azure Disk Encryption of {machine.name} is {encrypting[0].state}")
    return failed(f"{machine.name} is encrypted neither at its host nor by Azure Disk Encryption")


@check(objective="sign-in-methods-are-strong", severity=Severity.HIGH)
def machine_takes_no_passwords(machine: VirtualMachine) -> Verdict:
    """Nobody signs in to a virtual machine with Linux by password, as it was made.

    Passwords are guessed day and night. What somebody changed inside is seen by looking at the host itself.

    Remediation: Make machines with *SSH public key* (`az vm create --authentication-type ssh`;
    `disable_password_authentication = true` in Terraform); on one that is there: `PasswordAuthentication no`.
    """
    if machine.system.lower() == "windows":
        return not_applicable(f"{machine.name} runs {machine.system}")
    if machine.system.lower() != "linux":
        return unknown(f"Azure says of {machine.name} that it runs {machine.system}")
    if machine.passwords_refused:
        return passed(f"{machine.name} was made to take keys only")
    return failed(f"{machine.name} was made to take passwords")


@check(objective="keys-are-under-our-control", severity=Severity.LOW)
def disk_is_encrypted_with_our_key(disk: Disk) -> Verdict:
    """A managed disk is encrypted with a key of ours.

    With a key of Microsoft's alone, nobody but Microsoft can take it away when the data must not be read any more.

    Remediation: *Encryption*, with a disk encryption set; `az disk update --encryption-type
    EncryptionAtRestWithCustomerKey --disk-encryption-set …`; `disk_encryption_set_id` in Terraform.
    """
    match disk.encryption.lower():
        case "encryptionatrestwithcustomerkey" | "encryptionatrestwithplatformandcustomerkeys":
            return passed(f"{disk.name} is encrypted with a key of ours")
        case "encryptionatrestwithplatformkey":
            return failed(f"{disk.name} is encrypted with a key of Microsoft's")
        case _:
            return unknown(f"Azure says of {disk.name} that its encryption is {disk.encryption}")


def _is_switched_off(extension: VmExtension) -> bool:
    """Whether the extension was last told to decrypt: it then remains, and has succeeded."""
    return extension.operation.lower().startswith("disable")
