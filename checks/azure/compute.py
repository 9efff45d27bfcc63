"""Checks of virtual machines and disks."""

from __future__ import annotations

from checks.azure.our_keys import encrypted_with_our_key
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


@check(objective="systems-are-hardened", severity=Severity.LOW)
def machine_starts_only_what_is_signed(machine: VirtualMachine) -> Verdict:
    """A virtual machine starts only programs that are signed, from its firmware on.

    What hides below the system is not seen from the system.

    Remediation: Make machines with *Trusted launch* and *Secure boot*; `az vm update --security-type TrustedLaunch
    --enable-secure-boot true` on one of the second generation; `secure_boot_enabled = true` in Terraform.
    """
    match machine.security_type.lower():
        case "trustedlaunch" | "confidentialvm" if machine.secure_boot:
            return passed(f"{machine.name} starts only what is signed")
        case "trustedlaunch" | "confidentialvm":
            return failed(f"secure boot of {machine.name} is off")
        case "standard":
            return failed(f"{machine.name} has no secure boot")
        case _:
            return unknown(f"Azure says of {machine.name} that its type of security is {machine.security_type}")


@check(objective="data-leaves-only-as-allowed", severity=Severity.MEDIUM)
def disk_is_not_fetched_over_the_internet(disk: Disk) -> Verdict:
    """Nobody fetches a managed disk over the internet.

    Who may make a link to a disk takes the whole of it along, to wherever he likes.

    Remediation: *Networking* of the disk, *Disable public and private access*; `az disk update --network-access-policy
    DenyAll --public-network-access Disabled`; `network_access_policy = "DenyAll"` in Terraform.
    """
    if not disk.public:
        return passed(f"{disk.name} is not fetched over public networks")
    match disk.network_policy.lower():
        case "denyall":
            return passed(f"{disk.name} is not fetched at all")
        case "allowprivate":
            return passed(f"{disk.name} is fetched through private endpoints only")
        case "allowall":
            return failed(f"{disk.name} is fetched from everywhere by whoever has a link to it")
        case _:
            return unknown(f"Azure says of {disk.name} that its network access is {disk.network_policy}")


@check(objective="keys-are-under-our-control", severity=Severity.LOW)
def disk_is_encrypted_with_our_key(disk: Disk) -> Verdict:
    """A managed disk is encrypted with a key of ours.

    With a key of Microsoft's alone, nobody but Microsoft can take it away when the data must not be read any more.

    Remediation: *Encryption*, with a disk encryption set; `az disk update --encryption-type
    EncryptionAtRestWithCustomerKey --disk-encryption-set …`; `disk_encryption_set_id` in Terraform.
    """
    return encrypted_with_our_key(disk.name, disk.encryption)


def _is_switched_off(extension: VmExtension) -> bool:
    """Whether the extension was last told to decrypt: it then remains, and has succeeded."""
    return extension.operation.lower().startswith("disable")
