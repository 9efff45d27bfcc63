"""Masking pages of the inventory before they are read, recorded or hashed.

What a stranger wrote can hold secrets wherever it stands: values of instance metadata, start-up scripts and environment
variables are masked whole, all but the few that are settings of Google's own; everything else by its name or its words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from core.redaction import redact
from core.redaction.marks import is_mark, mark, marking_key

SETTINGS_OF_GOOGLE = frozenset(
    {
        "enable-oslogin", "enable-oslogin-2fa", "enable-oslogin-sk", "block-project-ssh-keys", "serial-port-enable",
        "serial-port-logging-enable", "disable-legacy-endpoints", "enable-guest-attributes", "enable-osconfig",
        "google-logging-enabled", "google-monitoring-enabled", "VmDnsSetting", "vmdnssetting",
    }
)  # fmt: skip
"""Keys of instance metadata whose values are switches
(https://cloud.google.com/compute/docs/metadata/predefined-metadata-keys)."""
METADATA = frozenset({"metadata", "commonInstanceMetadata"})
ENVIRONMENT = frozenset({"env", "environmentVariables", "buildEnvironmentVariables"})
_WORDS = (
    b"passwd", b"password", b"passphrase", b"secret", b"token", b"credential", b"apikey", b"api_key", b"api-key",
    b"accesskey", b"access_key", b"access-key", b"privatekey", b"private_key", b"private-key", b"sharedkey",
    b"shared_key", b"shared-key", b"clientkey", b"client_key", b"client-key", b"keystring",
)  # fmt: skip
_SECRET_NAME = re.compile("|".join(each.decode() for each in _WORDS), re.IGNORECASE)
_BEFORE = re.compile(b'"(?:' + b"|".join(each.encode() for each in sorted(METADATA | ENVIRONMENT)) + b')":')
_REFERENCE = re.compile(r"(?://|https://|projects/|folders/|organizations/)|[A-Z_]+\Z|(?:true|false|\d{1,4})\Z")
"""How values begin, or what they are, that name something or are one of a list."""

Counts = Counter[str]
_encode = msgspec.json.Encoder().encode


def mask(assets: Sequence[Mapping[str, Any]]) -> tuple[Sequence[Mapping[str, Any]], Mapping[str, int]]:
    """The assets without what can be a secret, and how often each kind was masked.

    Each question is asked of the whole page before it is asked of each asset, and of each value last: that is far less.
    """
    counts: Counts = Counter()
    found = assets
    if _names_secrets(_encode(assets)):
        found = [_by_names(each, "", counts) if _names_secrets(_encode(each)) else each for each in found]
    if _speaks_of_secrets(found):
        found = [_by_words(each, counts) if _speaks_of_secrets(each) else each for each in found]
    return (found, counts) if counts else (assets, {})


def _names_secrets(body: bytes) -> bool:
    """Whether something in it may be called like a secret. Searching text is faster than any expression."""
    small = body.lower()
    return any(each in small for each in _WORDS) or bool(_BEFORE.search(body))


def _speaks_of_secrets(value: Any) -> bool:
    """Whether any text does so by its own words. Names were looked at before, and would only cost time here."""
    return bool(redact("\n\n".join(_texts(value)).encode(errors="surrogateescape"))[1])


def _texts(value: Any) -> Iterator[str]:
    if value.__class__ is dict:
        for each in value.values():
            yield from _texts(each)
    elif value.__class__ is list:
        for each in value:
            yield from _texts(each)
    elif value.__class__ is str:
        yield value


def _by_names(value: Any, name: str, counts: Counts) -> Any:
    if value.__class__ is dict:
        return {
            each: _metadata(inner, counts)
            if each in METADATA and inner.__class__ is dict
            else _environment(inner, counts)
            if each in ENVIRONMENT
            else _by_names(inner, each, counts)
            for each, inner in value.items()
        }
    if value.__class__ is list:
        return [_by_names(inner, name, counts) for inner in value]
    if value and value.__class__ is str and _SECRET_NAME.search(name) and not _REFERENCE.match(value):
        return _marked("value", value, counts)
    return value


def _by_words(value: Any, counts: Counts) -> Any:
    if value.__class__ is dict:
        return {each: _by_words(inner, counts) for each, inner in value.items()}
    if value.__class__ is list:
        return [_by_words(inner, counts) for inner in value]
    if value.__class__ is not str:
        return value
    found, kinds = redact(value.encode(errors="surrogateescape"))
    counts.update(kinds)
    return found.decode(errors="surrogateescape") if kinds else value


def _metadata(metadata: Mapping[str, Any], counts: Counts) -> dict[str, Any]:
    """`{items: [{key, value}]}` of Compute Engine; where something else is called so, each value is a stranger's."""
    return {
        name: [_item(each, counts) for each in inner]
        if name == "items" and inner.__class__ is list
        else _by_names(inner, name, counts)
        for name, inner in metadata.items()
    }


def _item(item: Any, counts: Counts) -> Any:
    if item.__class__ is not dict or item.get("key") in SETTINGS_OF_GOOGLE:
        return item
    return {name: _marked("metadata", each, counts) if name == "value" else each for name, each in item.items()}


def _environment(value: Any, counts: Counts) -> Any:
    """Variables as `{NAME: value}` or as `[{name, value}]`."""
    if value.__class__ is dict:
        return {name: _marked("environment", inner, counts) for name, inner in value.items()}
    if value.__class__ is list:
        return [
            {name: _marked("environment", inner, counts) if name == "value" else inner for name, inner in each.items()}
            if each.__class__ is dict
            else _marked("environment", each, counts)
            for each in value
        ]
    return _marked("environment", value, counts)


def _marked(kind: str, value: Any, counts: Counts) -> Any:
    plain = value.encode(errors="surrogateescape") if value.__class__ is str else _encode(value)
    if not plain or value is None or is_mark(plain):
        return value
    counts[kind] += 1
    return mark_of(kind, plain)


def mark_of(kind: str, plain: bytes) -> str:
    return mark(kind, plain, marking_key()).decode()
