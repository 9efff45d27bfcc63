"""One world for all tests of AWS: an estate, everything that the collectors see of it, and what the checks say."""

from __future__ import annotations

import os
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from typing import Any

from botocore.session import Session

import checks.aws
import collectors.aws
from collectors.aws.asking import install_hooks
from collectors.aws.clients import Clients
from collectors.aws.credentials import ASSUME, WHO, Home
from collectors.aws.customizations import Emitter
from collectors.aws.models import shared_loader
from collectors.aws.settings import Settings
from collectors.aws.survey import Way
from core.engine import Collected, assess, collect
from core.model import Evidence, Finding
from core.plugins import Check, Collector, discover
from core.source import Source, Survey
from tests.collectors.aws import estate
from tests.collectors.aws.server import Server, name_operations

AS_OF = datetime(2026, 11, 22, 17, tzinfo=UTC)
ACCOUNT = "123456789012"
"""moto's own account."""
REGIONS = ("us-east-1", "eu-west-1")
COLLECTORS = discover([collectors.aws], Collector)
CHECKS = discover([checks.aws], Check)

Unit = tuple[str, str]
"""Collector and scope."""


@dataclass(frozen=True)
class Maker:
    """What an estate is made with: clients of another account's owner, so to speak."""

    url: str
    regions: tuple[str, ...] = REGIONS
    account: str = ACCOUNT

    def client(self, service: str, region: str = REGIONS[0]) -> Any:
        return _client(self.url, service, region)


@cache
def _client(url: str, service: str, region: str) -> Any:
    return _session().create_client(
        service, region_name=region, endpoint_url=url, aws_access_key_id="testing", aws_secret_access_key="testing"
    )


@cache
def _session() -> Session:
    """One that reads models as fast as the collectors do: they are most of what clients cost."""
    session = Session()
    session.register_component("data_loader", shared_loader())
    return session


class World:
    """A server with an estate."""

    def __init__(self) -> None:
        self.server = Server()
        self.unpaged: dict[str, str] = {}
        self.settings: dict[str, dict[str, object]] = {}
        self.maker = Maker(self.server.url)
        for info in pkgutil.iter_modules(estate.__path__):
            module = import_module(f"{estate.__name__}.{info.name}")
            module.populate(self.maker)
            self.server.canned |= getattr(module, "ANSWERS", {})
            self.server.mended |= getattr(module, "MENDED", {})
            self.unpaged |= getattr(module, "UNPAGED", {})
            self.settings |= getattr(module, "SETTINGS", {})
        with self.environment():
            self.everything: Mapping[Unit, Collected] = {
                unit: run(COLLECTORS[unit[0]], place) for unit, place in self.places(page_size=0).items()
            }

    @contextmanager
    def environment(self) -> Iterator[None]:
        """The environment of a process that looks at this world, and at nothing else."""
        given = {
            "AWS_ENDPOINT_URL": self.server.url,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_MAX_ATTEMPTS": "1",
            "AWS_REGION": REGIONS[0],
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }
        before = {name: os.environ.get(name) for name in given}
        os.environ.update(given)
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value

    def way(self, *, page_size: int = 0, **settings: Any) -> Way:
        """A way in with clients of its own, which say what they ask."""
        declared = frozenset({WHO, *(read for each in COLLECTORS.values() for read in each.permissions)})
        clients = Clients(hooks=say_what_is_asked, reads=declared | {ASSUME})
        given = Settings(**{"regions": list(REGIONS), **settings})
        return Way(given, Home(clients, clock), declared, clock, page_size)

    def places(self, *, page_size: int = 0) -> dict[Unit, Source]:
        """Where each collector looks, surveys included."""
        way = self.way(page_size=page_size)
        found: dict[Unit, Source] = {}
        waiting: list[Source] = [way.organization(), way.account("aws/default", "")]
        while waiting:
            place = waiting.pop()
            for each in COLLECTORS.values():
                for target in place.targets(each.source):
                    found[each.id, target.scope] = target
                    if isinstance(target, Survey) and target.id == "aws/default" and "regions" in each.id:
                        waiting += target.unfold(run(each, target).evidence, ())
        return found

    @property
    def evidence(self) -> list[Evidence]:
        return [each for collected in self.everything.values() for each in collected.evidence]


def say_what_is_asked(emitter: Emitter) -> None:
    install_hooks(emitter)
    name_operations(emitter)


def clock() -> datetime:
    return AS_OF


def run(collector: Collector, place: Source) -> Collected:
    return collect(collector, place, version="0", clock=clock)


def judge(evidence: Iterable[Evidence], judged_by: Iterable[Check[...]]) -> list[Finding]:
    found, settings = list(evidence), world().settings
    return [
        finding
        for check in judged_by
        for finding in assess(check, found, as_of=AS_OF, digest="", settings=settings.get(check.id)).findings
    ]


@cache
def world() -> World:
    """The world of this process, made when the first test needs it."""
    return World()
