"""Services of Cloud Run and functions, topics of Pub/Sub, repositories of Artifact Registry, Memorystore for Redis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from collectors.gcp.asking import RESOURCE, Listing
from collectors.gcp.reading import Asset
from collectors.gcp.source import Estate
from core.plugins import collector
from core.resource import Unobserved, unobserved
from core.resources.gcp.applications import Cache, Endpoint, Repository, Topic

ENDPOINTS = Listing(RESOURCE, ("run.googleapis.com/Service", "cloudfunctions.googleapis.com/Function"))
TOPICS = Listing(RESOURCE, ("pubsub.googleapis.com/Topic",))
REPOSITORIES = Listing(RESOURCE, ("artifactregistry.googleapis.com/Repository",))
CACHES = Listing(RESOURCE, ("redis.googleapis.com/Instance",))
EVERYWHERE, BALANCED, INSIDE = "everywhere", "load balancers", "inside"
ANNOTATED = {"all": EVERYWHERE, "internal-and-cloud-load-balancing": BALANCED, "internal": INSIDE}
"""Version 1 of Cloud Run says it in annotations (https://cloud.google.com/run/docs/reference/yaml/v1)."""
INGRESS = {
    "INGRESS_TRAFFIC_ALL": EVERYWHERE,
    "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER": BALANCED,
    "INGRESS_TRAFFIC_INTERNAL_ONLY": INSIDE,
    "INGRESS_TRAFFIC_NONE": INSIDE,
}
"""Version 2 in a member (https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.services)."""
SETTINGS = {"ALLOW_ALL": EVERYWHERE, "ALLOW_INTERNAL_AND_GCLB": BALANCED, "ALLOW_INTERNAL_ONLY": INSIDE}
"""https://cloud.google.com/functions/docs/reference/rest/v2/projects.locations.functions"""
SCANNED = {"SCANNING_ACTIVE": True, "SCANNING_DISABLED": False, "SCANNING_UNSUPPORTED": None}
ENCRYPTED, PLAIN = "SERVER_AUTHENTICATION", "DISABLED"


@collector(permissions=(ENDPOINTS,))
def endpoints(estate: Estate) -> Iterator[Endpoint]:
    """Every service of Cloud Run and every function. Requests are let through from everywhere, and IAM is asked, unless
    somebody said otherwise (https://cloud.google.com/run/docs/securing/ingress)."""
    for asset in map(Asset, estate.assets(ENDPOINTS)):
        function = asset.type.endswith("/Function")
        yield Endpoint(
            id=asset.name,
            container=asset.container,
            name=asset.short,
            reached_from=_word(asset.text("serviceConfig.ingressSettings"), SETTINGS) if function else _reached(asset),
            asks_who_calls=True if function else _asks(asset),
        )


def _annotations(asset: Asset) -> Any:
    """Those of version 1, whose names have dots; `None` in version 2, which has members in their place."""
    metadata = asset.members.get("metadata")
    if not isinstance(metadata, Mapping):
        return None
    found = metadata.get("annotations", {})
    return found if isinstance(found, Mapping) else unobserved("the inventory shows annotations that are none")


def _reached(asset: Asset) -> Any:
    annotations = _annotations(asset)
    if annotations is None:
        return _word(asset.text("ingress"), INGRESS)
    if not isinstance(annotations, Mapping) or asset.cut_off:
        return unobserved("the inventory does not show all annotations")
    return _word(annotations.get("run.googleapis.com/ingress", "all"), ANNOTATED)


def _asks(asset: Asset) -> Any:
    annotations = _annotations(asset)
    if annotations is None:
        if "ingress" not in asset.members:
            return unobserved("the inventory does not say how the service is called")
        off: Any = asset.flag("invokerIamDisabled", False)  # JSON leaves it out when it is false
        return not off if isinstance(off, bool) else off
    if not isinstance(annotations, Mapping) or asset.cut_off:
        return unobserved("the inventory does not show all annotations")
    return str(annotations.get("run.googleapis.com/invoker-iam-disabled", "false")).lower() != "true"


def _word(said: Any, words: Mapping[str, str]) -> Any:
    """What a word means; another one is unobserved, and so is what was not said."""
    if isinstance(said, Unobserved):
        return said
    if not isinstance(said, str):
        return unobserved("a word is none")
    return words[said] if said in words else unobserved(f"nobody here knows what {said:.60} means")


@collector(permissions=(TOPICS,))
def topics(estate: Estate) -> Iterator[Topic]:
    """Every topic. Without `kmsKeyName` its messages are encrypted with keys of Google.

    https://cloud.google.com/pubsub/docs/reference/rest/v1/projects.topics
    """
    for asset in map(Asset, estate.assets(TOPICS)):
        yield Topic(id=asset.name, container=asset.container, name=asset.short, key=asset.text("kmsKeyName", ""))


@collector(permissions=(REPOSITORIES,))
def repositories(estate: Estate) -> Iterator[Repository]:
    """Every repository, with whether it is scanned after what it says itself and what its project has switched on.

    https://cloud.google.com/artifact-registry/docs/reference/rest/v1/projects.locations.repositories
    """
    for asset in map(Asset, estate.assets(REPOSITORIES)):
        state = asset.choice("vulnerabilityScanningConfig.enablementState", SCANNED)
        yield Repository(
            id=asset.name,
            container=asset.container,
            name=asset.short,
            format=asset.text("format"),
            scanned=SCANNED[state] if isinstance(state, str) else state,
        )


@collector(permissions=(CACHES,))
def caches(estate: Estate) -> Iterator[Cache]:
    """Every instance. Its reference says that neither a password nor TLS is wanted where nothing is said.

    https://cloud.google.com/memorystore/docs/redis/reference/rest/v1/projects.locations.instances
    """
    for asset in map(Asset, estate.assets(CACHES)):
        mode = asset.choice("transitEncryptionMode", (ENCRYPTED, PLAIN), PLAIN)
        yield Cache(
            id=asset.name,
            container=asset.container,
            name=asset.short,
            password=asset.flag("authEnabled", False),
            tls=mode == ENCRYPTED if isinstance(mode, str) else mode,
            key=asset.text("customerManagedKey", ""),
        )
