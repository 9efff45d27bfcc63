"""Load balancers: classic ones, and those for applications, networks and gateways."""

from __future__ import annotations

from core.resource import Observed, Resource, part, resource


@part
class ClassicListener(Observed):
    """A port that a classic load balancer listens on."""

    port: int
    protocol: str
    """`HTTP`, `HTTPS`, `TCP`, `SSL`."""
    tls: tuple[str, ...]
    """The protocol versions that it accepts: `TLSv1.2`; empty without TLS."""


@resource("aws_classic_load_balancer")
class ClassicLoadBalancer(Resource):
    """A load balancer of the first generation. The id is its ARN, made of its name, which is its own in the region."""

    id: str
    name: str
    scheme: str
    """`internet-facing` or `internal`."""
    zones: tuple[str, ...]
    listeners: tuple[ClassicListener, ...]
    logs: bool
    desync: str
    """What becomes of requests that may smuggle another: `monitor`, `defensive`, `strictest`."""


@part
class Listener(Observed):
    """A port that a load balancer listens on."""

    port: int | None
    """`None` for gateways, which take all."""
    protocol: str
    """`HTTP`, `HTTPS`, `TCP`, `TLS`, `UDP`, `TCP_UDP`, `GENEVE`, `QUIC`, …"""
    policy: str
    """The security policy by name; empty without TLS."""
    tls: tuple[str, ...]
    """The protocol versions that the policy accepts."""
    serves_plain: bool
    """For HTTP: some rule answers with something else than a redirection to HTTPS."""


@resource("aws_load_balancer")
class LoadBalancer(Resource):
    """A load balancer of the second generation. The id is its ARN."""

    id: str
    name: str
    type: str
    """`application`, `network`, `gateway`."""
    scheme: str
    """`internet-facing` or `internal`; empty for gateways."""
    zones: tuple[str, ...]
    listeners: tuple[Listener, ...]
    is_protected: bool
    """It cannot be deleted before somebody takes the protection away."""
    logs: bool | None
    """Access logs; `None` for gateways, which have none."""
    drops_invalid_headers: bool | None
    """`None` for those that do not read HTTP."""
    desync: str | None
    """What becomes of requests that may smuggle another: `monitor`, `defensive`, `strictest`; `None` as above."""
