"""Load balancers: where they end TLS, with what, and what they log. https://cloud.google.com/compute/docs/reference/rest/v1"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from collectors.gcp.asking import RESOURCE, Listing
from collectors.gcp.reading import Asset
from collectors.gcp.source import Estate
from core.plugins import collector
from core.resources.gcp.compute import BackendService, Certificate, TlsPolicy, TlsProxy

POLICIES = Listing(RESOURCE, ("compute.googleapis.com/SslPolicy",))
PROXIES = Listing(RESOURCE, ("compute.googleapis.com/TargetHttpsProxy", "compute.googleapis.com/TargetSslProxy"))
CERTIFICATES = Listing(
    RESOURCE, ("compute.googleapis.com/SslCertificate", "certificatemanager.googleapis.com/Certificate")
)
BACKENDS = Listing(RESOURCE, ("compute.googleapis.com/BackendService", "compute.googleapis.com/RegionBackendService"))
PROTOCOLS = ("HTTP", "HTTPS", "HTTP2", "H2C", "GRPC", "TCP", "SSL", "UDP", "UNSPECIFIED")
VERSIONS = ("TLS_1_0", "TLS_1_1", "TLS_1_2", "TLS_1_3")


@collector(permissions=(POLICIES,))
def tls_policies(estate: Estate) -> Iterator[TlsPolicy]:
    """Every SSL policy."""
    for asset in map(Asset, estate.assets(POLICIES)):
        yield TlsPolicy(
            id=asset.name,
            container=asset.container,
            name=asset.text("name"),
            link=_link(asset.text("selfLink")),
            minimum=asset.choice("minTlsVersion", VERSIONS),
            profile=asset.text("profile"),
            features=asset.texts("enabledFeatures"),
        )


@collector(permissions=(PROXIES,))
def tls_proxies(estate: Estate) -> Iterator[TlsProxy]:
    """Every proxy that ends TLS. One without `sslPolicy` has none.

    https://cloud.google.com/compute/docs/reference/rest/v1/targetHttpsProxies
    """
    for asset in map(Asset, estate.assets(PROXIES)):
        yield TlsProxy(
            id=asset.name, container=asset.container, name=asset.text("name"), policy=_link(asset.text("sslPolicy", ""))
        )


def _link(address: Any) -> Any:
    """`projects/…` of an address, which says the same in every version of the API."""
    return (address.partition("/projects/")[2] or address) if isinstance(address, str) else address


@collector(permissions=(CERTIFICATES,))
def certificates(estate: Estate) -> Iterator[Certificate]:
    """Certificates of load balancers, of both services that keep them.

    One that Google still waits to issue has no end: /certificate-manager/docs/reference/certificate-manager/rest
    """
    for asset in map(Asset, estate.assets(CERTIFICATES)):
        managed = "managed" in asset.members or asset.members.get("type") == "MANAGED"
        yield Certificate(
            id=asset.name,
            container=asset.container,
            name=asset.short,
            managed=managed,
            expires=_expires(asset, managed=managed),
        )


def _expires(asset: Asset, *, managed: bool) -> Any:
    return asset.time("expireTime", None) if managed else asset.time("expireTime")


@collector(permissions=(BACKENDS,))
def backend_services(estate: Estate) -> Iterator[BackendService]:
    """Every backend service. Without `logConfig.enable` nothing is logged, and with a rate of 0.

    https://cloud.google.com/compute/docs/reference/rest/v1/backendServices
    """
    for asset in map(Asset, estate.assets(BACKENDS)):
        on = asset.flag("logConfig.enable", False)
        yield BackendService(
            id=asset.name,
            container=asset.container,
            name=asset.text("name"),
            scheme=asset.text("loadBalancingScheme"),
            protocol=asset.choice("protocol", PROTOCOLS),
            logs=asset.sampled("logConfig.sampleRate") if on is True else on,
        )
