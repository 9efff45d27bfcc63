"""The places in AWS that collectors look at: an account, for services that have no regions, and each of its regions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from botocore.paginate import Paginator

from collectors.aws.errors import NoAnswerError, TruncatedError, explain
from collectors.aws.exchanges import About, Line, written
from collectors.aws.operations import Read
from core.model import CollectionGap
from core.source import Source

T = TypeVar("T")
R = TypeVar("R")

GLOBAL = "global"
"""The scope of services that have no regions."""
TOGETHER = 8
"""How many questions `each` asks at once."""
MORE = (
    "NextToken", "nextToken", "NextMarker", "Marker", "NextPageToken", "nextPageToken", "NextPageMarker",
    "NextContinuationToken", "ContinuationToken", "PaginationToken", "LastEvaluatedTableName", "position",
    "IsTruncated", "Truncated", "HasMoreStreams",
)  # fmt: skip
"""The members of an answer that say that there is more of it."""
TOKENS = (
    ("NextToken", "NextToken"), ("nextToken", "nextToken"), ("Marker", "NextMarker"), ("Marker", "Marker"),
    ("NextMarker", "NextMarker"), ("PageToken", "NextPageToken"), ("pageToken", "nextPageToken"),
)  # fmt: skip
"""How pages are turned where the SDK does not know it: by which member the next is asked for, and which names it."""
NAMES_A_PAGE_TOO_MUCH = "NextMarker"
"""The member by which services turn pages (WAF) whose last page names a next one as well: there, an empty page is the
end."""


@dataclass(slots=True)
class Identity:
    """Who looks, as AWS said; empty until it was asked, and when it never answered."""

    arn: str = ""

    @property
    def account(self) -> str:
        """The number of the account. Raises `NoAnswerError` when nobody could learn it."""
        if not self.arn:
            raise NoAnswerError("credentials", "the number of the account is not known: nobody could ask who looks")
        return self.arn.split(":")[4]

    @property
    def partition(self) -> str:
        """`aws`, `aws-cn`, `aws-us-gov`."""
        return self.arn.split(":")[1] if self.arn.startswith("arn:") else "aws"


class Place(Source):
    """A part of an AWS account. Collectors ask it with `ask`, `pages` and `each`, and let every error fly."""

    concurrency = 16

    def __init__(
        self, name: str, line: Line, region: str, *, scope: str, identity: Identity, page_size: int = 0
    ) -> None:
        self.scope = scope
        self.identity = identity
        self._region = region
        self._name = name
        self._line = line
        self._page_size = page_size

    @property
    def id(self) -> str:
        return self._name

    @property
    def asked_in(self) -> str:
        """The region whose endpoints are asked."""
        return self._region

    @property
    def account(self) -> str:
        """The number of the account, as AWS said. Raises `NoAnswerError` when nobody could learn it."""
        return self.identity.account

    @property
    def principal(self) -> str:
        return self.identity.arn

    def explain(self, error: Exception) -> CollectionGap | None:
        return explain(error, f"{self.id} {self.scope}".strip())

    def ask(self, read: Read, *, region: str = "", **parameters: Any) -> Any:
        """The answer to one question, parsed by botocore, in this region or another.

        Raises `ClientError` for an error that may be an answer (`is_answer`), and `TruncatedError` for a first page.
        """
        answer = self._ask(read, region, parameters)
        if cut := [name for name in MORE if answer.get(name)]:
            raise TruncatedError(f"{read} has further pages ({cut[0]}), which nobody asked for")
        return answer

    def pages(self, read: Read, listing: str, *, region: str = "", **parameters: Any) -> Iterator[Any]:
        """Every item of a listing, over all its pages: `pages(LIST_USERS, "Users")`."""
        for answer in self.answers(read, listing, region=region, **parameters):
            yield from answer.get(listing, ())

    def answers(self, read: Read, listing: str = "", *, region: str = "", **parameters: Any) -> Iterator[Any]:
        """Every page of an answer that holds several listings. `listing` is the one whose items are counted."""
        page = 0
        client = self._line.client(read.service, region or self.asked_in)
        paging = _paging(client, read)

        def question(**asked: Any) -> Any:
            nonlocal page
            page += 1
            answer = self._ask(read, region, asked, page=page, listing=listing)
            if paging["input_token"] == NAMES_A_PAGE_TOO_MUCH and not answer.get(listing):
                answer.pop(NAMES_A_PAGE_TOO_MUCH, None)
            return answer

        sizes = {"PageSize": self._page_size} if self._page_size and "limit_key" in paging else {}
        paginator: Any = Paginator(cast("Any", question), paging, _model(client, read))
        yield from paginator.paginate(PaginationConfig=sizes, **parameters)

    def pause(self, seconds: float) -> None:
        """Wait for what AWS prepares, such as a report. A replay does not."""
        self._line.pause(seconds)

    def each(self, question: Callable[[T], R], things: Iterable[T]) -> Iterator[R]:
        """`question` of every thing, several at once, in the order of the things. An error flies in its turn."""
        with ThreadPoolExecutor(TOGETHER, thread_name_prefix="annexa-aws") as pool:
            asked = [pool.submit(copy_context().run, question, thing) for thing in things]
            try:
                for each in asked:
                    yield each.result()
            finally:
                pool.shutdown(cancel_futures=True)

    def _ask(self, read: Read, region: str, parameters: dict[str, Any], *, page: int = 0, listing: str = "") -> Any:
        elsewhere = {"region": region} if region and region != self.asked_in else {}
        about = About({**written(parameters), **elsewhere}, page, listing)
        return self._line.ask(read, region or self.asked_in, parameters, about)


class AwsAccount(Place):
    """An account, for what it has once: IAM, S3, the organization. Its questions go to the partition's first region."""


class AwsRegion(Place):
    """One region of an account."""


def _model(client: Any, read: Read) -> Any:
    return client.meta.service_model.operation_model(read.operation)


def _paging(client: Any, read: Read) -> dict[str, Any]:
    """How the answers to an operation are paged. Raises `TruncatedError` when the SDK does not know."""
    if client.can_paginate(_method(client, read)):
        return dict(client.get_paginator(_method(client, read))._pagination_cfg)  # noqa: SLF001 - it has no other way out
    asked, output = _model(client, read).input_shape.members, _model(client, read).output_shape.members
    for token, given in TOKENS:
        if token in asked and given in output:
            listings = [name for name, member in output.items() if member.type_name == "list"]
            return {"input_token": token, "output_token": given, "result_key": listings}
    raise TruncatedError(f"{read} has no pages")


def _method(client: Any, read: Read) -> str:
    found: str = next(
        name for name, operation in client.meta.method_to_api_mapping.items() if operation == read.operation
    )
    return found
