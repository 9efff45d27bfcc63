"""Clients of AWS services: one for each service and region, shared by all accounts, because making one costs far more
than a call.

Who signs a request is not the client's: it is whoever acts in this context (`acting_as`). Each request passes the hooks
of `exchanges.py`, which let through only what is being asked, and mask the answer before botocore parses it.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any, Protocol

from botocore.config import Config
from botocore.credentials import Credentials, ReadOnlyCredentials, create_credential_resolver
from botocore.exceptions import NoCredentialsError
from botocore.loaders import Loader
from botocore.session import Session
from botocore.utils import parse_timestamp

from collectors.aws.models import loader_of, shared_loader
from collectors.aws.operations import Read
from core import __version__

CONNECTIONS = 64
"""Connections that one client keeps open: as many as units and their helpers may use at once."""
CONNECT_SECONDS, READ_SECONDS = 10, 30


class Signer(Protocol):
    """Who acts: botocore's credentials are one, and so is a role that is assumed when it is first needed."""

    def get_frozen_credentials(self) -> ReadOnlyCredentials:
        """The keys to sign with. Raises what botocore raises when there are none."""


_acting: ContextVar[Signer | None] = ContextVar("signer", default=None)


@contextmanager
def acting_as(signer: Signer) -> Iterator[None]:
    """Sign what is asked in this context as `signer`."""
    token = _acting.set(signer)
    try:
        yield
    finally:
        _acting.reset(token)


class _WhoeverActs(Credentials):
    """Credentials that a client asks at each request, and that leave the answer to the context."""

    def __init__(self) -> None:
        super().__init__("context", "context", method="annexa")

    def get_frozen_credentials(self) -> ReadOnlyCredentials:
        signer = _acting.get()
        if signer is None:
            raise NoCredentialsError
        return signer.get_frozen_credentials()


class _OneProvider:
    """Stands where botocore looks for credentials: there are only those of the context."""

    def load_credentials(self) -> Credentials:
        return _WhoeverActs()


class Clients:
    """The clients of one profile, which know the operations `reads`, or all there are where none is given.

    Making this touches nothing; `client` reads the configuration files of AWS.
    """

    def __init__(
        self,
        profile: str = "",
        *,
        hooks: Callable[[Session], None],
        reads: Collection[Read] = (),
        replayed: bool = False,
    ) -> None:
        self._profile = profile
        self._reads = frozenset(reads)
        self._hooks = hooks
        self._replayed = replayed
        self._making = threading.RLock()
        self._session: Session | None = None
        self._resolver: Any = None
        self._found: dict[tuple[str, str], Any] = {}

    def client(self, service: str, region: str) -> Any:
        """The client of a service in a region, made when it is first asked for. Raises what botocore raises."""
        found = self._found.get((service, region))
        if found is None:
            with self._making:
                found = self._found.get((service, region)) or self._make(service, region)
                self._found[service, region] = found
        return found

    def home_credentials(self) -> Signer:
        """The credentials that the SDK's own chain finds: profile, SSO, instance or container role, web identity.

        Raises `NoCredentialsError`, or what the chain raises.
        """
        with self._making:
            self.session()
            credentials: Signer | None = self._resolver.load_credentials()
        if credentials is None:
            raise NoCredentialsError
        return credentials

    def home_region(self) -> str:
        """The region that the profile or the environment names; empty when none does."""
        return str(self.session().get_config_variable("region") or "")

    def session(self) -> Session:
        """The one session of these clients."""
        with self._making:
            if self._session is None:
                self._session = _new_session(self._profile, self._loader, replayed=self._replayed)
                self._resolver = create_credential_resolver(self._session)
                self._session.register_component("credential_provider", _OneProvider())
                self._hooks(self._session)
            return self._session

    def close(self) -> None:
        """Let go of all connections."""
        with self._making:
            for client in self._found.values():
                client.close()
            self._found.clear()

    @property
    def _loader(self) -> Loader:
        return loader_of(self._reads) if self._reads else shared_loader()

    def _make(self, service: str, region: str) -> Any:
        return self.session().create_client(service, region_name=region, config=_configuration(self._replayed))


def _new_session(profile: str, loader: Loader, *, replayed: bool) -> Session:
    nothing = {
        name: (None, None, value, None)
        for name, value in (("profile", None), ("config_file", os.devnull), ("credentials_file", os.devnull))
    }
    session = Session(session_vars=nothing if replayed else None, profile=profile or None)
    session.register_component("data_loader", loader)
    session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=read_timestamp)
    return session


def _configuration(replayed: bool) -> Config:
    return Config(
        retries={"total_max_attempts": 1, "mode": "standard"} if replayed else {"mode": "adaptive"},
        parameter_validation=False,  # it would cost as much as a small call; collectors pass literals
        user_agent=f"annexa/{__version__}",
        max_pool_connections=CONNECTIONS,
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        account_id_endpoint_mode="disabled",
        s3={"us_east_1_regional_endpoint": "regional"},
    )


def read_timestamp(value: Any) -> datetime:
    """A moment as AWS writes it. botocore's own reader takes most of the time of a listing; this one most often not."""
    if value.__class__ is str and value[-1:] == "Z":
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            pass
    moment: datetime = parse_timestamp(value)
    return moment
