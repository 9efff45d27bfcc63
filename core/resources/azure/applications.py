"""What runs programs of ours without machines of ours: App Service, Kubernetes, and registries of images."""

from __future__ import annotations

from core.resource import Resource, resource


@resource("azure_web_app")
class WebApp(Resource):
    """A web app or a function app, or a deployment slot of one, whose name is then `app/slot`."""

    id: str
    name: str
    location: str
    subscription: str
    functions: bool
    """It is a function app."""
    https_only: bool
    minimum_tls: str
    minimum_tls_of_tools: str
    """Of the site beside it by which programs are brought and looked into (`scm`)."""
    ftp: str
    """`AllAllowed`, `FtpsOnly`, `Disabled`."""
    debugged_remotely: bool
    has_identity: bool
    """Azure gives it an identity by which it can sign in elsewhere without a password."""
    passwords: tuple[str, ...]
    """What takes publishing passwords: `ftp`, `scm`."""


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
    private: bool
    """Its API has no address on the internet."""
    ranges: tuple[str, ...]
    """Addresses that may ask its API; where there are none, everybody may."""
    network_policy: str
    """What keeps programs in it apart: `azure`, `calico`, `cilium`, `none`."""
    upgrades: str
    """Which new versions it takes by itself: `rapid`, `stable`, `patch`, `node-image`, `none`."""
    watched: bool
    """Defender for Cloud watches what happens in it."""
    our_key: bool
    """Its secrets are encrypted with a key of a vault of ours, once more than its disks."""
    public_pools: tuple[str, ...]
    """The pools whose nodes have addresses on the internet."""


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
    public: bool
    """Its address answers the internet at all (`publicNetworkAccess`)."""
    default_action: str
    """What happens to networks that no rule names: `Allow` or `Deny`."""
    ranges: tuple[str, ...]
    """Addresses, and ranges of them, that rules let in."""
