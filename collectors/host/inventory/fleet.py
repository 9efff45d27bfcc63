"""The hosts of an inventory: asked first, in every scan, and sealed like all evidence; then each host is asked."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from collectors.host.inventory.ansible import read_ansible
from collectors.host.inventory.instances import KINDS, missing, read_instances
from collectors.host.inventory.listing import InventoryError, Listing, chosen, read_list
from collectors.host.inventory.ssh_config import read_ssh_config
from collectors.host.settings import Inventory, Member, Settings
from core.codec import decode, encode
from core.model import CollectionGap, Evidence
from core.plugins import collector
from core.recording import Clock, record
from core.redaction import redact, redact_text
from core.replay import RecordedSource
from core.resources.host.inventory import ListedHost
from core.source import Source, Survey

QUESTION: tuple[str, dict[str, str]] = ("inventory", {"for": "hosts"})
"""Operation and parameters of the exchange in which an inventory is read. Where it lies is the endpoint."""
READ, UNREADABLE = "read", "unreadable"


@dataclass(frozen=True, slots=True)
class Listed:
    """What was read of an inventory, as it is recorded: what secrets may stand beside it is not among that."""

    hosts: tuple[ListedHost, ...]
    missing: str = ""
    """Why there may be more of them."""


Way = Callable[[Member, str, str], Source]
"""Makes the source that asks a member, which is called so in the evidence, or that says why it cannot be asked."""


class Fleet(Survey):
    """The hosts of one inventory."""

    def __init__(self, settings: Settings, inventory: Inventory, way: Way, clock: Clock) -> None:
        self._settings = settings
        self._inventory = inventory
        self._way = way
        self._clock = clock
        self._members: dict[str, tuple[Member, str]] = {}
        self._seen: Sequence[Evidence] = ()
        self._principal = ""
        self.wants = KINDS if inventory.instances else ()

    @property
    def id(self) -> str:
        return f"host/{self._settings.name}"

    @property
    def principal(self) -> str:
        return self._principal

    def explain(self, error: Exception) -> CollectionGap | None:
        return unread(self._settings.name, error)

    def tell(self, evidence: Sequence[Evidence]) -> None:
        self._seen = evidence

    def hosts(self) -> Listed:
        """The hosts that the inventory names. Raises `InventoryError`."""
        at = self._clock()
        try:
            listings = chosen(self._listings(), self._inventory.include, self._inventory.exclude)
        except InventoryError as error:
            failure = InventoryError(redact_text(str(error)), error.hint)
            record(
                *QUESTION, b"", status=UNREADABLE, at=at, duration_ms=0, endpoint=self._inventory.place,
                error=str(failure), headers={"hint": failure.hint},
            )  # fmt: skip
            raise failure from error
        body, redactions = redact(encode(Listed(tuple(self._listed(each) for each in listings), missing(self._seen))))
        record(
            *QUESTION, body, status=READ, at=at, duration_ms=0, endpoint=self._inventory.place,
            items=len(listings), redactions=redactions,
        )  # fmt: skip
        self._principal = self._inventory.place
        return decode(Listed, body)

    def unfold(self, evidence: Sequence[Evidence], known: Collection[tuple[str, str]]) -> Iterator[Source]:
        shown = {each.id for one in evidence for each in one.resources}
        if not all(one.complete for one in evidence):
            below = f"{self.id}/"
            shown |= {source.removeprefix(below) for source, _ in known if source.startswith(below)}
        for name in sorted(shown):
            lost = Member(name=name), "nobody knows how it is reached: its inventory cannot be read"
            member, problem = self._members.get(name, lost)
            yield self._way(member, f"{self._settings.name}/{name}", problem)

    def every(self) -> Iterator[Source]:
        """The sources of all hosts, without asking anybody. Raises `InventoryError`."""
        for listed in self.hosts().hosts:
            member, problem = self._members[listed.id]
            yield self._way(member, f"{self._settings.name}/{listed.id}", problem)

    def _listings(self) -> Iterator[Listing]:
        wanted = self._inventory
        if wanted.ansible:
            return read_ansible(wanted.ansible)
        if wanted.instances:
            return read_instances(wanted.instances, self._seen)
        if wanted.ssh_config:
            return read_ssh_config(wanted.ssh_config, wanted.include, os.environ, Path.home())
        return read_list(wanted.file)

    def _listed(self, listing: Listing) -> ListedHost:
        member, problem = self._members[listing.name] = self._member(listing)
        return ListedHost(
            id=listing.name,
            address=member.address,
            port=member.port,
            through=tuple(each.rpartition("@")[2] if isinstance(each, str) else each.address for each in member.jump),
            groups=listing.groups,
            problem=problem,
        )

    def _member(self, listing: Listing) -> tuple[Member, str]:
        """The settings of a host, and why it cannot be asked. Raises `InventoryError` for a name that is none."""
        try:
            return self._settings.member({"name": listing.name, **listing.settings}), listing.problem
        except ValidationError as error:
            at, problem = error.errors()[0]["loc"], error.errors()[0]["msg"]
            if at[:1] == ("name",):
                raise InventoryError(
                    f"{listing.name!r:.80} is no name of a host", "names are letters, digits and the signs . : - _"
                ) from None
            said = f"what its inventory says of {'.'.join(map(str, at)) or 'it'} cannot be used: {problem:.200}"
            return Member(name=listing.name), said


class ReplayedFleet(RecordedSource):
    """An inventory as it was read once."""

    def explain(self, error: Exception) -> CollectionGap | None:
        return unread(self.id.removeprefix("host/"), error)

    def hosts(self) -> Listed:
        exchange, body = self._recording.answer(*QUESTION)
        if exchange.status == UNREADABLE:
            raise InventoryError(exchange.error, exchange.headers.get("hint", ""))
        return decode(Listed, body)


def unread(name: str, error: Exception) -> CollectionGap | None:
    """The gap that an inventory leaves which cannot be read."""
    if not isinstance(error, InventoryError):
        return None
    return CollectionGap(f"the inventory of {name} cannot be used: {error}", error.hint)


@collector(permissions=())
def hosts(fleet: Fleet) -> Iterator[ListedHost]:
    """The hosts that an inventory names, those included that cannot be asked."""
    listed = fleet.hosts()
    yield from listed.hosts
    if listed.missing:
        raise InventoryError(listed.missing, "see why in the gaps of that source")
