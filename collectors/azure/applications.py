"""App Service by Resource Manager; Kubernetes clusters and registries of images from Resource Graph."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.azure.operations import Query, Read
from collectors.azure.parts import part_of
from collectors.azure.reading import Answer
from collectors.azure.rows import itself
from collectors.azure.source import AzureSubscription, AzureTenant
from core.plugins import collector
from core.resources.azure.applications import ContainerRegistry, KubernetesCluster, WebApp

WEB_VERSION = "2023-12-01"
SITES = Read("{scope}/providers/Microsoft.Web/sites", WEB_VERSION, "Microsoft.Web/sites/read")
CONFIGURATION = Read("{scope}/config/web", WEB_VERSION, "Microsoft.Web/sites/config/read")
CLUSTERS = Query(
    "microsoft.containerservice/managedclusters",
    "Microsoft.ContainerService/managedClusters/read",
    {
        "roles": "properties.enableRBAC",
        "no_local_accounts": "properties.disableLocalAccounts",
        "managed": "properties.aadProfile.managed",
    },
)
REGISTRIES = Query(
    "microsoft.containerregistry/registries",
    "Microsoft.ContainerRegistry/registries/read",
    {"administrator": "properties.adminUserEnabled", "anonymous": "properties.anonymousPullEnabled"},
)


@collector(permissions=(SITES, CONFIGURATION))
def web_apps(subscription: AzureSubscription) -> Iterator[WebApp]:
    """Every web app and function app, and how it may be reached."""
    yield from subscription.each(lambda each: _web_app(subscription, each), subscription.listed(SITES))


@collector(permissions=(CLUSTERS,))
def clusters(tenant: AzureTenant) -> Iterator[KubernetesCluster]:
    """Every cluster of AKS, and how people sign in there."""
    for row in tenant.rows(CLUSTERS):
        yield KubernetesCluster(
            **itself(row),
            roles=row.flag("roles"),
            local_accounts=part_of(row.flag("no_local_accounts", absent=False), lambda disabled: not disabled),
            managed_sign_in=row.flag("managed", absent=False),
        )


@collector(permissions=(REGISTRIES,))
def registries(tenant: AzureTenant) -> Iterator[ContainerRegistry]:
    """Every registry of container images."""
    for row in tenant.rows(REGISTRIES):
        yield ContainerRegistry(
            **itself(row),
            shared_administrator=row.flag("administrator"),
            anonymous_pull=row.flag("anonymous"),
        )


def _web_app(subscription: AzureSubscription, found: Answer) -> WebApp:
    said = subscription.look(lambda: subscription.ask(CONFIGURATION, found.must("id")))
    return WebApp(
        **itself(found),
        https_only=found.flag("properties.httpsOnly", absent=False),
        minimum_tls=part_of(said, lambda web: web.text("properties.minTlsVersion")),
        ftp=part_of(said, lambda web: web.text("properties.ftpsState")),
    )
