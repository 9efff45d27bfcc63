"""Checks of the plans of Defender for Cloud."""

from __future__ import annotations

from collections.abc import Iterator

from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.population import Population
from core.resources.azure.inventory import AzureResource
from core.resources.azure.logging import DefenderPlan

PROTECTS = {
    "virtualmachines": (
        "microsoft.compute/virtualmachines",
        "microsoft.compute/virtualmachinescalesets",
        "microsoft.hybridcompute/machines",
    ),
    "sqlservers": ("microsoft.sql/servers", "microsoft.sql/managedinstances", "microsoft.synapse/workspaces"),
    "sqlservervirtualmachines": ("microsoft.sqlvirtualmachine/sqlvirtualmachines",),
    "appservices": ("microsoft.web/sites",),
    "storageaccounts": ("microsoft.storage/storageaccounts",),
    "keyvaults": ("microsoft.keyvault/vaults",),
    "containers": ("microsoft.containerservice/managedclusters", "microsoft.containerregistry/registries"),
    "opensourcerelationaldatabases": (
        "microsoft.dbforpostgresql/flexibleservers",
        "microsoft.dbformysql/flexibleservers",
    ),
    "cosmosdbs": ("microsoft.documentdb/databaseaccounts",),
    "api": ("microsoft.apimanagement/service",),
}
"""The types of resource that a plan watches, by its name in lower case."""
OF_EVERY_SUBSCRIPTION = ("arm",)


@check(objective="threat-detection-is-on", severity=Severity.HIGH)
def plan_is_on_where_it_is_needed(plan: DefenderPlan, resources: Population[AzureResource]) -> Verdict:
    """Defender for Cloud watches every type of resource that a subscription has.

    What nobody watches is broken into in silence. A plan that is on can be off for single resources; Azure says whether
    any is left out.

    Remediation: *Microsoft Defender for Cloud*, *Environment settings*, *Defender plans*; `az security pricing create
    --tier standard`; `azurerm_security_center_subscription_pricing`.
    """
    if plan.tier.lower() == "standard":
        return _covering(plan)
    if plan.deprecated:
        return not_applicable(f"the plan {plan.name} is no longer offered")
    if plan.tier.lower() != "free":
        return unknown(f"Azure says that the tier of the plan {plan.name} is {plan.tier}")
    name = plan.name.lower()
    if name in OF_EVERY_SUBSCRIPTION:
        return failed(f"the plan {plan.name} is off")
    if name not in PROTECTS:
        return not_applicable(f"the plan {plan.name} watches no type of resource that is known to us")
    for kind in PROTECTS[name]:
        if there := resources.having((plan.subscription, kind), by=_types):
            return failed(f"the plan {plan.name} is off, and there are {len(there)} of {kind}")
    resources.here.require_all(by=_types)
    return not_applicable(f"there is nothing that the plan {plan.name} would watch")


def _covering(plan: DefenderPlan) -> Verdict:
    """The verdict on a plan that is on (learn.microsoft.com/rest/api/defenderforcloud/pricings/list)."""
    match plan.coverage.lower():
        case "fullycovered" | "":
            return passed(f"the plan {plan.name} is on")
        case "partiallycovered" | "notcovered":
            return failed(f"the plan {plan.name} is on, and off for single resources: Azure says {plan.coverage}")
        case _:
            return unknown(f"the plan {plan.name} is on, and Azure says that its coverage is {plan.coverage}")


def _types(resource: AzureResource) -> Iterator[tuple[str, str]]:
    yield resource.account, resource.type
