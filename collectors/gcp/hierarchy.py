"""The organization, its folders and its projects."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Literal

from collectors.gcp.asking import MALFORMED, RESOURCE, InventoryError, Listing
from collectors.gcp.reading import Asset
from collectors.gcp.settings import ProjectFilter
from collectors.gcp.source import EstateSurvey
from core.plugins import collector
from core.resource import Unobserved
from core.resources.gcp.hierarchy import Container

MANAGER = "cloudresourcemanager.googleapis.com"
CONTAINERS = Listing(RESOURCE, (f"{MANAGER}/Organization", f"{MANAGER}/Folder", f"{MANAGER}/Project"))
PREFIX = f"//{MANAGER}/"
STATES = ("ACTIVE", "DELETE_REQUESTED", "DELETE_IN_PROGRESS")


@collector(permissions=(CONTAINERS,))
def containers(survey: EstateSurvey) -> Iterator[Container]:
    """Every project with its folders and organization, and whether it is looked at.

    Raises `InventoryError` at the end when the scope itself is not among them: who is not shown that is shown nothing.
    """
    told = survey.told()
    seen: set[str] = set()
    for found in survey.assets(CONTAINERS):
        asset = Asset(found)
        each = _container(asset, told.include, told.exclude)
        seen |= _names(asset)
        yield each
    if told.scope not in seen:
        raise InventoryError(
            f"the inventory does not show {told.scope} itself, so nobody knows what else is hidden", MALFORMED
        )


def _container(asset: Asset, include: ProjectFilter, exclude: ProjectFilter) -> Container:
    kind: Literal["organization", "folder", "project"] = "project"
    if asset.type.endswith("/Organization"):
        kind = "organization"
    elif asset.type.endswith("/Folder"):
        kind = "folder"
    name = asset.text("projectId") if kind == "project" else asset.text("displayName")
    state = _state(asset)
    labels = asset.labels()
    left_out = _left_out({*_names(asset), *asset.ancestors}, labels, include, exclude) if kind == "project" else ""
    if isinstance(state, str) and state != "ACTIVE":
        left_out = f"its state is {state}"
    looked_at: Any = state if isinstance(state, Unobserved) and not left_out else not left_out
    return Container(
        id=_number(asset),
        type=kind,
        name=name,
        state=state,
        above=asset.ancestors[1:],
        labels=labels,
        customer=_customer(asset) if kind == "organization" else "",
        looked_at=looked_at,
        left_out=left_out,
    )


def _number(asset: Asset) -> str:
    return asset.ancestors[0] if asset.ancestors else asset.name.removeprefix(PREFIX)


def _names(asset: Asset) -> set[str]:
    """What the configuration may call a container: by its number, and a project by its id as well."""
    return {_number(asset), f"projects/{asset.members.get('projectId')}"}


def _state(asset: Asset) -> Any:
    """`lifecycleState` in version 1 of the API, `state` in version 3."""
    return asset.choice("lifecycleState" if "lifecycleState" in asset.members else "state", STATES)


def _customer(asset: Asset) -> Any:
    """Version 1 of the API has it in `owner`."""
    return asset.text("directoryCustomerId" if "directoryCustomerId" in asset.members else "owner.directoryCustomerId")


def _left_out(names: Collection[str], labels: Mapping[str, str], include: ProjectFilter, exclude: ProjectFilter) -> str:
    if _has(exclude, names, labels):
        return "excluded by the configuration"
    if not include.empty and not _has(include, names, labels):
        return "not included by the configuration"
    return ""


def _has(chosen: ProjectFilter, names: Collection[str], labels: Mapping[str, str]) -> bool:
    known = labels if isinstance(labels, Mapping) else {}
    return bool({*chosen.projects, *chosen.folders} & {*names}) or any(
        known.get(name) == value for name, value in chosen.labels.items()
    )
