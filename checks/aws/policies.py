"""Whom policies of resources let in, and which conditions really confine them."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Sequence

from checks.aws.grants import DIFFERING, MATCHING, fits, speaks_of_action
from checks.cloud.addresses import FEWEST_BITS
from core.resources.aws.policy import Condition, Statement

EVERYBODY = "AWS:*"
EXTERNAL_ID = "sts:externalid"
CONFINING = frozenset({
    "aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:principalorgpaths", "aws:sourceaccount",
    "aws:sourcearn", "aws:sourceip", "aws:sourceorgid", "aws:sourceorgpaths", "aws:sourceowner", "aws:sourcevpc",
    "aws:sourcevpce", "aws:userid", "aws:vpceaccount", "aws:vpceorgid", "aws:vpceorgpaths",
    "cognito-identity.amazonaws.com:aud",
    "elasticfilesystem:accesspointarn", "kms:calleraccount", "lambda:eventsourcetoken", "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn", "sns:endpoint", EXTERNAL_ID,
})  # fmt: skip
"""Keys whose value says who asks, from where, or where the messages of a topic go: with fixed values they keep
everybody else out."""

SECRETS = frozenset({"cognito-identity.amazonaws.com:aud", "lambda:eventsourcetoken", EXTERNAL_ID})
"""Those of them whose values somebody made up: a number there is none of an account."""

ENDS_AT = {"aws:principalorgpaths": "/", "aws:sourceorgpaths": "/", "aws:vpceorgpaths": "/", "aws:userid": ":"}
"""Where, in the values of some keys, the part ends that says whose something is."""

_BUCKET = re.compile(r"arn:[a-z-]+:s3:[^:]*:[^:]*:[a-z0-9.-]+")
"""A bucket, whoever's: nobody else in the partition can have the name."""


def everybody_may(statements: Iterable[Statement]) -> list[Statement]:
    """The statements that let anybody in: for all principals, or for all but some, and neither a condition nor a denial
    keeps strangers out.

    That they must name an external id keeps nobody out: AWS does not treat it as a secret.
    """
    known = tuple(statements)
    return [
        each
        for each in known
        if each.effect == "Allow"
        and _for_everybody(each)
        and not any(_confines(test) for test in each.conditions if test.key != EXTERNAL_ID)
        and not any(_takes_back(other, each) for other in known)
    ]


def _for_everybody(statement: Statement) -> bool:
    return EVERYBODY in statement.principals or (
        bool(statement.not_principals) and EVERYBODY not in statement.not_principals
    )


def _takes_back(denial: Statement, allowed: Statement) -> bool:
    """Whether a denial leaves only certain ones of all those whom another statement lets in."""
    actions = allowed.actions or ("*",)
    resources = allowed.resources or (("*",) if allowed.not_resources else ())
    return (
        denial.effect == "Deny"
        and _for_everybody(denial)
        and all(any(fits(pattern, each) for pattern in _whole(denial.actions)) for each in actions)
        and all(any(fits(pattern, each) for pattern in denial.resources) for each in resources)
        and all(_keeps_strangers_out(each) for each in denial.conditions)
    )


def _whole(actions: Iterable[str]) -> list[str]:
    """Patterns of actions. The policy of a resource speaks of one service: there all of the service is all."""
    return ["*" if each.endswith(":*") else each for each in actions]


def _keeps_strangers_out(condition: Condition) -> bool:
    """Whether a denial with this condition meets everybody but certain accounts, networks or resources."""
    # A key that is missing differs, with `…IfExists` and without.
    operator = condition.operator.lower().removeprefix("forallvalues:").removesuffix("ifexists")
    if condition.key == "aws:principalisawsservice":
        return operator == "bool" and [each.lower() for each in condition.values] == ["false"]
    return operator in DIFFERING and _names_some(condition)


def is_confined(statement: Statement) -> bool:
    """Whether a condition lets only certain accounts, networks or resources through."""
    return any(_confines(each) for each in statement.conditions)


def _confines(condition: Condition) -> bool:
    return condition.operator.lower().removeprefix("foranyvalue:") in MATCHING and _names_some(condition)


def _names_some(condition: Condition) -> bool:
    """Whether a condition compares who asks, or from where, with values that somebody chose."""
    return (
        condition.key in CONFINING
        and bool(condition.values)
        and all(_is_fixed(condition.key, value) for value in condition.values)
    )


def _is_fixed(key: str, value: str) -> bool:
    """Whether a value fits only what somebody chose. A wildcard in the account of an ARN fits everybody's, but for a
    bucket that is named; one below an organization (`o-a1b2/*`) or behind the id of a role (`AROA…:*`) stays there."""
    if key == "aws:sourceip":
        try:
            network = ipaddress.ip_network(value, strict=False)
        except ValueError:
            return False
        return network.prefixlen >= FEWEST_BITS[network.version]
    if value.startswith("arn:"):
        account = (value.split(":", 5) + [""] * 5)[4]
        return bool(re.fullmatch(r"\d{12}", account) or _BUCKET.fullmatch(value)) or not _has_wildcard(value)
    if key in ENDS_AT:
        value, found, _ = value.partition(ENDS_AT[key])
        return bool(found) and bool(value) and not _has_wildcard(value)
    return not _has_wildcard(value)


def _has_wildcard(value: str) -> bool:
    return any(mark in value for mark in ("*", "?", "${"))


def asks_for_more(statement: Statement) -> bool:
    """Whether a statement asks those whom it lets in for more than to be who they are. Where everybody is a principal,
    the first condition says who they are."""
    return sum(map(_confines, statement.conditions)) > _for_everybody(statement)


def accounts_let_in(statements: Iterable[Statement]) -> set[str]:
    """The numbers of the accounts that statements let in: named as principals or, where everybody is one, by the
    conditions and denials that keep all others out."""
    known = tuple(statements)
    found = set()
    for each in known:
        if each.effect == "Allow":
            found |= _accounts(each.principals)
            if _for_everybody(each):
                found |= _accounts_left(each, known)
    return found


def _accounts(principals: Iterable[str]) -> set[str]:
    named = (re.fullmatch(r"AWS:(?:arn:[^:]*:(?:iam|sts)::)?(\d{12})(?::.*)?", each) for each in principals)
    return {match[1] for match in named if match}


def _accounts_left(allowed: Statement, known: Iterable[Statement]) -> set[str]:
    """The accounts that are named where a statement for everybody, or a denial, keeps out all others."""
    own = [accounts for test in allowed.conditions if _confines(test) and (accounts := _accounts_of(test))]
    if own:
        return set.intersection(*own)
    denials = [each for each in known if _takes_back(each, allowed)]
    return set[str]().union(
        *(_accounts(each.not_principals) for each in denials),
        *(_accounts_of(test) for each in denials for test in each.conditions),
    )


def _accounts_of(condition: Condition) -> set[str]:
    """The accounts that a condition names, by their numbers or in ARNs."""
    if condition.key in SECRETS:
        return set()
    named = (re.fullmatch(r"(?:arn:[^:]*:[^:]*:[^:]*:)?(\d{12})(?::.*)?", each) for each in condition.values)
    return {match[1] for match in named if match}


def denies_plain_text(
    statements: Iterable[Statement], service: str, resources: Sequence[str], *, action: str = "*"
) -> bool:
    """Whether everybody is denied an action, or all, of a service on all these resources unless they use TLS."""
    denying = [
        each
        for each in statements
        if each.effect == "Deny"
        and EVERYBODY in each.principals
        and speaks_of_action(each, f"{service}:{action}")
        and len(each.conditions) == 1
        and _is_plain_text(each.conditions[0])
    ]
    return all(any(fits(pattern, each) for one in denying for pattern in one.resources) for each in resources)


def _is_plain_text(condition: Condition) -> bool:
    operator = condition.operator.lower().removesuffix("ifexists")
    return (
        operator in ("bool", "stringequals", "stringequalsignorecase")
        and condition.key == "aws:securetransport"
        and tuple(value.lower() for value in condition.values) == ("false",)
    )
