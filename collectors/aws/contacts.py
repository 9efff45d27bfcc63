"""Whom AWS writes to about an account. Names and addresses are masked before anybody reads them: what is kept is who is
there, and whether they are different people."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

from botocore.exceptions import ClientError

from collectors.aws.errors import is_answer
from collectors.aws.operations import Read
from collectors.aws.source import AwsAccount
from core.plugins import collector
from core.resource import unobserved
from core.resources.aws.contacts import AccountContacts

CONTACT = Read("account", "GetAlternateContact")
KINDS = ("SECURITY", "OPERATIONS", "BILLING")
_DIGEST = re.compile(r", [0-9a-f]{12}\]\Z")
"""How a mark ends that tells one value from another (`core/redaction/marks.py`)."""


@collector(permissions=(CONTACT,))
def contacts(account: AwsAccount) -> Iterator[AccountContacts]:
    """The contacts of the account for security, operations and billing."""
    addresses = {kind: _address(account, kind) for kind in KINDS}
    yield AccountContacts(
        id=account.account,
        security=bool(addresses["SECURITY"]),
        operations=bool(addresses["OPERATIONS"]),
        billing=bool(addresses["BILLING"]),
        differ=_differ([address for address in addresses.values() if address]),
    )


def _address(account: AwsAccount, kind: str) -> str:
    """The mark that stands for a contact's address; empty when there is no such contact."""
    try:
        return str(account.ask(CONTACT, AlternateContactType=kind)["AlternateContact"]["EmailAddress"])
    except ClientError as error:
        if is_answer(error, "ResourceNotFoundException"):
            return ""
        raise


def _differ(marks: list[str]) -> bool:
    """Whether all marks stand for different addresses. Marks without a digest show no more than the length."""
    alike = [one for one, other in combinations(marks, 2) if one == other]
    if alike and not any(_DIGEST.search(mark) for mark in alike):
        unseen: bool = unobserved("marks without a key do not tell one address from another")
        return unseen
    return not alike
