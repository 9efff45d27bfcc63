"""The connections to AWS: one pool for all clients, and the authorities' certificates read once.

A client of botocore brings a pool of its own, and reads the certificates of some 140 authorities again for each
connection: with TLS that is the most that clients cost, a megabyte each, and more time than a call takes.
"""

from __future__ import annotations

import ssl
from collections.abc import Hashable
from typing import Any, Self

from botocore.exceptions import SSLError
from botocore.httpsession import URLLib3Session, get_cert_path

HOSTS = 64
"""Hosts to which connections are kept open. Who looks at 17 regions asks over a thousand, and a process may usually
have 1,024 files open."""
CONNECTIONS = 64
"""Connections to one host that are kept open: as many as units and their helpers may use at once."""
CONNECT_SECONDS, READ_SECONDS = 10, 30


class Connections:
    """What clients send with. Those that verify and are proxied alike share one pool."""

    def __init__(self) -> None:
        self._shared: dict[Hashable, URLLib3Session] = {}

    def serve(self, client: Any) -> None:
        """Have a client send through here instead of through a pool of its own.

        Raises `SSLError` when the certificates of the authorities cannot be read.
        """
        endpoint = client._endpoint  # noqa: SLF001 - the SDK has no other way in
        own = endpoint.http_session
        alike = (own._verify, *sorted(own._proxy_config._proxies.items()))  # noqa: SLF001 - as above
        if alike not in self._shared:
            try:
                self._shared[alike] = _ManyHosts(own)
            except OSError as error:
                raise SSLError(endpoint_url=client.meta.endpoint_url, error=error) from error
        endpoint.http_session = self._shared[alike]

    def close(self) -> None:
        """Let go of all connections."""
        for each in self._shared.values():
            each.close()


class _ManyHosts(URLLib3Session):
    """botocore's own way to send, to many hosts."""

    def __init__(self, own: Any) -> None:
        self._context = _ReadOnce(own._verify)  # noqa: SLF001 - as above
        like: Any = {"verify": own._verify, "proxies": own._proxy_config._proxies}  # noqa: SLF001 - as above
        seconds: Any = (CONNECT_SECONDS, READ_SECONDS)  # the stubs know one number only
        super().__init__(timeout=seconds, max_pool_connections=CONNECTIONS, **like)

    def _get_pool_manager_kwargs(self, **more: Any) -> dict[str, Any]:
        own: Any = super()
        return {**own._get_pool_manager_kwargs(**more), "num_pools": HOSTS}  # noqa: SLF001 - its own

    def _get_ssl_context(self) -> ssl.SSLContext:
        return self._context


class _ReadOnce(ssl.SSLContext):
    """How TLS is spoken, settled when it is made: `verify` names a file with authorities, or is true for the SDK's own.

    urllib3 settles it again for each connection, while other threads read it.
    """

    def __new__(cls, _verify: Any) -> Self:
        return super().__new__(cls, ssl.PROTOCOL_TLS_CLIENT)

    def __init__(self, verify: Any) -> None:
        self.minimum_version = ssl.TLSVersion.TLSv1_2
        super().load_verify_locations(get_cert_path(verify))
        super().set_alpn_protocols(["http/1.1"])

    def load_verify_locations(self, *_: object, **__: object) -> None:
        """They are known."""

    def set_alpn_protocols(self, *_: object) -> None:
        """They are known."""
