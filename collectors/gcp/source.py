"""The places in Google Cloud that collectors look at: one organization, folder or project, through its inventory."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from collectors.gcp.asking import CONFIGURED, HINTS, LIST, MALFORMED, PERMISSION_DENIED, InventoryError, Listing, Page
from collectors.gcp.settings import Settings
from collectors.gcp.shape import require_promised
from collectors.rest import Line as RestLine
from collectors.rest import RestSource
from collectors.rest_answers import RestError
from core.codec import canonical, parse
from core.model import CollectionGap, Evidence
from core.recording import Clock, record
from core.redaction import redact_text
from core.replay import Recording
from core.resource import missing_fields
from core.resources.gcp.hierarchy import Container
from core.source import Source, Survey

CONFIGURATION: tuple[str, dict[str, str]] = (CONFIGURED, {"for": "survey"})
PLAN = ("scope", "include", "exclude")
"""The settings that say what to look at."""
DIRECTORY = "cloudidentity"
"""The service that has roles of its own, which IAM does not give."""
DIRECTORY_HINT = "let the reader read groups: Admin console, Account, Admin roles, Groups Reader"
LEFT_OUT, UNPLACED = "left-out", "unplaced"
"""Where the record says how many assets of a page were dropped before anybody kept them: those of projects that are
left out, and those of projects of which nobody could say whether they are."""


class Line(ABC):
    """A way to ask: the inventory itself, or a recording of it."""

    principal: str = ""
    """Who looks, as far as the credentials say."""

    @abstractmethod
    def pages(self, parent: str, listing: Listing, choice: Choice) -> Iterator[Page]:
        """Each page of a listing, masked, without the assets that are left out. Raises `InventoryError`."""

    def close(self) -> None:  # noqa: B027 - a recording holds nothing open
        """Let go of connections."""


class Choice:
    """Which projects are looked at. Without a choice all are."""

    def __init__(self, chosen: Collection[str] | None = None, left_out: Collection[str] = ()) -> None:
        self._chosen = None if chosen is None else frozenset(chosen)
        self._left_out = frozenset(left_out)

    def verdict(self, asset: Mapping[str, Any]) -> str:
        """Empty for an asset that is looked at, else why it is dropped."""
        project = project_of(asset)
        if not project or (self._chosen is not None and project in self._chosen):
            return ""
        if project in self._left_out:
            return LEFT_OUT
        return "" if self._chosen is None else UNPLACED


class Place(Source):
    """A scope of the inventory. Collectors ask it with `assets`, and let every error fly."""

    concurrency = 3
    """The inventory answers 100 listings a minute for each project that asks
    (https://cloud.google.com/asset-inventory/docs/quota): more at once would only wait, and hold pages in memory."""

    def __init__(
        self,
        name: str,
        parent: str,
        line: Line,
        *,
        scope: str,
        choice: Choice | None = None,
        directory: RestLine | None = None,
    ) -> None:
        self.scope = scope
        self._directory = RestSource(name, directory) if directory is not None else None
        self.parent = parent
        self._name = name
        self._line = line
        self._choice = choice or Choice()

    @property
    def id(self) -> str:
        return self._name

    @property
    def principal(self) -> str:
        return self._line.principal

    def assets(self, listing: Listing) -> Iterator[Mapping[str, Any]]:
        """Every asset of a listing, over all its pages.

        Raises `InventoryError`, also at the end, when somewhere there may be more.
        """
        unplaced = 0
        for page in self._line.pages(self.parent, listing, self._choice):
            for asset in page.assets:
                if not isinstance(asset.get("name"), str) or not asset["name"]:
                    raise InventoryError("the inventory listed an asset without a name", MALFORMED)
                if not listing.types or asset.get("assetType") in listing.types:
                    yield asset
            unplaced += page.unplaced
        if unplaced:
            raise InventoryError(
                f"{unplaced} assets belong to projects that the survey could not see, and were left out",
                "UNPLACED",
                "see why the survey of projects ended early",
            )

    @property
    def directory(self) -> RestSource:
        """The directory that groups are in. Raises `RestError` where there is none to ask."""
        if self._directory is None:
            raise RestError("there is no directory to ask who is in groups")
        return self._directory

    def explain(self, error: Exception) -> CollectionGap | None:
        if isinstance(error, RestError):
            hint = DIRECTORY_HINT if DIRECTORY in str(error) else HINTS[PERMISSION_DENIED]
            return CollectionGap(redact_text(str(error)), error.hint or hint, error.retryable)
        if isinstance(error, InventoryError):
            return CollectionGap(f"{self.parent}: {redact_text(str(error))}", error.hint, error.retryable)
        return None

    def close(self) -> None:
        self._line.close()
        if self._directory is not None:
            self._directory.close()


class Estate(Place):
    """Everything below the scope, once it is known which projects there are."""


class EstateSurvey(Place, Survey):
    """The scope before its projects are known."""

    def __init__(self, settings: Settings, line: Line, clock: Clock, directory: RestLine | None = None) -> None:
        super().__init__(settings.source, settings.scope, line, scope="", directory=directory)
        self._asked_later = directory
        self._settings = settings
        self._clock = clock

    def told(self) -> Settings:
        """What the configuration wants to be looked at. It is recorded like an answer, for a replay has none."""
        said = self._settings.model_dump(mode="json", include=set(PLAN))
        record(*CONFIGURATION, canonical(said), status="given", at=self._clock(), duration_ms=0)
        return self._settings

    def unfold(self, evidence: Sequence[Evidence], known: Collection[tuple[str, str]]) -> Iterator[Source]:  # noqa: ARG002 - there is one place, whatever was seen
        containers = [each for one in evidence for each in one.resources if isinstance(each, Container)]
        # one that does not say its state may be active: it is looked at
        projects = {
            each.id: "looked_at" in missing_fields(each) or each.looked_at
            for each in containers
            if each.type == "project"
        }
        left_out = {name for name, looked_at in projects.items() if not looked_at}
        chosen = None
        if not (self._settings.include.empty and self._settings.exclude.empty):
            chosen = projects.keys() - left_out
        yield Estate(
            self.id, self.parent, self._line, scope=self.parent, choice=Choice(chosen, left_out),
            directory=self._asked_later,
        )  # fmt: skip


class ReplayedSurvey(Place):
    """A survey that is told what it was told then."""

    def __init__(self, name: str, parent: str, recording: Recording, line: Line) -> None:
        super().__init__(name, parent, line, scope="")
        self._recording = recording

    def told(self) -> Settings:
        return Settings.model_validate(parse(self._recording.answer(*CONFIGURATION)[1]))


class RecordedLine(Line):
    """Asks a recording."""

    def __init__(self, recording: Recording, principal: str) -> None:
        self._recording = recording
        self.principal = principal

    def pages(self, parent: str, listing: Listing, choice: Choice) -> Iterator[Page]:  # noqa: ARG002 - was made then
        number, more = 0, True
        while more:
            number += 1
            exchange, body = self._recording.answer(LIST, asked(parent, listing, number))
            if exchange.status != "OK":
                raise InventoryError(exchange.error, exchange.status, exchange.headers.get("hint", ""))
            require_promised(body)
            page = page_of(body, int(exchange.headers.get(UNPLACED, "0")))
            more = page.more
            yield page


def asked(parent: str, listing: Listing, number: int) -> dict[str, str]:
    """The parameters of a page as they are recorded. What leads from page to page is never the same again."""
    return {"parent": parent, **listing.parameters, "page": str(number)}


def page_of(body: bytes, unplaced: int = 0) -> Page:
    """A page of recorded bytes."""
    data = parse(body)
    return Page(tuple(data["assets"]), str(data.get("readTime", "")), bool(data.get("nextPageToken")), unplaced)


def project_of(asset: Mapping[str, Any]) -> str:
    """`projects/123` of the ancestors of an asset; empty for one of a folder or an organization."""
    return next((str(each) for each in asset.get("ancestors", ()) if str(each).startswith("projects/")), "")
