"""What must be known before anything can be looked at: the accounts of an organization, the regions of an account.

Both are asked in every scan and sealed like all evidence, what is left out and why included. Which places are then
looked at follows from what was sealed (`unfold`), and from nothing else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from collectors.aws.clients import Clients
from collectors.aws.credentials import FIRST_REGIONS, WHO, AssumedRole, Home
from collectors.aws.exchanges import Line, LiveLine
from collectors.aws.operations import Read
from collectors.aws.settings import ENABLED, Settings
from collectors.aws.sharing import Shared
from collectors.aws.source import GLOBAL, AwsAccount, AwsRegion, Identity, Place
from core.codec import canonical
from core.model import Evidence
from core.recording import Clock, record
from core.resources.aws.survey import MemberAccount, Region
from core.source import Source, Survey

CONFIGURATION: tuple[str, dict[str, str]] = ("configuration", {"for": "survey"})
"""Operation and parameters of the exchange in which a survey is told what to look at."""
PLAN = ("accounts", "include", "exclude", "regions")
"""The settings that say what to look at."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way into AWS: whom to be, what may be asked, and what the configuration wants."""

    settings: Settings
    home: Home
    declared: frozenset[Read]
    clock: Clock
    page_size: int = 0
    shared: Shared = field(default_factory=Shared)

    @property
    def clients(self) -> Clients:
        return self.home.clients

    def account(self, name: str, number: str) -> AccountSurvey:
        """An account by its number, as a role there; or, without a number, the one that the credentials lead to."""
        signer = (
            AssumedRole(self.home, number, self.settings.role, self.settings.external_id, self.settings.session_name)
            if number
            else self.home
        )
        shared = self.shared.apart()
        return AccountSurvey(self, name, LiveLine(self.clients, signer, self.declared, self.clock, shared))

    def organization(self) -> OrganizationSurvey:
        """The organization that the credentials lead to."""
        line = LiveLine(self.clients, self.home, self.declared, self.clock, self.shared.apart())
        return OrganizationSurvey(self, f"aws/{self.settings.name}", line)


class _AwsSurvey(Place, Survey):
    """What both surveys have in common: they ask in home's own region, and stand in no scope."""

    def __init__(self, way: Way, name: str, line: Line) -> None:
        super().__init__(name, line, "", scope="", identity=Identity(), page_size=way.page_size)
        self.way = way

    @property
    def asked_in(self) -> str:
        return self.way.home.region

    def identify(self) -> Identity:
        """Ask who looks, once for everything that is looked at from here."""
        self.identity.arn = self.ask(WHO)["Arn"]
        return self.identity

    def told(self) -> Settings:
        """What the configuration wants to be looked at. It is recorded like an answer, for a replay has none."""
        settings = self.way.settings.model_dump(mode="json", include=set(PLAN))
        record(*CONFIGURATION, canonical(settings), status="given", at=self.way.clock(), duration_ms=0)
        return self.way.settings

    def close(self) -> None:
        self.way.clients.close()


class AccountSurvey(_AwsSurvey):
    """An account before its regions are known."""

    def regions_to_try(self) -> Iterator[str]:
        """The regions of the partition that this version of the SDK knows."""
        yield from self.way.clients.session().get_available_regions("ec2", self.identity.partition)

    def unfold(self, evidence: Sequence[Evidence], known: Collection[tuple[str, str]]) -> Iterator[Source]:
        first = FIRST_REGIONS.get(self.identity.partition, FIRST_REGIONS["aws"])
        yield AwsAccount(self.id, self._line, first, scope=GLOBAL, identity=self.identity, page_size=self._page_size)
        for region in sorted(self._plan(evidence, known) or {first}):
            yield AwsRegion(
                self.id, self._line, region, scope=region, identity=self.identity, page_size=self._page_size
            )

    def _plan(self, evidence: Sequence[Evidence], known: Collection[tuple[str, str]]) -> set[str]:
        shown = {each.id for one in evidence for each in one.resources if isinstance(each, Region) and each.looked_at}
        if all(one.complete for one in evidence):
            return shown
        listed = self.way.settings.regions
        if listed != ENABLED:
            return set(listed)
        before = {scope for source, scope in known if source == self.id and scope not in ("", GLOBAL)}
        # Where even who looks is not known, nothing will answer: one region is enough to say so.
        return shown | before | (set(self.regions_to_try()) if self.identity.arn and not before else set())


class OrganizationSurvey(_AwsSurvey):
    """An organization before its accounts are known."""

    def unfold(self, evidence: Sequence[Evidence], known: Collection[tuple[str, str]]) -> Iterator[Source]:
        shown = {
            each.id for one in evidence for each in one.resources if isinstance(each, MemberAccount) and each.looked_at
        }
        if not all(one.complete for one in evidence):
            below = f"{self.id}/"
            shown |= {source.removeprefix(below) for source, _ in known if source.startswith(below)}
        for number in sorted(shown):
            yield self.way.account(f"{self.id}/{number}", number)
