"""Virtual machines, what Azure installed in them, and disks."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.azure.operations import Query
from collectors.azure.rows import itself, where
from collectors.azure.source import AzureTenant
from core.plugins import collector
from core.resources.azure.compute import Disk, VirtualMachine, VmExtension

MACHINES = Query(
    "microsoft.compute/virtualmachines",
    "Microsoft.Compute/virtualMachines/read",
    {
        "system": "properties.storageProfile.osDisk.osType",
        "made_with": "properties.osProfile.computerName",
        "refused": "properties.osProfile.linuxConfiguration.disablePasswordAuthentication",
        "at_host": "properties.securityProfile.encryptionAtHost",
        "security": "properties.securityProfile.securityType",
        "secure_boot": "properties.securityProfile.uefiSettings.secureBootEnabled",
    },
)
EXTENSIONS = Query(
    "microsoft.compute/virtualmachines/extensions",
    "Microsoft.Compute/virtualMachines/extensions/read",
    {
        "publisher": "properties.publisher",
        "kind_of": "properties.type",
        "state": "properties.provisioningState",
        "operation": "properties.settings.EncryptionOperation",
    },
)
STATES = ("Succeeded", "Failed", "Creating", "Updating", "Deleting", "Canceled", "Migrating")
DISKS = Query(
    "microsoft.compute/disks",
    "Microsoft.Compute/disks/read",
    {
        "encryption": "properties.encryption.type",
        "public": "properties.publicNetworkAccess",
        "policy": "properties.networkAccessPolicy",
    },
)


@collector(permissions=(MACHINES,))
def machines(tenant: AzureTenant) -> Iterator[VirtualMachine]:
    """Every virtual machine. One that was made of a disk with a system on it does not say how people sign in."""
    for row in tenant.rows(MACHINES):
        made_here = {"absent": False} if row.has("made_with") else {}
        yield VirtualMachine(
            **itself(row),
            system=row.text("system"),
            passwords_refused=row.flag("refused", **made_here),
            encrypted_at_host=row.flag("at_host", absent=False),
            security_type=row.text("security", absent="Standard"),
            secure_boot=row.flag("secure_boot", absent=False),
        )


@collector(permissions=(EXTENSIONS,))
def extensions(tenant: AzureTenant) -> Iterator[VmExtension]:
    """Every program that Azure installed in a virtual machine. Of its settings, which may hold secrets, only whether
    one that encrypts shall do so (learn.microsoft.com/azure/virtual-machines/extensions/azure-disk-enc-linux)."""
    for row in tenant.rows(EXTENSIONS):
        yield VmExtension(
            **where(row),
            machine=row.id().rpartition("/extensions/")[0],
            publisher=row.text("publisher"),
            type=row.text("kind_of"),
            state=row.word("state", STATES),
            operation=row.text("operation", absent=""),
        )


@collector(permissions=(DISKS,))
def disks(tenant: AzureTenant) -> Iterator[Disk]:
    """Every managed disk: whose key encrypts it, and from where it can be fetched."""
    for row in tenant.rows(DISKS):
        yield Disk(
            **itself(row),
            encryption=row.text("encryption"),
            public=row.switch("public", absent=True),
            network_policy=row.text("policy", absent="AllowAll"),
        )
