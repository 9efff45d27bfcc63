"""Machines and disks of Compute Engine. https://cloud.google.com/compute/docs/reference/rest/v1"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from collectors.gcp.asking import RESOURCE, Listing
from collectors.gcp.reading import Asset, Data
from collectors.gcp.source import Estate
from core.plugins import collector
from core.resource import Unobserved, unobserved
from core.resources.gcp.compute import AttachedAccount, ComputeProject, Disk, Instance

PROJECTS = Listing(RESOURCE, ("compute.googleapis.com/Project",))
INSTANCES = Listing(RESOURCE, ("compute.googleapis.com/Instance",))
DISKS = Listing(RESOURCE, ("compute.googleapis.com/Disk", "compute.googleapis.com/RegionDisk"))
SWITCHES = {**dict.fromkeys(("true", "1", "y", "yes"), True), **dict.fromkeys(("false", "0", "n", "no"), False)}
"""Booleans in metadata, in any case (https://cloud.google.com/compute/docs/metadata/predefined-metadata-keys)."""
NODE_LABELS = ("goog-gke-node", "goog-k8s-cluster-name")
"""Labels of machines that Kubernetes Engine made (https://cloud.google.com/kubernetes-engine/docs/how-to/creating-managing-labels)."""


@collector(permissions=(PROJECTS,))
def projects(estate: Estate) -> Iterator[ComputeProject]:
    """What projects say to all their machines. There is one for each project whose Compute Engine is switched on."""
    for asset in map(Asset, estate.assets(PROJECTS)):
        yield ComputeProject(
            id=asset.name,
            container=asset.container,
            os_login=_switch(asset, "commonInstanceMetadata", "enable-oslogin"),
            serial_port=_switch(asset, "commonInstanceMetadata", "serial-port-enable"),
        )


@collector(permissions=(INSTANCES,))
def instances(estate: Estate) -> Iterator[Instance]:
    """Every machine, with the switches in its metadata, its accounts and its addresses."""
    for asset in map(Asset, estate.assets(INSTANCES)):
        labels = asset.labels()
        blocks = _switch(asset, "metadata", "block-project-ssh-keys")
        yield Instance(
            **asset.common,
            labels=labels,
            name=asset.text("name"),
            status=asset.text("status"),
            os_login=_switch(asset, "metadata", "enable-oslogin"),
            blocks_project_keys=False if blocks is None else blocks,
            serial_port=_switch(asset, "metadata", "serial-port-enable"),
            accounts=asset.parts("serviceAccounts", _account),
            public=_public(asset),
            forwards=asset.flag("canIpForward"),
            node_of_cluster=any(each in labels for each in NODE_LABELS) if isinstance(labels, dict) else labels,
            vtpm=asset.flag("shieldedInstanceConfig.enableVtpm"),
            integrity_monitoring=asset.flag("shieldedInstanceConfig.enableIntegrityMonitoring"),
            secure_boot=asset.flag("shieldedInstanceConfig.enableSecureBoot"),
        )


@collector(permissions=(DISKS,))
def disks(estate: Estate) -> Iterator[Disk]:
    """Every disk, with whose key it is encrypted.

    A disk without `diskEncryptionKey` is encrypted with keys of Google: /compute/docs/reference/rest/v1/disks
    """
    for asset in map(Asset, estate.assets(DISKS)):
        supplied = "sha256" in asset.inner("diskEncryptionKey").members
        yield Disk(
            **asset.common,
            labels=asset.labels(),
            name=asset.text("name"),
            key=asset.text("diskEncryptionKey.kmsKeyName", "supplied" if supplied else ""),
        )


def _account(account: Data) -> AttachedAccount:
    return AttachedAccount(email=account.text("email"), scopes=account.texts("scopes"))


def _addresses(interface: Data) -> bool:
    """Whether an interface has a way out of its own: `accessConfigs`, which APIs leave out when there is none."""
    return any(interface.members.get(each) for each in ("accessConfigs", "ipv6AccessConfigs"))


def _public(asset: Asset) -> Any:
    found = asset.parts("networkInterfaces", _addresses)
    if not isinstance(found, tuple):
        return found
    if any(found):
        return True
    return unobserved("the inventory does not say all networkInterfaces") if asset.cut_off or not found else False


def _switch(asset: Asset, metadata: str, key: str) -> Any:
    """A boolean in metadata; `None` where nothing is said."""
    if not isinstance(asset.members.get(metadata), dict):
        return unobserved(f"the inventory does not say {metadata}")
    items = asset.parts(f"{metadata}.items", lambda each: (each.text("key"), each.members.get("value", "")))
    if isinstance(items, Unobserved):
        return items
    for name, value in items:
        if isinstance(name, str) and name == key:
            word = str(value).strip().lower()
            return SWITCHES.get(word, unobserved(f"{key} has a value that nobody here knows: {word:.20}"))
    if nameless := [name for name, _ in items if isinstance(name, Unobserved)]:
        return nameless[0]
    return unobserved("the inventory cut the asset off") if asset.cut_off else None
