"""Checks of machines: how people sign in, as whom they act, and whether they are reached from outside."""

from __future__ import annotations

import re

from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.population import Population
from core.resources.gcp.compute import ComputeProject, Instance

DEFAULT_ACCOUNT = re.compile(r"\d+-compute@developer\.gserviceaccount\.com")
EVERYTHING = "https://www.googleapis.com/auth/cloud-platform"


@check(objective="sign-in-methods-are-strong", severity=Severity.HIGH)
def machine_signs_in_by_identity(machine: Instance, projects: Population[ComputeProject]) -> Verdict:
    """People sign in to a machine by OS Login, which asks IAM, and not by SSH keys in metadata.

    A key in metadata belongs to nobody: it stays when its owner leaves, and whoever may write metadata adds one.

    Remediation: `gcloud compute project-info add-metadata --metadata=enable-oslogin=TRUE`, and
    `gcloud compute instances remove-metadata MACHINE --keys=enable-oslogin` where a machine says otherwise.
    """
    if machine.node_of_cluster:
        return not_applicable(f"{machine.name} is a node that Kubernetes Engine sets up")
    if machine.os_login is not None:
        return _on(machine.os_login, f"the metadata of {machine.name}")
    project = _project(machine, projects)
    if project is None:
        return unknown(f"the metadata of the project of {machine.name} was not listed")
    return _on(project.os_login is True, f"the metadata of the project of {machine.name}")


@check(objective="sign-in-methods-are-strong", severity=Severity.MEDIUM)
def project_keys_do_not_open_machine(machine: Instance, projects: Population[ComputeProject]) -> Verdict:
    """SSH keys in the metadata of the project do not open the machine.

    One such key opens every machine of the project, now and later.

    Remediation: Turn on OS Login; or `gcloud compute instances add-metadata MACHINE
    --metadata=block-project-ssh-keys=TRUE`.
    """
    if machine.node_of_cluster:
        return not_applicable(f"{machine.name} is a node that Kubernetes Engine sets up")
    if machine.blocks_project_keys:
        return passed(f"{machine.name} blocks SSH keys of the project")
    if machine.os_login is not None:
        by_identity = machine.os_login
    else:
        project = _project(machine, projects)
        if project is None:
            return unknown(f"{machine.name} blocks nothing, and the metadata of its project was not listed")
        by_identity = project.os_login is True
    if by_identity:
        return passed(f"{machine.name} uses OS Login, for which keys in metadata count for nothing")
    return failed(f"{machine.name} takes SSH keys of the project")


@check(objective="permissions-are-least", severity=Severity.HIGH)
def machine_has_no_default_account_with_all_rights(machine: Instance) -> Verdict:
    """A machine does not act as the default service account with access to all APIs.

    That account is shared by everything in the project that nobody thought about.

    Remediation: Stop the machine, then `gcloud compute instances set-service-account MACHINE --service-account=…`.
    """
    if machine.node_of_cluster:
        return not_applicable(f"{machine.name} is a node, whose account its pool decides")
    for account in machine.accounts:
        if DEFAULT_ACCOUNT.fullmatch(account.email) and EVERYTHING in account.scopes:
            return failed(f"{machine.name} acts as {account.email} with access to all APIs")
    named = ", ".join(each.email for each in machine.accounts) or "no service account"
    return passed(f"{machine.name} acts as {named}")


@check(objective="internet-exposure-is-intended", severity=Severity.MEDIUM)
def machine_has_no_public_address(machine: Instance, *, approved: tuple[str, ...] = ()) -> Verdict:
    """A machine has no address on the internet, unless that was approved.

    What the internet cannot address it cannot try. Name machines that are meant to have one in the setting `approved`,
    by name or full resource name.

    Remediation: `gcloud compute instances delete-access-config MACHINE`; a load balancer and Cloud NAT take its place.
    """
    if not machine.public:
        return passed(f"{machine.name} has no address outside")
    if {machine.name, machine.id} & set(approved):
        return passed(f"{machine.name} has an address outside, which is approved")
    return failed(f"{machine.name} has an address outside")


@check(objective="override-tools-are-restricted", severity=Severity.MEDIUM)
def machine_has_no_serial_port(machine: Instance, projects: Population[ComputeProject]) -> Verdict:
    """The interactive serial console of a machine is off.

    It goes past every firewall, and takes SSH keys from metadata.

    Remediation: `gcloud compute instances add-metadata MACHINE --metadata=serial-port-enable=FALSE`; the constraint
    `compute.disableSerialPortAccess` forbids it everywhere.
    """
    if machine.serial_port is not None:
        open_, where = machine.serial_port, f"the metadata of {machine.name}"
    else:
        project = _project(machine, projects)
        if project is None:
            return unknown(f"the metadata of the project of {machine.name} was not listed")
        open_, where = project.serial_port is True, f"the metadata of the project of {machine.name}"
    return failed(f"{where} opens its serial console") if open_ else passed(f"{where} leaves its serial console closed")


@check(objective="systems-are-hardened", severity=Severity.MEDIUM)
def machine_is_shielded(machine: Instance) -> Verdict:
    """A machine has a virtual trusted platform module, and watches what it boots.

    Otherwise nobody sees that somebody changed what starts before the system.

    Remediation: Stop the machine, then `gcloud compute instances update MACHINE --shielded-vtpm
    --shielded-integrity-monitoring`.
    """
    missing = [
        name
        for name, is_on in (
            ("its trusted platform module", machine.vtpm),
            ("integrity monitoring", machine.integrity_monitoring),
        )
        if not is_on
    ]
    if missing:
        return failed(f"{machine.name} is without {' and '.join(missing)}")
    return passed(f"{machine.name} has a trusted platform module and integrity monitoring")


def _project(machine: Instance, projects: Population[ComputeProject]) -> ComputeProject | None:
    return projects.here.get(machine.container, by="container")


def _on(is_on: bool, where: str) -> Verdict:
    return passed(f"{where} turns OS Login on") if is_on else failed(f"{where} leaves OS Login off")


@check(objective="networks-are-segregated", severity=Severity.LOW)
def machine_forwards_nothing(machine: Instance, *, approved: tuple[str, ...] = ()) -> Verdict:
    """A machine hands on no packets of others, unless that was approved.

    One that may is a way around firewalls between networks, and can send in the name of others. Name routers that are
    meant to be in the setting `approved`.

    Remediation: Make the machine anew without `--can-ip-forward`; it cannot be changed later.
    """
    if machine.node_of_cluster:
        return not_applicable(f"{machine.name} is a node of Kubernetes Engine, which hands on packets of pods")
    if not machine.forwards:
        return passed(f"{machine.name} hands on no packets of others")
    said = f"{machine.name} hands on packets of others"
    return passed(f"{said}, which is approved") if machine.name in approved else failed(said)
