"""Policies of AWS as their statements, whatever they hang on: identities, buckets, keys, queues, roles."""

from __future__ import annotations

from typing import Literal

from core.resource import Observed, part


@part
class Condition(Observed):
    """One test of a statement: all of them must hold. `values` are alternatives."""

    operator: str
    """As written, with its modifiers: `StringEquals`, `ForAnyValue:StringLike`, `BoolIfExists`."""
    key: str
    """In lower case: keys are the same in any case."""
    values: tuple[str, ...]


@part
class Statement(Observed):
    """One statement. Of `actions` and `not_actions` exactly one is there; so it is with resources and principals,
    which an identity's policy, or a trust policy, may lack altogether."""

    sid: str
    effect: Literal["Allow", "Deny"]
    actions: tuple[str, ...]
    not_actions: tuple[str, ...]
    resources: tuple[str, ...]
    not_resources: tuple[str, ...]
    principals: tuple[str, ...]
    """`AWS:*` for everybody, `AWS:arn:…`, `AWS:111122223333`, `Service:…`, `Federated:…`, `CanonicalUser:…`."""
    not_principals: tuple[str, ...]
    conditions: tuple[Condition, ...]


@part
class AttachedPolicy(Observed):
    """A policy of an identity. `arn` is empty for one that is written into the identity itself."""

    name: str
    arn: str
    statements: tuple[Statement, ...]
