"""Services of Azure that programs call: queues of messages, artificial intelligence, search, configuration."""

from __future__ import annotations

from core.resource import Resource, resource


@resource("azure_called_service")
class CalledService(Resource):
    """A service that programs call over the network, and where they show an identity or a key. All such services are
    asked the same; what one of them has no word for is `None`."""

    id: str
    name: str
    location: str
    subscription: str
    type: str
    """`microsoft.servicebus/namespaces`, …, in lower case."""
    keys_work: bool
    """Whoever has one of its keys may do what the key is for."""
    minimum_tls: str | None
    public: bool
    """Its address answers the internet at all (`publicNetworkAccess`)."""
    default_action: str
    """What happens to networks that no rule names: `Allow` or `Deny`."""
    ranges: tuple[str, ...]
    """Addresses, and ranges of them, that rules let in."""
