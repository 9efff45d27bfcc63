"""The hosts that an inventory names."""

from __future__ import annotations

from core.resource import Resource, resource


@resource("host_listed")
class ListedHost(Resource):
    """A host of an inventory. The id is its name there; `groups` are those it is in, or the tags of an instance.

    What is not said is as for all hosts of the entry; an empty `address` is the name. `problem` says why the host
    cannot be asked in the way that the inventory demands; it is empty when it can.
    """

    id: str
    address: str
    port: int
    through: tuple[str, ...]
    groups: tuple[str, ...]
    problem: str
