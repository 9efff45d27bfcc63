"""What runs programs of ours without machines of ours: App Service, Kubernetes, and registries of images."""

from __future__ import annotations

from core.resource import Resource, resource


@resource("azure_web_app")
class WebApp(Resource):
    """A web app or a function app."""

    id: str
    name: str
    location: str
    subscription: str
    https_only: bool
    minimum_tls: str
    ftp: str
    """`AllAllowed`, `FtpsOnly`, `Disabled`."""


@resource("azure_kubernetes_cluster")
class KubernetesCluster(Resource):
    """A cluster of AKS."""

    id: str
    name: str
    location: str
    subscription: str
    roles: bool
    """Kubernetes' own role-based access control is on."""
    local_accounts: bool
    """There is an administrator whose certificate is no identity of the directory."""
    managed_sign_in: bool
    """People sign in with identities of the directory."""


@resource("azure_container_registry")
class ContainerRegistry(Resource):
    """A registry of container images."""

    id: str
    name: str
    location: str
    subscription: str
    shared_administrator: bool
    """There is one account with a password for everybody."""
    anonymous_pull: bool
    """Everybody may fetch its images."""
