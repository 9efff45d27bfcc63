"""Glacier. AWS takes no new customers, and tells those who have no vaults that it does not answer them any more."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from botocore.exceptions import ClientError

from collectors.aws.errors import MalformedAnswerError, is_answer
from collectors.aws.offers import listed
from collectors.aws.operations import Read
from collectors.aws.policy_documents import statements
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resources.aws.glacier import GlacierVault
from core.resources.aws.policy import Statement

T = TypeVar("T")

VAULTS = Read("glacier", "ListVaults")
POLICY = Read("glacier", "GetVaultAccessPolicy")
LOCK = Read("glacier", "GetVaultLock")

OURSELVES = "-"
"""How Glacier calls the account that asks."""
NO_VAULTS = "NoLongerSupportedException"
NONE = "ResourceNotFoundException"


@collector(permissions=(VAULTS, POLICY, LOCK))
def vaults(region: AwsRegion) -> Iterator[GlacierVault]:
    """Every vault of the region, with its policy and its lock."""
    found: list[Mapping[str, Any]] = _or(
        lambda: list(listed(region, VAULTS, "VaultList", accountId=OURSELVES)), [], NO_VAULTS
    )
    yield from region.each(lambda each: _vault(region, each), found)


def _vault(region: AwsRegion, found: Mapping[str, Any]) -> GlacierVault:
    name = found["VaultName"]
    asked = {"accountId": OURSELVES, "vaultName": name}
    return GlacierVault(
        id=found["VaultARN"],
        name=name,
        statements=region.look(lambda: _or(lambda: _statements(region.ask(POLICY, **asked)), (), NONE)),
        lock=region.look(lambda: _or(lambda: str(region.ask(LOCK, **asked)["State"]), "", NONE)),
    )


def _statements(found: Mapping[str, Any]) -> tuple[Statement, ...]:
    """The answer is the policy and nothing else, so a part of it looks like none. Raises `MalformedAnswerError`."""
    document = found.get("policy", {}).get("Policy")
    if not document:
        raise MalformedAnswerError("the policy of a vault came without a policy")
    return statements(document)


def _or(ask: Callable[[], T], otherwise: T, code: str) -> T:
    """An answer, or what an error with this code means. Other errors fly."""
    try:
        return ask()
    except ClientError as error:
        if is_answer(error, code):
            return otherwise
        raise
