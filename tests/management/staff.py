"""A store that holds what was seen of some staff: a list of people, a directory, a cloud account and a host."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from core.codec import encode
from core.engine import Collected
from core.model import CollectionGap, Evidence, Unit
from core.resource import Resource
from core.resources.host.accounts import Group as HostGroup
from core.resources.idp import Group, RoleAssignment
from core.settings import read_document
from evidence_store.store import Store
from evidence_store.writer import ScanWriter
from management.sealing import Desk
from runs.configuration import Configuration, read
from tests.checks.aws.identities import user as iam_user
from tests.checks.host.test_accounts import login
from tests.checks.people.test_people import CLOUD, CORP, HR, WEB, person, user
from tests.evidence_store.worlds import opening

BEGINNING = datetime(2026, 1, 31, 12, tzinfo=UTC)
TEXT = f"""\
store: {{folder: store, key: key}}
sources: {{host: [{{}}]}}
management:
  access_reviews:
    owners:
      - {{rights: ["{CORP}:payments"], owner: bo}}
      - {{rights: ["{CORP}:*", "{CLOUD}:*"], owner: ada@example.org}}
"""
KINDS = ("person", "idp_user", "idp_group", "idp_role_assignment", "aws_iam_user", "host_login", "host_group")
Seen = dict[str, dict[str, Sequence[Resource]]]

ADA = person(name="Adelheid", email="ada@example.org", logins=("ada",), end=None, role="Head")
BO = person(id="18", name="Bo", email="bo@example.org", logins=("bo",), end=None, role="Baker")
EVE = person(id="19", name="Eve", email="eve@example.org", logins=("eve",), end=date(2026, 1, 1))


def group(name: str, *members: str) -> Group:
    return Group(id=f"g-{name}", name=name, members=members)


def account(name: str, **changes: Any) -> Resource:
    used: dict[str, Any] = {"last_sign_in": BEGINNING}
    return user(**{"id": f"u-{name}", "login": name, **used, **changes})


def company() -> Seen:
    """What there is to be seen in the beginning."""
    return {
        HR: {"person": (ADA, BO, EVE)},
        CORP: {
            "idp_user": (account("ada"), account("bo"), account("eve"), account("zed"), account("off", enabled=False)),
            "idp_group": (group("payments", "u-bo", "g-heads"), group("heads", "u-ada")),
            "idp_role_assignment": (
                RoleAssignment(
                    id="r1", role="Admin", privileged=True, scope="", principal="u-ada", principal_kind="user",
                    since=datetime(2025, 5, 1, tzinfo=UTC), ends=None, eligible=False,
                ),
            ),
        },
        CLOUD: {"aws_iam_user": (iam_user(name="ada", groups=("Buyers",), created=BEGINNING),)},
        WEB: {
            "host_login": (login(id="bo", name="bo", last_login=None),),
            "host_group": (HostGroup(id="docker", name="docker", gid=9, members=("bo",), members_who_log_in=("bo",)),),
        },
    }  # fmt: skip


@dataclass
class Staff:
    """A store in a folder, a clock, and what a scan of now would see."""

    folder: Path
    now: datetime = BEGINNING
    seen: Seen = field(default_factory=company)
    text: str = TEXT
    gaps: Mapping[str, str] = field(default_factory=dict[str, str])
    count: int = 0

    @property
    def configuration(self) -> Configuration:
        text = self.text.replace("folder: store, key: key", f"folder: {self.folder}/store, key: {self.folder}/key")
        return read(read_document("config.yaml", text), {}, self.folder)

    def scan(self, later: timedelta = timedelta(0)) -> None:
        """Seal what is to be seen; a source with a gap was not seen whole."""
        self.now += later
        self.count += 1
        with Store.create(self.configuration.location) as store:
            writer = ScanWriter.begin(store, opening(f"scan-{self.count:03}"), at=self.now)
            try:
                for source in self.seen:
                    writer.seal_source(source, [self._collected(source)], at=self.now)
                writer.finish(list(self.seen), (), {"iso": "0" * 64}, at=self.now)
            finally:
                writer.close()

    @contextmanager
    def desk(self) -> Iterator[Desk]:
        with Store.open(self.configuration.location) as store:
            self.now += timedelta(seconds=1)
            yield Desk(self.configuration, store, lambda: self.now)

    def _collected(self, source: str) -> Collected:
        gaps = (CollectionGap(self.gaps[source], ""),) if source in self.gaps else ()
        unit = Unit(
            collector="staff", version="1", source=source, scope="", principal="", started=self.now, finished=self.now,
            gaps=gaps,
        )  # fmt: skip
        found = tuple(
            Evidence(
                kind=kind, source=source, scope="", collected_at=self.now, resources=tuple(resources),
                encoded=tuple(map(encode, sorted(resources, key=lambda each: each.id))), gaps=gaps,
            )
            for kind, resources in self.seen[source].items()
        )  # fmt: skip
        return Collected(unit=unit, evidence=found, bodies={})
