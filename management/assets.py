"""The inventory of assets (A.5.9, A.5.12), made of what collectors saw: who owns each, how it is classified, what for.

Nobody keeps it by hand, so it is as new as the last look; what it cannot say it says so. Where tags could not be looked
at, an asset is not without an owner: nobody knows.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from core.management.organization import Organization
from core.model import Evidence
from core.resource import NotObservedError
from core.resources.aws.inventory import LabelledResource
from core.resources.azure.inventory import AzureResource
from core.resources.host.inventory import ListedHost
from evidence_store.questions.events import organization
from evidence_store.questions.queries import latest_evidence
from management.sealing import Desk
from mappings.assets import PART, asset_class
from runs.organization_settings import AssetRuleSettings, AssetSettings
from runs.plugins import resource_kinds
from runs.selection import matches

LABELLED, LISTED, SYSTEM = ("aws_labelled_resource", "azure_resource"), "host_listed", "host_system"
"""The kinds that tell of tags, hosts that an inventory lists, and hosts that somebody looked at."""
EVERYTHING = "azure_resource"
"""Lists also what other kinds tell of: an asset only where none does, and where it is no part of another resource."""
COLUMNS = (
    *("kind", "class", "id", "source", "scope"),
    *("owner", "owner_known", "classification", "classification_known", "environment", "environment_known"),
    *("because", "blind", "seen"),
)
"""Of the exported table."""


class Known(StrEnum):
    """Whether something is said of an asset."""

    STATED = "stated"
    MISSING = "missing"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One asset. An empty text is `missing` where everything was looked at that could say it, else it is `unknown`:
    `blind` says why. `because` says where what is known comes from."""

    kind: str
    class_: str
    id: str
    source: str
    scope: str
    owner: str
    classification: str
    environment: str
    because: tuple[str, ...]
    seen: str
    blind: str = ""

    def known(self, what: str) -> Known:
        """Whether its `owner`, `classification` or `environment` is known."""
        if getattr(self, what):
            return Known.STATED
        return Known.UNKNOWN if self.blind else Known.MISSING


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """All assets, by source and kind; `gaps` are places where there may be more that nobody could see."""

    assets: tuple[Asset, ...]
    gaps: tuple[str, ...]

    def count(self, what: str, known: Known) -> int:
        """Of how many assets something is stated, missing or unknown."""
        return sum(each.known(what) is known for each in self.assets)

    @property
    def classes(self) -> Mapping[str, int]:
        """How many assets there are of each class."""
        return Counter(each.class_ for each in self.assets)


@dataclass(frozen=True, slots=True)
class _Tags:
    """What tags say in one source: by the id of a resource, in lower case. `blind` says why some are not known."""

    by_id: Mapping[str, Mapping[str, str]]
    blind: str


def inventory(desk: Desk) -> Inventory:
    """The assets as they were seen last. Raises `BrokenSealError`."""
    every = {**resource_kinds(), LISTED: ListedHost}  # which a survey brings home, and no collector
    kinds = {kind: model for kind, model in every.items() if kind in LABELLED or asset_class(kind) != PART}
    with desk.store.reading() as connection:
        stated = organization(desk.store, connection)
        evidence = [placed.evidence for placed in latest_evidence(desk.store, connection, kinds)]
    return made_of(evidence, desk.configuration.assets, stated.said if stated else None)


def made_of(evidence: Sequence[Evidence], settings: AssetSettings, stated: Organization | None) -> Inventory:
    """The inventory that populations make."""
    tags, groups = _tags(evidence), _groups(evidence)
    hosts = {each.source.rpartition("/")[2] for each in evidence if each.kind == SYSTEM and each.resources}
    told = {(each.source, one.id) for each in evidence if each.kind != EVERYTHING for one in each.resources}
    found: dict[tuple[str, str, str], Asset] = {}
    for each in evidence:
        class_ = asset_class(each.kind)
        if class_ == PART:
            continue
        for resource in each.resources:
            if each.kind == LISTED and resource.id in hosts:
                continue  # somebody looked at the host itself
            if each.kind == EVERYTHING and ((each.source, resource.id) in told or _is_part(resource)):
                continue
            asset = _asset(each, class_, resource, tags.get(each.source), groups, settings, stated)
            found[each.source, each.kind, asset.id] = asset
    gaps = sorted(
        f"{each.source} {each.scope} {each.kind}: {gap.reason}".replace("  ", " ")
        for each in evidence
        if asset_class(each.kind) != PART or each.kind in LABELLED
        for gap in each.gaps
    )
    return Inventory(assets=tuple(found[key] for key in sorted(found)), gaps=tuple(dict.fromkeys(gaps)))


def _is_part(resource: Any) -> bool:
    """Whether what Azure lists is a part of another resource, as its id says: `…/virtualmachines/web/extensions/x`."""
    return isinstance(resource, AzureResource) and bool(resource.part_of)


def _asset(
    evidence: Evidence,
    class_: str,
    resource: Any,
    tags: _Tags | None,
    groups: Mapping[str, tuple[str, ...]],
    settings: AssetSettings,
    stated: Organization | None,
) -> Asset:
    labels, blind = _labels(resource, tags)
    mine = (*groups.get(resource.id, ()), *groups.get(evidence.source.rpartition("/")[2], ()))
    rules = [
        (number, rule)
        for number, rule in enumerate(settings.rules, start=1)
        if _means(rule, evidence, str(resource.id), mine)
    ]
    because = []

    def say(what: str, wanted: Iterable[str]) -> str:
        for tag in wanted:
            if value := labels.get(tag.casefold()):
                because.append(f"{what}: tag {tag}")
                return value
        for number, rule in rules:
            if value := str(getattr(rule, what)):
                because.append(f"{what}: rule {number}")
                return value
        return ""

    owner = say("owner", settings.owner_tags)
    if not owner and stated and (owner := stated.owner_of_source(evidence.source)):
        because.append("owner: owner of the source")
    return Asset(
        kind=evidence.kind,
        class_=class_,
        id=resource.id,
        source=evidence.source,
        scope=evidence.scope,
        owner=owner,
        classification=say("classification", settings.classification_tags),
        environment=say("environment", settings.environment_tags),
        because=tuple(because),
        seen=f"{evidence.collected_at:%Y-%m-%dT%H:%M:%SZ}",
        blind=blind,
    )


def _labels(resource: Any, tags: _Tags | None) -> tuple[Mapping[str, str], str]:
    """The labels of a resource, in lower case: its own (Google Cloud), or those that a kind of labels tells of it."""
    try:
        own = getattr(resource, "labels", None)
    except NotObservedError as error:
        return {}, str(error)
    if isinstance(own, Mapping):
        return {key.casefold(): str(value) for key, value in own.items()}, ""
    return (tags.by_id.get(resource.id, {}), tags.blind) if tags else ({}, "")


def _means(rule: AssetRuleSettings, evidence: Evidence, name: str, groups: Sequence[str]) -> bool:
    asked = (
        (rule.kinds, (evidence.kind,)),
        (rule.sources, (evidence.source,)),
        (rule.resources, (name,)),
        (rule.groups, groups),
    )
    return all(
        not wanted or any(matches(each, pattern) for each in names for pattern in wanted) for wanted, names in asked
    )


def _tags(evidence: Iterable[Evidence]) -> dict[str, _Tags]:
    """By source. A name that is the end of one ARN alone means that resource; one that ends several means none."""
    found: dict[str, dict[str, Mapping[str, str]]] = defaultdict(dict)
    ends: dict[str, dict[str, list[Mapping[str, str]]]] = defaultdict(lambda: defaultdict(list))
    blind: dict[str, str] = {}
    for each in evidence:
        if each.kind not in LABELLED:
            continue
        found.setdefault(each.source, {})
        for gap in each.gaps:
            blind[each.source] = f"tags in {each.scope or each.source} could not be looked at: {gap.reason}"
        for resource in each.resources:
            if not isinstance(resource, LabelledResource | AzureResource):
                continue
            try:
                tags = {key.casefold(): value for key, value in resource.tags.items()}
            except NotObservedError as error:
                blind[each.source] = str(error)
                continue
            found[each.source][resource.id] = tags
            if isinstance(resource, AzureResource):
                continue  # others call it by the same whole id
            rest = resource.id.split(":", 5)[-1]
            for end in {rest, rest.partition("/")[2], rest.rpartition("/")[2], rest.rpartition(":")[2]} - {""}:
                ends[each.source][end].append(tags)
    for source, by_end in ends.items():
        found[source] |= {end: tags[0] for end, tags in by_end.items() if len(tags) == 1}
    return {source: _Tags(by_id, blind.get(source, "")) for source, by_id in found.items()}


def _groups(evidence: Iterable[Evidence]) -> dict[str, tuple[str, ...]]:
    """The groups of hosts, by the name of the host in its inventory."""
    found: dict[str, tuple[str, ...]] = {}
    for each in evidence:
        for resource in each.resources:
            if isinstance(resource, ListedHost):
                found[resource.id] = resource.groups
    return found


def row(asset: Asset) -> dict[str, str]:
    """An asset flat, for JSON and spreadsheets; what is not known says whether anybody could tell."""
    texts = {what: getattr(asset, what) for what in ("kind", "id", "source", "scope", "seen")}
    return {
        **texts,
        "class": asset.class_,
        **{what: getattr(asset, what) for what in ("owner", "classification", "environment")},
        **{f"{what}_known": asset.known(what).value for what in ("owner", "classification", "environment")},
        "because": "; ".join(asset.because),
        "blind": asset.blind,
    }
