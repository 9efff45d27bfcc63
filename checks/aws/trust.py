"""What trust in outside issuers of identities comes to: whom of all those that an issuer vouches for a role lets in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from core.resources.aws.policy import Condition, Statement

SEVERAL = re.compile(r"[^:/*?]+[:/][^:/*?]+[:/]")
"""How a subject begins that names its owner: `repo:acme/`, `organization:acme:`, `system:serviceaccount:`."""
ONE = re.compile(r"[^:/*?]+[:/]")
CLAIMS = {
    "sub": SEVERAL, "repository": ONE, "repository_id": ONE, "repository_owner": ONE, "repository_owner_id": ONE,
    "job_workflow_ref": ONE, "enterprise": ONE, "enterprise_id": ONE,
}  # fmt: skip
"""Claims that say who somebody is, each with how a value must begin before its first wildcard."""
IN_EVERY_TOKEN = {"sub", "aud", "app_id"}
"""Claims that no token of an issuer who knows them lacks. Where another is missing, `…IfExists` lets anybody in."""
CLAIMS_OF_APPS = {"accounts.google.com", "www.amazon.com", "graph.facebook.com", "cognito-identity.amazonaws.com"}
"""Issuers without a provider in the account, whose audience is an application of ours."""


def issuers(statement: Statement) -> Iterator[str]:
    """The issuers of OpenID Connect tokens that a statement of a trust policy lets in."""
    for principal in statement.principals if statement.effect == "Allow" else ():
        name = principal.removeprefix("Federated:")
        if name == principal:
            continue
        if ":oidc-provider/" in name:
            yield name.partition(":oidc-provider/")[2]
        elif name in CLAIMS_OF_APPS:
            yield name


def issuers_that_vouch_for_anybody(statements: Iterable[Statement]) -> list[str]:
    """The issuers of whose users a trust policy lets in all, or all whose name begins in some way."""
    return sorted(
        {
            issuer
            for each in statements
            for issuer in issuers(each)
            if not any(_names_somebody(condition, issuer.lower()) for condition in each.conditions)
        }
    )


def _names_somebody(condition: Condition, issuer: str) -> bool:
    quantifier, _, compares = condition.operator.lower().rpartition(":")
    operator = compares.removesuffix("ifexists")
    claim = condition.key.removeprefix(f"{issuer}:")
    if claim not in IN_EVERY_TOKEN and (operator != compares or quantifier == "forallvalues"):
        return False
    if claim == condition.key or not condition.values or operator not in ("stringequals", "stringlike"):
        return False
    if issuer in CLAIMS_OF_APPS and claim in ("aud", "app_id", "oaud"):
        return not any(mark in value for value in condition.values for mark in "*?")
    begins = CLAIMS.get(claim)
    return begins is not None and all(
        operator == "stringequals" or not ("*" in value or "?" in value) or begins.match(value)
        for value in condition.values
    )
