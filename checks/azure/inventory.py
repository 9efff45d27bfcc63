"""Checks of the inventory: that labels name what they should."""

from __future__ import annotations

from checks.labels import all_have_labels
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
