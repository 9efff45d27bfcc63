"""One organization at GitHub: what collectors ask it, live or as it was recorded.

The shapes are those of GitHub's own reference, version 2022-11-28: https://docs.github.com/en/rest
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

from collectors.rest import Line, Read, RestSource, remembered
from collectors.rest_answers import CHANGING, FORBIDDEN, NOT_FOUND, SAID, UNAUTHORIZED, Fields, RestError
from collectors.rest_pages import next_link
from core.recording import expect_answers
from core.redaction import redact_text

LIMIT = "core"
"""GitHub counts all calls of one token together."""
MOST = "100"
PASSING = ("RATE_LIMITED", "INTERNAL", "SERVICE_UNAVAILABLE")
"""Errors of GraphQL that pass by themselves."""
ALL_HINT = "install the app for all repositories, or let the token see them"
PERMISSIONS_HINT = "give the app, or the token, what `annexa permissions github` prints"


def reading(path: str, needs: str) -> Read:
    """A question to GitHub. `needs` is the permission of an app, as GitHub's pages name it."""
    return Read(path, needs=needs, limit=LIMIT)


ORGANIZATION = reading("/orgs/{org}", "Organization administration: read")
PLAN = reading("/orgs/{org}", "Organization plan: read")
GRAPH = Read("/graphql", needs="Organization members: read", service="api", limit="graphql", posts=True)
GRAPH_OF_ENTERPRISE = replace(GRAPH, needs="Enterprise administration: read")
"""Questions of GraphQL are put by POST. Those that are asked here begin with `query`, and so change nothing."""
REPOSITORIES = reading("/orgs/{org}/repos", "Repository metadata: read")


@dataclass(frozen=True, slots=True)
class Extent:
    """What the configuration says about what to ask: the organization, its enterprise if it may be asked, and whether
    its people's accounts belong to the enterprise, which then signs them in."""

    organization: str
    enterprise: str = ""
    managed_users: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """What GraphQL told: as much as it could, and, beside it, why not all."""

    data: Fields
    failure: RestError | None

    def part(self, name: str) -> Fields:
        """One of the things that were asked for. Raises `RestError` where it is not told."""
        if name in self.data and not self.data.is_null(name):
            return self.data.part(name)
        raise self.failure or RestError(f"GitHub says that there is no such {name}, or hides it", PERMISSIONS_HINT)


class Github(RestSource):
    """An organization, with the right to read."""

    hints: Mapping[int, str] = {
        UNAUTHORIZED: "see that the token is valid and has not expired",
        FORBIDDEN: PERMISSIONS_HINT,
        NOT_FOUND: f"GitHub says the same of what is not there and of what we may not see: {PERMISSIONS_HINT}",
    }

    def __init__(self, name: str, line: Line, extent: Extent | None = None, bearer: str = "") -> None:
        super().__init__(name, line)
        self._extent = extent
        self._bearer = bearer

    def extent(self) -> Extent:
        """What the configuration says about what was asked."""
        return self.line.configured(Extent, self._extent)

    def entries(self, read: Read, *, items: str = "", key: str = "id", **parameters: str) -> Iterator[Fields]:
        """Every entry of a listing, once, page by page. Raises `RestError` at the end when that is not all."""
        seen = set[int]()
        for each in self.listing(read, next_link, items=items, per_page=MOST, **parameters):
            self.line.principal = self.line.principal or self._bearer
            found = Fields(each, f"an entry of {read}")
            if (number := found.number(key)) not in seen:
                seen.add(number)
                yield found

    def one(self, read: Read, **parameters: str) -> Fields:
        """One answer that is an object. Raises `RestError`."""
        return Fields(self.ask(read, **parameters).data, f"the answer to {read}")

    def graph(self, read: Read, query: str, **variables: str) -> Told:
        """The answer to a question of GraphQL. Raises `RestError` when there is none.

        An answer with errors has the status 200, and what could be told beside them
        (https://spec.graphql.org/October2021/#sec-Response-Format).
        """
        body = json.dumps({"query": query, "variables": variables}, sort_keys=True)
        said = Fields(self.ask(read, body=body).data, f"the answer to {read}")
        self.line.principal = self.line.principal or self._bearer
        failure = next((_refusal(each) for each in said.parts("errors")), None) if "errors" in said else None
        if failure and ("data" not in said or said.is_null("data")):
            raise failure
        return Told(said.part("data"), failure)

    def repositories(self, organization: str, questions: int) -> Iterator[Fields]:
        """The repositories of an organization, of each of which about so many questions will be asked.

        GitHub leaves out, without a word, what an app was not installed for and what a token may not see. So they are
        counted: raises `RestError` at the end when the organization has more, or does not say how many it has.
        """
        counted, seen = remembered(lambda: self._count(organization)), 0
        with suppress(RestError):
            expect_answers(counted() * questions)
        for each in self.entries(REPOSITORIES, org=organization, type="all"):
            seen += 1
            yield each
        if (there := counted()) != seen:
            raise RestError(f"the organization has {there} repositories, and {seen} are shown to us", ALL_HINT)

    def _count(self, organization: str) -> int:
        about = self.one(ORGANIZATION, org=organization)
        return about.number("public_repos") + about.number("total_private_repos")


def _refusal(error: Fields) -> RestError:
    kind = error.text("type") if "type" in error else "an error"
    message = CHANGING.sub("…", redact_text(error.text("message")))[:SAID]
    return RestError(f"{GRAPH} is answered with {kind} ({message})", PERMISSIONS_HINT, retryable=kind in PASSING)


def identity(entry: Fields, name: str = "id") -> str:
    """An id, which GitHub gives as a number. Raises `RestError`."""
    return str(entry.number(name))


def says(error: RestError, *beginnings: str) -> bool:
    """Whether an error is an answer: GitHub tells what is not there from what is hidden by its sentence alone."""
    return error.message.startswith(beginnings)
