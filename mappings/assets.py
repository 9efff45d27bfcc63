"""Which kinds of resource are assets, and of which class."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from types import MappingProxyType

from mappings.document import yaml_document

FILE = "assets.yaml"
PART = "part"
"""The class of what is no asset by itself."""
OTHER = "other"
"""The class of kinds that the file does not name."""


@cache
def asset_classes() -> Mapping[str, tuple[str, ...]]:
    """The patterns of kinds of each class, in the order in which they are tried."""
    return MappingProxyType(read_asset_classes(FILE, (Path(__file__).parent / FILE).read_bytes()))


def read_asset_classes(file: str, content: bytes) -> dict[str, tuple[str, ...]]:
    """Classes from `name: {means, kinds}`."""
    found = {}
    for name, entry in yaml_document(file, content).record("classes")["classes"].entries().items():
        fields = entry.record("means", "kinds")
        fields["means"].text()
        found[name] = tuple(kind.text() for kind in fields["kinds"].items())
    return found


@cache
def asset_class(kind: str) -> str:
    """The class of a kind: `system`; `part` for what is no asset by itself, `other` for what nobody named."""
    return next(
        (name for name, kinds in asset_classes().items() if any(fnmatchcase(kind, each) for each in kinds)), OTHER
    )
