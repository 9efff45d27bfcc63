"""What Azure is asked. A collector declares it; nothing else is ever sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

RESOURCE_GRAPH = "/providers/Microsoft.ResourceGraph/resources"
"""The one path that is posted to: a query that only reads."""
RESOURCE_GRAPH_VERSION = "2022-10-01"
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
    be all there is; Resource Graph leaves out the rest without a word. Raises `ValueError` like `Read`.
    """

    type: str
    action: str
    columns: Mapping[str, str] = field(hash=False)
    common: tuple[str, ...] = ("name", "location")
    table: str = "resources"

    def __post_init__(self) -> None:
        if not ACTION.fullmatch(self.action):
            raise ValueError(f"{self.action} does not read by its name")

    def __str__(self) -> str:
        return f"Resource Graph {self.type or 'everything'}"

    @property
    def needs(self) -> tuple[str, ...]:
        """The actions that a role must allow."""
        return (self.action,)

    @property
    def text(self) -> str:
        """The query. It is ordered by id, or pages could overlap."""
        where = f" | where type =~ '{self.type}'" if self.type else ""
        columns = ["id", *self.common, *(f"{name} = {place}" for name, place in self.columns.items())]
        return f"{self.table}{where} | project {', '.join(columns)} | order by id asc"
