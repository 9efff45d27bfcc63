"""What the policies of an organization come to for one account: what nobody in it can do."""

from __future__ import annotations

from collections.abc import Iterable

from checks.aws.grants import fits, speaks_of_action, speaks_of_everything
from core.resources.aws.guardrails import OrganizationAccount, OrganizationPolicy
from core.resources.aws.policy import Condition, Statement

SOME_ROLE = "arn:aws:iam::000000000000:role/some-role"
"""A pattern that fits this exempts everybody."""


def binding(account: OrganizationAccount, policies: Iterable[OrganizationPolicy]) -> list[OrganizationPolicy]:
    """The service control policies that hang on an account or above it."""
    return [each for each in policies if set(each.targets) & set(account.above)]


def is_forbidden(action: str, account: OrganizationAccount, policies: Iterable[OrganizationPolicy]) -> bool:
    """Whether nobody in an account may do this, except identities that a policy names.

    It is so when a policy denies it, or when on some level no policy allows it.
    """
    bound = binding(account, policies)
    if any(_denies(each, action) for policy in bound for each in policy.statements):
        return True
    levels = ([policy for policy in bound if target in policy.targets] for target in account.above)
    return any(
        level and not any(_allows(each, action) for policy in level for each in policy.statements) for level in levels
    )


def limits_anything(policy: OrganizationPolicy) -> bool:
    """Whether a policy denies something, or allows less than everything."""
    return any(each.effect == "Deny" for each in policy.statements) or not any(
        _allows(each, "*") and not each.conditions for each in policy.statements
    )


def _allows(statement: Statement, action: str) -> bool:
    return statement.effect == "Allow" and speaks_of_action(statement, action)


def _denies(statement: Statement, action: str) -> bool:
    return (
        statement.effect == "Deny"
        and speaks_of_action(statement, action)
        and speaks_of_everything(statement)
        and all(_exempts_some(each) for each in statement.conditions)
    )


def _exempts_some(condition: Condition) -> bool:
    """Whether a condition takes only certain identities out of a denial."""
    return (
        condition.operator.lower().removesuffix("ifexists")
        in ("stringnotequals", "stringnotlike", "arnnotequals", "arnnotlike")
        and condition.key == "aws:principalarn"
        and not any(fits(value, SOME_ROLE) for value in condition.values)
    )
