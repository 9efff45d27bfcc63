"""What an inventory says of its resources: that tags are there, who owns, how it is classified, where it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Protocol

from core.model import Verdict, failed, not_applicable, passed
from core.resources.cloud import CloudResource

SHOWN = 10
"""How many resources a reason names."""


class Resources(Protocol):
    """All resources of an inventory: a population, or several as one list."""

    def __iter__(self) -> Iterator[CloudResource]: ...

    def __len__(self) -> int: ...


def all_have_labels(what: str, resources: Resources, keys: Sequence[str], *, any_case: bool = False) -> Verdict:
    """Whether all resources (`what`, in words) have all labels that are wanted, in `any_case` or just as written."""
    if not keys:
        return not_applicable("no label is wanted: name them in the setting keys")
    wanted = {_said(key, any_case) for key in keys}
    lacking = _without(resources, lambda each: wanted <= {_said(name, any_case) for name in _labels(each)})
    if not lacking:
        return passed(f"all of {len(resources)} {what} have {', '.join(keys)}")
    return failed(f"{len(lacking)} of {len(resources)} {what} lack one of {', '.join(keys)}: {_some(lacking)}")


def all_name(what: str, resources: Resources, named: str, keys: Sequence[str]) -> Verdict:
    """Whether a label of each resource says what is to be `named`: `owner`, `classification`."""
    lacking = _without(resources, lambda each: bool(label_naming(each, keys)))
    if not lacking:
        return passed(f"a label names the {named} of each of {len(resources)} {what}")
    return failed(
        f"no label names the {named} of {len(lacking)} of {len(resources)} {what}, for none of {', '.join(keys)} has a "
        f"value: {_some(lacking)}"
    )


def label_naming(resource: CloudResource, keys: Iterable[str]) -> str:
    """The first label with a value that is one of these, in any case; empty where there is none."""
    wanted = {key.casefold() for key in keys}
    return min((name for name in _labels(resource) if name.casefold() in wanted), default="")


def all_stand_in(what: str, resources: Resources, locations: Sequence[str]) -> Verdict:
    """Whether all resources stand where they may: in places with these names or patterns, in any case and with or
    without spaces. `global` is a place like others, for what has no region may be anywhere."""
    if not locations:
        return not_applicable("no place is approved: name them in the setting locations")
    patterns = list(map(_place, locations))
    approved = {
        place: any(fnmatchcase(_place(place), each) for each in patterns)
        for place in {each.location for each in resources}
    }
    outside = _without(resources, lambda each: approved[each.location])
    if not outside:
        return passed(f"all of {len(resources)} {what} stand in {', '.join(sorted(approved)) or 'no place at all'}")
    places = ", ".join(sorted(place for place, allowed in approved.items() if not allowed))
    return failed(f"{len(outside)} of {len(resources)} {what} stand in {places}: {_some(outside)}")


def _labels(resource: CloudResource) -> Iterator[str]:
    """The names of its labels that have a value."""
    return (name for name, value in resource.tags.items() if value)


def _said(name: str, any_case: bool) -> str:
    return name.casefold() if any_case else name


def _place(name: str) -> str:
    """A place as it is compared: `West Europe` is `westeurope`."""
    return name.replace(" ", "").casefold()


def _without(resources: Resources, fits: Callable[[CloudResource], bool]) -> list[str]:
    return sorted(each.id for each in resources if not fits(each))


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:SHOWN]) + (", …" if len(names) > SHOWN else "")
