"""Masking answers of AWS before they are parsed, recorded or hashed.

An answer is a tree of named values, so that each value can be judged alone: by its own words (`core.redaction`), by the
name that a stranger gave it (an environment variable, a tag), and by the service model, which marks what is sensitive.
Names of the service model itself, such as `NextToken` or `PasswordLastUsed`, make no value a secret: masked, the next
page could not be asked for.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any
from xml.sax.saxutils import escape, unescape

from botocore.model import OperationModel

from collectors.aws.errors import MalformedAnswerError
from collectors.aws.models import shapes_of
from core.redaction import redact
from core.redaction.marks import is_mark, mark, marking_key

NO_SECRETS = frozenset({
    ("organizations", "Name"), ("organizations", "Email"), ("account", "RegionName"), ("identitystore", "UserName"),
    ("identitystore", "DisplayName"), ("identitystore", "Value"), ("identitystore", "Issuer"),
})  # fmt: skip
"""Members that a service model marks as sensitive although they are names, by which people find what they mean."""
NOT_NEEDED = frozenset({("identitystore", "PhoneNumbers")})
"""Members of which nothing is kept: nobody here asks for them, and what is in them has names that are needed elsewhere.
"""

_SECRET_NAME = re.compile(
    r"passw(?:or)?d|passphrase|secret|token|credential|(?:api|access|account|private|shared)[_-]?key|(?<![a-z])pwd(?![a-z])",
    re.IGNORECASE,
)
_REFERENCE = re.compile(r"arn:aws[\w-]*:|/[\w./-]*\Z|(?:true|false|\d{1,4})\Z|\{\{resolve:|\[redacted: ")
"""How values begin, or what they are, that name a secret instead of being one."""
_LEAF = re.compile(r"<([\w:.-]+)((?:\s[^<>]*)?)>([^<]+)</\1>")
_PAIR = re.compile(r"(<([kK]ey|[nN]ame)>([^<]*)</\2>\s*<([vV]alue)>)([^<]+)(</\4>)")
_OPTION = re.compile(
    r"<member>(?:(?!</?member>).)*?<OptionName>([^<]*)</OptionName>(?:(?!</?member>).)*?</member>", re.DOTALL
)
"""A setting of Elastic Beanstalk, which tells its name and its value in any order."""
_VALUE = re.compile(r"(?<=<Value>)[^<]+(?=</Value>)")
_HTML = re.compile(rb"\s*(?:<!doctype html|<html)", re.IGNORECASE)

Counts = Counter[str]


def mask(operation: OperationModel, body: bytes, *, failed: bool) -> tuple[bytes, Mapping[str, int]]:
    """The answer without what can be a secret, and how often each kind was masked.

    Raises `MalformedAnswerError` for an answer that is cut off or not of AWS: botocore would make an empty one of it,
    and nobody could tell that from "there are none". An error (`failed`) may have any body.
    """
    counts: Counts = Counter()
    protocol = operation.service_model.resolved_protocol
    if _HTML.match(body):
        raise MalformedAnswerError(f"{operation.name} was answered with a page for people")
    if not body:
        if not failed and _expects_body(operation):
            raise MalformedAnswerError(f"{operation.name} was answered with nothing")
        return body, counts
    if "json" in protocol:
        return _mask_json(operation, body, counts, failed=failed), counts
    if not failed:
        _require_root(operation, body, protocol)
    return _mask_text(operation, body, counts), counts


def _expects_body(operation: OperationModel) -> bool:
    output = operation.output_shape
    if output is None:
        return False
    return any("location" not in member.serialization for member in output.members.values())


def _mask_json(operation: OperationModel, body: bytes, counts: Counts, *, failed: bool) -> bytes:
    try:
        data = json.loads(body)
    except ValueError as error:
        if failed:
            return redact(body)[0]
        if operation.output_shape is not None and operation.output_shape.serialization.get("payload"):
            return redact(body)[0]  # the body is one document of its own, such as a policy
        raise MalformedAnswerError(f"{operation.name} was answered with something that is not JSON") from error
    names = _names(operation.service_model.service_name)
    suspicious = _is_suspicious(text for _, text in _leaves(data, "")) or _has_secret_name(data, names)
    if not suspicious:
        return body
    masked = _masked(data, "", names, counts)
    return json.dumps(masked, ensure_ascii=False, separators=(",", ":")).encode() if counts else body


def _mask_text(operation: OperationModel, body: bytes, counts: Counts) -> bytes:
    names = _names(operation.service_model.service_name)
    text = body.decode(errors="surrogateescape")
    leaves = [(found[1], unescape(found[3])) for found in _LEAF.finditer(text)]
    by_name = any(name in names.sensitive for name, _ in leaves)
    pairs = any(
        _SECRET_NAME.search(found[index])
        for shape, index in ((_PAIR, 3), (_OPTION, 1))
        for found in shape.finditer(text)
    )
    if not (by_name or pairs or _is_suspicious(value for _, value in leaves)):
        return body

    def pair(found: re.Match[str]) -> str:
        value = unescape(found[5])
        masked = _by_name(unescape(found[3]), value, counts)
        return found[0] if masked == value else f"{found[1]}{escape(masked)}{found[6]}"

    def option(found: re.Match[str]) -> str:
        name = unescape(found[1])
        return _VALUE.sub(lambda value: escape(_by_name(name, unescape(value[0]), counts)), found[0])

    def leaf(found: re.Match[str]) -> str:
        value = unescape(found[3])
        masked = _leaf(found[1], value, names, counts)
        return found[0] if masked == value else f"<{found[1]}{found[2]}>{escape(masked)}</{found[1]}>"

    masked = _LEAF.sub(leaf, _OPTION.sub(option, _PAIR.sub(pair, text)))
    return masked.encode(errors="surrogateescape") if counts else body


def _masked(value: Any, name: str, names: _Names, counts: Counts) -> Any:
    if value.__class__ is dict:
        key = value.get("Key", value.get("key", value.get("Name", value.get("name"))))
        return {
            each: _by_name(str(key), inner, counts)
            if each in ("Value", "value") and key is not None and inner.__class__ is str and _is_secret_name(key)
            else _masked(inner, each, names, counts)
            for each, inner in value.items()
        }
    if value and name in names.not_needed and value.__class__ is list:
        counts["not needed"] += len(value)
        return []
    if value.__class__ is list:
        return [_masked(inner, name, names, counts) for inner in value]
    return _leaf(name, value, names, counts) if value.__class__ is str else value


def _leaf(name: str, value: str, names: _Names, counts: Counts) -> str:
    if name in names.blobs and (inside := _decoded(value)) is not None:  # whoever parses it next expects base64
        if name in names.sensitive:
            return value if is_mark(inside) else b64encode(_bytes(_marked("sensitive", value, counts))).decode()
        found, kinds = redact(inside)
        counts.update(kinds)
        return b64encode(found).decode() if kinds else value
    found, kinds = redact(_bytes(value))
    if kinds:
        counts.update(kinds)
        return _text(found)
    if name in names.sensitive and not is_mark(_bytes(value)):
        return _marked("sensitive", value, counts)
    return value if name in names.known else _by_name(name, value, counts)


def _decoded(value: str) -> bytes | None:
    try:
        return b64decode(value, validate=True)
    except ValueError:
        return None


def _by_name(name: str, value: str, counts: Counts) -> str:
    if not _is_secret_name(name) or not value or _REFERENCE.match(value):
        return value
    return _marked("value", value, counts)


def _marked(kind: str, value: str, counts: Counts) -> str:
    counts[kind] += 1
    return _text(mark(kind, _bytes(value), marking_key()))


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogateescape")


def _text(data: bytes) -> str:
    return data.decode(errors="surrogateescape")


def _is_secret_name(name: object) -> bool:
    return name.__class__ is str and bool(_SECRET_NAME.search(str(name)))


def _is_suspicious(values: Iterator[str]) -> bool:
    """Whether any value speaks of a secret by its own words: asked of all at once, which costs far less."""
    return bool(redact(_bytes("\n\n".join(values)))[1])


def _has_secret_name(value: Any, names: _Names) -> bool:
    if value.__class__ is dict:
        return any(
            each in names.sensitive
            or each in names.not_needed
            or (each not in names.known and _is_secret_name(each))
            or (each in ("Key", "key", "Name", "name") and _is_secret_name(inner))
            or _has_secret_name(inner, names)
            for each, inner in value.items()
        )
    return value.__class__ is list and any(_has_secret_name(inner, names) for inner in value)


def _leaves(value: Any, name: str) -> Iterator[tuple[str, str]]:
    if value.__class__ is dict:
        for each, inner in value.items():
            yield from _leaves(inner, each)
    elif value.__class__ is list:
        for inner in value:
            yield from _leaves(inner, name)
    elif value.__class__ is str:
        yield name, value


def _require_root(operation: OperationModel, body: bytes, protocol: str) -> None:
    """Answers of the query protocols are named after their operation; what is not, somebody else wrote."""
    if protocol in ("query", "ec2") and f"<{operation.name}Response".encode() not in body[:1000]:
        raise MalformedAnswerError(f"{operation.name} was answered with something else")


class _Names:
    """The member names of a service, as they travel, and those of them that are always sensitive text or bytes."""

    def __init__(self, service: str) -> None:
        shapes = shapes_of(service)
        known: set[str] = set()
        sensitive: set[str] = set()
        open_ones: set[str] = set()
        blobs: set[str] = set()
        open_blobs: set[str] = set()
        for shape in shapes.values():
            for name, member in shape.members.items():
                travels = {name, member.location_name or name}
                known |= travels
                target = shapes[member.shape]
                if target.type == "list" and target.member is not None:
                    target = shapes[target.member.shape]
                text = target.type in ("string", "blob")
                if target.type == "blob":
                    blobs |= travels
                else:
                    open_blobs |= travels
                (sensitive if target.sensitive and text else open_ones).update(travels)
        self.known = frozenset(known)
        self.blobs = frozenset(blobs - open_blobs)
        self.not_needed = frozenset(name for name in known if (service, name) in NOT_NEEDED)
        self.sensitive = frozenset(name for name in sensitive - open_ones if (service, name) not in NO_SECRETS)


@cache
def _names(service: str) -> _Names:
    return _Names(service)
