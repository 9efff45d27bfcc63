"""Policy documents, as JSON text or already parsed, to statements."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from collectors.aws.errors import MalformedAnswerError
from core.resources.aws.policy import Condition, Statement


def statements(document: str | Mapping[str, Any] | None) -> tuple[Statement, ...]:
    """The statements of a policy; none when there is no policy. Text may be encoded as in a URL, as IAM does.

    Raises `MalformedAnswerError` for what is no policy.
    """
    if not document:
        return ()
    try:
        plain = (
            json.loads(document if document.lstrip().startswith("{") else unquote(document))
            if isinstance(document, str)
            else document
        )
        return tuple(_statement(each) for each in _list(plain["Statement"]))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise MalformedAnswerError(f"a policy is not what policies look like: {type(error).__name__}") from error


def _statement(found: Mapping[str, Any]) -> Statement:
    effect = found["Effect"]
    if effect not in ("Allow", "Deny"):
        raise ValueError(effect)
    return Statement(
        sid=found.get("Sid", ""),
        effect=effect,
        actions=tuple(_list(found.get("Action"))),
        not_actions=tuple(_list(found.get("NotAction"))),
        resources=tuple(_list(found.get("Resource"))),
        not_resources=tuple(_list(found.get("NotResource"))),
        principals=tuple(_principals(found.get("Principal"))),
        not_principals=tuple(_principals(found.get("NotPrincipal"))),
        conditions=tuple(_conditions(found.get("Condition") or {})),
    )


def _principals(found: object) -> Iterator[str]:
    if found == "*":
        yield "AWS:*"
    elif isinstance(found, Mapping):
        yield from (f"{kind}:{each}" for kind in sorted(found) for each in _list(found[kind]))
    elif found is not None:
        raise TypeError


def _conditions(found: Mapping[str, Mapping[str, Any]]) -> Iterator[Condition]:
    for operator in sorted(found):
        for key in sorted(found[operator]):
            values = tuple(_word(each) for each in _list(found[operator][key]))
            yield Condition(operator=operator, key=key.lower(), values=values)


def _list(found: Any) -> list[Any]:
    if found is None:
        return []
    return found if isinstance(found, list) else [found]


def _word(value: object) -> str:
    """Values are text, though authors may write `true` or 3600 without quotes."""
    return json.dumps(value) if isinstance(value, bool) else str(value)
