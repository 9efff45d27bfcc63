"""Checks of the inventory: what tags say of resources, and where these stand."""

from __future__ import annotations

from checks.cloud.inventory import all_have_labels, all_name, all_stand_in
from core.model import Severity, Verdict
from core.plugins import check
from core.population import Population
from core.resources.azure.inventory import AzureResource


@check(objective="assets-are-labelled", severity=Severity.LOW)
def resources_are_labelled(resources: Population[AzureResource], *, keys: tuple[str, ...] = ()) -> Verdict:
    """Resources have all the tags that are wanted.

    A resource without an owner is nobody's when something happens. Name the wanted tags in the setting `keys`; Azure
    takes no notice of their case. Tags of a subscription or a resource group do not count: Azure does not hand them
    down.

    Remediation: *Policy*, *Inherit a tag from the resource group if missing*; `az tag update --operation merge`;
    `tags` in Terraform.
    """
    return all_have_labels("resources", resources, keys, any_case=True)


@check(objective="assets-are-labelled", severity=Severity.LOW)
def resources_have_owners(
    resources: Population[AzureResource], *, keys: tuple[str, ...] = ("owner", "team")
) -> Verdict:
    """A tag of each resource says who owns it.

    Nobody mends, pays for or removes what is nobody's. One of the tags in the setting `keys` has to be there, in any
    case. Where owners follow from something else (`assets.rules`, or the owner of the tenant in the configuration),
    switch this off: the inventory says whom they name.

    Remediation: *Policy*, *Inherit a tag from the resource group if missing*; `az tag update --operation merge`;
    `tags` in Terraform.
    """
    return all_name("resources", resources, "owner", keys)


@check(objective="assets-are-labelled", severity=Severity.LOW)
def resources_are_classified(
    resources: Population[AzureResource], *, keys: tuple[str, ...] = ("classification", "data-classification")
) -> Verdict:
    """A tag of each resource says how its information is classified.

    What is secret is protected as such only where somebody can see that it is. One of the tags in the setting `keys`
    has to be there, in any case. Where classes follow from something else (`assets.rules` in the configuration),
    switch this off: the inventory says which.

    Remediation: *Policy*, *Inherit a tag from the resource group if missing*; `az tag update --operation merge`;
    `tags` in Terraform.
    """
    return all_name("resources", resources, "classification", keys)


@check(objective="guardrails-hold-everywhere", severity=Severity.MEDIUM)
def resources_stand_where_they_may(resources: Population[AzureResource], *, locations: tuple[str, ...] = ()) -> Verdict:
    """Resources stand in regions that are approved.

    Other laws hold elsewhere, for the information and for who may want to see it. Name the regions in the setting
    `locations`, such as `westeurope`, with `*` for any end; `global` for what has none.

    Remediation: Move what the reason names; *Policy*, *Allowed locations*, keeps others away.
    """
    return all_stand_in("resources", resources, locations)
