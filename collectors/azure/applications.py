"""App Service by Resource Manager; Kubernetes clusters and registries of images from Resource Graph."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

from collectors.azure.errors import MalformedAnswerError
from collectors.azure.logging import SITES, SLOTS
from collectors.azure.operations import Query, Read
from collectors.azure.parts import part_of
from collectors.azure.reading import Answer
from collectors.azure.rows import itself
from collectors.azure.source import AzureSubscription, AzureTenant
from core.plugins import collector
from core.resource import Unobserved, unobserved
from core.resources.azure.applications import ContainerRegistry, KubernetesCluster, WebApp

WEB_VERSION = "2023-12-01"
CONFIGURATION = Read("{scope}/config/web", WEB_VERSION, "Microsoft.Web/sites/config/read")
PASSWORDS = Read(
    "{scope}/basicPublishingCredentialsPolicies",
    WEB_VERSION,
    "Microsoft.Web/sites/basicPublishingCredentialsPolicies/read",
)
SLOT_CONFIGURATION = Read("{scope}/config/web", WEB_VERSION, "Microsoft.Web/sites/slots/config/read")
SLOT_PASSWORDS = Read(
    "{scope}/basicPublishingCredentialsPolicies",
    WEB_VERSION,
    "Microsoft.Web/sites/slots/basicPublishingCredentialsPolicies/read",
)
TOOLS = ("ftp", "scm")
"""By which programs are brought to an app: FTP, and the site of tools beside it."""
OF_SLOTS = (SLOTS, SLOT_CONFIGURATION, SLOT_PASSWORDS)
CLUSTERS = Query(
    "microsoft.containerservice/managedclusters",
    "Microsoft.ContainerService/managedClusters/read",
    {
        "roles": "properties.enableRBAC",
        "no_local_accounts": "properties.disableLocalAccounts",
        "managed": "properties.aadProfile.managed",
        "private": "properties.apiServerAccessProfile.enablePrivateCluster",
        "ranges": "properties.apiServerAccessProfile.authorizedIPRanges",
        "network_policy": "properties.networkProfile.networkPolicy",
        "upgrades": "properties.autoUpgradeProfile.upgradeChannel",
        "pools": "properties.agentPoolProfiles",
        "watched": "properties.securityProfile.defender.securityMonitoring.enabled",
        "our_key": "properties.securityProfile.azureKeyVaultKms.enabled",
    },
)
REGISTRIES = Query(
    "microsoft.containerregistry/registries",
    "Microsoft.ContainerRegistry/registries/read",
    {
        "administrator": "properties.adminUserEnabled",
        "anonymous": "properties.anonymousPullEnabled",
        "public": "properties.publicNetworkAccess",
        "default_action": "properties.networkRuleSet.defaultAction",
        "ip_rules": "properties.networkRuleSet.ipRules",
    },
)


@collector(permissions=(SITES, CONFIGURATION, PASSWORDS, *OF_SLOTS))
def web_apps(subscription: AzureSubscription) -> Iterator[WebApp]:
    """Every web app and function app with its deployment slots, each of which has a configuration of its own, and how
    it may be reached."""
    apps = list(subscription.listed(SITES))
    yield from subscription.each(lambda each: _web_app(subscription, each, CONFIGURATION, PASSWORDS), apps)
    slots = chain.from_iterable(subscription.each(lambda each: list(subscription.pages(SLOTS, each.must("id"))), apps))
    yield from subscription.each(lambda each: _web_app(subscription, each, SLOT_CONFIGURATION, SLOT_PASSWORDS), slots)


@collector(permissions=(CLUSTERS,))
def clusters(tenant: AzureTenant) -> Iterator[KubernetesCluster]:
    """Every cluster of AKS, and how people sign in there."""
    for row in tenant.rows(CLUSTERS):
        yield KubernetesCluster(
            **itself(row),
            roles=row.flag("roles"),
            local_accounts=part_of(row.flag("no_local_accounts", absent=False), lambda disabled: not disabled),
            managed_sign_in=row.flag("managed", absent=False),
            private=row.flag("private", absent=False),
            ranges=row.texts("ranges"),
            network_policy=row.text("network_policy", absent="none"),
            upgrades=row.text("upgrades", absent="none"),
            watched=row.flag("watched", absent=False),
            our_key=row.flag("our_key", absent=False),
            public_pools=_public_pools(row),
        )


@collector(permissions=(REGISTRIES,))
def registries(tenant: AzureTenant) -> Iterator[ContainerRegistry]:
    """Every registry of container images."""
    for row in tenant.rows(REGISTRIES):
        yield ContainerRegistry(
            **itself(row),
            shared_administrator=row.flag("administrator"),
            anonymous_pull=row.flag("anonymous"),
            public=row.switch("public", absent=True),
            default_action=row.text("default_action", absent="Allow"),
            ranges=row.each("ip_rules", lambda each: each.must("value")),
        )


def _public_pools(row: Answer) -> Any:
    """The pools whose nodes have addresses on the internet, and those of which Azure says neither yes nor no.
    Without a word they have none."""
    if not row.has("pools"):
        return unobserved("Azure does not say its pools")
    shown = row.each("pools", lambda each: (each.must("name"), each.flag("enableNodePublicIP", absent=False)))
    if isinstance(shown, Unobserved):
        return shown
    hidden = [public for _, public in shown if isinstance(public, Unobserved)]
    return hidden[0] if hidden else tuple(name for name, public in shown if public)


def _web_app(subscription: AzureSubscription, found: Answer, configuration: Read, passwords: Read) -> WebApp:
    app = found.must("id")
    said = subscription.look(lambda: subscription.ask(configuration, app))
    return WebApp(
        **itself(found),
        functions=part_of(found.text("kind", absent="app"), lambda kind: "functionapp" in kind.lower().split(",")),
        https_only=found.flag("properties.httpsOnly", absent=False),
        minimum_tls=part_of(said, lambda web: web.text("properties.minTlsVersion")),
        minimum_tls_of_tools=part_of(said, lambda web: web.text("properties.scmMinTlsVersion")),
        ftp=part_of(said, lambda web: web.text("properties.ftpsState")),
        debugged_remotely=part_of(said, lambda web: web.flag("properties.remoteDebuggingEnabled")),
        has_identity=str(found.value("identity.type") or "none").lower() != "none",
        passwords=subscription.look(lambda: _passwords(subscription.pages(passwords, app))),
    )


def _passwords(found: Iterator[Answer]) -> tuple[str, ...]:
    """What takes publishing passwords. Raises `MalformedAnswerError` where Azure does not say it of one."""
    said = {each.must("name").lower(): each.flag("properties.allow") for each in found}
    if not all(isinstance(said.get(each), bool) for each in TOOLS):
        raise MalformedAnswerError("the answer does not say which tools take publishing passwords")
    return tuple(each for each in TOOLS if said[each])
