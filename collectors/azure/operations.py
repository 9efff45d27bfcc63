"""What Azure is asked. A collector declares it; nothing else is ever sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

RESOURCE_GRAPH = "/providers/Microsoft.ResourceGraph/resources"
"""The one path that is posted to: a query that only reads."""
RESOURCE_GRAPH_VERSION = "2022-10-01"
MOST_SUBSCRIPTIONS, FEW_SUBSCRIPTIONS = 1000, 20
"""How many one query may be about, and how many one is about whose answer has no further pages."""
ACTION = re.compile(r"(\*|[A-Za-z.]+(/[A-Za-z0-9]+)+)/read")


@dataclass(frozen=True, slots=True)
class Read:
    """One GET of Azure Resource Manager: a path below `{scope}` (a subscription or a resource), and its api-version.

    `action` is what a role must allow, as Azure spells it. `filter` is the documented `$filter` of a listing, whose
    braces are filled like those of the path. `bare` is for a listing that may come with nothing around it,
    and so without further pages. Raises `ValueError` for an action that does not read.
    """

    path: str
    version: str
    action: str
    filter: str = ""
    bare: bool = False

    def __post_init__(self) -> None:
        if not ACTION.fullmatch(self.action):
            raise ValueError(f"{self.action} does not read by its name")

    def __str__(self) -> str:
        return f"GET {self.path}"

    @property
    def needs(self) -> tuple[str, ...]:
        """The actions that a role must allow."""
        return (self.action,)


@dataclass(frozen=True)
class Query:
    """One question to Resource Graph: everything of one type (or of all), and which parts of it.

    `columns` are what a row calls something, and where it stands in the resource; `common` those that are called the
    same, beside the id, without which there would be no further pages. Nothing else is sent to us: what nobody asked
    for may hold secrets. `action` is what must be allowed in the whole of a subscription for the answer to
    be all there is; Resource Graph leaves out the rest without a word. `only` are a place in the resource and the word
    that must stand there. With `groups`, what a row calls something by which resources are counted together, and where
    it stands, the columns are sums over each group. Raises `ValueError` like `Read`.
    """

    type: str
    action: str
    columns: Mapping[str, str] = field(hash=False)
    common: tuple[str, ...] = ("name", "location")
    table: str = "resources"
    only: tuple[str, str] = ("", "")
    groups: Mapping[str, str] = field(default_factory=dict[str, str], hash=False)

    def __post_init__(self) -> None:
        if not ACTION.fullmatch(self.action):
            raise ValueError(f"{self.action} does not read by its name")

    def __str__(self) -> str:
        about = " ".join(("", *filter(None, (self.only[1], "by" if self.groups else "", *self.groups))))
        return f"Resource Graph {self.type or 'everything'}{about}"

    @property
    def needs(self) -> tuple[str, ...]:
        """The actions that a role must allow."""
        return (self.action,)

    @property
    def subscriptions(self) -> int:
        """How many subscriptions it is asked about at once. Groups come in one page, which must hold them all."""
        return FEW_SUBSCRIPTIONS if self.groups else MOST_SUBSCRIPTIONS

    @property
    def text(self) -> str:
        """The query. It is ordered by id, or pages could overlap."""
        where = f" | where type =~ '{self.type}'" if self.type else ""
        where += f" | where {self.only[0]} =~ '{self.only[1]}'" if self.only[0] else ""
        columns = ["id", *self.common, *_named(self.columns)]
        if self.groups:
            where += f" | summarize {', '.join(_named(self.columns))} by {', '.join(_named(self.groups))}"
            where += " | extend id = strcat(" + ", ';', ".join(self.groups) + ")"
            columns = ["id", *self.groups, *self.columns]
        return f"{self.table}{where} | project {', '.join(columns)} | order by id asc"


def _named(places: Mapping[str, str]) -> list[str]:
    return [f"{name} = {place}" for name, place in places.items()]
