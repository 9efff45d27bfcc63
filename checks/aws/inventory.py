"""Checks of AWS's own inventories: that there are indexes, and that labels name what they should."""

from __future__ import annotations

from checks.cloud.inventory import all_have_labels, all_stand_in, label_naming
from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.population import Population
from core.resources.aws.inventory import LabelledResource, ResourceIndex
from core.resources.aws.survey import Region


@check(objective="assets-are-inventoried", severity=Severity.LOW)
def region_has_an_index(region: Region, indexes: Population[ResourceIndex]) -> Verdict:
    """Resource Explorer keeps an index of every region that can be used.

    What is in a region that nobody works in is found by such an index, or not at all.

    Remediation: *Resource Explorer*, *Quick setup*; or `aws resource-explorer-2 create-index` in the region.
    """
    if region.opt_in == "not-opted-in":
        return not_applicable(f"the account has not opted in to {region.id}")
    if any(each.region == region.id for each in indexes.here):
        return passed(f"there is an index of {region.id}")
    return failed(f"there is no index of {region.id}")


@check(objective="assets-are-inventoried", severity=Severity.LOW)
def one_index_gathers_all_regions(indexes: Population[ResourceIndex]) -> Verdict:
    """One index of Resource Explorer gathers those of all regions.

    An inventory that must be asked for region by region is not asked.

    Remediation: `aws resource-explorer-2 update-index-type --type AGGREGATOR`.
    """
    found = sorted(each.region for each in indexes if each.aggregates)
    if found:
        return passed(f"the index of {', '.join(found)} gathers {len(indexes)} indexes")
    return failed(f"none of {len(indexes)} indexes gathers the others")


@check(objective="assets-are-labelled", severity=Severity.LOW)
def resources_are_labelled(resources: Population[LabelledResource], *, keys: tuple[str, ...] = ()) -> Verdict:
    """Resources with labels have all the labels that are wanted.

    A resource without an owner is nobody's when something happens. Name the wanted labels in the setting `keys`. AWS
    lists only what has, or had, labels: what never had one is not judged here.

    Remediation: *Resource Groups & Tag Editor*, *Tag Editor*; enforce them by a tag policy.
    """
    return all_have_labels("resources with labels", resources, keys)


@check(objective="assets-are-labelled", severity=Severity.LOW)
def resource_has_an_owner(resource: LabelledResource, *, keys: tuple[str, ...] = ("owner", "team")) -> Verdict:
    """A label of the resource says who owns it.

    Nobody mends, pays for or removes what is nobody's. One of the labels in the setting `keys` has to be there, in any
    case. AWS lists only what has, or had, labels. Where owners follow from something else (`assets.rules`, or the
    owner of the account in the configuration), switch this off: the inventory says whom they name.

    Remediation: *Resource Groups & Tag Editor*, *Tag Editor*; enforce it by a tag policy.
    """
    return _labelled(resource, "owner", keys)


@check(objective="assets-are-labelled", severity=Severity.LOW)
def resource_is_classified(
    resource: LabelledResource, *, keys: tuple[str, ...] = ("classification", "data-classification")
) -> Verdict:
    """A label of the resource says how its information is classified.

    What is secret is protected as such only where somebody can see that it is. One of the labels in the setting `keys`
    has to be there, in any case. Where classes follow from something else (`assets.rules` in the configuration),
    switch this off: the inventory says which.

    Remediation: *Resource Groups & Tag Editor*, *Tag Editor*; enforce it by a tag policy.
    """
    return _labelled(resource, "classification", keys)


@check(objective="guardrails-hold-everywhere", severity=Severity.MEDIUM)
def resources_stand_where_they_may(
    resources: Population[LabelledResource], *, locations: tuple[str, ...] = ()
) -> Verdict:
    """Resources with labels stand in regions that are approved.

    Other laws hold elsewhere, for the information and for who may want to see it. Name the regions in the setting
    `locations`, with `*` for any end; `global` for services that have none. AWS lists only what has, or had, labels.

    Remediation: Move what the reason names; a service control policy with `aws:RequestedRegion` keeps others away.
    """
    return all_stand_in("resources with labels", resources, locations)


def _labelled(resource: LabelledResource, what: str, keys: tuple[str, ...]) -> Verdict:
    if found := label_naming(resource, keys):
        return passed(f"its {what} is in the label {found}")
    return failed(f"no label names its {what}: none of {', '.join(keys)} has a value")
