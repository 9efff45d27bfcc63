"""Clients of AWS services: one for each service and region, shared by all accounts, because making one costs far more
than a call.

Who signs a request is not the client's: it is whoever acts in this context (`acting_as`). Each request passes the hooks
of `asking.py`, which let through only what is being asked, and mask the answer before botocore parses it.
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
from botocore.session import Session
from botocore.utils import parse_timestamp

from collectors.aws.connections import CONNECT_SECONDS, CONNECTIONS, READ_SECONDS, Connections
from collectors.aws.customizations import Emitter, customized
from collectors.aws.models import loader_of, shared_loader
from collectors.aws.operations import Read
from core import __version__


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
        hooks: Callable[[Emitter], None],
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
        self._emitters: dict[str, Emitter] = {}
        self._first: dict[str, Any] = {}
        self._connections = Connections()

    def client(self, service: str, region: str) -> Any:
        """The client of a service in a region, made when it is first asked for. Raises what botocore raises."""
        found = self._found.get((service, region))
        if found is None:
            with self._making:
                found = self._found.get((service, region)) or self._make(service, region)
                self._found[service, region] = found
        return found

    def home_credentials(self, region: str) -> Signer:
        """The credentials that the SDK's own chain finds: profile, SSO, instance or container role, web identity.

        What the chain asks to get them (in `region`, where the configuration names none) it asks through clients of its
        own. Raises `NoCredentialsError`, or what the chain raises.
        """
        with self._making:
            if self._resolver is None:
                own = Session(profile=self._profile or None)
                own.register_component("data_loader", shared_loader())
                self._resolver = create_credential_resolver(own, region_name=self.home_region() or region)
            credentials: Signer | None = self._resolver.load_credentials()
        if credentials is None:
            raise NoCredentialsError
        return credentials

    def home_region(self) -> str:
        """The region that the profile or the environment names; empty when none does."""
        return str(self.session().get_config_variable("region") or os.environ.get("AWS_REGION", ""))

    def session(self) -> Session:
        """The one session of these clients."""
        with self._making:
            if self._session is None:
                self._session = _new_session(self._profile, self._reads, replayed=self._replayed)
                self._session.register_component("credential_provider", _OneProvider())
            return self._session

    def close(self) -> None:
        """Let go of all connections, and of what the SDK knows about services: judging needs the room."""
        with self._making:
            self._connections.close()
            self._found.clear()
            self._first.clear()
            self._emitters.clear()
            self._session = self._resolver = None
            loader_of.cache_clear()

    def _make(self, service: str, region: str) -> Any:
        session = self.session()
        if service not in self._emitters:
            known = session.get_service_model(service).service_id.hyphenize()
            self._emitters[service] = customized(known, {r.operation for r in self._reads if r.service == service})
            self._hooks(self._emitters[service])
        session.register_component("event_emitter", self._emitters[service])
        client = session.create_client(service, region_name=region, config=_configuration(self._replayed))
        self._connections.serve(client)
        _share(self._first.setdefault(service, client), client)
        return client


def _new_session(profile: str, reads: frozenset[Read], *, replayed: bool) -> Session:
    nothing = {
        name: (None, None, value, None)
        for name, value in (("profile", None), ("config_file", os.devnull), ("credentials_file", os.devnull))
    }
    session = Session(
        session_vars=nothing if replayed else None, include_builtin_handlers=False, profile=profile or None
    )
    session.register_component("data_loader", loader_of(reads) if reads else shared_loader())
    session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=read_timestamp)
    return session


def _share(first: Any, client: Any) -> None:
    """Have a client know its service by the same model as the one in the first region: each would keep its own."""
    model, rules = first.meta.service_model, first._ruleset_resolver  # noqa: SLF001 - the SDK has no other way in
    client.meta._service_model = model  # noqa: SLF001 - as above
    client._ruleset_resolver._service_model = model  # noqa: SLF001 - as above
    client._ruleset_resolver._provider = rules._provider  # noqa: SLF001 - as above


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
