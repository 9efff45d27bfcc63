"""Virtual machines and disks."""

from __future__ import annotations

from core.resource import Resource, resource


@resource("azure_virtual_machine")
class VirtualMachine(Resource):
    """A virtual machine."""

    id: str
    name: str
    location: str
    subscription: str
    system: str
    """`Linux` or `Windows`."""
    passwords_refused: bool
    """Of Linux: nobody signs in over SSH with a password, as the machine was made."""
    encrypted_at_host: bool
    security_type: str
    """`TrustedLaunch`, `ConfidentialVM`, `Standard`."""
    secure_boot: bool
    """It starts only what is signed."""


@resource("azure_vm_extension")
class VmExtension(Resource):
    """A program that Azure installed in a virtual machine."""

    id: str
    machine: str
    """The id of the machine."""
    subscription: str
    publisher: str
    type: str
    state: str
    """`Succeeded`, `Failed`, `Creating`, …"""
    operation: str
    """What one that encrypts was told: `EnableEncryption`, `DisableEncryption`, …; empty where it does not say."""


@resource("azure_disk")
class Disk(Resource):
    """A managed disk."""

    id: str
    name: str
    location: str
    subscription: str
    encryption: str
    """`EncryptionAtRestWithPlatformKey`, `…WithCustomerKey`, `…WithPlatformAndCustomerKeys`."""
    public: bool
    """Who has a link to it can fetch it over the internet (`publicNetworkAccess`)."""
    network_policy: str
    """From where: `AllowAll`, `AllowPrivate`, `DenyAll`."""
