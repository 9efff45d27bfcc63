"""Reading what the inventory says of an asset.

The inventory hands on what each service's API says, and APIs leave out what is empty, off or zero; but for some members
the inventory says nothing either. So a member that is not there is *unobserved*, unless the API's reference says what
its absence means: that is then `absent=`, beside the link in the collector. Where the inventory says that it cut the
asset off, no absence means anything. A value of another type, or one that no list knows, is unobserved too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from sys import intern
from typing import Any, TypeVar

from core.codec import CodecError, moment
from core.resource import unobserved

T = TypeVar("T")


class _Unsaid:
    """That a member which is not there says nothing."""


UNSAID = _Unsaid()
STRANGE: Any = object()
"""What is at a place to which no way leads, because something on it is no message."""
WORD = re.compile(r"\w+")
"""What a new word of a list looks like, which a reason may repeat."""
OF_ITS_OWN = frozenset({"name", "displayName", "title"})
"""Texts that few assets share, and that are not worth a place among those that many do."""
NO_LABELS: dict[str, str] = {}
"""One for the many that have none."""


class Data:
    """A message of an API, as the inventory hands it on."""

    def __init__(self, members: Any, *, cut_off: bool = False) -> None:
        self.members: dict[str, Any] = members if isinstance(members, dict) else {}
        self.cut_off = cut_off
        self._strange = members is not None and not isinstance(members, dict)

    def text(self, path: str, absent: str | _Unsaid | None = UNSAID) -> Any:
        """A text. Many assets say the same, but for their names."""
        found = self._read(path, absent, str)
        return intern(found) if found.__class__ is str and path not in OF_ITS_OWN else found

    def flag(self, path: str, absent: bool | _Unsaid | None = UNSAID) -> Any:
        return self._read(path, absent, bool)

    def switch(self, path: str) -> Any:
        """A boolean of a protobuf message that is there: JSON leaves such members out when they are false
        (https://protobuf.dev/programming-guides/json/). Where the message itself is missing, nothing is said."""
        message, _, _ = path.rpartition(".")
        return self.flag(path, False if not message or isinstance(self._at(message), dict) else UNSAID)

    def number(self, path: str, absent: int | _Unsaid | None = UNSAID) -> Any:
        """A whole number; APIs write those of 64 bits as text."""

        def whole(value: Any) -> int:
            if value.__class__ is int:
                return int(value)
            if value.__class__ is str and value.removeprefix("-").isdecimal():
                return int(value)
            raise ValueError(path)

        return self._converted(path, absent, whole)

    def sampled(self, path: str) -> Any:
        """Whether any of all is taken, by a rate from 0 to 1. Without one some are."""

        def some(value: Any) -> bool:
            if value.__class__ not in (int, float) or not 0 <= value <= 1:
                raise ValueError(path)
            return bool(value > 0)

        return self._converted(path, True, some)

    def seconds(self, path: str, absent: int | _Unsaid | None = UNSAID) -> Any:
        """A duration as protobuf writes it (`7776000s`, `1.5s`), rounded down."""

        def whole(value: Any) -> int:
            if value.__class__ is not str or not value.endswith("s"):
                raise ValueError(path)
            return int(float(value[:-1]))

        return self._converted(path, absent, whole)

    def time(self, path: str, absent: datetime | _Unsaid | None = UNSAID) -> Any:
        return self._converted(path, absent, when)

    def choice(self, path: str, known: Collection[str], absent: str | _Unsaid | None = UNSAID) -> Any:
        """One word of those that are known; another one is unobserved, for nobody here knows what it means."""

        def one(value: Any) -> str:
            if value not in known:
                raise ValueError(path)
            return intern(str(value))

        return self._converted(path, absent, one)

    def texts(self, path: str, absent: tuple[str, ...] | _Unsaid = ()) -> Any:
        """A list of texts. APIs leave out lists that are empty."""

        def every(value: Any) -> tuple[str, ...]:
            if value.__class__ is not list or any(each.__class__ is not str for each in value):
                raise ValueError(path)
            return tuple(map(intern, value))  # many assets say the same

        return self._converted(path, absent, every)

    def list_of(self, path: str) -> Any:
        """A list of whatever. APIs leave out lists that are empty."""

        def every(value: Any) -> list[Any]:
            if value.__class__ is not list:
                raise ValueError(path)
            return list(value)

        return self._converted(path, [], every)

    def labels(self, path: str = "labels") -> Any:
        def every(value: Any) -> dict[str, str]:
            return {intern(str(name)): intern(str(each)) for name, each in dict(value).items()}

        return self._converted(path, NO_LABELS, every)

    def has(self, path: str) -> Any:
        """Whether a member is there whose absence means that there is none."""
        value = self._at(path)
        if value is STRANGE:
            return unobserved(f"{path} stands in something that is no message")
        return True if value is not None else self._absent(path, False)

    def parts(self, path: str, make: Callable[[Data], T]) -> Any:
        """What `make` makes of each message of a list. APIs leave out lists that are empty."""

        def every(value: Any) -> tuple[T, ...]:
            if value.__class__ is not list:
                raise ValueError(path)
            return tuple(make(Data(each, cut_off=self.cut_off)) for each in value)

        return self._converted(path, (), every)

    def texts_of(self, path: str, member: str) -> Any:
        """One member of each message of a list."""

        def every(value: Any) -> tuple[str, ...]:
            found = [each.get(member) if isinstance(each, dict) else None for each in value]
            if not all(isinstance(each, str) for each in found):
                raise ValueError(path)
            return tuple(map(intern, map(str, found)))

        return self._converted(path, (), every)

    def inner(self, path: str) -> Data:
        """The message that is a member; an empty one where there is none."""
        return Data(self._at(path), cut_off=self.cut_off)

    def _at(self, path: str) -> Any:
        value: Any = self.members
        for name in path.split("."):
            if value is None:
                return None
            value = value.get(name) if value.__class__ is dict else STRANGE
        return value

    def _read(self, path: str, absent: Any, kind: type) -> Any:
        value = self._at(path)
        if value is None:
            return self._absent(path, absent)
        return value if isinstance(value, kind) else unobserved(f"{path} is no {kind.__name__}")

    def _converted(self, path: str, absent: Any, convert: Callable[[Any], Any]) -> Any:
        value = self._at(path)
        if value is None:
            return self._absent(path, absent)
        try:
            return convert(value)
        except (ValueError, TypeError, OverflowError):
            word = f": {value:.60}" if value.__class__ is str and WORD.fullmatch(value) else ""
            return unobserved(f"{path} has a value that nobody here knows{word}")

    def _absent(self, path: str, absent: Any) -> Any:
        if self._strange:
            return unobserved(f"{path} stands in something that is no message")
        if self.cut_off:
            return unobserved(f"{path} is not shown: the inventory cut the asset off")
        return unobserved(f"the inventory does not say {path}") if isinstance(absent, _Unsaid) else absent


class Asset(Data):
    """An asset with its resource. `data` is what the service's API says."""

    def __init__(self, asset: Mapping[str, Any]) -> None:
        resource = asset.get("resource")
        found = resource if isinstance(resource, Mapping) else {}
        data = found.get("data")
        # an asset without data is one of which the inventory tells nothing but the name
        cut_off = bool(asset.get("assetExceptions")) or not isinstance(data, Mapping) or not data
        super().__init__(data, cut_off=cut_off)
        self.name = str(asset["name"])
        self.type = str(asset.get("assetType", ""))
        self.ancestors = tuple(str(each) for each in asset.get("ancestors", ()))
        self._location = str(found.get("location") or "")

    @property
    def common(self) -> dict[str, Any]:
        """The fields that every kind of Google Cloud has."""
        return {
            "id": self.name,
            "container": self.container,
            "location": self.location,
        }

    @property
    def container(self) -> str:
        """The project, folder or organization that the asset belongs to."""
        return (
            intern(self.ancestors[0]) if self.ancestors else unobserved("the inventory does not say whose the asset is")
        )

    @property
    def location(self) -> str:
        """Its zone, region or larger place."""
        return intern(self._location) if self._location else unobserved("the inventory does not say where the asset is")

    @property
    def short(self) -> str:
        """The end of its name."""
        return self.name.rpartition("/")[2]


def when(value: Any) -> datetime:
    """A time as APIs write it (RFC 3339), also with an offset or nine digits of a second. Raises `ValueError`."""
    text = str(value)
    try:
        return moment(text)
    except CodecError:
        pass
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(text)
    return found


def last(path: str) -> str:
    """The last part of an address or a name: of `…/zones/europe-west1-b`, `europe-west1-b`."""
    return path.rstrip("/").rpartition("/")[2]
